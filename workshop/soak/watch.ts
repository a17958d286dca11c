/** How many requests there were, and how long none was answered. */
export class Watch {
  answered = 0
  /** Nobody knows whether these were done. */
  unknown = 0
  /** In milliseconds. */
  longest = 0
  #unavailable = 0
  #last = performance.now()

  begin(): void {
    this.#last = performance.now()
  }

  /** In milliseconds: all times without an answer that were longer than `noticed`, the one until now as well. */
  get unavailable(): number {
    const gap = performance.now() - this.#last
    return this.#unavailable + (gap < noticed ? 0 : gap)
  }

  done(answered: boolean): void {
    if (!answered) {
      this.unknown++
      return
    }
    this.answered++
    const now = performance.now()
    const gap = now - this.#last
    this.#last = now
    if (gap < noticed) return
    this.#unavailable += gap
    this.longest = Math.max(this.longest, gap)
  }
}

/** A time without an answer that is longer than this counts as an outage, in milliseconds. */
export const noticed = 500
