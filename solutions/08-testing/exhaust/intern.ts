/**
 * Gives equal data equal numbers: 0, 1, 2, … in the order in which they come. Comparing two servers' states is then
 * comparing two numbers.
 */
export class Interned<T> {
  readonly #ids = new Map<string, number>()
  readonly #values: T[] = []

  get size(): number {
    return this.#values.length
  }

  id(value: T): number {
    const key = JSON.stringify(value)
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    this.#ids.set(key, this.#values.length)
    return this.#values.push(value) - 1
  }

  value(id: number): T {
    const value = this.#values[id]
    if (value === undefined) throw new RangeError(`nothing has the number ${String(id)}`)
    return value
  }
}

/** Remembers the answers of a function of two small natural numbers; the answers are never negative. */
export function memo(fn: (a: number, b: number) => number): (a: number, b: number) => number {
  const rows: number[][] = []
  return (a, b) => {
    const row = (rows[a] ??= [])
    const known = row[b] ?? -1
    if (known >= 0) return known
    while (row.length < b) row.push(-1) // no holes: they are slow
    return (row[b] = fn(a, b))
  }
}
