/**
 * Many rows of so many numbers each, every row once, in the order in which they came. They lie one behind the other in
 * one array; an open-addressed table of their places finds a row again. Nothing is taken for equal that only has the
 * same hash.
 */
export class Arena {
  readonly #width: number
  #rows: Int32Array
  #parents: Int32Array
  /** The number of a row + 1, at a place that its hash tells; 0 is free. */
  #table = new Int32Array(1 << 16)
  #size = 0

  constructor(width: number) {
    this.#width = width
    this.#rows = new Int32Array(width << 14)
    this.#parents = new Int32Array(1 << 14)
  }

  get size(): number {
    return this.#size
  }

  /** Takes a row in, unless it is there or there are `most` already. */
  add(row: Int32Array, parent: number, most: number): "new" | "known" | "full" {
    const mask = this.#table.length - 1
    let place = hash(row) & mask
    for (let known = at(this.#table, place); known !== 0; known = at(this.#table, place)) {
      if (this.#equals(known - 1, row)) return "known"
      place = (place + 1) & mask
    }
    if (this.#size >= most) return "full"
    if (this.#size === this.#parents.length) this.#growRows()
    this.#rows.set(row, this.#size * this.#width)
    this.#parents[this.#size] = parent
    this.#table[place] = ++this.#size
    if (this.#size * 2 > this.#table.length) this.#growTable()
    return "new"
  }

  read(number: number, into: Int32Array): void {
    const start = number * this.#width
    for (let i = 0; i < this.#width; i++) into[i] = at(this.#rows, start + i)
  }

  parent(number: number): number {
    return at(this.#parents, number)
  }

  #equals(number: number, row: Int32Array): boolean {
    const start = number * this.#width
    for (let i = 0; i < this.#width; i++) if (this.#rows[start + i] !== row[i]) return false
    return true
  }

  #growRows(): void {
    this.#rows = twice(this.#rows)
    this.#parents = twice(this.#parents)
  }

  #growTable(): void {
    const row = new Int32Array(this.#width)
    const table = new Int32Array(this.#table.length * 2)
    for (let number = 0; number < this.#size; number++) {
      this.read(number, row)
      let place = hash(row) & (table.length - 1)
      while (table[place] !== 0) place = (place + 1) & (table.length - 1)
      table[place] = number + 1
    }
    this.#table = table
  }
}

export function at(array: Int32Array, index: number): number {
  return array[index] ?? 0
}

function twice(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}

/** Every number has a say in every bit (the finalizer of MurmurHash3). */
function hash(row: Int32Array): number {
  let h = row.length
  for (let i = 0; i < row.length; i++) {
    h = Math.imul(h ^ at(row, i), 0x9e3779b1)
    h ^= h >>> 15
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
