import { existsSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import { filesIn, hashOf } from "../files.ts"
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

function isUsed(file: string): boolean {
  if (file === "grading.json") return true
  return stages.some(
    ({ name }) =>
      file === `bugs/${name}.ts` || (file.startsWith(`checks/${name}/`) && file.endsWith(".test.ts")),
  )
}

/** A suite's files are bundled into one folder. */
function isTaken(file: string): boolean {
  return file.startsWith("checks/") && existsSync(join(root, file.replace("checks/", "tests/")))
}
