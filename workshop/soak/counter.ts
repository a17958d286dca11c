import { Violation } from "./violation.ts"

/** What clients know of one key that is only ever counted up. */
export class Counter {
  readonly key: string
  #answered = 0
  #unknown = 0
  #largest = 0
  readonly #repeated: number[] = []
  /** The answers that are missing below the largest one: these may yet come, or belong to an INCR without an answer. */
  readonly #missing = new Set<number>()

  constructor(key: string) {
    this.key = key
  }

  /** @param reply  what an INCR was answered; null: nobody knows whether it was done */
  note(reply: number | null): void {
    if (reply === null) {
      this.#unknown++
      return
    }
    this.#answered++
    if (reply <= this.#largest && !this.#missing.delete(reply)) this.#repeated.push(reply)
    for (let n = this.#largest + 1; n < reply; n++) this.#missing.add(n)
    this.#largest = Math.max(this.#largest, reply)
  }

  /** @throws Violation if it cannot be that this is its value now, or could not be what clients were answered */
  check(value: number): void {
    const most = this.#answered + this.#unknown
    const known = `${String(this.#answered)} INCR of ${this.key} were answered, and ${String(this.#unknown)} may have been done`
    if (value < this.#answered)
      throw new Violation(`${known}, but its value is ${String(value)}: some were lost`)
    if (value > most) throw new Violation(`${known}, but its value is ${String(value)}: some were done twice`)
    const [twice] = this.#repeated
    if (twice !== undefined)
      throw new Violation(`two INCR of ${this.key} were both answered ${String(twice)}: one of them was lost`)
    if (this.#largest > value)
      throw new Violation(
        `an INCR of ${this.key} was answered ${String(this.#largest)}, and its value is ${String(value)}`,
      )
  }
}
