import type { Committed, History } from "../../projects/08-testing/contract.ts"
import type { Entry, Index, Log, RaftNode } from "../../projects/03-planning/contract.ts"

export const emptyHistory: History = { leaders: {}, committed: [], applied: [] }

export function remember(history: History, after: RaftNode): History {
  const { log, currentTerm, commitIndex, lastApplied } = after
  const isNew = after.role === "leader" && history.leaders[currentTerm] === undefined
  const committed = news(log, history.committed.length, commitIndex)
  const applied = news(log, history.applied.length, lastApplied)
  if (!isNew && committed.length === 0 && applied.length === 0) return history
  return {
    leaders: isNew ? { ...history.leaders, [currentTerm]: after.id } : history.leaders,
    committed: [
      ...history.committed,
      ...committed.map((entry): Committed => ({ ...entry, by: currentTerm })),
    ],
    applied: [...history.applied, ...applied],
  }
}

/** The entries of a log from behind what is known already up to an index, as far as it has them. */
function news(log: Log, known: Index, upTo: Index): readonly Entry[] {
  if (upTo <= known || known < log.base.index) return []
  return log.entries.slice(known - log.base.index, upTo - log.base.index)
}
