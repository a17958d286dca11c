/** The types of project 5. The messages, events, effects and the node's state are those of project 3. */

import type {
  AppendEntries,
  AppendEntriesResponse,
  Change,
  Effect,
  Feature,
  HeartbeatTimeout,
  Propose,
  RaftNode,
  Step,
} from "../03-planning/contract.ts"

/** What this project reacts to. */
export type ReplicationEvent = Propose | HeartbeatTimeout | AppendEntries | AppendEntriesResponse

/** What `projects/05-log-replication/index.ts` exports. */
export interface Project {
  /** Given: the most entries that one AppendEntries may carry, 100. */
  readonly maxEntries: number

  /**
   * What changes when a server becomes the leader of its current term, and the messages with which it lets the others
   * know. Here the suite (or the person at the console) decrees who leads; in project 7 the votes do.
   */
  lead(node: RaftNode): Change<RaftNode, Effect>

  /** Log replication as a feature: projects 6, 7 and 11 compose it with their own. */
  readonly replication: Feature<RaftNode, ReplicationEvent, Effect>

  /** One server's reaction to one event: `compose(replication)`. All messages are of the server's own term. */
  readonly step: Step<RaftNode, ReplicationEvent, Effect>
}
