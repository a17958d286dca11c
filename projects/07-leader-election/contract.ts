/** The types of project 7. The messages, events, effects and the node's state are those of project 3. */

import type {
  AppendEntries,
  Change,
  Effect,
  ElectionTimeout,
  Feature,
  RaftEvent,
  RaftNode,
  RequestVote,
  RequestVoteResponse,
  Step,
} from "../03-planning/contract.ts"

/** What this project reacts to, beside its guards, which see every event. */
export type ElectionEvent = ElectionTimeout | AppendEntries | RequestVote | RequestVoteResponse

/** What `projects/07-leader-election/index.ts` exports. */
export interface Project {
  /**
   * What changes when a server stands for election, and what it sends. Project 11 calls it on other occasions than a
   * timeout.
   */
  campaign(node: RaftNode): Change<RaftNode, Effect>

  /** Leader election as a feature: project 11 composes it with its own. */
  readonly election: Feature<RaftNode, ElectionEvent, Effect>

  /** One server's reaction to one event: `compose(election, replication, commitment)`. */
  readonly step: Step<RaftNode, RaftEvent, Effect>
}
