// 1a. Framing: from messages to bytes, and back.

import { notImplemented } from "../not-implemented.ts"
import type { Decoded, DecoderLimits, RespDecoder as Contract, RespValue } from "./contract.ts"

export function encode(value: RespValue): Uint8Array {
  return notImplemented("encode", "1, rules 1 to 4")
}

export class RespDecoder implements Contract {
  // What has to be remembered from one chunk to the next?

  constructor(limits: Partial<DecoderLimits> = {}) {
    // Limits that are left out have the defaults given in contract.ts.
  }

  push(chunk: Uint8Array): Decoded {
    return notImplemented("RespDecoder.push", "1, rules 5 to 11")
  }
}
