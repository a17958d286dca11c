import type { RaftNode } from "../03-planning/contract.ts"
import { notImplemented } from "../not-implemented.ts"
import type { Acted, Action, Property, Raft, Replayed, Schedule, World } from "./contract.ts"
import { properties as figure3 } from "./properties.ts"

// 8b. A cluster as a value.

export function begin(raft: Raft, servers: number): World {
  return notImplemented("begin", "8, rule 12")
}

export function restart(raft: Raft, node: RaftNode): RaftNode {
  // What does Figure 2 call persistent? Who knows what everything else is on the first day?
  return notImplemented("restart", "8, rule 13")
}

export function act(raft: Raft, world: World, action: Action): Acted | null {
  // Seven kinds of actions, but only two things that can happen to a server.
  return notImplemented("act", "8, rules 14 to 18")
}

export function replay(raft: Raft, schedule: Schedule, properties: readonly Property[] = figure3): Replayed {
  return notImplemented("replay", "8, rule 19")
}
