import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { freePort } from "../../tests/cluster/ports.ts"
import { LocalCluster } from "../cluster/local.ts"
import type { After } from "../cluster/tidily.ts"
import { conditionsOf } from "../runner/tree.ts"
import { root, scratch, stages, UsageError } from "../stages.ts"
import { existsSync } from "node:fs"

/** Three servers on this machine that are measured. */
export interface System {
  /** What they speak. */
  readonly kind: "resp" | "etcd"
  readonly ids: readonly string[]
  port(id: string): number
  /** Who leads, once somebody does and all that run answer. @throws Error when a server has ended */
  leader(): Promise<string>
  /** As `kill -9` does. */
  kill(id: string): void
  start(id: string): void
  close(): Promise<void>
}

export type StartSystem = (after: After) => Promise<System>

/** How long servers may take to start and elect a leader, in milliseconds. */
export const patience = 20_000

/**
 * An empty folder that is gone afterwards. Below the repository and not in /tmp: that may be memory, where fdatasync costs
 * nothing.
 */
export function makeFolder(after: After, name: string): string {
  const folder = join(scratch, `${name}-${String(process.pid)}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  after(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** The reference's server.ts of project 10 or a later one. @throws UsageError when there is none */
export function programOf(project: number): string {
  const stage = stages[project - 1]
  const program = join(root, "solutions", stage?.name ?? "", "server.ts")
  if (!stage || project < 10 || !existsSync(program))
    throw new UsageError(
      `--project ${String(project)}: the reference has no server for it, ${program} is not there`,
    )
  return program
}

export const referenceConditions = conditionsOf(stages)

/** Servers of the reference, as people run them. */
export function raftSystem(project: number): StartSystem {
  const program = programOf(project)
  return async (after) => {
    const ports = []
    for (let i = 0; i < 3; i++) ports.push({ client: await freePort(), raft: await freePort() })
    const said: string[] = []
    const cluster = new LocalCluster({
      ports,
      program,
      conditions: referenceConditions,
      folder: makeFolder(after, "bench-raft"),
      fresh: true,
      onLine: (id, line) => {
        said.push(`${id} ${line}`)
        said.splice(0, said.length - 20)
      },
    })
    after(() => cluster.close())
    cluster.heal()
    return {
      kind: "resp",
      ids: cluster.ids,
      port: (id) => cluster.port(id),
      leader: () => leaderOf(cluster, said),
      kill: (id) => {
        cluster.kill(id)
      },
      start: (id) => {
        cluster.start(id)
      },
      close: () => cluster.close(),
    }
  }
}

async function leaderOf(cluster: LocalCluster, said: readonly string[]): Promise<string> {
  const until = Date.now() + patience
  while (Date.now() < until) {
    const seen = await cluster.look()
    const ended = seen.find(({ health }) => health === "ended")
    if (ended) throw new Error(`${ended.id} has ended; the servers' last words:\n${said.join("\n")}`)
    const running = seen.filter(({ health }) => health === "running")
    const terms = new Set(running.map(({ status }) => status?.currentTerm))
    const leader = running.find(({ status }) => status?.role === "leader")
    if (leader && terms.size === 1) return leader.id
    await wait(50)
  }
  throw new Error(`no leader in ${String(patience / 1000)} s; the servers' last words:\n${said.join("\n")}`)
}
