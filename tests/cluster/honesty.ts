import type { Entry, Message, RaftNode } from "../../projects/03-planning/contract.ts"
import { entryIn, termIn } from "./build.ts"

/** Whether a message says what is true of its sender. Each answers with what is wrong. */

export function envelopeFault(
  before: RaftNode,
  after: RaftNode,
  { from, to, term, type }: Message,
): string | undefined {
  if (from !== after.id) return `from is not ${after.id}`
  // Answers go to whoever asked; only project 11 has servers that are not among the voters.
  const known = [before, after].flatMap(({ voters, oldVoters, nextIndex }) => [
    ...voters,
    ...oldVoters,
    ...(after.role === "leader" ? Object.keys(nextIndex) : []),
  ])
  if (to === after.id || (!known.includes(to) && !type.endsWith("Response")))
    return "it goes to no other server"
  return term === after.currentTerm
    ? undefined
    : `its term is not ${after.id}'s, ${String(after.currentTerm)}`
}

export function entriesFault(
  before: RaftNode,
  after: RaftNode,
  { prevLogIndex, prevLogTerm, entries, leaderCommit }: Extract<Message, { type: "AppendEntries" }>,
): string | undefined {
  // One that was removed leads until that is committed, and not to the end of that step (project 11).
  if (after.role !== "leader" && (before.role !== "leader" || before.currentTerm !== after.currentTerm))
    return `${after.id} is no leader`
  if (termIn(after.log, prevLogIndex) !== prevLogTerm)
    return `prevLogTerm is not that of entry ${String(prevLogIndex)}`
  const theirs = entries.findIndex((entry, i) => {
    const mine = entryIn(after.log, prevLogIndex + 1 + i)
    return !sameEntry(mine, entry)
  })
  if (theirs !== -1) return `entry ${String(prevLogIndex + 1 + theirs)} in it is not that of the leader's log`
  const range = leaderCommit >= before.commitIndex && leaderCommit <= after.commitIndex
  return range ? undefined : `leaderCommit is not the leader's commitIndex, ${String(after.commitIndex)}`
}

export function sameEntry(a: Entry | undefined, b: Entry): boolean {
  return a?.term === b.term && sameCommand(a, b)
}

export function sameCommand(a: Entry, b: Entry): boolean {
  return a.command === b.command || JSON.stringify(a.command) === JSON.stringify(b.command)
}
