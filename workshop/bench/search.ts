/**
 * `npm run bench:search`: the figures of the references of projects 8 and 9, each a median over seeds. With `--all`, every planted bug of
 * projects 5 to 7 that breaks Figure 3, too. One core; nothing is compared with the clock but in this table.
 */
import type { Bounds, RaftUnderTest, Schedule } from "../../projects/08-testing/contract.ts"
import type { Workload } from "../../projects/09-simulation/contract.ts"
import { linkRaft, linkSimulation, linkTesting, reference } from "../link/link.ts"
import { findBug, linkMutant } from "../link/mutants.ts"
import { dim } from "../text/style.ts"
import { unsafe } from "./unsafe.ts"

const testing = await linkTesting(reference)

const seeds = Array.from({ length: 20 }, (_, i) => 1 + i * 1_000_003)

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
}

interface Timed<T> {
  readonly value: T
  readonly ms: number
}

function timed<T>(work: () => T): Timed<T> {
  const started = performance.now()
  const value = work()
  return { value, ms: performance.now() - started }
}

function row(what: string, measured: string, target = ""): void {
  process.stdout.write(`${what.padEnd(58)} ${measured.padEnd(44)} ${dim(target)}\n`)
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 3 : 1)} s`
const many = (n: number): string => Math.round(n).toLocaleString("en-US")

/** How long until a bug is found, over all seeds, and then to shrink what was found. */
function find(raft: RaftUnderTest, servers: number, actions: number) {
  const runs = seeds.map((seed) =>
    timed(() => testing.search({ raft, servers, seed, schedules: 200_000, actions })),
  )
  const schedules = runs.map(({ value }) => value.schedules)
  const found = runs.flatMap(({ value }) => (value.found ? [value.found.schedule] : []))
  return { ms: runs.map(({ ms }) => ms), schedules, found }
}

async function planted(id: string): Promise<RaftUnderTest> {
  const { stage, bug } = await findBug(id)
  return linkMutant(stage, bug)
}

async function figure8(): Promise<void> {
  const raft = await planted("commit-old-term")
  for (const servers of [3, 5]) {
    const { ms, schedules, found } = find(raft, servers, 250)
    const target = servers === 3 ? "0.2 s" : "5 s"
    const most = `${many(median(schedules))} schedules; the slowest ${seconds(Math.max(...ms))}`
    row(`Figure 8 found, ${String(servers)} servers`, `${seconds(median(ms))} (${most})`, target)
    const shrunk = found.map((schedule: Schedule) => timed(() => testing.shrink(raft, schedule)))
    const sizes = shrunk.map(({ value }) => value.actions.length)
    const from = median(found.map(({ actions }) => actions.length))
    const size = `${String(from)} to ${String(median(sizes))} actions`
    row("  and shrunk", `${seconds(median(shrunk.map(({ ms }) => ms)))} (${size})`, "2 s more")
  }
}

async function speed(): Promise<void> {
  const raft = await linkRaft(reference)
  for (const servers of [3, 5]) {
    const rates = seeds.map((seed) => {
      const { value, ms } = timed(() => testing.search({ raft, servers, seed, schedules: 1_000 }))
      return (value.actions / ms) * 1000
    })
    row(`search, ${String(servers)} servers`, `${many(median(rates))} actions/s`, "500,000 steps/s")
  }
}

async function space(): Promise<void> {
  const raft = await linkRaft(reference)
  const bounds: Bounds = { servers: 3, terms: 2, entries: 1, messages: 3, crashes: 0 }
  for (const symmetry of [true, false]) {
    const { value, ms } = timed(() => testing.exhaust({ raft, bounds, symmetry }))
    const rate = `${many(value.states)} states in ${seconds(ms)}, ${many((value.states / ms) * 1000)}/s`
    const whole = `${value.complete ? "all" : "NOT ALL"} of 3 servers, 2 terms, 1 entry, 3 messages`
    row(whole + (symmetry ? ", up to names" : ""), rate, symmetry ? "15 s" : "500,000/s")
  }
  const bad = await planted("commit-old-term")
  const coarse = { servers: 3, terms: 4, entries: 1, messages: 0, crashes: 0 }
  const { value, ms } = timed(() => testing.exhaust({ raft: bad, bounds: coarse, mode: "rounds" }))
  const found = value.found ? value.found.violation.property : "NOT FOUND"
  row("Figure 8 by rounds, 4 terms", `${seconds(ms)} (${many(value.states)} states): ${found}`)
}

/** An hour of a cluster's time, with heartbeats every 50 ms, on the reference. */
async function simulatedHour(): Promise<void> {
  const simulation = await linkSimulation(reference)
  const raft = await linkRaft(reference)
  const thinking: Workload = {
    clients: 3,
    keys: 3,
    mix: { read: 3, write: 2, cas: 1 },
    think: { kind: "uniform", from: 1_000, to: 3_000 },
    patience: 2_000,
    until: 3_600_000,
  }
  for (const workload of [null, thinking]) {
    const runs = seeds
      .slice(0, 5)
      .map((seed) =>
        timed(() => simulation.simulate({ seed, servers: 3, duration: 3_600_000, node: raft, workload })),
      )
    const { messages, commits } = runs[0]?.value.statistics ?? { messages: { sent: 0 }, commits: 0 }
    const load = `${many(messages.sent)} messages, ${many(commits)} commits`
    row("an hour of 3 servers", `${seconds(median(runs.map(({ ms }) => ms)))} (${load})`, "2 s")
  }
}

async function everyBug(): Promise<void> {
  const slowest: { id: string; ms: number }[] = []
  for (const [id, servers] of Object.entries(unsafe)) {
    const { ms, schedules, found } = find(await planted(id), servers, 500)
    const missed = seeds.length - found.length
    const note = `${many(median(schedules))} schedules${missed > 0 ? `; MISSED ${String(missed)} times` : ""}`
    row(`  ${id}, ${String(servers)} servers`, `${seconds(median(ms))} (${note})`, "10 s")
    slowest.push({ id, ms: median(ms) })
  }
  const [worst] = slowest.toSorted((a, b) => b.ms - a.ms)
  row(
    `${String(slowest.length)} bugs that break safety; the slowest`,
    `${worst?.id ?? ""}, ${seconds(worst?.ms ?? 0)}`,
    "10 s",
  )
}

await figure8()
await speed()
await space()
await simulatedHour()
if (process.argv.includes("--all")) await everyBug()
else row("every planted bug that breaks safety", "npm run bench:search -- --all")
