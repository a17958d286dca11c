import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import * as z from "zod"
import { deadLinks } from "../docs/built.ts"
import { commandProblems } from "../docs/commands.ts"
import { linkProblems } from "../docs/links.ts"
import { anchorOf, parseDocument } from "../docs/markdown.ts"
import { documents } from "../docs/pages.ts"
import { firstDifference, runnables, tryOut } from "../docs/runnable.ts"
import { program } from "../main.ts"
import { root } from "../stages.ts"

const all = documents()
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")))
const known = { program, scripts: new Set(Object.keys(scripts)) }

/** A document that is not there, beside those that are. */
const written = (...lines: readonly string[]) => parseDocument("docs/written.md", lines.join("\n"))

describe("the documents", () => {
  test("every link and anchor leads somewhere", () => {
    expect(linkProblems(all)).toEqual([])
  })

  test("every command exists, with its options and arguments", () => {
    expect(commandProblems(all, known)).toEqual([])
  })

  test("the site builds, and no link in it is dead", () => {
    const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", "docs"], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, NODE_ENV: "production", NO_COLOR: "1" },
    })
    expect(status, stdout + stderr).toBe(0)
    const page = readFileSync(join(root, ".workshop/site/projects/07-leader-election/index.html"), "utf8")
    expect(page).toContain('id="7a-terms"')
    expect(page).toContain("<details><summary>Hint 1: the guards</summary>")
  }, 300_000)
})

// Each at most a few seconds; `maxConcurrency` in the configuration says how many at once.
describe.concurrent("what is marked <!-- run --> is true", () => {
  test.each(
    all.flatMap(runnables).map((block) => ({ ...block, name: `${block.path}:${String(block.line)}` })),
  )(
    "$name",
    async (block) => {
      const problems = await tryOut(block)
      expect(problems.join("\n")).toBe("")
    },
    120_000,
  )
})

describe("links", () => {
  const problems = (...lines: readonly string[]) => {
    const document = written(...lines)
    return linkProblems([...all, document]).filter((problem) => problem.startsWith(document.path))
  }

  test("right ones are silent", () => {
    const right =
      "[a](../README.md) [b](../README.md#start) [c](#here) [d](https://raft.github.io/#x) [e](adr) [f](adr/)"
    expect(
      problems("# Here", right, "[g](../projects/04-the-log/contract.ts 'types')", "[`h`](../LICENSE)"),
    ).toEqual([])
    expect(
      problems('<a id="there"></a>', "[a](#there) `[b](nowhere.md)`", "```", "[c](nowhere.md)", "```"),
    ).toEqual([])
  })

  test("a wrong path, a wrong anchor and a way out are told with their line", () => {
    expect(problems("", "[a](nowhere.md)")).toEqual([
      "docs/written.md:2: (nowhere.md) there is no docs/nowhere.md: mend the path, or take the link out",
    ])
    expect(problems("![a](no.svg)", '<img src="no.png">', "[ref]: no.md", "[a](no.md 'no')")).toHaveLength(4)
    expect(problems("[a](../README.md#strat)").join()).toContain("no heading #strat; it has #start")
    expect(problems("[a](#here)").join()).toContain("docs/written.md has no heading #here")
    expect(problems("[a](../LICENSE#mit)").join()).toContain("leave #mit out")
    expect(problems("[a](../../elsewhere)").join()).toContain("leads out of the repository")
    expect(problems("[a](/README.md)").join()).toContain("begins with a slash")
  })

  test("anchors are GitHub's", () => {
    expect(anchorOf("7a Terms")).toBe("7a-terms")
    expect(anchorOf("Who owns the clock? Not `you`.")).toBe("who-owns-the-clock-not-you")
    const { anchors } = written(
      "## Rules",
      "## _Rules_",
      "### The `log`, and [more](x.md)",
      "```",
      "# no",
      "```",
    )
    expect([...anchors]).toEqual(["rules", "rules-1", "the-log-and-more"])
  })
})

test("dead links of a built site are told", () => {
  const site = mkdtempSync(join(tmpdir(), "workshop-site-"))
  try {
    mkdirSync(join(site, "a"))
    writeFileSync(
      join(site, "index.html"),
      '<a href="a/">a</a> <a href="./a/index.html#x">x</a> <h1 id="top">',
    )
    writeFileSync(
      join(site, "a/index.html"),
      '<h1 id="x"> <a href="../index.html#top"> <a href="https://raft.github.io">',
    )
    expect(deadLinks(site)).toEqual([])
    writeFileSync(
      join(site, "a/b.html"),
      '<a href="c.html"> <a href="#y"> <a href="../../x"> <img src="p.png">',
    )
    expect(deadLinks(site)).toEqual(["c.html", "#y", "../../x", "p.png"].map((link) => `a/b.html: ${link}`))
  } finally {
    rmSync(site, { recursive: true })
  }
})

describe("commands", () => {
  const problems = (...lines: readonly string[]) => commandProblems([written(...lines)], known)
  const typed = (command: string) => problems("```console", `$ ${command}`, "```")

  test("right ones are silent", () => {
    for (const command of [
      "npx workshop",
      "npx workshop --help",
      "npx workshop test 4 --subject DIR --on reference --json - | head -3",
      "npx workshop test --help",
      "npx workshop search --bug commit-old-term # finds Figure 8",
      "npm ci && npm test",
      "npm run --silent soak -- --minutes 60",
      "FORCE_COLOR=1 npx tsx -C reference-01 projects/02-traffic-light/main.ts --speed 10",
    ]) {
      expect([command, typed(command)]).toEqual([command, []])
    }
    expect(
      problems("`npx workshop hint`, `npx workshop …`, `npx workshop N`, `workshop verify`, `npm start`"),
    ).toEqual([])
  })

  test("unknown commands, options, choices, arguments, scripts and files are told", () => {
    expect(problems("", "Type `npx workshop", "tset 4`.").join()).toMatch(
      /^docs\/written\.md:2: .*no such command/,
    )
    expect(typed("npx workshop test 4 --sujbect x").join()).toContain("there is no option --sujbect")
    expect(typed("npx workshop test 4 --on yours").join()).toContain("Allowed choices are mine, reference")
    expect(typed("npx workshop test 4 --subject").join()).toContain("argument missing")
    expect(typed("npx workshop start 1 2").join()).toContain('takes no argument "2"')
    expect(typed("npx workshop blame").join()).toContain("the argument N is missing")
    expect(typed("npm run dcos").join()).toContain('package.json has no script "dcos"')
    expect(typed("npx tsx projects/02-traffic-light/mian.ts").join()).toContain("there is no projects/02")
    expect(problems("| `npm ci && npm run nothing` |")).toHaveLength(1)
  })
})

describe("blocks that run", () => {
  const block = (comment: string, ...lines: readonly string[]) =>
    runnables(written(`<!-- ${comment} -->`, "", "```console", ...lines, "```"))
  const outcome = async (...lines: readonly string[]) =>
    (await Promise.all(block("run", ...lines).map(tryOut))).flat().join("\n")
  const differs = (says: string, printed: string) =>
    firstDifference(
      says.split("\n").map((text, line) => ({ line, text })),
      printed.split("\n"),
    ) !== undefined

  test("commands go on after a backslash and within quotes; what follows is what they print", async () => {
    expect(await outcome("$ echo one \\", "  two", "one two", "$ printf '%s\\n' 'a", "b'", "a", "b")).toBe("")
  })

  test("wrong output, a wrong exit code and missing lines are told with their line", async () => {
    expect(await outcome("$ echo one", "one", "$ echo two", "three")).toMatch(
      /^docs\/written\.md:6: \$ echo two\nline 7, "three", is not what comes: two\n/,
    )
    expect(await outcome("$ echo told; exit 3")).toContain("exits with 3:\ntold")
    expect(await outcome("$ echo one; echo two", "one")).toContain("the end is not what comes: two")
    expect(await outcome("$ echo one", "one", "two")).toContain("(nothing more)")
  })

  test("… stands for lines left out and for text left out; times mean nothing, other numbers do", () => {
    expect(differs("a\n…\nd", "a\nb\nc\nd")).toBe(false)
    expect(differs("…\nd", "a\nd\n")).toBe(false)
    expect(differs("a\n…", "a\nb")).toBe(false)
    expect(differs("a\nd", "a\nb\nd")).toBe(true)
    expect(differs("…\nd\n…\nb", "a\nb\nc\nd")).toBe(true)
    expect(differs("seed … found", "seed 12 found")).toBe(false)
    expect(differs("12 checks in 1.2 s", "12 checks in 340 ms")).toBe(true) // another unit is another line
    expect(differs("12 checks in 1.2 s", "12 checks in 3 s")).toBe(false)
    expect(differs("12 checks in 1.2 s", "13 checks in 1.2 s")).toBe(true)
  })

  test("the reference stands in where the block says so", async () => {
    const line = "$ grep -c notImplemented projects/04-the-log/index.ts || true"
    expect(await outcome(line, "0")).not.toBe("")
    expect(await Promise.all(block("run on the reference", line, "0").map(tryOut))).toEqual([[]])
  })

  test("a mark that is nearly one, or stands above something else, is an error", () => {
    expect(() => block("runn", "$ echo")).toThrow("docs/written.md:3: <!-- runn --> is none of")
    expect(() => block("run", "echo")).toThrow('no line begins with "$ "')
    expect(() => runnables(written("<!-- run -->", "```ts", "```"))).toThrow("only a ```console block")
    expect(runnables(written("<!-- note -->", "```console", "$ false", "```"))).toEqual([])
  })
})
