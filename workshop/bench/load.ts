/** The load generator: a process of its own, which gets jobs from the bench, one at a time, and tells what it measured. */
import { setTimeout as wait } from "node:timers/promises"
import { EtcdLoadClient } from "./load-etcd.ts"
import { jobShape, type Job, type LoadClient, type Measured } from "./load-protocol.ts"
import { RespClient } from "./load-resp.ts"

/**
 * Not measured, in seconds: what is connected meanwhile would count for the one who comes first, and what is compiled only
 * then, for the one who comes compiled.
 */
const warmUp = 2

process.on("disconnect", () => process.exit()) // nobody waits for it any more
process.on("SIGINT", () => undefined) // a Ctrl-C goes to everybody; the bench ends this process when it does itself
process.on("message", (message) => {
  void work(jobShape.parse(message)).then(
    (measured) => process.send?.({ measured }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  )
})

async function work(job: Job): Promise<Measured> {
  let refused = 0
  const options = { ...job, onRefused: () => refused++ }
  const open = job.kind === "resp" ? RespClient.open(options) : EtcdLoadClient.open(options)
  const opening = Array.from({ length: job.clients - 1 }, () =>
    job.kind === "resp" ? RespClient.open(options) : EtcdLoadClient.open(options),
  )
  const clients = await Promise.all([open, ...opening])
  try {
    if (job.operation === "fill") await fill(clients, job.keys)
    const measured = job.operation === "fill" ? nothing : await measure(clients, job)
    return { ...measured, refused }
  } finally {
    for (const client of clients) client.close()
  }
}

const nothing = { rate: 0, p50: 0, p99: 0, busy: 0 }

async function fill(clients: readonly LoadClient[], keys: number): Promise<void> {
  let next = 0
  await Promise.all(
    clients.map(
      (client) =>
        new Promise<void>((resolve) => {
          const ask = (): void => {
            if (next >= keys) resolve()
            else client.ask(next++, ask)
          }
          ask()
        }),
    ),
  )
}

async function measure(
  clients: readonly LoadClient[],
  { keys, seconds }: Job,
): Promise<Omit<Measured, "refused">> {
  let latencies: number[] = []
  for (const [i, client] of clients.entries()) run(client, i, keys, (ms) => latencies.push(ms))
  await wait(warmUp * 1000)
  latencies = []
  const began = performance.now()
  const used = process.cpuUsage()
  await wait(seconds * 1000)
  const elapsed = performance.now() - began
  const { user, system } = process.cpuUsage(used)
  const sorted = Float64Array.from(latencies).sort()
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return {
    rate: (sorted.length / elapsed) * 1000,
    p50: at(0.5),
    p99: at(0.99),
    busy: (user + system) / 1000 / elapsed,
  }
}

/** Asks without a pause until the connection is closed. Clients go through the keys from different places on. */
function run(client: LoadClient, number: number, keys: number, tell: (ms: number) => void): void {
  let key = (number * 7919) % keys
  let asked = performance.now()
  const next = (): void => {
    const now = performance.now()
    tell(now - asked)
    asked = now
    key = (key + 104_729) % keys
    client.ask(key, next)
  }
  client.ask(key, next)
}
