import type { Fault, FaultPlan, NetworkOptions } from "../../projects/09-simulation/contract.ts"
import { UsageError } from "../stages.ts"

/** What `--faults` says: how much goes wrong. */
export interface Weather {
  readonly network: Partial<NetworkOptions>
  readonly perMinute: FaultPlan["perMinute"]
}

const kinds: readonly Fault["kind"][] = ["partition", "oneWay", "pause", "crash", "slowDisk", "drift"]

const presets: Readonly<Record<string, Weather>> = {
  none: { network: {}, perMinute: {} },
  some: {
    network: { loss: 0.01, duplicate: 0.01, reorder: 0.05 },
    perMinute: { partition: 10, oneWay: 5, pause: 8, crash: 10, slowDisk: 4, drift: 4 },
  },
  many: {
    network: { loss: 0.1, duplicate: 0.05, reorder: 0.3 },
    perMinute: { partition: 30, oneWay: 15, pause: 25, crash: 30, slowDisk: 10, drift: 10 },
  },
}

/** `none`, `some`, `many`, or a list such as `crash=10,partition=5,loss=0.1`: faults a minute, chances of a message. */
export function parseFaults(text: string): Weather {
  const preset = presets[text]
  if (preset) return preset
  const network: Record<string, number> = {}
  const perMinute: Record<string, number> = {}
  for (const part of text.split(",")) {
    const [name = "", value = ""] = part.split("=")
    const number = Number(value)
    const isChance = ["loss", "duplicate", "reorder"].includes(name)
    if (!/^\d+(\.\d+)?$/.test(value) || (isChance && number > 1)) throw wrong(text)
    if (isChance) network[name] = number
    else if (kinds.some((kind) => kind === name)) perMinute[name] = number
    else throw wrong(text)
  }
  return { network, perMinute }
}

function wrong(text: string): UsageError {
  const list = `loss, duplicate, reorder (from 0 to 1), ${kinds.join(", ")} (a minute)`
  return new UsageError(
    `--faults ${text}: it takes none, some, many, or a list such as crash=10,loss=0.1, of ${list}`,
  )
}

/** Time at the end without any faults, in milliseconds: the cluster has to recover, and clients have to be answered. */
export const calm = 8_000

/** The faults of a simulation of this length: from its first second on, and with a calm end. */
export function planOf({ perMinute }: Weather, duration: number): FaultPlan | readonly Fault[] {
  const until = duration - calm
  if (until <= 1_000 || Object.keys(perMinute).length === 0) return []
  return { from: 1_000, until, perMinute, lasting: { kind: "uniform", from: 200, to: 3_000 } }
}
