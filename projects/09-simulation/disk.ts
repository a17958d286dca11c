// 9e. Where a server keeps what must outlive it. Here, a disk is nothing but the time that it takes.

import type { RaftNode } from "../03-planning/contract.ts"
import { notImplemented } from "../not-implemented.ts"
import type { Distribution, Millis, Random } from "./contract.ts"

export class Disk {
  constructor(usual: Distribution, random: Random) {
    // See Pile in pile.ts, which is given: slow times may overlap.
  }

  /** @returns ends it */
  slowDown(extra: Distribution): () => void {
    return notImplemented("simulate (slowDisk)", "9, rule 35")
  }

  /** How long it takes to save what a step changed. */
  timeToSave(before: RaftNode, after: RaftNode): Millis {
    // Which fields of a server must be on the disk before it answers anybody? Figure 2 has a box for them.
    return notImplemented("simulate (disk)", "9, rule 32")
  }
}
