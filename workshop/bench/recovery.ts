import { createConnection, type Socket } from "node:net"
import { setTimeout as wait } from "node:timers/promises"
import { EtcdClient } from "./etcd-client.ts"
import { patience, type System } from "./system.ts"

/** Asks one server to write, without waiting for the answer; `done` is called when a write was acknowledged. */
interface Prober {
  ask(): void
  close(): void
}

/** How often each of those that are left is asked, in milliseconds. */
const often = 5

/**
 * How long after `kill -9` of its leader a system acknowledges a write again, in milliseconds: all that are left are asked
 * again and again, and the first one that says yes ends it. Then the killed one starts again.
 */
export async function measureRecovery(system: System): Promise<number> {
  const leader = await system.leader()
  let acknowledged: (() => void) | undefined
  const first = new Promise<void>((resolve) => (acknowledged = resolve))
  const done = (): void => acknowledged?.()
  const left = system.ids.filter((id) => id !== leader)
  const probers = left.map((id) =>
    system.kind === "resp" ? new RespProber(system.port(id), done) : new EtcdProber(system.port(id), done),
  )
  await wait(200) // until all are connected
  system.kill(leader)
  const began = performance.now()
  const asking = setInterval(() => {
    for (const prober of probers) prober.ask()
  }, often)
  const over = new AbortController()
  try {
    const tooLate = wait(patience, true, { signal: over.signal }).catch(() => false)
    if ((await Promise.race([first, tooLate])) === true)
      throw new Error(`no write was acknowledged in ${String(patience / 1000)} s after kill -9 of the leader`)
    return performance.now() - began
  } finally {
    over.abort()
    clearInterval(asking)
    for (const prober of probers) prober.close()
    system.start(leader)
  }
}

class RespProber implements Prober {
  readonly #socket: Socket

  constructor(port: number, done: () => void) {
    this.#socket = createConnection({ port, host: "127.0.0.1", noDelay: true })
    this.#socket.on("error", () => undefined)
    this.#socket.on("data", (chunk) => {
      if (chunk.includes("+OK")) done()
    })
  }

  ask(): void {
    this.#socket.write("*3\r\n$3\r\nSET\r\n$5\r\nprobe\r\n$1\r\n1\r\n")
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** A call waits until there is a leader, or for ever; so each has a connection of its own, and the first answer counts. */
class EtcdProber implements Prober {
  readonly #port: number
  readonly #done: () => void
  readonly #clients = new Set<EtcdClient>()
  #closed = false

  constructor(port: number, done: () => void) {
    this.#port = port
    this.#done = done
  }

  ask(): void {
    void EtcdClient.open(this.#port).then(
      (client) => {
        if (this.#closed) {
          client.close()
          return
        }
        this.#clients.add(client)
        client.put("probe", "1", (ok) => {
          this.#clients.delete(client)
          client.close()
          if (ok) this.#done()
        })
      },
      () => undefined,
    )
  }

  close(): void {
    this.#closed = true
    for (const client of this.#clients) client.close()
  }
}
