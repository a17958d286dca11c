// 2a and 2b. The crossing, as a pure state machine.

import { notImplemented } from "../not-implemented.ts"
import type { Colour, CrossingEvent, Direction, SetLight, Stepped } from "./contract.ts"

/** Yours to change. What has to be remembered to know what the next tick, and the next press, will do? */
export interface CrossingState {
  readonly todo: null
}

export const initial: CrossingState = { todo: null }

export function lights(state: CrossingState): Readonly<Record<Direction, Colour>> {
  return notImplemented("lights", "2, rule 1")
}

export function step(state: CrossingState, event: CrossingEvent): Stepped<CrossingState, SetLight> {
  return notImplemented("step", "2, rules 1 to 12")
}
