// 9e. The two timers of one server.

import { notImplemented } from "../not-implemented.ts"
import type { Random, Timers, VirtualClock } from "./contract.ts"

export type TimerName = "electionTimeout" | "heartbeatTimeout"

/** They go by the server's own clock, which may be fast or slow. */
export class TimerPair {
  constructor(clock: VirtualClock, timers: Timers, random: Random) {
    // What do you have to remember of a timer that runs?
  }

  /** @returns ends it */
  drift(rate: number): () => void {
    return notImplemented("simulate (drift)", "9, rule 36")
  }

  /** Starts it, or starts it anew. */
  start(timer: TimerName, fire: () => void): void {
    notImplemented("simulate (timers)", "9, rules 28 to 30")
  }

  stop(): void {
    notImplemented("simulate (timers)", "9, rule 33")
  }
}
