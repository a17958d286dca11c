import type { ServerId } from "../../projects/03-planning/contract.ts"
import type { FullEffect, FullEvent, FullMessage } from "../../projects/11-the-rest-of-raft/contract.ts"
import { servers } from "../cluster/build.ts"
import { Random } from "../cluster/random.ts"
import { FullCluster } from "./cluster.ts"
import { project, stepWith } from "./project.ts"

/** The shortest election timeout, by the server's own clock, and how much faster one clock may run than another. */
const shortest = 150
const drift = 0.1
const heartbeat = 40

interface Planned {
  readonly at: number
  readonly what: () => void
}

/**
 * A cluster in which time matters: every server has a clock of its own, faster or slower within the drift, and timers that
 * keep to it. Leaders are cut off, replaced and told to hand over, and are asked to read all the time.
 */
export class TimelyCluster {
  readonly cluster: FullCluster
  /** All reads but those that a server forgot when it crashed, with their servers. */
  readonly asked = new Map<number, ServerId>()
  readonly #random: Random
  readonly #slow: ServerId
  readonly #rates: ReadonlyMap<ServerId, number>
  /** Which of a server's timers is the one that runs: each restart makes the one before it void. */
  readonly #timers = new Map<ServerId, number>()
  #time = 0
  #plan: Planned[] = []
  #cut: readonly ServerId[] = []
  #calm = false

  constructor(n: number, seed: number) {
    this.#random = new Random(seed)
    const ids = servers(n)
    const lease = project.leaseFor(shortest, drift)
    this.cluster = new FullCluster(ids, { step: stepWith(project.chapters, lease) })
    // One is slow, most are fast: so a lease that is too long is found out.
    this.#slow = this.#random.pick(ids)
    const rate = (id: ServerId): number =>
      id === this.#slow ? 1 : 1 + drift * this.#random.pick([0.8, 1, 1])
    this.#rates = new Map(ids.map((id) => [id, rate(id)]))
    for (const id of ids) this.#start(id)
    this.#every(3, () => {
      this.#read()
    })
    this.#every(9, () => {
      this.cluster.propose(this.#someLeader(), "write")
      this.#carryOut()
    })
    this.#every(90, () => {
      this.#fault()
    })
  }

  /** Goes on for so many milliseconds of the run's own time. */
  run(duration: number): void {
    const until = this.#time + duration
    for (;;) {
      const next = this.#plan.reduce((a, b) => (b.at < a.at ? b : a))
      if (next.at > until) return
      this.#plan = this.#plan.filter((each) => each !== next)
      this.#time = next.at
      next.what()
    }
  }

  /** No more faults, and nobody asks for anything. */
  calm(): void {
    this.#calm = true
    this.#cut = []
  }

  #after(delay: number, what: () => void): void {
    this.#plan.push({ at: this.#time + delay, what })
  }

  /** After so many milliseconds of this server's own clock. */
  #later(id: ServerId, delay: number, what: () => void): void {
    this.#after(delay / this.#rate(id), what)
  }

  #every(interval: number, what: () => void): void {
    this.#after(interval * (0.5 + this.#random.next()), () => {
      if (this.#calm) return
      what()
      this.#every(interval, what)
    })
  }

  #rate(id: ServerId): number {
    return this.#rates.get(id) ?? 1
  }

  #start(id: ServerId): void {
    const beat = (): void => {
      this.#handle(id, { type: "heartbeatTimeout" })
      this.#later(id, heartbeat, beat)
    }
    this.#restartTimer(id)
    this.#later(id, heartbeat * this.#random.next(), beat)
  }

  #restartTimer(id: ServerId): void {
    const mine = (this.#timers.get(id) ?? 0) + 1
    this.#timers.set(id, mine)
    const fire = (delay: number, type: "minimumElectionTimeout" | "electionTimeout"): void => {
      this.#later(id, delay, () => {
        if (this.#timers.get(id) !== mine) return
        if (type === "electionTimeout") fire(this.#longTimeout(), type)
        this.#handle(id, { type })
      })
    }
    fire(shortest, "minimumElectionTimeout")
    fire(this.#longTimeout(), "electionTimeout")
  }

  #longTimeout(): number {
    return shortest + 0.01 + this.#random.next() * this.#random.pick([2, 2, 60])
  }

  #handle(id: ServerId, event: FullEvent): void {
    const effects = this.cluster.handle(id, event)
    if (effects.some(isReset)) this.#restartTimer(id)
    this.#carryOut()
  }

  /** What was sent gets a time at which it arrives. */
  #carryOut(): void {
    const messages = this.cluster.inFlight
    this.cluster.inFlight = []
    for (const message of messages) this.#post(message)
  }

  #post(message: FullMessage): void {
    if (!this.#calm && this.#random.chance(0.01)) return
    const delay = this.#random.chance(0.05) ? 60 : 1.5
    this.#after(delay * this.#random.next(), () => {
      if (this.#cut.includes(message.from) !== this.#cut.includes(message.to)) return
      this.#handle(message.to, message)
      this.#worstMoment(message)
    })
  }

  /** A leader is cut off just when its lease has begun, or when it has told another one to lead. */
  #worstMoment({ type, from, to }: FullMessage): void {
    if (this.#calm || this.#cut.length > 0 || !this.#random.chance(0.4)) return
    if (type === "ConfirmResponse") this.#cutOff(to)
    if (type === "TimeoutNow") this.#cutOff(from)
  }

  /** For as long as others need to elect a leader, and a little longer. */
  #cutOff(id: ServerId): void {
    this.#cut = [id]
    this.#after(160 + 40 * this.#random.next(), () => (this.#cut = []))
  }

  /** All who believe that they lead are asked, by their own clocks. */
  #read(): void {
    for (const { id, role } of this.cluster.nodes) {
      if (role !== "leader") continue
      const now = this.#time * this.#rate(id)
      this.asked.set(this.cluster.read(id, this.#random.chance(0.95) ? now : undefined), id)
      this.#carryOut()
    }
  }

  #someLeader(): ServerId {
    const leaders = this.cluster.nodes.filter(({ role }) => role === "leader").map(({ id }) => id)
    return this.#random.pick(leaders.length > 0 ? leaders : this.cluster.ids)
  }

  #fault(): void {
    const leader = this.#someLeader()
    const dice = this.#random.below(10)
    if (dice < 2) this.#cutOff(leader)
    else if (dice < 9) this.#handOver(leader)
    else this.#crash(this.#random.pick(this.cluster.ids))
  }

  /** Most often to the slow one: whoever is fast stands sooner, so it would hardly ever lead. */
  #handOver(leader: ServerId): void {
    const to = this.#random.chance(0.8) ? this.#slow : this.#random.pick(this.cluster.ids)
    this.#handle(leader, { type: "transferLeadership", to })
  }

  #crash(id: ServerId): void {
    this.cluster.restart(id)
    this.#restartTimer(id)
    for (const [read, server] of this.asked) if (server === id) this.asked.delete(read)
  }
}

function isReset({ type }: FullEffect): boolean {
  return type === "resetElectionTimer"
}
