import { createHash } from "node:crypto"
import { rmSync } from "node:fs"
import { filesIn, hashOf } from "../files.ts"
import { score } from "../runner/outcome.ts"
import { makeTree, sweepTrees, type Foundation } from "../runner/tree.ts"
import type { Stage } from "../stages.ts"
import { Desk } from "./desk.ts"
import type { Private } from "./private.ts"
import { Records, toRecord, type StageRecord, type StudentRecord } from "./record.ts"
import { lateness, markOf, worthOf, type Scheme } from "./scheme.ts"
import { readSubmission, type Intake, type Submission } from "./submissions.ts"

export interface GradeOptions {
  readonly submissions: readonly Submission[]
  readonly stages: readonly Stage[]
  readonly on: Foundation
  readonly out: string
  /** How many are judged at once. */
  readonly jobs: number
  readonly scheme: Scheme
  readonly private: Private
  readonly seconds: number
  readonly memory: number
}

const signals = ["SIGINT", "SIGTERM"] as const

/** What somebody who waits wants to know. */
export interface GradeProgress {
  readonly student: string
  readonly record: StageRecord
  /** Whether it was known from an earlier run. */
  readonly known: boolean
}

/**
 * Grades every submission, and keeps each result as soon as it is there. What was graded before and has not changed since
 * is not run again.
 */
export async function grade(
  options: GradeOptions,
  onProgress: (progress: GradeProgress) => void,
): Promise<Records> {
  const { submissions, stages, on, out, jobs, seconds, memory, private: own, scheme } = options
  const seedShift = scheme.seeds ?? 0
  const records = new Records(out)
  sweepTrees()
  const bundles = makeTree("grade", true)
  const desk = new Desk(bundles, { on, seconds, memory, leniency: 3, seedShift, private: own })
  const ours = [versionOf(), own.digest, on, seconds, memory, seedShift].join("\n")
  const tasks = submissions.values()
  const work = async (): Promise<void> => {
    for (const submission of tasks) await gradeOne(submission)
  }
  const gradeOne = async (submission: Submission): Promise<void> => {
    const intake = readSubmission(submission)
    const before = records.read(submission.student)
    const done: StageRecord[] = []
    for (const stage of stages) {
      const key = sha256([ours, intake.digest, stage.name].join("\n"))
      const old = before?.stages.find((each) => each.key === key)
      const result = old ?? { ...(await judged(desk, stage, intake, key)), commit: intake.commit }
      const record = rated(result, stage, submission, scheme)
      done.push(record)
      records.write(studentRecord(submission, intake, done, before))
      onProgress({ student: submission.student, record, known: old !== undefined })
    }
  }
  const sweep = () => {
    desk.sweep()
    rmSync(bundles, { recursive: true, force: true })
  }
  const interrupted = () => {
    sweep()
    process.stderr.write("\ninterrupted: the same command goes on from what is there\n")
    process.exit(130)
  }
  for (const signal of signals) process.once(signal, interrupted)
  try {
    await Promise.all(Array.from({ length: jobs }, work))
  } finally {
    for (const signal of signals) process.off(signal, interrupted)
    await desk.close()
    sweep()
  }
  return records
}

type Rated = "worth" | "late" | "mark"

async function judged(
  desk: Desk,
  stage: Stage,
  intake: Intake,
  key: string,
): Promise<Omit<StageRecord, Rated | "commit">> {
  const checks = await desk.judge(stage, intake)
  const { points, maxPoints } = score({ checks })
  return { stage: stage.n, key, points, maxPoints, checks: checks.map(toRecord) }
}

/** What a result is worth is decided anew each time: the scheme may have changed. */
function rated(
  record: Omit<StageRecord, Rated>,
  stage: Stage,
  { submitted }: Submission,
  scheme: Scheme,
): StageRecord {
  const worth = worthOf(scheme, stage)
  const late = lateness(scheme, stage, submitted)
  return { ...record, worth, late, mark: markOf(worth, record.points, record.maxPoints, late) }
}

/** Projects that were not asked for keep the results that they have, of whatever was handed in then. */
function studentRecord(
  { student, submitted }: Submission,
  { commit, digest, remarks }: Intake,
  done: readonly StageRecord[],
  before: StudentRecord | undefined,
): StudentRecord {
  const kept = (before?.stages ?? []).filter(({ stage }) => !done.some((each) => each.stage === stage))
  const stages = [...kept, ...done].toSorted((a, b) => a.stage - b.stage)
  return { student, commit, submitted, digest, remarks: [...remarks], stages }
}

/** Of the suites and of what runs them. */
function versionOf(): string {
  const files = ["tests", "solutions", "workshop", "package-lock.json"].flatMap((path) =>
    path.endsWith(".json") ? [path] : filesIn(path),
  )
  return hashOf(files)
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex")
}
