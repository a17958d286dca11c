/** The types of project 6. The messages, events, effects and the node's state are those of project 3. */

import type {
  AppendEntries,
  Effect,
  Feature,
  Index,
  Json,
  RaftNode,
  ServerId,
  Step,
  Term,
} from "../03-planning/contract.ts"
import type { ReplicationEvent } from "../05-log-replication/contract.ts"

/** An application: a pure state machine, such as project 1's key-value store. */
export interface StateMachine<M, R> {
  /** Its state before the first command. */
  readonly initial: M
  /** Must give the same answer for the same arguments on every server. Never sees the command `null`. */
  apply(state: M, command: Json): { readonly state: M; readonly result: R }
}

/** A proposal that is in the leader's log, and whose client waits for an answer. */
export interface Waiting<P> {
  readonly index: Index
  readonly term: Term
  /** Whatever tells the client: project 10 puts its connection here. Nobody looks into it. */
  readonly proposal: P
}

/** The application's side of one server. */
export interface Service<M, P> {
  /** The state machine's state, after the entries that were applied. */
  readonly machine: M
  /** In any order. */
  readonly waiting: readonly Waiting<P>[]
}

/** What a client is told. */
export type Answer<P, R> =
  /** Its command was applied. */
  | { readonly type: "applied"; readonly proposal: P; readonly result: R }
  /** Another leader's entry took the place of its own: the command was not applied, and never will be. */
  | { readonly type: "overwritten"; readonly proposal: P }
  /** This server does not lead: nothing was done. `leader`: who to ask, if it is known. */
  | { readonly type: "refused"; readonly proposal: P; readonly leader: ServerId | null }

export interface Served<M, P, R> {
  readonly service: Service<M, P>
  /** In the order in which they became known. */
  readonly answers: readonly Answer<P, R>[]
}

/** What `projects/06-consensus/index.ts` exports. */
export interface Project {
  /** Commitment as a feature: projects 7 and 11 compose it with their own. */
  readonly commitment: Feature<RaftNode, AppendEntries, Effect>

  /** One server's reaction to one event: `compose(replication, commitment)`. All messages are of its own term. */
  readonly step: Step<RaftNode, ReplicationEvent, Effect>

  /** A service that has applied nothing, and for which nobody waits. */
  startService<M, R, P>(machine: StateMachine<M, R>): Service<M, P>

  /**
   * Carries out what concerns the application in the effects of one step: `accepted`, `refused` and `apply`, in order.
   * @param proposal  the one that was proposed in this step; left out when the step was about something else
   * @throws Error naming `proposal` when there is an `accepted` or a `refused` but no proposal was given
   */
  serve<M, R, P>(
    machine: StateMachine<M, R>,
    service: Service<M, P>,
    effects: readonly Effect[],
    proposal?: P,
  ): Served<M, P, R>
}
