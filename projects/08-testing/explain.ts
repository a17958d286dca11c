import { notImplemented } from "../not-implemented.ts"
import type { Property, Raft, Schedule } from "./contract.ts"
import { properties as figure3 } from "./properties.ts"

// 8e. Written for yourself, tomorrow, when you have forgotten everything.

export function explain(raft: Raft, schedule: Schedule, properties: readonly Property[] = figure3): string {
  return notImplemented("explain", "8, rules 30 to 32")
}
