import type { Bug } from "#suite"
import { bugsOfParts } from "./bugs-parts.ts"
import { bugsOfRun } from "./bugs-run.ts"

export const bugs: readonly Bug[] = [...bugsOfParts, ...bugsOfRun]
