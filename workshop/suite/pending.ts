import { running } from "./bounded.ts"
import type { Call } from "./calls.ts"

/** The call that came last from outside, and the one whose promise is awaited. `running` has the names of all. */
export const latest: { call: Call | undefined; awaited: Call | undefined } = {
  call: undefined,
  awaited: undefined,
}

export const toSettle = (name: string): string => `\`${name}\` to settle`

/** The call that did not come back, if it is one that a check is waiting for. */
export function pending(): Call | undefined {
  const { call, awaited } = latest
  const [outer] = running.calls
  if (outer !== undefined) return call?.name === outer ? call : undefined
  return awaited && running.awaited === toSettle(awaited.name) ? awaited : undefined
}
