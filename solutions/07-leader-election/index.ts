import { compose, isMessage, isQuorum, others } from "#03-planning"
import { lastIndex, lastTerm } from "#04-the-log"
import { lead, replication } from "#05-log-replication"
import { commitment } from "#06-consensus"
import type {
  Change,
  Effect,
  Envelope,
  Feature,
  Message,
  RaftEvent,
  RaftNode,
  RequestVote,
  Step,
} from "../../projects/03-planning/contract.ts"
import type { ElectionEvent } from "../../projects/07-leader-election/contract.ts"

export type { ElectionEvent } from "../../projects/07-leader-election/contract.ts"

/** Figure 2, "Rules for Servers", candidates: on conversion to candidate, start election. */
export function campaign(node: RaftNode): Change<RaftNode, Effect> {
  const term = node.currentTerm + 1
  const ballot = { from: node.id, term, lastLogIndex: lastIndex(node.log), lastLogTerm: lastTerm(node.log) }
  return {
    set: { currentTerm: term, votedFor: node.id, role: "candidate", leader: null, votesGranted: [node.id] },
    effects: [resetElectionTimer, ...others(node).map((to) => send({ type: "RequestVote", ...ballot, to }))],
  }
}

export const election: Feature<RaftNode, ElectionEvent, Effect> = {
  name: "election",
  guards: {
    /** Figure 2, the second rule for all servers: also in answers, and whatever else the message says (section 5.1). */
    newerTerm: (node, event) =>
      isMessage(event) && event.term > node.currentTerm
        ? { set: { currentTerm: event.term, role: "follower", ...nothingDecided } }
        : undefined,

    /** A request from the past is refused, with the term that its sender missed; an answer from the past is nothing. */
    olderTerm: (node, event) =>
      isMessage(event) && event.term < node.currentTerm
        ? { stop: true, effects: refusal(node, event) }
        : undefined,
  },
  handlers: {
    electionTimeout: (node) => (node.role === "leader" ? undefined : campaign(node)),

    /** Of this server's own term, so from its leader: a candidate has lost (section 5.2). */
    AppendEntries: (node, { from }) =>
      node.role === "leader"
        ? undefined
        : { set: { role: "follower", leader: from }, effects: [resetElectionTimer] },

    RequestVote: (node, request) => {
      const free = node.votedFor === null || node.votedFor === request.from
      const voteGranted = free && isUpToDate(node, request)
      const answer = { from: node.id, to: request.from, term: node.currentTerm, voteGranted }
      const reply = send({ type: "RequestVoteResponse", ...answer })
      return voteGranted
        ? { set: { votedFor: request.from }, effects: [reply, resetElectionTimer] }
        : { effects: [reply] }
    },

    RequestVoteResponse: (node, { from, voteGranted }) => {
      if (node.role !== "candidate" || !voteGranted || node.votesGranted.includes(from)) return undefined
      return { set: { votesGranted: [...node.votesGranted, from] } }
    },
  },
  rules: {
    becomeLeader: (node) =>
      node.role === "candidate" && isQuorum(node, (server) => node.votesGranted.includes(server))
        ? lead(node)
        : undefined,
  },
}

export const step: Step<RaftNode, RaftEvent, Effect> = compose(election, replication, commitment)

/** How a new term begins: with a vote to give, and nobody known to lead. */
const nothingDecided = { votedFor: null, leader: null, votesGranted: [] }

const resetElectionTimer: Effect = { type: "resetElectionTimer" }

function send(message: Message): Effect {
  return { type: "send", message }
}

/** Section 5.4.1: the later last term wins; with equal last terms, the longer log. Equal logs are up to date. */
function isUpToDate({ log }: RaftNode, { lastLogIndex, lastLogTerm }: RequestVote): boolean {
  if (lastLogTerm !== lastTerm(log)) return lastLogTerm > lastTerm(log)
  return lastLogIndex >= lastIndex(log)
}

function refusal(node: RaftNode, { type, from }: Envelope): readonly Effect[] {
  const answer = { from: node.id, to: from, term: node.currentTerm }
  switch (type) {
    case "AppendEntries":
      return [send({ type: "AppendEntriesResponse", ...answer, success: false, matchIndex: 0 })]
    case "RequestVote":
      return [send({ type: "RequestVoteResponse", ...answer, voteGranted: false })]
    default:
      return []
  }
}
