import { once } from "node:events"
import { createConnection, type Socket } from "node:net"
import type { Client, ClientOptions, RespValue } from "../../projects/01-kv-server/contract.ts"
import { encode, RespDecoder } from "./resp.ts"

/** The command was never sent. */
export class NotConnected extends Error {
  override readonly name = "NotConnected"
}

/** The command was sent; whether it was done, nobody knows. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost"
}

export async function connect({ port, host = "127.0.0.1" }: ClientOptions): Promise<Client> {
  let connection: Promise<Connection> = Connection.open(host, port)
  let closed = false
  await connection

  /** The connection there is, or a new one. Commands that come meanwhile wait for the same one, in order. */
  const current = async (): Promise<Connection> => {
    if (closed) throw new NotConnected("the client is closed")
    const known = connection
    const alive = await known.then(
      ({ lost }) => !lost,
      () => false,
    )
    if (!alive && connection === known) connection = Connection.open(host, port)
    return await connection
  }

  return {
    command: async (...args) => {
      if (args.length === 0) throw new RangeError("a command has a name at least")
      const bytes = encode({ type: "array", items: args.map((value) => ({ type: "bulk", value })) })
      return await (await current()).send(bytes)
    },
    close: async () => {
      closed = true
      await connection.then((open) => open.close()).catch(() => undefined)
    },
  }
}

interface Pending {
  readonly resolve: (reply: RespValue) => void
  readonly reject: (error: Error) => void
}

/** One TCP connection. Replies come in the order of the requests; that is all that pairs them. */
class Connection {
  readonly #socket: Socket
  readonly #pending: Pending[] = []

  get lost(): boolean {
    return !this.#socket.writable
  }

  static async open(host: string, port: number): Promise<Connection> {
    const socket = createConnection({ host, port, noDelay: true })
    try {
      await once(socket, "connect")
    } catch (error) {
      throw new NotConnected(`cannot reach ${host}:${String(port)}`, { cause: error })
    }
    return new Connection(socket)
  }

  private constructor(socket: Socket) {
    this.#socket = socket
    const decoder = new RespDecoder()
    socket.on("data", (chunk) => {
      const { values, error } = decoder.push(chunk)
      for (const value of values) this.#pending.shift()?.resolve(value)
      if (error !== null) socket.destroy()
    })
    socket.on("error", () => undefined) // `close` follows, and says it all
    socket.on("end", () => socket.destroy())
    socket.on("close", () => {
      for (const { reject } of this.#pending.splice(0)) {
        reject(new ConnectionLost("the connection was lost before the answer came"))
      }
    })
  }

  send(bytes: Uint8Array): Promise<RespValue> {
    return new Promise((resolve, reject) => {
      if (this.lost) {
        reject(new NotConnected("the connection was lost before the command was sent"))
        return
      }
      this.#pending.push({ resolve, reject })
      this.#socket.write(bytes)
    })
  }

  async close(): Promise<void> {
    if (this.#socket.closed) return
    const closed = once(this.#socket, "close")
    this.#socket.destroy()
    await closed
  }
}
