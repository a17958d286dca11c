import { minimalPart, tellPart } from "./explain.ts"
import { byKey, checkHistory, type Operation } from "./history.ts"
import { linearize } from "./linearize.ts"
import type { Claim, Problem } from "./model.ts"
import { register } from "./models.ts"

export type { Operation } from "./history.ts"
export { tellHistory } from "./picture.ts"

export type Verdict =
  | { readonly linearizable: true }
  | {
      readonly linearizable: false
      readonly key: string
      /**
       * Some of the key's operations, as few as possible: these have no order, even if any of the others may have taken
       * effect or not. With one less, there is one.
       */
      readonly part: readonly Operation[]
      /** For a person, in a few lines. */
      readonly explanation: string
    }

/**
 * Whether there is an order that explains what all clients saw: each operation takes effect at one moment between its
 * invocation and its answer. A history is linearizable if that of each key is (Herlihy and Wing's locality), so keys are
 * looked at one by one (Horn and Kroening: https://arxiv.org/abs/1504.00204).
 * @throws InvalidHistory naming an operation that cannot have happened
 */
export function checkLinearizable(history: readonly Operation[]): Verdict {
  checkHistory(history)
  for (const [key, operations] of byKey(history)) {
    const problem = problemOf(operations)
    const result = linearize(register, problem)
    if (result.found) continue
    const part = minimalPart(register, problem, result.part)
    return { linearizable: false, key, part, explanation: tellPart(part) }
  }
  return { linearizable: true }
}

function problemOf(operations: readonly Operation[]): Problem<string | null, Operation> {
  const claims = operations.map((operation): Claim<Operation> => {
    const { invoked, returned } = operation
    return { operation, invoked, returned, required: returned !== null }
  })
  return { claims, starts: [{ state: register.initial, by: undefined }] }
}
