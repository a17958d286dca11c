import { failures, findCulprit, type Culprit, type Verdict } from "../blame/culprit.ts"
import { openLab } from "../blame/lab.ts"
import { foundations } from "../files.ts"
import type { CheckOutcome } from "../runner/outcome.ts"
import { sweepTrees } from "../runner/tree.ts"
import { requireReference, requireSuites } from "../sealed/kit.ts"
import { readSpec } from "../spec.ts"
import { folder, parseStage, type Stage } from "../stages.ts"
import { doesNotLoad, firstFailure, story } from "../text/report.ts"
import { bold, count, cyan, dim, green, list, wrap } from "../text/style.ts"

/** `workshop blame`: whose fault it is that a stage's suite fails. True when it does not fail. */
export async function blame(stageText: string): Promise<boolean> {
  const stage = parseStage(stageText)
  const below = foundations(stage)
  requireSuites()
  requireReference(below)
  sweepTrees()
  print(`${bold(`Project ${String(stage.n)} · ${stage.title}`)} ${dim("(whose fault?)")}\n`)
  const verdict = await findCulprit(stage, below, openLab(stage, below))
  print("\n" + tellVerdict(stage, verdict))
  return verdict.type === "nobody"
}

function tellVerdict(stage: Stage, verdict: Verdict): string {
  const n = String(stage.n)
  switch (verdict.type) {
    case "nobody":
      return green(`Nobody's: project ${n} passes on your own projects.`)
    case "unwritten": {
      const { stage: missing, first, own } = verdict
      const what = `It is project ${String(missing.n)}: ${first.failure?.summary ?? ""}`
      const parts = [wrap(what, 0), ...(own.length === 0 ? [] : [tellOwn(stage, own)])]
      return [...parts, missing === stage ? next(stage) : `${next(missing)}${goOn(stage)}`].join("\n\n")
    }
    case "itself": {
      const load = doesNotLoad(verdict.outcome)
      const first = load ? "Its files do not load:" : "The first check that does:"
      const below = foundations(stage).length > 0 ? ": on the reference it fails as well" : ""
      return [
        bold(wrap(`It is project ${n} itself${below}. ${first}`, 0)),
        firstFailure(verdict.outcome, readSpec(stage)),
        next(stage),
      ].join("\n\n")
    }
    case "below":
      return tellBelow(stage, verdict)
  }
}

/** What fails on the reference, too, of a project under which another is not written. */
function tellOwn(stage: Stage, own: readonly CheckOutcome[]): string {
  const n = String(stage.n)
  const isOpen = ({ failure }: CheckOutcome) => failure?.kind === "not-written"
  const wrong = own.filter((check) => !isOpen(check))
  const [first] = wrong
  if (!first) return wrap(`And project ${n} is not written yet either: ${ids(own)}.`, 0)
  const open =
    own.length === wrong.length ? "" : ` (${String(own.length - wrong.length)} more are not written)`
  const yours = `And ${count(wrong.length, "failure")} ${wrong.length === 1 ? "is" : "are"} project ${n}'s own, on the reference as well${open}: ${ids(wrong)}.`
  return `${wrap(yours, 0)}\n\n${story(first, readSpec(stage))}`
}

function tellBelow(
  stage: Stage,
  { culprits, cured, own }: Extract<Verdict, { readonly type: "below" }>,
): string {
  const n = String(stage.n)
  const [one] = culprits
  const all = list(culprits.map((culprit) => culprit.stage))
  const who = culprits.length === 1 ? `It is your project ${all}.` : `It is your projects ${all}.`
  const ours = culprits.length === 1 ? "ours in its place" : "ours in their places"
  const parts = [
    wrap(`${bold(who)} With ${ours}, ${ids(cured)} ${cured.length === 1 ? "passes" : "pass"}.`, 0),
    ...culprits.map((culprit) => tellCulprit(stage, culprit, cured)),
  ]
  if (own) {
    const too = `And something of project ${n} itself: ${own.id} (${own.title}) fails on the reference, too.`
    parts.push(wrap(too, 0))
  }
  parts.push(`${next(one?.stage ?? stage)}${goOn(stage)}`)
  return parts.join("\n\n")
}

/** What the culprit's own suite says of it. If it says nothing, that suite has a hole. */
function tellCulprit(
  stage: Stage,
  { stage: culprit, suite }: Culprit,
  cured: readonly CheckOutcome[],
): string {
  const n = String(culprit.n)
  const [first] = failures(suite)
  const [witness] = cured
  if (!first) {
    const hole = `Its own suite passes, all ${count(suite.checks.length, "check")} of it: a hole in our suite, or your project ${String(stage.n)} asks it for something that its spec leaves open. Please tell us, with your ${folder("projects", culprit)} and ${folder("projects", stage)}.`
    const hint = `Until then, ${witness?.id ?? ""} is the best hint at what is wrong (${witness?.title ?? ""}): ${witness?.failure?.summary ?? ""}`
    return `${wrap(hole, 0)}\n\n${wrap(hint, 0)}`
  }
  const rules = `${first.rules.length === 1 ? "rule" : "rules"} ${first.rules.map(String).join(", ")}`
  const where = doesNotLoad(suite)
    ? `Look at project ${n}: its files do not load.`
    : `Look at project ${n}, ${rules}: its own check ${first.id} fails, too.`
  return `${bold(where)}\n${firstFailure(suite, readSpec(culprit))}`
}

function ids(checks: readonly CheckOutcome[]): string {
  const shown = checks.slice(0, 6).map(({ id }) => id)
  const more = checks.length - shown.length
  return shown.join(", ") + (more > 0 ? ` and ${String(more)} more` : "")
}

function next(stage: Stage): string {
  return `Next: ${cyan(`npx workshop test ${String(stage.n)}`)}`
}

function goOn(stage: Stage): string {
  return `, or go on with ours:\n      ${cyan(`npx workshop test ${String(stage.n)} --on reference`)}`
}

function print(text: string): void {
  process.stdout.write(text + "\n")
}
