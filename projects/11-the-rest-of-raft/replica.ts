import { notImplemented } from "../not-implemented.ts"
import type { FullHandled, FullInput, FullNode, FullReplica, ReplicaOptions } from "./contract.ts"

// 11h: project 10's replica, with three differences: many inputs at once and one save for all of them; reads that are in no
// log; and a machine that is written out, and read again.

export function startFullReplica<C>(node: FullNode): FullReplica<C> {
  return notImplemented("startFullReplica", "11, rule 50")
}

export function handleAll<C>(
  options: ReplicaOptions,
  replica: FullReplica<C>,
  inputs: readonly FullInput<C>[],
): FullHandled<C> {
  return notImplemented("handleAll", "11, rules 51 to 56")
}
