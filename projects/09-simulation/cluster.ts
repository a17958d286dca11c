// 9e. The servers, the network between them, and what goes wrong with either.

import type { ServerId } from "../03-planning/contract.ts"
import { notImplemented } from "../not-implemented.ts"
import type { Fault, Random, VirtualClock } from "./contract.ts"
import type { Settings } from "./options.ts"
import type { Proposal } from "./server.ts"
import type { Tally } from "./statistics.ts"
import type { Trace } from "./trace.ts"

/** What the cluster stands on, and who is told what happens in it. */
export interface Parts {
  readonly settings: Settings
  readonly random: Random
  readonly clock: VirtualClock
  readonly trace: Trace
  readonly tally: Tally
}

export class Cluster {
  constructor(parts: Parts) {
    // Who needs random numbers of its own? (rules 18, 29, 32 and 39)
    //
    // A message: the step of one server is done, and the step of another has not begun. What happens in between, and what
    // of it has to be counted, written down, judged? When do you know whether there is a leader? (rules 31, 45, 53, 54, 56)
  }

  /** Entries committed so far. */
  get commits(): number {
    return notImplemented("simulate (statistics)", "9, rule 56")
  }

  /** A client's request arrives. */
  propose(server: ServerId, proposal: Proposal): void {
    notImplemented("simulate (clients)", "9, rules 41 and 42")
  }

  /** @returns ends the fault */
  begin(fault: Fault): () => void {
    return notImplemented("simulate (faults)", "9, rules 33 to 38")
  }
}
