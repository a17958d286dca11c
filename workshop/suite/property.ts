import fc from "fast-check"
import { inject } from "vitest"
import { CheckFailure, fail } from "./failure.ts"
import { show } from "./show.ts"

/** One seed for everything: a failing example comes back on every run, on every machine. */
const seed = 20261123 + inject("run").seedShift

/**
 * Holds `body` to `runs` random examples; on a failure, tells the smallest example that still fails.
 * `scenario` turns an example into words.
 */
export function forAll<T>(
  examples: fc.Arbitrary<T>,
  body: (example: T) => void,
  scenario: (example: T) => string = show,
  runs = 200,
): void {
  const property = fc.property(examples, (example) => {
    body(example)
  })
  const result = fc.check(property, { seed, numRuns: runs })
  if (!result.failed) return
  const example = result.counterexample?.[0]
  const error = result.errorInstance
  if (!(error instanceof CheckFailure) || example === undefined) throw error
  const told = `${scenario(example)} (found by trying random examples, seed ${String(seed)})`
  const { kind, summary, ...more } = error.failure
  const inner = more.scenario === undefined ? told : `${more.scenario}; ${told}`
  fail(kind, summary, { ...more, scenario: inner }, error.cause)
}
