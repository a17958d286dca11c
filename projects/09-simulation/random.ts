// 9a. Random numbers that are the same every time.

import { notImplemented } from "../not-implemented.ts"
import type { Random } from "./contract.ts"

export function createRandom(seed: number): Random {
  // What must a generator remember from one number to the next? And what must a fork know of it, and what not?
  return notImplemented("createRandom", "9, rules 1 to 4")
}
