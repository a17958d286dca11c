import type { Cluster, RaftNode } from "../03-planning/contract.ts"
import { notImplemented } from "../not-implemented.ts"
import type { Handled, Input, Replica } from "./contract.ts"

// 10b: all that one server does, as a pure function. `step` of project 7 and `serve` of project 6 do the work; here they
// are put together, and what they say is made into what is to be carried out.

export function startReplica<C>(node: RaftNode): Replica<C> {
  return notImplemented("startReplica", "10, rule 11")
}

export function handle<C>(cluster: Cluster, replica: Replica<C>, input: Input<C>): Handled<C> {
  // A request is an event for Raft, too. Which one? What do the others become?
  return notImplemented("handle", "10, rules 12 to 20")
}
