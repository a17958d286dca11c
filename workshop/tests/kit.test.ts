import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { isBuiltin } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { kit } from "../commands/kit.ts"
import { filesIn, sourcesIn } from "../files.ts"
import { lockFor } from "../kit/package.ts"
import type { OutcomeJson } from "../runner/outcome.ts"
import { unseal } from "../sealed/seal.ts"
import { readSkeletons } from "../skeletons.ts"
import { parseStages, root, stages } from "../stages.ts"
import { Clone, Place, type Ran } from "./clone.ts"

/** An instructor who has written in `projects/`, and what students get. */
const shelf = mkdtempSync(join(tmpdir(), "workshop-kits-"))
const instructor = new Clone()
const skeletons = readSkeletons()
let student: Place
let made: Ran
let files: readonly string[]

beforeAll(async () => {
  instructor.solve("04-the-log")
  made = await instructor.workshop("kit", join(shelf, "kit"))
  files = filesIn(".", join(shelf, "kit")).filter((path) => !path.startsWith(".git/"))
  student = new Place(join(shelf, "kit"))
})

afterAll(() => {
  instructor.remove()
  rmSync(shelf, { recursive: true, force: true })
})

const run = async (...args: readonly string[]): Promise<OutcomeJson> =>
  JSON.parse((await student.workshop("test", ...args, "--json", "-")).out) as OutcomeJson

const commits = (): readonly string[] =>
  execFileSync("git", ["log", "--format=%H"], { cwd: student.path, encoding: "utf8" }).trim().split("\n")

/** Long enough lines of ours to be known again. What the skeletons give, and what the command has too, is nobody's secret. */
function linesOf(kind: "solutions" | "tests"): readonly string[] {
  const given = new Set(Object.values(skeletons).flatMap(normal))
  for (const path of sourcesIn("workshop")) for (const line of normal(readText(root, path))) given.add(line)
  const lines = sourcesIn(kind).flatMap((path) => normal(readText(root, path)))
  return [...new Set(lines)].filter((line) => line.length >= 30 && !given.has(line))
}

function normal(text: string): readonly string[] {
  return text.split("\n").map((line) => line.trim().replace(/[,;]$/, ""))
}

function readText(base: string, path: string): string {
  return readFileSync(join(base, path), "utf8")
}

describe("a kit", () => {
  test("is made, and says what is in it", () => {
    expect([made.code, made.err]).toEqual([0, ""])
    expect(made.out).toMatch(/suites, sealed[^]*solutions, sealed[^]*no solutions to read[^]*one commit/)
    expect(JSON.parse(student.read("kit.json"))).toMatchObject({ suites: true, released: [] })
    expect(student.read("README.md")).toMatch(
      /workshop blame 5[^]*test 5 --on reference[^]*suites, and our solutions/,
    )
    expect(student.read("README.md")).not.toContain("<!--")
  })

  test("begins with one commit, and nothing is left over", () => {
    expect(commits()).toHaveLength(1)
    const status = execFileSync("git", ["status", "--porcelain"], { cwd: student.path, encoding: "utf8" })
    expect(status).toBe("")
  })

  test("has the skeletons as they were recorded, and none of the instructor's work", () => {
    const projects = filesIn("projects", student.path)
    expect(Object.fromEntries(projects.map((path) => [path, student.read(path)]))).toEqual(skeletons)
  })

  test("has no line of a solution or of a suite", () => {
    expect(
      files.filter((path) => /^(solutions|tests|workshop\/(kit|verify|tests|hunt))\//.test(path)),
    ).toEqual([])
    const secret = new Set([...linesOf("solutions"), ...linesOf("tests")])
    expect(secret.size).toBeGreaterThan(5000)
    const others = files.filter((path) => !path.startsWith("projects/") && path !== "workshop/skeletons.json")
    const leaks = others.flatMap((path) =>
      normal(readText(student.path, path)).flatMap((line) => (secret.has(line) ? [`${path}: ${line}`] : [])),
    )
    expect(leaks).toEqual([])
  })

  test("has nothing to read in what is sealed, even when it is open", () => {
    const sealed = files.filter((path) => path.startsWith("sealed/"))
    expect(sealed).toHaveLength(2 * stages.length + 1)
    const names = sourcesIn("tests").map((path) => path.split("/").at(-1) ?? "")
    for (const path of sealed) {
      const texts = unseal(readFileSync(join(student.path, path)))
      const whole = JSON.stringify(texts)
      expect([path, names.filter((name) => name.endsWith(".test.ts") && whole.includes(name))]).toEqual([
        path,
        [],
      ])
      expect([path, whole.includes("/**"), whole.includes(root)]).toEqual([path, false, false])
    }
  })
})

describe("in a kit", () => {
  test("there is every module and every package that the command asks for", () => {
    const { dependencies, devDependencies } = JSON.parse(student.read("package.json")) as Record<
      string,
      object
    >
    const packages = Object.keys({ ...dependencies, ...devDependencies })
    for (const path of sourcesIn("workshop", student.path)) {
      for (const [, name = ""] of student.read(path).matchAll(/(?:from |import\()"([^"]+)"/g)) {
        if (name.includes("$") || /^#\d\d-/.test(name)) continue // text of other modules
        const there = name.startsWith(".")
          ? existsSync(join(student.path, dirname(path), name))
          : isBuiltin(name) ||
            name === "#suite" ||
            packages.some((each) => name === each || name.startsWith(`${each}/`))
        expect([path, name, there]).toEqual([path, name, true])
      }
    }
  })

  test("what its documents start with npx is there", () => {
    const { devDependencies } = JSON.parse(student.read("package.json")) as { devDependencies: object }
    const programs = [
      "workshop",
      "tsx",
      ...Object.keys(devDependencies).map((name) => name.split("/").at(-1)),
    ]
    const started = files
      .filter((path) => path.startsWith("docs/"))
      .flatMap((path) => [...student.read(path).matchAll(/\bnpx ([\w-]+)(.*)/g)])
    expect(started.map(([, name]) => name)).toContain("quint")
    for (const [line, name = "", rest = ""] of started) {
      const missing = [...rest.matchAll(/(?:workshop|docs|projects)\/[\w./-]+/g)].filter(
        ([path]) => !existsSync(join(student.path, path)),
      )
      expect([line, programs.includes(name), missing]).toEqual([line, true, []])
    }
  })

  test("Quint comes with the parser that it works with", () => {
    const { overrides } = JSON.parse(student.read("package.json")) as { overrides?: object }
    const { packages } = JSON.parse(student.read("package-lock.json")) as { packages: Record<string, object> }
    expect(overrides).toMatchObject({ antlr4ts: "0.5.0-alpha.4" })
    expect(packages["node_modules/antlr4ts"]).toMatchObject({ version: "0.5.0-alpha.4" })
  })

  test("no link leads nowhere", () => {
    const documents = files.filter((path) => path.endsWith(".md") && !path.startsWith("projects/"))
    expect(documents).toEqual(expect.arrayContaining(["AGENTS.md", "CLAUDE.md", "README.md"]))
    for (const path of documents) {
      for (const [, target = ""] of student.read(path).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^([a-z]+:|#)/.test(target)) continue
        const there = existsSync(join(student.path, dirname(path), target.split("#")[0] ?? ""))
        expect([path, target, there]).toEqual([path, target, true])
      }
    }
  })
})

describe("a student", () => {
  test("sees the board, and begins with nothing", async () => {
    expect((await student.workshop()).out).toContain("Next: npx workshop start 1")
    const { passed, failed } = await run("1")
    expect([passed, failed > 50]).toEqual([0, true])
  })

  test("passes with what is right, on ours and on their own", async () => {
    student.solve("01-kv-server")
    expect(await run("1")).toMatchObject({ failed: 0, passed: 84 })
    student.solve("07-leader-election")
    expect(await run("7", "--on", "reference")).toMatchObject({ failed: 0, passed: 82 })
  })

  test("is told why, and what is wrong with the types", async () => {
    student.solve("04-the-log")
    const index = "projects/04-the-log/index.ts"
    student.write(
      index,
      student
        .read(index)
        .replace(
          "return base.index + entries.length",
          "const n: string = 7\n  return entries.length + Number(n)",
        ),
    )
    const { code, out } = await student.workshop("test", "4")
    expect(code).toBe(1)
    expect(out).toMatch(
      /4a\.1[^]*rule {6}1\. [^]*scenario[^]*expected[^]*read {6}projects\/04-the-log\/README\.md:\d+/,
    )
    expect(out).toMatch(/1 type error[^]*projects\/04-the-log\/index\.ts:\d+ in `lastIndex`/)
  })

  test("finds Figure 8 in our Raft with a planted bug", async () => {
    const { code, out } = await student.workshop("search", "--bug", "commit-old-term")
    expect([code, out]).toEqual([1, expect.stringMatching(/counts copies/) as string])
  })

  test("is told who has what is not there", async () => {
    const { code, err } = await student.workshop("kit", "elsewhere", "--without", "tests")
    expect([code, err]).toEqual([2, expect.stringContaining("not in this kit") as string])
    const refused = await student.workshop("diff", "4")
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("not released") as string])
  })
})

describe("a release", () => {
  test("adds the solution, and touches nothing else", async () => {
    student.write("projects/04-the-log/index.ts", "// mine\n")
    student.write("README.md", "# My own notes\n")
    const { code, out } = await instructor.workshop("kit", student.path, "--with-reference", "4")
    expect([code, out]).toEqual([0, expect.stringContaining("project 4") as string])
    expect(filesIn("solutions", student.path)).toEqual(["solutions/04-the-log/index.ts"])
    expect(student.read("projects/04-the-log/index.ts")).toBe("// mine\n")
    expect(student.read("README.md")).toBe("# My own notes\n")
    expect(commits()).toHaveLength(1)
    expect((await student.workshop("solution", "4", "--yes")).out).toContain("solutions/04-the-log/index.ts")
    expect((await student.workshop("diff", "4", "--yes")).out).toContain("-// mine")
    expect(student.read(".workshop/reference/04-the-log/index.mjs")).toContain(
      "solutions/04-the-log/index.ts",
    )
  })

  test("says so when it was there already, and stops before what is not ours", async () => {
    const again = await instructor.workshop("kit", student.path, "--with-reference", "4")
    expect([again.code, again.out]).toEqual([0, expect.stringContaining("there already") as string])
    student.solve("05-log-replication")
    execFileSync("mkdir", ["-p", join(student.path, "solutions/05-log-replication")])
    student.write("solutions/05-log-replication/index.ts", "// somebody's\n")
    const refused = await instructor.workshop("kit", student.path, "--with-reference", "5")
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("is not ours") as string])
  })
})

test("without suites and solutions, the kit says who has them", async () => {
  const path = join(shelf, "bare")
  const { code } = await instructor.workshop(
    "kit",
    path,
    "--without",
    "tests,solutions",
    "--with-reference",
    "1-2",
  )
  expect(code).toBe(0)
  expect(filesIn("sealed", path)).toEqual([])
  student = new Place(path)
  expect(student.read("README.md")).toMatch(/runs them on what you push/)
  expect(student.read("README.md")).not.toMatch(/workshop (test|blame) \d|<!--/)
  expect((await student.workshop("start", "5")).out).toMatch(
    /runs the suite on it[^]*your projects 3 and 4\.\n$/,
  )
  const refusals = [
    [["test", "1"], "no suites"],
    [["search", "--bug", "commit-old-term"], "no planted bugs"],
    [["simulate", "--subject", "solutions"], "projects 3, 4, 5, 6 and 7 are not in this kit"],
  ] as const
  for (const [words, told] of refusals) {
    const { code, err } = await student.workshop(...words)
    expect([words, code, err]).toEqual([words, 2, expect.stringContaining(told) as string])
  }
  expect((await student.workshop("solution", "2", "--yes")).code).toBe(0)
})

test.each([
  [shelf, {}, "not empty"],
  [join(root, "inside"), {}, "inside this repository"],
  [join(shelf, "new"), { without: "hints" }, "--without hints"],
  [join(shelf, "new"), { withReference: "4-2" }, "4 comes after 2"],
  [join(shelf, "new"), { withReference: "12" }, "no project"],
  [join(shelf, "kit"), {}, "a kit already"],
  [join(shelf, "kit"), { without: "tests" }, "a kit already"],
])("wrong usage is told: kit %s %o", async (folder, options, told) => {
  await expect(kit(folder, options)).rejects.toThrow(told)
  expect(existsSync(join(shelf, "new"))).toBe(false)
})

test("projects are named in ranges", () => {
  expect(parseStages("1-3,7,2").map(({ n }) => n)).toEqual([1, 2, 3, 7])
})

test("a package that the kit has no use for is not installed, nor what only it needs", () => {
  const list = {
    imports: {},
    scripts: {},
    dependencies: { zod: "1" },
    devDependencies: { heavy: "1", vite: "1" },
  }
  const lock = {
    packages: {
      "": list,
      "node_modules/heavy": { dependencies: { far: "1", both: "1" } },
      "node_modules/far": {},
      "node_modules/both": {},
      "node_modules/vite": { dependencies: { both: "2" } },
      "node_modules/vite/node_modules/both": {},
      "node_modules/zod": {},
    },
  }
  const made = JSON.parse(lockFor(JSON.stringify(list), JSON.stringify(lock))) as typeof lock
  expect(Object.keys(made.packages)).toEqual([
    "",
    "node_modules/vite",
    "node_modules/vite/node_modules/both",
    "node_modules/zod",
  ])
})
