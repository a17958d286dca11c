import type { ServerId } from "../../projects/03-planning/contract.ts"
import type { Distribution, Fault, FaultPlan, Random } from "../../projects/09-simulation/contract.ts"
import { requireFaultPlan } from "./check.ts"
import { sample } from "./distribution.ts"

export function scheduleFaults(
  plan: FaultPlan,
  servers: readonly ServerId[],
  random: Random,
): readonly Fault[] {
  requireFaultPlan("", plan)
  // A stream for each kind: more crashes do not move the partitions.
  const faults = kinds.flatMap((kind) => drawAll(kind, plan, servers, random.fork(kind)))
  return faults.toSorted((a, b) => a.at - b.at)
}

type Kind = Fault["kind"]

const kinds: readonly Kind[] = ["partition", "oneWay", "pause", "crash", "slowDisk", "drift"]

function drawAll(
  kind: Kind,
  { from, until, perMinute, lasting }: FaultPlan,
  servers: readonly ServerId[],
  random: Random,
): readonly Fault[] {
  if (servers.length < (kind === "partition" || kind === "oneWay" ? 2 : 1)) return []
  const expected = ((perMinute[kind] ?? 0) * (until - from)) / 60_000
  const whole = Math.floor(expected)
  const count = whole + (random.chance(expected - whole) ? 1 : 0)
  return Array.from({ length: count }, () => {
    const at = Math.min(until, from + random.next() * (until - from))
    const time = { at, for: Math.min(sample(lasting, random), until - at) }
    return { ...time, ...what(kind, servers, random) }
  })
}

/** What goes wrong, of this kind; a fault without its times. */
type What = Fault extends infer F ? (F extends Fault ? Omit<F, "at" | "for"> : never) : never

function what(kind: Kind, servers: readonly ServerId[], random: Random): What {
  switch (kind) {
    case "partition":
      return { kind, inside: some(servers, random) }
    case "oneWay": {
      const from = some(servers, random)
      const others = servers.filter((server) => !from.includes(server))
      return { kind, from, to: random.chance(0.5) ? others : [random.pick(others)] }
    }
    case "pause":
    case "crash":
      return { kind, server: random.pick(servers) }
    case "slowDisk":
      return { kind, server: random.pick(servers), extra: slowness }
    case "drift":
      return { kind, server: random.pick(servers), rate: 0.5 + 1.5 * random.next() }
  }
}

/** About as long as an election timeout: now and then a server is just too late. */
const slowness: Distribution = { kind: "uniform", from: 10, to: 200 }

/** At least one of them, and not all; each number of them is as likely. */
function some(servers: readonly ServerId[], random: Random): readonly ServerId[] {
  const size = 1 + random.below(servers.length - 1)
  const chosen = new Set<ServerId>()
  while (chosen.size < size) chosen.add(random.pick(servers))
  return servers.filter((server) => chosen.has(server))
}
