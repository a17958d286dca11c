import type { CheckInfo, Failure } from "../suite/protocol.ts"

/** A check that ran. */
export interface CheckOutcome extends CheckInfo {
  readonly failure: Failure | undefined
}

/** A suite that ran. */
export interface Outcome {
  readonly stage: number
  readonly subject: string
  /** In the order of their ids. */
  readonly checks: readonly CheckOutcome[]
}

/** The documented form that `--json` writes. `points` of a test is what it is worth. */
export interface OutcomeJson {
  readonly stage: number
  readonly subject: string
  readonly passed: number
  readonly failed: number
  readonly points: number
  readonly maxPoints: number
  readonly tests: readonly {
    readonly id: string
    readonly title: string
    readonly status: "passed" | "failed"
    readonly points: number
    readonly message?: string
  }[]
}

/** The number of the project that is not written, where a skeleton's function was called. */
export function unwrittenProject({ failure }: CheckOutcome): number | undefined {
  const number = /README of project (\d+)/.exec(failure?.summary ?? "")?.[1]
  return number === undefined ? undefined : Number(number)
}

export interface Score {
  readonly passed: number
  readonly failed: number
  readonly points: number
  readonly maxPoints: number
}

export function score({ checks }: Pick<Outcome, "checks">): Score {
  const passed = checks.filter(({ failure }) => !failure)
  return {
    passed: passed.length,
    failed: checks.length - passed.length,
    points: sum(passed),
    maxPoints: sum(checks),
  }
}

function sum(checks: readonly CheckOutcome[]): number {
  return checks.reduce((total, { points }) => total + points, 0)
}

export function toJson(outcome: Outcome): OutcomeJson {
  const tests = outcome.checks.map(({ id, title, points, failure }) => ({
    id,
    title,
    status: failure ? ("failed" as const) : ("passed" as const),
    points,
    ...(failure && {
      message: failure.scenario === undefined ? failure.summary : `${failure.scenario}: ${failure.summary}`,
    }),
  }))
  return { stage: outcome.stage, subject: outcome.subject, ...score(outcome), tests }
}

/** `4a.2` before `4a.10`, `4a` before `4b`. */
export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id.localeCompare(b.id, "en", { numeric: true })
}
