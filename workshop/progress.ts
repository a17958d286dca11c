import { readFileSync } from "node:fs"
import { join } from "node:path"
import { recall, sourcesIn } from "./memory.ts"
import { availableStages, folder, root, type Stage } from "./stages.ts"

/** The earlier stages that a person's project imports, directly or through another. */
export function foundations(stage: Stage): readonly Stage[] {
  const found = new Set<Stage>()
  const visit = (from: Stage): void => {
    for (const path of sourcesIn(folder("projects", from))) {
      for (const [, name] of readFileSync(join(root, path), "utf8").matchAll(/["']#(\d\d-[a-z-]+)["']/g)) {
        const imported = availableStages.find((candidate) => candidate.name === name)
        if (!imported || found.has(imported) || imported.n >= stage.n) continue
        found.add(imported)
        visit(imported)
      }
    }
  }
  visit(stage)
  return [...found].toSorted((a, b) => a.n - b.n)
}

export function isDone(stage: Stage): boolean {
  const result = recall(stage)
  return result !== undefined && result.total > 0 && result.passed === result.total
}

/** The stage a person is at: the first one that is not done. */
export function currentStage(): Stage | undefined {
  return availableStages.find((stage) => !isDone(stage))
}
