import { existsSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { OutcomeJson } from "../runner/outcome.ts"
import { Clone } from "./clone.ts"

let clone: Clone
beforeAll(() => {
  clone = new Clone()
})
afterAll(() => {
  clone.remove()
})

test("a fresh board shows all projects, and project 1 next", async () => {
  const { code, out } = await clone.workshop()
  expect(code).toBe(0)
  expect(out).toMatch(/▶ {2}1 {2}Key-value server .*not started/)
  expect(out).toMatch(/11 {2}The rest of Raft .*not started/)
  expect(out).toContain("Next: npx workshop start 1")
  expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80)
})

test("wrong usage is one line and exit code 2", async () => {
  const wrong = [
    ["tset"],
    ["test", "12"],
    ["test", "0"],
    ["test", "7", "--seed", "x"],
    ["blame"],
    ["blame", "99"],
    ["test", "x"],
    ["test", "4", "--subject", "/no/such/folder"],
    ["test", "4", "--subject", "docs"],
    ["test", "4", "--on", "theirs"],
    ["test", "4", "--watch", "--json", "-"],
    ["start"],
    ["hint", "12"],
    ["cluster"],
    ["cluster", "--on", "reference"],
    ["verify", "99"],
    ["light", "--port", "many"],
    ["light", "--controller", "nowhere"],
  ]
  for (const args of wrong) {
    const { code, err, out } = await clone.workshop(...args)
    expect([args, code]).toEqual([args, 2])
    expect(out).toBe("")
    expect(err.trim().split("\n").length).toBeLessThanOrEqual(2)
    expect(err).toMatch(/^workshop: /)
  }
})

test("--help works everywhere", async () => {
  for (const args of [
    [],
    ["test"],
    ["start"],
    ["hint"],
    ["diff"],
    ["solution"],
    ["reset"],
    ["verify"],
    ["light"],
    ["search"],
    ["exhaust"],
    ["simulate"],
  ]) {
    const { code, out } = await clone.workshop(...args, "--help")
    expect([args, code]).toEqual([args, 0])
    expect(out).toMatch(/^Usage: workshop/)
  }
})

test("the reference passes, the skeleton does not; JSON as documented", async () => {
  const reference = await clone.workshop("test", "4", "--subject", "solutions", "--json", "-")
  expect(reference.code).toBe(0)
  const passed = JSON.parse(reference.out) as OutcomeJson
  expect(Object.keys(passed)).toEqual([
    "stage",
    "subject",
    "passed",
    "failed",
    "points",
    "maxPoints",
    "tests",
  ])
  expect(passed).toMatchObject({ stage: 4, subject: "solutions", failed: 0, points: passed.maxPoints })
  const skeleton = await clone.workshop("test", "4", "--json", "result.json")
  expect(skeleton.code).toBe(1)
  const failed = JSON.parse(clone.read("result.json")) as OutcomeJson
  expect(failed).toMatchObject({ passed: 0, points: 0, maxPoints: passed.maxPoints })
  expect(failed.tests[0]).toMatchObject({ id: "4a.1", status: "failed", points: 1 })
})

test("--check runs one check, or one group, and remembers nothing of it", async () => {
  const one = await clone.workshop("test", "4", "--subject", "solutions", "--check", "4c.3")
  expect([one.code, one.out]).toEqual([0, expect.stringContaining("1 of 1 check pass")])
  const group = await clone.workshop("test", "4", "--check", "4c")
  expect([group.code, group.out]).toEqual([1, expect.stringContaining("0 of 8 checks pass")])
  const none = await clone.workshop("test", "4", "--check", "4")
  expect([none.code, none.err]).toEqual([2, expect.stringContaining("has no such check, and no such group")])
  expect((await clone.workshop()).out).toMatch(/4 {2}The log .*not started/)
})

test("another tree's projects are tested, whatever its package.json says", async () => {
  const other = new Clone()
  other.solve("04-the-log")
  other.write("package.json", "{ not json")
  const { code } = await clone.workshop("test", "4", "--subject", other.path, "--json", "-")
  other.remove()
  expect(code).toBe(0)
})

test("--on reference stands in for an unfinished project, and the note offers it", async () => {
  clone.solve("02-traffic-light")
  const mine = await clone.workshop("test", "2")
  expect(mine.code).toBe(1)
  expect(mine.out).toContain("--on reference")
  expect(mine.out).toContain("needs more of your project 1")
  const ours = await clone.workshop("test", "2", "--on", "reference")
  expect(ours.code).toBe(0)
  expect((await clone.workshop()).out).toMatch(/Traffic light .*done on the reference/)
})

test("a type error and printed output are told beside the results", async () => {
  clone.solve("04-the-log")
  const body = "  return base.index + entries.length\n"
  const noisy = `  const n: string = base.index + entries.length\n  console.log("looking")\n  return n as never\n`
  clone.write("projects/04-the-log/index.ts", clone.read("projects/04-the-log/index.ts").replace(body, noisy))
  const { code, out } = await clone.workshop("test", "4")
  expect(code).toBe(0)
  expect(out).toMatch(/1 type error/)
  expect(out).toMatch(/projects\/04-the-log\/index\.ts:\d+ in `lastIndex`: Type 'number' is/)
  expect(out).toMatch(/printed in 4a\.1:\n│ {3}looking/)
  expect(out.match(/looking/g)?.length).toBeLessThan(100)
})

test("the board remembers, and notices changes", async () => {
  clone.solve("04-the-log")
  await clone.workshop("test", "4")
  expect((await clone.workshop()).out).toMatch(/✔ {2}4 {2}The log .*done/)
  clone.write("projects/04-the-log/index.ts", clone.read("projects/04-the-log/index.ts") + "\n// more\n")
  expect((await clone.workshop()).out).toMatch(/The log .*changed since/)
})

test("reset keeps the work, takes added files away, and asks first", async () => {
  clone.solve("04-the-log")
  clone.write("projects/04-the-log/extra.ts", "export {}\n")
  const skeleton = JSON.parse(clone.read("workshop/skeletons.json")) as Record<string, string>
  const refused = await clone.workshop("reset", "4")
  expect(refused.code).toBe(1)
  expect(existsSync(join(clone.path, "projects/04-the-log/extra.ts"))).toBe(true)
  rmSync(join(clone.path, "projects/04-the-log/contract.ts"))
  const { code, out } = await clone.workshop("reset", "4", "--yes")
  expect(code).toBe(0)
  for (const file of ["index.ts", "contract.ts"]) {
    expect(clone.read(`projects/04-the-log/${file}`)).toBe(skeleton[`projects/04-the-log/${file}`])
  }
  expect(existsSync(join(clone.path, "projects/04-the-log/extra.ts"))).toBe(false)
  const [kept = ""] = readdirSync(join(clone.path, ".workshop/kept"))
  expect(out).toContain(`cp -r .workshop/kept/${kept}/. projects/04-the-log/`)
  expect(readdirSync(join(clone.path, ".workshop/kept", kept))).toEqual(["README.md", "extra.ts", "index.ts"])
  rmSync(join(clone.path, "projects/04-the-log"), { recursive: true })
  expect((await clone.workshop("hint", "4")).err).toContain("npx workshop reset 4 brings it back")
  expect((await clone.workshop("reset", "4", "--yes")).code).toBe(0)
  expect(existsSync(join(clone.path, "projects/04-the-log/README.md"))).toBe(true)
})

test("hints come one at a time, and all at once when asked", async () => {
  expect((await clone.workshop("hint")).out).toMatch(/^Project \d+ · .*\n\nHint 1 of /)
  expect((await clone.workshop("hint", "4")).out).toMatch(/Hint 1 of 5/)
  expect((await clone.workshop("hint", "4")).out).toContain("Hint 2 of 5")
  const all = (await clone.workshop("hint", "4", "--all")).out
  expect(all.match(/Hint \d of 5/g)).toHaveLength(5)
})

test("diff and solution ask first", async () => {
  for (const command of ["diff", "solution"]) {
    expect((await clone.workshop(command, "4")).code).toBe(1)
    const { code, out } = await clone.workshop(command, "4", "--yes")
    expect(code).toBe(0)
    expect(out).toContain("solutions/04-the-log/index.ts")
  }
})

test("--watch reruns when a file changes, answers keys, and quits", async () => {
  await clone.workshop("reset", "4", "--yes")
  const child = clone.start("test", "4", "--watch")
  let out = ""
  const until = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(out)) await new Promise((resolve) => child.stdout?.once("data", resolve))
    out = ""
  }
  child.stdout?.on("data", (data: Buffer) => (out += data.toString()))
  await until(/ 0 of \d+ checks[^]*q quit/)
  clone.solve("04-the-log")
  await until(/ (\d+) of \1 checks[^]*q quit/)
  child.stdin?.write("h")
  await until(/Hint \d of 5[^]*q quit/)
  child.stdin?.write("s")
  await until(/18\. Pure[^]*q quit/)
  child.stdin?.write("a")
  await until(/ 4 The log[^]*q quit/)
  child.stdin?.write("q")
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0)
})
