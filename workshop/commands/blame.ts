import { findCulprit, type Run, type Verdict } from "../blame/culprit.ts"
import { foundations } from "../files.ts"
import { score, type CheckOutcome, type Outcome } from "../runner/outcome.ts"
import { SuiteRunner } from "../runner/suite-runner.ts"
import { conditionsOf, findSubject, sweepTrees } from "../runner/tree.ts"
import { readSpec } from "../spec.ts"
import { folder, parseStage, type Stage } from "../stages.ts"
import { story } from "../text/report.ts"
import { bold, count, cyan, dim, green, mark, wrap } from "../text/style.ts"

/** `workshop blame`: whose fault it is that a stage's suite fails. True when it does not fail. */
export async function blame(stageText: string): Promise<boolean> {
  const stage = parseStage(stageText)
  const below = foundations(stage)
  sweepTrees()
  print(`${bold(`Project ${String(stage.n)} · ${stage.title}`)} ${dim("(whose fault?)")}\n`)
  const run: Run = async (reference) => {
    const outcome = await runSuite(stage, reference)
    print(tellRun(outcome, below, reference))
    return outcome
  }
  const verdict = await findCulprit(stage, below, run)
  print("\n" + (await tellVerdict(stage, verdict)))
  return verdict.type === "nobody"
}

/** The person's stage on the person's own earlier ones, but for those that come from the reference. */
async function runSuite(stage: Stage, reference: readonly Stage[]): Promise<Outcome> {
  const runner = await SuiteRunner.create(conditionsOf(reference))
  try {
    return await runner.run(stage, findSubject("projects", stage))
  } finally {
    await runner.close()
  }
}

function tellRun(outcome: Outcome, below: readonly Stage[], reference: readonly Stage[]): string {
  const { passed, failed } = score(outcome)
  const whose =
    reference.length === 0
      ? below.length === 0
        ? "your own"
        : "all of it your own"
      : reference.length === below.length
        ? `on the reference for ${list(reference)}`
        : `on the reference for ${list(reference)}, the rest your own`
  const sum = `${String(passed)} of ${count(passed + failed, "check")} pass`
  return `  ${failed === 0 ? mark.pass : mark.fail} ${whose.padEnd(46)} ${sum}`
}

async function tellVerdict(stage: Stage, verdict: Verdict): Promise<string> {
  const n = String(stage.n)
  switch (verdict.type) {
    case "nobody":
      return green(`Nobody's: project ${n} passes on your own projects.`)
    case "unwritten": {
      const { stage: missing, first } = verdict
      const what = `It is project ${String(missing.n)}, which is not written: ${first.failure?.summary ?? ""}`
      if (missing === stage) return `${wrap(what, 0)}\n\n${next(stage)}`
      const goOn = `or go on with ours: ${cyan(`npx workshop test ${n} --on reference`)}`
      return `${wrap(what, 0)}\n\n${next(missing)}, ${goOn}`
    }
    case "itself":
      return [
        bold(`It is project ${n} itself: on the reference it fails as well. The first check that does:`),
        story(verdict.first, readSpec(stage)),
        next(stage),
      ].join("\n\n")
    case "below":
      return await tellBelow(stage, verdict)
  }
}

async function tellBelow(
  stage: Stage,
  { stages, cured, own }: Extract<Verdict, { type: "below" }>,
): Promise<string> {
  const n = String(stage.n)
  const ids = cured.map(({ id }) => id)
  const shown =
    ids.length > 6 ? `${ids.slice(0, 6).join(", ")} and ${String(ids.length - 6)} more` : ids.join(", ")
  const ours = stages.length === 1 ? "ours in its place" : "ours in their place"
  const parts = [
    wrap(
      `${bold(`It is your project ${list(stages)}.`)} With ${ours}, ${shown} ${ids.length === 1 ? "passes" : "pass"}.`,
      0,
    ),
  ]
  for (const each of stages) parts.push(await tellOwnSuite(each, cured))
  if (own) {
    parts.push(
      wrap(`And something of project ${n} itself: ${own.id} (${own.title}) fails on the reference, too.`, 0),
    )
  }
  const [first = stage] = stages
  parts.push(`${next(first)}, or go on with ours: ${cyan(`npx workshop test ${n} --on reference`)}`)
  return parts.join("\n\n")
}

/** What the culprit's own suite says of it. If it says nothing, that suite has a hole. */
async function tellOwnSuite(culprit: Stage, cured: readonly CheckOutcome[]): Promise<string> {
  const { checks } = await runSuite(culprit, [])
  const first = checks.find(({ failure }) => failure)
  const n = String(culprit.n)
  if (first) {
    const rules = first.rules.map(String).join(", ")
    const where = `Look at project ${n}, ${first.rules.length === 1 ? "rule" : "rules"} ${rules}: its own check ${first.id} fails.`
    return `${bold(where)}\n${story(first, readSpec(culprit))}`
  }
  const [witness] = cured
  return wrap(
    `Its own suite passes, all ${count(checks.length, "check")} of it: a hole in our suite, not in your reading of it. Please tell us, with your ${folder("projects", culprit)}. Until then, ${witness?.id ?? "the check"} above is the best hint at what is wrong: ${witness?.failure?.summary ?? ""}`,
    0,
  )
}

function list(stages: readonly Stage[]): string {
  const numbers = stages.map(({ n }) => String(n))
  const last = numbers.pop() ?? ""
  return numbers.length === 0 ? last : `${numbers.join(", ")} and ${last}`
}

function next(stage: Stage): string {
  return `Next: ${cyan(`npx workshop test ${String(stage.n)}`)}`
}

function print(text: string): void {
  process.stdout.write(text + "\n")
}
