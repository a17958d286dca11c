import { compose, others } from "#03-planning"
import { appendEntries, appendNewCommand, entriesFrom, lastIndex, termAt } from "#04-the-log"
import type { Change, Effect, Feature, RaftNode, Step } from "../03-planning/contract.ts"
import { notImplemented } from "../not-implemented.ts"
import type { ReplicationEvent } from "./contract.ts"

export type { ReplicationEvent } from "./contract.ts"

/** Given: the most entries that one AppendEntries may carry. */
export const maxEntries = 100

// 5a. What does a new leader know about the others? What must it tell them, and how soon?

export function lead(node: RaftNode): Change<RaftNode, Effect> {
  return notImplemented("lead", "5, rules 1 and 2")
}

// 5b to 5e. One handler for each event, and a rule that sends what is new. Both sides of AppendEntries are here: what
// the leader sends and learns, and what the follower takes and answers.

export const replication: Feature<RaftNode, ReplicationEvent, Effect> = {
  name: "replication",
  handlers: {
    propose: (node, { command }) => notImplemented("step (propose)", "5, rules 3 and 4"),
    heartbeatTimeout: (node) => notImplemented("step (heartbeatTimeout)", "5, rules 5 to 9"),
    AppendEntries: (node, message) => notImplemented("step (AppendEntries)", "5, rules 10 to 13"),
    AppendEntriesResponse: (node, message) =>
      notImplemented("step (AppendEntriesResponse)", "5, rules 14 to 18"),
  },
  rules: {
    // Rule 8. When is there something new for a follower, and how do you know that you have not sent it already?
  },
}

/** Given: one server's reaction to one event. */
export const step: Step<RaftNode, ReplicationEvent, Effect> = compose(replication)
