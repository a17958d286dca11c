import { notImplemented } from "../not-implemented.ts"
import type { AppendResult, Entry, Index, Json, Log, Term } from "./contract.ts"

export type { AppendResult, Entry, Index, Json, Log, Term } from "./contract.ts"

/** Given: the log of a server that has never heard anything. */
export const emptyLog: Log = { base: { index: 0, term: 0 }, entries: [] }

// 4a. Reading. Where does `entries[0]` stand in a log whose base is at index 3?

export function lastIndex(log: Log): Index {
  return notImplemented("lastIndex", "4, rule 1")
}

export function lastTerm(log: Log): Term {
  return notImplemented("lastTerm", "4, rule 1")
}

export function termAt(log: Log, index: Index): Term | null {
  return notImplemented("termAt", "4, rule 2")
}

export function entriesFrom(log: Log, index: Index, max?: number): readonly Entry[] {
  return notImplemented("entriesFrom", "4, rule 3")
}

// 4b. The leader's side.

export function appendNewCommand(log: Log, term: Term, command: Json): Log {
  return notImplemented("appendNewCommand", "4, rule 4")
}

// 4c to 4f. The follower's side. When may the new entries go in at all? And then: which of the entries that are
// there already have to go, and which must stay?

export function appendEntries(
  log: Log,
  prevIndex: Index,
  prevTerm: Term,
  entries: readonly Entry[],
): AppendResult {
  return notImplemented("appendEntries", "4, rules 7 to 17")
}
