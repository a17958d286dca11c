import type { Raft } from "../../projects/08-testing/contract.ts"
import { beat } from "../../workshop/suite/watchdog.ts"

/** The same Raft, whose steps are signs of life: a check that takes millions of them is slow, and not stuck. */
export function lively<R extends Raft>(raft: R): R {
  const step: R["step"] = (node, event) => {
    beat()
    return raft.step(node, event)
  }
  return { ...raft, step }
}
