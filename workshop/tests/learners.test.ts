import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { OutcomeJson } from "../runner/outcome.ts"
import { Clone } from "./clone.ts"

/** What a learner writes is the normal input of this product: each of these must end in clear lines, and soon. */

let clone: Clone
beforeAll(() => {
  clone = new Clone()
})
afterAll(() => {
  clone.remove()
})

/** Replaces a part of a solved project, runs its suite, and gives the result. */
async function tried(stage: string, file: string, find: string, replace: string): Promise<OutcomeJson> {
  clone.solve(stage)
  const path = `projects/${stage}/${file}`
  const text = clone.read(path)
  expect(text).toContain(find)
  clone.write(
    path,
    text.replace(find, () => replace),
  )
  const { out, err } = await clone.workshop("test", String(Number(stage.slice(0, 2))), "--json", "-")
  expect(err).toBe("")
  return JSON.parse(out) as OutcomeJson
}

function messages({ tests }: OutcomeJson): readonly string[] {
  return [...new Set(tests.flatMap(({ message }) => message ?? []))]
}

const body = "  return base.index + entries.length\n"

describe("in project 4", () => {
  const inLastIndex = (replace: string) => tried("04-the-log", "index.ts", body, replace)

  test("an endless loop is cut off, and the other checks run", async () => {
    const outcome = await inLastIndex("  for (;;) void base\n  return entries.length\n")
    expect(messages(outcome)).toEqual(["`lastIndex` did not return: an endless loop?"])
    expect(outcome.passed).toBeGreaterThan(25)
  })

  test("a thrown error names the function and the place", async () => {
    const outcome = await inLastIndex('  throw new Error("boom")\n  return base.index + entries.length\n')
    expect(messages(outcome)).toEqual(["`lastIndex` threw Error: boom"])
  })

  test("a changed argument is told as such", async () => {
    const outcome = await inLastIndex(
      "  Object.assign(base, { index: 5 })\n  return base.index + entries.length\n",
    )
    expect(messages(outcome)[0]).toMatch(/^`lastIndex` changed a value it was given: /)
  })

  test("an answer of the wrong shape is told as such", async () => {
    const outcome = await inLastIndex("  return String(base.index + entries.length) as never\n")
    expect(messages(outcome)).toEqual([
      "`lastIndex` answered in the wrong shape: Invalid input: expected number, received string",
    ])
  })

  test("endless recursion is an error like any other", async () => {
    const outcome = await inLastIndex("  return lastIndex({ base, entries })\n")
    expect(messages(outcome)).toEqual(["`lastIndex` threw RangeError: Maximum call stack size exceeded"])
  })

  test("process.exit in a function fails the checks that call it", async () => {
    const outcome = await inLastIndex("  process.exit(0)\n  return base.index + entries.length\n")
    expect(messages(outcome)).toEqual(["`lastIndex` told the process to exit"])
    expect(outcome.passed).toBeGreaterThan(25)
  })

  test("a missing export fails the checks that need it, and says so", async () => {
    const outcome = await tried("04-the-log", "index.ts", "export function lastTerm", "function lastTerm")
    expect(messages(outcome)).toEqual(["projects/04-the-log/index.ts does not export `lastTerm`"])
  })

  test("an export of the wrong kind says what it is", async () => {
    const outcome = await tried(
      "04-the-log",
      "index.ts",
      "export function lastTerm",
      "export const lastTerm = 5\nfunction old",
    )
    expect(messages(outcome)).toEqual([
      "projects/04-the-log/index.ts exports `lastTerm`, but not as a function: it is a number",
    ])
  })

  test("a syntax error names file and line, in every check", async () => {
    const outcome = await tried("04-the-log", "index.ts", body, "  return base.index +\n")
    expect(messages(outcome)).toHaveLength(1)
    expect(messages(outcome)[0]).toMatch(/^projects\/04-the-log\/index\.ts:\d+: /)
    expect(outcome.passed).toBe(0)
  })

  test("a package that is not there is named", async () => {
    const outcome = await tried(
      "04-the-log",
      "index.ts",
      "import type",
      'import "left-pad-of-dreams"\nimport type',
    )
    expect(messages(outcome)[0]).toContain("left-pad-of-dreams")
  })

  test("an endless loop while loading fails every check, once", async () => {
    const outcome = await tried(
      "04-the-log",
      "index.ts",
      "export function lastTerm",
      "for (;;) void 0\nexport function lastTerm",
    )
    expect(messages(outcome)).toHaveLength(1)
    expect(messages(outcome)[0]).toMatch(/^while your files were loaded, /)
  })

  test("a type error is told beside the results, with the function's name", async () => {
    clone.solve("04-the-log")
    clone.write(
      "projects/04-the-log/index.ts",
      clone
        .read("projects/04-the-log/index.ts")
        .replace(body, "  const n: string = base.index + entries.length\n  return n as never\n"),
    )
    const { out } = await clone.workshop("test", "4")
    expect(out).toMatch(/1 type error/)
    expect(out).toMatch(/projects\/04-the-log\/index\.ts:\d+ in `lastIndex`: Type 'number' is not assignable/)
  })

  test("what the code prints is shown, and kept out of the JSON", async () => {
    const outcome = await inLastIndex('  console.log("looking")\n  return base.index + entries.length\n')
    expect(outcome.failed).toBe(0)
    expect((await clone.workshop("test", "4")).out).toContain("looking")
  })
})

describe("in project 1", () => {
  test("a loop that spins in a callback costs its own check, not the run", async () => {
    const outcome = await tried(
      "01-kv-server",
      "server.ts",
      "  const decoder = new RespDecoder()\n",
      "  await new Promise((resolve) => setImmediate(resolve))\n  for (;;) void 0\n  const decoder = new RespDecoder()\n",
    )
    expect(outcome.tests).toHaveLength(76)
    expect(messages(outcome).some((message) => message.includes("never let go"))).toBe(true)
    expect(
      outcome.tests.filter(({ id }) => /^1[abc]/.test(id)).every(({ status }) => status === "passed"),
    ).toBe(true)
  })

  test("a promise that never resolves is waited for, but not for ever", async () => {
    const outcome = await tried(
      "01-kv-server",
      "queue.ts",
      "    if (this.#items.length > 0) return",
      "    if (this.#items.length > 1e9) return",
    )
    expect(messages(outcome)).toContain("waited 4 s for `AsyncQueue.shift` to settle")
  })

  test("an error that nobody catches is told with the check that caused it", async () => {
    const outcome = await tried(
      "01-kv-server",
      "server.ts",
      "    sockets.add(socket)\n",
      '    sockets.add(socket)\n    throw new Error("lost")\n',
    )
    expect(messages(outcome).some((message) => /Error: lost, and nobody caught it/.test(message))).toBe(true)
  })
})
