import { once } from "node:events"
import { createConnection, createServer, type AddressInfo, type Socket } from "node:net"
import { awaiting, show, wrapInstance, type After } from "#suite"
import type { Client, Server } from "../../projects/01-kv-server/contract.ts"
import { project } from "./project.ts"

/** Starts a server of theirs on a free port; it is closed when the check ends. */
export async function startServer(after: After): Promise<Server> {
  const server = wrapInstance("server", await project.startServer({ port: 0 }))
  after(() => server.close())
  return server
}

/** Connects a client of theirs; it is closed when the check ends. */
export async function connect(port: number, after: After): Promise<Client> {
  const client = wrapInstance("client", await project.connect({ port }))
  after(() => client.close())
  return client
}

/** The suite's own connection to a server: bytes out, replies in, no help from the code under test. */
export class Wire {
  readonly socket: Socket
  #received = ""
  #wake: () => void = () => undefined
  ended = false

  static async open(port: number, after: After): Promise<Wire> {
    const socket = createConnection({ port, host: "127.0.0.1", noDelay: true })
    after(() => socket.destroy())
    await awaiting("the server to accept a connection", once(socket, "connect"))
    return new Wire(socket)
  }

  constructor(socket: Socket) {
    this.socket = socket
    socket.on("error", () => undefined)
    socket.on("data", (data: Buffer) => {
      this.#received += data.toString("latin1")
      this.#wake()
    })
    socket.on("close", () => {
      this.ended = true
      this.#wake()
    })
  }

  send(text: string): void {
    this.socket.write(Buffer.from(text, "latin1"))
  }

  /** Sends a command as clients do: an array of bulk strings. */
  ask(...words: readonly string[]): void {
    this.send(request(...words))
  }

  /** The next whole reply, as it came over the wire; what came, if the connection ends before. */
  async reply(): Promise<string> {
    for (;;) {
      const end = replyEnd(this.#received, 0)
      if (end !== null || this.ended) {
        const reply = this.#received.slice(0, end ?? undefined)
        this.#received = this.#received.slice(end ?? this.#received.length)
        return reply
      }
      await awaiting(`a reply; so far ${show(this.#received)} came`, this.#more())
    }
  }

  async replies(n: number): Promise<readonly string[]> {
    const all: string[] = []
    while (all.length < n) all.push(await this.reply())
    return all
  }

  /** Resolves once the server ended the connection; whatever came until then. */
  async untilEnd(): Promise<string> {
    while (!this.ended) await awaiting("the server to end the connection", this.#more())
    return this.#received
  }

  #more(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve))
  }
}

export function request(...words: readonly string[]): string {
  return `*${String(words.length)}\r\n${words.map((word) => `$${String(word.length)}\r\n${word}\r\n`).join("")}`
}

/** Where the reply that starts at `from` ends; null when it is not all there. */
export function replyEnd(text: string, from: number): number | null {
  const lineEnd = text.indexOf("\r\n", from)
  if (lineEnd === -1) return null
  const length = Number(text.slice(from + 1, lineEnd))
  if (text[from] === "$" && length >= 0) {
    const end = lineEnd + 2 + length + 2
    return end <= text.length ? end : null
  }
  let end: number | null = lineEnd + 2
  if (text[from] === "*") for (let i = 0; i < length && end !== null; i++) end = replyEnd(text, end)
  return end
}

/** A server of the suite's, for their client: it does what `onData` says, and counts what it hears. */
export interface FakeServer {
  readonly port: number
  /** Everything it ever received. */
  readonly heard: () => string
  readonly connections: () => number
  /** Ends every connection, abruptly. */
  drop(): void
  close(): Promise<void>
}

export async function fakeServer(
  after: After,
  onData: (socket: Socket, data: string) => void,
  port = 0,
): Promise<FakeServer> {
  let heard = ""
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on("error", () => undefined)
    socket.on("close", () => sockets.delete(socket))
    socket.on("data", (data: Buffer) => {
      heard += data.toString("latin1")
      onData(socket, data.toString("latin1"))
    })
  })
  server.listen(port, "127.0.0.1")
  await once(server, "listening")
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  const close = async () => {
    if (!server.listening) return
    const closed = once(server, "close")
    server.close()
    drop()
    await closed
  }
  after(close)
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => heard,
    connections: () => connections,
    drop,
    close,
  }
}
