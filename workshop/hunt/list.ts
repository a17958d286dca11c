import { fork } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { root, type Stage } from "../stages.ts"
import { usual, type CheckInfo, type RunSettings } from "../suite/protocol.ts"
import { bundleSuite } from "./bundle.ts"
import type { Order, Report } from "./child.ts"

/**
 * The checks of a stage's suite, in its order, as they tell of themselves. None of them runs, and no project is loaded.
 * @param to  where the bundled suite may lie, below the repository: it imports its packages
 */
export async function listChecks(stage: Stage, to: string): Promise<readonly CheckInfo[]> {
  const { child, files } = await bundleSuite(stage, to)
  const settings: RunSettings = {
    ...usual,
    module: join(root, "nothing is tested"),
    tree: root,
    stage: stage.n,
    conditions: [],
    decided: [],
    progressFile: join(to, "progress"),
    unloadable: { kind: "load", summary: "the checks are only listed" },
    hunt: [], // no rule is hunted: every check is skipped
    impatient: false,
  }
  const listing = fork(child, { execArgv: ["--no-warnings"], stdio: ["ignore", "ignore", "inherit", "ipc"] })
  const died = once(listing, "close")
  const checks: CheckInfo[] = []
  const ends: (string | undefined)[] = []
  listing.on("message", (report: Report) => {
    if ("checks" in report) checks.push(...report.checks)
    if (!("over" in report)) return
    ends.push(report.broken)
    listing.kill()
  })
  listing.send({ settings, files } satisfies Order)
  await died
  const problem = ends.length === 0 ? "its process died" : ends[0]
  if (problem !== undefined)
    throw new Error(`the suite of project ${String(stage.n)} cannot be listed: ${problem}`)
  return checks
}
