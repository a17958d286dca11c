import { once } from "node:events"
import type { Socket } from "node:net"
import { createConnection, createServer, type Server } from "node:net"
import { awaiting, fail, show, wrapInstance, type After } from "#suite"
import type { Cluster, Codec, NetOptions, RaftNet, ServerId } from "../../projects/03-planning/contract.ts"
import { freePort } from "../cluster/ports.ts"
import { project } from "./project.ts"

/** What the suite sends about: any text. */
export interface Letter {
  readonly from: ServerId
  readonly to: ServerId
  readonly text: string
}

/** The suite's own codec: `n1>n2:hello`. */
export const codec: Codec<Letter> = {
  encode: ({ from, to, text }) => Buffer.from(`${from}>${to}:${text}`),
  decode: (payload) => {
    const [, from, to, text] = /^(\w+)>(\w+):(.*)$/s.exec(Buffer.from(payload).toString()) ?? []
    if (from === undefined || to === undefined || text === undefined) throw new Error("this is no letter")
    return { from, to, text }
  },
}

/** A frame as the spec has it: 4 bytes of length, most significant first, and the payload. */
export function frame(payload: string | Uint8Array): Buffer {
  const body = Buffer.from(payload)
  const head = Buffer.alloc(4)
  head.writeUInt32BE(body.length)
  return Buffer.concat([head, body])
}

export const letter = (from: ServerId, to: ServerId, text: string): Buffer => frame(`${from}>${to}:${text}`)

// ---- Addresses. --------------------------------------------------------------------------------------------------------

/** A cluster of these servers, on free ports of this machine. */
export async function clusterOf(...ids: readonly ServerId[]): Promise<Cluster> {
  const members: [ServerId, Cluster[string]][] = []
  for (const id of ids) {
    const raft = { host: "127.0.0.1", port: await freePort() }
    members.push([id, { raft, client: { host: "127.0.0.1", port: 9 } }])
  }
  return Object.fromEntries(members)
}

export const portOf = (cluster: Cluster, id: ServerId): number => cluster[id]?.raft.port ?? 0

// ---- A net of theirs. ---------------------------------------------------------------------------------------------------

export interface Node {
  readonly net: RaftNet<Letter>
  /** The texts that arrived, in order, as `n1:hello`. */
  readonly got: readonly string[]
  readonly log: readonly string[]
  send(to: ServerId, text: string): void
}

/** Starts a server's net, which redials quickly; it is closed when the check ends. */
export async function startNode(
  after: After,
  cluster: Cluster,
  id: ServerId,
  options: Partial<NetOptions<Letter>> = {},
): Promise<Node> {
  const got: string[] = []
  const log: string[] = []
  const started = await project.startRaftNet<Letter>({
    cluster,
    id,
    codec,
    onMessage: ({ from, text }) => got.push(`${from}:${text}`),
    log: (line) => log.push(line),
    backoff: { first: 1, max: 4 },
    ...options,
  })
  const net = wrapInstance("net", started)
  after(() => net.close())
  return {
    net,
    got,
    log,
    send: (to, text) => {
      net.send({ from: id, to, text })
    },
  }
}

/** Waits until `condition` holds; a check that waits too long says for what. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const wait = async () => {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve))
  }
  await awaiting(what, wait())
}

/** Waits until these texts, and no others, have arrived. */
export async function arrives(node: Node, texts: readonly string[], scenario: string): Promise<void> {
  await until(`${show(texts)} to arrive: ${scenario}`, () => node.got.length >= texts.length)
}

export const status = ({ net }: Node, peer: ServerId) => net.peers().find(({ id }) => id === peer)

export async function connected(node: Node, peer: ServerId, expected = true): Promise<void> {
  const what = `peers() to say that ${peer} is ${expected ? "" : "not "}connected`
  await until(what, () => status(node, peer)?.connected === expected)
}

// ---- The suite's own ends of the wire, with no help from the code under test. -------------------------------------------

/** Listens on a peer's raft address and takes frames apart. */
export class Ear {
  readonly #server: Server
  readonly sockets: Socket[] = []
  /** The payloads that came, over whatever connection. */
  readonly heard: string[] = []
  connections = 0

  static async open(after: After, port: number, onConnection?: (socket: Socket) => void): Promise<Ear> {
    const server = createServer()
    const ear = new Ear(server, onConnection)
    server.listen(port, "127.0.0.1")
    await once(server, "listening")
    after(() => ear.close())
    return ear
  }

  private constructor(server: Server, onConnection: ((socket: Socket) => void) | undefined) {
    this.#server = server
    server.on("connection", (socket: Socket) => {
      this.connections++
      this.sockets.push(socket)
      socket.on("error", () => undefined)
      if (onConnection) onConnection(socket)
      else this.listen(socket)
    })
  }

  listen(socket: Socket): void {
    let buffer = Buffer.alloc(0)
    socket.on("data", (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk])
      for (;;) {
        const end = buffer.length < 4 ? Number.POSITIVE_INFINITY : 4 + buffer.readUInt32BE()
        if (buffer.length < end) return
        this.heard.push(buffer.toString("utf8", 4, end))
        buffer = buffer.subarray(end)
      }
    })
  }

  async hears(count: number): Promise<void> {
    await until(`${String(count)} frames on the wire`, () => this.heard.length >= count)
  }

  /** Ends all connections and stops listening, as a process that dies. */
  async close(): Promise<void> {
    for (const socket of this.sockets.splice(0)) socket.destroy()
    if (!this.#server.listening) return
    const closed = once(this.#server, "close")
    this.#server.close()
    await closed
  }
}

/** A connection of the suite's to their server. */
export class Mouth {
  readonly socket: Socket
  /** What the server wrote to us: nothing, if it keeps to the spec. */
  answer = ""
  ended = false

  static async open(after: After, port: number): Promise<Mouth> {
    const socket = createConnection({ port, host: "127.0.0.1", noDelay: true })
    after(() => socket.destroy())
    const refused = (error: unknown) =>
      fail("broken", `the server does not accept a connection: ${String(error)}`)
    await awaiting("the server to accept a connection", once(socket, "connect").catch(refused))
    return new Mouth(socket)
  }

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on("error", () => undefined)
    socket.on("data", (chunk: Buffer) => (this.answer += chunk.toString("latin1")))
    socket.on("close", () => (this.ended = true))
  }

  say(...frames: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(frames))
  }

  async untilCutOff(why: string): Promise<void> {
    await until(`the server to end the connection: ${why}`, () => this.ended)
  }
}
