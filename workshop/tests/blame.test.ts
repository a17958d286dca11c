import { dirname } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { findCulprit, type Lab, type Verdict } from "../blame/culprit.ts"
import type { CheckOutcome } from "../runner/outcome.ts"
import { parseStage, type Stage } from "../stages.ts"
import type { Failure, FailureKind } from "../suite/protocol.ts"
import { Clone } from "./clone.ts"

const [three, four, five, six, seven] = ["3", "4", "5", "6", "7"].map(parseStage)
if (!three || !four || !five || !six || !seven) throw new Error("stages 3 to 7 are there")

/** A check of project 7 that fails in this way, unless one of `cures` comes from the reference, all of its stages. */
interface Symptom {
  readonly id: string
  readonly cures: readonly (readonly Stage[])[]
  readonly kind?: FailureKind
  readonly summary?: string
}

/** A suite of which these checks fail, over stages whose own suites fail or not. Remembers what it was run on. */
function labOf(
  symptoms: readonly Symptom[],
  failingSuites: readonly Stage[] = [],
): { readonly lab: Lab; readonly runs: (readonly number[])[]; readonly suites: number[] } {
  const runs: (readonly number[])[] = []
  const suites: number[] = []
  const check = (id: string, failure?: Failure): CheckOutcome => {
    return { id, title: id, group: "7a", rules: [1], points: 1, failure }
  }
  const lab: Lab = {
    run: (reference) => {
      runs.push(reference.map(({ n }) => n))
      const checks = symptoms.map(({ id, cures, kind = "broken", summary = "no" }) => {
        const cured = cures.some((stages) => stages.every((stage) => reference.includes(stage)))
        return check(id, cured ? undefined : { kind, summary })
      })
      return Promise.resolve({ stage: 7, subject: "projects", checks })
    },
    ownSuite: (stage) => {
      suites.push(stage.n)
      const failure: Failure = { kind: "broken", summary: "no" }
      const checks = [check(`${String(stage.n)}a.1`, failingSuites.includes(stage) ? failure : undefined)]
      return Promise.resolve({ stage: stage.n, subject: "projects", checks })
    },
  }
  return { lab, runs, suites }
}

const below = [three, four, five, six]
const all = below.map(({ n }) => n)

/** Whom a verdict names. */
function blamed(verdict: Verdict): readonly number[] {
  return "culprits" in verdict ? verdict.culprits.map(({ stage }) => stage.n) : []
}

describe("finding the culprit", () => {
  test("nothing fails: nobody's, after one run", async () => {
    const { lab, runs } = labOf([{ id: "7a.1", cures: [[]] }])
    expect(await findCulprit(seven, below, lab)).toEqual({ type: "nobody" })
    expect(runs).toEqual([[]])
  })

  test("it fails on the reference as well: the stage itself", async () => {
    const { lab, runs } = labOf([{ id: "7a.1", cures: [] }])
    expect(await findCulprit(seven, below, lab)).toMatchObject({ type: "itself" })
    expect(runs).toEqual([[], all])
  })

  test("one stage's replacement cures it: that stage, and what is left is the stage's own", async () => {
    const symptoms = [
      { id: "7a.1", cures: [[four]] },
      { id: "7a.2", cures: [] },
    ]
    const { lab, runs } = labOf(symptoms, [four])
    const verdict = await findCulprit(seven, below, lab)
    expect(verdict).toMatchObject({ type: "below", cured: [{ id: "7a.1" }], own: { id: "7a.2" } })
    expect(blamed(verdict)).toEqual([4])
    expect(runs).toEqual([[], all, [3], [4]]) // and no more than needed
  })

  test("its own suite passes: it is to blame all the same, when nobody else can be", async () => {
    const { lab, suites } = labOf([{ id: "7a.1", cures: [[four]] }])
    const verdict = await findCulprit(seven, below, lab)
    expect(blamed(verdict)).toEqual([4])
    expect(verdict).toMatchObject({ culprits: [{ suite: { checks: [{ failure: undefined }] } }] })
    expect(suites).toEqual([4])
  })

  test("ours in place of 4 or of 5 is a cure: whichever fails its own suite is to blame", async () => {
    const { lab, suites } = labOf([{ id: "7a.1", cures: [[four], [five]] }], [five])
    expect(blamed(await findCulprit(seven, below, lab))).toEqual([5])
    expect(suites).toEqual([4, 5])
  })
})

describe("how many culprits", () => {
  test("two stages are at fault, each for itself: both, and no third", async () => {
    const symptoms = [
      { id: "7a.1", cures: [[four]] },
      { id: "7a.2", cures: [[six]] },
    ]
    const { lab, runs } = labOf(symptoms, [four, six])
    expect(blamed(await findCulprit(seven, below, lab))).toEqual([4, 6])
    expect(runs).toEqual([[], all, [3], [4], [5], [6], [4, 6]])
  })

  test("two stages are at fault, and one check shows it only when both are right", async () => {
    const { lab } = labOf([{ id: "7a.1", cures: [[three, five]] }], [three, five])
    expect(blamed(await findCulprit(seven, below, lab))).toEqual([3, 5])
  })

  test("with one stage under it, there is nothing to compare", async () => {
    const { lab, runs } = labOf([{ id: "7a.1", cures: [[six]] }], [six])
    expect(blamed(await findCulprit(seven, [six], lab))).toEqual([6])
    expect(runs).toEqual([[], [6]])
  })

  test("a stage under it is not written: named, with what is the failing one's own, after one more run", async () => {
    const summary = "`lastIndex` is not written yet: see the README of project 4, rule 1"
    const missing: Symptom = { id: "7a.1", cures: [[four]], kind: "not-written", summary }
    const { lab, runs } = labOf([missing, { id: "7a.2", cures: [] }])
    const verdict = await findCulprit(seven, below, lab)
    expect(verdict).toMatchObject({ type: "unwritten", stage: four, own: [{ id: "7a.2" }] })
    expect(runs).toEqual([[], all])
  })

  test("it is not written itself", async () => {
    const summary = "`campaign` is not written yet: see the README of project 7, rule 10"
    const { lab } = labOf([{ id: "7a.1", cures: [], kind: "not-written", summary }])
    expect(await findCulprit(seven, below, lab)).toMatchObject({ type: "unwritten", stage: seven })
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

/** What a skeleton's function does. */
const unwritten = `  throw Object.assign(
    new Error("\`lastIndex\` is not written yet: see the README of project 4, rule 1"),
    { name: "NotImplemented" },
  )
`

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
    expect((await clone.workshop()).out).toMatch(/Log replication .*not tested yet/) // nothing of it is remembered
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
    const find = "[...log.entries, { term, command }]"
    const replace = '[...log.entries, { term, command: command === "one more" ? "twice" : command }]'
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
    await broken(four, "  return base.index + entries.length\n", unwritten, async () => {
      for (const { n } of [five, six, seven]) {
        const mine = await clone.workshop("test", String(n))
        expect([n, mine.code]).toEqual([n, 1])
        expect(mine.out).toContain("--on reference")
        const ours = await clone.workshop("test", String(n), "--on", "reference", "--json", "-")
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

describe("other ways to stand on something", () => {
  test("a project under it that is not written is named, and what is one's own as well", async () => {
    const find = "  return base.index + entries.length\n"
    const { code, out } = await broken(four, find, unwritten, () => clone.workshop("blame", "5"))
    expect(out).toContain("It is project 4: `lastIndex` is not written yet")
    expect(out).toContain("npx workshop test 5 --on reference")
    expect(out.match(/checks pass/g)).toHaveLength(2)
    expect(out).not.toContain("own, on the reference")
    expect(code).toBe(1)
    const ahead = ["success ? prevLogIndex + entries.length : 0", "success ? lastIndex(log) : 0"] as const
    const both = await broken(four, find, unwritten, () =>
      broken(five, ...ahead, () => clone.workshop("blame", "5")),
    )
    expect(both.out).toContain("It is project 4: `lastIndex` is not written yet")
    expect(both.out).toMatch(/And \d+ failures? (is|are) project 5's own, on the reference as well: 5/)
  })

  test("a project under it that does not load is told as such", async () => {
    const find = "  return base.index + entries.length\n"
    const { out } = await broken(four, find, "  return base.index +\n", () => clone.workshop("blame", "5"))
    expect(out).toContain("Look at project 4: its files do not load.")
  })

  test("two projects under it at once", async () => {
    const ahead = ["success ? prevLogIndex + entries.length : 0", "success ? lastIndex(log) : 0"] as const
    const gap = ["const kept = log.entries.slice(0, from + conflict)", "const kept = log.entries"] as const
    const { code, out } = await broken(four, ...gap, () =>
      broken(five, ...ahead, () => clone.workshop("blame", "6")),
    )
    expect(out).toContain("It is your projects 4 and 5.")
    expect(out).toMatch(/Look at project 4, rules? \d+/)
    expect(out).toMatch(/Look at project 5, rules? \d+/)
    expect(code).toBe(1)
  })

  test("who goes without project 3 need not have it: ours stands on ours", async () => {
    const parts = ["kernel", "node"].map((part) => clone.read(`solutions/03-planning/${part}.ts`))
    for (const file of ["05-log-replication/index.ts", "06-consensus/commitment.ts"]) {
      clone.write(`projects/${dirname(file)}/own.ts`, parts.join("\n"))
      clone.write(`projects/${file}`, clone.read(`projects/${file}`).replace("#03-planning", "./own.ts"))
    }
    clone.write("projects/03-planning/index.ts", 'throw new Error("nobody should come here")\n')
    const find = "success ? prevLogIndex + entries.length : 0"
    const { out } = await broken(five, find, "success ? lastIndex(log) : 0", () =>
      clone.workshop("blame", "6"),
    )
    for (const { name } of [three, five, six]) clone.solve(name)
    expect(out).toContain("It is your project 5.")
  })
}, 60_000)
