import type {
  Fault,
  Operation,
  Random,
  SimulateOptions,
  Simulated,
  Workload,
} from "../../projects/09-simulation/contract.ts"
import { Broken } from "./broken.ts"
import { Client } from "./client.ts"
import { createClock } from "./clock.ts"
import { Cluster } from "./cluster.ts"
import { scheduleFaults } from "./faults.ts"
import { LivenessJudge } from "./judge.ts"
import { settle, type Settings } from "./options.ts"
import { createRandom } from "./random.ts"
import { Tally } from "./statistics.ts"
import { Trace } from "./trace.ts"

export function simulate(options: SimulateOptions): Simulated {
  return new Simulation(settle(options)).run()
}

class Simulation {
  readonly #settings: Settings
  /** The one source of all chance: whatever is random draws from a fork of it. */
  readonly #random: Random
  readonly #clock = createClock()
  readonly #trace: Trace
  readonly #tally = new Tally()
  readonly #cluster: Cluster
  readonly #history: Operation[] = []

  constructor(settings: Settings) {
    this.#settings = settings
    this.#random = createRandom(settings.seed)
    this.#trace = new Trace(settings.onTrace)
    this.#cluster = new Cluster({
      settings,
      random: this.#random,
      clock: this.#clock,
      trace: this.#trace,
      tally: this.#tally,
    })
  }

  run(): Simulated {
    const { seed, servers, duration } = this.#settings
    this.#trace.write({ at: 0, type: "begin", version: 1, seed, servers, duration })
    const lastFaultEnds = this.#startFaults()
    this.#startClients(lastFaultEnds)
    const violation = this.#runClock(duration)

    const at = this.#clock.now
    if (violation) this.#trace.write({ type: "violation", ...violation })
    const statistics = this.#tally.statistics(at, this.#cluster.commits)
    this.#trace.write({ at, type: "end", statistics })
    return { hash: this.#trace.digest(), statistics, history: this.#history, violation }
  }

  #runClock(duration: number): Simulated["violation"] {
    try {
      this.#clock.run(duration)
      return null
    } catch (error) {
      if (!(error instanceof Broken)) throw error
      return { ...error.violation, at: this.#clock.now }
    }
  }

  /** @returns when the last one ends */
  #startFaults(): number {
    const { faults: given, servers } = this.#settings
    const faults = "perMinute" in given ? scheduleFaults(given, servers, this.#random.fork("faults")) : given
    for (const fault of faults) {
      this.#clock.at(fault.at, () => {
        this.#begin(fault)
      })
    }
    return faults.reduce((last, fault) => Math.max(last, fault.at + fault.for), 0)
  }

  #begin(fault: Fault): void {
    this.#trace.write({ at: this.#clock.now, type: "fault", begins: true, fault })
    const end = this.#cluster.begin(fault)
    this.#clock.at(this.#clock.now + fault.for, () => {
      this.#trace.write({ at: this.#clock.now, type: "fault", begins: false, fault })
      end()
    })
  }

  #startClients(lastFaultEnds: number): void {
    const { workload, recovery } = this.#settings
    const liveness = new LivenessJudge(lastFaultEnds, recovery, workload?.patience ?? 0)
    this.#clock.at(liveness.deadline, () => {
      liveness.expectLeader(this.#tally.hadLeaderSince(lastFaultEnds))
    })
    for (let i = 1; workload && i <= workload.clients; i++) {
      this.#startClient(`c${String(i)}`, workload, liveness)
    }
  }

  #startClient(name: string, workload: Workload, liveness: LivenessJudge): void {
    const { servers, network } = this.#settings
    new Client(name, {
      clock: this.#clock,
      random: this.#random.fork(name),
      workload,
      servers,
      latency: network.latency,
      deliver: (server, proposal) => {
        this.#cluster.propose(server, proposal)
      },
      onInvoke: (operation) => this.#note(operation, liveness),
    })
  }

  /** @returns takes what the client learned in the end */
  #note(asked: Operation, liveness: LivenessJudge): (learned: Operation) => void {
    const { client, key, invoked } = asked
    const place = this.#history.push(asked) - 1
    this.#trace.write({ at: invoked, type: "invoke", client, key, what: asked.type })
    return (learned) => {
      const answered = learned.returned !== null
      this.#history[place] = learned
      this.#trace.write({ at: this.#clock.now, type: "return", client, key, answered })
      if (answered) this.#tally.answered++
      else this.#tally.gaveUp++
      if (answered) liveness.answered(client)
      else liveness.gaveUp(client, invoked)
    }
  }
}
