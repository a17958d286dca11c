import { fail } from "#suite"
import type { CrossingEvent, Direction } from "../../projects/02-traffic-light/contract.ts"
import { allEvents, play, project, told, toldLights, type Lights } from "./project.ts"

/**
 * The suite's own crossing, written as one row of numbers: the second of the whole cycle and who has asked. It shares
 * nothing with any solution; walking it side by side with theirs compares every reachable state.
 */
export interface Model {
  /** 0 to 99: EW green 0-29, EW yellow 30-34, NS green 35-94, NS yellow 95-99. */
  readonly second: number
  readonly askedNS: boolean
  readonly askedEW: boolean
}

export const modelStart: Model = { second: 0, askedNS: false, askedEW: false }

export function modelLights({ second }: Model): Lights {
  if (second < 30) return { EW: "green", NS: "red" }
  if (second < 35) return { EW: "yellow", NS: "red" }
  if (second < 95) return { NS: "green", EW: "red" }
  return { NS: "yellow", EW: "red" }
}

export function modelStep(model: Model, event: CrossingEvent): Model {
  if (event.type === "tick") {
    const second = (model.second + 1) % 100
    const served: Direction | null = second === 35 ? "NS" : second === 0 ? "EW" : null
    return settle({
      second,
      askedNS: model.askedNS && served !== "NS",
      askedEW: model.askedEW && served !== "EW",
    })
  }
  const pressed = event.direction
  if (modelLights(model)[pressed] === "green") return model
  return settle(pressed === "NS" ? { ...model, askedNS: true } : { ...model, askedEW: true })
}

/** A green that has lasted 15 s and that somebody waits for jumps to its end. */
function settle(model: Model): Model {
  if (model.askedNS && model.second >= 15 && model.second < 30) return { ...model, second: 30 }
  if (model.askedEW && model.second >= 50 && model.second < 95) return { ...model, second: 95 }
  return model
}

/** A pair of states, theirs and the model's, that the same events lead to. */
export interface Pair {
  readonly theirs: unknown
  readonly model: Model
  /** The events that lead here, one of the shortest ways. */
  readonly events: readonly CrossingEvent[]
}

type Step = (state: unknown, event: CrossingEvent) => unknown

/** More states than any sensible crossing has; a state space of as many is taken for endless. */
export const tooMany = 1000

/** Visits every pair of states that some events lead to, breadth first; at most `tooMany`. */
export function walk(start: unknown, step: Step, visit: (pair: Pair) => void): void {
  const seen = new Set<string>()
  const queue: Pair[] = [{ theirs: start, model: modelStart, events: [] }]
  for (const pair of queue) {
    const id = JSON.stringify([pair.theirs, pair.model])
    if (seen.has(id)) continue
    if (seen.size >= tooMany) return
    seen.add(id)
    visit(pair)
    for (const event of allEvents) {
      const model = modelStep(pair.model, event)
      queue.push({ theirs: step(pair.theirs, event), model, events: [...pair.events, event] })
    }
  }
}

/** How many states of theirs there are; `tooMany` when it did not end. */
export function countStates(start: unknown, step: Step): number {
  const seen = new Set([JSON.stringify(start)])
  const queue = [start]
  for (const state of queue) {
    for (const event of allEvents) {
      const next = step(state, event)
      const id = JSON.stringify(next)
      if (seen.has(id)) continue
      if (seen.size >= tooMany) return tooMany
      seen.add(id)
      queue.push(next)
    }
  }
  return seen.size
}

/** Checks what their lights are after these events; tells the first moment on the way at which they are wrong. */
export function shows(events: readonly CrossingEvent[], expected: Lights): void {
  const got = project.lights(play(events).state)
  if (got.NS === expected.NS && got.EW === expected.EW) return
  const first = firstWrong(events) ?? { events, expected, got }
  fail("broken", `expected ${toldLights(first.expected)}, got ${toldLights(first.got)}`, {
    scenario: `from the beginning: ${told(first.events)}`,
    expected: toldLights(first.expected),
    got: toldLights(first.got),
  })
}

/** Where their lights first differ from the suite's own crossing. What goes wrong early is seen late, or by chance. */
function firstWrong(events: readonly CrossingEvent[]) {
  let state = project.initial
  let model = modelStart
  for (let n = 0; n <= events.length; n++) {
    const [got, expected] = [project.lights(state), modelLights(model)]
    if (got.NS !== expected.NS || got.EW !== expected.EW) return { events: events.slice(0, n), expected, got }
    const event = events[n]
    if (!event) return undefined
    state = project.step(state, event).state
    model = modelStep(model, event)
  }
  return undefined
}
