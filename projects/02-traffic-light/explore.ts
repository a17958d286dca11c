// 2c. All reachable states of any machine.

import { notImplemented } from "../not-implemented.ts"
import type { Exploration, Explored } from "./contract.ts"

export function explore<State, Event>(exploration: Exploration<State, Event>): Explored<State, Event> {
  // How do you know that you have been in a state before? And how did you get there?
  return notImplemented("explore", "2, rules 13 to 20")
}
