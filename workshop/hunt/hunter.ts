import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { Attempts, type Heritage } from "../runner/attempts.ts"
import { byId, type CheckOutcome, type Outcome } from "../runner/outcome.ts"
import { moduleOf, type Subject } from "../runner/tree.ts"
import type { Stage } from "../stages.ts"
import { convincing, usual, type CheckInfo, type RunSettings, type Usual } from "../suite/protocol.ts"
import { bundleSuite, SubjectBundler, type BundledSuite } from "./bundle.ts"
import type { Order, Report } from "./child.ts"

/** How an attempt ended: with the checks it knew of when its process died, or `undefined` when all of them were run. */
type Ending = readonly CheckInfo[] | undefined

export interface SuiteRun {
  readonly settings: Omit<RunSettings, keyof Heritage>
  readonly onCheck?: (check: CheckOutcome) => void
  /** Ends the run, with what is decided by then. */
  readonly signal?: AbortSignal
  readonly env?: NodeJS.ProcessEnv
}

/**
 * Runs suites as bundles, without Vitest, which takes longer to start than most planted bugs live. The checks are the
 * same as with `SuiteRunner`. Each run has a fresh process of its own, so that nothing of one subject reaches the next.
 */
export class Hunter {
  readonly #folder: string
  readonly #suites = new Map<Stage, Promise<BundledSuite>>()
  readonly #subjects = new SubjectBundler()
  /** What a file checks is known once it was loaded. */
  readonly #checksOf = new Map<string, readonly CheckInfo[]>()

  readonly #more: (stage: Stage) => readonly string[]

  /**
   * @param folder  where the bundles may lie, below the repository: they import its packages
   * @param more    files with further checks of a stage
   */
  constructor(folder: string, more: (stage: Stage) => readonly string[] = () => []) {
    this.#folder = folder
    this.#more = more
  }

  /** Hunts a planted bug: runs the checks of the rules that it breaks, until one of them fails. */
  hunt(stage: Stage, subject: Subject, breaks: readonly number[], thoroughness = 1): Promise<Outcome> {
    return this.#runOn(stage, subject, { hunt: breaks, thoroughness })
  }

  /** Runs all checks. */
  check(stage: Stage, subject: Subject, settings: Partial<Usual>): Promise<Outcome> {
    return this.#runOn(stage, subject, settings)
  }

  async #runOn(stage: Stage, subject: Subject, settings: Partial<Usual>): Promise<Outcome> {
    const module = moduleOf(subject, stage)
    const bundle = await this.#subjects.bundle(module)
    const where = { module, bundle, tree: subject.tree, stage: stage.n, conditions: [] }
    const checks = await this.run(stage, { settings: { ...usual, ...settings, ...where } })
    return { stage: stage.n, subject: subject.name, checks }
  }

  /** Runs a suite on a bundle: all of it, or until what is hunted for is found. */
  async run(stage: Stage, { settings, onCheck, signal, env }: SuiteRun): Promise<readonly CheckOutcome[]> {
    const suite = await this.#suite(stage)
    const attempts = new Attempts(onCheck)
    await attempts.untilDone(async (heritage) => {
      if (signal?.aborted || (settings.hunt && foundIn(attempts.checks))) return undefined
      const order = { settings: { ...settings, ...heritage }, files: this.#filesFor(suite, settings.hunt) }
      return this.#attempt(start(suite, env), order, attempts, signal)
    })
    return attempts.checks
  }

  /** All checks of a suite, without running any. */
  async list(stage: Stage): Promise<readonly CheckInfo[]> {
    const { child, files } = await this.#suite(stage)
    const nothing = "data:text/javascript,"
    const where = { module: child, bundle: nothing, tree: this.#folder, stage: stage.n, conditions: [] }
    await this.run(stage, { settings: { ...usual, ...where, hunt: [] } })
    return files.flatMap((file) => this.#checksOf.get(file) ?? []).toSorted(byId)
  }

  async close(): Promise<void> {
    await this.#subjects.close()
  }

  #suite(stage: Stage): Promise<BundledSuite> {
    const known = this.#suites.get(stage)
    if (known) return known
    const suite = bundleSuite(stage, join(this.#folder, stage.name), this.#more(stage))
    this.#suites.set(stage, suite)
    return suite
  }

  async #attempt(
    child: ChildProcess,
    order: Order,
    attempts: Attempts,
    signal?: AbortSignal,
  ): Promise<Ending> {
    const died = once(child, "close") // with all that it told before
    const kill = () => {
      killGroup(child)
    }
    signal?.addEventListener("abort", kill)
    const checks: CheckInfo[] = []
    let end: { readonly broken?: string } | undefined
    child.on("message", (report: Report) => {
      if ("checks" in report) {
        checks.push(...report.checks)
        this.#checksOf.set(report.file, report.checks)
      } else if ("decided" in report) {
        attempts.decide(report.decided)
      } else {
        end = report
        kill() // and with it all that the subject left running
      }
    })
    child.send(order)
    await died
    kill()
    signal?.removeEventListener("abort", kill)
    if (end?.broken !== undefined) throw new Error(`the suite itself is broken:\n${end.broken}`)
    return end || signal?.aborted ? undefined : checks
  }

  #filesFor({ files }: BundledSuite, hunt: readonly number[] | null): readonly string[] {
    if (!hunt) return files
    return files.filter((file) => {
      const checks = this.#checksOf.get(file)
      return !checks || checks.some(({ rules }) => rules.some((rule) => hunt.includes(rule)))
    })
  }
}

function foundIn(checks: readonly CheckOutcome[]): boolean {
  return checks.some(({ failure }) => failure && convincing.has(failure.kind))
}

/** The process has a group of its own, so that it can be ended with all that came of it. */
function start({ child }: BundledSuite, env?: NodeJS.ProcessEnv): ChildProcess {
  return fork(child, {
    execArgv: ["--no-warnings"],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    detached: true,
    ...(env && { env }),
  })
}

/** Ends a whole group by the process that leads it. It may be gone already. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // it is gone already
  }
}
