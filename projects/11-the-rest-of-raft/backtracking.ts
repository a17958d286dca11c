import { notImplemented } from "../not-implemented.ts"
import type { FullStep } from "./contract.ts"
import type { Part } from "./parts.ts"

// 11b: the end of section 5.3. Neither half needs a line of project 5 to be changed: why not?

/** Around a whole step: refusals tell what the follower has instead. */
export function withConflicts(step: FullStep): FullStep {
  return notImplemented("withConflicts", "11, rules 7 and 8")
}

/** On leaders: a guard that sees a refusal before project 5's handler does, which then takes one step back and tries again. */
export const backtracking: Part<never> = {
  name: "backtracking",
  guards: { skip: () => notImplemented("backtracking: the leader's half", "11, rule 9") },
  handlers: {},
}
