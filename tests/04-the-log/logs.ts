import * as z from "zod"
import { fail, holds, same, show, subject } from "#suite"
import type { AppendResult, Entry, Index, Log, Project, Term } from "../../projects/04-the-log/contract.ts"

const entry = z.object({ term: z.number(), command: z.json() })
const log = z.object({
  base: z.object({ index: z.number(), term: z.number() }),
  entries: z.array(entry),
})

export const project = subject<Project>({
  exports: {
    emptyLog: "value",
    lastIndex: "function",
    lastTerm: "function",
    termAt: "function",
    entriesFrom: "function",
    appendNewCommand: "function",
    appendEntries: "function",
  },
  returns: {
    lastIndex: z.number(),
    lastTerm: z.number(),
    termAt: z.number().nullable(),
    entriesFrom: z.array(entry),
    appendNewCommand: log,
    appendEntries: z.object({ success: z.boolean(), log }),
  },
})

/** Entries with these terms, the first one at `first`. Same index and term, same command: as in any Raft cluster. */
export function entries(first: Index, terms: readonly Term[]): readonly Entry[] {
  return terms.map((term, i) => ({ term, command: `set x to ${String(first + i)}.${String(term)}` }))
}

/** A log with entries of these terms, from index 1 on. */
export function logOf(...terms: readonly Term[]): Log {
  return { base: { index: 0, term: 0 }, entries: entries(1, terms) }
}

/** A log whose entries up to `index` are gone; entries of these terms follow. */
export function compacted(index: Index, term: Term, ...terms: readonly Term[]): Log {
  return { base: { index, term }, entries: entries(index + 1, terms) }
}

/** A log as its terms, as the paper's figures show it. */
export function told({ base, entries }: Log): string {
  const terms =
    entries.length === 0 ? "no entries" : `terms ${entries.map(({ term }) => String(term)).join(" ")}`
  return base.index === 0
    ? terms
    : `base (index ${String(base.index)}, term ${String(base.term)}), then ${terms}`
}

/** An AppendEntries message, in words. */
export function toldCall(before: Log, prevIndex: Index, prevTerm: Term, sent: readonly Entry[]): string {
  const what =
    sent.length === 0 ? "no entries" : `entries of ${told({ base: { index: 0, term: 0 }, entries: sent })}`
  return `a log with ${told(before)}; appendEntries with prevIndex ${String(prevIndex)}, prevTerm ${String(prevTerm)} and ${what}`
}

/** Calls `appendEntries` with entries of these terms, right behind `prevIndex`. */
export function append(before: Log, prevIndex: Index, prevTerm: Term, terms: readonly Term[]): AppendResult {
  return project.appendEntries(before, prevIndex, prevTerm, entries(prevIndex + 1, terms))
}

/** Checks that the call succeeds and leaves exactly `after`. */
export function accepts(
  before: Log,
  prevIndex: Index,
  prevTerm: Term,
  terms: readonly Term[],
  after: Log,
): void {
  const scenario = toldCall(before, prevIndex, prevTerm, entries(prevIndex + 1, terms))
  const result = append(before, prevIndex, prevTerm, terms)
  same(result.success, true, `${scenario}: result.success`)
  sameLog(result.log, after, scenario)
}

/** Checks that the call is refused and leaves the log as it was. */
export function declines(before: Log, prevIndex: Index, prevTerm: Term, terms: readonly Term[]): void {
  const scenario = toldCall(before, prevIndex, prevTerm, entries(prevIndex + 1, terms))
  const result = append(before, prevIndex, prevTerm, terms)
  same(result.success, false, `${scenario}: result.success`)
  sameLog(result.log, before, scenario)
}

/** Compares logs by what the contract says of them, and shows them as terms where that tells the difference. */
export function sameLog(got: Log, expected: Log, scenario: string): void {
  const plain = ({ base, entries }: Log) => ({
    base: { index: base.index, term: base.term },
    entries: entries.map(({ term, command }) => ({ term, command })),
  })
  if (show(plain(got)) === show(plain(expected))) return
  if (told(got) === told(expected)) {
    same(plain(got), plain(expected), scenario)
    return
  }
  fail("broken", `expected ${told(expected)}, got ${told(got)}`, {
    scenario,
    expected: told(expected),
    got: told(got),
  })
}

/** Checks that the call answers with the very log that it was given. */
export function unchanged(before: Log, prevIndex: Index, prevTerm: Term, terms: readonly Term[]): void {
  const { log } = append(before, prevIndex, prevTerm, terms)
  sameObject(log, before, toldCall(before, prevIndex, prevTerm, entries(prevIndex + 1, terms)))
}

/** Checks that a log is this very object, and tells a copy from another log. */
export function sameObject(got: Log, given: Log, scenario: string): void {
  if (got === given) return
  const isCopy = show(got) === show(given)
  holds(false, scenario, "the same log object that was given", isCopy ? "an equal copy of it" : told(got))
}
