import { holds, same } from "#suite"
import type { ServerId } from "../../projects/03-planning/contract.ts"
import type { FullEffect, FullMessage } from "../../projects/11-the-rest-of-raft/contract.ts"
import type { FullCluster } from "./cluster.ts"
import { isOf } from "./driven.ts"

/** n1 hands over. */

export const isTimeoutNow = isOf("TimeoutNow")
export const timeout = { type: "electionTimeout" } as const

export function handOver(cluster: FullCluster, to: ServerId, from: ServerId = "n1"): readonly FullEffect[] {
  return cluster.handle(from, { type: "transferLeadership", to })
}

/** The reasons for which something is declined. */
export function declinedBy(effects: readonly FullEffect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.type === "declined" && effect.what === "transferLeadership" ? [effect.why] : [],
  )
}

export function isDeclined(cluster: FullCluster, effects: readonly FullEffect[]): void {
  const why = declinedBy(effects)
  holds(
    why.length === 1 && why[0] !== "",
    cluster.story(),
    "declined, once, for a reason",
    why.length === 0 ? "not declined" : why.map((each) => `"${each}"`).join(", "),
  )
}

/** How many TimeoutNow are under way, when all else has arrived. */
export function told(cluster: FullCluster): readonly ServerId[] {
  for (let round = 0; round < 2; round++) {
    cluster.heartbeat("n1")
    cluster.deliverWhere((message) => !isTimeoutNow(message))
  }
  return cluster.inFlight.filter(isTimeoutNow).map(({ to }) => to)
}

/** n2 lacks what was proposed last, and what it is sent is lost. */
export function lagging(cluster: FullCluster, count = 1): void {
  for (let i = 0; i < count; i++) cluster.propose("n1", `more ${String(i)}`)
  const isFor2 = ({ to }: FullMessage): boolean => to === "n2"
  cluster.loseWhere(isFor2)
  for (let i = 0; i < 3; i++) {
    cluster.deliverWhere((message) => !isFor2(message))
    cluster.loseWhere(isFor2)
    cluster.heartbeat("n1")
  }
  cluster.deliverWhere((message) => !isFor2(message))
  cluster.loseWhere(() => true)
}

export function accepts(cluster: FullCluster, expected: boolean): void {
  const effects = cluster.propose("n1", "another")
  const answers = effects.filter(({ type }) => type === "accepted" || type === "refused")
  const refused = { type: "refused", leader: null }
  same(answers, [expected ? { type: "accepted" } : refused], `${cluster.story()}\nthe answer`)
}

export function timeoutNow(term: number) {
  return { type: "TimeoutNow", from: "n2", to: "n1", term } as const
}
