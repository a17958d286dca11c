import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { freePort } from "../../tests/cluster/ports.ts"
import { EtcdClient } from "./etcd-client.ts"
import { makeFolder, patience, type StartSystem, type System } from "./system.ts"

/** In milliseconds; etcd's own defaults when left out. */
export interface EtcdTiming {
  readonly heartbeat: number
  readonly election: number
}

/** `etcd 3.4.23`; `null` where it is not installed. */
export function etcdVersion(): string | null {
  const { stdout, status } = spawnSync("etcd", ["--version"], { encoding: "utf8" })
  return status === 0 ? `etcd ${/etcd Version: (\S+)/.exec(stdout)?.[1] ?? ""}` : null
}

interface Member {
  readonly id: string
  readonly client: number
  readonly peer: number
}

export function etcdSystem(timing?: EtcdTiming): StartSystem {
  return async (after) => {
    const members: Member[] = []
    for (const id of ["n1", "n2", "n3"])
      members.push({ id, client: await freePort(), peer: await freePort() })
    const etcd = new EtcdCluster(members, makeFolder(after, "bench-etcd"), timing)
    after(() => etcd.close())
    for (const { id } of members) etcd.start(id)
    return etcd
  }
}

const at = (port: number): string => `http://127.0.0.1:${String(port)}`

class EtcdCluster implements System {
  readonly kind = "etcd"
  readonly #members: readonly Member[]
  readonly #folder: string
  readonly #timing: EtcdTiming | undefined
  readonly #running = new Map<string, ChildProcess>()
  #said = ""
  #closed = false

  constructor(members: readonly Member[], folder: string, timing: EtcdTiming | undefined) {
    this.#members = members
    this.#folder = folder
    this.#timing = timing
  }

  get ids(): readonly string[] {
    return this.#members.map(({ id }) => id)
  }

  port(id: string): number {
    return this.#members.find((member) => member.id === id)?.client ?? 0
  }

  start(id: string): void {
    if (this.#closed) return // somebody who has not heard of it yet would leave a process behind
    const child = spawn("etcd", this.#flags(id), { stdio: ["ignore", "ignore", "pipe"] })
    child.on("error", (error) => (this.#said += String(error)))
    child.stderr.on("data", (data: Buffer) => (this.#said = (this.#said + data.toString()).slice(-2_000)))
    this.#running.set(id, child)
  }

  #flags(id: string): readonly string[] {
    const { client, peer } = this.#members.find((member) => member.id === id) ?? { client: 0, peer: 0 }
    const flags = {
      name: id,
      "data-dir": join(this.#folder, id),
      "listen-client-urls": at(client),
      "advertise-client-urls": at(client),
      "listen-peer-urls": at(peer),
      "initial-advertise-peer-urls": at(peer),
      "initial-cluster": this.#members.map((member) => `${member.id}=${at(member.peer)}`).join(","),
      "log-level": "error",
      ...(this.#timing && {
        "heartbeat-interval": String(this.#timing.heartbeat),
        "election-timeout": String(this.#timing.election),
      }),
    }
    return Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
  }

  kill(id: string): void {
    this.#running.get(id)?.kill("SIGKILL")
  }

  async leader(): Promise<string> {
    const until = Date.now() + patience
    while (Date.now() < until) {
      const leads = await Promise.all(this.#members.map((member) => this.#leads(member)))
      const leader = this.#members[leads.indexOf(true)]
      if (leader && !leads.includes(null)) return leader.id
      const gone = [...this.#running].find(([, { exitCode }]) => exitCode !== null)
      if (gone) throw new Error(`etcd ${gone[0]} has ended: ${this.#said}`)
      await wait(50)
    }
    throw new Error(`etcd has no leader after ${String(patience / 1000)} s: ${this.#said}`)
  }

  /** `null`: it does not answer, though it was not killed. */
  async #leads({ id, client }: Member): Promise<boolean | null> {
    if (this.#running.get(id)?.signalCode) return false
    let connection: EtcdClient | undefined
    const tooLong = setTimeout(() => connection?.close(), 1_000)
    try {
      connection = await EtcdClient.open(client)
      return await connection.leads()
    } catch {
      return null
    } finally {
      clearTimeout(tooLong)
      connection?.close()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const alive = [...this.#running.values()].filter(
      ({ pid, exitCode, signalCode }) => pid !== undefined && exitCode === null && signalCode === null,
    )
    await Promise.all(
      alive.map(async (child) => {
        const ended = once(child, "exit")
        child.kill("SIGKILL")
        await ended
      }),
    )
  }
}
