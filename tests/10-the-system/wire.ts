import { once } from "node:events"
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from "node:net"
import { awaiting, type After } from "#suite"
import { replyEnd, request } from "../01-kv-server/wire.ts"

export { request } from "../01-kv-server/wire.ts"

/** RESP as it goes over the wire, made without any of the person's code. */

/** Takes messages off the front of a text: each whole one, as it is on the wire. */
function cut(text: string): { readonly whole: readonly string[]; readonly rest: string } {
  const whole: string[] = []
  let rest = text
  for (let end = replyEnd(rest, 0); end !== null; end = replyEnd(rest, 0)) {
    whole.push(rest.slice(0, end))
    rest = rest.slice(end)
  }
  return { whole, rest }
}

function wordsOf(message: string): readonly string[] {
  const words: string[] = []
  for (let at = message.indexOf("$"); at >= 0 && at < message.length;) {
    const end = message.indexOf("\r\n", at) + 2
    const length = Number(message.slice(at + 1, end - 2))
    words.push(message.slice(end, end + length))
    at = end + length + 2
  }
  return words
}

/** A client's connection. */
export class Wire {
  readonly #socket: Socket
  #text = ""
  #asked = ""
  #replies: string[] = []
  #wake: () => void = () => undefined
  closed = false

  static async open(port: number, after: After): Promise<Wire> {
    const socket = createConnection({ port, host: "127.0.0.1" })
    after(() => socket.destroy())
    const wire = new Wire(socket)
    await awaiting(`a connection to port ${String(port)}`, once(socket, "connect"))
    return wire
  }

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on("data", (chunk) => {
      const { whole, rest } = cut(this.#text + chunk.toString("latin1"))
      this.#text = rest
      this.#replies.push(...whole)
      this.#wake()
    })
    socket.on("error", () => undefined)
    socket.on("close", () => {
      this.closed = true
      this.#wake()
    })
  }

  send(text: string): void {
    this.#socket.write(text, "latin1")
  }

  end(): void {
    this.#socket.destroy()
  }

  /** The next reply, as it is on the wire; `closed` when there will be none. */
  async reply(): Promise<string> {
    const waiting = async (): Promise<string> => {
      for (;;) {
        const reply = this.#replies.shift()
        if (reply !== undefined) return reply
        if (this.closed) return "closed"
        await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    }
    return await awaiting(this.#asked === "" ? "a reply" : `the reply to ${this.#asked}`, waiting())
  }

  async ask(...words: readonly string[]): Promise<string> {
    this.#asked = words.join(" ").slice(0, 40)
    this.send(request(...words))
    return await this.reply()
  }
}

/** What a server that plays a part does with a command: a reply as it is on the wire; `hang up`; or `silence`. */
export type Part = (words: readonly string[]) => string

/** A server that plays a part; remembers what it was asked. */
export class Actor {
  readonly asked: (readonly string[])[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  play: Part

  static async start(after: After, play: Part): Promise<Actor> {
    const actor = new Actor(play)
    actor.#server.listen(0, "127.0.0.1")
    after(() => {
      actor.stop()
    })
    await once(actor.#server, "listening")
    return actor
  }

  private constructor(play: Part) {
    this.play = play
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on("close", () => this.#sockets.delete(socket))
      socket.on("error", () => undefined)
      let text = ""
      socket.on("data", (chunk) => {
        const { whole, rest } = cut(text + chunk.toString("latin1"))
        text = rest
        for (const message of whole) this.#answer(socket, wordsOf(message))
      })
    })
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: "127.0.0.1", port: (this.#server.address() as AddressInfo).port }
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#sockets.size
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #answer(socket: Socket, words: readonly string[]): void {
    this.asked.push(words)
    const answer = this.play(words)
    if (answer === "hang up") socket.destroy()
    else if (answer !== "silence") socket.write(answer, "latin1")
  }
}
