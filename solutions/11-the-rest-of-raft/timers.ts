import type { Timing } from "../../projects/10-the-system/contract.ts"

export const defaultTiming: Timing = { heartbeat: 50, election: [150, 300], patience: 5_000 }

export type TimerName = "minimumElectionTimeout" | "electionTimeout" | "heartbeatTimeout"

/** Given. Project 10's clocks, and one for the shortest election timeout. */
export class Timers {
  readonly #timing: Timing
  readonly #fire: (name: TimerName) => void
  readonly #running = new Map<TimerName, NodeJS.Timeout>()

  constructor(timing: Timing, fire: (name: TimerName) => void) {
    this.#timing = timing
    this.#fire = fire
  }

  start(): void {
    this.restartElection()
    this.#restart("heartbeatTimeout")
  }

  restartElection(): void {
    this.#restart("minimumElectionTimeout")
    this.#restart("electionTimeout")
  }

  stop(): void {
    for (const timer of this.#running.values()) clearTimeout(timer)
    this.#running.clear()
  }

  #restart(name: TimerName): void {
    clearTimeout(this.#running.get(name))
    const timer = setTimeout(() => {
      if (name !== "minimumElectionTimeout") this.#restart(name)
      this.#fire(name)
    }, this.#delay(name))
    this.#running.set(name, timer)
  }

  #delay(name: TimerName): number {
    const [atLeast, atMost] = this.#timing.election
    switch (name) {
      case "heartbeatTimeout":
        return this.#timing.heartbeat
      case "minimumElectionTimeout":
        return atLeast
      case "electionTimeout":
        // Not before the shortest has passed, and somebody may answer.
        return atLeast + Math.random() * (atMost - atLeast)
    }
  }
}
