import { rmSync } from "node:fs"
import { join } from "node:path"
import { Hunter } from "../hunt/hunter.ts"
import { makeTree } from "../runner/tree.ts"
import { SuiteRunner } from "../runner/suite-runner.ts"
import type { Outcome } from "../runner/outcome.ts"
import { layOut, type Job } from "./jobs.ts"

export interface Effort {
  /** Ten times more random seeds than usual, and on variants also what takes long. */
  readonly full: boolean
  /** How many times longer than usual something may take, unless a bug is hunted. */
  readonly leniency: number
  /** Whether everything but planted bugs runs as a person's project does: by Vitest, which takes longer to start. */
  readonly asPerson?: boolean
}

/** What a lane is told. */
export interface LaneTask {
  readonly job: Job
  readonly effort: Effort
}

/** What a lane answers to a job: the suite's result, or why it could not run. */
export type LaneAnswer = { readonly outcome: Outcome } | { readonly error: string }

// A lane is a process that runs one job after the other, in one tree; there is one for every core.
const runner = await SuiteRunner.create()
const tree = makeTree("lane", true)
const hunter = new Hunter(join(tree, "hunts"))

process.on("message", ({ job, effort }: LaneTask) => {
  void run(job, effort).then((answer) => process.send?.(answer))
})
process.on("disconnect", () => {
  rmSync(tree, { recursive: true, force: true })
  void Promise.all([runner.close(), hunter.close()]).finally(() => process.exit())
})

async function run(job: Job, { full, leniency, asPerson }: Effort): Promise<LaneAnswer> {
  try {
    const subject = layOut(job, tree)
    const thoroughness = full ? 10 : 1
    if (job.kind === "bug")
      return { outcome: await hunter.hunt(job.stage, subject, job.bug.breaks, thoroughness) }
    const settings = { brief: job.kind === "variant" && !full, thoroughness, leniency }
    const outcome =
      job.kind === "variant" && !asPerson
        ? await hunter.check(job.stage, subject, settings)
        : await runner.run(job.stage, subject, { settings })
    return { outcome }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
