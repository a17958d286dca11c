// 9e. One server: the shell around `step`. All that comes in, from the network, from clients and from its own timers, waits
// in one queue; one event at a time comes out.

import type { Effect, RaftEvent, RaftNode, ServerId, Stepped } from "../03-planning/contract.ts"
import type { Answer } from "../06-consensus/contract.ts"
import type { Raft } from "../08-testing/contract.ts"
import { notImplemented } from "../not-implemented.ts"
import type { Distribution, Random, Timers, VirtualClock } from "./contract.ts"
import type { Command, Result } from "./store.ts"

/** Given. A client's request at a server, and who is to be told. */
export interface Proposal {
  readonly command: Command
  reply(answer: Answer<Proposal, Result>): void
}

/** Something that waits in a server's queue. */
export interface Incoming {
  readonly event: RaftEvent
  /** The number of the message, if it is one. */
  readonly message?: number
  /** Who proposed, if it is a proposal. */
  readonly proposal?: Proposal
}

/** A step that was taken, and saved. */
export interface Did {
  readonly incoming: Incoming
  readonly before: RaftNode
  readonly stepped: Stepped<RaftNode, Effect>
}

/** What a server stands on. */
export interface Ground {
  readonly raft: Raft
  readonly clock: VirtualClock
  readonly timers: Timers
  readonly disk: Distribution
  /** The server's own numbers. */
  readonly random: Random
  /** A step is done: its messages leave now. */
  onStep(did: Did): void
  onCrash(before: RaftNode, after: RaftNode): void
}

export class Server {
  readonly id: ServerId

  constructor(node: RaftNode, ground: Ground) {
    this.id = node.id
    // When do the timers start?
  }

  get node(): RaftNode {
    return notImplemented("simulate (server)", "9, rules 26 and 27")
  }

  get isDown(): boolean {
    return notImplemented("simulate (crash)", "9, rule 33")
  }

  /** Whether it does anything at all. */
  get runs(): boolean {
    return notImplemented("simulate (crash, pause)", "9, rules 33 and 34")
  }

  receive(incoming: Incoming): void {
    // When may it be handled at once, and when must it wait? For what?
    notImplemented("simulate (server)", "9, rules 27, 32 and 34")
  }

  // What can go wrong with it. Each ends when what it answers is called. What if two of a kind overlap?

  crash(): () => void {
    // What is still there after a crash, and what of the shell is not? `restart` of project 8 does a part of it.
    return notImplemented("simulate (crash)", "9, rule 33")
  }

  pause(): () => void {
    return notImplemented("simulate (pause)", "9, rule 34")
  }

  slowDown(extra: Distribution): () => void {
    return notImplemented("simulate (slowDisk)", "9, rule 35")
  }

  drift(rate: number): () => void {
    return notImplemented("simulate (drift)", "9, rule 36")
  }
}
