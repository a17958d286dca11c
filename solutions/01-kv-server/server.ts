import { once } from "node:events"
import { createServer, type AddressInfo, type Socket } from "node:net"
import type { Command, RespValue, Server, ServerOptions } from "../../projects/01-kv-server/contract.ts"
import { apply, emptyState, type KvState } from "./kv.ts"
import { encode, RespDecoder } from "./resp.ts"

/** Answers a command. The server knows no more of the state machine than this. */
type Execute = (command: Command) => RespValue

/** Replies are collected up to this many bytes before they are written: one system call for many small ones. */
const batchBytes = 65_536

/** How long a client that broke the protocol may go on sending before it is cut off, in milliseconds. */
const lingerMs = 1000

export async function startServer({ port, host = "127.0.0.1" }: ServerOptions): Promise<Server> {
  let state: KvState = emptyState
  const execute: Execute = (command) => {
    const applied = apply(state, command)
    state = applied.state
    return applied.result
  }

  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
    // A client that vanishes is its own affair. The error is told here, by `close` and by the loop's end.
    socket.on("error", () => undefined)
    serve(socket, execute).catch((error: unknown) => {
      socket.destroy()
      if (!isOfTheNetwork(error)) throw error // a mistake of ours: nobody is helped by hiding it
    })
  })
  server.listen(port, host)
  await once(server, "listening")

  let closing: Promise<void> | undefined
  const shutDown = async (): Promise<void> => {
    const closed = once(server, "close")
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: () => (closing ??= shutDown()),
  }
}

/** A reset, a broken pipe, an end in the middle: Node gives such errors a code. */
function isOfTheNetwork(error: unknown): boolean {
  return error instanceof Error && "code" in error
}

/**
 * One connection, one loop: read, execute, write, in that order. While a client does not read its replies, `send` does
 * not return and no more of its requests are read: it can fill its own buffers and nobody else's.
 */
async function serve(socket: Socket, execute: Execute): Promise<void> {
  const decoder = new RespDecoder()
  // At the client's end the replies may still be under way: the loop must not destroy the socket when it is over.
  const chunks: AsyncIterable<Uint8Array> = socket.iterator({ destroyOnReturn: false })
  for await (const chunk of chunks) {
    const { values, error } = decoder.push(chunk)
    let batch: Uint8Array[] = []
    let bytes = 0
    for (const value of values) {
      if (value.type === "array" && value.items.length === 0) continue // no command, no reply: as Redis does
      const reply = encode(answer(value, execute))
      batch.push(reply)
      bytes += reply.length
      if (bytes < batchBytes) continue
      await send(socket, batch)
      batch = []
      bytes = 0
    }
    await send(socket, batch)
    if (error !== null) hangUp(socket, error)
  }
  socket.end()
}

/**
 * Says what was wrong and ends the connection. What still comes in is read and dropped: closing on unread bytes resets
 * the connection, and the client might never see the reason.
 */
function hangUp(socket: Socket, error: string): void {
  if (!socket.writable) return
  socket.end(encode({ type: "error", value: `ERR ${error}` }))
  setTimeout(() => socket.destroy(), lingerMs).unref()
}

function answer(value: RespValue, execute: Execute): RespValue {
  const words =
    value.type === "array" ? value.items.map((item) => (item.type === "bulk" ? item.value : null)) : []
  const [name, ...args] = words
  if (name === undefined || words.includes(null)) {
    return { type: "error", value: "ERR Protocol error: a command is an array of bulk strings" }
  }
  return execute({ name: name ?? "", args: args.map((arg) => arg ?? "") })
}

async function send(socket: Socket, batch: readonly Uint8Array[]): Promise<void> {
  if (batch.length === 0 || socket.write(Buffer.concat(batch)) || socket.destroyed) return
  await new Promise<void>((resolve) => {
    const done = () => {
      socket.off("drain", done).off("close", done)
      resolve()
    }
    socket.on("drain", done).on("close", done)
  })
}
