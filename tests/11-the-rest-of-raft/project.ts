import { subject, wrapInstance } from "#suite"
import * as z from "zod"
import type { Chapter, FullStep, Project } from "../../projects/11-the-rest-of-raft/contract.ts"

const natural = z.int().nonnegative()
const id = z.string()
const log = z.object({
  base: z.object({ index: natural, term: natural }),
  entries: z.array(z.object({ term: natural, command: z.json() })),
})
const snapshot = z.object({
  lastIncludedIndex: natural,
  lastIncludedTerm: natural,
  configuration: z.object({ voters: z.array(id), oldVoters: z.array(id) }),
  data: z.string(),
})
const saved = z.object({ currentTerm: natural, votedFor: id.nullable(), log, snapshot })

export const project = subject<Project>({
  exports: {
    startNode: "function",
    firstSaved: "function",
    stepWith: "function",
    chapters: "value",
    openStorage: "function",
    openFolder: "function",
    maxPart: "value",
    leaseFor: "function",
    maxInFlight: "value",
    startFullReplica: "function",
    handleAll: "function",
    startFullServer: "function",
  },
  returns: {
    startNode: saved.extend({ id, voters: z.array(id), commitIndex: natural, lastApplied: natural }),
    firstSaved: saved,
    leaseFor: z.number(),
  },
})

/** The step of projects 4 to 7 with these chapters; all of them, unless told otherwise. */
export function stepWith(
  chapters: readonly Chapter[] = project.chapters,
  lease: number | null = null,
): FullStep {
  return wrapInstance(`stepWith([${chapters.map((each) => `"${each}"`).join(", ")}])`, {
    step: project.stepWith(chapters, lease),
  }).step
}
