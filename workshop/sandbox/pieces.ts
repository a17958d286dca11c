/** How many pieces of data are remembered. Older ones are sent anew. */
const remembered = 200_000

/**
 * Data that crossed once need not cross again, and whoever gets back the very object that it gave can see that it is.
 * Every array and plain object in a message has a number: the first one's is told, the others count on from there. Both
 * sides count alike.
 */
export class Pieces {
  readonly #byNumber = new Map<number, object>()
  readonly #numbers = new WeakMap<object, number>()
  #next = 0

  /** The number of the next piece. */
  get next(): number {
    return this.#next
  }

  add(piece: object, number = this.#next): void {
    this.#byNumber.set(number, piece)
    this.#numbers.set(piece, number)
    this.#next = Math.max(this.#next, number + 1)
    // The other side may not have heard of the latest ones yet: so what it can still name is kept for twice as long.
    this.#byNumber.delete(number - 2 * remembered)
  }

  at(number: number): object | undefined {
    return this.#byNumber.get(number)
  }

  /** The number by which the other side knows it. Only of what cannot have changed since. */
  numberOf(piece: object): number | undefined {
    const number = this.#numbers.get(piece)
    return number !== undefined && number > this.#next - remembered && Object.isFrozen(piece) ? number : undefined
  }
}
