// 3a. One server, before anything has happened.

import { notImplemented } from "../not-implemented.ts"
import type { RaftNode, ServerId } from "./contract.ts"

export function initialNode(id: ServerId, voters: readonly ServerId[]): RaftNode {
  // Figure 2, "State": what does each field begin with?
  return notImplemented("initialNode", "3, rules 1 and 2")
}

export function isQuorum(node: RaftNode, agrees: (server: ServerId) => boolean): boolean {
  // How many of four are a majority? And of whom, while the membership changes?
  return notImplemented("isQuorum", "3, rules 3 and 4")
}

export function others(node: RaftNode): readonly ServerId[] {
  return notImplemented("others", "3, rule 5")
}

export function describe(node: RaftNode): string {
  // It is two in the morning, and three servers do not agree. What do you want to read first?
  return notImplemented("describe", "3, rule 6")
}
