import { closeSync, openSync, writeFileSync } from "node:fs"
import { toJson, unwrittenProject, type Outcome } from "../runner/outcome.ts"
import type { Foundation } from "../runner/tree.ts"
import { foundations } from "../files.ts"
import { defaultStage, isDone } from "../progress.ts"
import { Session, type Part, type SessionResult } from "../session.ts"
import { readSpec } from "../spec.ts"
import { stages, folder, parseStage, UsageError, type Stage } from "../stages.ts"
import { outputPrinter } from "../text/output.ts"
import { doesNotLoad, report } from "../text/report.ts"
import { bold, count, cyan, dim, green, list, wrap, yellow } from "../text/style.ts"
import type { TypeProblem } from "../types-check.ts"
import { watch } from "./watch.ts"

export interface TestOptions {
  readonly subject: string
  readonly on: Foundation
  readonly watch?: boolean
  readonly json?: string
  readonly seed?: string
  readonly check?: string
}

/** `workshop test`: true when every check passes. */
export async function test(stageText: string | undefined, options: TestOptions): Promise<boolean> {
  const stage = stageText === undefined ? defaultStage() : parseStage(stageText)
  if (options.watch && options.json !== undefined) {
    throw new UsageError("--watch and --json do not go together: a watch never ends")
  }
  if (options.watch && !["projects", "solutions"].includes(options.subject)) {
    throw new UsageError("--watch looks at your own projects; it cannot be used with --subject DIR")
  }
  if (options.json !== undefined) requireWritable(options.json)
  const seed = options.seed === undefined ? null : parseSeed(options.seed)
  if (options.watch && seed !== null) throw new UsageError("--watch and --seed do not go together")
  const part = { seed, only: options.check ?? null }
  const quiet = options.json === "-"
  const session = await Session.open(stage, options.subject, options.on, { withTypes: !quiet })
  try {
    if (options.watch) return await watch(session, part)
    if (!quiet) print(heading(session))
    const result = await session.run(quiet ? {} : { onOutput: outputPrinter() }, part)
    if (options.json !== undefined) writeJson(options.json, result.outcome)
    if (!quiet) await tell(session, result, part)
    return result.outcome.checks.every(({ failure }) => !failure)
  } finally {
    await session.close()
  }
}

function parseSeed(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError(`--seed ${text}: it takes a natural number, as a failed random schedule tells it`)
}

/** Which project, whose, on what. */
export function heading({ stage, subject, on }: Session): string {
  const whose = { projects: "yours", solutions: "the reference" }[subject.name] ?? subject.name
  const title = bold(`Project ${String(stage.n)} · ${stage.title}`)
  const below =
    subject.kind === "projects" && on === "reference" ? ", on the reference for what comes before" : ""
  return `${title} ${dim(`(${whose}${below})`)}${groundNote(stage, subject.name, on)}`
}

function groundNote(stage: Stage, subject: string, on: Foundation): string {
  if (subject !== "projects" || on === "reference") return ""
  const unfinished = foundations(stage).filter((each) => !isDone(each))
  if (unfinished.length === 0) return ""
  const [which, are] = unfinished.length === 1 ? ["project", "is"] : ["projects", "are"]
  const note = `It stands on your ${which} ${list(unfinished)}, which ${are} not finished. To stand on the reference instead: npx workshop test ${String(stage.n)} --on reference`
  return `\n${yellow("!")} ${wrap(note, 2)}`
}

/** Prints the whole result for a person, with what to do next. */
export async function tell(
  session: Session,
  { outcome, types }: SessionResult,
  { only }: Part,
): Promise<void> {
  print(report(outcome, readSpec(session.stage)))
  const problems = await types
  if (problems.length > 0 && !doesNotLoad(outcome)) print("\n" + tellTypes(session.stage, problems))
  if (session.subject.name === "projects" && only === null)
    print("\n" + whatNext(session.stage, outcome, session.on))
}

function tellTypes(stage: Stage, types: readonly TypeProblem[]): string {
  const lines = types.slice(0, 5).map(({ file, line, inside, message }) => {
    const where = `${file}:${String(line)}${inside === undefined ? "" : ` in \`${inside}\``}`
    return `  ${wrap(`${where}: ${message}`, 4)}`
  })
  const title = `${count(types.length, "type error")} (the checks ran all the same; the types are in ${folder("projects", stage)}/contract.ts)`
  const more = types.length > lines.length ? [`  and ${String(types.length - lines.length)} more`] : []
  return [`${yellow("!")} ${wrap(title, 2)}`, ...lines, ...more].join("\n")
}

function whatNext(stage: Stage, outcome: Outcome, on: Foundation): string {
  const { checks } = outcome
  const n = String(stage.n)
  const first = checks.find(({ failure }) => failure)
  if (!first) {
    const open = stages.filter((each) => each !== stage && !isDone(each))
    const after = open.find((later) => later.n > stage.n) ?? open[0]
    if (!after) return green(`Project ${n} is done, and so is every other one in this version.`)
    return `${green(`Project ${n} is done.`)} Next: ${cyan(`npx workshop start ${String(after.n)}`)}`
  }
  if (doesNotLoad(outcome)) return `Next: mend that, then ${cyan(`npx workshop test ${n}`)} again`
  const earlier = unwrittenProject(first)
  if (earlier !== undefined && earlier !== stage.n) {
    const lack = `${bold(first.id)} needs more of your project ${String(earlier)}. To use ours for now:`
    return wrap(`Next: ${lack} ${cyan(`npx workshop test ${n} --on reference`)}`, 6)
  }
  const canBlame = on === "mine" && first.failure?.kind !== "not-written" && foundations(stage).length > 0
  const whoseFault = canBlame ? [`      whose fault?    ${cyan(`npx workshop blame ${n}`)}`] : []
  const onOurs = on === "reference" ? " --on reference" : ""
  return [
    `Next: make ${bold(first.id)} pass, in ${folder("projects", stage)}/`,
    `      stuck?          ${cyan(`npx workshop hint ${n}`)}`,
    `      rerun on save:  ${cyan(`npx workshop test ${n}${onOurs} --watch`)}`,
    ...whoseFault,
  ].join("\n")
}

/** Before a run, not after it: nobody wants to wait for a result that cannot be kept. */
function requireWritable(file: string): void {
  if (file === "-") return
  try {
    closeSync(openSync(file, "a"))
  } catch (error) {
    const why = error instanceof Error ? error.message : ""
    throw new UsageError(`--json ${file}: cannot be written (${why})`)
  }
}

function writeJson(file: string, outcome: Outcome): void {
  const text = JSON.stringify(toJson(outcome), null, 2) + "\n"
  if (file === "-") process.stdout.write(text)
  else writeFileSync(file, text)
}

function print(text: string): void {
  process.stdout.write(text + "\n")
}
