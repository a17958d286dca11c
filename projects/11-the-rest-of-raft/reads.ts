import { notImplemented } from "../not-implemented.ts"
import type { HeartbeatTimeout } from "../03-planning/contract.ts"
import type { Confirm, ConfirmResponse, Read } from "./contract.ts"
import type { Part } from "./parts.ts"

// 11e: sections 8 of the paper and 6.4 of the dissertation. What must a leader know before it may answer from its state
// machine? Which answers prove that it led when the read came, and which do not?

export function leaseFor(shortest: number, drift: number): number {
  return notImplemented("leaseFor", "11, rule 35")
}

/** @param lease  in milliseconds; null: no leases */
export function reads(lease: number | null): Part<Read | Confirm | ConfirmResponse | HeartbeatTimeout> {
  return {
    name: "reads",
    handlers: {
      read: () => notImplemented("reads: read", "11, rules 29 to 32"),
      Confirm: () => notImplemented("reads: Confirm", "11, rule 31"),
      ConfirmResponse: () => notImplemented("reads: ConfirmResponse", "11, rule 31"),
      heartbeatTimeout: () => notImplemented("reads: heartbeatTimeout", "11, rule 33"),
    },
    rules: {
      release: () => notImplemented("reads: which may be answered", "11, rules 30 to 34"),
    },
  }
}
