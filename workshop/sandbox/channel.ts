import { readSync, writeSync } from "node:fs"
import { Socket } from "node:net"
import type { Message } from "./messages.ts"

/** Most bytes of one message: what is longer ends the channel. */
const longest = 64 * 2 ** 20

/** The ends of two pipes. The reading end is open twice: once to be waited for, once for the event loop. */
export interface Ends {
  readonly read: number
  readonly readIdle: number
  readonly write: number
}

/**
 * Messages over pipes. Whoever waits for one blocks; whoever does not hears of it in the event loop. Both read the same
 * stream, through two descriptors: no byte is in two hands, since the event loop does not read ahead while somebody waits.
 */
export class Channel {
  readonly #ends: Ends
  readonly #idle: Socket
  readonly #incoming = Buffer.allocUnsafe(64 * 1024)
  readonly #outgoing = Buffer.allocUnsafe(64 * 1024)
  #unread: Buffer = Buffer.alloc(0)

  /** @param onReadable  called in the event loop, when `take` may have something */
  constructor(ends: Ends, onReadable: () => void, onEnd: () => void) {
    this.#ends = ends
    this.#idle = new Socket({ fd: ends.readIdle, readable: true, writable: false })
    this.#idle.on("data", (bytes: Buffer) => {
      this.#append(bytes)
      onReadable()
    })
    this.#idle.on("error", onEnd)
    this.#idle.on("close", onEnd)
  }

  send(message: Message): void {
    const text = JSON.stringify(message)
    const fits = text.length * 3 + 4 <= this.#outgoing.length
    const frame = fits ? this.#outgoing : Buffer.allocUnsafe(Buffer.byteLength(text) + 4)
    const length = frame.write(text, 4)
    frame.writeUInt32BE(length)
    for (let sent = 0; sent < length + 4;) sent += writeSync(this.#ends.write, frame, sent, length + 4 - sent)
  }

  /** The next message, if it is here. */
  take(): Message | undefined {
    if (this.#unread.length < 4) return undefined
    const length = this.#unread.readUInt32BE()
    if (length > longest) throw new Error(`a message of ${String(length)} bytes`)
    if (this.#unread.length < 4 + length) return undefined
    const text = this.#unread.toString("utf8", 4, 4 + length)
    this.#unread = this.#unread.subarray(4 + length)
    return JSON.parse(text) as Message
  }

  get hasUnread(): boolean {
    return this.#unread.length > 0
  }

  /** The next message; waits for it. `undefined` when the other side is gone. */
  next(): Message | undefined {
    for (;;) {
      const message = this.take()
      if (message) return message
      const count = readSync(this.#ends.read, this.#incoming, 0, this.#incoming.length, null)
      if (count === 0) return undefined
      const bytes = this.#incoming.subarray(0, count)
      if (this.#unread.length === 0 && count >= 4 && bytes.readUInt32BE() === count - 4) {
        return JSON.parse(bytes.toString("utf8", 4)) as Message // as nearly always: one message, and all of it
      }
      this.#append(Buffer.from(bytes))
    }
  }

  #append(bytes: Buffer): void {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes])
  }
}
