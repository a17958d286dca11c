import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Hunter } from "../hunt/hunter.ts"
import type { CheckOutcome } from "../runner/outcome.ts"
import { makeTree, removeTree, type Subject } from "../runner/tree.ts"
import { parseStage } from "../stages.ts"
import type { Bug } from "../suite/mutants.ts"
import { layOut } from "../verify/jobs.ts"
import { whySurvived } from "../verify/judge.ts"

/** A hunt must find what is wrong, say so as the whole suite would, and not be misled by anything else. */

const lastIndex = "  return base.index + entries.length\n"
const tree = makeTree("hunt-test", true)
const subject: Subject = { name: "hunt", tree, kind: "projects" }
const hunter = new Hunter(join(tree, "hunts"))

afterAll(async () => {
  await hunter.close()
  removeTree(subject)
})

interface Hunted {
  readonly checks: readonly CheckOutcome[]
  readonly failed: readonly string[]
  readonly survived: string | undefined
}

async function hunt(stageText: string, find: string, replace: string, file = "index.ts"): Promise<Hunted> {
  const stage = parseStage(stageText)
  const breaks = stageText === "4" ? [1] : [12, 13, 14]
  const bug: Bug = { id: "planted", what: "", source: "", breaks, edit: { file, find, replace } }
  const outcome = await hunter.hunt(stage, layOut({ kind: "bug", stage, bug }, tree), breaks)
  const failed = outcome.checks.flatMap(({ id, failure }) => (failure ? `${id} ${failure.kind}` : []))
  return { checks: outcome.checks, failed, survived: whySurvived(outcome, bug) }
}

const inLastIndex = (does: string): Promise<Hunted> => hunt("4", lastIndex, `${does}\n${lastIndex}`)

/** The checks of rule 1, on the reference: what all the others are compared with. */
let correct: Hunted

beforeAll(async () => {
  correct = await inLastIndex("")
})

describe("a hunt", () => {
  test("runs all checks of the rules, and no others, when nothing is wrong", () => {
    expect(correct.survived).toBe("no check fails")
    expect(correct.checks.length).toBeGreaterThan(3)
    for (const { rules } of correct.checks) expect(rules).toContain(1)
  })

  test("ends with the first check that fails", async () => {
    const { checks, failed, survived } = await hunt("4", lastIndex, "  return base.index\n")
    expect(survived).toBeUndefined()
    expect(failed).toHaveLength(1)
    expect(checks.at(-1)?.failure).toMatchObject({ kind: "broken" })
    expect(checks.length).toBeLessThan(correct.checks.length)
  })

  test("an error in it is the subject's, and named", async () => {
    const [check] = (await inLastIndex('  throw new Error("boom")')).checks
    expect(check?.failure).toMatchObject({
      kind: "threw",
      summary: "`lastIndex` threw Error: boom",
      at: expect.stringMatching(/^projects\/04-the-log\//) as string,
    })
  })
})

/** Whatever fails on a planted bug must pass here: else it was the hunt's own doing. */
test.each(["1", "2", "3", "4", "5", "6", "7"])(
  "the reference of project %s passes all its checks",
  async (n) => {
    const stage = parseStage(n)
    const rules = Array.from({ length: 99 }, (_, i) => i + 1)
    const { checks } = await hunter.hunt(stage, layOut({ kind: "reference", stage }, tree), rules)
    expect(checks.length).toBeGreaterThan(50)
    expect(checks.filter(({ failure }) => failure)).toEqual([])
  },
)

describe("what does not come back", () => {
  test("a loop without end fails its check", async () => {
    const { failed, survived } = await inLastIndex("  for (;;) void base")
    expect([failed, survived]).toEqual([["4a.1 hung"], undefined])
  })

  test("so does one that no one is there to cut off", async () => {
    const { failed, survived } = await hunt(
      "1",
      "  shift(): Promise<T> {\n",
      "  shift(): Promise<T> {\n    void Promise.resolve().then(() => { for (;;) void 0 })\n",
      "queue.ts",
    )
    expect([failed, survived]).toEqual([["1b.1 hung"], undefined])
  })
})

describe("what goes wrong otherwise", () => {
  test("telling the process to exit is an error", async () => {
    const { checks, survived } = await inLastIndex("  process.exit(0)")
    expect(checks[0]?.failure?.summary).toBe("`lastIndex` told the process to exit")
    expect(survived).toBeUndefined()
  })

  test("a process that dies fails one check after the other, and convinces nobody", async () => {
    const { failed, survived } = await inLastIndex('  process.kill(process.pid, "SIGKILL")')
    expect(failed[0]).toBe("4a.1 crashed")
    expect(failed.length).toBeGreaterThan(1)
    expect(survived).toBe("no check fails")
  })

  test("files that do not load convince nobody", async () => {
    const { failed, survived } = await hunt(
      "4",
      "export function lastIndex",
      'throw new Error("boom")\nexport function lastIndex',
    )
    expect(new Set(failed.map((each) => each.split(" ")[1]))).toEqual(new Set(["load"]))
    expect(survived).toBe("no check fails")
  })

  test("files that are not TypeScript are told as such", async () => {
    await expect(
      hunt("4", "export function lastIndex", "export function function lastIndex"),
    ).rejects.toThrow("index.ts:7")
  })

  test("nothing of one reaches the next", async () => {
    const sabotage = "  Array.prototype.map = () => []\n  setInterval(() => { for (;;) void 0 }, 1)"
    expect((await inLastIndex(sabotage)).survived).toBeUndefined()
    expect(await inLastIndex("")).toEqual(correct)
  })
})
