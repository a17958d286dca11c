import type { Random, Timers, VirtualClock } from "../../projects/09-simulation/contract.ts"
import { sample } from "./distribution.ts"
import { Pile } from "./pile.ts"

export type TimerName = "electionTimeout" | "heartbeatTimeout"

/** The two timers of one server. They go by the server's own clock, which may be fast or slow. */
export class TimerPair {
  readonly #clock: VirtualClock
  readonly #timers: Timers
  readonly #random: Random
  readonly #rates = new Pile<number>()
  readonly #cancel: Partial<Record<TimerName, () => void>> = {}

  constructor(clock: VirtualClock, timers: Timers, random: Random) {
    this.#clock = clock
    this.#timers = timers
    this.#random = random
  }

  /** @returns ends it */
  drift(rate: number): () => void {
    return this.#rates.add(rate)
  }

  /** Starts it, or starts it anew. */
  start(timer: TimerName, fire: () => void): void {
    this.#cancel[timer]?.()
    const { election, heartbeat } = this.#timers
    const delay = timer === "heartbeatTimeout" ? heartbeat : sample(election, this.#random)
    const rate = this.#rates.values.reduce((product, each) => product * each, 1)
    this.#cancel[timer] = this.#clock.at(this.#clock.now + delay / rate, fire)
  }

  stop(): void {
    this.#cancel.electionTimeout?.()
    this.#cancel.heartbeatTimeout?.()
  }
}
