import type { CrossingEvent } from "../../projects/02-traffic-light/contract.ts"
import type { Json } from "../../projects/01-kv-server/contract.ts"
import { canonical, type Spec, type SpecState } from "./quint.ts"

/** A crossing, as project 2 exports it. */
export interface Crossing<State> {
  readonly initial: State
  step(state: State, event: CrossingEvent): { readonly state: State }
}

/** How the two are compared: what of a state is looked at, in the same words on both sides. */
export interface View<State> {
  spec(state: SpecState["data"]): Json
  crossing(state: State): Json
}

export type Agreement =
  | {
      readonly agree: true
      /** Distinct states on either side, and pairs of states that were reached together. */
      readonly specStates: number
      readonly crossingStates: number
      readonly pairs: number
      /** Steps that were compared: three events in each pair. */
      readonly steps: number
    }
  | {
      readonly agree: false
      /** A shortest way to where they differ. */
      readonly events: readonly CrossingEvent[]
      readonly spec: Json
      readonly crossing: Json
    }

/** Each event of the TypeScript is an action of the specification. */
const actions: readonly (readonly [CrossingEvent, string])[] = [
  [{ type: "tick" }, "Tick"],
  [{ type: "button", direction: "NS" }, 'Press("NS")'],
  [{ type: "button", direction: "EW" }, 'Press("EW")'],
]

/** A crossing has fewer than a thousand states (project 2, rule 12). */
const manyPairs = 5_000

interface Pair<State> {
  readonly spec: SpecState
  readonly crossing: State
  readonly events: readonly CrossingEvent[]
}

/**
 * Walks through both at once, breadth first: from every pair of states that can be reached together, by every event.
 * Both are deterministic, and there are finitely many pairs. So if nothing differs, nothing ever will.
 * @throws Error when there is no end to the states
 */
export function agree<State>(spec: Spec, crossing: Crossing<State>, view: View<State>): Agreement {
  const pairs = new Map<string, Pair<State>>()
  const visit = (pair: Pair<State>): boolean => {
    const key = `${pair.spec.key} ${canonical(pair.crossing)}`
    if (!pairs.has(key)) pairs.set(key, pair)
    return canonical(view.spec(pair.spec.data)) === canonical(view.crossing(pair.crossing))
  }
  const differ = ({ spec, crossing, events }: Pair<State>): Agreement => ({
    agree: false,
    events,
    spec: view.spec(spec.data),
    crossing: view.crossing(crossing),
  })

  const successors = new Map<string, SpecState>()
  const follow = (state: SpecState, action: string): SpecState => {
    const key = `${action} ${state.key}`
    const known = successors.get(key) ?? only(spec.after(state, action), action)
    successors.set(key, known)
    return known
  }

  const first = { spec: only(spec.after(null, "Init"), "Init"), crossing: crossing.initial, events: [] }
  if (!visit(first)) return differ(first)
  let steps = 0
  for (const pair of pairs.values()) {
    if (pairs.size > manyPairs)
      throw new Error("the crossing's states have no end: something counts up for ever")
    for (const [event, action] of actions) {
      const next = {
        spec: follow(pair.spec, action),
        crossing: crossing.step(pair.crossing, event).state,
        events: [...pair.events, event],
      }
      if (!visit(next)) return differ(next)
      steps++
    }
  }
  const all = [...pairs.values()]
  return {
    agree: true,
    specStates: new Set(all.map((pair) => pair.spec.key)).size,
    crossingStates: new Set(all.map((pair) => canonical(pair.crossing))).size,
    pairs: pairs.size,
    steps,
  }
}

function only(states: readonly SpecState[], action: string): SpecState {
  const [state, ...more] = states
  if (state && more.length === 0) return state
  throw new Error(
    `the specification's ${action} leads to ${String(states.length)} states; a step leads to one`,
  )
}

/** Tells an agreement to a person. */
export function tell(agreement: Agreement): string {
  if (agreement.agree) {
    const { specStates, crossingStates, pairs, steps } = agreement
    return [
      `They agree: ${String(steps)} steps from ${String(pairs)} pairs of states were compared.`,
      `The specification has ${String(specStates)} states, the crossing ${String(crossingStates)}.`,
    ].join("\n")
  }
  return [
    `They differ after ${told(agreement.events)}:`,
    `  the specification  ${canonical(agreement.spec)}`,
    `  the crossing       ${canonical(agreement.crossing)}`,
  ].join("\n")
}

/** "7 ticks, NS, 8 ticks". */
function told(events: readonly CrossingEvent[]): string {
  const words: string[] = []
  let ticks = 0
  const flush = () => {
    if (ticks > 0) words.push(`${String(ticks)} tick${ticks === 1 ? "" : "s"}`)
    ticks = 0
  }
  for (const event of events) {
    if (event.type === "tick") ticks++
    else {
      flush()
      words.push(`the button ${event.direction}`)
    }
  }
  flush()
  return words.join(", ") || "no event at all"
}
