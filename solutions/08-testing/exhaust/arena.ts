/**
 * Many rows of so many numbers each, every row once, in the order in which they came. They lie one behind the other in
 * one array; an open-addressed table of their places finds a row again. Nothing is taken for equal that only has the
 * same hash.
 */
export class Arena {
  readonly #width: number
  #rows: Int32Array
  #parents: Int32Array
  /** Two numbers a place: a row's hash, which also tells the place, and the row's own number + 1; 0 is free. */
  #table = new Int32Array(1 << 17)
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
    const table = this.#table
    const mask = table.length - 1
    const hash = hashOf(row)
    let place = (hash << 1) & mask
    for (let known = at(table, place + 1); known !== 0; known = at(table, place + 1)) {
      // Most rows that are not the same differ in their hashes. The rows decide.
      if (table[place] === hash && this.#equals(known - 1, row)) return "known"
      place = (place + 2) & mask
    }
    if (this.#size >= most) return "full"
    if (this.#size === this.#parents.length) this.#growRows()
    const start = this.#size * this.#width
    for (let i = 0; i < row.length; i++) this.#rows[start + i] = at(row, i)
    this.#parents[this.#size] = parent
    this.#size++
    table[place] = hash
    table[place + 1] = this.#size
    if (this.#size * 4 > table.length) this.#growTable()
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
    this.#rows = longer(this.#rows, 2)
    this.#parents = longer(this.#parents, 2)
  }

  #growTable(): void {
    const old = this.#table
    const table = new Int32Array(old.length * 4)
    const mask = table.length - 1
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue
      let place = (at(old, from) << 1) & mask
      while (table[place + 1] !== 0) place = (place + 2) & mask
      table[place] = at(old, from)
      table[place + 1] = at(old, from + 1)
    }
    this.#table = table
  }
}

export function at(array: Int32Array, index: number): number {
  return array[index] ?? 0
}

/** For a few numbers, quicker than the built-in `set`. */
export function copy(from: Int32Array, into: Int32Array): void {
  for (let i = 0; i < from.length; i++) into[i] = at(from, i)
}

function longer(array: Int32Array, times: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * times)
  larger.set(array)
  return larger
}

/** Every number has a say in every bit (the finalizer of MurmurHash3). */
function hashOf(row: Int32Array): number {
  let h = row.length
  for (let i = 0; i < row.length; i++) {
    h = Math.imul(h ^ at(row, i), 0x9e3779b1)
    h ^= h >>> 15
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
