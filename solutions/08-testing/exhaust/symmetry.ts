import type { ServerId } from "../../../projects/03-planning/contract.ts"
import { at, copy } from "./arena.ts"
import type { Space } from "./space.ts"

/** Writes the form of a row into another: rows that count as one have the same form. */
export type Canonical = (row: Int32Array, into: Int32Array) => void

/** Every row counts by itself. */
export const asItIs: Canonical = copy

/**
 * Servers' names mean nothing: worlds that differ only in them have the same future, up to names. Of all the rows that
 * renaming the servers makes of a row, the smallest is its form.
 */
export function upToNames(space: Space): Canonical {
  const [identity, ...others] = permutations(space.ids).map((names) => new Renaming(space, names))
  const candidate = space.begin()
  return (row, into) => {
    identity?.apply(row, into)
    for (const renaming of others) {
      const order = renaming.compare(row, into)
      if (order > 0) continue
      renaming.apply(row, candidate)
      if (order < 0 || isSmaller(candidate, into)) copy(candidate, into)
    }
  }
}

class Renaming {
  readonly #space: Space
  readonly #names: ReadonlyMap<ServerId, ServerId>
  /** At the place of a server's new name, the place of its old one. */
  readonly #from: Int32Array
  /** The new number for the old one; -1 where it is not known yet. */
  readonly #nodes: number[] = []
  readonly #histories: number[] = []
  readonly #messages: number[] = []

  constructor(space: Space, names: readonly ServerId[]) {
    const { ids } = space
    this.#space = space
    this.#names = new Map(ids.map((id, i) => [id, names[i] ?? id]))
    this.#from = Int32Array.from(ids, (id) => names.indexOf(id))
  }

  /** Compares the servers of the renamed row, which tell most rows apart, with those of another. */
  compare(row: Int32Array, other: Int32Array): number {
    for (let i = 0; i < this.#from.length; i++) {
      const difference = this.#node(at(row, at(this.#from, i))) - at(other, i)
      if (difference !== 0) return difference
    }
    return 0
  }

  apply(row: Int32Array, into: Int32Array): void {
    const { history, crashes, inFlight } = this.#space
    for (let i = 0; i < history; i++) into[i] = this.#node(at(row, at(this.#from, i)))
    into[history] = this.#history(at(row, history))
    into[crashes] = at(row, crashes)
    let end = inFlight
    for (let i = inFlight; i < row.length; i++) {
      const message = at(row, i)
      if (message !== 0) insert(into, inFlight, end++, this.#message(message - 1) + 1)
    }
    for (; end < row.length; end++) into[end] = 0
  }

  #node(id: number): number {
    const { nodes } = this.#space
    return lookUp(this.#nodes, id, () => this.#space.nodeId(nodes.value(id), this.#names))
  }

  #history(id: number): number {
    const { histories } = this.#space
    return lookUp(this.#histories, id, () => this.#space.historyId(histories.value(id), this.#names))
  }

  #message(id: number): number {
    const { messages } = this.#space
    return lookUp(this.#messages, id, () => this.#space.messageId(messages.value(id), this.#names))
  }
}

/** Puts a number into its place in the ascending part of a row from `start` to `end`, which grows by one. */
export function insert(row: Int32Array, start: number, end: number, number: number): void {
  let place = end
  for (; place > start && at(row, place - 1) > number; place--) row[place] = at(row, place - 1)
  row[place] = number
}

function lookUp(known: number[], id: number, compute: () => number): number {
  const answer = known[id] ?? -1
  if (answer >= 0) return answer
  while (known.length < id) known.push(-1)
  return (known[id] = compute())
}

function isSmaller(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return at(a, i) < at(b, i)
  return false
}

function permutations<T>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length === 0) return [[]]
  return list.flatMap((first, i) => permutations(list.toSpliced(i, 1)).map((rest) => [first, ...rest]))
}
