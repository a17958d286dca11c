import { existsSync, readdirSync, statSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join, resolve, sep } from "node:path"
import { grade as run, type GradeProgress } from "../grade/grade.ts"
import { nothingPrivate, openPrivate, requireBugs } from "../grade/private.ts"
import { Records } from "../grade/record.ts"
import { totalOf, writeReports } from "../grade/reports.ts"
import { readScheme, type Scheme } from "../grade/scheme.ts"
import { findSubmissions, hasProjects, type Submission } from "../grade/submissions.ts"
import { needsTrust } from "../grade/trusted.ts"
import type { Foundation } from "../runner/tree.ts"
import { parseStages, UsageError, type Stage } from "../stages.ts"
import { bold, count, dim, list, mark } from "../text/style.ts"
import { rewriting } from "../text/live.ts"

export interface GradeOptions {
  readonly stages: string
  readonly on: Foundation
  readonly out: string
  readonly jobs?: string
  readonly shard?: string
  readonly private?: string
  readonly seconds: string
  readonly memory: string
  readonly trust?: boolean
}

/** `workshop grade`: true once everything was graded, whatever the grades are. */
export async function grade(path: string, options: GradeOptions): Promise<boolean> {
  const wanted = parseStages(options.stages)
  requireTrust(wanted, options.trust === true)
  const all = findSubmissions(path)
  requireRoom(options.out, path)
  const submissions = options.shard === undefined ? all : shardOf(all, options.shard)
  const jobs = options.jobs === undefined ? jobsFor(wanted) : natural("--jobs", options.jobs)
  const own = options.private === undefined ? nothingPrivate : openPrivate(options.private)
  await requireBugs(own)
  const scheme = readScheme(options.private)
  warn(submissions, wanted, scheme)
  const progress = new Progress(submissions.length * wanted.length)
  const records = await run(
    {
      submissions,
      stages: wanted,
      on: options.on,
      out: options.out,
      jobs,
      scheme,
      private: own,
      seconds: natural("--seconds", options.seconds),
      memory: natural("--memory", options.memory),
    },
    (one) => {
      progress.tell(one)
    },
  )
  const names = new Set(all.map(({ student }) => student))
  const found = records.all()
  const others = found.filter(({ student }) => !names.has(student))
  writeReports(
    options.out,
    records,
    found.filter(({ student }) => names.has(student)),
  )
  progress.end(options.out, records, submissions)
  if (others.length > 0) {
    const who = list(others.map(({ student }) => student))
    process.stdout.write(
      `${mark.todo} ${options.out} has results of ${who}, too, who are not in ${path}: left out\n`,
    )
  }
  return true
}

/** `workshop grade merge`: joins what several machines have graded. */
export function merge(parts: readonly string[], out: string): boolean {
  for (const part of parts) {
    if (!existsSync(join(part, "students")))
      throw new UsageError(`${part}: that is no result of \`workshop grade\``)
  }
  const records = new Records(out)
  for (const part of parts) for (const student of new Records(part).all()) records.add(student)
  writeReports(out, records, records.all())
  process.stdout.write(`${count(records.all().length, "student")}: ${join(out, "report.html")}\n`)
  return true
}

/** Of the two processes of a job, one always waits for the other: one job does not fill a core, unless it is one process. */
function jobsFor(wanted: readonly Stage[]): number {
  return (wanted.some(needsTrust) ? 1 : 2) * availableParallelism()
}

function requireTrust(wanted: readonly Stage[], trust: boolean): void {
  const open = wanted.filter(needsTrust)
  if (open.length === 0 || trust) return
  throw new UsageError(
    `--stages: the suites of ${list(open)} run in one process with what they test, or start its programs. If you would run these submissions yourself, say so with --trust`,
  )
}

/** Results are not mixed with what is there already, nor taken for a submission the next time. */
function requireRoom(out: string, submissions: string): void {
  if (resolve(out) === resolve(submissions) || resolve(out).startsWith(resolve(submissions) + sep))
    throw new UsageError(`--out ${out}: it lies in ${submissions}, and would be graded the next time`)
  if (!existsSync(out)) return
  if (!statSync(out).isDirectory()) throw new UsageError(`--out ${out}: that is no folder`)
  if (readdirSync(out).length > 0 && !existsSync(join(out, "students")))
    throw new UsageError(
      `--out ${out}: there are other files in it; it takes a new folder, or an earlier result`,
    )
}

/** Says what is likely a mistake, before an hour is spent on it. */
function warn(submissions: readonly Submission[], wanted: readonly Stage[], scheme: Scheme): void {
  const tell = (who: readonly Submission[], what: string) => {
    if (who.length === 0) return
    const names = who.slice(0, 5).map(({ student }) => student)
    const more = who.length > 5 ? [`${String(who.length - 5)} more`] : []
    process.stdout.write(`${mark.todo} ${what}: ${list([...names, ...more])}\n`)
  }
  tell(
    submissions.filter((one) => !hasProjects(one)),
    "no folder projects/, and so no points",
  )
  if (wanted.some(({ n }) => scheme.due?.[String(n)] !== undefined)) {
    tell(
      submissions.filter(({ submitted }) => submitted === null),
      "no time of handing in, and so never late (a list has times)",
    )
  }
}

/** Every n-th submission: whoever grades the others takes the same names in the same order. */
function shardOf(all: readonly Submission[], text: string): readonly Submission[] {
  const [, i, n] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  if (i === undefined || n === undefined || Number(i) < 1 || Number(i) > Number(n)) {
    throw new UsageError(`--shard ${text}: write 1/4 for the first of four, up to 4/4`)
  }
  return all.filter((_, at) => at % Number(n) === Number(i) - 1)
}

function natural(option: string, text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new UsageError(`${option} ${text}: it takes a whole number from 1 on`)
}

/** One line that counts, where there is a terminal; else a line for each result. */
class Progress {
  readonly #all: number
  readonly #line = rewriting()
  readonly #started = Date.now()
  #done = 0
  #known = 0

  constructor(all: number) {
    this.#all = all
  }

  tell({ student, record, known }: GradeProgress): void {
    this.#done++
    if (known) this.#known++
    const text = `${student}, project ${String(record.stage)}: ${String(record.points)} of ${String(record.maxPoints)}`
    if (!process.stdout.isTTY)
      process.stdout.write(`${this.#count()} ${text}${known ? " (as before)" : ""}\n`)
    else this.#line.show(() => `${this.#count()} ${this.#left()} ${text}`)
  }

  end(out: string, records: Records, submissions: readonly Submission[]): void {
    this.#line.clear()
    const seconds = ((Date.now() - this.#started) / 1000).toFixed(1)
    for (const { student } of submissions) {
      const record = records.read(student)
      if (!record) continue
      const { mark: got, worth } = totalOf(record)
      const sign = got === worth ? mark.pass : got === 0 ? mark.fail : mark.todo
      process.stdout.write(`  ${sign} ${student} ${dim(`${String(got)} of ${String(worth)}`)}\n`)
    }
    const again = this.#known === 0 ? "" : `, ${String(this.#known)} of them as before`
    process.stdout.write(`\n${count(this.#done, "result")} in ${seconds} s${again}\n`)
    process.stdout.write(`${bold(join(out, "report.html"))}, grades.csv, junit.xml, ctrf.json, students/\n`)
  }

  #count(): string {
    return `${String(this.#done)}/${String(this.#all)}`
  }

  #left(): string {
    const each = (Date.now() - this.#started) / Math.max(1, this.#done - this.#known)
    const minutes = (each * (this.#all - this.#done)) / 60_000
    return minutes < 1 ? "less than a minute left:" : `about ${minutes.toFixed(0)} min left:`
  }
}
