import { Violation } from "./violation.ts"

/** One INCR that is over. */
export interface Counted {
  readonly client: string
  readonly invoked: number
  readonly returned: number
  /** Null: nobody knows whether it was done. */
  readonly reply: number | null
}

/** So many are remembered, to be shown. */
const memory = 10_000

/** What clients know of one key that is only ever counted up. */
export class Counter {
  readonly key: string
  readonly #history: Counted[] = []
  #answered = 0
  #unknown = 0
  #largest = 0
  readonly #repeated: number[] = []
  /** The answers that are missing below the largest one: these may yet come, or belong to an INCR without an answer. */
  readonly #missing = new Set<number>()

  constructor(key: string) {
    this.key = key
  }

  note(counted: Counted): void {
    this.#history.push(counted)
    if (this.#history.length > memory) this.#history.shift()
    const { reply } = counted
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
    const is = `but its value is ${String(value)}`
    if (value < this.#answered) this.#fail(`${known}, ${is}: some were lost`)
    if (value > most) this.#fail(`${known}, ${is}: some were done twice`)
    const [twice] = this.#repeated
    if (twice !== undefined)
      this.#fail(`two INCR of ${this.key} were both answered ${String(twice)}: one of them was lost`)
    if (this.#largest > value)
      this.#fail(`an INCR of ${this.key} was answered ${String(this.#largest)}, ${is}`)
  }

  #fail(what: string): never {
    throw new Violation(what, this.#history)
  }
}
