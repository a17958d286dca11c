import { join } from "node:path"

/** The repository this command belongs to. */
export const root: string = join(import.meta.dirname, "..")

/** Everything the command remembers or makes for itself lives here, out of git's sight. */
export const scratch: string = join(root, ".workshop")

/** By this file, at its root, a student's repository is known (`sealed/kit.ts`). The whole repository has none. */
export const marker = "kit.json"

export interface Stage {
  readonly n: number
  /** The folder's name, below `projects/`, `tests/` and `solutions/`. */
  readonly name: string
  readonly title: string
  /** The workshop day it belongs to, as in the README's table. */
  readonly day: string
}

const table: readonly (readonly [name: string, title: string, day: string])[] = [
  ["01-kv-server", "Key-value server", "0"],
  ["02-traffic-light", "Traffic light", "0"],
  ["03-planning", "Planning", "1"],
  ["04-the-log", "The log", "1"],
  ["05-log-replication", "Log replication", "1-2"],
  ["06-consensus", "Consensus", "2"],
  ["07-leader-election", "Leader election", "3"],
  ["08-testing", "Testing", "3-4"],
  ["09-simulation", "Simulation", "4"],
  ["10-the-system", "The system", "4"],
  ["11-the-rest-of-raft", "The rest of Raft", "4+"],
]

export const stages: readonly Stage[] = table.map(([name, title, day], index) => ({
  n: index + 1,
  name,
  title,
  day,
}))

/** Wrong usage: printed as one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError"
}

/** The stage a person means by `4`. */
export function parseStage(text: string): Stage {
  const stage = /^\d{1,2}$/.test(text) ? stages[Number(text) - 1] : stages.find(({ name }) => name === text)
  if (!stage)
    throw new UsageError(`there is no project "${text}": projects are numbered 1 to ${String(stages.length)}`)
  return stage
}

/** The stages a person means by `1-4` or `1,3,5-7`, in their order. */
export function parseStages(text: string): readonly Stage[] {
  const numbers = text.split(",").flatMap((part) => {
    const [first = "", last = first, ...more] = part.split("-")
    if (more.length > 0) throw new UsageError(`"${text}": expected projects such as 1-4 or 1,3,5-7`)
    const [from, to] = [parseStage(first.trim()).n, parseStage(last.trim()).n]
    if (from > to) throw new UsageError(`"${text}": ${String(from)} comes after ${String(to)}`)
    return stages.filter(({ n }) => from <= n && n <= to)
  })
  return stages.filter((stage) => numbers.includes(stage))
}

/** `projects/04-the-log`, as people write it. */
export function folder(kind: "projects" | "solutions" | "tests", stage: Stage): string {
  return `${kind}/${stage.name}`
}
