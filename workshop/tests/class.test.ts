import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { Desk } from "../grade/desk.ts"
import { grade } from "../grade/grade.ts"
import { nothingPrivate, openPrivate, requireBugs } from "../grade/private.ts"
import { findSubmissions, readSubmission } from "../grade/submissions.ts"
import { makeTree } from "../runner/tree.ts"
import { parseStage, parseStages, root } from "../stages.ts"
import { lay } from "./lay.ts"

/** What an instructor has: a class's folders, a folder of their own, and days. */

const options = {
  on: "mine",
  seconds: 300,
  memory: 1024,
  leniency: 3,
  seedShift: 0,
  private: nothingPrivate,
} as const
const scratch = mkdtempSync(join(tmpdir(), "class-test-"))
const bundles = makeTree("class-test", true)

afterAll(() => {
  for (const folder of [bundles, scratch]) rmSync(folder, { recursive: true, force: true })
})

describe("a class's folders", () => {
  const read = (folder: string) => readSubmission({ student: "x", folder, submitted: null })

  test("one submission is not taken for a class", () => {
    expect(() => findSubmissions(root)).toThrow("that is one submission; name the folder above it")
  })

  test("the commit is told, also of a worktree; whatever else is called .git breaks nothing", () => {
    const git = (...args: readonly string[]) =>
      spawnSync("git", ["-C", folder, ...args], { encoding: "utf8" })
    const folder = lay(scratch, { "projects/README.md": "" })
    git("init", "--quiet")
    git("-c", "user.name=x", "-c", "user.email=x@x", "commit", "--quiet", "--allow-empty", "-m", "x")
    const commit = git("rev-parse", "HEAD").stdout.trim()
    expect(read(folder).commit).toBe(commit)
    const worktree = lay(scratch, { "projects/README.md": "" })
    git("worktree", "add", "--quiet", "--detach", join(worktree, "tree"))
    mkdirSync(join(worktree, "tree/projects"))
    expect(read(join(worktree, "tree")).commit).toBe(commit)
    expect(
      read(lay(scratch, { "projects/README.md": "", ".git": "gitdir: /etc/.git/worktrees/x" })).commit,
    ).toBeNull()
    expect(read(lay(scratch, { "projects/README.md": "", ".git": "what?" })).commit).toBeNull()
  })

  test("a list of submissions says which line is wrong", () => {
    const list = (text: string) => {
      const file = join(scratch, "list.tsv")
      writeFileSync(file, text)
      return () => findSubmissions(file)
    }
    expect(list("# name\tfolder\nada\t.\t2026-12-03T18:00:00Z\n")()).toEqual([
      { student: "ada", folder: scratch, submitted: Date.parse("2026-12-03T18:00:00Z") },
    ])
    expect(list("ada\n")).toThrow("list.tsv:1: a line is a name, a tab, and a folder")
    expect(list("../ada\tx\n")).toThrow("cannot be a student's name")
    expect(list("ada\tx\n")).toThrow("list.tsv:1: there is no folder")
    expect(list("ada\t.\tyesterday\n")).toThrow('"yesterday" is no time')
    expect(list("ada\t.\nada\t/tmp\n")).toThrow("ada is there twice")
  })
})

describe("an instructor's own folder", () => {
  const bug = (id: string, find: string) =>
    `export const bugs = [{ id: "${id}", what: "x", breaks: [1], source: "x", edit: { file: "commitment.ts", find: ${JSON.stringify(find)}, replace: "" } }]`
  const bugs = (text: string) => requireBugs(openPrivate(lay(scratch, { "bugs/06-consensus.ts": text })))

  test("what would not be used is told", () => {
    expect(() => openPrivate(lay(scratch, { "checks/4-the-log/a.test.ts": "" }))).toThrow("would not be used")
    expect(() => openPrivate(lay(scratch, { "bugs/01-kv-server.ts": "" }))).toThrow("would not be used")
    expect(() => openPrivate(lay(scratch, {}))).toThrow("there is no grading.json")
  })

  test("a planted bug that does not fit is told before anything is graded", async () => {
    const fits = "(node.matchIndex[server] ?? 0) >= n"
    await expect(bugs(bug("own", fits))).resolves.toBeUndefined()
    await expect(bugs(bug("own", "matchhIndex"))).rejects.toThrow(/own, in solutions.*matches 0 times/)
    await expect(bugs(bug("commit-old-term", fits))).rejects.toThrow("there is a bug named commit-old-term")
    await expect(bugs("export const bugs = [{ id: 1 }]")).rejects.toThrow("bugs.0.id")
    await expect(bugs("export const bugs = [")).rejects.toThrow("06-consensus.ts")
  })

  test("an added check has an id and a rule of its own", async () => {
    const check = (id: string, rule: number) =>
      `import { check, group, same } from "#suite"\ngroup("4p", "Own", () => { check("${id}", [${String(rule)}], "x", () => { same(1, 1, "x") }) })`
    const list = async (text: string) => {
      const desk = new Desk(bundles, {
        ...options,
        private: openPrivate(lay(scratch, { "checks/04-the-log/own.test.ts": text })),
      })
      return await desk.checksOf(parseStage("4")).finally(() => desk.close())
    }
    expect((await list(check("4p.1", 1))).at(-1)?.id).toBe("4p.1")
    await expect(list(check("4a.1", 1))).rejects.toThrow("there are two checks 4a.1")
    await expect(list(check("4p.1", 999))).rejects.toThrow("check 4p.1 names a rule")
    await expect(list("throw new Error('oh')")).rejects.toThrow(/the suite of project 4 is broken:\n.*oh/)
    await expect(list("import '#tests/nowhere.ts'")).rejects.toThrow("the suite of project 4 is broken")
  })
})

test("in the cage the reference has full marks, and a skeleton none; other days' results are kept", async () => {
  const submissions = ["solutions", "projects"].map((student) => {
    const folder = join(scratch, "class", student)
    cpSync(join(root, student), join(folder, "projects"), { recursive: true })
    return { student, folder, submitted: null }
  })
  const out = join(scratch, "grades")
  const more = { submissions, out, jobs: 2, scheme: {} }
  const marks = async (n: string) => {
    const records = await grade({ ...options, ...more, stages: parseStages(n) }, () => undefined)
    return records.all().map(({ student, stages }) => [student, ...stages.map(({ mark }) => mark)])
  }
  expect(await marks("1-6")).toEqual([
    ["projects", 0, 0, 0, 0, 0, 0],
    ["solutions", 10, 10, 10, 10, 10, 10],
  ])
  rmSync(join(scratch, "class/solutions/projects/04-the-log/index.ts"))
  expect(await marks("7")).toEqual([
    ["projects", 0, 0, 0, 0, 0, 0, 0],
    ["solutions", 10, 10, 10, 10, 10, 10, 0],
  ])
}, 300_000)
