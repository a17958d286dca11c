// 9d. What goes wrong, and when.

import type { ServerId } from "../03-planning/contract.ts"
import { notImplemented } from "../not-implemented.ts"
import type { Fault, FaultPlan, Random } from "./contract.ts"

export function scheduleFaults(
  plan: FaultPlan,
  servers: readonly ServerId[],
  random: Random,
): readonly Fault[] {
  // Given: `requireFaultPlan` in check.ts. How many of a kind are to be expected between `from` and `until`? What if
  // that is two and a half?
  return notImplemented("scheduleFaults", "9, rules 21 to 25")
}
