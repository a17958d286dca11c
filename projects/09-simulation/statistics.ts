import type { Millis, Statistics } from "./contract.ts"

/** Given. Counts what happens. */
export class Tally {
  steps = 0
  sent = 0
  delivered = 0
  lost = 0
  answered = 0
  gaveUp = 0
  readonly #elections: Millis[] = []
  /** Time without a leader, but for the gap that is open. */
  #unavailable: Millis = 0
  /** Since when there is no leader; `null` while there is one. */
  #leaderlessSince: Millis | null = 0

  /** To be told whenever there may be a leader who was not there before, or the other way round. */
  leader(exists: boolean, now: Millis): void {
    if (exists === (this.#leaderlessSince === null)) return
    if (this.#leaderlessSince === null) {
      this.#leaderlessSince = now
    } else {
      this.#elections.push(now - this.#leaderlessSince)
      this.#unavailable += now - this.#leaderlessSince
      this.#leaderlessSince = null
    }
  }

  /** Whether there was a leader at any time since then. */
  hadLeaderSince(time: Millis): boolean {
    return this.#leaderlessSince === null || this.#leaderlessSince > time
  }

  statistics(now: Millis, commits: number): Statistics {
    const { steps, sent, delivered, lost, answered, gaveUp } = this
    return {
      steps,
      messages: { sent, delivered, lost },
      elections: [...this.#elections],
      unavailable: this.#unavailable + (this.#leaderlessSince === null ? 0 : now - this.#leaderlessSince),
      commits,
      messagesPerCommit: commits === 0 ? null : sent / commits,
      operations: { answered, gaveUp },
    }
  }
}
