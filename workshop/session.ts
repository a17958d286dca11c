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
import type { Stage } from "./stages.ts"
import type { TypeProblem } from "./types-check.ts"
import { Types } from "./types.ts"

export interface SessionResult {
  readonly outcome: Outcome
  /** Comes a little later than the outcome: there is no need to wait for it before showing that. */
  readonly types: Promise<readonly TypeProblem[]>
}

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
  async run(listener: Listener = {}, seed: number | null = null): Promise<SessionResult> {
    if (!this.#runner) throw new Error("the session is not open")
    const types = this.#firstTypes ?? this.#types?.check() ?? Promise.resolve([])
    this.#firstTypes = undefined
    const outcome = await this.#runner.run(this.stage, this.subject, {
      listener,
      settings: { seed },
    })
    // A run of one seed says nothing of the others.
    if (this.subject.name === "projects" && seed === null) rememberOutcome(this.stage, this.on, outcome)
    return { outcome, types }
  }

  async close(): Promise<void> {
    this.#types?.close()
    await this.#runner?.close()
    removeTree(this.subject)
  }
}
