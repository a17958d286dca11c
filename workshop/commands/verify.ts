import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { score } from "../runner/outcome.ts"
import { removeTree, sweepTrees } from "../runner/tree.ts"
import { sourcesIn } from "../files.ts"
import { readSpec } from "../spec.ts"
import { stages, folder, parseStage, root, type Stage } from "../stages.ts"
import { bold, count, dim, green, mark, red, wrap } from "../text/style.ts"
import { TypeChecker, type TypeProblem } from "../types-check.ts"
import { loadMutants } from "../link/mutants.ts"
import { jobName, layOut, type Job } from "../verify/jobs.ts"
import {
  failedChecks,
  harnessProblems,
  holds,
  ruleProblems,
  skeletonProblems,
  whySurvived,
  type StageVerdict,
} from "../verify/judge.ts"
import type { LaneAnswer } from "../verify/lane.ts"
import { runJobs } from "../verify/lanes.ts"

/** `workshop verify`: every suite is fair (reference and variants pass) and sharp (skeleton and bugs do not). */
export async function verify(
  stageText: string | undefined,
  { json, full = false }: { readonly json?: string; readonly full?: boolean },
): Promise<boolean> {
  sweepTrees()
  const wanted = stageText === undefined ? stages : [parseStage(stageText)]
  const log = json === "-" ? () => undefined : (text: string) => void process.stdout.write(text)
  const jobs = (await Promise.all(wanted.map(jobsOf))).flat()
  const answers = new Map<Job, LaneAnswer>()
  const started = Date.now()
  // What is correct returns, but this machine may be busy with the other lanes.
  const effort = { full, leniency: 5 }
  await runJobs(jobs, effort, (job, answer) => {
    answers.set(job, answer)
    progress(log, answers.size, jobs.length, jobName(job))
  })
  const compiled = compileSkeletons(wanted)
  const verdicts = wanted.map((stage) =>
    judge(
      stage,
      jobs.filter((job) => job.stage === stage),
      answers,
      compiled,
    ),
  )
  log(verdicts.map(tell).join("\n\n") + "\n\n")
  const all = verdicts.every(holds)
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  log(
    `${all ? green("The suites are fair and sharp.") : red("Not yet.")} ${dim(`${count(jobs.length, "run")} in ${seconds} s`)}\n`,
  )
  const text = JSON.stringify(verdicts, null, 2) + "\n"
  if (json === "-") process.stdout.write(text)
  else if (json !== undefined) writeFileSync(json, text)
  return all
}

async function jobsOf(stage: Stage): Promise<readonly Job[]> {
  const { bugs, variants } = await loadMutants(stage)
  return [
    { stage, kind: "reference" },
    { stage, kind: "skeleton" },
    ...variants.map((variant): Job => ({ stage, kind: "variant", variant })),
    ...bugs.map((bug): Job => ({ stage, kind: "bug", bug })),
  ]
}

function judge(
  stage: Stage,
  jobs: readonly Job[],
  answers: ReadonlyMap<Job, LaneAnswer>,
  compiled: readonly TypeProblem[],
): StageVerdict {
  const problems: string[] = []
  const survivors: string[] = []
  const failedVariants: string[] = []
  let reference = { passed: 0, failed: 0 }
  let skeleton = { passed: 0, failed: 0 }
  const bugs = jobs.flatMap((job) => (job.kind === "bug" ? [job.bug] : []))
  for (const job of jobs) {
    const answer = answers.get(job) ?? { error: "did not run" }
    const outcome = "outcome" in answer ? answer.outcome : { stage: stage.n, subject: "", checks: [] }
    if ("error" in answer) problems.push(`${jobName(job)}: ${answer.error}`)
    problems.push(...harnessProblems(jobName(job), outcome))
    const failed = failedChecks(jobName(job), outcome)
    if (job.kind === "bug") {
      const why = whySurvived(outcome, job.bug)
      if (why !== undefined) survivors.push(job.bug.id)
      if (why !== undefined && !("error" in answer)) problems.push(`${job.bug.id} survives: ${why}`)
    } else if (job.kind === "variant") {
      if (failed.length > 0 || outcome.checks.length === 0) failedVariants.push(job.variant.id)
      problems.push(...failed)
    } else if (job.kind === "reference") {
      reference = tally(outcome)
      problems.push(...failed, ...ruleProblems(readSpec(stage), outcome.checks, bugs))
    } else {
      skeleton = tally(outcome)
      problems.push(...skeletonProblems(outcome))
      for (const { file, line, message } of compiled) {
        if (file.startsWith(folder("projects", stage)))
          problems.push(`skeleton: ${file}:${String(line)}: ${message}`)
      }
    }
  }
  const variants = jobs.filter(({ kind }) => kind === "variant").length
  return {
    stage: stage.n,
    reference,
    skeleton,
    bugs: { total: bugs.length, killed: bugs.length - survivors.length, survivors },
    variants: { total: variants, passed: variants - failedVariants.length, failed: failedVariants },
    problems,
  }
}

function tally(outcome: Parameters<typeof score>[0]): { passed: number; failed: number } {
  const { passed, failed } = score(outcome)
  return { passed, failed }
}

/** The skeletons must compile under `strict`, as shipped. One program for all of them: the compiler starts slowly. */
function compileSkeletons(stages: readonly Stage[]): readonly TypeProblem[] {
  const [stage] = stages
  if (!stage) return []
  const subject = layOut({ stage, kind: "skeleton" })
  const sources = stages.flatMap((each) => sourcesIn(folder("projects", each), subject.tree))
  const checker = new TypeChecker(subject.tree, join(root, "tsconfig.json"), [])
  const problems = checker.check(sources.map((file) => join(subject.tree, file)))
  removeTree(subject)
  return problems
}

function progress(log: (text: string) => void, done: number, of: number, name: string): void {
  if (process.stdout.isTTY)
    log(`\r\x1b[K${String(done)} of ${String(of)} ${dim(name)}${done === of ? "\r\x1b[K" : ""}`)
  else if (done === of || done % 25 === 0) log(`${String(done)} of ${String(of)} runs\n`)
}

/** Problems told on the terminal, of each project. */
const shown = 12

function tell(verdict: StageVerdict): string {
  const { stage, reference, skeleton, bugs, variants, problems } = verdict
  const line = (good: boolean, text: string) => `  ${good ? mark.pass : mark.fail} ${text}`
  return [
    bold(`Project ${String(stage)}`),
    line(
      reference.failed === 0 && reference.passed > 0,
      `the reference passes ${String(reference.passed)} of ${count(reference.passed + reference.failed, "check")}`,
    ),
    line(
      skeleton.passed === 0,
      `the skeleton passes ${String(skeleton.passed)}, fails ${String(skeleton.failed)}`,
    ),
    line(bugs.survivors.length === 0, `${String(bugs.killed)} of ${count(bugs.total, "planted bug")} killed`),
    line(
      variants.failed.length === 0,
      `${String(variants.passed)} of ${count(variants.total, "variant")} pass`,
    ),
    ...problems.slice(0, shown).map((problem) => `  ${mark.fail} ${wrap(problem, 4)}`),
    ...(problems.length > shown ? [`  and ${String(problems.length - shown)} more, see --json`] : []),
  ].join("\n")
}
