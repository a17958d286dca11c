import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Desk } from "../grade/desk.ts"
import { nothingPrivate } from "../grade/private.ts"
import { toRecord } from "../grade/record.ts"
import { readSubmission, type Intake } from "../grade/submissions.ts"
import type { CheckOutcome } from "../runner/outcome.ts"
import { makeTree } from "../runner/tree.ts"
import { Values } from "../sandbox/values.ts"
import { parseStage, root } from "../stages.ts"
import { lay } from "./lay.ts"
import { attacks, type Attack } from "./attacks.ts"

/** A submission may try what it likes: it gains no point by it, and nobody else loses one. */

const stage = parseStage("4")
const bundles = makeTree("grade-test", true)
const desk = new Desk(bundles, {
  on: "mine",
  seconds: 90,
  memory: 1024,
  leniency: 1,
  seedShift: 0,
  private: nothingPrivate,
})
const scratch = mkdtempSync(join(tmpdir(), "grade-test-"))

afterAll(async () => {
  await desk.close()
  for (const folder of [bundles, scratch]) rmSync(folder, { recursive: true, force: true })
})

const contract = "../../projects/04-the-log/contract.ts"
const right = readFileSync(join(root, "solutions/04-the-log/index.ts"), "utf8").replaceAll(
  contract,
  "./contract.ts",
)
const lastTerm = "  return entries.at(-1)?.term ?? base.term\n"

/** Project 4 with a `lastTerm` that is wrong as long as nothing is won. */
function attacked({ code, inside = "" }: Pick<Attack, "code" | "inside">): string {
  const wrong = `  ${inside.replace("require$", "fs$")}\n  if (!won) return 4711\n${lastTerm}`
  const text = right.replaceAll("lastTerm(log)", "rightTerm(log)").replace(lastTerm, wrong)
  return `import * as fs$ from "node:fs"\nlet won = false\n${code}\n${text}\nfunction rightTerm({ base, entries }) {\n${lastTerm}}\n`
}

function handedIn(text: string): Intake {
  const files = new Map([["projects/04-the-log/index.ts", Buffer.from(text)]])
  return { files, digest: "", commit: null, remarks: [] }
}

async function judge(text: string): Promise<readonly CheckOutcome[]> {
  return await desk.judge(stage, handedIn(text))
}

const failed = (checks: readonly CheckOutcome[]): readonly string[] =>
  checks.flatMap(({ id, failure }) => (failure ? [id] : []))

describe("attacks", () => {
  let plain: readonly string[] = []

  beforeAll(async () => {
    expect(failed(await judge(right))).toEqual([])
    plain = failed(await judge(attacked({ code: "" })))
    expect(plain.length).toBeGreaterThan(1)
    expect(failed(await judge(attacked({ code: "won = true" })))).toEqual([]) // an attack that gets there would be seen
  })

  test.each(attacks)("$name", { timeout: 240_000 }, async ({ code, inside, harmful }) => {
    const checks = await judge(attacked({ code, ...(inside === undefined ? {} : { inside }) }))
    expect(checks).toHaveLength(55)
    const stillFailed = failed(checks)
    if (harmful) expect(stillFailed).toEqual(expect.arrayContaining([...plain]))
    else expect(stillFailed).toEqual(plain)
  })

  test("whoever comes after all of these is judged as ever", async () => {
    expect(failed(await judge(right))).toEqual([])
  })
})

test("what is too deep to be copied crosses all the same, and what has no end", () => {
  const nobody = { ask: () => undefined, settled: () => undefined }
  const [actor, judge] = [new Values(nobody, false), new Values(nobody, true)]
  let deep: unknown = 0
  for (let i = 0; i < 20_000; i++) deep = [deep]
  const round: { round?: unknown } = {}
  round.round = round
  expect(judge.unpack(actor.pack(deep))).toBeInstanceOf(Array)
  expect(judge.unpack(actor.pack(round))).toBeInstanceOf(Object)
})

describe("what is handed in", () => {
  const read = (folder: string) => readSubmission({ student: "x", folder, submitted: null })

  test("links are not followed: to a file, or to a folder", async () => {
    const folder = lay(scratch, { "projects/README.md": "" })
    symlinkSync(join(root, "solutions/04-the-log"), join(folder, "projects/04-the-log"))
    expect(read(folder).files.size).toBe(0)
    expect(read(folder).remarks).toEqual([
      "projects/04-the-log was left out: it is a link, or no ordinary file",
    ])
    const all = await desk.judge(stage, read(folder))
    expect(failed(all)).toHaveLength(55)
    const top = lay(scratch, {})
    symlinkSync(join(root, "solutions"), join(top, "projects"))
    expect(read(top).remarks).toEqual(["there is no folder `projects/` in it"])
  })

  test.each([
    [`export * from "../../../../../..${root}/solutions/04-the-log/index.ts"`, "that lies outside projects/"],
    [`export * from "${root}/solutions/04-the-log/index.ts"`, "that lies outside projects/"],
    [`import "left-pad"`, "there are only Node's own modules and"],
    [`export { text } from "./secret.ts"`, "there is no such file"],
    ["export const = 1", "ERROR"],
  ])("what %s imports is looked at", async (text, why) => {
    const checks = await judge(text)
    expect(failed(checks)).toHaveLength(55)
    expect(checks[0]?.failure?.summary).toContain(why)
    expect(checks[0]?.failure?.summary).toContain("projects/04-the-log/index.ts:1")
  })

  test("its projects may import each other, and zod", async () => {
    const text = `import * as z from "zod"\nimport { helper } from "./helper.ts"\nz.string(); helper()\n${right}`
    const helper = Buffer.from("export const helper = () => 1")
    const intake = handedIn(text)
    const files = new Map([...intake.files, ["projects/04-the-log/helper.ts", helper]])
    expect(failed(await desk.judge(stage, { ...intake, files }))).toEqual([])
  })
})

test("a message can be shown anywhere, and is no longer than it must be", () => {
  const failure = { kind: "threw", summary: `\u001b[31m\u0000\ud800${"x".repeat(5_000)}` } as const
  const { message } = toRecord({ id: "4a.1", title: "", group: "", rules: [], points: 1, failure })
  expect(message).toMatch(/^\ufffd\[31m\ufffd\ufffdx+…$/)
  expect(message?.length).toBeLessThan(2_010)
})
