import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { copySources, makeTree, type Subject } from "../runner/tree.ts"
import { readSkeletons } from "../skeletons.ts"
import { folder, root, type Stage } from "../stages.ts"
import { applyEdits, type Bug, type Variant } from "../suite/mutants.ts"

/** One run of one suite. */
export type Job = { readonly stage: Stage } & (
  | { readonly kind: "reference" | "skeleton" }
  | { readonly kind: "bug"; readonly bug: Bug }
  | { readonly kind: "variant"; readonly variant: Variant }
)

export function jobName(job: Job): string {
  const what = job.kind === "bug" ? job.bug.id : job.kind === "variant" ? job.variant.id : job.kind
  return `${String(job.stage.n)} ${what}`
}

/** The planted bugs and the variants of a stage. */
export async function loadMutants(
  stage: Stage,
): Promise<{ bugs: readonly Bug[]; variants: readonly Variant[] }> {
  const tests = join(root, folder("tests", stage))
  const { bugs } = (await import(join(tests, "bugs.ts"))) as { bugs: readonly Bug[] }
  const { variants } = (await import(join(tests, "variants.ts"))) as { variants: readonly Variant[] }
  const ids = [...bugs, ...variants].map(({ id }) => id)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice !== undefined) throw new Error(`stage ${String(stage.n)} has two mutants named ${twice}`)
  return { bugs, variants }
}

/** Lays out what a job tests as a tree of its own, whose `projects/` is the skeletons or the (mutated) reference. */
export function layOut(job: Job): Subject {
  const tree = makeTree(jobName(job).replace(" ", "-"))
  if (job.kind === "skeleton") {
    for (const [path, text] of Object.entries(readSkeletons())) {
      mkdirSync(dirname(join(tree, path)), { recursive: true })
      writeFileSync(join(tree, path), text)
    }
  } else copySources(join(root, "solutions"), join(tree, "projects"))
  if (job.kind === "bug") mutate(tree, job.stage, job.bug)
  if (job.kind === "variant") mutate(tree, job.stage, job.variant)
  return { name: jobName(job), tree, kind: "projects" }
}

function mutate(tree: string, stage: Stage, mutant: Bug | Variant): void {
  for (const edit of [mutant.edit].flat()) {
    const path = join(tree, folder("projects", stage), edit.file ?? "index.ts")
    const where = `${String(stage.n)} ${mutant.id}, in ${edit.file ?? "index.ts"}`
    writeFileSync(path, applyEdits(readFileSync(path, "utf8"), [edit], where))
  }
}
