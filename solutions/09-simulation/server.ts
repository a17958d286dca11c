import { serve, startService } from "#06-consensus"
import { restart } from "#08-testing"
import type {
  Effect,
  Log,
  RaftEvent,
  RaftNode,
  ServerId,
  Stepped,
} from "../../projects/03-planning/contract.ts"
import type { Answer, Service } from "../../projects/06-consensus/contract.ts"
import type { Raft } from "../../projects/08-testing/contract.ts"
import type {
  Distribution,
  Millis,
  Random,
  Timers,
  VirtualClock,
} from "../../projects/09-simulation/contract.ts"
import { sample } from "./distribution.ts"
import { Broken, messageOf } from "./judge.ts"
import { store, type Command, type Result, type Values } from "./store.ts"

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

type Timer = "electionTimeout" | "heartbeatTimeout"

/**
 * One server: the shell around `step`. All that comes in, from the network, from clients and from its own timers, waits
 * in one queue; one event at a time comes out.
 */
export class Server {
  readonly id: ServerId
  readonly #ground: Ground
  #node: RaftNode
  #service: Service<Values, Proposal> = startService(store)
  #queue: Incoming[] = []
  /** Ends the timer, wherever it is: running, or fired and in the queue. */
  readonly #cancel: Record<Timer, () => void> = { electionTimeout: nothing, heartbeatTimeout: nothing }
  /** The step that is being saved. Nothing else happens meanwhile. */
  #saving: { readonly cancel: () => void; finish: (() => void) | null } | null = null
  /** How many faults keep it down, and how many paused. */
  #crashes = 0
  #pauses = 0
  #rates: readonly { readonly rate: number }[] = []
  #slowness: readonly { readonly extra: Distribution }[] = []

  constructor(node: RaftNode, ground: Ground) {
    this.id = node.id
    this.#node = node
    this.#ground = ground
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

  // ---- What can go wrong with a server. Each of these ends when what it answers is called. ----

  crash(): () => void {
    if (++this.#crashes === 1) this.#goDown()
    return () => {
      if (--this.#crashes === 0) this.#startTimers()
    }
  }

  pause(): () => void {
    this.#pauses++
    return () => {
      if (--this.#pauses > 0 || this.isDown) return
      this.#saving?.finish?.()
      this.#work()
    }
  }

  drift(rate: number): () => void {
    const drift = { rate }
    this.#rates = [...this.#rates, drift]
    return () => {
      this.#rates = this.#rates.filter((each) => each !== drift)
    }
  }

  slowDown(extra: Distribution): () => void {
    const slowness = { extra }
    this.#slowness = [...this.#slowness, slowness]
    return () => {
      this.#slowness = this.#slowness.filter((each) => each !== slowness)
    }
  }

  /** What is not saved is gone: the queue, the step that was being saved, the state machine and those who wait for it. */
  #goDown(): void {
    for (const cancel of Object.values(this.#cancel)) cancel()
    this.#saving?.cancel()
    this.#saving = null
    this.#queue = []
    this.#service = startService(store)
    const before = this.#node
    this.#node = restart(this.#ground.raft, before)
    this.#ground.onCrash(before, this.#node)
  }

  // ---- Timers. ----

  #startTimers(): void {
    this.#start("electionTimeout")
    this.#start("heartbeatTimeout")
  }

  /** Starts a timer, or starts it anew. What it had put into the queue is taken back. */
  #start(timer: Timer): void {
    const { clock, timers, random } = this.#ground
    this.#cancel[timer]()
    const delay = timer === "heartbeatTimeout" ? timers.heartbeat : sample(timers.election, random)
    const rate = this.#rates.reduce((product, { rate }) => product * rate, 1)
    this.#cancel[timer] = clock.at(clock.now + delay / rate, () => {
      this.#fire(timer)
    })
  }

  #fire(timer: Timer): void {
    const incoming = { event: { type: timer } }
    this.#cancel[timer] = () => {
      this.#queue = this.#queue.filter((each) => each !== incoming)
    }
    this.receive(incoming)
  }

  // ---- One event after the other. ----

  #work(): void {
    while (this.runs && this.#saving === null) {
      const incoming = this.#queue.shift()
      if (!incoming) return
      this.#handle(incoming)
    }
  }

  #handle(incoming: Incoming): void {
    const { event } = incoming
    // It starts again when it is heard, not when it fires: a server that is busy or paused gets each of them once.
    if (event.type === "electionTimeout" || event.type === "heartbeatTimeout") this.#start(event.type)
    const stepped = trying(() => this.#ground.raft.step(this.#node, event))
    const time = isSaved(this.#node, stepped.state) ? 0 : this.#savingTime()
    if (time === 0) this.#finish(incoming, stepped)
    else
      this.#save(time, () => {
        this.#finish(incoming, stepped)
      })
  }

  #savingTime(): Millis {
    const { disk, random } = this.#ground
    return this.#slowness.reduce((sum, { extra }) => sum + sample(extra, random), sample(disk, random))
  }

  #save(time: Millis, then: () => void): void {
    const { clock } = this.#ground
    const finish = () => {
      this.#saving = null
      then()
    }
    const saving = {
      cancel: clock.at(clock.now + time, () => {
        if (this.#pauses > 0)
          saving.finish = finish // when it goes on
        else {
          finish()
          this.#work()
        }
      }),
      finish: null as (() => void) | null,
    }
    this.#saving = saving
  }

  /** Now the new state counts, and the effects leave. */
  #finish(incoming: Incoming, stepped: Stepped<RaftNode, Effect>): void {
    const before = this.#node
    this.#node = stepped.state
    const { service, answers } = trying(() => serve(store, this.#service, stepped.effects, incoming.proposal))
    this.#service = service
    if (stepped.effects.some(({ type }) => type === "resetElectionTimer")) this.#start("electionTimeout")
    this.#ground.onStep({ incoming, before, stepped })
    for (const answer of answers) answer.proposal.reply(answer)
  }
}

function nothing(): void {
  // There is nothing to cancel yet.
}

/** Not our mistake: then it is a finding, and no reason to stop working. */
function trying<T>(attempt: () => T): T {
  try {
    return attempt()
  } catch (error) {
    throw new Broken("step throws", messageOf(error))
  }
}

/** Figure 2, "persistent state on all servers": whether it is as it was. */
function isSaved(before: RaftNode, after: RaftNode): boolean {
  return (
    before.currentTerm === after.currentTerm &&
    before.votedFor === after.votedFor &&
    (before.log === after.log || isSameLog(before.log, after.log))
  )
}

function isSameLog(a: Log, b: Log): boolean {
  if (a.entries.length !== b.entries.length || a.base.index !== b.base.index) return false
  return a.entries.every((entry, i) => {
    const other = b.entries[i]
    return entry === other || JSON.stringify(entry) === JSON.stringify(other)
  })
}
