import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { Writable } from "node:stream"
import { defaultServerConditions } from "vite"
import {
  BaseSequencer,
  createVitest,
  type TestCase,
  type TestModule,
  type TestSpecification,
  type Vitest,
} from "vitest/node"
import { sourcesIn } from "../files.ts"
import { folder, root, scratch, type Stage } from "../stages.ts"
import { freshNote, hungNote, loading, type Failure, type RunSettings } from "../suite/protocol.ts"
import { byId, type CheckOutcome, type Outcome } from "./outcome.ts"
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
  readonly settings?: Partial<Usual>
}

/** What a run may do otherwise than usual: see `RunSettings`. */
type Usual = Pick<RunSettings, "hunt" | "brief" | "seed" | "thoroughness" | "leniency">

const usual: Usual = { hunt: null, brief: false, seed: null, thoroughness: 1, leniency: 1 }

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
  static #created = 0
  /** Of this runner alone: two of them may run side by side. */
  readonly #progressFile = join(scratch, `running-${String(process.pid)}-${String(SuiteRunner.#created++)}`)
  /** What is written straight to the process' own output, past the console. */
  readonly #sink = new Writable({
    write: (chunk: Buffer | string, _, done) => {
      this.#listener.onOutput?.(String(chunk), undefined)
      done()
    },
  })
  #vitest: Vitest | undefined
  #listener: Listener = {}
  #settings = usual
  #decided = new Map<string, CheckOutcome>()
  readonly #rulesOf = new Map<string, ReadonlySet<number>>()
  #unloadable: Failure | null = null
  #broken: string[] = []
  readonly #read = new Map<string, string>()
  readonly #conditions: readonly string[]

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
      { ssr: { resolve: { conditions: [...conditions, ...defaultServerConditions] } }, logLevel: "silent" },
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
    this.#settings = { ...usual, ...settings }
    this.#decided = new Map()
    this.#unloadable = null
    this.#invalidate(subject)
    let unexplained = 0
    for (let deaths = 0; ; deaths++) {
      const known = this.#known()
      if (await this.#attempt(stage, subject, deaths)) break
      // Each death decides a check, or tells that the files do not load. A few may come between two checks.
      if (this.#known() === known && ++unexplained > 3) {
        throw new Error("the process that runs the suite died four times, outside any check")
      }
    }
    const checks = [...this.#decided.values()].toSorted(byId)
    return { stage: stage.n, subject: subject.name, checks }
  }

  async close(): Promise<void> {
    await this.#vitest?.close()
    this.#clearNotes()
  }

  /** One process' worth of checks. False when it died and at least one check was decided by that. */
  async #attempt(stage: Stage, subject: Subject, deaths: number): Promise<boolean> {
    const vitest = this.#vitest
    if (!vitest) throw new Error("the runner is closed")
    this.#clearNotes()
    this.#broken = []
    vitest.provide("run", {
      module: moduleOf(subject, stage),
      tree: subject.tree,
      stage: stage.n,
      conditions: this.#conditions,
      decided: [...this.#decided.keys()],
      progressFile: this.#progressFile,
      unloadable: this.#unloadable,
      impatient: deaths > 0,
      ...this.#settings,
    })
    const files = await vitest.globTestSpecifications([`${root}/${folder("tests", stage)}/`])
    const specifications = files.filter(({ moduleId }) => this.#concerns(moduleId))
    const run = await vitest.runTestSpecifications(specifications, false)
    const ours = new Set(specifications.map(({ moduleId }) => moduleId)) // it also tells of earlier runs' files
    const testModules = run.testModules.filter(({ moduleId }) => ours.has(moduleId))
    if (this.#broken.length > 0) throw new Error(`the suite itself is broken:\n${this.#broken.join("\n")}`)
    for (const module of testModules) this.#learnRules(module)
    const tests = testModules.flatMap((module) => [...module.children.allTests()])
    const open = tests.filter((test) => test.result().state === "pending")
    const finished = testModules.length === specifications.length && open.length === 0
    if (finished && testModules.every((module) => module.state() !== "pending")) return true
    this.#blame(tests)
    return false
  }

  /** Whether a file has checks that the hunt is about. Which rules a file checks is known once it was run. */
  #concerns(moduleId: string): boolean {
    const rules = this.#rulesOf.get(moduleId)
    const { hunt } = this.#settings
    return !hunt || !rules || hunt.some((rule) => rules.has(rule))
  }

  #learnRules({ moduleId, children }: TestModule): void {
    const rules = [...children.allTests()].flatMap((test) => test.meta().info?.rules ?? [])
    if (rules.length > 0) this.#rulesOf.set(moduleId, new Set(rules))
  }

  /** Grows with every check that is decided, and when the files turn out not to load. */
  #known(): number {
    return this.#decided.size + (this.#unloadable ? 1 : 0)
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
    const outcome = { ...info, failure: state === "failed" ? (failure ?? unexplained) : undefined }
    this.#decided.set(info.id, outcome)
    this.#listener.onCheck?.(outcome)
  }

  /** The process died. Either the files do not load, or the check it was running failed. */
  #blame(tests: readonly TestCase[]): void {
    const culprit = existsSync(this.#progressFile) ? readFileSync(this.#progressFile, "utf8") : undefined
    const failure: Failure = existsSync(hungNote(this.#progressFile))
      ? { kind: "hung", summary: "your code kept the process busy and never let go: an endless loop?" }
      : { kind: "crashed", summary: "the process died: out of memory, or told to exit?" }
    if (culprit === loading && !this.#unloadable) {
      this.#unloadable = { ...failure, summary: `while your files were loaded, ${failure.summary}` }
      return
    }
    const info = tests.map((test) => test.meta().info).find((candidate) => candidate?.id === culprit)
    if (!info || this.#decided.has(info.id)) return
    const outcome = { ...info, failure }
    this.#decided.set(info.id, outcome)
    this.#listener.onCheck?.(outcome)
  }

  #clearNotes(): void {
    const notes = [this.#progressFile, freshNote(this.#progressFile), hungNote(this.#progressFile)]
    for (const file of notes) rmSync(file, { force: true })
  }
}
