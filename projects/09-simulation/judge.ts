// 9e. Whether what happens is right. A violation is thrown as a `Broken` (broken.ts): it ends the run.

import type { Effect, RaftNode } from "../03-planning/contract.ts"
import type { Property } from "../08-testing/contract.ts"
import { notImplemented } from "../not-implemented.ts"
import type { Millis } from "./contract.ts"

/** Safety: nothing bad ever happens. */
export class SafetyJudge {
  constructor(properties: readonly Property[], nodes: readonly RaftNode[]) {
    // What does a Moment of project 8 consist of?
  }

  /** How many entries have been committed. */
  get commits(): number {
    return notImplemented("simulate (statistics)", "9, rule 56")
  }

  /** Called after every step and every crash. */
  saw(before: RaftNode, after: RaftNode, effects: readonly Effect[]): void {
    notImplemented("simulate (safety)", "9, rule 45")
  }
}

/** Liveness: once all faults are over, something good happens, and goes on happening. */
export class LivenessJudge {
  /** There must have been a leader by then, and clients must get answers from then on. */
  readonly deadline: Millis

  constructor(lastFaultEnds: Millis, recovery: Millis, patience: Millis) {
    this.deadline = lastFaultEnds + recovery
  }

  /** At the deadline. */
  expectLeader(hadOne: boolean): void {
    notImplemented("simulate (liveness)", "9, rule 47")
  }

  answered(client: string): void {
    notImplemented("simulate (liveness)", "9, rule 48")
  }

  gaveUp(client: string, invoked: Millis): void {
    // Which requests count? And what does an answer change?
    notImplemented("simulate (liveness)", "9, rule 48")
  }
}
