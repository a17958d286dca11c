import { once } from "node:events"
import { createConnection, type Socket } from "node:net"
import { keyName, refusedPause, type LoadClient, type LoadOptions } from "./load-protocol.ts"

/**
 * Speaks just enough RESP to ask one question at a time. Project 1's client could do it as well, but the load generator
 * must cost little: it shares the machine with the servers that are measured.
 */
export class RespClient implements LoadClient {
  readonly #options: LoadOptions
  readonly #value: string
  #socket: Socket
  #port: number
  #rest: Buffer | undefined
  #request = ""
  #done: (() => void) | undefined
  #closed = false

  static async open(options: LoadOptions): Promise<RespClient> {
    const client = new RespClient(options)
    await once(client.#socket, "connect")
    return client
  }

  private constructor(options: LoadOptions) {
    this.#options = options
    this.#value = "v".repeat(options.valueBytes)
    this.#port = options.port
    this.#socket = this.#connect()
  }

  ask(key: number, done: () => void): void {
    const words =
      this.#options.operation === "read" ? ["GET", keyName(key)] : ["SET", keyName(key), this.#value]
    const parts = words.map((word) => `$${String(word.length)}\r\n${word}\r\n`)
    this.#request = `*${String(words.length)}\r\n${parts.join("")}`
    this.#done = done
    this.#socket.write(this.#request, "latin1")
  }

  close(): void {
    this.#closed = true
    this.#socket.destroy()
  }

  #connect(): Socket {
    const socket = createConnection({ port: this.#port, host: "127.0.0.1", noDelay: true })
    socket.on("data", (chunk) => {
      this.#take(chunk)
    })
    socket.on("error", () => undefined) // `close` follows
    socket.on("close", () => {
      if (!this.#closed && socket === this.#socket) this.#again(this.#port)
    })
    return socket
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    if (!isWhole(bytes)) {
      this.#rest = bytes
      return
    }
    this.#rest = undefined
    if (bytes[0] === minus) this.#again(movedTo(bytes.toString("latin1")) ?? this.#port)
    else this.#done?.()
  }

  /** On a new connection: the old one may be to a server that is gone, or does not lead any more. */
  #again(port: number): void {
    if (this.#closed) return
    this.#options.onRefused()
    const old = this.#socket
    this.#port = port
    setTimeout(() => {
      if (this.#closed) return
      this.#rest = undefined
      this.#socket = this.#connect()
      old.destroy()
      if (this.#request !== "") this.#socket.write(this.#request, "latin1")
    }, refusedPause)
  }
}

const [minus, dollar, lineFeed] = [45, 36, 10]

/** Only one answer is under way: it is whole when its line is, or, for a bulk string, so many bytes behind it. */
function isWhole(bytes: Buffer): boolean {
  const end = bytes.indexOf(lineFeed)
  if (end === -1) return false
  if (bytes[0] !== dollar) return true
  const length = Number(bytes.toString("latin1", 1, end - 1))
  return length < 0 || bytes.length >= end + 1 + length + 2
}

function movedTo(line: string): number | undefined {
  const port = /^-MOVED \d+ \S+:(\d+)\r/.exec(line)?.[1]
  return port === undefined ? undefined : Number(port)
}
