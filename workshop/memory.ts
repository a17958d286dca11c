import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import { foundations, hashOf, sourcesIn } from "./files.ts"
import { suiteSources } from "./sealed/suites.ts"
import { score, type Outcome } from "./runner/outcome.ts"
import type { Foundation } from "./runner/tree.ts"
import { folder, scratch, type Stage } from "./stages.ts"

/**
 * What the command remembers between calls, in `.workshop/memory.json`: the last result of each stage on the person's
 * own projects, and how many hints were seen. Losing the file loses nothing else.
 */

const remembered = z.object({
  passed: z.number(),
  total: z.number(),
  points: z.number(),
  maxPoints: z.number(),
  on: z.enum(["mine", "reference"]),
  /** The first check that failed. */
  next: z.string().optional(),
  /** Of the files the result is about. */
  fingerprint: z.string(),
})
const schema = z.object({
  results: z.record(z.string(), remembered),
  hints: z.record(z.string(), z.number()),
})

export type Remembered = z.infer<typeof remembered>
type Memory = z.infer<typeof schema>

const file = join(scratch, "memory.json")

function load(): Memory {
  const empty: Memory = { results: {}, hints: {} }
  if (!existsSync(file)) return empty
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")))
  } catch {
    return empty // an old or damaged file: results come back with the next run
  }
}

function save(memory: Memory): void {
  mkdirSync(scratch, { recursive: true })
  const fresh = `${file}.${String(process.pid)}`
  writeFileSync(fresh, JSON.stringify(memory, null, 2))
  renameSync(fresh, file)
}

export function rememberOutcome(stage: Stage, on: Foundation, outcome: Outcome): void {
  const memory = load()
  const { passed, failed, points, maxPoints } = score(outcome)
  const next = outcome.checks.find(({ failure }) => failure)
  memory.results[stage.n] = {
    passed,
    total: passed + failed,
    points,
    maxPoints,
    on,
    ...(next && { next: `${next.id} ${next.title}` }),
    fingerprint: fingerprint(stage, on),
  }
  save(memory)
}

export interface Recollection extends Remembered {
  /** True when the files changed since. */
  readonly stale: boolean
}

export function recall(stage: Stage): Recollection | undefined {
  const result = load().results[stage.n]
  return result && { ...result, stale: result.fingerprint !== fingerprint(stage, result.on) }
}

export function forget(stage: Stage): void {
  const { [stage.n]: _, ...results } = load().results
  save({ ...load(), results })
}

/** How many hints of a stage were seen. */
export function hintsSeen(stage: Stage): number {
  return load().hints[stage.n] ?? 0
}

export function rememberHints(stage: Stage, seen: number): void {
  const memory = load()
  memory.hints[stage.n] = seen
  save(memory)
}

/** A hash over the files that a result depends on: the project, what it stands on, and the suite. */
function fingerprint(stage: Stage, on: Foundation): string {
  const below = on === "mine" ? foundations(stage) : []
  const own = [...below, stage].flatMap((each) => sourcesIn(folder("projects", each)))
  return hashOf([...own, ...suiteSources(stage)]).slice(0, 16)
}
