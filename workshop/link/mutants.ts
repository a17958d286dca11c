import { loadMutants } from "../verify/jobs.ts"
import { folder, stages, UsageError, type Stage } from "../stages.ts"
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

/** The planted bug that a person means by `commit-old-term`, or `6/commit-old-term` where two have that name. */
export async function findBug(text: string): Promise<{ readonly stage: Stage; readonly bug: Bug }> {
  const all = (await raftMutants()).flatMap(({ stage, bugs }) => bugs.map((bug) => ({ stage, bug })))
  const found = all.filter(({ stage, bug }) => text === bug.id || text === `${String(stage.n)}/${bug.id}`)
  const [only, second] = found
  if (only && !second) return only
  if (second) {
    const names = found.map(({ stage, bug }) => `${String(stage.n)}/${bug.id}`)
    throw new UsageError(`--bug ${text}: there are several: ${names.join(", ")}`)
  }
  const near = all.map(({ bug }) => bug.id).filter((id) => id.includes(text) || text.includes(id))
  const hint = near.length > 0 ? `; did you mean ${near.slice(0, 5).join(", ")}?` : ""
  throw new UsageError(
    `--bug ${text}: there is no such bug${hint}; projects/08-testing/CATALOGUE.md has a list`,
  )
}
