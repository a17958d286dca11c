/** Something that must never happen. */
export class Violation extends Error {
  override readonly name = "Violation"
  /** What clients saw of the keys in question. */
  readonly history: readonly unknown[]

  constructor(message: string, history: readonly unknown[] = []) {
    super(message)
    this.history = history
  }
}
