import { loadMutants } from "../verify/jobs.ts"
import { folder, stages, type Stage } from "../stages.ts"
import type { Bug, Edit, Variant } from "../suite/mutants.ts"
import type { RaftUnderTest } from "../../projects/08-testing/contract.ts"
import { linkRaft, reference } from "./link.ts"

/** The reference's Raft with a planted bug or a variant of one of its stages. */
export function linkMutant(stage: Stage, mutant: Bug | Variant): Promise<RaftUnderTest> {
  const edits: Record<string, Edit[]> = {}
  for (const edit of [mutant.edit].flat()) {
    const path = `${folder("solutions", stage)}/${edit.file ?? "index.ts"}`
    edits[path] = [...(edits[path] ?? []), edit]
  }
  return linkRaft({ ...reference, edits })
}

export interface StageMutants {
  readonly stage: Stage
  readonly bugs: readonly Bug[]
  readonly variants: readonly Variant[]
}

/** The mutants of the stages that make Raft, 4 to 7. */
export async function raftMutants(): Promise<readonly StageMutants[]> {
  const concerned = stages.filter(({ n }) => n >= 4 && n <= 7)
  return Promise.all(concerned.map(async (stage) => ({ stage, ...(await loadMutants(stage)) })))
}
