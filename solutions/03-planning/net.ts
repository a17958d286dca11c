import { once } from "node:events"
import { createConnection, createServer, type Server, type Socket } from "node:net"
import type {
  Address,
  NetOptions,
  PeerStatus,
  RaftNet,
  ServerId,
} from "../../projects/03-planning/contract.ts"
import { tellAddress } from "./cluster.ts"

/** A frame is the payload's length in 4 bytes, big-endian, and the payload. */
const headerBytes = 4

/** A try to connect that takes longer than this has failed: the operating system would wait for minutes. */
const dialMs = 3000

/** Small messages leave at once, and a machine that vanished without a word is noticed some day. */
const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 }

/**
 * Each server dials every other one and writes to that connection only; the connections it accepts it only reads. So
 * there is nothing to negotiate when two servers dial each other at once.
 */
export async function startRaftNet<M extends { readonly from: ServerId; readonly to: ServerId }>(
  options: NetOptions<M>,
): Promise<RaftNet<M>> {
  const { cluster, id, codec, maxFrame = 8 * 1024 * 1024, log = () => undefined } = options
  const own = Object.hasOwn(cluster, id) ? cluster[id] : undefined
  if (own === undefined)
    throw new Error(`id ${id} is not in the cluster (${Object.keys(cluster).join(", ")})`)
  const peers = new Map<ServerId, Peer>()
  for (const [peer, { raft }] of Object.entries(cluster).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (peer !== id) peers.set(peer, new Peer(peer, raft, { ...options, log }))
  }

  const take = (payload: Uint8Array): void => {
    const message = codec.decode(payload)
    if (message.to !== id) throw new Error(`it sent a message to ${message.to}, and this is ${id}`)
    if (!peers.has(message.from)) throw new Error(`it sent a message from ${message.from}, who is no peer`)
    deliver(message, options)
  }
  const incoming = new Set<Socket>()
  const server = createServer(socketOptions, (socket) => {
    incoming.add(socket)
    socket.on("close", () => incoming.delete(socket))
    read(socket, maxFrame, take, log)
  })
  await listen(server, own.raft)
  server.on("error", (error) => {
    log(`cannot accept a connection: ${reason(error)}`)
  })
  for (const peer of peers.values()) peer.dial()

  let closing: Promise<void> | undefined
  const shutDown = async (): Promise<void> => {
    const closed = once(server, "close")
    server.close()
    for (const socket of incoming) socket.destroy()
    for (const peer of peers.values()) peer.close()
    await closed
  }
  return {
    send: (message) => {
      const peer = peers.get(message.to)
      if (closing) return
      if (!peer) {
        log(`a message to ${message.to} was thrown away: that is no other server of this cluster`)
        return
      }
      try {
        peer.send(frame(codec.encode(message), maxFrame))
      } catch (error) {
        peer.dropped++
        log(`a message to ${message.to} was thrown away: ${reason(error)}`)
      }
    },
    peers: () => [...peers.values()].map((peer) => peer.status()),
    close: () => (closing ??= shutDown()),
  }
}

/** A mistake in our own handler is not the sender's fault: nobody is cut off for it. */
function deliver<M extends { readonly from: ServerId }>(message: M, options: NetOptions<M>): void {
  try {
    options.onMessage(message)
  } catch (error) {
    options.log?.(`onMessage failed on a message from ${message.from}: ${reason(error)}`)
  }
}

async function listen(server: Server, address: Address): Promise<void> {
  try {
    server.listen(address.port, address.host)
    await once(server, "listening")
  } catch (error) {
    throw new Error(`cannot listen on ${tellAddress(address)}: ${reason(error)}`, { cause: error })
  }
}

function frame(payload: Uint8Array, maxFrame: number): Uint8Array {
  if (payload.length > maxFrame) throw new Error(tooLong(payload.length, maxFrame))
  const bytes = Buffer.allocUnsafe(headerBytes + payload.length)
  bytes.writeUInt32BE(payload.length)
  bytes.set(payload, headerBytes)
  return bytes
}

/** Hands over each frame's payload; whoever sends what `take` refuses is cut off. */
function read(
  socket: Socket,
  maxFrame: number,
  take: (payload: Uint8Array) => void,
  log: (line: string) => void,
): void {
  const frames = new Frames(maxFrame)
  const who = `${socket.remoteAddress ?? "?"}:${String(socket.remotePort ?? "?")}`
  socket.on("error", () => undefined) // what is lost is lost; `close` follows
  socket.on("data", (chunk: Buffer) => {
    try {
      frames.push(chunk)
      // Handling a message may close the net, and with it this socket.
      for (let next = frames.next(); next && !socket.destroyed; next = frames.next()) take(next)
    } catch (error) {
      socket.destroy()
      log(`cut off ${who}: ${reason(error)}`)
    }
  })
}

/** Puts chunks together to frames. Chunks are joined once a frame is complete, not each time one comes. */
class Frames {
  readonly #maxFrame: number
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(maxFrame: number) {
    this.#maxFrame = maxFrame
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
  }

  next(): Uint8Array | undefined {
    if (this.#bytes < headerBytes) return undefined
    const length = this.#join(headerBytes).readUInt32BE()
    if (length > this.#maxFrame) throw new Error(tooLong(length, this.#maxFrame))
    if (this.#bytes < headerBytes + length) return undefined
    const all = this.#join(headerBytes + length)
    const rest = all.subarray(headerBytes + length)
    this.#chunks = [rest]
    this.#bytes = rest.length
    return all.subarray(headerBytes, headerBytes + length)
  }

  /** The first chunk, once it has at least so many bytes. */
  #join(needed: number): Buffer {
    if ((this.#chunks[0]?.length ?? 0) < needed) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0] ?? Buffer.alloc(0)
  }
}

interface PeerOptions {
  readonly maxQueue?: number
  readonly backoff?: { readonly first: number; readonly max: number }
  readonly log: (line: string) => void
}

/** The way to one other server: at most one connection, a queue of frames, and a timer between two tries. */
class Peer {
  readonly #id: ServerId
  readonly #address: Address
  readonly #maxQueue: number
  readonly #backoff: { readonly first: number; readonly max: number }
  readonly #log: (line: string) => void
  #queue: Uint8Array[] = []
  dropped = 0
  #socket: Socket | undefined
  #connected = false
  #timer: NodeJS.Timeout | undefined
  #delay: number
  #closed = false

  constructor(id: ServerId, address: Address, options: PeerOptions) {
    const { maxQueue = 1000, backoff = { first: 50, max: 2000 }, log } = options
    this.#id = id
    this.#address = address
    this.#maxQueue = maxQueue
    this.#backoff = backoff
    this.#log = log
    this.#delay = backoff.first
  }

  status(): PeerStatus {
    const [id, address, connected] = [this.#id, this.#address, this.#connected]
    return { id, address, connected, queued: this.#queue.length, dropped: this.dropped }
  }

  send(bytes: Uint8Array): void {
    this.#queue.push(bytes)
    this.#flush()
    // Raft sends again what matters, and newer messages say more: the oldest one goes.
    for (; this.#queue.length > this.#maxQueue; this.dropped++) this.#queue.shift()
  }

  /** Writes what the connection takes. The rest stays in the queue, which has a limit; a socket's buffer has none. */
  #flush(): void {
    const socket = this.#socket
    while (this.#connected && socket?.writable === true && !socket.writableNeedDrain) {
      const next = this.#queue.shift()
      if (next === undefined) return
      socket.write(next)
    }
  }

  dial(): void {
    if (this.#closed) return
    const socket = createConnection({ ...this.#address, ...socketOptions })
    this.#socket = socket
    socket.setTimeout(dialMs, () => socket.destroy())
    socket.on("connect", () => {
      socket.setTimeout(0)
      this.#connected = true
      this.#delay = this.#backoff.first
      this.#log(`found ${this.#id} at ${tellAddress(this.#address)}`)
      this.#flush()
    })
    socket.on("drain", () => {
      this.#flush()
    })
    socket.resume() // what comes this way is nothing to us, but behind unread bytes no end is noticed
    socket.on("error", () => undefined) // `close` follows
    socket.on("close", () => {
      this.#retry()
    })
  }

  #retry(): void {
    const had = this.#connected
    this.#connected = false
    if (this.#closed) return
    if (had) this.#log(`lost ${this.#id}`)
    this.#timer = setTimeout(() => {
      this.dial()
    }, this.#delay)
    this.#delay = Math.min(this.#delay * 2, this.#backoff.max)
  }

  close(): void {
    this.#closed = true
    this.#queue = []
    clearTimeout(this.#timer)
    this.#socket?.destroy()
  }
}

function tooLong(length: number, maxFrame: number): string {
  return `a frame of ${String(length)} bytes, where at most ${String(maxFrame)} are allowed`
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
