import { rmSync } from "node:fs"
import { join } from "node:path"
import { foundations } from "../files.ts"
import { copySources, type Foundation } from "../runner/tree.ts"
import { folder, root, type Stage } from "../stages.ts"

/**
 * The projects whose suites share a process with what they test, or start its programs: a search calls its Raft a million
 * times, and servers are processes. Whoever hands in such a project is trusted as anybody whose program one runs.
 */
export const needsTrust = ({ n }: Stage): boolean => n >= 8

/** Puts the reference in the place of the projects that a submission's stands on: its programs find them there. */
export function putReferenceUnder(stage: Stage, tree: string, on: Foundation): void {
  if (on === "mine") return
  for (const earlier of foundations(stage)) {
    const there = join(tree, folder("projects", earlier))
    rmSync(there, { recursive: true, force: true })
    copySources(join(root, folder("solutions", earlier)), there)
  }
}
