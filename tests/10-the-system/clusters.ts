import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { awaiting, type After } from "#suite"
import type { Cluster, Timing } from "../../projects/10-the-system/contract.ts"
import { servers } from "../cluster/build.ts"
import { freePort } from "../cluster/ports.ts"
import { project } from "./project.ts"
import { Wire } from "./wire.ts"

/** A folder that is gone after the check. */
export function folder(after: After): string {
  const path = mkdtempSync(join(tmpdir(), "system-"))
  after(() => {
    rmSync(path, { recursive: true, force: true })
  })
  return path
}

/** Servers on this machine, at ports that are free. */
export async function layOut(count: number): Promise<Cluster> {
  const somewhere = async () => ({ host: "127.0.0.1", port: await freePort() })
  const members: [string, Cluster[string]][] = []
  for (const id of servers(count)) members.push([id, { raft: await somewhere(), client: await somewhere() }])
  return Object.fromEntries(members)
}

/** Asks again until there is an answer that is not undefined; the check's deadline ends it. */
export async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const waiting = async (): Promise<T> => {
    for (;;) {
      const seen = await look()
      if (seen !== undefined) return seen
      await wait(5)
    }
  }
  return await awaiting(what, waiting())
}

type Server = Awaited<ReturnType<typeof project.startServer>>

/** Slow enough that a busy machine does not look like a dead leader. */
export const calm: Partial<Timing> = { heartbeat: 40, election: [250, 500], patience: 4_000 }

/** A cluster in this process. */
export class TestCluster {
  readonly cluster: Cluster
  readonly data: string
  readonly timing: Partial<Timing>
  readonly #running = new Map<string, Server>()
  readonly #after: After

  static async start(after: After, count = 3, timing: Partial<Timing> = calm): Promise<TestCluster> {
    const test = new TestCluster(await layOut(count), folder(after), timing, after)
    for (const id of Object.keys(test.cluster)) await test.start(id)
    return test
  }

  private constructor(cluster: Cluster, data: string, timing: Partial<Timing>, after: After) {
    this.cluster = cluster
    this.data = data
    this.timing = timing
    this.#after = after
    after(() => this.stopAll())
  }

  get ids(): readonly string[] {
    return [...this.#running.keys()].toSorted()
  }

  async start(id: string): Promise<void> {
    const { cluster, data, timing } = this
    const starting = project.startServer({ cluster, id, data, timing })
    this.#running.set(id, await awaiting(`startServer for ${id}`, starting))
  }

  async stop(id: string): Promise<void> {
    const server = this.#running.get(id)
    this.#running.delete(id)
    await awaiting(`close of ${id}`, Promise.resolve(server?.close()))
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.ids.map((id) => this.stop(id)))
  }

  port(id: string): number {
    return this.cluster[id]?.client.port ?? 0
  }

  async wire(id: string): Promise<Wire> {
    return await Wire.open(this.port(id), this.#after)
  }

  /** What the console of a server says, by RAFT. */
  async console(id: string, ...words: readonly string[]): Promise<string> {
    const wire = await this.wire(id)
    const reply = await wire.ask("RAFT", ...words)
    wire.end()
    return reply.startsWith("$") ? reply.slice(reply.indexOf("\r\n") + 2, -2) : reply
  }

  /** The server that answers a request, once there is one. */
  async leader(): Promise<string> {
    return await until("a server that answers requests", async () => {
      for (const id of this.ids) {
        const wire = await this.wire(id)
        const reply = await wire.ask("GET", "nobody")
        wire.end()
        if (reply === "$-1\r\n") return id
      }
      return undefined
    })
  }

  async follower(): Promise<string> {
    const leader = await this.leader()
    const other = this.ids.find((id) => id !== leader)
    if (other === undefined) throw new Error("a cluster of one has no follower")
    return other
  }
}
