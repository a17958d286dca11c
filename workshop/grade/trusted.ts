import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { killAll } from "../hunt/hunter.ts"
import type { CheckOutcome, OutcomeJson } from "../runner/outcome.ts"
import type { Foundation } from "../runner/tree.ts"
import { root, type Stage } from "../stages.ts"
import type { CheckInfo } from "../suite/protocol.ts"

/**
 * The projects whose suites share a process with what they test, or start its programs: a search calls its Raft a million
 * times, and servers are processes. Whoever hands in such a project is trusted as anybody whose program one runs.
 */
export const needsTrust = ({ n }: Stage): boolean => n >= 8

export interface TrustedRun {
  readonly stage: Stage
  /** The folder that has the submission's `projects/`. */
  readonly tree: string
  readonly on: Foundation
  readonly seconds: number
  readonly all: readonly CheckInfo[]
  /** The instructor's own folder; empty: none. */
  readonly private: string
}

/** Runs a suite by `workshop test`, in a process group that is ended with all that is in it. */
export async function runTrusted(run: TrustedRun): Promise<readonly CheckOutcome[]> {
  const { stage, tree, on, seconds, all } = run
  const result = join(tree, "result.json")
  const words = ["test", String(stage.n), "--subject", tree, "--on", on, "--json", result]
  const child = spawn(process.execPath, [join(root, "workshop/bin/workshop.js"), ...words], {
    cwd: root,
    env: { ...process.env, WORKSHOP_PRIVATE: run.private, WORKSHOP_LENIENCY: "5" },
    stdio: "ignore",
    detached: true,
  })
  const timer = setTimeout(() => {
    killAll(child, true)
  }, seconds * 1000)
  await once(child, "close")
  clearTimeout(timer)
  killAll(child, true)
  const { tests } = existsSync(result) ? parse(readFileSync(result, "utf8")) : { tests: [] }
  return all.map((check) => {
    const test = tests.find(({ id }) => id === check.id)
    if (test?.status === "passed") return { ...check, failure: undefined }
    const summary = test?.message ?? `not run: it was over, or had its ${String(seconds)} s, before`
    return { ...check, failure: { kind: "broken" as const, summary } }
  })
}

/** `--json` makes the file before the run: it is empty when the run was broken off. */
function parse(text: string): Pick<OutcomeJson, "tests"> {
  return text === "" ? { tests: [] } : (JSON.parse(text) as OutcomeJson)
}
