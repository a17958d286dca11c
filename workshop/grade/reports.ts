import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { readSpec, type Spec } from "../spec.ts"
import { parseStage, stages } from "../stages.ts"
import { heatMap } from "./heat-map.ts"
import type { Records, StageRecord, StudentRecord } from "./record.ts"

/** Writes everything that people and other programs look at. */
export function writeReports(out: string, records: Records, students: readonly StudentRecord[]): void {
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, "grades.csv"), csv(students))
  writeFileSync(join(out, "report.html"), heatMap(students))
  writeFileSync(join(out, "junit.xml"), junit(students))
  writeFileSync(join(out, "ctrf.json"), json(ctrf(students)))
  for (const student of students) {
    const folder = records.folderOf(student.student)
    writeFileSync(join(folder, "feedback.md"), feedback(student))
    writeFileSync(join(folder, "results.json"), json(gradescope(student)))
  }
}

const json = (value: unknown): string => JSON.stringify(value, null, 2) + "\n"

export function totalOf({ stages }: StudentRecord): { readonly mark: number; readonly worth: number } {
  const sum = (values: readonly number[]) =>
    Math.round(values.reduce((total, value) => total + value, 0) * 100) / 100
  return { mark: sum(stages.map(({ mark }) => mark)), worth: sum(stages.map(({ worth }) => worth)) }
}

/** The numbers of the projects that anybody was graded for. */
export function gradedStages(students: readonly StudentRecord[]): readonly number[] {
  const all = students.flatMap(({ stages }) => stages.map(({ stage }) => stage))
  return [...new Set(all)].toSorted((a, b) => a - b)
}

export function titleOf(stage: number): string {
  return `${String(stage)} ${stages[stage - 1]?.title ?? ""}`
}

function csv(students: readonly StudentRecord[]): string {
  const graded = gradedStages(students)
  const head = ["student", "commit", "submitted", ...graded.map((n) => `project ${String(n)}`), "total", "of"]
  const rows = students.map((student) => {
    const { mark, worth } = totalOf(student)
    const marks = graded.map((n) => student.stages.find(({ stage }) => stage === n)?.mark ?? "")
    const when = student.submitted === null ? "" : new Date(student.submitted).toISOString()
    return [student.student, student.commit ?? "", when, ...marks, mark, worth]
  })
  return [head, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("")
}

/** A spreadsheet takes what begins like this for a formula, and runs it: a name must not. */
function cell(value: string | number): string {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? "")

function junit(students: readonly StudentRecord[]): string {
  const suites = students.flatMap((student) => student.stages.map((stage) => junitSuite(student, stage)))
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="Raft workshop">\n${suites.join("")}</testsuites>\n`
}

function junitSuite({ student }: StudentRecord, { stage, checks }: StageRecord): string {
  const name = escaped(`${student} · ${titleOf(stage)}`)
  const cases = checks.map(({ id, title, group, message }) => {
    const open = `    <testcase classname="${name}.${escaped(group)}" name="${escaped(`${id} ${title}`)}"`
    if (message === undefined) return `${open}/>\n`
    const summary = escaped(message.split("\n")[0] ?? "")
    return `${open}>\n      <failure message="${summary}">${escaped(message)}</failure>\n    </testcase>\n`
  })
  const failed = checks.filter(({ passed }) => !passed).length
  const counts = `tests="${String(checks.length)}" failures="${String(failed)}"`
  return `  <testsuite name="${name}" ${counts}>\n${cases.join("")}  </testsuite>\n`
}

/** https://ctrf.io: what dashboards read. Nothing here was timed, so every duration is 0. */
function ctrf(students: readonly StudentRecord[]): unknown {
  const tests = students.flatMap(({ student, stages: graded }) =>
    graded.flatMap(({ stage, checks }) =>
      checks.map(({ id, title, passed, message }) => ({
        name: `${id} ${title}`,
        status: passed ? "passed" : "failed",
        duration: 0,
        suite: [student, titleOf(stage)],
        ...(message === undefined ? {} : { message }),
      })),
    ),
  )
  const passed = tests.filter(({ status }) => status === "passed").length
  const counts = {
    tests: tests.length,
    passed,
    failed: tests.length - passed,
    pending: 0,
    skipped: 0,
    other: 0,
  }
  const summary = { ...counts, start: 0, stop: 0 }
  return {
    reportFormat: "CTRF",
    specVersion: "0.0.0",
    results: { tool: { name: "raft-workshop" }, summary, tests },
  }
}

/** What Gradescope reads: a test for each group of checks. */
function gradescope(student: StudentRecord): unknown {
  const tests = student.stages.flatMap((record) =>
    groupsOf(record).map(({ group, checks }) => {
      const passed = checks.filter((check) => check.passed)
      const share = (some: typeof checks) =>
        (some.reduce((sum, { points }) => sum + points, 0) / record.maxPoints) *
        record.worth *
        (1 - record.late / 100)
      const lines = checks.flatMap(({ id, title, message }) =>
        message === undefined ? [] : [`${id} ${title}\n${message}`],
      )
      return {
        name: `${titleOf(record.stage)}: ${group}`,
        score: round(share(passed)),
        max_score: round(share(checks)),
        output: lines.length === 0 ? `all ${String(checks.length)} checks pass` : lines.join("\n\n"),
      }
    }),
  )
  return { score: totalOf(student).mark, output: student.remarks.join("\n"), visibility: "visible", tests }
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000

export function groupsOf({
  checks,
}: StageRecord): readonly { group: string; checks: StageRecord["checks"] }[] {
  const groups = [...new Set(checks.map(({ group }) => group))]
  return groups.map((group) => ({ group, checks: checks.filter((check) => check.group === group) }))
}

function feedback(student: StudentRecord): string {
  const { mark, worth } = totalOf(student)
  const remarks = student.remarks.map((remark) => `- ${remark}\n`).join("")
  return [
    `# ${student.student}: ${String(mark)} of ${String(worth)}\n`,
    remarks,
    ...student.stages.map(stageFeedback),
  ]
    .filter((part) => part !== "")
    .join("\n")
}

function stageFeedback(record: StageRecord): string {
  const { stage, points, maxPoints, worth, mark, late, commit, checks } = record
  const passed = checks.filter((check) => check.passed).length
  const off = late === 0 ? "" : `, ${String(late)} % taken off since it came late`
  const at = commit === null ? "" : ` Commit ${commit.slice(0, 12)}.`
  const head = `## Project ${titleOf(stage)}: ${String(mark)} of ${String(worth)}\n\n${String(passed)} of ${String(checks.length)} checks pass (${String(points)} of ${String(maxPoints)} points${off}).${at}\n`
  const failed = checks.filter((check) => !check.passed && !check.unwritten)
  // The first ones are what to mend first: the checks are in the order in which a person would make them pass.
  const spec = readSpec(parseStage(String(stage)))
  const told = failed.slice(0, 10).map(({ id, title, rules, message = "" }) => {
    return `### ${id} ${title}\n\n${tellRules(spec, rules)}\n${quoted(message)}\n`
  })
  const more = failed.length > told.length ? [`And ${String(failed.length - told.length)} more.\n`] : []
  const unwritten = checks.filter((check) => check.unwritten).length
  const rest =
    unwritten === checks.length
      ? ["Not begun.\n"]
      : unwritten === 0
        ? []
        : [`${String(unwritten)} more need what is not written yet.\n`]
  return [head, ...told, ...more, ...rest].join("\n")
}

/** The rules that a check holds a project to, as the project's README has them. */
function tellRules({ path, rules: all }: Spec, rules: readonly number[]): string {
  const found = all.filter(({ number }) => rules.includes(number))
  return found
    .map(({ number, text, line }) => `Rule ${String(number)} (${path}:${String(line)}): ${text}\n`)
    .join("\n")
}

/** As a block of code, whatever is in it. */
function quoted(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n")
}
