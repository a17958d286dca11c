import { describe, expect, test } from "vitest"
import { hear, isDangerous, switchedOff } from "../light/lights.ts"
import { byId, score, toJson, type Outcome } from "../runner/outcome.ts"
import { parseHints, parseRules } from "../spec.ts"
import type { Bug } from "../suite/mutants.ts"
import type { Failure } from "../suite/protocol.ts"
import { harnessProblems, ruleProblems, skeletonProblems, whySurvived } from "../verify/judge.ts"
import { wrap } from "../text/style.ts"

const broken: Failure = { kind: "broken", summary: "expected 1, got 2" }
const harness: Failure = { kind: "harness", summary: "oops" }
const notWritten: Failure = { kind: "not-written", summary: "`f` is not written yet" }

function outcome(
  ...checks: readonly (readonly [id: string, rules: readonly number[], failure?: Failure])[]
): Outcome {
  return {
    stage: 4,
    subject: "x",
    checks: checks.map(([id, rules, failure]) => ({
      id,
      rules,
      failure,
      title: id,
      group: "4a A",
      points: 2,
    })),
  }
}

const bug: Bug = { id: "b", what: "", source: "", breaks: [3], edit: { find: "", replace: "" } }

describe("verify", () => {
  test("a bug is killed by a failing check of a rule it breaks, and by nothing else", () => {
    expect(whySurvived(outcome(["4a.1", [3], broken]), bug)).toBeUndefined()
    expect(whySurvived(outcome(["4a.1", [3]]), bug)).toBe("no check fails")
    expect(whySurvived(outcome(["4a.1", [2], broken]), bug)).toMatch(/none of them is a check of rule 3/)
    expect(whySurvived(outcome(["4a.1", [3], harness]), bug)).toBe("no check fails")
  })

  test("an error of the suite itself is a problem", () => {
    expect(harnessProblems("x", outcome(["4a.1", [1], harness], ["4a.2", [1], broken]))).toHaveLength(1)
  })

  test("a skeleton fails everything with NotImplemented", () => {
    expect(skeletonProblems(outcome(["4a.1", [1], notWritten]))).toEqual([])
    expect(skeletonProblems(outcome(["4a.1", [1]], ["4a.2", [1], broken]))).toHaveLength(2)
  })

  test("rules and checks must speak of each other", () => {
    const spec = {
      path: "README.md",
      hints: [],
      rules: [1, 2].map((number) => ({ number, text: "", line: 1 })),
    }
    const { checks } = outcome(["4a.1", [1]], ["4a.2", [3]])
    expect(ruleProblems(spec, checks, [])).toEqual([
      "README.md: no check names rule 2",
      "check 4a.2 names rule 3, which the spec does not have",
    ])
    expect(ruleProblems(spec, outcome(["4a.1", [1, 2]]).checks, [bug])).toEqual([
      "bug b breaks rule 3, which the spec does not have",
    ])
    expect(ruleProblems(spec, outcome(["4b.1", [1, 2]]).checks, [])).toEqual([
      'check 4b.1 stands in group "4a A"',
    ])
  })
})

describe("specs", () => {
  const markdown = [
    "1. not a rule",
    "## Rules",
    "### 4a",
    "1. **One.** first",
    "   goes on",
    "2. second, [a link](x.md)",
    "## Hints",
    "<details><summary>Hint 1: a</summary>",
    "",
    "text",
    "",
    "</details>",
    "## Done when",
    "3. not a rule",
  ].join("\n")

  test("rules are the numbered items of the section Rules, with their lines", () => {
    expect(parseRules(markdown)).toEqual([
      { number: 1, text: "One. first goes on", line: 4 },
      { number: 2, text: "second, a link", line: 6 },
    ])
  })

  test("hints are the folded parts of the section Hints", () => {
    expect(parseHints(markdown)).toEqual([{ title: "Hint 1: a", body: "text" }])
  })
})

describe("results", () => {
  test("points count what passes; the JSON says what each check is worth", () => {
    const result = outcome(["4a.1", [1]], ["4a.2", [1], broken])
    expect(score(result)).toEqual({ passed: 1, failed: 1, points: 2, maxPoints: 4 })
    expect(toJson(result).tests[1]).toEqual({
      id: "4a.2",
      title: "4a.2",
      status: "failed",
      points: 2,
      message: "expected 1, got 2",
    })
  })

  test("ids sort as people count", () => {
    expect(["4b.1", "4a.10", "4a.2"].map((id) => ({ id })).toSorted(byId)).toEqual([
      { id: "4a.2" },
      { id: "4a.10" },
      { id: "4b.1" },
    ])
  })

  test("text wraps at words", () => {
    expect(wrap("one two three", 2, 9)).toBe("one two\n  three")
  })
})

describe("the light", () => {
  test("datagrams set lamps, presses are passed on, the rest is reported", () => {
    expect(hear(switchedOff, "NS-G")).toEqual({ kind: "set", hardware: { NS: "G", EW: "off" } })
    expect(hear(switchedOff, "EW-B")).toEqual({ kind: "press", datagram: "EW-B" })
    for (const bad of ["", "NS-X", "ns-g", "NS-G\n", "NS-GG", "\u0000"])
      expect(hear(switchedOff, bad).kind).toBe("bad")
  })

  test("it is dangerous when neither direction is red", () => {
    expect(isDangerous({ NS: "G", EW: "Y" })).toBe(true)
    expect(isDangerous({ NS: "G", EW: "R" })).toBe(false)
    expect(isDangerous({ NS: "G", EW: "off" })).toBe(false)
  })
})
