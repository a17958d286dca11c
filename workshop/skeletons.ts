import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import { filesIn, sourcesIn } from "./files.ts"
import { stages, folder, root, type Stage } from "./stages.ts"

/**
 * The skeletons as they were shipped, in one JSON file of path and text. `reset` brings them back and the board knows
 * by them what was started, also where there is no git history (a downloaded archive, a shallow clone).
 * `npm run skeletons` writes the file anew; a test compares it with `projects/`.
 */
export const skeletonFile: string = join(root, "workshop", "skeletons.json")

export type Skeletons = Readonly<Record<string, string>>

export function readSkeletons(): Skeletons {
  return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(skeletonFile, "utf8")))
}

/** What `projects/` holds now, in the form of the file. */
export function currentSkeletons(): Skeletons {
  const shared = ["projects/not-implemented.ts"]
  const paths = [...shared, ...stages.flatMap((stage) => filesIn(folder("projects", stage)))]
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]))
}

/** The program files of one stage that differ from the skeleton, or were added to it. */
export function changedFiles(stage: Stage, skeletons: Skeletons = readSkeletons()): readonly string[] {
  return sourcesIn(folder("projects", stage)).filter(
    (path) => readFileSync(join(root, path), "utf8") !== skeletons[path],
  )
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(skeletonFile, JSON.stringify(currentSkeletons(), null, 1) + "\n")
  process.stdout.write(`wrote ${skeletonFile}\n`)
}
