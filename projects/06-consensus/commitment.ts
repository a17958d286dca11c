import { compose, isQuorum } from "#03-planning"
import { entriesFrom, lastIndex, termAt } from "#04-the-log"
import { replication, type ReplicationEvent } from "#05-log-replication"
import type { AppendEntries, Change, Effect, Feature, RaftNode, Step } from "../03-planning/contract.ts"
import { notImplemented } from "../not-implemented.ts"

// 6a to 6c. Replication has handled the event when this feature sees it: the log is as it is to be.

export const commitment: Feature<RaftNode, AppendEntries, Effect> = {
  name: "commitment",
  handlers: {
    // The follower's side. How far do you know that your log is the leader's?
    AppendEntries: (node, message) => notImplemented("step (AppendEntries)", "6, rules 5 to 7"),
  },
  rules: { advanceCommitIndex /* 6c: , applyCommitted */ },
}

/** Given: one server's reaction to one event. */
export const step: Step<RaftNode, ReplicationEvent, Effect> = compose(replication, commitment)

/** The leader's side. Figure 2, "Rules for Servers", the last rule for leaders. Why does it ask for the term? */
function advanceCommitIndex(node: RaftNode): Change<RaftNode, Effect> | undefined {
  return notImplemented("step (advanceCommitIndex)", "6, rules 1 to 4")
}

/** Figure 2, "Rules for Servers", the first rule for all servers. */
function applyCommitted(node: RaftNode): Change<RaftNode, Effect> | undefined {
  return notImplemented("step (applyCommitted)", "6, rules 8 to 10")
}
