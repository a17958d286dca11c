// 9b. Time that passes only because something happens.

import { notImplemented } from "../not-implemented.ts"
import type { VirtualClock } from "./contract.ts"

export function createClock(): VirtualClock {
  // A hundred thousand callbacks may wait at once. What do you need to know of them at any time: the order of all, or
  // only the first? And which of two for the same time is the first?
  return notImplemented("createClock", "9, rules 8 to 13")
}
