import type { Exploration, Explored, Path } from "../../projects/02-traffic-light/contract.ts"

/** A state that was found, and by which event it was found first. */
interface Found<State, Event> {
  readonly state: State
  readonly id: string
  readonly from: { readonly found: Found<State, Event>; readonly event: Event } | null
}

/**
 * Breadth first: all states one event away, then two, and so on. So the first time a state is found is by a shortest
 * way, and so is the first violation.
 */
export function explore<State, Event>({
  initial,
  events,
  step,
  invariants = {},
  key = canonical,
  maxStates = Number.POSITIVE_INFINITY,
  onProgress,
}: Exploration<State, Event>): Explored<State, Event> {
  const rules = Object.entries(invariants)
  const seen = new Set<string>()
  const deadlocks: Path<State, Event>[] = []
  let complete = true

  let frontier: Found<State, Event>[] = []
  /** Takes note of a state, if it is new; the name of an invariant that it breaks, if it does. */
  const visit = (found: Found<State, Event>): string | undefined => {
    if (seen.has(found.id)) return undefined
    if (seen.size >= maxStates) {
      complete = false
      return undefined
    }
    seen.add(found.id)
    frontier.push(found)
    return rules.find(([, holds]) => !holds(found.state))?.[0]
  }
  const violated = (invariant: string, at: Found<State, Event>): Explored<State, Event> => ({
    states: seen.size,
    complete: false,
    deadlocks,
    violation: { invariant, ...pathTo(at) },
  })

  const first = { state: initial, id: key(initial), from: null }
  const broken = visit(first)
  if (broken !== undefined) return violated(broken, first)
  for (let depth = 0; frontier.length > 0; depth++) {
    const level = frontier
    frontier = []
    for (const found of level) {
      let stuck = true
      for (const event of events(found.state)) {
        const { state } = step(found.state, event)
        const next = { state, id: key(state), from: { found, event } }
        if (next.id !== found.id) stuck = false
        const invariant = visit(next)
        if (invariant !== undefined) return violated(invariant, next)
      }
      if (stuck) deadlocks.push(pathTo(found))
    }
    onProgress?.({ states: seen.size, depth })
  }
  return { states: seen.size, complete, deadlocks, violation: null }
}

function pathTo<State, Event>(end: Found<State, Event>): Path<State, Event> {
  const events: Event[] = []
  for (let at = end; at.from; at = at.from.found) events.push(at.from.event)
  return { events: events.reverse(), state: end.state }
}

/** JSON with the properties of every object in the order of their names. */
function canonical(state: unknown): string {
  return JSON.stringify(state, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
