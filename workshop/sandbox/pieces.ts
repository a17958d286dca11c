/** How many pieces of data are remembered. Older ones are sent anew. */
const remembered = 16_384

/**
 * Data that crossed once need not cross again, and whoever gets back the very object that it gave can see that it is.
 * Every array and plain object in a message has a number: the first one's is told, the others count on from there. Both
 * sides count alike.
 */
export class Pieces {
  /** The other side may not have heard of the latest ones yet: so what it can still name is kept for twice as long. */
  readonly #ring: (object | undefined)[] = Array.from({ length: 2 * remembered })
  readonly #numbers = new Map<object, number>()
  #next = 0

  /** The number of the next piece. */
  get next(): number {
    return this.#next
  }

  add(piece: object, number = this.#next): void {
    const slot = number % this.#ring.length
    const old = this.#ring[slot]
    if (old && this.#numbers.get(old) === number - this.#ring.length) this.#numbers.delete(old)
    this.#ring[slot] = piece
    this.#numbers.set(piece, number)
    if (number >= this.#next) this.#next = number + 1
  }

  at(number: number): object | undefined {
    return this.#ring[number % this.#ring.length]
  }

  /** The number by which the other side knows it. Only of what cannot have changed since. */
  numberOf(piece: object): number | undefined {
    const number = this.#numbers.get(piece)
    return number !== undefined && number > this.#next - remembered && Object.isFrozen(piece)
      ? number
      : undefined
  }
}
