import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Writable } from "node:stream"
import { defaultServerConditions } from "vite"
import { BaseSequencer, createVitest, type TestCase, type TestSpecification, type Vitest } from "vitest/node"
import { sourcesIn } from "../files.ts"
import { kit } from "../sealed/kit.ts"
import { SealedSuites } from "../sealed/suites.ts"
import { folder, root, scratch, type Stage } from "../stages.ts"
import { usual, type CheckInfo, type Failure, type RunSettings, type Usual } from "../suite/protocol.ts"
import { Attempts } from "./attempts.ts"
import type { CheckOutcome, Outcome } from "./outcome.ts"
import { moduleOf, type Subject } from "./tree.ts"

/** What a run tells while it goes on. */
export interface Listener {
  onCheck?: (check: CheckOutcome) => void
  /** What the person's code printed, and in which check. */
  onOutput?: (text: string, check: string | undefined) => void
}

export interface RunOptions {
  readonly listener?: Listener
  /** What of the usual settings is another one. */
  readonly settings?: Partial<Omit<Usual, "hunt" | "bundle">>
}

/** Suites run file by file in the order of their names, so that the output reads like the spec. */
class ByName extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId)))
  }
}

/**
 * Runs hidden suites. One Vitest stays alive for any number of runs, since starting it costs more than most suites;
 * each run has a fresh process of its own, so that nothing of one subject reaches the next.
 */
export class SuiteRunner {
  /** What is written straight to the process' own output, past the console. */
  readonly #sink = new Writable({
    write: (chunk: Buffer | string, _, done) => {
      this.#listener.onOutput?.(String(chunk), undefined)
      done()
    },
  })
  #vitest: Vitest | undefined
  #listener: Listener = {}
  #attempts = new Attempts()
  #broken: string[] = []
  readonly #read = new Map<string, string>()
  readonly #conditions: readonly string[]
  readonly #sealed = kit && new SealedSuites()

  private constructor(conditions: readonly string[]) {
    this.#conditions = conditions
  }

  /** @param conditions  the import conditions of every run, see `conditionsFor` */
  static async create(conditions: readonly string[] = []): Promise<SuiteRunner> {
    mkdirSync(scratch, { recursive: true })
    const runner = new SuiteRunner(conditions)
    runner.#vitest = await createVitest(
      "test",
      {
        config: false,
        root,
        watch: false,
        include: ["tests/*/*.test.ts"],
        reporters: [
          {
            onTestCaseResult: (test) => {
              runner.#decide(test)
            },
            onTestModuleEnd: (module) => {
              runner.#broken.push(...module.errors().map((error) => error.stack ?? error.message))
            },
            onUserConsoleLog: ({ content, taskId = "" }) => {
              const check = runner.#vitest?.state.idMap.get(taskId)?.name.split(" ")[0]
              runner.#listener.onOutput?.(content, check)
            },
          },
        ],
        pool: "forks",
        execArgv: ["--no-warnings"], // Node's own remarks about promises would stand between the results
        isolate: false,
        fileParallelism: false,
        maxWorkers: 1,
        sequence: { sequencer: ByName },
        dangerouslyIgnoreUnhandledErrors: true,
      },
      {
        ssr: { resolve: { conditions: [...conditions, ...defaultServerConditions] } },
        logLevel: "silent",
        ...(runner.#sealed && { plugins: [runner.#sealed.plugin] }),
      },
      { stdout: runner.#sink, stderr: runner.#sink },
    )
    return runner
  }

  /** Runs one stage's suite. A process that dies takes one check with it: the rest go on in a new one. */
  async run(
    stage: Stage,
    subject: Subject,
    { listener = {}, settings = {} }: RunOptions = {},
  ): Promise<Outcome> {
    this.#listener = listener
    this.#attempts = new Attempts(listener.onCheck)
    this.#invalidate(subject)
    const run = {
      ...usual,
      ...settings,
      module: moduleOf(subject, stage),
      tree: subject.tree,
      stage: stage.n,
      conditions: this.#conditions,
    }
    await this.#attempts.untilDone((heritage) => this.#attempt(stage, { ...run, ...heritage }))
    return { stage: stage.n, subject: subject.name, checks: this.#attempts.checks }
  }

  async close(): Promise<void> {
    await this.#vitest?.close()
  }

  /** One process' worth of checks: `undefined`, or all of them when it died. */
  async #attempt(stage: Stage, settings: RunSettings): Promise<readonly CheckInfo[] | undefined> {
    const vitest = this.#vitest
    if (!vitest) throw new Error("the runner is closed")
    this.#broken = []
    vitest.provide("run", settings)
    const specifications = await this.#specify(vitest, stage)
    const run = await vitest.runTestSpecifications(specifications, false)
    const ours = new Set(specifications.map(({ moduleId }) => moduleId)) // it also tells of earlier runs' files
    const testModules = run.testModules.filter(({ moduleId }) => ours.has(moduleId))
    if (this.#broken.length > 0) throw new Error(`the suite itself is broken:\n${this.#broken.join("\n")}`)
    const tests = testModules.flatMap((module) => [...module.children.allTests()])
    const open = tests.filter((test) => test.result().state === "pending")
    const finished = testModules.length === specifications.length && open.length === 0
    if (finished && testModules.every((module) => module.state() !== "pending")) return undefined
    return tests.flatMap((test) => test.meta().info ?? [])
  }

  /** The suite's files, which in a kit are none on the disk. */
  async #specify(vitest: Vitest, stage: Stage): Promise<TestSpecification[]> {
    if (!this.#sealed) return vitest.globTestSpecifications([`${root}/${folder("tests", stage)}/`])
    const project = vitest.getRootProject()
    return this.#sealed.open(stage).map((path) => project.createSpecification(path))
  }

  /** The runner keeps what it read of files, which would cost half of a run; a person changes them between two runs. */
  #invalidate({ tree }: Subject): void {
    for (const path of ["projects", "solutions"].flatMap((kind) => sourcesIn(kind, tree))) {
      const file = join(tree, path)
      const text = readFileSync(file, "utf8")
      if (this.#read.get(file) === text) continue
      this.#read.set(file, text)
      this.#vitest?.invalidateFile(file)
    }
  }

  #decide(test: TestCase): void {
    const { info, failure } = test.meta()
    const { state, errors } = test.result()
    if (!info || (state !== "passed" && state !== "failed")) return
    const unexplained: Failure = {
      kind: "harness",
      summary: errors?.[0]?.message ?? "failed without a message",
    }
    this.#attempts.decide({ ...info, failure: state === "failed" ? (failure ?? unexplained) : undefined })
  }
}
