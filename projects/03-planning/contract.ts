/**
 * The vocabulary of all later projects, and what project 3 builds. The names are those of Figure 2.
 * Everything that describes Raft is plain, read-only JSON data: it can be printed, compared, hashed, sent and stored
 * as it is.
 */

import type { Json } from "../01-kv-server/contract.ts"
import type { Entry, Index, Log, Term } from "../04-the-log/contract.ts"

export type { Json } from "../01-kv-server/contract.ts"
export type { Entry, Index, Log, Term } from "../04-the-log/contract.ts"

/** A server's name, such as `n1`. */
export type ServerId = string

// ---- Messages (Figure 2). Each has its sender, its receiver, and the sender's current term. -------------------------

export interface Envelope {
  readonly type: string
  readonly from: ServerId
  readonly to: ServerId
  /** The sender's `currentTerm` when it sent this: never another one. */
  readonly term: Term
}

export interface AppendEntries extends Envelope {
  readonly type: "AppendEntries"
  /** Index of the entry right before the new ones; 0 when they are the first. */
  readonly prevLogIndex: Index
  /** Its term; 0 when `prevLogIndex` is 0. */
  readonly prevLogTerm: Term
  /** In order; empty for a heartbeat. */
  readonly entries: readonly Entry[]
  /** The leader's `commitIndex`. */
  readonly leaderCommit: Index
}

export interface AppendEntriesResponse extends Envelope {
  readonly type: "AppendEntriesResponse"
  readonly success: boolean
  /**
   * On success: up to where the follower's log is now known to equal the leader's. 0 on a refusal. Figure 2 does not
   * have it, the TLA+ specification does (`mmatchIndex`): why is it needed once answers can be late, lost or doubled?
   */
  readonly matchIndex: Index
  /**
   * May come with a refusal, and may be ignored: what the follower has at `prevLogIndex`, so that the leader can skip
   * a whole term at once (the end of section 5.3; project 11).
   */
  readonly conflict?: Conflict
}

export interface Conflict {
  /** The term of the follower's entry at `prevLogIndex`; null when it has none there. */
  readonly term: Term | null
  /** The first index the follower has of that term; without an entry there, its last index + 1. */
  readonly index: Index
}

export interface RequestVote extends Envelope {
  readonly type: "RequestVote"
  /** Index and term of the candidate's last entry. */
  readonly lastLogIndex: Index
  readonly lastLogTerm: Term
}

export interface RequestVoteResponse extends Envelope {
  readonly type: "RequestVoteResponse"
  readonly voteGranted: boolean
}

export type Message = AppendEntries | AppendEntriesResponse | RequestVote | RequestVoteResponse

/** What the console's `ping` sends, and what comes back. It never reaches Raft. */
export interface Ping {
  readonly type: "Ping" | "Pong"
  readonly from: ServerId
  readonly to: ServerId
  /** Chosen by the sender of the Ping; the Pong brings it back. */
  readonly nonce: number
}

/** What goes from server to server. */
export type Packet = Message | Ping

// ---- Events and effects: what goes into `step`, and what comes out. --------------------------------------------------

/** A client wants `command` in the log. `null` is no command: entries with it are a leader's own. */
export interface Propose {
  readonly type: "propose"
  readonly command: Json
}

/** It is time for a leader to let the others know that it is there. Comes at a steady rate, to every server. */
export interface HeartbeatTimeout {
  readonly type: "heartbeatTimeout"
}

/** Nothing was heard for long enough. Comes to every server, leaders too. */
export interface ElectionTimeout {
  readonly type: "electionTimeout"
}

export type RaftEvent = Message | Propose | HeartbeatTimeout | ElectionTimeout

export type Effect =
  /** Hand this to the network. It may be lost. */
  | { readonly type: "send"; readonly message: Message }
  /** Answer to a `propose`: the command is in the leader's log, at this index with this term. Nothing more yet. */
  | { readonly type: "accepted"; readonly index: Index; readonly term: Term }
  /** Answer to a `propose` of a server that is no leader: nothing happened. `leader`: who to ask, if it knows. */
  | { readonly type: "refused"; readonly leader: ServerId | null }
  /** Give this committed entry to the state machine. A `null` command is none: the state machine skips it. */
  | { readonly type: "apply"; readonly index: Index; readonly entry: Entry }
  /** Start the election timer anew, with a fresh random delay. (It also restarts by itself whenever it fires.) */
  | { readonly type: "resetElectionTimer" }
  /** The entries that `to` needs are gone from the log: it needs a snapshot instead (project 11). */
  | { readonly type: "needSnapshot"; readonly to: ServerId }

// ---- One server's state (Figure 2, "State"). --------------------------------------------------------------------------

export type Role = "follower" | "candidate" | "leader"

export interface RaftNode {
  readonly id: ServerId
  /** All servers that have a vote, this one included. */
  readonly voters: readonly ServerId[]
  /**
   * While the membership changes (section 6; project 11): the voters before the change, and every decision takes a
   * majority of both lists. Empty at all other times.
   */
  readonly oldVoters: readonly ServerId[]

  // Persistent: what a server still knows after a crash.
  readonly currentTerm: Term
  /** Who got this server's vote in `currentTerm`. */
  readonly votedFor: ServerId | null
  readonly log: Log

  // Volatile, on all servers.
  readonly commitIndex: Index
  readonly lastApplied: Index
  readonly role: Role
  /** Who leads in `currentTerm`, as far as this server knows. */
  readonly leader: ServerId | null

  // Volatile, on candidates: who granted a vote in `currentTerm`.
  readonly votesGranted: readonly ServerId[]

  // Volatile, on leaders, and nobody looks into them on the others. Whoever is in here gets the leader's log: all other
  // servers, and in project 11 also new ones that have no vote yet.
  readonly nextIndex: Readonly<Record<ServerId, Index>>
  readonly matchIndex: Readonly<Record<ServerId, Index>>
}

// ---- The kernel. ------------------------------------------------------------------------------------------------------

/** Anything that can be told apart by its `type`. */
export interface Typed {
  readonly type: string
}

/** What a part of a feature wants: some fields of the state set anew, some effects. */
export interface Change<S, E> {
  readonly set?: Partial<S>
  readonly effects?: readonly E[]
}

/** What a guard wants. `stop`: no handler gets to see this event. */
export interface Verdict<S, E> extends Change<S, E> {
  readonly stop?: boolean
}

/**
 * A part of Raft, in Figure 2's own structure. Every part answers with what it wants to change, or `undefined` when it
 * has nothing to do.
 * @typeParam S  the state it works on
 * @typeParam I  the events that it handles: each must have a handler, or it does not compile
 * @typeParam E  the effects that it may ask for
 */
export interface Feature<S, I extends Typed, E> {
  readonly name: string
  /** See every event first, also those of other features. */
  readonly guards?: Readonly<Record<string, (state: S, event: Typed) => Verdict<S, E> | undefined>>
  /** React to one type of event each. */
  readonly handlers: {
    readonly [K in I["type"]]: (state: S, event: Extract<I, { readonly type: K }>) => Change<S, E> | undefined
  }
  /** Run after every event, until none has anything to do: they restore what must always hold. */
  readonly rules?: Readonly<Record<string, (state: S) => Change<S, E> | undefined>>
}

export interface Stepped<S, E> {
  readonly state: S
  /** In the order in which they are to be carried out. */
  readonly effects: readonly E[]
  /** The parts that acted, in order, as `feature.part`. */
  readonly because: readonly string[]
}

/** Everything a server does: one event in, the next state and what to do about it out. */
export type Step<S, I extends Typed, E> = (state: S, event: I) => Stepped<S, E>

// ---- The cluster and its network. -------------------------------------------------------------------------------------

/** A host name or IP address, and a port from 1 to 65535. */
export interface Address {
  readonly host: string
  readonly port: number
}

export interface Member {
  /** Where the other servers reach it. */
  readonly raft: Address
  /** Where clients reach it (project 10). */
  readonly client: Address
}

/** Who is who. At least one server. */
export type Cluster = Readonly<Record<ServerId, Member>>

/** How messages become bytes. Later projects have more kinds of messages, and bring their own. */
export interface Codec<M> {
  encode(message: M): Uint8Array
  /** @throws Error saying which field is wrong */
  decode(bytes: Uint8Array): M
}

export interface NetOptions<M> {
  readonly cluster: Cluster
  /** Which of them this server is. */
  readonly id: ServerId
  readonly codec: Codec<M>
  /** Called for every message that arrives, in the order in which its sender sent them. */
  onMessage(message: M): void
  /** Told what an operator wants to know, a line each: found a peer, lost it, cut off a stranger and why. */
  readonly log?: (line: string) => void
  /** The largest frame taken from the network or sent, in bytes of payload. Default: 8 MiB. */
  readonly maxFrame?: number
  /** How many messages wait for a peer that cannot be reached; the oldest make room. Default: 1,000. */
  readonly maxQueue?: number
  /** How long to wait between two tries to reach a peer, in milliseconds: the first time, and at most. Default: 50, 2,000. */
  readonly backoff?: { readonly first: number; readonly max: number }
}

export interface PeerStatus {
  readonly id: ServerId
  readonly address: Address
  /** Whether this server has a connection to it now. */
  readonly connected: boolean
  /** Messages that wait for it. */
  readonly queued: number
  /** Messages to it that were thrown away, since the start. */
  readonly dropped: number
}

export interface RaftNet<M> {
  /** To the server named in `message.to`. Returns at once, never throws; what cannot be delivered is lost. */
  send(message: M): void
  /** All other servers, sorted by id. */
  peers(): readonly PeerStatus[]
  /** Stops listening, closes every connection; after that, `send` does nothing and `onMessage` is never called. */
  close(): Promise<void>
}

// ---- The console. -----------------------------------------------------------------------------------------------------

export interface ConsoleCommand {
  /** As one types it: `ping <server>`. */
  readonly usage: string
  /** One line for `help`. */
  readonly help: string
  /** @returns what to print */
  run(args: readonly string[]): string | Promise<string>
}

/** By name. */
export type ConsoleCommands = Readonly<Record<string, ConsoleCommand>>

/** `ping` and `peers`, and where Pings and Pongs that arrive must go. */
export interface NetCommands {
  readonly commands: ConsoleCommands
  /** Answers a Ping with a Pong; a Pong ends the `ping` that waits for it. */
  onPing(ping: Ping): void
}

export interface PingOptions {
  readonly id: ServerId
  /** The part of a RaftNet that the commands need. */
  readonly net: { send(ping: Ping): void; peers(): readonly PeerStatus[] }
  /** How long `ping` waits, in milliseconds. Default: 1,000. */
  readonly patience?: number
}

/** What `projects/03-planning/index.ts` exports. */
export interface Project {
  /** Given, in `kernel.ts`: makes one `step` out of features. */
  compose<S extends object, E, Events extends readonly Typed[]>(
    ...features: { readonly [K in keyof Events]: Feature<S, Events[K], E> }
  ): Step<S, Events[number], E>

  /** Given, in `kernel.ts`: whether an event is a message from a server. */
  isMessage(event: Typed): event is Envelope

  /**
   * A server that has never heard anything: a follower in term 0 with an empty log.
   * @throws Error naming what is wrong: `id` not among `voters`, or a voter listed twice
   */
  initialNode(id: ServerId, voters: readonly ServerId[]): RaftNode

  /**
   * Whether the servers for which `agrees` answers true are a majority (section 5.1): of `voters`, and of `oldVoters`,
   * too, unless that is empty. Project 11 relies on nobody counting votes in any other way.
   */
  isQuorum(node: RaftNode, agrees: (server: ServerId) => boolean): boolean

  /** All servers but this one, from `voters` and `oldVoters`, each once. */
  others(node: RaftNode): readonly ServerId[]

  /** One line about a server, for people. */
  describe(node: RaftNode): string

  /**
   * Reads a cluster's configuration: what JSON.parse made of a file.
   * @throws Error naming every fault in it, a line each
   */
  parseCluster(json: unknown): Cluster

  /** A packet as bytes: JSON in UTF-8, with the version of the format. */
  encodeMessage(packet: Packet): Uint8Array

  /**
   * A packet from bytes. Fields that are not in the contract are left out.
   * @throws Error naming the field that is wrong, as `entries.2.term`
   */
  decodeMessage(bytes: Uint8Array): Packet

  /**
   * Listens on this server's own raft address and finds the others.
   * @throws Error naming the address when it cannot listen there, or `id` when it is not in the cluster
   */
  startRaftNet<M extends { readonly from: ServerId; readonly to: ServerId }>(
    options: NetOptions<M>,
  ): Promise<RaftNet<M>>

  /** The console's commands about the network. */
  netCommands(options: PingOptions): NetCommands

  /** Runs one line typed into a console; `help` is always there. Never throws: what went wrong is in the answer. */
  runLine(commands: ConsoleCommands, line: string): Promise<string>
}
