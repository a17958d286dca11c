import { once } from "node:events"
import { createConnection, type Socket } from "node:net"

/**
 * Just enough of HTTP/2 to ask a gRPC server on this machine one small question at a time. With @grpc/grpc-js a call costs
 * the load generator as much as it costs etcd's leader: then it is the client that is measured.
 *
 * What makes it small: one call is under way, its question and its answer fit the windows that HTTP/2 begins with (the
 * server opens its own again as it reads), and headers are sent as plain text and never read. A call that went well is told
 * from one that did not by its message: a unary call has none when it has failed.
 */
export class GrpcConnection {
  readonly #socket: Socket
  readonly #authority: string
  #rest: Buffer = nothing
  #stream = -1
  #message: Buffer = nothing
  #done: ((message: Buffer | null) => void) | undefined

  static async open(port: number): Promise<GrpcConnection> {
    const connection = new GrpcConnection(port)
    await once(connection.#socket, "connect")
    return connection
  }

  private constructor(port: number) {
    this.#authority = `127.0.0.1:${String(port)}`
    this.#socket = createConnection({ port, host: "127.0.0.1", noDelay: true })
    this.#socket.on("error", () => undefined) // `close` follows
    this.#socket.on("close", () => {
      this.#end(null)
    })
    this.#socket.on("data", (chunk) => {
      this.#take(chunk)
    })
    const wide = Buffer.alloc(4)
    wide.writeUInt32BE(0x7fff_0000)
    this.#socket.write(
      Buffer.concat([preface, frame(type.settings, 0, 0, nothing), frame(type.windowUpdate, 0, 0, wide)]),
    )
  }

  /**
   * @param headers  of `headersFor`
   * @param done  gets the answer's message; null when the call has failed
   */
  call(headers: Buffer, message: Buffer, done: (message: Buffer | null) => void): void {
    if (this.#done || !this.#socket.writable) {
      done(null)
      return
    }
    this.#stream += 2
    this.#done = done
    this.#message = nothing
    const prefix = Buffer.alloc(messagePrefix)
    prefix.writeUInt32BE(message.length, 1)
    this.#socket.write(
      Buffer.concat([
        frame(type.headers, flag.endHeaders, this.#stream, headers),
        frame(type.data, flag.endStream, this.#stream, Buffer.concat([prefix, message])),
      ]),
    )
  }

  headersFor(path: string): Buffer {
    const text = (value: string): Buffer => Buffer.from([value.length, ...Buffer.from(value)])
    // RFC 7541: names by their number in the static table where they have one; nothing is to be remembered.
    return Buffer.concat([
      Buffer.from([0x83, 0x86, 0x04]), // :method POST, :scheme http, :path …
      text(path),
      Buffer.from([0x01]), // :authority …
      text(this.#authority),
      Buffer.from([0x0f, 0x10]), // content-type …
      text("application/grpc"),
      Buffer.from([0x00]),
      text("te"),
      text("trailers"),
    ])
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (bytes.length >= frameHeader) {
      const end = frameHeader + bytes.readUIntBE(0, 3)
      if (bytes.length < end) break
      this.#handle(bytes[3] ?? 0, bytes[4] ?? 0, bytes.readUInt32BE(5), bytes.subarray(frameHeader, end))
      bytes = bytes.subarray(end)
    }
    this.#rest = bytes
  }

  #handle(kind: number, flags: number, stream: number, payload: Buffer): void {
    if ((kind === type.settings || kind === type.ping) && (flags & flag.ack) === 0) {
      this.#socket.write(frame(kind, flag.ack, 0, kind === type.ping ? payload : nothing))
    } else if (kind === type.goAway) this.#socket.destroy()
    else if (stream === this.#stream) {
      if (kind === type.data) this.#message = Buffer.concat([this.#message, payload])
      const isOver = (kind === type.data || kind === type.headers) && (flags & flag.endStream) !== 0
      if (kind === type.reset) this.#end(null)
      else if (isOver)
        this.#end(this.#message.length < messagePrefix ? null : this.#message.subarray(messagePrefix))
    }
  }

  #end(message: Buffer | null): void {
    const done = this.#done
    this.#done = undefined
    done?.(message)
  }
}

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
const nothing = Buffer.alloc(0)

/** RFC 9113, section 6. */
const type = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 }
const flag = { ack: 1, endStream: 1, endHeaders: 4 }

/** Length in 3 bytes, type, flags, stream in 4 bytes. */
const frameHeader = 9

/** Of a gRPC message: whether it is compressed, and its length. */
const messagePrefix = 5

function frame(kind: number, flags: number, stream: number, payload: Buffer): Buffer {
  const bytes = Buffer.alloc(frameHeader + payload.length)
  bytes.writeUIntBE(payload.length, 0, 3)
  bytes[3] = kind
  bytes[4] = flags
  bytes.writeUInt32BE(stream, 5)
  bytes.set(payload, frameHeader)
  return bytes
}
