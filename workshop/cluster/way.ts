import { once } from "node:events"
import { createConnection, createServer, type Server, type Socket } from "node:net"

/** A way from one server to another on this machine, which can be cut. */
export class Way {
  /** Its near end. */
  readonly port: number
  readonly #server: Server
  readonly #to: number
  readonly #sockets = new Set<Socket>()
  #cut = false

  /** @param to  the port at its far end */
  static async open(to: number): Promise<Way> {
    const server = createServer()
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    return new Way(server, to)
  }

  private constructor(server: Server, to: number) {
    const address = server.address()
    this.port = typeof address === "object" ? (address?.port ?? 0) : 0
    this.#server = server
    this.#to = to
    server.on("connection", (incoming) => {
      this.#join(incoming)
    })
  }

  set isCut(cut: boolean) {
    this.#cut = cut
    if (cut) for (const socket of this.#sockets) socket.destroy()
  }

  close(): void {
    this.isCut = true
    this.#server.close()
  }

  #join(incoming: Socket): void {
    if (this.#cut) {
      incoming.destroy()
      return
    }
    const outgoing = createConnection({ port: this.#to, host: "127.0.0.1" })
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      this.#sockets.add(socket)
      socket.on("error", () => undefined)
      socket.on("close", () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  }
}
