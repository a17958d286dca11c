import type { AppendResult, Entry, Index, Json, Log, Term } from "../../projects/04-the-log/contract.ts"

export type { AppendResult, Entry, Index, Json, Log, Term } from "../../projects/04-the-log/contract.ts"

export const emptyLog: Log = { base: { index: 0, term: 0 }, entries: [] }

export function lastIndex({ base, entries }: Log): Index {
  return base.index + entries.length
}

export function lastTerm({ base, entries }: Log): Term {
  return entries.at(-1)?.term ?? base.term
}

export function termAt(log: Log, index: Index): Term | null {
  requireNatural("index", index)
  if (index === log.base.index) return log.base.term
  return log.entries[position(log, index)]?.term ?? null
}

export function entriesFrom(log: Log, index: Index, max?: number): readonly Entry[] {
  requireNatural("index", index)
  const first = log.base.index + 1
  const end = lastIndex(log) + 1
  if (index < first || index > end) {
    throw new RangeError(
      `index ${String(index)} is not in the log: it has ${String(first)} to ${String(end - 1)}`,
    )
  }
  if (max === undefined) return log.entries.slice(position(log, index))
  requireNatural("max", max)
  return log.entries.slice(position(log, index), position(log, index) + max)
}

export function appendNewCommand(log: Log, term: Term, command: Json): Log {
  requireNatural("term", term)
  // A leader's term is at least that of any entry it has: terms in a log never go down.
  if (term < lastTerm(log)) {
    throw new RangeError(`term ${String(term)} is older than the log's last term, ${String(lastTerm(log))}`)
  }
  return { ...log, entries: [...log.entries, { term, command }] }
}

/** The AppendEntries receiver's steps 2 to 4 (Figure 2, section 5.3). */
export function appendEntries(
  log: Log,
  prevIndex: Index,
  prevTerm: Term,
  entries: readonly Entry[],
): AppendResult {
  requireNatural("prevIndex", prevIndex)
  requireNatural("prevTerm", prevTerm)
  for (const { term } of entries) requireNatural("entries: a term", term)

  if (prevIndex < log.base.index) return appendAcrossBase(log, prevIndex, prevTerm, entries)

  // Step 2: no entry at prevIndex, or one of another term. By the Log Matching Property, an entry with the right
  // index and term vouches for everything before it.
  if (termAt(log, prevIndex) !== prevTerm) return { success: false, log }

  // Step 3: only a *conflict* removes anything. A message may be late or shorter than what we have by now.
  const from = position(log, prevIndex + 1)
  const conflict = entries.findIndex(({ term }, i) => log.entries[from + i]?.term !== term)
  if (conflict === -1) return { success: true, log }

  // Step 4: what we do not have yet.
  const kept = log.entries.slice(0, from + conflict)
  return { success: true, log: { ...log, entries: [...kept, ...entries.slice(conflict)] } }
}

/** Entries at or below the base are gone because they were committed: an honest leader has the very same ones. */
function appendAcrossBase(
  log: Log,
  prevIndex: Index,
  prevTerm: Term,
  entries: readonly Entry[],
): AppendResult {
  const gone = log.base.index - prevIndex
  const lastGoneTerm = entries.slice(0, gone).at(-1)?.term ?? prevTerm
  if (entries.length < gone) return { success: lastGoneTerm <= log.base.term, log }
  return appendEntries(log, log.base.index, lastGoneTerm, entries.slice(gone))
}

/** Where the entry of this index is in `entries`. */
function position(log: Log, index: Index): number {
  return index - log.base.index - 1
}

function requireNatural(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${name} must be a natural number (0, 1, 2, …), not ${String(value)}`)
  }
}
