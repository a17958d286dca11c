// 9a. How long something takes.

import { notImplemented } from "../not-implemented.ts"
import type { Distribution, Millis, Random } from "./contract.ts"

export function sample(distribution: Distribution, random: Random): Millis {
  // Given: `requireDistribution` in check.ts. How do you make a number from 0 to 1 into a time, so that half of all
  // numbers give at most the time that the point [0.5, …] says?
  return notImplemented("sample", "9, rules 5 to 7")
}
