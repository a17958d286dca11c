// 1c. The state machine: no sockets, no clock, no randomness.

import { notImplemented } from "../not-implemented.ts"
import type { Applied, Command } from "./contract.ts"

/** Yours to change, as long as it is plain JSON: nobody but `apply` looks into it. */
export type KvState = Readonly<Record<string, string>>

export const emptyState: KvState = {}

export function apply(state: KvState, command: Command): Applied<KvState> {
  return notImplemented("apply", "1, rules 18 to 27")
}
