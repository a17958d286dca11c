import { existsSync } from "node:fs"
import { join } from "node:path"
import { build } from "esbuild"
import type { RaftUnderTest } from "../../projects/08-testing/contract.ts"
import { kit } from "../sealed/kit.ts"
import { nameOf, raftStages, sealedMutants } from "../sealed/rafts.ts"
import { folder, UsageError, type Stage } from "../stages.ts"
import type { Bug, Edit, Variant } from "../suite/mutants.ts"
import { linkRaft, linkSealedRaft, reference, type Origin } from "./link.ts"

export interface Mutants {
  readonly bugs: readonly Bug[]
  readonly variants: readonly Variant[]
}

export interface StageMutants extends Mutants {
  readonly stage: Stage
}

/** The planted bugs and the variants of a stage. */
export async function loadMutants(stage: Stage): Promise<Mutants> {
  if (kit) return sealedMutants(stage)
  // Told in this form, a bundler finds them, too.
  const { bugs } = (await import(`../../tests/${stage.name}/bugs.ts`)) as { bugs: readonly Bug[] }
  const { variants } = (await import(`../../tests/${stage.name}/variants.ts`)) as {
    variants: readonly Variant[]
  }
  const ids = [...bugs, ...variants].map(({ id }) => id)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice !== undefined) throw new Error(`stage ${String(stage.n)} has two mutants named ${twice}`)
  return { bugs, variants }
}

/** Further planted bugs of these stages, of an instructor who grades: see `grade --private`. */
export async function privateBugs(): Promise<readonly { readonly stage: Stage; readonly bug: Bug }[]> {
  const { WORKSHOP_PRIVATE: own = "" } = process.env
  const files = raftStages.map((stage) => ({ stage, file: join(own, "bugs", `${stage.name}.ts`) }))
  const there = files.filter(({ file }) => own !== "" && existsSync(file))
  const all = await Promise.all(
    there.map(async ({ stage, file }) => (await readBugs(file)).map((bug) => ({ stage, bug }))),
  )
  return all.flat()
}

/** The `bugs` of a file that lies anywhere. Whoever asks may run under Node alone, which reads no TypeScript. */
export async function readBugs(file: string): Promise<readonly Bug[]> {
  const made = await build({
    entryPoints: [file],
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
    logLevel: "silent",
  })
  const source = Buffer.from(made.outputFiles[0]?.contents ?? []).toString("base64")
  const { bugs } = (await import(/* @vite-ignore */ `data:text/javascript;base64,${source}`)) as {
    bugs: readonly Bug[]
  }
  return bugs
}

/** The reference's Raft with a planted bug or a variant of one of its stages. */
export function linkMutant(stage: Stage, mutant: Bug | Variant): Promise<RaftUnderTest> {
  return kit ? linkSealedRaft(nameOf(stage, mutant)) : linkRaft(originOf(stage, mutant))
}

/** The reference with the edits of a mutant. */
export function originOf(stage: Stage, mutant: Bug | Variant): Origin {
  const edits: Record<string, Edit[]> = {}
  for (const edit of [mutant.edit].flat()) {
    const path = `${folder("solutions", stage)}/${edit.file ?? "index.ts"}`
    edits[path] = [...(edits[path] ?? []), edit]
  }
  return { ...reference, edits }
}

/** The mutants of the stages that make Raft, 4 to 7. */
export async function raftMutants(): Promise<readonly StageMutants[]> {
  return Promise.all(raftStages.map(async (stage) => ({ stage, ...(await loadMutants(stage)) })))
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
