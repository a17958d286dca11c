import { fork } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { Attempts } from "../runner/attempts.ts"
import type { Outcome } from "../runner/outcome.ts"
import { moduleOf, type Subject } from "../runner/tree.ts"
import type { Stage } from "../stages.ts"
import { convincing, usual, type CheckInfo, type RunSettings } from "../suite/protocol.ts"
import { bundleSuite, SubjectBundler, type BundledSuite } from "./bundle.ts"
import type { Order, Report } from "./child.ts"

/** How a hunt goes on after its process died, or did not. */
type Ending = readonly CheckInfo[] | undefined

/**
 * Hunts planted bugs: runs the checks of the rules that a bug breaks, until one of them fails. The same checks as
 * `SuiteRunner` runs, without Vitest, which takes longer to start than most bugs live. Each hunt has a fresh process of
 * its own, too, so that nothing of one bug reaches the next.
 */
export class Hunter {
  readonly #folder: string
  readonly #suites = new Map<Stage, Promise<BundledSuite>>()
  readonly #subjects = new SubjectBundler()
  /** Which rules a file checks is known once it was run. */
  readonly #rulesOf = new Map<string, ReadonlySet<number>>()

  /** @param folder  where the bundles may lie, below the repository: they import its packages */
  constructor(folder: string) {
    this.#folder = folder
  }

  async hunt(stage: Stage, subject: Subject, breaks: readonly number[], thoroughness = 1): Promise<Outcome> {
    const suite = await this.#suite(stage)
    const module = moduleOf(subject, stage)
    const bundle = await this.#subjects.bundle(module)
    const run = { ...usual, module, bundle, tree: subject.tree, stage: stage.n, conditions: [], hunt: breaks }
    const attempts = new Attempts()
    await attempts.untilDone(async (heritage) => {
      if (attempts.checks.some(({ failure }) => failure && convincing.has(failure.kind))) return undefined
      return this.#attempt(suite, { ...run, thoroughness, ...heritage }, attempts)
    })
    return { stage: stage.n, subject: subject.name, checks: attempts.checks }
  }

  async close(): Promise<void> {
    await this.#subjects.close()
  }

  #suite(stage: Stage): Promise<BundledSuite> {
    const known = this.#suites.get(stage)
    if (known) return known
    const suite = bundleSuite(stage, join(this.#folder, stage.name))
    this.#suites.set(stage, suite)
    return suite
  }

  async #attempt({ child, files }: BundledSuite, settings: RunSettings, attempts: Attempts): Promise<Ending> {
    const hunt = fork(child, {
      execArgv: ["--no-warnings"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    })
    const died = once(hunt, "close") // with all that it told before
    const checks: CheckInfo[] = []
    let end: { readonly broken?: string } | undefined
    hunt.on("message", (report: Report) => {
      if ("checks" in report) {
        checks.push(...report.checks)
        this.#rulesOf.set(report.file, new Set(report.checks.flatMap(({ rules }) => rules)))
      } else if ("decided" in report) {
        attempts.decide(report.decided)
      } else {
        end = report
        hunt.kill("SIGKILL") // and with it all that the bug left running
      }
    })
    hunt.send({ settings, files: files.filter((file) => this.#concerns(file, settings)) } satisfies Order)
    await died
    if (end?.broken !== undefined) throw new Error(`the suite itself is broken:\n${end.broken}`)
    return end ? undefined : checks
  }

  #concerns(file: string, { hunt }: RunSettings): boolean {
    const rules = this.#rulesOf.get(file)
    return !hunt || !rules || hunt.some((rule) => rules.has(rule))
  }
}
