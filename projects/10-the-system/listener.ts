import { encode, RespDecoder } from "#01-kv-server"
import { once } from "node:events"
import { createServer, type Socket } from "node:net"
import type { Address } from "../03-planning/contract.ts"
import type { Ask, Command, Listener, RespValue } from "./contract.ts"
import { error } from "./machine.ts"

/** Questions of one client that wait for their answers. More than that, and its next ones are not read. */
const maxOpen = 1_000

const maxClients = 1_000

/**
 * Of all its words together. A hundred commands in one message, six characters for a byte, as JSON needs for some, must
 * fit a frame of project 3: otherwise a follower that has missed them would never get them.
 */
const maxCommandBytes = 12_000

/** Given. Where clients come in: project 1's server, with answers that may come later. Knows RESP, and nothing of Raft. */
export async function listen(
  { host, port }: Address,
  ask: Ask,
  log: (line: string) => void,
): Promise<Listener> {
  const clients = new Set<Client>()
  const server = createServer({ noDelay: true }, (socket) => {
    if (clients.size >= maxClients) {
      log(`too many clients: ${String(socket.remoteAddress)} is sent away`)
      socket.on("error", () => undefined)
      socket.end(encode(error("ERR too many clients")))
      return
    }
    const client = new Client(socket, ask)
    clients.add(client)
    socket.on("close", () => clients.delete(client))
  })
  server.listen(port, host)
  try {
    await once(server, "listening")
  } catch (cause) {
    throw new Error(`cannot listen for clients on ${host}:${String(port)}: ${String(cause)}`, { cause })
  }
  server.on("error", (failed) => {
    log(`cannot accept a client: ${String(failed)}`)
  })
  return {
    close: async () => {
      const closed = once(server, "close")
      server.close()
      for (const client of clients) client.close()
      await closed
    },
  }
}

/** A question's place in line: answers are sent in the order of the questions, whichever is known first. */
interface Place {
  reply: RespValue | null
}

class Client {
  readonly #socket: Socket
  readonly #ask: Ask
  readonly #decoder = new RespDecoder()
  readonly #line: Place[] = []
  #ended = false

  constructor(socket: Socket, ask: Ask) {
    this.#socket = socket
    this.#ask = ask
    socket.on("error", () => undefined) // a client that vanishes is its own affair; `close` follows
    socket.on("data", (chunk) => {
      this.#take(chunk)
    })
    socket.on("end", () => {
      this.#ended = true
      this.#flush()
    })
    socket.on("drain", () => {
      this.#flush()
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Uint8Array): void {
    const { values, error: wrong } = this.#decoder.push(chunk)
    for (const value of values) {
      const words = value.type === "array" ? value.items : null
      if (words?.length === 0) continue // no command, no reply: as Redis does
      const place: Place = { reply: null }
      this.#line.push(place)
      const command = words ? toCommand(words) : null
      if (command && sizeOf(command) > maxCommandBytes)
        this.#answer(place, error(`ERR a command has at most ${String(maxCommandBytes)} bytes`))
      else if (command)
        this.#ask(command, (reply) => {
          this.#answer(place, reply)
        })
      else this.#answer(place, error("ERR Protocol error: a command is an array of bulk strings"))
    }
    if (wrong !== null) {
      this.#line.push({ reply: error(`ERR ${wrong}`) })
      this.#ended = true
      this.#flush()
    }
    if (this.#line.length > maxOpen) this.#socket.pause()
  }

  #answer(place: Place, reply: RespValue): void {
    place.reply = reply
    this.#flush()
  }

  #flush(): void {
    const known = this.#line.findIndex(({ reply }) => reply === null)
    const answered = this.#line.splice(0, known === -1 ? this.#line.length : known)
    // One write for all that is known: a system call each would cost more than all the rest.
    const bytes = answered.flatMap(({ reply }) => (reply ? [encode(reply)] : []))
    const isRoom = bytes.length === 0 || this.#socket.write(Buffer.concat(bytes))
    if (this.#ended && this.#line.length === 0) this.#socket.end()
    // Who does not read its answers may not ask for more of them.
    if (!isRoom || this.#socket.writableNeedDrain) this.#socket.pause()
    else if (this.#line.length <= maxOpen && this.#socket.isPaused()) this.#socket.resume()
  }
}

function sizeOf({ name, args }: Command): number {
  return args.reduce((size, arg) => size + arg.length, name.length)
}

function toCommand(items: readonly RespValue[]): Command | null {
  const words = items.flatMap((item) => (item.type === "bulk" ? [item.value] : []))
  const [name, ...args] = words
  return name === undefined || words.length < items.length ? null : { name, args }
}
