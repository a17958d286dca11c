import { isQuorum, others } from "#03-planning"
import { lastIndex, lastTerm } from "#04-the-log"
import { campaign } from "#07-leader-election"
import type {
  AppendEntries,
  AppendEntriesResponse,
  Change,
  Typed,
  Verdict,
} from "../../projects/03-planning/contract.ts"
import type {
  Confirm,
  ConfirmResponse,
  FullEffect,
  FullNode,
  InstallSnapshot,
  InstallSnapshotResponse,
  MinimumElectionTimeout,
  PreVote,
  PreVoteResponse,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { isUpToDate, send, type Part } from "./parts.ts"

type FromLeader = AppendEntries | InstallSnapshot | Confirm
type ToLeader = AppendEntriesResponse | InstallSnapshotResponse | ConfirmResponse
type PreVoteEvent = PreVote | PreVoteResponse | MinimumElectionTimeout | FromLeader | ToLeader

/** Sections 4.2.3 and 9.6 of the dissertation, section 6 of the paper: nobody is disturbed without need. */
export const prevote: Part<PreVoteEvent> = {
  name: "prevote",
  guards: {
    /** Section 6: whoever hears a leader takes no part in an election: not even its term counts. */
    loyal: (node, event) =>
      isAsking(event) && (node.role === "leader" || node.heard) ? { stop: true } : undefined,

    /** An older term is told the newer one here: the rule for answers of project 7 does not know this question. */
    askedFromThePast: (node, event) =>
      event.type === "PreVote" && isPreVote(event) && event.term < node.currentTerm
        ? { stop: true, effects: [answer(node, event, false)] }
        : undefined,

    /** Before it stands for election, a server asks whether that has a chance. Its term stays as it is. */
    askFirst: (node, { type }) =>
      type === "electionTimeout" && node.role !== "leader" ? ask(node) : undefined,

    /**
     * A leader that a majority has not answered since the last timeout may lead nobody, and not know it. A guard: project
     * 7 must not see a follower's timeout in this.
     */
    checkQuorum: (node, { type }) => {
      if (type !== "electionTimeout" || node.role !== "leader") return undefined
      const answers = isQuorum(node, (server) => server === node.id || node.active.includes(server))
      return answers ? { set: { active: [] } } : { stop: true, set: { role: "follower", leader: null } }
    },
  },
  handlers: {
    PreVote: (node, question) => ({
      effects: [
        answer(node, question, question.proposedTerm > node.currentTerm && isUpToDate(node, question)),
      ],
    }),

    PreVoteResponse: (node, { from, proposedTerm, voteGranted }) => {
      const { term, granted } = node.preVote
      const counts = voteGranted && proposedTerm === term && isAsked(node) && !granted.includes(from)
      return counts ? { set: { preVote: { term, granted: [...granted, from] } } } : undefined
    },

    minimumElectionTimeout: ({ heard }) => (heard ? { set: { heard: false } } : undefined),

    AppendEntries: hearLeader,
    InstallSnapshot: hearLeader,
    Confirm: hearLeader,
    AppendEntriesResponse: noteAnswer,
    InstallSnapshotResponse: noteAnswer,
    ConfirmResponse: noteAnswer,
  },
  rules: {
    stand: (node) =>
      isAsked(node) && isQuorum(node, (server) => node.preVote.granted.includes(server))
        ? standing(node)
        : undefined,
    /** A new leader has a whole timeout to be answered. */
    beginToCount: (node) =>
      node.role !== "leader" && node.active.length > 0 ? { set: { active: [] } } : undefined,
  },
}

function ask(node: FullNode): Verdict<FullNode, FullEffect> {
  const term = node.currentTerm + 1
  const question = {
    type: "PreVote",
    from: node.id,
    term: node.currentTerm,
    proposedTerm: term,
    lastLogIndex: lastIndex(node.log),
    lastLogTerm: lastTerm(node.log),
  } as const
  return {
    stop: true,
    set: { heard: false, leader: null, preVote: { term, granted: [node.id] } },
    effects: [{ type: "resetElectionTimer" }, ...others(node).map((to) => send({ ...question, to }))],
  }
}

function standing(node: FullNode): Change<FullNode, FullEffect> {
  const { set, effects = [] } = campaign(node)
  return { set: { ...set, preVote: { term: 0, granted: [] } }, effects }
}

/** Whether this server asks for the next term: a term that came meanwhile has made the question void. */
function isAsked({ role, currentTerm, preVote }: FullNode): boolean {
  return role !== "leader" && preVote.granted.length > 0 && preVote.term === currentTerm + 1
}

function answer(node: FullNode, { from, proposedTerm }: PreVote, voteGranted: boolean): FullEffect {
  return send({
    type: "PreVoteResponse",
    from: node.id,
    to: from,
    term: node.currentTerm,
    proposedTerm,
    voteGranted,
  })
}

function hearLeader(node: FullNode): Change<FullNode, FullEffect> | undefined {
  if (node.role === "leader" || (node.heard && node.preVote.granted.length === 0)) return undefined
  return { set: { heard: true, preVote: { term: 0, granted: [] } } }
}

function noteAnswer(
  { role, active }: FullNode,
  { from }: ToLeader,
): Change<FullNode, FullEffect> | undefined {
  return role !== "leader" || active.includes(from) ? undefined : { set: { active: [...active, from] } }
}

/** A request for a vote, now or later; not of a server that was told to stand by the very leader that is heard. */
function isAsking(event: Typed): boolean {
  if (event.type === "PreVote") return true
  return event.type === "RequestVote" && !("leadershipTransfer" in event && event.leadershipTransfer === true)
}

function isPreVote(event: Typed): event is PreVote {
  return event.type === "PreVote"
}
