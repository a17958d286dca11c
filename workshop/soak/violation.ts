import type { Operation } from "../linearizability/index.ts"

/** Something that must never happen. */
export class Violation extends Error {
  override readonly name = "Violation"
  /** What clients saw of the keys in question. */
  readonly history: readonly Operation[]

  constructor(message: string, history: readonly Operation[] = []) {
    super(message)
    this.history = history
  }
}
