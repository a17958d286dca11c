/** The types of project 4. Everything is plain, read-only data: a log can be printed, compared and sent as it is. */

import type { Json } from "../01-kv-server/contract.ts"

export type { Json } from "../01-kv-server/contract.ts"

/** Terms count up from 0; 0 is the time before the first election (section 5.1). A natural number. */
export type Term = number

/** Position of an entry in the log. The first entry has index 1 (Figure 2); 0 is the place before it. */
export type Index = number

export interface Entry {
  /** The term of the leader that made the entry. */
  readonly term: Term
  /** What the state machine is to do. The log never looks into it. */
  readonly command: Json
}

/**
 * A log. `entries[0]` has index `base.index + 1`.
 *
 * `base` is the place before the first entry that is still there: index and term of the last entry that is gone.
 * Nothing is ever gone before project 11, which throws old entries away; until then `base` is index 0, term 0.
 */
export interface Log {
  readonly base: { readonly index: Index; readonly term: Term }
  readonly entries: readonly Entry[]
}

export interface AppendResult {
  /** Whether the entry before the new ones was there, with the right term. */
  readonly success: boolean
  /** The log afterwards. When nothing changed, it is the log that was given: the same object. */
  readonly log: Log
}

/** What `projects/04-the-log/index.ts` exports. */
export interface Project {
  /** The log of a server that has never heard anything: no entries, base (0, 0). */
  readonly emptyLog: Log

  /** Index of the last entry; the base's index when there are no entries. */
  lastIndex(log: Log): Index

  /** Term of the last entry; the base's term when there are no entries. */
  lastTerm(log: Log): Term

  /**
   * Term of the entry at `index`. Answers for every natural number: the base's term at the base's index, `null` where
   * the log cannot tell (past its end, or below the base).
   * @throws RangeError naming `index` when it is not a natural number
   */
  termAt(log: Log, index: Index): Term | null

  /**
   * The entries from `index` to the end, at most `max` of them (default: all).
   * @param index  from `base.index + 1` to `lastIndex(log) + 1`; the latter gives no entries
   * @throws RangeError naming `index` or `max` when it is out of range or not a natural number
   */
  entriesFrom(log: Log, index: Index, max?: number): readonly Entry[]

  /**
   * What a leader does with a client's command: one new entry at the end.
   * @throws RangeError naming `term` when it is not a natural number, or less than the log's last term
   */
  appendNewCommand(log: Log, term: Term, command: Json): Log

  /**
   * What a follower does with the leader's entries: the AppendEntries receiver's steps 2 to 4 in Figure 2.
   * @param prevIndex  index of the entry just before the new ones; 0 when they are the first
   * @param prevTerm   its term in the leader's log; 0 when `prevIndex` is 0
   * @param entries    in order; may be empty
   * @throws RangeError naming `prevIndex`, `prevTerm` or `entries` when an index or a term is not a natural number
   */
  appendEntries(log: Log, prevIndex: Index, prevTerm: Term, entries: readonly Entry[]): AppendResult
}
