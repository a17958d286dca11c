import { show } from "#suite"
import type { FullInput, FullMessage, FullNode } from "../../projects/11-the-rest-of-raft/contract.ts"
import type { Outcome } from "./disk.ts"
import { WholeCluster, type WholeOptions } from "./whole.ts"

/** What happened up to a crash, and what there is after it. */
export interface Crashed {
  /** What had left by then. */
  readonly sent: readonly FullMessage[]
  readonly replies: readonly string[]
  readonly node: FullNode
  readonly cluster: WholeCluster
  readonly told: string
}

/**
 * n1 gets these batches, and crashes in the last one: at every change of its disk, or between any two of its outputs; with
 * every way in which its disk may be found. Then it starts again.
 */
export function* everyCrash(
  options: WholeOptions,
  earlier: readonly (readonly FullInput<string>[])[],
  batch: readonly FullInput<string>[],
): Generator<Crashed> {
  for (const where of ["before a change of the disk", "between two outputs"] as const)
    for (let count = 0, isOver = false; !isOver; count++)
      for (let outcome = 0, outcomes = 1; outcome < outcomes; outcome++) {
        const crash = crashOnce(options, earlier, batch, { where, count, outcome })
        isOver = crash.isOver
        outcomes = crash.outcomes
        yield crash
      }
}

interface Place {
  readonly where: "before a change of the disk" | "between two outputs"
  /** Before which change, or which output. */
  readonly count: number
  /** In which of the ways that are possible its disk is found. */
  readonly outcome: number
}

function crashOnce(
  options: WholeOptions,
  earlier: readonly (readonly FullInput<string>[])[],
  batch: readonly FullInput<string>[],
  { where, count, outcome }: Place,
): Crashed & { readonly outcomes: number; readonly isOver: boolean } {
  let found: readonly Outcome[] = []
  let outputs: number | undefined
  const cluster = new WholeCluster(["n1"], {
    ...options,
    dies: () => outputs !== undefined && outputs++ === count,
    left: (disk) => {
      found = [...disk.outcomes()]
      return found[outcome]?.files ?? disk.durable
    },
  })
  for (const each of earlier) cluster.handle("n1", ...each)
  const replies: string[] = []
  cluster.onReply = (client, reply) => replies.push(`${client}: ${show(reply)}`)
  cluster.inFlight = []
  const { disk } = cluster.process("n1")
  if (where === "between two outputs") outputs = 0
  else disk.crashAt = disk.changes + count
  cluster.handle("n1", ...batch)
  outputs = undefined
  const isOver = cluster.isUp("n1")
  if (isOver) cluster.crash("n1")
  const sent = cluster.inFlight
  cluster.boot("n1")
  const told = `a crash ${where}: ${found[outcome]?.what ?? ""}\n${cluster.story()}`
  return {
    sent,
    replies,
    node: cluster.process("n1").replica.node,
    cluster,
    told,
    outcomes: found.length,
    isOver,
  }
}
