import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import { stages, UsageError, type Stage } from "../stages.ts"

/*
 * What a grade is made of. Everything that one may want otherwise is here, or in a `grading.json` of the instructor's own.
 */

/** A moment, with its zone: without one it would be another on another machine. */
export const time = z.iso.datetime({ offset: true, error: "expected a time such as 2026-12-03T18:00:00Z" })

const schema = z.strictObject({
  /** What a project is worth when all of its checks pass, by its number. Its checks' points are parts of that. */
  worth: z.record(z.string().regex(/^\d+$/), z.number().nonnegative()).optional(),
  /** When a project must have been handed in, by its number: what comes later is late. */
  due: z.record(z.string().regex(/^\d+$/), time).optional(),
  /** Added to every seed of random schedules and examples: a number that nobody knows but you. */
  seeds: z.int().min(0).max(1_000_000_000).optional(),
  /** How much is taken off for each day begun after that, in percent, and how much at most. */
  late: z.strictObject({ perDay: z.number().min(0).max(100), most: z.number().min(0).max(100) }).optional(),
})

export type Scheme = z.infer<typeof schema>

/** Where nobody says otherwise: ten points a project, and nothing is ever late. */
const usual = { worth: 10, late: { perDay: 10, most: 50 } }

/** @throws UsageError naming the field that is wrong */
export function readScheme(folder: string | undefined): Scheme {
  const file = folder === undefined ? undefined : join(folder, "grading.json")
  if (file === undefined || !existsSync(file)) return {}
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, "utf8"))
  } catch (error) {
    throw new UsageError(`${file}: it is no JSON (${error instanceof Error ? error.message : ""})`)
  }
  const result = schema.safeParse(json)
  if (result.success) return checkNumbers(result.data, file)
  const issue = result.error.issues[0]
  const where = [file, issue?.path.join(".")].filter(Boolean).join(": ")
  throw new UsageError(`${where}: ${issue?.message ?? "wrong"}`)
}

function checkNumbers(scheme: Scheme, file: string): Scheme {
  const wrong = [...Object.keys(scheme.worth ?? {}), ...Object.keys(scheme.due ?? {})].find(
    (n) => !stages[Number(n) - 1],
  )
  if (wrong !== undefined) throw new UsageError(`${file}: there is no project ${wrong}`)
  return scheme
}

export function worthOf({ worth }: Scheme, { n }: Stage): number {
  return worth?.[String(n)] ?? usual.worth
}

/** Percent that are taken off since a project came late. */
export function lateness({ due, late = usual.late }: Scheme, { n }: Stage, submitted: number | null): number {
  const until = due?.[String(n)]
  if (until === undefined || submitted === null) return 0
  const days = Math.ceil((submitted - Date.parse(until)) / 86_400_000)
  return days <= 0 ? 0 : Math.min(late.most, days * late.perDay)
}

/** A project's mark, to two decimals: its share of what it is worth, less what is taken off. */
export function markOf(worth: number, points: number, maxPoints: number, off: number): number {
  const share = maxPoints === 0 ? 0 : points / maxPoints
  return Math.round(worth * share * (1 - off / 100) * 100) / 100
}
