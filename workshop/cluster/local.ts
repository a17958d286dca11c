import { spawn, type ChildProcess } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root, UsageError } from "../stages.ts"
import { askStatus, type Status } from "./status.ts"

/** Where one server listens on this machine: for clients, and for the other servers. */
export interface Ports {
  readonly client: number
  readonly raft: number
}

export interface LocalOptions {
  /** Of each server. */
  readonly ports: readonly Ports[]
  /** The port at which `from` reaches `to`, where that is another one than `to` listens on: there is a proxy between. */
  readonly way?: (from: string, to: string) => number
  /** The program, and the conditions that say where earlier stages come from. */
  readonly program: string
  readonly conditions: readonly string[]
  /** Where the journals are. */
  readonly folder: string
  readonly fresh: boolean
  /** A line that a server printed. */
  readonly onLine: (id: string, line: string) => void
}

export type Health = "running" | "paused" | "killed" | "ended"

/** One server as it is seen from outside. */
export interface Seen {
  readonly id: string
  readonly port: number
  readonly health: Health
  /** `null`: it does not answer. */
  readonly status: Status | null
}

interface Process {
  readonly child: ChildProcess
  health: Health
}

/** How long a server may take to say how it is, in milliseconds. */
const patience = 300

/** Clients from `port` on; servers talk to each other a thousand below. */
export function portsFrom(port: number, servers: number): readonly Ports[] {
  return Array.from({ length: servers }, (_, i) => ({ client: port + i, raft: port - 1000 + i }))
}

/** Servers of project 10 as processes on this machine. */
export class LocalCluster {
  readonly ids: readonly string[]
  readonly #options: LocalOptions
  readonly #processes = new Map<string, Process>()
  #closed = false

  constructor(options: LocalOptions) {
    const { ports, folder, fresh } = options
    this.#options = options
    this.ids = ports.map((_, i) => `n${String(i + 1)}`)
    if (fresh) rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const id of this.ids) writeFileSync(this.#file(id), JSON.stringify(this.#members(id), null, 2))
  }

  #file(id: string): string {
    return join(this.#options.folder, `cluster-${id}.json`)
  }

  /** The cluster as `from` sees it. */
  #members(from: string): readonly { readonly id: string; readonly raft: string; readonly client: string }[] {
    const { ports, way } = this.#options
    const at = (port: number): string => `127.0.0.1:${String(port)}`
    return this.ids.map((id, i) => {
      const { raft, client } = ports[i] ?? { raft: 0, client: 0 }
      return { id, raft: at(way && id !== from ? way(from, id) : raft), client: at(client) }
    })
  }

  port(id: string): number {
    return this.#options.ports[this.ids.indexOf(id)]?.client ?? 0
  }

  start(id: string): void {
    if (this.#closed) return // somebody who has not heard of it yet would leave a process behind
    const running = this.#processes.get(id)
    if (running?.health === "paused") this.#signal(running, "SIGCONT", "running")
    if (running?.health === "running") return
    const { program, conditions, folder, onLine } = this.#options
    const flags = [...conditions.flatMap((condition) => ["-C", condition]), "--import", "tsx"]
    const args = [program, "--cluster", this.#file(id), "--id", id, "--data", folder]
    const child = spawn(process.execPath, [...flags, ...args], { cwd: root, stdio: ["pipe", "pipe", "pipe"] })
    const started: Process = { child, health: "running" }
    this.#processes.set(id, started)
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => {
        for (const line of data.toString().trimEnd().split("\n")) onLine(id, line)
      })
    child.on("exit", () => {
      if (started.health !== "killed") started.health = "ended"
    })
  }

  /** As `kill -9` does: it gets no chance to say goodbye. */
  kill(id: string): void {
    this.#signal(this.#known(id), "SIGKILL", "killed")
  }

  pause(id: string): void {
    this.#signal(this.#known(id), "SIGSTOP", "paused")
  }

  /** Everybody runs again. */
  heal(): void {
    for (const id of this.ids) this.start(id)
  }

  async look(): Promise<readonly Seen[]> {
    return await Promise.all(
      this.ids.map(async (id): Promise<Seen> => {
        const port = this.port(id)
        const health = this.#processes.get(id)?.health ?? "ended"
        const status = health === "running" ? await askStatus(port, patience) : null
        return { id, port, health, status }
      }),
    )
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    this.#closed = true
    const ending = [...this.#processes.values()].map(async ({ child }) => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = new Promise((resolve) => child.once("exit", resolve))
      child.kill("SIGKILL")
      await ended
    })
    await Promise.all(ending)
  }

  #known(id: string): Process {
    const running = this.#processes.get(id)
    if (running?.health === "running" || running?.health === "paused") return running
    throw new UsageError(`${id} is not running`)
  }

  #signal(running: Process, signal: "SIGKILL" | "SIGSTOP" | "SIGCONT", health: Health): void {
    running.health = health
    running.child.kill(signal)
  }
}
