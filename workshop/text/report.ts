import { score, type CheckOutcome, type Outcome } from "../runner/outcome.ts"
import type { Rule, Spec } from "../spec.ts"
import type { Failure } from "../suite/protocol.ts"
import { bold, clip, columns, count, cyan, dim, green, mark, red, wrap, yellow } from "./style.ts"

/** A suite's result for the person whose code it is: every check in a line, the first failure in full, the sum. */
export function report(outcome: Outcome, spec: Spec): string {
  const first = outcome.checks.find(({ failure }) => failure)
  if (first?.failure && doesNotLoad(outcome)) return `\n${tellLoad(first.failure)}\n\n${summary(outcome)}`
  return [checkList(outcome.checks, first), first && story(first, spec), summary(outcome)]
    .filter((part) => part !== undefined)
    .join("\n\n")
}

/** The first failure in full; or, when the files do not load, why. */
export function firstFailure(outcome: Outcome, spec: Spec): string {
  const first = outcome.checks.find(({ failure }) => failure)
  return first?.failure && doesNotLoad(outcome) ? tellLoad(first.failure) : first ? story(first, spec) : ""
}

/** One fault that fails every check alike needs telling once. */
export function doesNotLoad({ checks }: Outcome): boolean {
  const summaries = new Set(checks.map(({ failure }) => failure?.summary))
  const [kind] = checks.map(({ failure }) => failure?.kind)
  return checks.length > 1 && summaries.size === 1 && kind !== undefined && kind !== "not-written"
}

function tellLoad({ summary }: Failure): string {
  return `${mark.fail} ${red(wrap(summary, 2))}\n  ${dim("No check could run.")}`
}

/** Every check, by group, with its mark; a failed one with its reason in the line below. */
function checkList(checks: readonly CheckOutcome[], first: CheckOutcome | undefined): string {
  const lines: string[] = []
  let group = ""
  for (const check of checks) {
    if (check.group !== group) {
      group = check.group
      lines.push("", bold(group))
    }
    const { id, title, failure } = check
    const todo = failure?.kind === "not-written"
    const sign = failure ? (todo ? mark.todo : mark.fail) : mark.pass
    lines.push(`  ${sign} ${id.padEnd(7)}${wrap(title, 11)}`)
    if (failure && !todo && check !== first) {
      lines.push(dim(" ".repeat(11) + wrap(clip(inALine(failure), 3 * columns() - 38), 11)))
    }
  }
  return lines.join("\n")
}

/** What is said last may be cut off: of a wrong answer the scenario says most, of an error its message. */
function inALine({ kind, scenario, summary }: Failure): string {
  if (scenario === undefined) return summary
  return kind === "broken" ? `${scenario}: ${summary}` : `${summary} (${scenario})`
}

/** One failure in full: the rule, the scenario, expected and got, and where to read. */
export function story({ id, title, rules, failure }: CheckOutcome, spec: Spec): string {
  if (!failure) return ""
  const named = rules
    .map((n) => spec.rules.find(({ number }) => number === n))
    .filter((rule) => rule !== undefined)
  const lines = [`${failure.kind === "not-written" ? mark.todo : mark.fail} ${bold(`${id} ${title}`)}`]
  const tell = (label: string, text: string | undefined, colour: (text: string) => string = String) => {
    if (text !== undefined) lines.push(`  ${dim(label.padEnd(9))} ${colour(wrap(text, 12))}`)
  }
  if (failure.kind === "mutated") named.push(...spec.rules.filter(({ text }) => text.startsWith("Pure")))
  for (const rule of new Set(named)) tell("rule", `${String(rule.number)}. ${rule.text}`)
  tell("scenario", failure.scenario)
  if (failure.expected === undefined && failure.got === undefined)
    tell("what", failure.summary, colourOf(failure))
  else if (failure.kind !== "broken") tell("what", failure.summary, colourOf(failure))
  tell("expected", failure.expected, green)
  tell("got", failure.got, red)
  tell("at", failure.at)
  tell("read", whereToRead(named, spec))
  return lines.join("\n")
}

function colourOf(failure: Failure): (text: string) => string {
  return failure.kind === "not-written" ? yellow : red
}

function whereToRead(rules: readonly Rule[], spec: Spec): string {
  return rules.map(({ line }) => `${spec.path}:${String(line)}`).join(", ")
}

/** `12 of 40 checks pass, 14 of 48 points.` */
export function summary(outcome: Outcome, barWidth = 30): string {
  const { passed, failed, points, maxPoints } = score(outcome)
  const bar = progressBar(passed, passed + failed, barWidth)
  return `${bar} ${bold(`${String(passed)} of ${count(passed + failed, "check")}`)} pass, ${String(points)} of ${count(maxPoints, "point")}`
}

export function progressBar(done: number, total: number, width: number): string {
  const full = total === 0 ? 0 : Math.floor((done / total) * width)
  return cyan("━".repeat(full)) + dim("─".repeat(width - full))
}
