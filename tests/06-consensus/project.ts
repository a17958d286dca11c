import * as z from "zod"
import { same, subject } from "#suite"
import type { Effect, RaftNode, Stepped } from "../../projects/03-planning/contract.ts"
import type { ReplicationEvent } from "../../projects/05-log-replication/contract.ts"
import type { Project } from "../../projects/06-consensus/contract.ts"
import { stepped } from "../cluster/shapes.ts"
import { scene } from "../cluster/words.ts"

const exports = {
  commitment: "value",
  step: "function",
  startService: "function",
  serve: "function",
} as const

const service = z.object({
  machine: z.unknown(),
  waiting: z.array(z.object({ index: z.number(), term: z.number(), proposal: z.unknown() })),
})
const answer = z.discriminatedUnion("type", [
  z.object({ type: z.literal("applied"), proposal: z.unknown(), result: z.unknown() }),
  z.object({ type: z.literal("overwritten"), proposal: z.unknown() }),
  z.object({ type: z.literal("refused"), proposal: z.unknown(), leader: z.string().nullable() }),
])

export const project = subject<Project>({
  exports,
  returns: { step: stepped, startService: service, serve: z.object({ service, answers: z.array(answer) }) },
})

/** The same, without a look at every answer's shape: for the many steps of random schedules. */
export const quick = subject<Project>({ exports })

export function step(node: RaftNode, event: ReplicationEvent): Stepped<RaftNode, Effect> {
  return project.step(node, event)
}

/** Checks where an event leaves commitIndex. */
export function commits(node: RaftNode, event: ReplicationEvent, commitIndex: number): void {
  same(step(node, event).state.commitIndex, commitIndex, `${scene(node, event)}\ncommitIndex`)
}

/** The indexes that an event makes a server apply. */
export function appliedBy(node: RaftNode, event: ReplicationEvent): readonly number[] {
  return step(node, event).effects.flatMap((effect) => (effect.type === "apply" ? [effect.index] : []))
}
