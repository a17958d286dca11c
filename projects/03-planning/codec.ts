// 3d. Packets to bytes and back. The package `zod` is installed, should you want it.

import { notImplemented } from "../not-implemented.ts"
import type { Packet } from "./contract.ts"

export function encodeMessage(packet: Packet): Uint8Array {
  return notImplemented("encodeMessage", "3, rule 18")
}

export function decodeMessage(bytes: Uint8Array): Packet {
  // Anyone who finds the port can send anything. What may you believe?
  return notImplemented("decodeMessage", "3, rules 18 to 22")
}
