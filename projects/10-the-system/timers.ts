import type { Timing } from "./contract.ts"

export const defaultTiming: Timing = { heartbeat: 50, election: [150, 300], patience: 5_000 }

export type TimerName = "electionTimeout" | "heartbeatTimeout"

/** Given. The two clocks that Raft has. Each starts again when it fires; a stopped one never does. */
export class Timers {
  readonly #timing: Timing
  readonly #fire: (name: TimerName) => void
  readonly #running = new Map<TimerName, NodeJS.Timeout>()

  constructor(timing: Timing, fire: (name: TimerName) => void) {
    this.#timing = timing
    this.#fire = fire
  }

  start(): void {
    this.restart("electionTimeout")
    this.restart("heartbeatTimeout")
  }

  restart(name: TimerName): void {
    clearTimeout(this.#running.get(name))
    const timer = setTimeout(() => {
      this.restart(name)
      this.#fire(name)
    }, this.#delay(name))
    this.#running.set(name, timer)
  }

  stop(): void {
    for (const timer of this.#running.values()) clearTimeout(timer)
    this.#running.clear()
  }

  /** Section 5.2: random, so that mostly one server stands for election before the others do. */
  #delay(name: TimerName): number {
    if (name === "heartbeatTimeout") return this.#timing.heartbeat
    const [atLeast, atMost] = this.#timing.election
    return atLeast + Math.random() * (atMost - atLeast)
  }
}
