// 3d. Packets to bytes and back. The package `zod` is installed, should you want it.

import { notImplemented } from "../not-implemented.ts"
import type { Packet } from "./contract.ts"

export function encodeMessage(packet: Packet): Uint8Array {
  return notImplemented("encodeMessage", "3, rules 19 and 20")
}

export function decodeMessage(bytes: Uint8Array): Packet {
  // Anyone who finds the port can send anything. What may you believe?
  return notImplemented("decodeMessage", "3, rules 19 to 24")
}
