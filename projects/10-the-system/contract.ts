/** The types of project 10. */

import type { ByteString, Command, RespValue } from "../01-kv-server/contract.ts"
import type {
  Address,
  Cluster,
  ConsoleCommands,
  Message,
  RaftEvent,
  RaftNode,
  RequestVoteResponse,
  ServerId,
} from "../03-planning/contract.ts"
import type { Service, StateMachine } from "../06-consensus/contract.ts"

export type { Address, Cluster, Member } from "../03-planning/contract.ts"
export type { ByteString, Command, RespValue } from "../01-kv-server/contract.ts"

// ---- The replicated machine: project 1's store, and sessions (section 8). --------------------------------------------

/** What a client asks for. It is what the log's entries have as their `command`. */
export type Request =
  /** Done each time it is applied. Who sends it twice may have it done twice. */
  | { readonly type: "plain"; readonly command: Command }
  /** Opens a session. The reply is its name, as a bulk string. */
  | { readonly type: "open" }
  /**
   * Done once, however often it is applied.
   * @param sequence  a whole number from 1 on; of each session, every new command has a larger one than the last
   */
  | {
      readonly type: "once"
      readonly session: string
      readonly sequence: number
      readonly command: Command
    }

/** What is remembered of a session. */
export interface Session {
  /** Of the last command that was done in it; 0 before the first. */
  readonly sequence: number
  /** What that command was answered; null before the first. */
  readonly reply: RespValue | null
  /** What `applied` was when it was used last. (Before or after that entry was counted: the same for all.) */
  readonly used: number
}

/** The same on every server that has applied the same entries. Plain JSON. */
export interface MachineState {
  /** Project 1's state. */
  readonly store: unknown
  /** How many entries were applied, whatever came of them: the machine's only clock. */
  readonly applied: number
  /** How many sessions were ever opened. */
  readonly opened: number
  /** By name. */
  readonly sessions: Readonly<Record<string, Session>>
}

// ---- The replica: all that one server does, as a pure function. ------------------------------------------------------

/** @typeParam C  whatever tells one waiting request from another; nobody looks into it */
export interface Replica<C> {
  readonly node: RaftNode
  /** Project 6's: the machine's state, and who waits for what. */
  readonly service: Service<MachineState, C>
}

export type Input<C> =
  /** All but `propose`: that is what a request becomes. */
  | Exclude<RaftEvent, { readonly type: "propose" }>
  /** A client asks for something; `client` is answered once, by one `reply`. */
  | { readonly type: "request"; readonly client: C; readonly request: Request }
  /** `client` does not wait any longer. */
  | { readonly type: "giveUp"; readonly client: C }

export type Output<C> =
  /** Put `currentTerm`, `votedFor` and `log` on the disk, now: what comes after this in the list depends on it. */
  | { readonly type: "save"; readonly before: RaftNode; readonly after: RaftNode }
  | { readonly type: "send"; readonly message: Message }
  | { readonly type: "reply"; readonly client: C; readonly reply: RespValue }
  | { readonly type: "resetElectionTimer" }

export interface Handled<C> {
  readonly replica: Replica<C>
  /** In the order in which they are to be carried out. */
  readonly outputs: readonly Output<C>[]
}

// ---- The disk. -------------------------------------------------------------------------------------------------------

/** Where a server keeps what it must not forget. Project 11 has a better one. */
export interface Journal {
  /** What was saved, made into a server that has just started. */
  readonly node: RaftNode
  /** When it returns, what is new in `after` is on the disk. */
  save(before: RaftNode, after: RaftNode): void
  close(): void
}

export interface JournalOptions {
  /** The file. Made when it is not there; its folder, too. */
  readonly file: string
  readonly id: ServerId
  readonly voters: readonly ServerId[]
}

// ---- The server. -----------------------------------------------------------------------------------------------------

/** In milliseconds. */
export interface Timing {
  /** A leader lets the others know that it is there. Default 50. */
  readonly heartbeat: number
  /** A server waits so long for a leader, at least and at most (section 5.2: random between them). Default 150, 300. */
  readonly election: readonly [atLeast: number, atMost: number]
  /** A client waits so long for its answer. Default 5,000. */
  readonly patience: number
}

export interface ServerOptions {
  readonly cluster: Cluster
  readonly id: ServerId
  /** The folder of the journal, `<id>.journal`. */
  readonly data: string
  readonly timing?: Partial<Timing>
  /** Told what an operator wants to know, a line each. */
  readonly log?: (line: string) => void
}

export interface RaftServer {
  /** The console's: `state`, `status`, `log`, `leader`, `peers`, `ping`, `pause`, `resume`, `stepdown`. */
  readonly commands: ConsoleCommands
  /** Ends every connection and timer, and frees both ports. Resolves when all is gone. */
  close(): Promise<void>
  /** Resolves when the server has ended: `null` after `close`; what went wrong if a step or the disk threw. */
  readonly ended: Promise<Error | null>
}

// ---- The client. -----------------------------------------------------------------------------------------------------

export interface ClusterClientOptions {
  /** Where clients reach the servers. At least one; others are learnt from `MOVED`. */
  readonly addresses: readonly Address[]
  /** Every command is done exactly once: see sessions. Default true. */
  readonly once?: boolean
  /** How long to go on trying, in milliseconds. Default 10,000. */
  readonly patience?: number
}

export interface ClusterClient {
  /**
   * Finds the leader, and tries again for as long as that is safe. One command at a time: later ones wait.
   * @throws Error named `OutcomeUnknown` when it may or may not have been done, `NotDone` when it was not
   */
  command(...words: readonly ByteString[]): Promise<RespValue>
  close(): Promise<void>
}

// ---- What is given. --------------------------------------------------------------------------------------------------

/** A client has sent a command. Calls `answer` once, some time. */
export type Ask = (command: Command, answer: (reply: RespValue) => void) => void

export interface Listener {
  close(): Promise<void>
}

/** What the console needs of a server. */
export interface Operated {
  readonly node: RaftNode
  put(event: RequestVoteResponse): void
  pause(): void
  resume(): void
}

/** What `projects/10-the-system/index.ts` exports. */
export interface Project {
  /** Requests in, replies out: the same on all servers. Answers an error reply to what is no request; never throws. */
  readonly machine: StateMachine<MachineState, RespValue>

  /** How many sessions are remembered: opening one more forgets the one that was not used for the longest. 1,000. */
  readonly maxSessions: number

  /** What a command asks for: `SESSION OPEN`, `SESSION ONCE <session> <sequence> <command…>`, or the command itself. */
  toRequest(command: Command): Request | Extract<RespValue, { readonly type: "error" }>

  startReplica<C>(node: RaftNode): Replica<C>

  /** One input: Raft's step, the machine, and who is told what. */
  handle<C>(cluster: Cluster, replica: Replica<C>, input: Input<C>): Handled<C>

  /** @throws Error naming the file and the line when there is something in it that was never written so */
  openJournal(options: JournalOptions): Journal

  /** @throws Error naming the address when it cannot listen there, or `id` when it is not in the cluster */
  startServer(options: ServerOptions): Promise<RaftServer>

  connectCluster(options: ClusterClientOptions): ClusterClient

  /** Given, in `listener.ts`. @throws Error naming the address when it cannot listen there */
  listen(address: Address, ask: Ask, log: (line: string) => void): Promise<Listener>

  /** Given, in `console.ts`: `state`, `status`, `log`, `leader`, `pause`, `resume`, `stepdown`. */
  consoleCommands(server: Operated): ConsoleCommands
}
