import { isDeepStrictEqual } from "node:util"
import type {
  AppendEntries,
  Effect,
  Message,
  RaftNode,
  RequestVote,
} from "../../../projects/03-planning/contract.ts"
import { tell } from "./check.ts"
import { lastIndex, termAt } from "./build.ts"

/** A step's effects must say of the server what is so: what is a lie, or `null`. */
export function lie(before: RaftNode, after: RaftNode, effects: readonly Effect[]): string | null {
  for (const effect of effects) {
    const wrong = lieOf(before, after, effect)
    if (wrong !== null) return `${after.id} (${after.role}, term ${String(after.currentTerm)}): ${wrong}`
  }
  return null
}

function lieOf(before: RaftNode, after: RaftNode, effect: Effect): string | null {
  switch (effect.type) {
    case "send":
      return lieIn(before, after, effect.message)
    case "refused":
      return effect.leader === after.leader && after.role !== "leader" ? null : "refuses, and names no leader"
    case "accepted":
      return after.role === "leader" &&
        effect.index === lastIndex(after.log) &&
        effect.term === after.currentTerm
        ? null
        : `says ${tell(effect)}, but its log ends at ${String(lastIndex(after.log))}`
    case "needSnapshot": {
      const prev = (after.nextIndex[effect.to] ?? 0) - 1
      return after.role === "leader" && prev < after.log.base.index
        ? null
        : `sends ${effect.to} a snapshot, but has entry ${String(prev)}`
    }
    case "apply": // see the laws
    case "resetElectionTimer":
      return null
  }
}

function lieIn(before: RaftNode, after: RaftNode, message: Message): string | null {
  const { type, from, to, term } = message
  if (from !== after.id || to === after.id) return `sends ${type} from ${from} to ${to}`
  if (term !== after.currentTerm) return `sends ${type} of term ${String(term)}`
  switch (message.type) {
    case "AppendEntries":
      return lieOfLeader(before, after, message)
    case "RequestVote":
      return lieOfCandidate(before, after, message)
    case "AppendEntriesResponse":
      if (message.success)
        return after.leader === to && after.role === "follower" ? null : `follows ${to}, it says`
      return message.matchIndex === 0
        ? null
        : `refuses, but claims to match up to ${String(message.matchIndex)}`
    case "RequestVoteResponse":
      return !message.voteGranted || after.votedFor === to
        ? null
        : `grants ${to} a vote, but notes ${tell(after.votedFor)}`
  }
}

/** Of a leader's log, commitIndex and right to speak. The commitIndex may have moved on within the step. */
function lieOfLeader(before: RaftNode, after: RaftNode, message: AppendEntries): string | null {
  const { prevLogIndex, prevLogTerm, entries, leaderCommit, to } = message
  const { log, commitIndex, role } = after
  const from = prevLogIndex - log.base.index
  if (role !== "leader") return `sends AppendEntries to ${to}`
  if (termAt(log, prevLogIndex) !== prevLogTerm)
    return `has no entry ${String(prevLogIndex)} of term ${String(prevLogTerm)}, but tells ${to} of one`
  if (entries.length > 100) return `sends ${String(entries.length)} entries at once`
  if (!isDeepStrictEqual(entries, log.entries.slice(from, from + entries.length)))
    return `sends ${to} what does not follow entry ${String(prevLogIndex)}: ${tell(entries)}`
  return leaderCommit >= before.commitIndex && leaderCommit <= commitIndex
    ? null
    : `has committed ${String(commitIndex)}, but tells ${to} leaderCommit ${String(leaderCommit)}`
}

function lieOfCandidate(before: RaftNode, after: RaftNode, message: RequestVote): string | null {
  const { lastLogIndex, lastLogTerm, to } = message
  if (after.role === "follower" || after.votedFor !== after.id) return `asks ${to} for a vote`
  const end = lastIndex(before.log)
  return lastLogIndex === end && lastLogTerm === termAt(before.log, end)
    ? null
    : `tells ${to} that its log ends at ${String(lastLogIndex)} with term ${String(lastLogTerm)}`
}
