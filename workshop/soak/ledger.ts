import { Violation } from "./violation.ts"

/**
 * A key that one client alone writes, in one session, all along: larger and larger numbers. In a session, what was asked for
 * before is never done after what was asked for later; so it has the last number that was acknowledged, or a later one.
 */
export class Ledger {
  readonly key: string
  #asked = 0
  #acknowledged = 0

  constructor(key: string) {
    this.key = key
  }

  next(): number {
    return ++this.#asked
  }

  note(number: number): void {
    this.#acknowledged = number
  }

  /** @throws Violation */
  check(value: number): void {
    if (value >= this.#acknowledged && value <= this.#asked) return
    const [at, last] = [String(value), String(this.#acknowledged)]
    throw new Violation(`SET ${this.key} ${last} was acknowledged, and then it was ${at}: a write was lost`)
  }
}
