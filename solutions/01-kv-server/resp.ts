import type {
  Decoded,
  DecoderLimits,
  RespDecoder as Contract,
  RespValue,
} from "../../projects/01-kv-server/contract.ts"

const CR = 13
const LF = 10

const defaults: DecoderLimits = {
  maxLineBytes: 65_536,
  maxBulkBytes: 16_777_216,
  maxItems: 65_536,
  maxDepth: 8,
}

/** Not an exception that leaves this file: `push` turns it into data. */
class ProtocolError extends Error {}

/** An array whose items are still coming. */
interface OpenArray {
  readonly items: RespValue[]
  readonly length: number
}

/**
 * Keeps three things between chunks: bytes that are not used up yet, the bulk string it is waiting for, and the arrays
 * that are still open. So it never starts over, however the stream is cut.
 */
export class RespDecoder implements Contract {
  readonly #limits: DecoderLimits
  #buffer = Buffer.alloc(0)
  /** What came while a bulk string was still too short: joined once, when it is complete. */
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #scanned = 0
  #bulkLength: number | null = null
  #open: OpenArray[] = []
  #error: string | null = null

  constructor(limits: Partial<DecoderLimits> = {}) {
    this.#limits = { ...defaults, ...limits }
  }

  push(chunk: Uint8Array): Decoded {
    const values: RespValue[] = []
    if (this.#error !== null) return { values, error: this.#error }
    if (!this.#gather(chunk)) return { values, error: null }
    try {
      for (let part = this.#nextPart(); part !== null; part = this.#nextPart()) {
        const value = this.#complete(part)
        if (value) values.push(value)
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#error = `Protocol error: ${error.message}`
    }
    return { values, error: this.#error }
  }

  /** Adds a chunk to the buffer; false while that cannot complete anything. */
  #gather(chunk: Uint8Array): boolean {
    this.#waiting.push(new Uint8Array(chunk)) // a copy: the chunk may be used again
    this.#waitingBytes += chunk.length
    const needed = this.#bulkLength === null ? 0 : this.#bulkLength + 2
    if (this.#buffer.length + this.#waitingBytes < needed) return false
    this.#buffer = Buffer.concat([this.#buffer, ...this.#waiting])
    this.#waiting = []
    this.#waitingBytes = 0
    return true
  }

  /** The next value that is no array, or an array that was opened; `null` when more bytes are needed. */
  #nextPart(): RespValue | OpenArray | null {
    if (this.#bulkLength !== null) return this.#takeBulk(this.#bulkLength)
    let line = this.#takeLine()
    while (line !== null && /^[ \t]*$/.test(line) && this.#open.length === 0) line = this.#takeLine() // no command
    if (line === null) return null
    const rest = line.slice(1)
    switch (line[0]) {
      case "+":
        return { type: "simple", value: rest }
      case "-":
        return { type: "error", value: rest }
      case ":":
        return { type: "integer", value: parseInteger(rest) }
      case "$": {
        const length = parseLength(rest, this.#limits.maxBulkBytes, "bulk length")
        if (length === null) return { type: "null" }
        this.#bulkLength = length
        return this.#takeBulk(length)
      }
      case "*": {
        const length = parseLength(rest, this.#limits.maxItems, "multibulk length")
        if (length === null) return { type: "null" }
        if (this.#open.length >= this.#limits.maxDepth) throw new ProtocolError("arrays nested too deep")
        return { items: [], length }
      }
      default:
        return this.#inline(line)
    }
  }

  /** Puts a part where it belongs; a value when a whole message is complete. */
  #complete(part: RespValue | OpenArray): RespValue | null {
    if (!("type" in part) && part.length > 0) {
      this.#open.push(part)
      return null
    }
    let value: RespValue = "type" in part ? part : { type: "array", items: [] }
    for (;;) {
      const parent = this.#open.at(-1)
      if (!parent) return value
      parent.items.push(value)
      if (parent.items.length < parent.length) return null
      this.#open.pop()
      value = { type: "array", items: parent.items }
    }
  }

  /** A line without its end; `null` when it is not all there. */
  #takeLine(): string | null {
    const end = this.#buffer.indexOf(LF, this.#scanned)
    const length = end === -1 ? this.#buffer.length : end
    if (length > this.#limits.maxLineBytes + 1) throw new ProtocolError("line too long")
    if (end === -1) {
      this.#scanned = this.#buffer.length
      return null
    }
    const line = this.#buffer.toString("latin1", 0, end)
    this.#consume(end + 1)
    if (line.endsWith("\r")) return this.#checkLength(line.slice(0, -1))
    // People with `nc` end their lines with a bare LF; programs do not.
    if (/^[+\-:$*]/.test(line)) throw new ProtocolError("expected CRLF")
    return this.#checkLength(line)
  }

  #checkLength(line: string): string {
    if (line.length > this.#limits.maxLineBytes) throw new ProtocolError("line too long")
    return line
  }

  #takeBulk(length: number): RespValue | null {
    if (this.#buffer.length < length + 2) return null
    if (this.#buffer[length] !== CR || this.#buffer[length + 1] !== LF) {
      throw new ProtocolError("a bulk string does not end where it should")
    }
    const value = this.#buffer.toString("latin1", 0, length)
    this.#consume(length + 2)
    this.#bulkLength = null
    return { type: "bulk", value }
  }

  /** A command typed by a person: words between blanks. */
  #inline(line: string): RespValue {
    if (this.#open.length > 0)
      throw new ProtocolError(`expected a value, got ${JSON.stringify(line.slice(0, 20))}`)
    if (hasControlBytes(line)) throw new ProtocolError("unprintable bytes in an inline command")
    const words = line.split(/[ \t]+/).filter((word) => word !== "")
    return { type: "array", items: words.map((value) => ({ type: "bulk", value })) }
  }

  #consume(bytes: number): void {
    this.#buffer = this.#buffer.subarray(bytes)
    this.#scanned = 0
  }
}

function hasControlBytes(line: string): boolean {
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i)
    if ((code < 32 && code !== 9) || code === 127) return true
  }
  return false
}

/** A length in decimal; `null` for -1. */
function parseLength(text: string, max: number, what: string): number | null {
  if (text === "-1") return null
  if (!/^\d{1,15}$/.test(text)) throw new ProtocolError(`invalid ${what}`)
  if (Number(text) > max) throw new ProtocolError(`invalid ${what}: more than ${String(max)}`)
  return Number(text)
}

function parseInteger(text: string): string {
  if (!/^[+-]?\d+$/.test(text)) throw new ProtocolError("invalid integer")
  const value = BigInt(text)
  if (BigInt.asIntN(64, value) !== value) throw new ProtocolError("integer out of range")
  return value.toString()
}

export function encode(value: RespValue): Uint8Array {
  const text = toText(value)
  const wide = /[^\u0000-\u00ff]/u.exec(text)
  if (wide) {
    throw new RangeError(
      `${JSON.stringify(wide[0])} is not a byte: turn text into bytes first, see ByteString in contract.ts`,
    )
  }
  return Buffer.from(text, "latin1")
}

function toText(value: RespValue): string {
  switch (value.type) {
    case "simple":
      return `+${oneLine(value.value)}\r\n`
    case "error":
      return `-${oneLine(value.value)}\r\n`
    case "integer":
      return `:${value.value}\r\n`
    case "bulk":
      return `$${String(value.value.length)}\r\n${value.value}\r\n`
    case "null":
      return "$-1\r\n"
    case "array":
      return `*${String(value.items.length)}\r\n${value.items.map(toText).join("")}`
  }
}

/** A line end inside a line would let a value pretend to be the next message. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, " ")
}
