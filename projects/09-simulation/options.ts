import { properties as figure3 } from "#08-testing"
import type { ServerId } from "../03-planning/contract.ts"
import type { Property, Raft } from "../08-testing/contract.ts"
import type {
  Distribution,
  Fault,
  FaultPlan,
  Millis,
  NetworkOptions,
  SimulateOptions,
  Timers,
  Workload,
} from "./contract.ts"
import {
  requireDistribution,
  requireFault,
  requireFaultPlan,
  requireLink,
  requireNatural,
  requirePositive,
  requireLasting,
  requireTime,
  requireWorkload,
} from "./check.ts"

/** The options, with everything filled in that was left out. */
export interface Settings {
  readonly seed: number
  readonly servers: readonly ServerId[]
  readonly duration: Millis
  readonly raftOf: (server: ServerId) => Raft
  readonly timers: Timers
  readonly network: NetworkOptions
  readonly disk: Distribution
  readonly faults: readonly Fault[] | FaultPlan
  readonly workload: Workload | null
  readonly recovery: Millis
  readonly properties: readonly Property[]
  readonly onTrace: ((line: string) => void) | undefined
}

/** Given. Checks the options and fills in the defaults. */
export function settle(options: SimulateOptions): Settings {
  const { seed, servers, duration, node, network, workload } = options
  requireNatural("seed", seed)
  requireNatural("servers", servers, 1)
  requireTime("duration", duration)
  const settings: Settings = {
    seed,
    servers: Array.from({ length: servers }, (_, i) => `n${String(i + 1)}`),
    duration,
    raftOf: typeof node === "function" ? node : () => node,
    timers: { election: uniform(150, 300), heartbeat: 50, ...options.timers },
    network: { latency: uniform(1, 10), loss: 0, duplicate: 0, reorder: 0, ...network },
    disk: options.disk ?? { kind: "constant", ms: 0 },
    faults: options.faults ?? [],
    workload: workload === null ? null : { ...usualWorkload(duration), ...workload },
    recovery: options.recovery ?? 5_000,
    properties: options.properties ?? figure3,
    onTrace: options.onTrace,
  }
  requireSense(settings)
  return settings
}

function usualWorkload(duration: Millis): Workload {
  return {
    clients: 3,
    keys: 3,
    mix: { read: 3, write: 2, cas: 1 },
    think: uniform(20, 200),
    patience: 1_000,
    until: Math.max(0, duration - 1_000),
  }
}

function uniform(from: Millis, to: Millis): Distribution {
  return { kind: "uniform", from, to }
}

function requireSense({ servers, timers, network, disk, faults, workload, recovery }: Settings): void {
  requireLasting("timers.election", timers.election)
  requirePositive("timers.heartbeat", timers.heartbeat)
  requireLink("network.", network)
  for (const [name, link] of Object.entries(network.links ?? {})) {
    requireLinkName(`network.links.${name}`, name, servers)
    requireLink(`network.links.${name}.`, { ...network, ...link })
  }
  requireDistribution("disk", disk)
  if ("perMinute" in faults) requireFaultPlan("faults.", faults)
  else for (const [i, fault] of faults.entries()) requireFault(`faults.${String(i)}`, fault, servers)
  if (workload) requireWorkload("workload", workload)
  requireTime("recovery", recovery)
}

function requireLinkName(option: string, name: string, servers: readonly ServerId[]): void {
  const ends = name.split(">")
  if (ends.length === 2 && ends.every((end) => servers.includes(end))) return
  throw new RangeError(
    `${option}: there is no such link; one is called ${String(servers[0])}>n2, for instance`,
  )
}
