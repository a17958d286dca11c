import { readFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import { coverage, uncovered, type CoveredPart } from "../paper/coverage.ts"
import { mapFile, paperMap } from "../paper/map.ts"
import { figure2, parts } from "../paper/rules.ts"
import { root } from "../stages.ts"

describe("the map from the paper", () => {
  let covered: readonly CoveredPart[] = []

  beforeAll(async () => {
    covered = await coverage()
  }, 180_000) // it bundles nine suites

  test("is what specs, suites and bugs say now: npm run paper-map writes it anew", async () => {
    expect(await paperMap(covered)).toBe(readFileSync(join(root, mapFile), "utf8"))
  })

  test("every rule of Figure 2 has a check and a planted bug, and so has everything else in it", () => {
    expect(figure2.flatMap(({ rules }) => rules)).toHaveLength(33)
    expect(uncovered(covered, parts)).toEqual([])
  })

  test("a rule that nothing covers is noticed", () => {
    const [first] = covered
    const bare = covered.map((part) => ({
      ...part,
      rules: part === first ? part.rules.map((rule) => ({ ...rule, checks: [], bugs: [] })) : part.rules,
    }))
    expect(uncovered(bare, figure2)).toHaveLength(2 * (first?.rules.length ?? 0))
    expect(uncovered(bare, figure2)[0]).toMatch(
      /^Figure 2: State: `currentTerm`.*: no check names any of its rules$/,
    )
  })
})
