import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { filesIn } from "../files.ts"
import { makeTree, type Subject } from "../runner/tree.ts"
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

/**
 * Lays out what a job tests as a tree, whose `projects/` is the skeletons or the (mutated) reference.
 * @param tree  of an earlier job, to be used again: what is the same in both is left alone, and so need not be read anew
 */
export function layOut(job: Job, tree = makeTree(jobName(job).replace(" ", "-"))): Subject {
  const files = contents(job)
  for (const path of filesIn("projects", tree)) if (!files.has(path)) rmSync(join(tree, path))
  for (const [path, text] of files) {
    const file = join(tree, path)
    if (existsSync(file) && readFileSync(file, "utf8") === text) continue
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return { name: jobName(job), tree, kind: "projects" }
}

/** The files of a job's `projects/`, by path. */
function contents(job: Job): Map<string, string> {
  if (job.kind === "skeleton") return new Map(Object.entries(readSkeletons()))
  const files = new Map<string, string>()
  for (const path of filesIn("solutions"))
    files.set(path.replace(/^solutions/, "projects"), readFileSync(join(root, path), "utf8"))
  const mutant = job.kind === "bug" ? job.bug : job.kind === "variant" ? job.variant : undefined
  for (const edit of mutant ? [mutant.edit].flat() : []) {
    const path = `${folder("projects", job.stage)}/${edit.file ?? "index.ts"}`
    const where = `${jobName(job)}, in ${edit.file ?? "index.ts"}`
    const text = files.get(path)
    if (text === undefined) throw new Error(`${where}: there is no such file`)
    files.set(path, applyEdits(text, [edit], where))
  }
  return files
}
