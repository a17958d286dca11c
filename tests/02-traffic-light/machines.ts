import type { Exploration, Stepped } from "../../projects/02-traffic-light/contract.ts"

/** Machines to explore, other than the traffic light. */

const to = <S>(state: S): Stepped<S, never> => ({ state, effects: [] })

/** Counts up to `n` and begins again. */
export function counter(n: number): Exploration<number, "next"> {
  return { initial: 0, events: () => ["next"], step: (state) => to((state + 1) % n) }
}

interface Jugs {
  readonly small: number
  readonly large: number
}

/** A jug of 3 litres and one of 5, a tap and a drain. */
export const jugs: Exploration<
  Jugs,
  "fill small" | "fill large" | "empty small" | "empty large" | "to small" | "to large"
> = {
  initial: { small: 0, large: 0 },
  events: () => ["fill small", "fill large", "empty small", "empty large", "to small", "to large"],
  step: ({ small, large }, event) => {
    switch (event) {
      case "fill small":
        return to({ small: 3, large })
      case "fill large":
        return to({ small, large: 5 })
      case "empty small":
        return to({ small: 0, large })
      case "empty large":
        return to({ small, large: 0 })
      case "to small": {
        const poured = Math.min(large, 3 - small)
        return to({ small: small + poured, large: large - poured })
      }
      case "to large": {
        const poured = Math.min(small, 5 - large)
        return to({ small: small - poured, large: large + poured })
      }
    }
  },
}

interface Locks {
  /** Who holds lock x, lock y. */
  readonly x: "a" | "b" | null
  readonly y: "a" | "b" | null
  /** How far each process is: 0 nothing, 1 first lock, 2 both locks. */
  readonly a: 0 | 1 | 2
  readonly b: 0 | 1 | 2
}

/** Two processes that take two locks in opposite orders, use them and give them back. */
export const locks: Exploration<Locks, "a" | "b"> = {
  initial: { x: null, y: null, a: 0, b: 0 },
  events: ({ x, y, a, b }) => {
    const aCan = a === 2 || (a === 0 ? x === null : y === null)
    const bCan = b === 2 || (b === 0 ? y === null : x === null)
    return [...(aCan ? (["a"] as const) : []), ...(bCan ? (["b"] as const) : [])]
  },
  step: (state, who) => {
    if (who === "a") {
      if (state.a === 0) return to({ ...state, x: "a", a: 1 })
      if (state.a === 1) return to({ ...state, y: "a", a: 2 })
      return to({ ...state, x: null, y: null, a: 0 })
    }
    if (state.b === 0) return to({ ...state, y: "b", b: 1 })
    if (state.b === 1) return to({ ...state, x: "b", b: 2 })
    return to({ ...state, x: null, y: null, b: 0 })
  },
}

/** A graph of numbered states: `edges[n]` are the states that events lead to from `n`. */
export function graph(edges: readonly (readonly number[])[]): Exploration<number, number> {
  return { initial: 0, events: (state) => edges[state] ?? [], step: (_, event) => to(event) }
}

/** The distances from state 0 in such a graph: the suite's own breadth-first search. */
export function distances(edges: readonly (readonly number[])[]): ReadonlyMap<number, number> {
  const found = new Map([[0, 0]])
  for (const [state, distance] of found) {
    for (const next of edges[state] ?? []) if (!found.has(next)) found.set(next, distance + 1)
  }
  return found
}

interface Lamp {
  readonly NS: string
  readonly EW: string
}

/** A crossing that somebody got wrong: east-west may turn green while north-south is still yellow. */
export const brokenLight: Exploration<Lamp, "tick"> = {
  initial: { NS: "green", EW: "red" },
  events: () => ["tick"],
  step: ({ NS, EW }) => {
    if (NS === "green") return to({ NS: "yellow", EW })
    if (NS === "yellow" && EW === "red") return to({ NS, EW: "green" })
    if (NS === "yellow") return to({ NS: "red", EW })
    return to({ NS: "green", EW: "red" })
  },
}
