import { rememberOutcome } from "./memory.ts"
import type { Outcome } from "./runner/outcome.ts"
import { SuiteRunner, type Listener } from "./runner/suite-runner.ts"
import { requireSuites } from "./sealed/kit.ts"
import {
  conditionsFor,
  findSubject,
  removeTree,
  sweepTrees,
  type Foundation,
  type Subject,
} from "./runner/tree.ts"
import { UsageError, type Stage } from "./stages.ts"
import type { RunSettings } from "./suite/protocol.ts"
import type { TypeProblem } from "./types-check.ts"
import { Types } from "./types.ts"

export interface SessionResult {
  readonly outcome: Outcome
  /** Comes a little later than the outcome: there is no need to wait for it before showing that. */
  readonly types: Promise<readonly TypeProblem[]>
}

/** What of a suite is run: all of it, where both are `null`. */
export type Part = Pick<RunSettings, "seed" | "only">

export const whole: Part = { seed: null, only: null }

/** Runs one stage's suite on one subject, as often as asked; the first run is the slow one. */
export class Session {
  readonly stage: Stage
  readonly subject: Subject
  readonly on: Foundation
  readonly #types: Types | undefined
  #runner: SuiteRunner | undefined
  #firstTypes: Promise<readonly TypeProblem[]> | undefined

  static async open(
    stage: Stage,
    subjectName: string,
    on: Foundation,
    { withTypes }: { readonly withTypes: boolean },
  ): Promise<Session> {
    requireSuites()
    sweepTrees()
    const subject = findSubject(subjectName, stage)
    const conditions = conditionsFor(subject, stage, on)
    const session = new Session(
      stage,
      subject,
      on,
      withTypes ? new Types(stage, subject, conditions) : undefined,
    )
    session.#runner = await SuiteRunner.create(conditions)
    return session
  }

  private constructor(stage: Stage, subject: Subject, on: Foundation, types: Types | undefined) {
    this.stage = stage
    this.subject = subject
    this.on = on
    this.#types = types
    this.#firstTypes = types?.check() // at once: the compiler starts up while the test runner does
  }

  /** Runs the suite beside the type check, and remembers the result of the person's own projects. */
  async run(listener: Listener, settings: Part): Promise<SessionResult> {
    if (!this.#runner) throw new Error("the session is not open")
    const types = this.#firstTypes ?? this.#types?.check() ?? Promise.resolve([])
    this.#firstTypes = undefined
    const outcome = await this.#runner.run(this.stage, this.subject, {
      listener,
      settings,
    })
    if (settings.only !== null && outcome.checks.length === 0) throw noSuchCheck(this.stage, settings.only)
    // A run of one seed, or of some checks, says nothing of the others.
    const isWhole = settings.seed === null && settings.only === null
    if (this.subject.name === "projects" && isWhole) rememberOutcome(this.stage, this.on, outcome)
    return { outcome, types }
  }

  async close(): Promise<void> {
    this.#types?.close()
    await this.#runner?.close()
    removeTree(this.subject)
  }
}

function noSuchCheck({ n }: Stage, only: string): UsageError {
  const example = `${String(n)}a`
  return new UsageError(
    `--check ${only}: project ${String(n)} has no such check, and no such group; it takes a check such as ${example}.1, or a group such as ${example}`,
  )
}
