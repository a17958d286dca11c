import type { CheckOutcome, Outcome } from "../runner/outcome.ts"
import type { Spec } from "../spec.ts"
import type { Bug } from "../suite/mutants.ts"
import { convincing } from "../suite/protocol.ts"

/** What `verify --json` writes for each stage. */
export interface StageVerdict {
  readonly stage: number
  readonly reference: { readonly passed: number; readonly failed: number }
  readonly skeleton: { readonly passed: number; readonly failed: number }
  readonly bugs: { readonly total: number; readonly killed: number; readonly survivors: readonly string[] }
  readonly variants: { readonly total: number; readonly passed: number; readonly failed: readonly string[] }
  /** Everything else that is wrong, a line each: rules without a check, a harness that fell over. */
  readonly problems: readonly string[]
}

/** Why a bug survived; `undefined` when a check of a rule that it breaks failed for the right kind of reason. */
export function whySurvived({ checks }: Outcome, bug: Bug): string | undefined {
  const failed = checks.filter(({ failure }) => failure && convincing.has(failure.kind))
  if (failed.length === 0) return "no check fails"
  if (failed.some(({ rules }) => rules.some((rule) => bug.breaks.includes(rule)))) return undefined
  const ids = failed.map(({ id }) => id).join(", ")
  return `${ids} fail, but none of them is a check of rule ${bug.breaks.join(" or ")}`
}

/** Errors of the suite itself, in any run. */
export function harnessProblems(name: string, { checks }: Outcome): readonly string[] {
  return checks
    .filter(({ failure }) => failure?.kind === "harness")
    .map(
      ({ id, failure }) =>
        `${name}: the suite itself fails in ${id}: ${failure?.summary.split("\n")[0] ?? ""}`,
    )
}

export function failedChecks(name: string, { checks }: Outcome): readonly string[] {
  return checks
    .filter(({ failure }) => failure)
    .map(({ id, failure }) => `${name}: ${id} ${failure?.summary ?? ""}`)
}

/** A skeleton fails every check, and each with NotImplemented: a beginner's first run shows nothing else. */
export function skeletonProblems({ checks }: Outcome): readonly string[] {
  return checks
    .filter(({ failure }) => failure?.kind !== "not-written")
    .map(({ id, failure }) => `skeleton: ${id} ${failure ? `fails with "${failure.summary}"` : "passes"}`)
}

/** Spec and suite must speak of the same rules; ids must be unique and in their group. */
export function ruleProblems(
  spec: Spec,
  checks: readonly CheckOutcome[],
  bugs: readonly Bug[],
): readonly string[] {
  const problems: string[] = []
  const numbers = spec.rules.map(({ number }) => number)
  for (const [i, number] of numbers.entries()) {
    if (number !== i + 1) problems.push(`${spec.path}: rule ${String(i + 1)} is numbered ${String(number)}`)
  }
  const checked = new Set(checks.flatMap(({ rules }) => rules))
  for (const number of numbers) {
    if (!checked.has(number)) problems.push(`${spec.path}: no check names rule ${String(number)}`)
  }
  for (const { id, rules, group } of checks) {
    if (rules.length === 0) problems.push(`check ${id} names no rule`)
    for (const rule of rules) {
      if (!numbers.includes(rule))
        problems.push(`check ${id} names rule ${String(rule)}, which the spec does not have`)
    }
    if (!id.startsWith(`${group.split(" ")[0] ?? ""}.`))
      problems.push(`check ${id} stands in group "${group}"`)
  }
  for (const { id, breaks } of bugs) {
    const unknown = breaks.filter((rule) => !numbers.includes(rule))
    if (unknown.length > 0)
      problems.push(`bug ${id} breaks rule ${unknown.join(", ")}, which the spec does not have`)
  }
  return problems
}

export function holds(verdict: StageVerdict): boolean {
  const { reference, skeleton, bugs, variants, problems } = verdict
  return (
    reference.failed === 0 &&
    reference.passed > 0 &&
    skeleton.passed === 0 &&
    bugs.survivors.length === 0 &&
    variants.failed.length === 0 &&
    problems.length === 0
  )
}
