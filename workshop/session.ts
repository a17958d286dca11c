import { join } from "node:path"
import { readFileSync } from "node:fs"
import { rememberOutcome, recall, sourcesIn } from "./memory.ts"
import type { Outcome } from "./runner/outcome.ts"
import { SuiteRunner, type Listener } from "./runner/suite-runner.ts"
import { conditionsFor, findSubject, sweepTrees, type Foundation, type Subject } from "./runner/tree.ts"
import { availableStages, folder, root, type Stage } from "./stages.ts"
import type { TypeProblem } from "./types-check.ts"
import { Types } from "./types.ts"

export interface SessionResult {
  readonly outcome: Outcome
  readonly types: readonly TypeProblem[]
}

/** Runs one stage's suite on one subject, as often as asked; the first run is the slow one. */
export class Session {
  readonly stage: Stage
  readonly subject: Subject
  readonly on: Foundation
  readonly #runner: SuiteRunner
  readonly #types: Types

  static async open(stage: Stage, subjectName: string, on: Foundation): Promise<Session> {
    sweepTrees()
    const subject = findSubject(subjectName, stage)
    const conditions = conditionsFor(subject, stage, on)
    const runner = await SuiteRunner.create(conditions)
    return new Session(stage, subject, on, runner, new Types(stage, subject, conditions))
  }

  private constructor(stage: Stage, subject: Subject, on: Foundation, runner: SuiteRunner, types: Types) {
    this.stage = stage
    this.subject = subject
    this.on = on
    this.#runner = runner
    this.#types = types
  }

  /** Runs the suite and the type check side by side, and remembers the result of the person's own projects. */
  async run(listener: Listener = {}, withTypes = true): Promise<SessionResult> {
    const types = withTypes ? this.#types.check() : Promise.resolve([])
    const outcome = await this.#runner.run(this.stage, this.subject, listener)
    if (this.subject.name === "projects") rememberOutcome(this.stage, this.on, outcome)
    return { outcome, types: await types }
  }

  async close(): Promise<void> {
    this.#types.close()
    await this.#runner.close()
  }
}

/** The earlier stages that a person's project imports, directly or through another. */
export function foundations(stage: Stage): readonly Stage[] {
  const found = new Set<Stage>()
  const visit = (from: Stage): void => {
    for (const path of sourcesIn(folder("projects", from))) {
      for (const [, name] of readFileSync(join(root, path), "utf8").matchAll(/["']#(\d\d-[a-z-]+)["']/g)) {
        const imported = availableStages.find((candidate) => candidate.name === name)
        if (!imported || found.has(imported) || imported.n >= stage.n) continue
        found.add(imported)
        visit(imported)
      }
    }
  }
  visit(stage)
  return [...found].toSorted((a, b) => a.n - b.n)
}

export function isDone(stage: Stage): boolean {
  const result = recall(stage)
  return result !== undefined && result.total > 0 && result.passed === result.total
}

/** The stage a person is at: the first one that is not done. */
export function currentStage(): Stage | undefined {
  return availableStages.find((stage) => !isDone(stage))
}
