import type { Log, RaftNode } from "../../projects/03-planning/contract.ts"
import type { Distribution, Millis, Random } from "../../projects/09-simulation/contract.ts"
import { sample } from "./distribution.ts"
import { Pile } from "./pile.ts"

/** Where a server keeps what must outlive it. Here, a disk is nothing but the time that it takes. */
export class Disk {
  readonly #usual: Distribution
  readonly #random: Random
  readonly #extras = new Pile<Distribution>()

  constructor(usual: Distribution, random: Random) {
    this.#usual = usual
    this.#random = random
  }

  /** @returns ends it */
  slowDown(extra: Distribution): () => void {
    return this.#extras.add(extra)
  }

  /** How long it takes to save what a step changed. */
  timeToSave(before: RaftNode, after: RaftNode): Millis {
    if (isSaved(before, after)) return 0
    const times = [this.#usual, ...this.#extras.values].map((each) => sample(each, this.#random))
    return times.reduce((sum, time) => sum + time, 0)
  }
}

/** Figure 2, "persistent state on all servers": whether it is still as it was. */
function isSaved(before: RaftNode, after: RaftNode): boolean {
  return (
    before.currentTerm === after.currentTerm &&
    before.votedFor === after.votedFor &&
    (before.log === after.log || isSameLog(before.log, after.log))
  )
}

/** A copy that says the same is nothing new. */
function isSameLog(a: Log, b: Log): boolean {
  if (a.entries.length !== b.entries.length || a.base.index !== b.base.index) return false
  return a.entries.every((entry, i) => {
    const other = b.entries[i]
    return entry === other || JSON.stringify(entry) === JSON.stringify(other)
  })
}
