/**
 * The types of project 11. The state and the messages of projects 3 to 7 go on as they are; each chapter adds fields
 * and messages of its own.
 */

import type {
  AppendEntries,
  AppendEntriesResponse,
  Effect,
  ElectionTimeout,
  Envelope,
  HeartbeatTimeout,
  Index,
  Json,
  Log,
  Propose,
  RaftNode,
  RequestVote,
  RequestVoteResponse,
  ServerId,
  Step,
  Term,
} from "../03-planning/contract.ts"
import type { Service } from "../06-consensus/contract.ts"
import type {
  MachineState,
  Request,
  RespValue,
  ServerOptions,
  RaftServer,
} from "../10-the-system/contract.ts"

// ---- What all chapters share. ----------------------------------------------------------------------------------------

/** Who has a vote. While it changes, `oldVoters` have one, too (section 6); it is empty at all other times. */
export interface Configuration {
  readonly voters: readonly ServerId[]
  readonly oldVoters: readonly ServerId[]
}

/** Chapter 4: the command of an entry that changes who has a vote. The state machine never gets to see it. */
export interface ConfigurationCommand extends Configuration {
  readonly type: "configuration"
}

/** Chapter 3: all that the entries up to `lastIncludedIndex` have come to (section 7). */
export interface Snapshot {
  /** Index and term of the last entry that it stands for: the log's `base`. */
  readonly lastIncludedIndex: Index
  readonly lastIncludedTerm: Term
  /** Who had a vote after that entry. */
  readonly configuration: Configuration
  /** The state machine's state, as the state machine wrote it. Raft never looks into it. */
  readonly data: string
}

/** Figure 2's persistent state, with the snapshot: all that a server still knows after a crash. */
export interface Saved {
  readonly currentTerm: Term
  readonly votedFor: ServerId | null
  readonly log: Log
  /** There always is one: before the first, that of the empty log, with the first configuration and `data` "". */
  readonly snapshot: Snapshot
}

/** One server. The fields below are those that chapters add; each is looked into by its own chapter only. */
export interface FullNode extends RaftNode {
  // Persistent.
  readonly snapshot: Snapshot

  /** Chapter 3, on followers: the snapshot that is coming in, as far as it has come. */
  readonly receiving: Receiving | null
  /** Chapter 3, on leaders: the snapshots that are on their way out. */
  readonly installing: Readonly<Record<ServerId, Installing>>

  /** Chapter 4: up to which entry `voters` and `oldVoters` follow the log, and which entry they come from. */
  readonly configured: { readonly upTo: Index; readonly term: Term; readonly index: Index }
  /** Chapter 4, on leaders: a change for which new servers are being caught up. */
  readonly change: PendingChange | null

  /** Chapter 5, on leaders. */
  readonly reading: Reading

  /** Chapter 6: a leader was heard within the shortest election timeout. A server that has just started says so, too. */
  readonly heard: boolean
  /** Chapter 6: who would vote for this server in the next term, `term`; nobody was asked when the list is empty. */
  readonly preVote: { readonly term: Term; readonly granted: readonly ServerId[] }
  /** Chapter 6, on leaders: who answered since the last election timeout. */
  readonly active: readonly ServerId[]
  /** Chapter 6, on leaders: who is to lead next, and whether it was told to. */
  readonly transfer: { readonly to: ServerId; readonly told: boolean } | null
  /** Chapter 6: the last term in which this server, leading, told another one to stand. 0: none. */
  readonly toldIn: Term

  /** Chapter 7, on leaders: whose last answer in `term` was a success. */
  readonly flowing: { readonly term: Term; readonly peers: readonly ServerId[] }
}

export interface Receiving {
  /** Of the leader that sends it: two leaders' snapshots of the same entries need not be written alike. */
  readonly term: Term
  readonly lastIncludedIndex: Index
  readonly data: string
}

export interface Installing {
  readonly term: Term
  readonly lastIncludedIndex: Index
  /** Where the part begins that is under way. */
  readonly offset: number
}

export interface PendingChange {
  readonly voters: readonly ServerId[]
  /** Whoever is new must have the log up to here before it counts. */
  readonly upTo: Index
}

export interface Reading {
  readonly waiting: readonly WaitingRead[]
  /** Rounds of `Confirm`: how many were begun, and the last one that a majority has confirmed. */
  readonly round: number
  readonly confirmed: number
  /** Who has confirmed the round under way. */
  readonly acks: readonly ServerId[]
  /** When the round under way began, or earlier; null when no lease comes of it. */
  readonly began: number | null
  /** Until when, by the same clock, this server certainly leads. 0: not known. */
  readonly leaseUntil: number
}

export interface WaitingRead {
  readonly read: number
  /** The round that will confirm it. */
  readonly round: number
  /** What must be applied before it can be answered; null until that is known. */
  readonly index: Index | null
  /** When it came; null when no lease is to come of it. */
  readonly now: number | null
}

// ---- Messages. -------------------------------------------------------------------------------------------------------

/** Chapter 6: a server that was told to lead says so, and is given votes even where a leader was heard just now. */
export interface FullRequestVote extends RequestVote {
  readonly leadershipTransfer?: true
}

/** Chapter 3 (Figure 13): a part of a snapshot. */
export interface InstallSnapshot extends Envelope {
  readonly type: "InstallSnapshot"
  readonly lastIncludedIndex: Index
  readonly lastIncludedTerm: Term
  readonly configuration: Configuration
  /** Where in the snapshot's `data` this part belongs, in characters. */
  readonly offset: number
  /** At most `maxPart` characters. */
  readonly data: string
  /** It is the last part. */
  readonly done: boolean
}

export interface InstallSnapshotResponse extends Envelope {
  readonly type: "InstallSnapshotResponse"
  readonly lastIncludedIndex: Index
  /** How much of `data` this server has, from the start, in characters: where the next part must begin. */
  readonly received: number
  /** It needs nothing more: all up to `lastIncludedIndex` is there. */
  readonly installed: boolean
}

/** Chapter 5: "do you still take me for your leader?" */
export interface Confirm extends Envelope {
  readonly type: "Confirm"
  readonly round: number
}

export interface ConfirmResponse extends Envelope {
  readonly type: "ConfirmResponse"
  readonly round: number
}

/** Chapter 6: "would you vote for me?" `term` is the sender's own, as always. */
export interface PreVote extends Envelope {
  readonly type: "PreVote"
  /** The term in which it would stand. */
  readonly proposedTerm: Term
  readonly lastLogIndex: Index
  readonly lastLogTerm: Term
}

export interface PreVoteResponse extends Envelope {
  readonly type: "PreVoteResponse"
  readonly proposedTerm: Term
  readonly voteGranted: boolean
}

/** Chapter 6: "stand for election, now". */
export interface TimeoutNow extends Envelope {
  readonly type: "TimeoutNow"
}

export type FullMessage =
  | AppendEntries
  | AppendEntriesResponse
  | FullRequestVote
  | RequestVoteResponse
  | InstallSnapshot
  | InstallSnapshotResponse
  | Confirm
  | ConfirmResponse
  | PreVote
  | PreVoteResponse
  | TimeoutNow

// ---- Events and effects. ---------------------------------------------------------------------------------------------

/** Chapter 3: the state machine's state, after all entries up to `index` and none after it, is written in `data`. */
export interface Compact {
  readonly type: "compact"
  readonly index: Index
  readonly data: string
}

/** Chapter 4: an operator wants these servers to have a vote, and no others. */
export interface ChangeMembership {
  readonly type: "changeMembership"
  readonly voters: readonly ServerId[]
}

/** Chapter 5: a client wants to read. */
export interface Read {
  readonly type: "read"
  /** Names it; no two that wait have the same. */
  readonly read: number
  /**
   * This server's own clock, in milliseconds, one that never goes back. Only for servers that may use a lease; left out,
   * the majority is asked.
   */
  readonly now?: number
}

/**
 * Chapter 6: the shortest election timeout has passed since `resetElectionTimer`, so that others may be at their end. It
 * comes before `electionTimeout` does.
 */
export interface MinimumElectionTimeout {
  readonly type: "minimumElectionTimeout"
}

/** Chapter 6: an operator wants this leader to hand over. */
export interface TransferLeadership {
  readonly type: "transferLeadership"
  readonly to: ServerId
}

/**
 * Several clients want something, in this order: as so many `propose`, but that the rules run only once, behind the last.
 * It is answered as they would be, each by one `accepted` or `refused`, in this order. At least one command.
 */
export interface ProposeAll {
  readonly type: "proposeAll"
  readonly commands: readonly Json[]
}

export type FullEvent =
  | FullMessage
  | Propose
  | ProposeAll
  | HeartbeatTimeout
  | ElectionTimeout
  | MinimumElectionTimeout
  | Compact
  | ChangeMembership
  | Read
  | TransferLeadership

export type FullEffect =
  | Exclude<Effect, { readonly type: "send" }>
  | { readonly type: "send"; readonly message: FullMessage }
  /** Chapter 3: the state machine goes on from this snapshot, and forgets what it has. */
  | { readonly type: "restore"; readonly snapshot: Snapshot }
  /** Chapters 4 and 6: an operator's wish is not granted, for this reason, in words. */
  | {
      readonly type: "declined"
      readonly what: "changeMembership" | "transferLeadership"
      readonly why: string
    }
  /** Chapter 5: this read may be answered from the state machine as it is now. */
  | { readonly type: "readable"; readonly read: number }
  /** Chapter 5: it may not, and will not be. `leader`: who to ask, if it is known. */
  | { readonly type: "notReadable"; readonly read: number; readonly leader: ServerId | null }

// ---- The chapters. ---------------------------------------------------------------------------------------------------

/** Chapters 2 to 7, as far as they are parts of `step`; chapter 6 has two. */
export type Chapter = "backtracking" | "snapshots" | "membership" | "reads" | "prevote" | "transfer" | "flow"

export type FullStep = Step<FullNode, FullEvent, FullEffect>

// ---- Chapter 1: the disk. --------------------------------------------------------------------------------------------

/**
 * A folder, as the storage uses it. Everything happens before the call returns; every call may throw. What was written
 * and not yet synced may be lost in a crash, wholly or in part.
 */
export interface Folder {
  /** The names of the files in it. */
  list(): readonly string[]
  /** @throws Error when there is no such file */
  read(name: string): Uint8Array
  /** Writes a file from its start; whatever it had is gone. */
  write(name: string, bytes: Uint8Array): void
  /** Writes at its end. */
  append(name: string, bytes: Uint8Array): void
  /** Cuts it to so many bytes. */
  truncate(name: string, length: number): void
  /** Takes the place of `to`, if there is one. */
  rename(from: string, to: string): void
  remove(name: string): void
  /** What was written to this file is on the disk. */
  sync(name: string): void
  /** Which files there are, and what they are called, is on the disk. */
  syncFolder(): void
  close(): void
}

export interface StorageOptions {
  readonly folder: Folder
  /** In messages of errors: where the folder is. */
  readonly where: string
  /** The first configuration, for a folder without anything in it. Empty for a server that will be added later. */
  readonly voters: readonly ServerId[]
}

export interface Storage {
  /** What was there when it was opened. A later crash does not take it back. */
  readonly saved: Saved
  /**
   * When it returns, what is new in `after` is on the disk. `before` is what was saved last, or was there at the start.
   * @throws Error when the folder does; then so does every further one, until it is opened again
   */
  save(before: Saved, after: Saved): void
  close(): void
}

// ---- The replica. ----------------------------------------------------------------------------------------------------

/** @typeParam C  whatever tells one waiting request from another; nobody looks into it */
export interface FullReplica<C> {
  readonly node: FullNode
  readonly service: Service<MachineState, C>
  /** By the number of the read: requests that came together may wait for the same one. */
  readonly reads: Readonly<Record<number, readonly PendingRead<C>[]>>
  /** How many reads there were. */
  readonly asked: number
  /** The machine as it was a while ago, after this entry: what the next snapshot will be made of. */
  readonly checkpoint: { readonly index: Index; readonly machine: MachineState }
}

export interface PendingRead<C> {
  readonly client: C
  readonly request: Request
}

export type FullInput<C> =
  | Exclude<FullEvent, Propose | ProposeAll | Read | Compact>
  /** A client asks for something. `now`: see `Read`. */
  | { readonly type: "request"; readonly client: C; readonly request: Request; readonly now?: number }
  /** `client` does not wait any longer. */
  | { readonly type: "giveUp"; readonly client: C }

export type FullOutput<C> =
  /** Put what is new on the disk, now: what comes after this in the list depends on it. */
  | { readonly type: "save"; readonly before: FullNode; readonly after: FullNode }
  | { readonly type: "send"; readonly message: FullMessage }
  | { readonly type: "reply"; readonly client: C; readonly reply: RespValue }
  | { readonly type: "resetElectionTimer" }
  /** For the operator's console, in words. */
  | { readonly type: "tell"; readonly text: string }

export interface FullHandled<C> {
  readonly replica: FullReplica<C>
  /** In the order in which they are to be carried out. */
  readonly outputs: readonly FullOutput<C>[]
}

export interface ReplicaOptions {
  readonly step: FullStep
  /** Where clients reach the servers. */
  readonly cluster: ServerOptions["cluster"]
  /** The log is compacted when it has so many entries that are applied. */
  readonly compactAt: number
}

// ---- The server. -----------------------------------------------------------------------------------------------------

export interface FullServerOptions extends ServerOptions {
  /** Who has a vote at the beginning. Default: all in the cluster. */
  readonly voters?: readonly ServerId[]
  /** Default 2,000, and a little more on every further server. */
  readonly compactAt?: number
  /** Reads by lease (chapter 5). Default false. */
  readonly lease?: boolean
  /** With it, servers listen only to servers that know it. */
  readonly secret?: string
}

/** What `projects/11-the-rest-of-raft/index.ts` exports. */
export interface Project {
  /** A server that has just started, with what it had saved. */
  startNode(id: ServerId, saved: Saved): FullNode

  /** What a server has saved that has never heard anything, in a cluster of these voters. */
  firstSaved(voters: readonly ServerId[]): Saved

  /**
   * Given. One server's reaction to one event, by projects 4 to 7 and these chapters.
   * @param lease  chapter 5: how long, in milliseconds, a majority's word is good for; null: no leases
   */
  stepWith(chapters: readonly Chapter[], lease?: number | null): FullStep

  /** All chapters. */
  readonly chapters: readonly Chapter[]

  /** Chapter 1. @throws Error naming the file and the place in it when there is something that was never written so */
  openStorage(options: StorageOptions): Storage

  /** Given. A real folder; it is made when it is not there. @throws Error naming the folder */
  openFolder(path: string): Folder

  /** Chapter 3: the most characters of a snapshot in one message, 64 Ki. */
  readonly maxPart: number

  /**
   * Chapter 5: how long a lease may be, in milliseconds.
   * @param shortest  the shortest election timeout, in milliseconds
   * @param drift     how much faster one clock may run than another: 0.1 is ten percent
   */
  leaseFor(shortest: number, drift: number): number

  /** Chapter 7: how many characters of entries, as JSON, may be on their way to a follower before no more are sent. */
  readonly maxInFlight: number

  startFullReplica<C>(node: FullNode): FullReplica<C>

  /** All inputs that have come in meanwhile, at once: one save for all of them (group commit). */
  handleAll<C>(
    options: ReplicaOptions,
    replica: FullReplica<C>,
    inputs: readonly FullInput<C>[],
  ): FullHandled<C>

  /** Given. @throws Error naming the address when it cannot listen there, or `id` when it is not in the cluster */
  startFullServer(options: FullServerOptions): Promise<RaftServer>
}
