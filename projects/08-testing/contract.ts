/** The types of project 8. The messages, events, effects and a server's state are those of project 3. */

import type {
  Effect,
  Entry,
  Json,
  Message,
  RaftEvent,
  RaftNode,
  ServerId,
  Step,
  Term,
} from "../03-planning/contract.ts"
import type { Project as LogProject } from "../04-the-log/contract.ts"
import type { Project as ReplicationProject } from "../05-log-replication/contract.ts"
import type { Project as ConsensusProject } from "../06-consensus/contract.ts"
import type { Project as ElectionProject } from "../07-leader-election/contract.ts"

/** Any Raft: how a server begins, and how it reacts. */
export interface Raft {
  /** `initialNode` of project 3. */
  initialNode(id: ServerId, voters: readonly ServerId[]): RaftNode
  /** `step` of project 7. */
  readonly step: Step<RaftNode, RaftEvent, Effect>
}

// ---- A cluster, and what can happen in it. ----------------------------------------------------------------------------

/** All servers, and the messages under way between them. Plain data: acting on a world gives a new one. */
export interface World {
  /** n1, n2, …, in this order. */
  readonly nodes: readonly RaftNode[]
  /** The oldest first. What was sent twice is in here twice. */
  readonly inFlight: readonly Message[]
  readonly history: History
}

/** One thing that happens. All that a network, a clock and the power supply can do to a cluster is made of these. */
export type Action =
  /** The server's election timer fires. */
  | { readonly type: "timeout"; readonly server: ServerId }
  /** Its heartbeat timer does. */
  | { readonly type: "heartbeat"; readonly server: ServerId }
  | { readonly type: "propose"; readonly server: ServerId; readonly command: Json }
  /** It crashes and comes back, with what is persistent (Figure 2) and nothing else. */
  | { readonly type: "crash"; readonly server: ServerId }
  /** A message under way arrives. */
  | { readonly type: "deliver"; readonly message: Message }
  /** It arrives, and a copy of it stays under way. */
  | { readonly type: "duplicate"; readonly message: Message }
  /** It is lost. */
  | { readonly type: "drop"; readonly message: Message }

/** What happens to a new cluster of so many servers, from its beginning on. */
export interface Schedule {
  readonly servers: number
  readonly actions: readonly Action[]
}

// ---- What must hold. --------------------------------------------------------------------------------------------------

/** What the properties need to know of the past. Plain data. */
export interface History {
  /** Who was the first to be seen leading a term. */
  readonly leaders: Readonly<Record<Term, ServerId>>
  /** By index, the first at place 0: the entry that a server was the first to take for committed there. */
  readonly committed: readonly Committed[]
  /** The same for what was applied: where `lastApplied` is or has passed. */
  readonly applied: readonly Entry[]
}

export interface Committed extends Entry {
  /** The `currentTerm` of the server that was the first to take it for committed. */
  readonly by: Term
}

/** What one action did to one server, and the cluster after it. */
export interface Moment {
  readonly before: RaftNode
  readonly after: RaftNode
  /** Empty after a crash. */
  readonly effects: readonly Effect[]
  /** All servers, as they are now. */
  readonly nodes: readonly RaftNode[]
  /** This moment is in it. */
  readonly history: History
}

/** What a property speaks of. */
export type Scope =
  /** One server's step: it looks at `before`, `after` and `effects`, and at nothing else. */
  | "step"
  /**
   * The state that was reached, `nodes` and `history`. It may look at the rest to save work: where
   * `before.log === after.log`, logs match as they did before.
   */
  | "state"

/** Must hold at every moment. */
export interface Always {
  readonly kind: "always"
  readonly name: string
  readonly of: Scope
  /** `null` when it holds; otherwise what is wrong, in terms of servers, terms and indexes. */
  broken(moment: Moment): string | null
}

/** Must happen at some moment: a search in which nothing happens proves nothing. */
export interface Sometimes {
  readonly kind: "sometimes"
  readonly name: string
  readonly of: Scope
  happens(moment: Moment): boolean
}

export type Property = Always | Sometimes

export interface Violation {
  /** The property's name, or `step throws`. */
  readonly property: string
  /** What is wrong: what `broken` told, or the error. */
  readonly what: string
}

// ---- Finding out. -----------------------------------------------------------------------------------------------------

/** What came of one action. */
export interface Acted {
  readonly world: World
  /** `null` when no server did anything: a message was lost. */
  readonly moment: Moment | null
}

export interface Replayed {
  /** The cluster at the end: of the schedule, or at the violation. */
  readonly world: World
  /** The first one, if there is any. */
  readonly violation: Violation | null
  /** The actions that could be taken, up to the violation and with it: those that could not are left out. */
  readonly schedule: Schedule
}

export interface SearchOptions {
  readonly raft: Raft
  readonly servers: number
  /** Of the first schedule; the next one has the next number, and so on. A natural number. */
  readonly seed: number
  /** The most schedules to try. Default: 1,000. */
  readonly schedules?: number
  /** The length of a schedule. Default: 250. */
  readonly actions?: number
  /** Default: `properties`. */
  readonly properties?: readonly Property[]
  /** Called after every schedule. */
  readonly onProgress?: (progress: SearchProgress) => void
}

export interface SearchProgress {
  /** Tried so far. */
  readonly schedules: number
  /** Taken so far, over all schedules. */
  readonly actions: number
}

export interface Searched extends SearchProgress {
  /** The first violation; it ends the search. */
  readonly found: Found | null
  /** The names of the `sometimes` properties that never happened. If there are any, then no violation means little. */
  readonly never: readonly string[]
}

export interface Found {
  /** A search with this seed finds it in its first schedule. */
  readonly seed: number
  /** All that happened up to the violation, and nothing after it. */
  readonly schedule: Schedule
  readonly violation: Violation
}

/** How large the world of an exhaustive search is. What lies outside is not looked at. */
export interface Bounds {
  readonly servers: number
  /** The election timer does not fire on a server whose `currentTerm` is this or more. */
  readonly terms: number
  /** Nothing is proposed to a server whose log is this long. */
  readonly entries: number
  /** An action after which more different messages than this would be under way is not taken. */
  readonly messages: number
  /** How often servers crash, all together. */
  readonly crashes: number
}

export interface ExhaustOptions {
  readonly raft: Raft
  readonly bounds: Bounds
  /**
   * How finely to look. `messages`: an action is one of `Action`'s. `rounds`: a whole election, or a whole exchange
   * between a leader and some followers, happens at once, and no message is ever under way in between.
   * Default: `messages`.
   */
  readonly mode?: "messages" | "rounds"
  /** Whether worlds that differ only in their servers' names are one. Default: true. */
  readonly symmetry?: boolean
  /** Default: `properties`. */
  readonly properties?: readonly Property[]
  /** The most states to visit. Default: no limit. */
  readonly maxStates?: number
  /** Called when all states at some distance from the beginning have been followed. */
  readonly onProgress?: (progress: ExhaustProgress) => void
}

export interface ExhaustProgress {
  /** Different states found so far. */
  readonly states: number
  /** Actions (or rounds) from the beginning to the states just followed. */
  readonly depth: number
}

export interface Exhausted {
  /** Different states found, the first one included. */
  readonly states: number
  /** The largest distance of a state from the beginning, in actions (or rounds). */
  readonly depth: number
  /** True when every state within the bounds was visited and followed: then what holds, holds everywhere in there. */
  readonly complete: boolean
  /** A violation as near to the beginning as any is, in actions (or rounds). It ends the search. */
  readonly found: Omit<Found, "seed"> | null
  /** The names of the `sometimes` properties that never happened. */
  readonly never: readonly string[]
}

// ---- Your own checks. -------------------------------------------------------------------------------------------------

/** Somebody's Raft, all of it: `initialNode` and `step`, and what each of the projects exports. */
export interface RaftUnderTest extends Raft {
  readonly log: LogProject
  readonly replication: ReplicationProject
  readonly consensus: ConsensusProject
  readonly election: ElectionProject
}

export interface Check {
  /** What it is about, in a few words. */
  readonly name: string
  /** @throws anything at all, when this Raft is wrong; the message says how */
  run(raft: RaftUnderTest): void
}

/** What `projects/08-testing/index.ts` exports. */
export interface Project {
  /** Nobody has led, nothing is committed. */
  readonly emptyHistory: History

  /**
   * The history with one more moment. A server that is as it was before adds nothing: then it is the history that was
   * given, the same object.
   */
  remember(history: History, after: RaftNode): History

  /** Figure 3's five, and some of the other kind. */
  readonly properties: readonly Property[]

  /** The first of the properties that is broken at this moment. */
  inspect(properties: readonly Property[], moment: Moment): Violation | null

  /** What a server is after a crash: Figure 2's persistent state, and otherwise as on its first day. */
  restart(raft: Raft, node: RaftNode): RaftNode

  /** A new cluster: servers n1, n2, … and nothing under way. */
  begin(raft: Raft, servers: number): World

  /** The world after an action; `null` when it cannot happen there: no such server, or the message is not under way. */
  act(raft: Raft, world: World, action: Action): Acted | null

  /** Takes the actions of a schedule, one after the other, up to the first violation. Skips what cannot happen. */
  replay(raft: Raft, schedule: Schedule, properties?: readonly Property[]): Replayed

  /** Random schedules, until a property is broken. */
  search(options: SearchOptions): Searched

  /**
   * A smallest schedule that still breaks the same property: without any one of its actions, it does not.
   * @throws Error when the schedule breaks nothing
   */
  shrink(raft: Raft, schedule: Schedule, properties?: readonly Property[]): Schedule

  /** A schedule as a story for a person, with tables of the logs as in Figure 8. */
  explain(raft: Raft, schedule: Schedule, properties?: readonly Property[]): string

  /** Every schedule at once, within bounds: breadth first, each state once. */
  exhaust(options: ExhaustOptions): Exhausted

  /** Each must pass on every correct Raft; together they should find out every wrong one. */
  readonly checks: readonly Check[]
}
