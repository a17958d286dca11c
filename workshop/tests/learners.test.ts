import { beforeAll, describe, expect, test } from "vitest"
import type { Outcome } from "../runner/outcome.ts"
import { parseStage } from "../stages.ts"
import type { Job } from "../verify/jobs.ts"
import { runJobs } from "../verify/lanes.ts"
import { withoutVitestMarks } from "./clone.ts"

/**
 * What learners write is the normal input of this product. Each of these, put into a solved project, must end in one clear
 * line that names the function or the file, while the other checks still run.
 */
interface Case {
  readonly title: string
  readonly stage: "1" | "4" | "5" | "7"
  readonly file?: string
  readonly find: string
  readonly replace: string
  /** What the failing checks say, all of them together. */
  readonly says: readonly (string | RegExp)[]
  /** How many checks must pass at least. */
  readonly passing: number
}

const lastIndex = "  return base.index + entries.length\n"
const lastTerm = "export function lastTerm"

const inProject4: readonly Omit<Case, "stage">[] = [
  {
    title: "an endless loop is cut off",
    find: lastIndex,
    replace: "  for (;;) void base\n  return entries.length\n",
    says: ["`lastIndex` did not return: an endless loop?"],
    passing: 25,
  },
  {
    title: "a thrown error names the function",
    find: lastIndex,
    replace: `  throw new Error("boom")\n${lastIndex}`,
    says: ["`lastIndex` threw Error: boom"],
    passing: 25,
  },
  {
    title: "a thrown string is no Error",
    find: lastIndex,
    replace: `  throw "boom"\n${lastIndex}`,
    says: ["`lastIndex` threw 'boom', which is not an Error"],
    passing: 25,
  },
  {
    title: "a changed argument is told as such",
    find: lastIndex,
    replace: `  Object.assign(base, { index: 5 })\n${lastIndex}`,
    says: [/^`lastIndex` changed a value it was given: /],
    passing: 25,
  },
  {
    title: "an answer of the wrong shape is told as such",
    find: lastIndex,
    replace: "  return String(base.index + entries.length) as never\n",
    says: ["`lastIndex` answered in the wrong shape, Invalid input: expected number, received string"],
    passing: 25,
  },
  {
    title: "a function that became async says so",
    find: "export function lastIndex({ base, entries }: Log): Index",
    replace: "export async function lastIndex({ base, entries }: Log): Promise<Index>",
    says: ["`lastIndex` answered with a Promise: it must not be async"],
    passing: 25,
  },
  {
    title: "endless recursion is an error like any other",
    find: lastIndex,
    replace: "  return lastIndex({ base, entries })\n",
    says: ["`lastIndex` threw RangeError: Maximum call stack size exceeded"],
    passing: 25,
  },
  {
    title: "process.exit in a function fails the checks that call it",
    find: lastIndex,
    replace: `  process.exit(0)\n${lastIndex}`,
    says: ["`lastIndex` told the process to exit"],
    passing: 25,
  },
  {
    title: "a missing export fails the checks that need it",
    find: "export function entriesFrom",
    replace: "function entriesFrom",
    says: ["projects/04-the-log/index.ts does not export `entriesFrom`"],
    passing: 45,
  },
  {
    title: "an export of the wrong kind says what it is",
    find: "export function entriesFrom",
    replace: "export const entriesFrom = 5\nfunction old",
    says: ["projects/04-the-log/index.ts exports `entriesFrom`, but not as a function: it is a number"],
    passing: 45,
  },
  {
    title: "a syntax error names file and line",
    find: lastIndex,
    replace: "  return base.index +\n",
    says: [/^projects\/04-the-log\/index\.ts:\d+: .* \(a syntax error\)$/],
    passing: 0,
  },
  {
    title: "a package that is not there is named",
    find: "import type",
    replace: 'import "left-pad-of-dreams"\nimport type',
    says: [/^your files do not load: .*'left-pad-of-dreams'.* from projects\/04-the-log\/index\.ts/],
    passing: 0,
  },
  {
    title: "an endless loop while loading is told as such",
    find: lastTerm,
    replace: `for (;;) void 0\n${lastTerm}`,
    says: [/^while your files were loaded, your code kept the process busy/],
    passing: 0,
  },
  {
    title: "an error while loading is told as such",
    find: lastTerm,
    replace: `throw new Error("too early")\n${lastTerm}`,
    says: ["your files do not load: too early"],
    passing: 0,
  },
]

const inProject1: readonly Omit<Case, "stage">[] = [
  {
    title: "a loop that spins in a callback costs its own checks, not the run",
    file: "server.ts",
    find: "    const done = () => {\n",
    replace: "    const done = () => {\n      for (;;) void 0\n",
    says: [/kept the process busy and never let go/],
    passing: 40,
  },
  {
    title: "a promise that never settles is not waited for for ever",
    file: "queue.ts",
    find: "    if (this.#items.length > 0) return",
    replace: "    if (this.#items.length > 1e9) return",
    says: [/^waited \d s for /],
    passing: 65,
  },
  {
    title: "an error that nobody catches fails the check that caused it",
    file: "server.ts",
    find: "    sockets.add(socket)\n",
    replace: '    sockets.add(socket)\n    throw new Error("lost")\n',
    says: [/Error: lost, and nobody caught it$/],
    passing: 50,
  },
]

const inProject5: readonly Omit<Case, "stage">[] = [
  {
    title: "a rule that never rests is named",
    find: "if (ready.length === 0) return undefined",
    replace: "if (ready.length === 0) return { effects: [] }",
    says: [
      /^`(step|lead)` threw Error: these rules always find something to do: replication\.sendNewEntries\./,
    ],
    passing: 10,
  },
  {
    title: "a state that is changed in place is told as such",
    find: "      const back = {",
    replace: "      Object.assign(node.nextIndex, { [from]: 1 })\n      const back = {",
    says: [/^`step` changed a value it was given: /],
    passing: 40,
  },
  {
    title: "a message without a field says which",
    find: "      prevLogTerm,\n      entries:",
    replace: "      entries:",
    says: [/^`step` answered in the wrong shape, at `effects\.0\.message\.prevLogTerm`: /],
    passing: 20,
  },
  {
    title: "a Map in the state is told as such",
    find: "return Object.fromEntries(servers.map((server) => [server, index]))",
    replace: "return new Map(servers.map((server) => [server, index])) as never",
    says: [/^`lead` answered in the wrong shape, at `set\.nextIndex`: /],
    passing: 20,
  },
]

const inProject7: readonly Omit<Case, "stage">[] = [
  {
    title: "a step without effects is told as such, also in a random schedule",
    find: "export const step: Step<RaftNode, RaftEvent, Effect> = compose(election, replication, commitment)",
    replace: `const composed: Step<RaftNode, RaftEvent, Effect> = compose(election, replication, commitment)
export const step: Step<RaftNode, RaftEvent, Effect> = (node, event) => {
  const { effects, ...rest } = composed(node, event)
  return { ...rest, ...(event.type === "heartbeatTimeout" ? {} : { effects }) } as never
}`,
    says: [/^`step` answered in the wrong shape, at `?effects`?: /],
    passing: 20,
  },
  {
    title: "a loop without end in a guard costs no more than its checks",
    find: "isMessage(event) && event.term > node.currentTerm\n",
    replace:
      '(event.type === "RequestVote" && (() => { for (;;) void 0 })()) || (isMessage(event) && event.term > node.currentTerm)\n',
    says: [/^`step` did not return: an endless loop\?$/],
    passing: 15,
  },
]

/** Those that take longest first: two lanes work on them. */
const cases: readonly Case[] = [
  ...inProject1.map((each): Case => ({ ...each, stage: "1" })),
  ...inProject5.map((each): Case => ({ ...each, stage: "5" })),
  ...inProject7.map((each): Case => ({ ...each, stage: "7" })),
  ...inProject4.map((each): Case => ({ ...each, stage: "4" })),
]

const outcomes = new Map<string, Outcome>()
const checksOf = new Map<number, number>()

beforeAll(async () => {
  withoutVitestMarks()
  const jobs = cases.map(({ title, stage, file = "index.ts", find, replace }): Job => {
    const edit = { file, find, replace }
    return {
      stage: parseStage(stage),
      kind: "variant",
      variant: { id: title.replaceAll(" ", "-"), what: "", why: "", edit },
    }
  })
  const references = ["1", "4", "5", "7"].map((stage): Job => ({
    stage: parseStage(stage),
    kind: "reference",
  }))
  await runJobs([...references, ...jobs], { full: false, leniency: 1, asPerson: true }, (job, answer) => {
    if ("error" in answer) throw new Error(answer.error)
    if (job.kind === "reference") checksOf.set(job.stage.n, answer.outcome.checks.length)
    if (job.kind === "variant") outcomes.set(job.variant.id, answer.outcome)
  })
}, 180_000)

describe.each(cases)("project $stage: $title", ({ title, stage, says, passing }) => {
  const outcome = () => outcomes.get(title.replaceAll(" ", "-")) ?? { checks: [] }

  test("every check was run, and the others pass", () => {
    const { checks } = outcome()
    expect(checks).toHaveLength(checksOf.get(Number(stage)) ?? Number.NaN)
    const failed = checks.filter(({ failure }) => failure)
    expect(failed.length).toBeGreaterThan(0)
    expect(checks.length - failed.length).toBeGreaterThanOrEqual(passing)
  })

  test("one clear line", () => {
    const summaries = [...new Set(outcome().checks.flatMap(({ failure }) => failure?.summary ?? []))]
    for (const summary of summaries) expect(summary.length).toBeLessThan(200)
    for (const expected of says)
      expect(summaries).toContainEqual(
        typeof expected === "string" ? expected : expect.stringMatching(expected),
      )
  })
  const ofACall = /^`(lastIndex|step|lead)` (threw|changed|told|did not return|answered)/
  test("what a call did is told with the call, or with the story that led to it", () => {
    const failures = outcome().checks.flatMap(({ failure }) => failure ?? [])
    const told = failures.filter(({ summary }) => ofACall.test(summary))
    for (const { summary, scenario } of told)
      expect([summary, scenario]).toEqual([summary, expect.any(String)])
    const call = /^lastIndex\(\{ base: .*\)$/
    if (stage === "4" && told.length > 0) expect(told[0]?.scenario).toMatch(call)
  })
})
