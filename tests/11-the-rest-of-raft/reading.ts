import { holds, same } from "#suite"
import type { ServerId, Term } from "../../projects/03-planning/contract.ts"
import type { ConfirmResponse } from "../../projects/11-the-rest-of-raft/contract.ts"
import { vote } from "../cluster/build.ts"
import type { FullCluster } from "./cluster.ts"
import { isOf } from "./driven.ts"

/** Reads on n1, step by step. */

export const isConfirm = isOf("Confirm")
export const isAppend = isOf("AppendEntries")

/** Reads on n1, and begins the round, if that waits for a heartbeat. */
export function readOn(cluster: FullCluster, now?: number): number {
  const read = cluster.read("n1", now)
  if (!isOver(cluster, read) && !cluster.inFlight.some(isConfirm)) cluster.heartbeat("n1")
  return read
}

/** The last round that n1 asked for and that is under way. */
export function roundOf(cluster: FullCluster): number {
  const last = cluster.inFlight.findLast(isConfirm)
  holds(last !== undefined, cluster.story(), "a Confirm is under way", "there is none")
  return last?.round ?? 0
}

export function confirms(
  cluster: FullCluster,
  from: ServerId,
  round: number,
  term: Term = cluster.node("n1").currentTerm,
): void {
  const answer: ConfirmResponse = { type: "ConfirmResponse", from, to: "n1", term, round }
  cluster.handle("n1", answer)
}

export function isOver(cluster: FullCluster, read: number): boolean {
  return cluster.machines.over.has(read)
}

export function waits(cluster: FullCluster, ...reads: readonly number[]): void {
  for (const read of reads)
    holds(!isOver(cluster, read), cluster.story(), `read ${String(read)} waits`, "it is answered")
}

export function answered(
  cluster: FullCluster,
  how: "readable" | "notReadable",
  ...reads: readonly number[]
): void {
  for (const read of reads)
    same(cluster.machines.over.get(read) ?? "no answer yet", how, `${cluster.story()}\nread ${String(read)}`)
}

/** Somebody stands in a newer term: n1 does not lead any more. */
export function depose(cluster: FullCluster): void {
  cluster.handle("n1", vote("n3", "n1", cluster.node("n1").currentTerm + 1, false))
}
