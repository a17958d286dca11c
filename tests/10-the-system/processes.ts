import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { existsSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { inject } from "vitest"
import { awaiting, fail, type After } from "#suite"
import type { Cluster } from "../../projects/10-the-system/contract.ts"
import { askStatus, type Status } from "../../workshop/cluster/status.ts"
import { Way } from "../../workshop/cluster/way.ts"
import { folder, layOut, until } from "./clusters.ts"
import { Wire } from "./wire.ts"

const { module, conditions } = inject("run")
const program = join(dirname(module), "server.ts")

/** A skeleton's process tells what is not written, and ends. */
export function checkWritten({ text }: Ran): void {
  const unwritten = text()
    .split("\n")
    .find((line) => line.includes("is not written yet"))
  if (unwritten !== undefined) fail("not-written", unwritten.trim())
}

/** One of their servers, as a process of its own. */
export interface Ran {
  readonly child: ChildProcess
  readonly exited: Promise<number | null>
  /** What it has printed. */
  readonly text: () => string
}

export function run(after: After, ...args: readonly string[]): Ran {
  if (!existsSync(program)) fail("missing", `${program.split("/").slice(-3).join("/")} is not there`)
  const flags = conditions.flatMap((condition) => ["-C", condition])
  const child = spawn(process.execPath, [...flags, "--import", "tsx", program, ...args], { stdio: "pipe" })
  let text = ""
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => (text += data.toString()))
  const exited = once(child, "exit").then(([code]) => code as number | null)
  after(async () => {
    child.kill("SIGKILL")
    await exited
  })
  return { child, exited, text: () => text }
}

interface ProcessesOptions {
  /** Default: three. */
  readonly count?: number
  /** Flags for each of them, besides the usual ones. */
  readonly flags?: readonly string[]
}

/** Several processes. What they tell each other goes through ways that can be cut; clients reach each of them always. */
export class Processes {
  readonly cluster: Cluster
  readonly #data: string
  readonly #after: After
  readonly #flags: readonly string[]
  readonly #ways = new Map<string, Way>()
  readonly #running = new Map<string, Ran>()

  static async start(after: After, { count = 3, flags = [] }: ProcessesOptions = {}): Promise<Processes> {
    const processes = new Processes(await layOut(count), folder(after), flags, after)
    await processes.#lay()
    await Promise.all(processes.ids.map((id) => processes.start(id)))
    return processes
  }

  private constructor(cluster: Cluster, data: string, flags: readonly string[], after: After) {
    this.cluster = cluster
    this.#data = data
    this.#flags = flags
    this.#after = after
  }

  get ids(): readonly string[] {
    return Object.keys(this.cluster)
  }

  get addresses() {
    return Object.values(this.cluster).map(({ client }) => client)
  }

  /** Each server has a file of its own, in which the others are at the near ends of the ways to them. */
  async #lay(): Promise<void> {
    for (const from of this.ids) {
      const file: { id: string; raft: string; client: string }[] = []
      for (const [id, { raft, client }] of Object.entries(this.cluster)) {
        let port = raft.port
        if (id !== from) {
          const way = await Way.open(raft.port)
          this.#after(() => {
            way.close()
          })
          this.#ways.set(`${from}>${id}`, way)
          port = way.port
        }
        file.push({ id, raft: `127.0.0.1:${String(port)}`, client: `127.0.0.1:${String(client.port)}` })
      }
      writeFileSync(this.#file(from), JSON.stringify(file))
    }
  }

  #file(id: string): string {
    return join(this.#data, `${id}.json`)
  }

  async start(id: string): Promise<void> {
    const ran = run(
      this.#after,
      "--cluster",
      this.#file(id),
      "--id",
      id,
      "--data",
      this.#data,
      ...this.#flags,
    )
    this.#running.set(id, ran)
    await until(`${id} to take connections`, async () => {
      if (ran.child.exitCode !== null) checkWritten(ran)
      if (ran.child.exitCode !== null) fail("broken", `${id} ended: ${ran.text().slice(0, 200)}`)
      return (await this.state(id)) ? true : undefined
    })
  }

  async signal(id: string, signal: "SIGKILL" | "SIGTERM" | "SIGSTOP" | "SIGCONT"): Promise<number | null> {
    const ran = this.#running.get(id)
    ran?.child.kill(signal)
    if (!ran || signal === "SIGSTOP" || signal === "SIGCONT") return null
    return await awaiting(`${id} to end after ${signal}`, ran.exited)
  }

  /** Nothing goes between this server and the others, or everything again. */
  cutOff(id: string, cut: boolean): void {
    for (const [name, way] of this.#ways) if (name.split(">").includes(id)) way.isCut = cut
  }

  async wire(id: string): Promise<Wire> {
    return await Wire.open(this.cluster[id]?.client.port ?? 0, this.#after)
  }

  /** Who leads, of these. */
  async leader(among: readonly string[] = this.ids): Promise<string> {
    return await until(`a leader among ${among.join(", ")}`, async () => {
      for (const id of among) if ((await this.state(id))?.role === "leader") return id
      return undefined
    })
  }

  /** What the server says of itself; `null` when it does not answer. */
  state(id: string): Promise<Status | null> {
    return askStatus(this.cluster[id]?.client.port ?? 0, 1_000)
  }
}
