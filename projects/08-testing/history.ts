import type { RaftNode } from "../03-planning/contract.ts"
import { notImplemented } from "../not-implemented.ts"
import type { History } from "./contract.ts"

export const emptyHistory: History = { leaders: {}, committed: [], applied: [] }

export function remember(history: History, after: RaftNode): History {
  // 8a. Most moments add nothing. How do you find that out quickly?
  return notImplemented("remember", "8, rules 1 and 2")
}
