import { compose, isQuorum } from "#03-planning"
import { entriesFrom, lastIndex, termAt } from "#04-the-log"
import { replication, type ReplicationEvent } from "#05-log-replication"
import type {
  AppendEntries,
  Change,
  Effect,
  Feature,
  RaftNode,
  Step,
} from "../../projects/03-planning/contract.ts"

export const commitment: Feature<RaftNode, AppendEntries, Effect> = {
  name: "commitment",
  handlers: {
    /** Figure 2, AppendEntries receiver, step 5. Replication has put the new entries in by now, if they fit. */
    AppendEntries: (node, { prevLogIndex, prevLogTerm, entries, leaderCommit }) => {
      const lastNewIndex = prevLogIndex + entries.length
      const lastNewTerm = entries.at(-1)?.term ?? prevLogTerm
      // The same index and term: then both logs are the same up to there (section 5.3), and no further, for all we know.
      const matches = termAt(node.log, lastNewIndex) === lastNewTerm
      const commitIndex = Math.min(leaderCommit, lastNewIndex)
      if (node.role === "leader" || !matches || commitIndex <= node.commitIndex) return undefined
      return { set: { commitIndex } }
    },
  },
  rules: { advanceCommitIndex, applyCommitted },
}

export const step: Step<RaftNode, ReplicationEvent, Effect> = compose(replication, commitment)

/**
 * Figure 2, the last rule for leaders: the largest index on a majority, if its entry is of the leader's own term.
 * An older term's entry on a majority can still be overwritten (section 5.4.2, Figure 8).
 */
function advanceCommitIndex(node: RaftNode): Change<RaftNode, Effect> | undefined {
  if (node.role !== "leader") return undefined
  // Between the places where servers' logs end, as far as it knows, the same ones have every index.
  const ends = [lastIndex(node.log), ...Object.values(node.matchIndex)].toSorted((a, b) => b - a)
  for (const n of ends) {
    if (n <= node.commitIndex) return undefined
    if (termAt(node.log, n) !== node.currentTerm) return undefined // and what comes before is older still
    const has = (server: string) => server === node.id || (node.matchIndex[server] ?? 0) >= n
    if (isQuorum(node, has)) return { set: { commitIndex: n } }
  }
  return undefined
}

/** Figure 2, the first rule for all servers: each committed entry once, in order. */
function applyCommitted(node: RaftNode): Change<RaftNode, Effect> | undefined {
  const { log, commitIndex, lastApplied } = node
  if (commitIndex <= lastApplied) return undefined
  const entries = entriesFrom(log, lastApplied + 1, commitIndex - lastApplied)
  return {
    set: { lastApplied: commitIndex },
    effects: entries.map((entry, i) => ({ type: "apply", index: lastApplied + 1 + i, entry })),
  }
}
