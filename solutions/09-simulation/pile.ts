/** Given. Faults of one kind add up, and each ends for itself, in any order. */
export class Pile<T> {
  #items: readonly { readonly value: T }[] = []

  get values(): readonly T[] {
    return this.#items.map(({ value }) => value)
  }

  /** @returns takes this one away again, and no other */
  add(value: T): () => void {
    const item = { value }
    this.#items = [...this.#items, item]
    return () => {
      this.#items = this.#items.filter((each) => each !== item)
    }
  }
}
