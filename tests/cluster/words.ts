import type { Log, Message, RaftEvent, RaftNode } from "../../projects/03-planning/contract.ts"
import { show } from "#suite"
import { server } from "./build.ts"

/** Servers, logs and events in words, for a person who has to find out what went wrong. */

export function tellLog({ base, entries }: Log): string {
  const terms = entries.map(({ term }) => String(term)).join(" ")
  const whole = entries.length === 0 ? "empty log" : `log with terms ${terms}`
  return base.index === 0 ? whole : `${whole} behind base (${String(base.index)}, ${String(base.term)})`
}

export function tellNode(node: RaftNode): string {
  const { id, role, currentTerm, votedFor, log, commitIndex, leader } = node
  const facts = [
    `${role} in term ${String(currentTerm)}`,
    tellLog(log),
    ...(votedFor === null ? [] : [`voted for ${votedFor}`]),
    ...(leader === null || leader === id ? [] : [`led by ${leader}`]),
    ...(commitIndex === 0 ? [] : [`commitIndex ${String(commitIndex)}`]),
    ...(role === "leader"
      ? [`nextIndex ${show(node.nextIndex)}`, `matchIndex ${show(node.matchIndex)}`]
      : []),
    ...(role === "candidate" ? [`votes of ${node.votesGranted.join(", ")}`] : []),
  ]
  return `${id}: ${facts.join(", ")}`
}

export function tellMessage(message: Message): string {
  return `${message.type} from ${message.from} to ${message.to} (term ${String(message.term)}, ${details(message)})`
}

function details(message: Message): string {
  switch (message.type) {
    case "AppendEntries": {
      const { prevLogIndex, prevLogTerm, entries, leaderCommit } = message
      const terms = entries.map(({ term }) => String(term)).join(" ")
      const what = entries.length === 0 ? "no entries" : `entries of terms ${terms}`
      return `prevLogIndex ${String(prevLogIndex)}, prevLogTerm ${String(prevLogTerm)}, ${what}, leaderCommit ${String(leaderCommit)}`
    }
    case "AppendEntriesResponse":
      return message.success ? `success, matchIndex ${String(message.matchIndex)}` : "refused"
    case "RequestVote":
      return `lastLogIndex ${String(message.lastLogIndex)}, lastLogTerm ${String(message.lastLogTerm)}`
    case "RequestVoteResponse":
      return message.voteGranted ? "granted" : "refused"
  }
}

/** `n1 (…) gets …`: what happens to a server. */
export function tellEvent(event: RaftEvent): string {
  switch (event.type) {
    case "propose":
      return `propose ${show(event.command)}`
    case "heartbeatTimeout":
      return "heartbeatTimeout"
    case "electionTimeout":
      return "electionTimeout"
    default:
      return tellMessage(event)
  }
}

/** The fields in which two states differ, to be shown instead of all of them. */
export function differing(
  got: RaftNode,
  expected: RaftNode,
): { readonly got: Partial<RaftNode>; readonly expected: Partial<RaftNode> } {
  const names = (Object.keys(server("n1")) as readonly (keyof RaftNode)[]).filter(
    (name) => JSON.stringify(got[name]) !== JSON.stringify(expected[name]),
  )
  const only = (node: RaftNode): Partial<RaftNode> =>
    Object.fromEntries(names.map((name) => [name, node[name]]))
  return { got: only(got), expected: only(expected) }
}

/** What was done, in words: the server, and what happens to it. */
export function scene(node: RaftNode, event: RaftEvent): string {
  return `${tellNode(node)}\nit gets ${tellEvent(event)}`
}
