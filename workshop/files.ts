import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { stages, folder, root, type Stage } from "./stages.ts"

/** All files below a folder of a tree, as paths from the tree's root, sorted. */
export function filesIn(path: string, base = root): readonly string[] {
  if (!existsSync(join(base, path))) return []
  return readdirSync(join(base, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(base.length + 1)
        .replaceAll("\\", "/"),
    )
    .toSorted()
}

/** The TypeScript files among them. */
export function sourcesIn(path: string, base = root): readonly string[] {
  return filesIn(path, base).filter((file) => file.endsWith(".ts"))
}

/** SHA-256 of files, with their paths below `base`. */
export function hashOf(paths: readonly string[], base = root): string {
  const hash = createHash("sha256")
  for (const path of paths)
    hash
      .update(path)
      .update("\0")
      .update(readFileSync(join(base, path)))
  return hash.digest("hex")
}

/** The earlier stages that a person's project imports, directly or through another. */
export function foundations(stage: Stage): readonly Stage[] {
  return reached(stage, (from) => sourcesIn(folder("projects", from)))
}

/**
 * The earlier stages that must be there for what a person starts by hand: also those that the examples in the README
 * import, and those that our solutions stand on.
 */
export function grounds(stage: Stage): readonly Stage[] {
  return reached(stage, (from) => [
    ...sourcesIn(folder("projects", from)),
    ...sourcesIn(folder("solutions", from)),
    ...filesIn(`.workshop/reference/${from.name}`), // which is where a kit has them
    ...(from === stage ? [`${folder("projects", from)}/README.md`] : []),
  ])
}

/** The earlier stages that these files of a stage import, and those that theirs import, and so on. */
function reached(stage: Stage, files: (from: Stage) => readonly string[]): readonly Stage[] {
  const found = new Set<Stage>()
  const visit = (from: Stage): void => {
    for (const path of files(from)) {
      for (const [, name] of readFileSync(join(root, path), "utf8").matchAll(/["']#(\d\d-[a-z-]+)["']/g)) {
        const imported = stages.find((candidate) => candidate.name === name)
        if (!imported || found.has(imported) || imported.n >= stage.n) continue
        found.add(imported)
        visit(imported)
      }
    }
  }
  visit(stage)
  return [...found].toSorted((a, b) => a.n - b.n)
}
