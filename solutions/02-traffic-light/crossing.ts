import type {
  Colour,
  CrossingEvent,
  Direction,
  SetLight,
  Stepped,
} from "../../projects/02-traffic-light/contract.ts"

/** All there is to know: who may go, since when, and who has asked. */
export interface CrossingState {
  /** The direction that is not red. */
  readonly moving: Direction
  readonly colour: "green" | "yellow"
  /** How long it has shown this colour. */
  readonly seconds: number
  /** The directions whose button was pressed, and that have not been green since. */
  readonly asked: Readonly<Record<Direction, boolean>>
}

const greenSeconds = { EW: 30, NS: 60 } as const
const shortestGreenSeconds = 15
const yellowSeconds = 5

export const initial: CrossingState = {
  moving: "EW",
  colour: "green",
  seconds: 0,
  asked: { NS: false, EW: false },
}

export function lights({ moving, colour }: CrossingState): Readonly<Record<Direction, Colour>> {
  return moving === "NS" ? { NS: colour, EW: "red" } : { NS: "red", EW: colour }
}

export function step(state: CrossingState, event: CrossingEvent): Stepped<CrossingState, SetLight> {
  switch (event.type) {
    case "tick":
      return changeIfDue({ ...state, seconds: state.seconds + 1 })
    case "button":
      return changeIfDue(ask(state, event.direction))
  }
}

/** Who has green need not ask. */
function ask(state: CrossingState, direction: Direction): CrossingState {
  if (lights(state)[direction] === "green") return state
  return { ...state, asked: { ...state.asked, [direction]: true } }
}

function changeIfDue(state: CrossingState): Stepped<CrossingState, SetLight> {
  const { moving, colour, seconds, asked } = state
  const next = other(moving)
  if (colour === "green") {
    const end = asked[next] ? shortestGreenSeconds : greenSeconds[moving]
    if (seconds < end) return { state, effects: [] }
    return { state: { ...state, colour: "yellow", seconds: 0 }, effects: [set(moving, "yellow")] }
  }
  if (seconds < yellowSeconds) return { state, effects: [] }
  return {
    state: { moving: next, colour: "green", seconds: 0, asked: { ...asked, [next]: false } },
    effects: [set(moving, "red"), set(next, "green")], // in this order: between the two, both are red
  }
}

function other(direction: Direction): Direction {
  return direction === "NS" ? "EW" : "NS"
}

function set(direction: Direction, colour: Colour): SetLight {
  return { type: "set", direction, colour }
}
