import { mkdirSync } from "node:fs"
import { setTimeout as wait } from "node:timers/promises"
import { freePort } from "../../tests/cluster/ports.ts"
import { programOf, referenceConditions } from "../bench/system.ts"
import { LocalCluster, type Ports } from "../cluster/local.ts"
import type { After } from "../cluster/tidily.ts"
import { Way } from "../cluster/way.ts"
import { Violation } from "./violation.ts"

/** How long servers may take until they have a leader when nothing hinders them, in milliseconds. */
const patience = 30_000

/** So many lines of what the servers said are kept. */
const memory = 200

/** Servers as processes; what they tell each other goes through ways that can be cut. Clients reach each of them always. */
export class Servers {
  readonly ports: readonly Ports[]
  readonly #cluster: LocalCluster
  readonly #ways: ReadonlyMap<string, Way>
  readonly #said: string[]

  static async start(after: After, count: number, project: number, folder: string): Promise<Servers> {
    const program = programOf(project)
    const ports: Ports[] = []
    for (let i = 0; i < count; i++) ports.push({ client: await freePort(), raft: await freePort() })
    const ways = await openWays(after, ports)
    mkdirSync(folder, { recursive: true })
    const said: string[] = []
    const cluster = new LocalCluster({
      ports,
      way: (from, to) => ways.get(`${from}>${to}`)?.port ?? 0,
      program,
      conditions: referenceConditions,
      folder,
      fresh: true,
      onLine: (id, line) => {
        said.push(`${id} ${line}`)
        if (said.length > memory) said.shift()
      },
    })
    after(() => cluster.close())
    cluster.heal()
    return new Servers(ports, cluster, ways, said)
  }

  private constructor(
    ports: readonly Ports[],
    cluster: LocalCluster,
    ways: ReadonlyMap<string, Way>,
    said: string[],
  ) {
    this.ports = ports
    this.#cluster = cluster
    this.#ways = ways
    this.#said = said
  }

  get ids(): readonly string[] {
    return this.#cluster.ids
  }

  get said(): readonly string[] {
    return this.#said
  }

  kill(id: string): void {
    this.#cluster.kill(id)
  }

  pause(id: string): void {
    this.#cluster.pause(id)
  }

  /** Starts it again, or lets it go on. */
  start(id: string): void {
    this.#cluster.start(id)
  }

  /** Nothing goes from `from` to `to`, or everything again. */
  cut(from: string, to: string, isCut: boolean): void {
    const way = this.#ways.get(`${from}>${to}`)
    if (way) way.isCut = isCut
  }

  /** Who leads now; undefined when nobody does. @throws Violation if a server has ended by itself */
  async leader(): Promise<string | undefined> {
    const seen = await this.#cluster.look()
    const ended = seen.find(({ health }) => health === "ended")
    if (ended)
      throw new Violation(`${ended.id} has ended, and nobody has killed it. ${this.#lastWords(ended.id)}`)
    const leaders = seen.filter(({ status }) => status?.role === "leader")
    return leaders.toSorted((a, b) => (b.status?.currentTerm ?? 0) - (a.status?.currentTerm ?? 0))[0]?.id
  }

  /** @throws Violation when there is no leader after a long time, though all is well */
  async recovered(): Promise<void> {
    const until = Date.now() + patience
    while (Date.now() < until) {
      if ((await this.leader()) !== undefined) return
      await wait(100)
    }
    const seconds = String(patience / 1000)
    throw new Violation(`no leader, ${seconds} s after the last fault was over. ${this.#lastWords("")}`)
  }

  #lastWords(id: string): string {
    const lines = this.#said.filter((line) => line.startsWith(id)).slice(-10)
    return `It said last:\n${lines.join("\n")}`
  }
}

async function openWays(after: After, ports: readonly Ports[]): Promise<ReadonlyMap<string, Way>> {
  const ways = new Map<string, Way>()
  for (const from of ports.keys())
    for (const [to, { raft }] of ports.entries()) {
      if (from === to) continue
      const way = await Way.open(raft)
      after(() => {
        way.close()
      })
      ways.set(`n${String(from + 1)}>n${String(to + 1)}`, way)
    }
  return ways
}
