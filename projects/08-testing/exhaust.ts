import { notImplemented } from "../not-implemented.ts"
import type { Exhausted, ExhaustOptions } from "./contract.ts"
import { properties as figure3 } from "./properties.ts"

// 8f. There are millions of worlds, and hardly a thousand different servers in them.

export function exhaust({
  raft,
  bounds,
  mode = "messages",
  symmetry = true,
  properties = figure3,
  maxStates = Number.POSITIVE_INFINITY,
  onProgress,
}: ExhaustOptions): Exhausted {
  return notImplemented("exhaust", "8, rules 33 to 40")
}
