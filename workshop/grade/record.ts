import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import type { CheckOutcome } from "../runner/outcome.ts"

/** The longest text that a submission may put into its feedback, in characters. */
const longest = 2_000

const check = z.object({
  id: z.string(),
  title: z.string(),
  group: z.string(),
  rules: z.array(z.number()),
  points: z.number(),
  passed: z.boolean(),
  /** What went wrong, for the student. */
  message: z.string().optional(),
  /** Whether what it checks is not written yet. */
  unwritten: z.literal(true).optional(),
})

const stageRecord = z.object({
  stage: z.number(),
  /** Of everything that the result depends on: as long as it is the same, so is the result. */
  key: z.string(),
  /** What was checked out when it was graded. */
  commit: z.string().nullable(),
  points: z.number(),
  maxPoints: z.number(),
  worth: z.number(),
  /** Percent taken off for being late. */
  late: z.number(),
  mark: z.number(),
  checks: z.array(check),
})

const studentRecord = z.object({
  student: z.string(),
  commit: z.string().nullable(),
  submitted: z.number().nullable(),
  digest: z.string(),
  remarks: z.array(z.string()),
  stages: z.array(stageRecord),
})

export type CheckRecord = z.infer<typeof check>
export type StageRecord = z.infer<typeof stageRecord>
export type StudentRecord = z.infer<typeof studentRecord>

export function toRecord({ id, title, group, rules, points, failure }: CheckOutcome): CheckRecord {
  const base = { id, title, group, rules: [...rules], points, passed: failure === undefined }
  if (!failure) return base
  const { kind, summary, scenario, expected, got, at } = failure
  const isTold = kind === "broken" && (expected !== undefined || got !== undefined)
  const lines = [
    ...(scenario === undefined ? [] : [`scenario: ${scenario}`]),
    ...(isTold ? [] : [summary]),
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(got === undefined ? [] : [`got: ${got}`]),
    ...(at === undefined ? [] : [`at: ${at}`]),
  ]
  const message = printable(lines.join("\n"))
  return { ...base, message, ...(kind === "not-written" && { unwritten: true }) }
}

/** What can be shown anywhere: the text may come from the submission. */
function printable(text: string): string {
  const clean = text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu,
    "\ufffd",
  )
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean
}

/** The results in a folder, a file for each student. */
export class Records {
  readonly #folder: string

  constructor(out: string) {
    this.#folder = join(out, "students")
    mkdirSync(this.#folder, { recursive: true })
  }

  read(student: string): StudentRecord | undefined {
    const file = this.#file(student)
    if (!existsSync(file)) return undefined
    const result = studentRecord.safeParse(JSON.parse(readFileSync(file, "utf8")))
    return result.success ? result.data : undefined
  }

  /** Whole or not at all: a run may be broken off at any time, and goes on from what is there. */
  write(record: StudentRecord): void {
    mkdirSync(this.folderOf(record.student), { recursive: true })
    const file = this.#file(record.student)
    writeFileSync(`${file}.new`, JSON.stringify(record, null, 2) + "\n")
    renameSync(`${file}.new`, file)
  }

  /** Adds what somebody else has graded: stages that are here, too, are theirs now. */
  add(record: StudentRecord): void {
    const kept = (this.read(record.student)?.stages ?? []).filter(
      ({ stage }) => !record.stages.some((each) => each.stage === stage),
    )
    this.write({ ...record, stages: [...kept, ...record.stages].toSorted((a, b) => a.stage - b.stage) })
  }

  all(): readonly StudentRecord[] {
    return readdirSync(this.#folder)
      .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))
      .flatMap((student) => this.read(student) ?? [])
  }

  folderOf(student: string): string {
    return join(this.#folder, student)
  }

  #file(student: string): string {
    return join(this.folderOf(student), "result.json")
  }
}
