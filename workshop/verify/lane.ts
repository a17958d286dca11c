import { removeTree } from "../runner/tree.ts"
import { SuiteRunner } from "../runner/suite-runner.ts"
import type { Outcome } from "../runner/outcome.ts"
import { layOut, type Job } from "./jobs.ts"

/** What a lane is told: a job, and how many times more random seeds than usual to try. */
export interface LaneTask {
  readonly job: Job
  readonly thoroughness: number
}

/** What a lane answers to a job: the suite's result, or why it could not run. */
export type LaneAnswer = { readonly outcome: Outcome } | { readonly error: string }

// A lane is a process that runs one job after the other; there is one for every core.
const runner = await SuiteRunner.create()

process.on("message", ({ job, thoroughness }: LaneTask) => {
  void run(job, thoroughness).then((answer) => process.send?.(answer))
})
process.on("disconnect", () => {
  void runner.close().finally(() => process.exit())
})

async function run(job: Job, thoroughness: number): Promise<LaneAnswer> {
  try {
    const subject = layOut(job)
    const outcome = await runner.run(job.stage, subject, {
      hunt: job.kind === "bug" ? job.bug.breaks : null,
      thoroughness,
      // What is correct returns, but this machine may be busy with the other lanes.
      leniency: job.kind === "bug" ? 1 : 5,
    })
    removeTree(subject)
    return { outcome }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
