/** `npm run soak`: a real cluster of the reference under load and faults, for as long as one likes. See `--help`. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { isInterrupted, tidily, type After } from "../cluster/tidily.ts"
import { linkClient, reference } from "../link/link.ts"
import { scratch, UsageError } from "../stages.ts"
import { bold, dim, green, red } from "../text/style.ts"
import { Audit } from "./audit.ts"
import { LoadClient, type Client } from "./clients.ts"
import { Counter } from "./counter.ts"
import { Faults } from "./faults.ts"
import { parseSoak, usage, type SoakOptions } from "./options.ts"
import { Servers } from "./servers.ts"
import { progressOf, summaryOf, type Course } from "./summary.ts"
import { Violation } from "./violation.ts"
import { Watch } from "./watch.ts"

const clients = { once: 6, plain: 2 }

/** Between two lines of progress, in milliseconds. */
const often = 5_000

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

try {
  const options = parseSoak(process.argv.slice(2))
  if (!options) say(usage)
  else if (!(await tidily((after) => soak(options, after)))) process.exitCode = 1
} catch (error) {
  const wrongUsage = error instanceof UsageError
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  if (wrongUsage) process.stderr.write("npm run soak -- --help tells more\n")
  process.exitCode = wrongUsage ? 2 : 1
}

/** @returns whether all was well */
async function soak(options: SoakOptions, after: After): Promise<boolean> {
  const { minutes, seed, servers: count, project } = options
  const folder = join(scratch, `soak-${String(process.pid)}`)
  let keep = false
  after(() => {
    if (!keep) rmSync(folder, { recursive: true, force: true })
  })
  say(
    bold(
      `Soak: ${String(count)} servers of project ${String(project)}, ${String(minutes)} min, seed ${String(seed)}`,
    ),
  )
  const began = performance.now()
  const now = (): number => performance.now() - began
  const servers = await Servers.start(after, count, project, folder)
  const faults = new Faults(servers, seed, now)
  const watch = new Watch()
  const found = await run(options, after, { servers, faults, watch, now }).then(
    (audit) => {
      for (const line of summaryOf({ faults, watch, now, audit })) say(line)
      return null
    },
    (error: unknown) => {
      if (error instanceof Violation && !isInterrupted()) return error
      throw error
    },
  )
  if (!found) {
    say(green("\nNothing was lost, nothing was done twice, and all that clients saw has an order."))
    return true
  }
  keep = true
  say(red(`\n${found.message}`))
  say(
    `\nSeed ${String(seed)}. The servers' data, the history and the faults are in ${keepStory(folder, found, faults, servers)}`,
  )
  return false
}

function keepStory(folder: string, found: Violation, { story }: Faults, { said }: Servers): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "violation.txt"), `${found.message}\n`)
  writeFileSync(join(folder, "history.json"), `${JSON.stringify(found.history, null, 1)}\n`)
  writeFileSync(join(folder, "faults.txt"), `${story.join("\n")}\n`)
  writeFileSync(join(folder, "servers.txt"), `${said.join("\n")}\n`)
  return folder
}

/** Load, faults and checks, side by side; then everything at rest is looked at, and once more after all were killed. */
async function run(
  { minutes, seed, rate }: SoakOptions,
  after: After,
  course: Omit<Course, "audit">,
): Promise<Audit> {
  const { servers, faults, watch, now } = course
  await servers.recovered()
  const connect = await connector(after, servers)
  const audit = new Audit(connect(true, 0), now)
  const total = new Counter("total")
  const shared = {
    epoch: () => audit.epoch,
    total,
    now,
    onDone: (answered: boolean) => {
      watch.done(answered)
    },
    pause: (1000 * (clients.once + clients.plain)) / rate,
  }
  const load = Array.from({ length: clients.once + clients.plain }, (_, i) => {
    const once = i < clients.once
    return new LoadClient(`c${String(i + 1)}`, connect(once, i), once, seed * 100 + i, shared)
  })

  watch.begin()
  const over = new AbortController()
  const { signal } = over
  const all = [
    faults.run(signal),
    ...load.map((client) => client.run(signal)),
    audit.run(signal),
    tell({ ...course, audit }, signal),
    wait(minutes * 60_000, undefined, { signal }).then(
      () => {
        over.abort()
      },
      () => undefined,
    ),
  ]
  try {
    await Promise.all(all)
  } finally {
    over.abort() // one of them has failed: the others end, too
    await Promise.allSettled(all)
  }
  const ledgers = load.flatMap(({ ledger }) => (ledger ? [ledger] : []))
  await servers.recovered()
  await audit.checkLasting(total, ledgers)
  for (const id of servers.ids) servers.kill(id)
  for (const id of servers.ids) servers.start(id)
  await servers.recovered()
  await audit.checkLasting(total, ledgers)
  return audit
}

async function connector(
  after: After,
  { ports }: Servers,
): Promise<(once: boolean, first: number) => Client> {
  const { connectCluster } = await linkClient(reference)
  const addresses = ports.map(({ client }) => ({ host: "127.0.0.1", port: client }))
  return (once, first) => {
    const at = first % addresses.length
    const client = connectCluster({ addresses: [...addresses.slice(at), ...addresses.slice(0, at)], once })
    after(() => client.close())
    return client
  }
}

async function tell(course: Course, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await wait(often, undefined, { signal: over }).catch(() => undefined)
    say(dim(progressOf(course)))
  }
}
