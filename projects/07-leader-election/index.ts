import { compose, isMessage, isQuorum, others } from "#03-planning"
import { lastIndex, lastTerm } from "#04-the-log"
import { lead, replication } from "#05-log-replication"
import { commitment } from "#06-consensus"
import type { Change, Effect, Feature, RaftEvent, RaftNode, Step } from "../03-planning/contract.ts"
import { notImplemented } from "../not-implemented.ts"
import type { ElectionEvent } from "./contract.ts"

export type { ElectionEvent } from "./contract.ts"

// 7c. What does a server do first when it wants to lead? Whose vote has it already?

export function campaign(node: RaftNode): Change<RaftNode, Effect> {
  return notImplemented("campaign", "7, rules 10, 11 and 13")
}

export const election: Feature<RaftNode, ElectionEvent, Effect> = {
  name: "election",
  guards: {
    // 7a. Every message passes here first, before any handler. `isMessage` tells whether an event is one.
    terms: (node, event) => notImplemented(`step (${event.type})`, "7, rules 1 to 5"),
  },
  handlers: {
    electionTimeout: (node) => undefined, // 7c, rules 10 to 13
    AppendEntries: (node, message) => undefined, // 7e, rules 19 to 21
    RequestVote: (node, message) => undefined, // 7b, rules 6 to 9
    RequestVoteResponse: (node, message) => undefined, // 7d, rules 14 and 15
  },
  rules: {
    // 7d. When has a candidate won? Project 5 knows what a new leader does.
  },
}

/** Given: one server's reaction to one event. The terms are settled before anything else looks at a message. */
export const step: Step<RaftNode, RaftEvent, Effect> = compose(election, replication, commitment)
