import { emptyHistory, inspect, remember } from "#08-testing"
import type { Effect, RaftNode } from "../../projects/03-planning/contract.ts"
import type { History, Property } from "../../projects/08-testing/contract.ts"
import type { Millis } from "../../projects/09-simulation/contract.ts"
import { Broken } from "./broken.ts"

/** Safety: nothing bad ever happens. Looks at the whole cluster after every step and every crash. */
export class SafetyJudge {
  readonly #properties: readonly Property[]
  #nodes: readonly RaftNode[]
  #history: History = emptyHistory

  constructor(properties: readonly Property[], nodes: readonly RaftNode[]) {
    this.#properties = properties
    this.#nodes = nodes
  }

  /** How many entries have been committed. */
  get commits(): number {
    return this.#history.committed.length
  }

  saw(before: RaftNode, after: RaftNode, effects: readonly Effect[]): void {
    if (after !== before) this.#nodes = this.#nodes.map((node) => (node.id === before.id ? after : node))
    this.#history = remember(this.#history, after)
    const moment = { before, after, effects, nodes: this.#nodes, history: this.#history }
    const violation = inspect(this.#properties, moment)
    if (violation) throw new Broken(violation.property, violation.what)
  }
}

/** Liveness: once all faults are over, something good happens, and goes on happening. */
export class LivenessJudge {
  /** There must have been a leader by then, and clients must get answers from then on. */
  readonly deadline: Millis
  readonly #recovery: Millis
  readonly #patience: Millis
  /** How many requests in a row each client has given up, of those that it made after the deadline. */
  readonly #inVain = new Map<string, number>()

  constructor(lastFaultEnds: Millis, recovery: Millis, patience: Millis) {
    this.deadline = lastFaultEnds + recovery
    this.#recovery = recovery
    this.#patience = patience
  }

  /** At the deadline. */
  expectLeader(hadOne: boolean): void {
    if (hadOne) return
    throw new Broken("Recovery", `no leader for ${String(this.#recovery)} ms after the last fault ended`)
  }

  answered(client: string): void {
    this.#inVain.delete(client)
  }

  /**
   * One request may fail, where messages are lost: its leader may just have been voted out. As many in a row as would
   * fill the time in which the cluster should be able to recover, no.
   */
  gaveUp(client: string, invoked: Millis): void {
    if (invoked < this.deadline) return
    const count = (this.#inVain.get(client) ?? 0) + 1
    this.#inVain.set(client, count)
    if (count * this.#patience < this.#recovery) return
    const what = `${client} had no answer to its last ${String(count)} requests, though all faults are over`
    throw new Broken("Every client is answered", what)
  }
}
