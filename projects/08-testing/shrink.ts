import { notImplemented } from "../not-implemented.ts"
import type { Property, Raft, Schedule } from "./contract.ts"
import { properties as figure3 } from "./properties.ts"

// 8d. When do you know that you are done?

export function shrink(raft: Raft, schedule: Schedule, properties: readonly Property[] = figure3): Schedule {
  return notImplemented("shrink", "8, rules 27 to 29")
}
