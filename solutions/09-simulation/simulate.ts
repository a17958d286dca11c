import type { Effect, Message, RaftNode, ServerId } from "../../projects/03-planning/contract.ts"
import type {
  Fault,
  Network,
  Operation,
  Random,
  Sent,
  SimulateOptions,
  Simulated,
  Workload,
} from "../../projects/09-simulation/contract.ts"
import { Client } from "./client.ts"
import { createClock } from "./clock.ts"
import { scheduleFaults } from "./faults.ts"
import { Broken, LivenessJudge, SafetyJudge } from "./judge.ts"
import { createNetwork } from "./network.ts"
import { settle, type Settings } from "./options.ts"
import { createRandom } from "./random.ts"
import { Server, type Did, type Proposal } from "./server.ts"
import { Tally } from "./statistics.ts"
import { isWorthALine, summary, Trace } from "./trace.ts"

export function simulate(options: SimulateOptions): Simulated {
  return new Simulation(settle(options)).run()
}

class Simulation {
  readonly #settings: Settings
  /** The one source of all that is random: everything else draws from forks of it. */
  readonly #random: Random
  readonly #clock = createClock()
  readonly #network: Network
  readonly #servers: ReadonlyMap<ServerId, Server>
  readonly #faults: readonly Fault[]
  readonly #safety: SafetyJudge
  readonly #liveness: LivenessJudge
  readonly #trace: Trace
  readonly #tally = new Tally()
  readonly #history: Operation[] = []
  #messages = 0

  constructor(settings: Settings) {
    const { seed, network, faults, servers, recovery, workload, properties, onTrace } = settings
    this.#settings = settings
    this.#random = createRandom(seed)
    this.#network = createNetwork(network, this.#random.fork("network"))
    this.#faults =
      "perMinute" in faults ? scheduleFaults(faults, servers, this.#random.fork("faults")) : faults
    this.#servers = new Map(servers.map((id) => [id, this.#createServer(id)]))
    const nodes = [...this.#servers.values()].map(({ node }) => node)
    this.#safety = new SafetyJudge(properties, nodes)
    const lastEnd = Math.max(0, ...this.#faults.map((fault) => fault.at + fault.for))
    this.#liveness = new LivenessJudge(lastEnd, recovery, workload?.patience ?? 0)
    this.#trace = new Trace(onTrace)
  }

  run(): Simulated {
    const { seed, servers, duration, workload } = this.#settings
    const clock = this.#clock
    this.#trace.write({ at: 0, type: "begin", version: 1, seed, servers, duration })
    for (const fault of this.#faults) clock.at(fault.at, () => { this.#begin(fault) })
    clock.at(this.#liveness.deadline, () => {
      this.#liveness.expectLeader(this.#tally.hadLeaderSince(this.#liveness.lastFaultEnds))
    })
    if (workload) this.#startClients(workload)

    let violation: Simulated["violation"] = null
    try {
      clock.run(duration)
    } catch (error) {
      if (!(error instanceof Broken)) throw error
      violation = { ...error.violation, at: clock.now }
      this.#trace.write({ at: clock.now, type: "violation", ...error.violation })
    }
    const statistics = this.#tally.statistics(clock.now, this.#safety.commits)
    this.#trace.write({ at: clock.now, type: "end", statistics })
    return { hash: this.#trace.digest(), statistics, history: this.#history, violation }
  }

  // ---- Servers, and the messages between them. ----

  #createServer(id: ServerId): Server {
    const { raftOf, servers, timers, disk } = this.#settings
    const raft = raftOf(id)
    return new Server(raft.initialNode(id, servers), {
      raft,
      clock: this.#clock,
      timers,
      disk,
      random: this.#random.fork(id),
      onStep: (did) => {
        this.#onStep(id, did)
      },
      onCrash: (before, after) => {
        this.#safety.saw(before, after, [])
      },
    })
  }

  #onStep(server: ServerId, { incoming, before, stepped: { state, effects, because } }: Did): void {
    const { event, message } = incoming
    this.#tally.steps++
    const sent = this.#send(server, effects)
    if (sent.length > 0 || hasChanged(before, state)) {
      this.#trace.write({
        at: this.#clock.now,
        type: "step",
        server,
        event: event.type,
        ...(message === undefined ? {} : { message }),
        because,
        sent,
        node: summary(state),
      })
    }
    this.#safety.saw(before, state, effects)
    if (state.role !== before.role) this.#noteLeader()
  }

  #send(from: ServerId, effects: readonly Effect[]): readonly Sent[] {
    const sent: Sent[] = []
    for (const effect of effects) {
      if (effect.type !== "send") continue
      const { message } = effect
      const id = ++this.#messages
      const arrives = this.#network.send(from, message.to, this.#clock.now)
      for (const time of arrives) this.#clock.at(time, () => { this.#arrive(id, from, message) })
      sent.push({ id, message, arrives })
      this.#tally.sent++
      if (arrives.length === 0) this.#tally.lost++
    }
    return sent
  }

  #arrive(id: number, from: ServerId, message: Message): void {
    const receiver = this.#servers.get(message.to)
    const why = this.#network.isCut(from, message.to) ? "cut" : !receiver || receiver.isDown ? "down" : null
    if (why !== null) {
      this.#tally.lost++
      this.#trace.write({ at: this.#clock.now, type: "missed", message: id, why })
    } else {
      this.#tally.delivered++
      receiver?.receive({ event: message, message: id })
    }
  }
}
