import type { StateMachine } from "../06-consensus/contract.ts"
import { notImplemented } from "../not-implemented.ts"
import type { Command, MachineState, Request, RespValue } from "./contract.ts"

// 10a: project 1's store, with sessions. A pure function: no clock, no random numbers. Every server must come to the same.

export const maxSessions = 1_000

export const machine: StateMachine<MachineState, RespValue> = {
  // The store is project 1's `emptyState`.
  initial: { store: {}, applied: 0, opened: 0, sessions: {} },
  // What comes out of a log may be anything: find out first whether it is a request.
  apply: (state, json) => notImplemented("machine.apply", "10, rules 1 to 9"),
}

export function toRequest(command: Command): Request | (RespValue & { type: "error" }) {
  return notImplemented("toRequest", "10, rule 10")
}

/** Given: an error reply. */
export function error(value: string): RespValue & { readonly type: "error" } {
  return { type: "error", value }
}
