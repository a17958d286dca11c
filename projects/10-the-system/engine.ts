import type { Cluster, Message, RaftNode } from "../03-planning/contract.ts"
import { notImplemented } from "../not-implemented.ts"
import type { Input, Journal, Request, RespValue } from "./contract.ts"
import type { Timers } from "./timers.ts"

// 10d: one queue, one loop. It knows `handle`, and what carries out its outputs; no socket and no file.

/** A client's request that waits for its answer. */
export interface Ticket {
  readonly answer: (reply: RespValue) => void
  readonly deadline: NodeJS.Timeout
}

/** What an engine acts on. */
export interface Hands {
  readonly cluster: Cluster
  readonly journal: Journal
  readonly timers: Pick<Timers, "start" | "restart" | "stop">
  /** How long a client waits, in milliseconds. */
  readonly patience: number
  readonly send: (message: Message) => void
  /** A step of Raft, or the disk, threw: this server must not go on. */
  readonly onBroken: (error: unknown) => void
}

export class Engine {
  /** Starts the timers. */
  constructor(hands: Hands) {
    notImplemented("startServer (Engine)", "10, rules 26 to 32")
  }

  get node(): RaftNode {
    return notImplemented("startServer (Engine.node)", "10, rule 29")
  }

  /** Puts an input at the end of the line. What may it not do, when it is called from within an output? */
  put(input: Input<Ticket>): void {
    notImplemented("startServer (Engine.put)", "10, rules 26 to 32")
  }

  /** Calls `answer` once, whatever happens. */
  request(request: Request, answer: (reply: RespValue) => void): void {
    notImplemented("startServer (Engine.request)", "10, rules 26 to 32")
  }

  /** Inputs wait until `resume`; the timers stand still. */
  pause(): void {
    notImplemented("startServer (Engine.pause)", "10, rule 30")
  }

  resume(): void {
    notImplemented("startServer (Engine.resume)", "10, rule 30")
  }

  /** Whoever still waits is answered. */
  close(): void {
    notImplemented("startServer (Engine.close)", "10, rule 32")
  }
}
