import fc from "fast-check"
import { check, forAll, group, holds, same, show } from "#suite"
import type { Exploration, Progress } from "../../projects/02-traffic-light/contract.ts"
import { brokenLight, counter, distances, graph, jugs, locks } from "./machines.ts"
import { allEvents, project, sameData } from "./project.ts"

/** Where the events lead, by the machine itself. */
function follow<S, E>(machine: Exploration<S, E>, events: readonly E[]): S {
  let state = machine.initial
  for (const event of events) state = machine.step(state, event).state
  return state
}

const anyGraph = fc
  .integer({ min: 1, max: 12 })
  .chain((n) => fc.array(fc.array(fc.nat({ max: n - 1 }), { maxLength: 3 }), { minLength: n, maxLength: n }))
const toldGraph = (edges: readonly (readonly number[])[]) =>
  `the graph ${edges.map((next, n) => `${String(n)}→{${next.join(",")}}`).join(" ")}`

group("2c", "The explorer", () => {
  check("2c.1", [13], "it counts the states of a counter", () => {
    for (const n of [1, 2, 7, 100]) {
      const { states, complete, violation } = project.explore(counter(n))
      same(
        { states, complete, violation },
        { states: n, complete: true, violation: null },
        `a counter of 0 to ${String(n - 1)}`,
      )
    }
  })

  check("2c.2", [13], "a state that is found on many ways is one state", () => {
    same(project.explore(jugs).states, 16, "two jugs of 3 and 5 litres: distinct states")
    const diamond = graph([[1, 2], [3], [3], [0]])
    same(project.explore(diamond).states, 4, "a diamond: 0→1, 0→2, 1→3, 2→3, 3→0")
  })

  check("2c.3", [13], "states are compared by their data, whatever the order of their properties", () => {
    const machine: Exploration<object, "turn"> = {
      initial: { a: 1, b: { c: 2, d: [3] } },
      events: () => ["turn"],
      step: (state) => ({
        state:
          "b" in state && Object.keys(state)[0] === "a"
            ? { b: { d: [3], c: 2 }, a: 1 }
            : { a: 1, b: { c: 2, d: [3] } },
        effects: [],
      }),
    }
    same(
      project.explore(machine).states,
      1,
      "{ a: 1, b: { c: 2, d: [3] } } and { b: { d: [3], c: 2 }, a: 1 }",
    )
    const lists: Exploration<readonly number[], "turn"> = {
      initial: [1, 2],
      events: () => ["turn"],
      step: (state) => ({ state: [...state].reverse(), effects: [] }),
    }
    same(project.explore(lists).states, 2, "[1, 2] and [2, 1] are different states")
    const kinds: Exploration<unknown, "turn"> = {
      initial: 1,
      events: () => ["turn"],
      step: (state) => ({
        state: state === 1 ? "1" : state === "1" ? null : state === null ? "null" : 1,
        effects: [],
      }),
    }
    same(project.explore(kinds).states, 4, '1, "1", null and "null" are four states')
  })

  check("2c.19", [13], "nested data: order inside lists counts, order of properties does not", () => {
    const alternating = (one: unknown, two: unknown): number =>
      project.explore<unknown, "turn">({
        initial: { is: one },
        events: () => ["turn"],
        step: (state) => ({
          state: { is: JSON.stringify(state) === JSON.stringify({ is: one }) ? two : one },
          effects: [],
        }),
      }).states
    same(alternating([{ a: 1, b: 2 }], [{ b: 2, a: 1 }]), 1, "[{ a: 1, b: 2 }] and [{ b: 2, a: 1 }]")
    same(alternating({}, []), 2, "{} and []")
    same(alternating([1, [2]], [[1], 2]), 2, "[1, [2]] and [[1], 2]")
    same(alternating(["a,b"], ["a", "b"]), 2, '["a,b"] and ["a", "b"]')
    same(alternating(1, [1]), 2, "1 and [1]")
  })

  check("2c.4", [15], "a violated invariant is named, with a state and a way that leads to it", () => {
    const machine = {
      ...jugs,
      invariants: { "never 4 litres": ({ large }: { large: number }) => large !== 4 },
    }
    const { violation, complete } = project.explore(machine)
    holds(violation !== null, "two jugs; invariant: never 4 litres in the large one", "a violation", "null")
    if (violation === null) return
    same(violation.invariant, "never 4 litres", "two jugs: the violated invariant's name")
    same(violation.state.large, 4, "two jugs: litres in the large jug, in the violation's state")
    same(
      follow(jugs, violation.events),
      violation.state,
      "two jugs: the state that the violation's events lead to",
    )
    same(complete, false, "two jugs: `complete`, when the search ended at a violation")
  })

  check("2c.5", [15], "it is a shortest way", () => {
    const machine = {
      ...jugs,
      invariants: { "never 4 litres": ({ large }: { large: number }) => large !== 4 },
    }
    const jugEvents = project.explore(machine).violation?.events ?? []
    same(
      jugEvents.length,
      6,
      `two jugs, never 4 litres: number of events to a violation (found: ${jugEvents.join(", ")})`,
    )
    const detour = graph([[1, 5], [2], [3], [4], [6], [6], []])
    const short = project.explore({ ...detour, invariants: { "not 6": (state) => state !== 6 } }).violation
    sameData(
      short?.events,
      [5, 6],
      "a graph with a long way 0-1-2-3-4-6 and a short one 0-5-6; invariant: not 6",
    )
  })

  check("2c.6", [16], "the initial state is checked, too", () => {
    const { violation } = project.explore({ ...counter(5), invariants: { positive: (state) => state > 0 } })
    sameData(
      violation,
      { invariant: "positive", events: [], state: 0 },
      "a counter from 0; invariant: positive",
    )
  })

  check("2c.7", [15], "with several invariants, the one that fails is named", () => {
    const invariants = { small: (n: number) => n < 50, "not seven": (n: number) => n !== 7 }
    same(
      project.explore({ ...counter(20), invariants }).violation?.invariant,
      "not seven",
      "a counter; small, not seven",
    )
    same(
      project.explore({ ...counter(5), invariants }).violation,
      null,
      "a counter of 0 to 4; small, not seven",
    )
  })

  check("2c.8", [17], "deadlocks: states without a way out, each with a way to it", () => {
    const { deadlocks, states, violation } = project.explore(locks)
    same({ states, violation }, { states: 6, violation: null }, "two processes, two locks in opposite order")
    same(deadlocks.length, 1, "two processes, two locks in opposite order: deadlocks")
    sameData(
      deadlocks[0]?.state,
      { x: "a", y: "b", a: 1, b: 1 },
      "the deadlock: each holds what the other wants",
    )
    same(deadlocks[0]?.events.length, 2, "the deadlock: events that lead to it")
    same(
      follow(locks, deadlocks[0]?.events ?? []),
      deadlocks[0]?.state,
      "the state that the deadlock's events lead to",
    )
  })

  check("2c.9", [17], "events that lead back to the same state are no way out", () => {
    const { deadlocks } = project.explore(graph([[1, 2], [1], [0]]))
    sameData(
      deadlocks.map(({ state }) => state),
      [1],
      "a graph 0→1, 0→2, 1→1, 2→0: the deadlocks",
    )
    const copies: Exploration<{ readonly n: number }, "turn"> = {
      initial: { n: 1 },
      events: () => ["turn"],
      step: ({ n }) => ({ state: { n }, effects: [] }),
    }
    same(
      project.explore(copies).deadlocks.length,
      1,
      "a machine that always answers a fresh copy of its state: deadlocks",
    )
    same(
      project.explore({ ...counter(5), key: () => "x" }).deadlocks.length,
      1,
      "a counter, all states with one key: deadlocks",
    )
    same(project.explore(counter(1)).deadlocks.length, 1, "a counter that only counts from 0 to 0: deadlocks")
    same(project.explore(counter(2)).deadlocks.length, 0, "a counter of 0 and 1: deadlocks")
  })

  check("2c.10", [14], "a limit ends the search, and the answer says so", () => {
    const { states, complete, violation } = project.explore({ ...counter(1000), maxStates: 10 })
    same(
      { states, complete, violation },
      { states: 10, complete: false, violation: null },
      "a counter of 1000, maxStates 10",
    )
    same(project.explore({ ...counter(1000), maxStates: 1 }).states, 1, "a counter of 1000, maxStates 1")
    const last = project.explore({ ...counter(1000), maxStates: 10, invariants: { "not 9": (n) => n !== 9 } })
    same(last.violation?.state, 9, "a counter of 1000, maxStates 10, invariant: not 9 (the tenth state)")
    const exact = project.explore({ ...counter(10), maxStates: 10 })
    same(
      { states: exact.states, complete: exact.complete },
      { states: 10, complete: true },
      "a counter of 10, maxStates 10",
    )
  })

  check("2c.11", [14], "a limit ends the search of an endless machine", () => {
    const machine: Exploration<number, number> = {
      initial: 0,
      events: () => [1, 2],
      step: (state, event) => ({ state: state * 2 + event, effects: [] }),
    }
    same(project.explore({ ...machine, maxStates: 500 }).states, 500, "a machine without end, maxStates 500")
  })

  check("2c.12", [18], "with a key, states of the same key are one state", () => {
    const machine = { ...counter(100), key: (state: number) => String(state % 10) }
    same(project.explore(machine).states, 10, "a counter of 100, key: the last digit")
  })

  check("2c.13", [19], "progress is told after each distance, with the states found so far", () => {
    const told: Progress[] = []
    project.explore({
      ...graph([[1, 2], [3], [3], []]),
      onProgress: ({ states, depth }) => told.push({ states, depth }),
    })
    same(
      told,
      [
        { states: 3, depth: 0 },
        { states: 4, depth: 1 },
        { states: 4, depth: 2 },
      ],
      "a diamond 0→1, 0→2, 1→3, 2→3",
    )
  })

  check("2c.14", [13], "a long chain of 20,000 states is no problem", () => {
    same(project.explore(counter(20_000)).states, 20_000, "a counter of 20,000")
    const { violation } = project.explore({ ...counter(20_000), invariants: { early: (n) => n < 19_999 } })
    same(violation?.events.length, 19_999, "a counter of 20,000; events to its last state")
  })

  check("2c.15", [13, 15, 17], "any graph: states, shortest ways and deadlocks are right", () => {
    forAll(
      anyGraph,
      (edges) => {
        const reachable = distances(edges)
        const { states, complete, deadlocks } = project.explore(graph(edges))
        same({ states, complete }, { states: reachable.size, complete: true }, "the reachable states")
        const stuck = [...reachable.keys()].filter((n) => (edges[n] ?? []).every((next) => next === n))
        same(
          deadlocks.map(({ state }) => state).toSorted((a, b) => a - b),
          stuck.toSorted((a, b) => a - b),
          "the deadlocks",
        )
        for (const { state, events } of deadlocks)
          same(events.length, reachable.get(state), `the way to deadlock ${String(state)}`)
        for (const [goal, distance] of reachable) {
          const { violation } = project.explore({
            ...graph(edges),
            invariants: { never: (state) => state !== goal },
          })
          same(violation?.events.length, distance, `events to a violation in state ${String(goal)}`)
        }
      },
      toldGraph,
      60,
    )
  })

  check("2c.16", [15], "it finds what is wrong with a broken traffic light", () => {
    const safe = ({ NS, EW }: { NS: string; EW: string }) => NS === "red" || EW === "red"
    const { violation } = project.explore({ ...brokenLight, invariants: { "one is red": safe } })
    sameData(
      violation?.events,
      ["tick", "tick"],
      "a light that turns green while the other is yellow; invariant: one is red",
    )
  })

  check(
    "2c.17",
    [3, 13, 17],
    "your own crossing, explored by your own explorer: safe everywhere, no deadlock",
    () => {
      const { violation, deadlocks, complete, states } = project.explore({
        initial: project.initial,
        events: () => allEvents,
        step: (state, event) => project.step(state, event),
        maxStates: 1000,
        invariants: {
          "one is red": (state) => {
            const { NS, EW } = project.lights(state)
            return NS === "red" || EW === "red"
          },
        },
      })
      same(
        { violation, deadlocks, complete },
        { violation: null, deadlocks: [], complete: true },
        "all states of your crossing",
      )
      holds(
        states >= 100,
        "all states of your crossing",
        "at least one state for each of the 100 seconds",
        show(states),
      )
    },
  )

  check("2c.18", [20], "explore leaves alone what it was given", () => {
    const machine = Object.freeze({ ...jugs, invariants: Object.freeze({ any: () => true }) })
    const [one, two] = [project.explore(machine), project.explore(machine)]
    same(one, two, "the same exploration twice")
  })
})
