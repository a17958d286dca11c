import { serve, startService } from "#06-consensus"
import { restart } from "#08-testing"
import type { Effect, RaftEvent, RaftNode, ServerId, Stepped } from "../../projects/03-planning/contract.ts"
import type { Answer, Service } from "../../projects/06-consensus/contract.ts"
import type { Raft } from "../../projects/08-testing/contract.ts"
import type { Distribution, Random, Timers, VirtualClock } from "../../projects/09-simulation/contract.ts"
import { Broken, messageOf } from "./broken.ts"
import { Disk } from "./disk.ts"
import { store, type Command, type Result, type Values } from "./store.ts"
import { TimerPair, type TimerName } from "./timers.ts"

/** A client's request at a server, and who is to be told. */
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

/** A step that is being saved. */
interface Saving {
  readonly cancel: () => void
  readonly finish: () => void
  /** Saved, but the server is paused. */
  isOver: boolean
}

/**
 * One server: the shell around `step`. All that comes in, from the network, from clients and from its own timers, waits
 * in one queue; one event at a time comes out, and nothing happens while a step is being saved.
 */
export class Server {
  readonly id: ServerId
  readonly #ground: Ground
  readonly #timers: TimerPair
  readonly #disk: Disk
  #node: RaftNode
  #service: Service<Values, Proposal> = startService(store)
  #queue: Incoming[] = []
  #saving: Saving | null = null
  /** How many faults keep it down, and how many paused. */
  #crashes = 0
  #pauses = 0

  constructor(node: RaftNode, ground: Ground) {
    this.id = node.id
    this.#node = node
    this.#ground = ground
    this.#timers = new TimerPair(ground.clock, ground.timers, ground.random.fork("timers"))
    this.#disk = new Disk(ground.disk, ground.random.fork("disk"))
    this.#startTimers()
  }

  get node(): RaftNode {
    return this.#node
  }

  get isDown(): boolean {
    return this.#crashes > 0
  }

  /** Whether it does anything at all. */
  get runs(): boolean {
    return this.#crashes === 0 && this.#pauses === 0
  }

  receive(incoming: Incoming): void {
    if (this.isDown) return
    this.#queue.push(incoming)
    this.#work()
  }

  // ---- What can go wrong with it. Each ends when what it answers is called. ----

  crash(): () => void {
    if (++this.#crashes === 1) this.#goDown()
    return () => {
      if (--this.#crashes === 0) this.#startTimers()
    }
  }

  pause(): () => void {
    this.#pauses++
    return () => {
      this.#pauses--
      if (this.runs && this.#saving?.isOver) this.#saving.finish()
      this.#work()
    }
  }

  slowDown(extra: Distribution): () => void {
    return this.#disk.slowDown(extra)
  }

  drift(rate: number): () => void {
    return this.#timers.drift(rate)
  }

  /** What is not on the disk is gone: the queue, the step that was being saved, the state machine, those who wait. */
  #goDown(): void {
    this.#timers.stop()
    this.#saving?.cancel()
    this.#saving = null
    this.#queue = []
    this.#service = startService(store)
    const before = this.#node
    this.#node = restart(this.#ground.raft, before)
    this.#ground.onCrash(before, this.#node)
  }

  // ---- One event after the other. ----

  #startTimers(): void {
    this.#startTimer("electionTimeout")
    this.#startTimer("heartbeatTimeout")
  }

  #startTimer(name: TimerName): void {
    // It may have fired already, and wait in the queue: who resets a timer does not want to hear of the past.
    if (this.#queue.length > 0) this.#queue = this.#queue.filter(({ event }) => event.type !== name)
    this.#timers.start(name, () => {
      this.receive({ event: { type: name } })
    })
  }

  #work(): void {
    while (this.runs && this.#saving === null) {
      const incoming = this.#queue.shift()
      if (!incoming) return
      this.#handle(incoming)
    }
  }

  #handle(incoming: Incoming): void {
    const { event } = incoming
    // A timer starts again when it is heard, not when it fires. So it waits in the queue of a busy server only once.
    if (event.type === "electionTimeout" || event.type === "heartbeatTimeout") this.#startTimer(event.type)
    const stepped = trying(() => this.#ground.raft.step(this.#node, event))
    const time = this.#disk.timeToSave(this.#node, stepped.state)
    if (time === 0) this.#finish(incoming, stepped)
    else this.#save(time, incoming, stepped)
  }

  #save(time: number, incoming: Incoming, stepped: Stepped<RaftNode, Effect>): void {
    const { clock } = this.#ground
    const finish = () => {
      this.#saving = null
      this.#finish(incoming, stepped)
    }
    const cancel = clock.at(clock.now + time, () => {
      if (this.#pauses > 0) saving.isOver = true
      else finish()
      this.#work()
    })
    const saving: Saving = { cancel, finish, isOver: false }
    this.#saving = saving
  }

  /** Now the new state counts, and the effects leave. */
  #finish(incoming: Incoming, stepped: Stepped<RaftNode, Effect>): void {
    const { effects } = stepped
    const before = this.#node
    this.#node = stepped.state
    const { service, answers } = trying(() => serve(store, this.#service, effects, incoming.proposal))
    this.#service = service
    if (effects.some(({ type }) => type === "resetElectionTimer")) this.#startTimer("electionTimeout")
    this.#ground.onStep({ incoming, before, stepped })
    for (const answer of answers) answer.proposal.reply(answer)
  }
}

/** What somebody's Raft throws is a finding about it, and no reason for the simulator to give up. */
function trying<T>(attempt: () => T): T {
  try {
    return attempt()
  } catch (error) {
    throw new Broken("step throws", messageOf(error))
  }
}
