import { checkLinearizable, type Operation } from "../linearizability/index.ts"
import { Counter } from "./counter.ts"
import { Violation } from "./violation.ts"

/**
 * A stretch of time with keys of its own, which nobody uses before or after it. So it can be checked by itself, as soon as the
 * last of its requests is over, and then be forgotten: however long a soak takes, it needs no more memory.
 */
export class Epoch {
  readonly keys: readonly string[]
  readonly counter: Counter
  readonly #history: Operation[] = []
  #underWay = 0
  #isOver = false
  #tellIdle: () => void = () => undefined
  /** Resolves when it is over, and nobody waits for an answer any more. */
  readonly idle: Promise<void>

  constructor(number: number) {
    const name = `e${String(number)}`
    this.keys = ["a", "b", "c"].map((letter) => `${name}.${letter}`)
    this.counter = new Counter(`${name}.count`)
    this.idle = new Promise((resolve) => (this.#tellIdle = resolve))
  }

  get history(): readonly Operation[] {
    return this.#history
  }

  note(operation: Operation): void {
    this.#history.push(operation)
  }

  /** A request of this epoch, from its beginning to its end. */
  async during(request: () => Promise<void>): Promise<void> {
    this.#underWay++
    try {
      await request()
    } finally {
      this.#underWay--
      this.#tell()
    }
  }

  end(): void {
    this.#isOver = true
    this.#tell()
  }

  /** @throws Violation */
  check(count: number): void {
    const verdict = checkLinearizable(this.#history)
    if (!verdict.linearizable)
      throw new Violation(
        `what clients saw of ${verdict.key} is not linearizable.\n${verdict.explanation}`,
        this.#history,
      )
    this.counter.check(count)
  }

  #tell(): void {
    if (this.#isOver && this.#underWay === 0) this.#tellIdle()
  }
}
