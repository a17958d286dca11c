import { existsSync, readFileSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import * as z from "zod"
import { filesIn, hashOf } from "../files.ts"
import { loadMutants, originOf, readBugs } from "../link/mutants.ts"
import { raftStages } from "../sealed/rafts.ts"
import { readSpec } from "../spec.ts"
import { applyEdits } from "../suite/mutants.ts"
import type { CheckInfo } from "../suite/protocol.ts"
import { root, stages, UsageError, type Stage } from "../stages.ts"

/**
 * An instructor's own folder. In it, each of these if it is there:
 * - `grading.json`: what a project is worth, when it is due, a shift for the seeds (see `scheme.ts`);
 * - `checks/NN-name/*.test.ts`: further checks of a project;
 * - `bugs/NN-name.ts`: further planted bugs of projects 4 to 7, for the students' own checks in project 8.
 */
export interface Private {
  readonly folder: string
  readonly checks: (stage: Stage) => readonly string[]
  /** SHA-256 of all that is in it. */
  readonly digest: string
}

export const nothingPrivate: Private = { folder: "", checks: () => [], digest: "" }

/** @throws UsageError when there is no such folder, or nothing in it that would be used */
export function openPrivate(path: string): Private {
  const folder = resolve(path)
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new UsageError(`--private ${path}: there is no such folder`)
  }
  const files = filesIn(".", folder).map((file) => file.replace(/^\.\//, ""))
  const used = files.filter((file) => isUsed(file))
  const unused = files.find(
    (file) => /^(checks|bugs)\//.test(file) && /\.test\.ts$|^bugs\/[^/]*\.ts$/.test(file) && !isUsed(file),
  )
  if (unused !== undefined) {
    throw new UsageError(
      `--private ${path}: ${unused} would not be used; it takes checks/NN-name/*.test.ts and bugs/NN-name.ts, such as 04-the-log`,
    )
  }
  if (used.length === 0) {
    throw new UsageError(
      `--private ${path}: there is no grading.json, checks/NN-name/*.test.ts or bugs/NN-name.ts in it`,
    )
  }
  const taken = used.find((file) => isTaken(file))
  if (taken !== undefined) {
    throw new UsageError(
      `--private ${path}: ${taken}: a file of ours has that name, too; give it another one`,
    )
  }
  return {
    folder,
    checks: ({ name }) =>
      used.filter((file) => file.startsWith(`checks/${name}/`)).map((file) => join(folder, file)),
    digest: hashOf(
      files.filter((each) => !each.startsWith(".git/")),
      folder,
    ),
  }
}

/**
 * What broke a suite, when something was added to it: then that is the likely reason, and there is no need of a stack.
 * @returns a UsageError in its place; or the error itself when nothing was added
 */
export function explainBroken(error: unknown, stage: Stage, { folder }: Private): unknown {
  if (folder === "" || !(error instanceof Error)) return error
  const noise = /^\s+at |^(Error: )?Build failed|^the suite itself is broken/
  const lines = error.message.split("\n").filter((line) => line !== "" && !noise.test(line))
  const what = lines.map((line) => line.replace(/^.*?ERROR: /, (at) => at.replace("ERROR: ", "")))
  return new UsageError(
    `--private ${folder}: with it, the suite of project ${String(stage.n)} is broken:\n${what.join("\n")}`,
  )
}

const bugFile = z.array(
  z.object({
    id: z.string().regex(/^[a-z0-9-]+$/),
    what: z.string(),
    breaks: z.array(z.int()),
    edit: z.unknown(),
  }),
)

/** @throws UsageError when a planted bug is not one: before an hour is spent on a class */
export async function requireBugs({ folder }: Private): Promise<void> {
  if (folder === "") return
  for (const stage of raftStages) {
    const file = join(folder, "bugs", `${stage.name}.ts`)
    if (existsSync(file)) await requireBugsOf(stage, file)
  }
}

async function requireBugsOf(stage: Stage, file: string): Promise<void> {
  try {
    const bugs = await readBugs(file)
    const wrong = bugFile.safeParse(bugs).error?.issues[0]
    if (wrong) throw new Error(`bugs.${wrong.path.join(".")}: ${wrong.message}`)
    const known = new Set((await loadMutants(stage)).bugs.map(({ id }) => id))
    for (const bug of bugs) {
      if (known.has(bug.id)) throw new Error(`there is a bug named ${bug.id} already`)
      known.add(bug.id)
      for (const [path, edits] of Object.entries(originOf(stage, bug).edits ?? {}))
        applyEdits(readFileSync(join(root, path), "utf8"), edits, `${bug.id}, in ${path}`)
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${file}: ${reason}; docs/grading.md shows what it takes`)
  }
}

/** @throws UsageError when an added check has an id that is taken, or names a rule that there is not */
export function requireSound(stage: Stage, checks: readonly CheckInfo[], { folder }: Private): void {
  if (folder === "") return
  const ids = checks.map(({ id }) => id)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  const known = new Set(readSpec(stage).rules.map(({ number }) => number))
  const lost = checks.find(({ rules }) => rules.some((rule) => !known.has(rule)))
  const which = `--private ${folder}: project ${String(stage.n)}`
  if (twice !== undefined)
    throw new UsageError(
      `${which}: there are two checks ${twice}; give yours a letter that no group of ours has`,
    )
  if (lost) throw new UsageError(`${which}: check ${lost.id} names a rule that its README does not have`)
}

function isUsed(file: string): boolean {
  if (file === "grading.json" || raftStages.some(({ name }) => file === `bugs/${name}.ts`)) return true
  return stages.some(({ name }) => file.startsWith(`checks/${name}/`) && file.endsWith(".test.ts"))
}

/** A suite's files are bundled into one folder. */
function isTaken(file: string): boolean {
  return file.startsWith("checks/") && existsSync(join(root, file.replace("checks/", "tests/")))
}
