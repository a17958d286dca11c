/** `npm run bench:cluster`: the reference's servers as processes under load, side by side with etcd. See `--help`. */
import { writeFileSync } from "node:fs"
import { tidily, type After } from "../cluster/tidily.ts"
import { UsageError } from "../stages.ts"
import { bold, dim, yellow } from "../text/style.ts"
import { aboutEtcd, parseBench, usage, type BenchOptions } from "./cluster-options.ts"
import { headOf, rowOf, tellRecovery, type Cell, type Recovery } from "./cluster-table.ts"
import { etcdSystem, etcdVersion } from "./etcd-system.ts"
import type { Job, Measured } from "./load-protocol.ts"
import { Loader } from "./loader.ts"
import { measureRecovery } from "./recovery.ts"
import { raftSystem, type StartSystem, type System } from "./system.ts"

const valueBytes = 256

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

try {
  const options = parseBench(process.argv.slice(2))
  if (options) await tidily((after) => bench(options, after))
  else say(usage)
} catch (error) {
  const wrongUsage = error instanceof UsageError
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  if (wrongUsage) process.stderr.write("npm run bench:cluster -- --help tells more\n")
  process.exitCode = wrongUsage ? 2 : 1
}

async function bench(options: BenchOptions, after: After): Promise<void> {
  const ours = raftSystem(options.project)
  const version = options.etcd ? etcdVersion() : null
  if (options.etcd && version === null) say(yellow(aboutEtcd))
  const etcd = version === null ? null : etcdSystem()
  const { project, seconds, rounds, keys } = options
  const against = version === null ? "" : ` against ${version}`
  say(
    bold(
      `Project ${String(project)}'s reference${against}: 3 servers each, ${String(valueBytes)}-byte values`,
    ),
  )
  say(dim(`medians of ${String(rounds)} rounds of ${String(seconds)} s; ${String(keys)} keys\n`))
  say(headOf(etcd !== null))

  const loader = new Loader(after)
  const cells: Cell[] = []
  for (const clients of options.clients) {
    const measured = await measureCells(loader, { ours, etcd }, clients, options)
    cells.push(...measured)
    for (const cell of measured) say(rowOf(cell, etcd !== null))
  }
  say("\nFrom kill -9 of the leader to the next acknowledged write:")
  const recovery: Recovery[] = [await recover("ours (heartbeats 50 ms, elections 150-300 ms)", ours, rounds)]
  if (version !== null) {
    recovery.push(await recover(`${version} (its default, 100 and 1000 ms)`, etcdSystem(), rounds))
    const quick = { heartbeat: 50, election: 250 }
    recovery.push(await recover(`${version} (50 and 250 ms)`, etcdSystem(quick), rounds))
  }
  for (const line of tellRecovery(recovery)) say(line)
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ options, etcd: version, cells, recovery }, null, 2)}\n`)
}

interface Both {
  readonly ours: StartSystem
  readonly etcd: StartSystem | null
}

/** Writes and reads of one number of clients, on fresh clusters, in turns. */
async function measureCells(
  loader: Loader,
  { ours, etcd }: Both,
  clients: number,
  { rounds, seconds, keys }: BenchOptions,
): Promise<readonly Cell[]> {
  const filled: Results = { write: { ours: [], etcd: [] }, read: { ours: [], etcd: [] } }
  await tidily(async (after) => {
    const systems = [
      { system: await ours(after), into: "ours" as const },
      ...(etcd ? [{ system: await etcd(after), into: "etcd" as const }] : []),
    ]
    const job = { clients, keys, seconds, valueBytes }
    for (const { system } of systems) await run(loader, system, { ...job, clients: 16, operation: "fill" })
    for (let round = 0; round < rounds; round++) {
      for (const operation of ["write", "read"] as const)
        // Who comes first changes with every round.
        for (const { system, into } of round % 2 === 0 ? systems : systems.toReversed())
          filled[operation][into].push(await run(loader, system, { ...job, operation }))
    }
  })
  return (["write", "read"] as const).map((operation) => ({ clients, operation, ...filled[operation] }))
}

type Results = Record<"write" | "read", Record<"ours" | "etcd", Measured[]>>

async function run(loader: Loader, system: System, job: Omit<Job, "kind" | "port">): Promise<Measured> {
  const leader = await system.leader()
  return await loader.run({ ...job, kind: system.kind, port: system.port(leader) })
}

async function recover(name: string, start: StartSystem, rounds: number): Promise<Recovery> {
  const times: number[] = []
  await tidily(async (after) => {
    const system = await start(after)
    for (let i = 0; i < 2 * rounds; i++) times.push(await measureRecovery(system))
  })
  return { name, times }
}
