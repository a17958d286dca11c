import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { findCulprit, type Run } from "../blame/culprit.ts"
import type { CheckOutcome } from "../runner/outcome.ts"
import { parseStage, type Stage } from "../stages.ts"
import type { FailureKind } from "../suite/protocol.ts"
import { Clone } from "./clone.ts"

const [three, four, five, six, seven] = ["3", "4", "5", "6", "7"].map(parseStage)
if (!three || !four || !five || !six || !seven) throw new Error("stages 3 to 7 are there")

/** A check of project 7 that fails in this way, unless all of `cures` come from the reference. */
interface Symptom {
  readonly id: string
  readonly cures: readonly Stage[] | "none"
  readonly kind?: FailureKind
  readonly summary?: string
}

/** A suite of which these checks fail. Remembers what it was run on. */
function suiteOf(symptoms: readonly Symptom[]): { readonly run: Run; readonly runs: (readonly number[])[] } {
  const runs: (readonly number[])[] = []
  const run: Run = (reference) => {
    runs.push(reference.map(({ n }) => n))
    const checks = symptoms.map(({ id, cures, kind = "broken", summary = "no" }): CheckOutcome => {
      const cured = cures !== "none" && cures.every((stage) => reference.includes(stage))
      return {
        id,
        title: id,
        group: "7a",
        rules: [1],
        points: 1,
        failure: cured ? undefined : { kind, summary },
      }
    })
    return Promise.resolve({ stage: 7, subject: "projects", checks })
  }
  return { run, runs }
}

describe("finding the culprit", () => {
  const below = [three, four, five, six]

  test("nothing fails: nobody's, after one run", async () => {
    const { run, runs } = suiteOf([{ id: "7a.1", cures: [] }])
    expect(await findCulprit(seven, below, run)).toEqual({ type: "nobody" })
    expect(runs).toEqual([[]])
  })

  test("it fails on the reference as well: the stage itself", async () => {
    const { run, runs } = suiteOf([{ id: "7a.1", cures: "none" }])
    expect(await findCulprit(seven, below, run)).toMatchObject({ type: "itself", first: { id: "7a.1" } })
    expect(runs).toEqual([[], [3, 4, 5, 6]])
  })

  test("one stage's replacement cures it: that stage, and what is left is the stage's own", async () => {
    const { run } = suiteOf([
      { id: "7a.1", cures: [five] },
      { id: "7a.2", cures: "none" },
    ])
    const verdict = await findCulprit(seven, below, run)
    expect(verdict).toMatchObject({ type: "below", stages: [five], own: { id: "7a.2" } })
  })

  test("two stages are at fault: both, and no third", async () => {
    const { run } = suiteOf([
      { id: "7a.1", cures: [four] },
      { id: "7a.2", cures: [six] },
    ])
    expect(await findCulprit(seven, below, run)).toMatchObject({ type: "below", stages: [four, six] })
  })

  test("a stage under it is not written: named at once", async () => {
    const summary = "`lastIndex` is not written yet: see the README of project 4, rule 1"
    const { run, runs } = suiteOf([{ id: "7a.1", cures: [four], kind: "not-written", summary }])
    expect(await findCulprit(seven, below, run)).toMatchObject({ type: "unwritten", stage: four })
    expect(runs).toEqual([[]])
  })

  test("it is not written itself", async () => {
    const summary = "`campaign` is not written yet: see the README of project 7, rule 10"
    const { run } = suiteOf([{ id: "7a.1", cures: "none", kind: "not-written", summary }])
    expect(await findCulprit(seven, below, run)).toMatchObject({ type: "unwritten", stage: seven })
  })
})

let clone: Clone
beforeAll(() => {
  clone = new Clone()
  for (const { name } of [three, four, five, six, seven]) clone.solve(name)
})
afterAll(() => {
  clone.remove()
})

/** With this text replaced in a project, runs something, and puts the project back. */
async function broken<T>(stage: Stage, find: string, replace: string, run: () => Promise<T>): Promise<T> {
  const file = `projects/${stage.name}/index.ts`
  const text = clone.read(file)
  expect(text).toContain(find)
  clone.write(
    file,
    text.replace(find, () => replace),
  )
  try {
    return await run()
  } finally {
    clone.write(file, text)
  }
}

describe("your code or ours", () => {
  test("all is well", async () => {
    const { code, out } = await clone.workshop("blame", "5")
    expect(out).toContain("Nobody's")
    expect(code).toBe(0)
  })

  test("a bug in project 4 is found from project 7, with the rule", async () => {
    const find = "const kept = log.entries.slice(0, from + conflict)"
    const replace = "const kept = log.entries.slice(0, Math.max(0, from + conflict - 1))"
    const { code, out } = await broken(four, find, replace, () => clone.workshop("blame", "7"))
    expect(out).toContain("It is your project 4.")
    expect(out).toMatch(/Look at project 4, rules? \d+/)
    expect(code).toBe(1)
  })

  test("a bug that project 4's own suite does not see is told as a hole in the suite", async () => {
    const find = "  return base.index + entries.length\n"
    const replace = "  return base.index + Math.min(entries.length, 300)\n"
    const { out } = await broken(four, find, replace, () => clone.workshop("blame", "5"))
    expect(out).toContain("It is your project 4.")
    expect(out.replace(/\s+/g, " ")).toContain("a hole in our suite")
  })

  test("a bug of the project itself", async () => {
    const find = "success ? prevLogIndex + entries.length : 0"
    const { code, out } = await broken(five, find, "success ? lastIndex(log) : 0", () =>
      clone.workshop("blame", "5"),
    )
    expect(out).toContain("It is project 5 itself")
    expect(code).toBe(1)
  })

  test("with an unfinished project under each of 5, 6 and 7, --on reference goes on", async () => {
    const skeleton =
      'throw Object.assign(new Error("see the README of project 4"), { name: "NotImplemented" })'
    await broken(four, "  return base.index + entries.length\n", `  ${skeleton}\n`, async () => {
      for (const { n } of [five, six, seven]) {
        const mine = await clone.workshop("test", String(n))
        expect([n, mine.code]).toEqual([n, 1])
        expect(mine.out).toContain("--on reference")
        const ours = await clone.workshop("test", String(n), "--on", "reference")
        expect([n, ours.code]).toEqual([n, 0])
      }
    })
  })

  test("a typo is wrong usage", async () => {
    const { code, err } = await clone.workshop("blame", "17")
    expect(code).toBe(2)
    expect(err).toContain("17")
  })
}, 60_000)
