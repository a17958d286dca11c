import { once } from "node:events"
import { createServer } from "node:net"

let last = 0

/**
 * A port on which nobody listens now. Every process of ours looks in a range of its own, below the range from which
 * outgoing connections take their ports: until somebody listens there, no connection that happens to be made takes it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + (process.pid % 220) * 100 + (last++ % 100)
    const server = createServer()
    server.listen(port, "127.0.0.1")
    const free = await once(server, "listening").then(
      () => true,
      () => false,
    )
    if (!free) continue
    const closed = once(server, "close")
    server.close()
    await closed
    return port
  }
}
