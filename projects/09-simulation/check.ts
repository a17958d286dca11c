import type { ServerId } from "../03-planning/contract.ts"
import type { Distribution, Fault, FaultPlan, Link, Millis, Workload } from "./contract.ts"

// Given. What makes no sense is refused before anything happens, by the name that the caller knows it by.

export function requireNatural(name: string, value: number, least = 0): void {
  if (Number.isSafeInteger(value) && value >= least) return
  refuse(name, least === 0 ? "a natural number" : `a natural number from ${String(least)} on`, value)
}

export function requireTime(name: string, value: Millis): void {
  if (!isTime(value)) refuse(name, "a number, 0 or more", value)
}

export function requirePositive(name: string, value: number): void {
  if (!isTime(value) || value === 0) refuse(name, "a number above 0", value)
}

export function requireProbability(name: string, value: number): void {
  if (!isProbability(value)) refuse(name, "a probability, from 0 to 1", value)
}

export function requireDistribution(name: string, distribution: Distribution): void {
  const what = wrongWith(distribution)
  if (what !== null) throw new RangeError(`${name}: ${what}`)
}

/** The name of the field, and what should be there. Quick: it is asked for every sample. */
function wrongWith(distribution: Distribution): string | null {
  switch (distribution.kind) {
    case "constant":
      return isTime(distribution.ms) ? null : "ms must be a number, 0 or more"
    case "uniform": {
      const { from, to } = distribution
      if (!isTime(from)) return "from must be a number, 0 or more"
      return isTime(to) && from <= to ? null : "to must be a number, no less than from"
    }
    case "quantiles":
      return wrongWithPoints(distribution.points)
  }
}

function wrongWithPoints(points: readonly (readonly [fraction: number, ms: Millis])[]): string | null {
  if (points[0]?.[0] !== 0) return "points must begin with the fraction 0"
  if (points.at(-1)?.[0] !== 1) return "points must end with the fraction 1"
  let [fractionBefore, msBefore] = [0, 0]
  for (const [fraction, ms] of points) {
    if (!isTime(ms)) return "points must have times, 0 or more"
    if (!(fraction >= fractionBefore && ms >= msBefore)) return "points must not go down, in either column"
    ;[fractionBefore, msBefore] = [fraction, ms]
  }
  return null
}

/** For what would otherwise be able to go on for ever without any time passing. */
export function requireLasting(name: string, distribution: Distribution): void {
  requireDistribution(name, distribution)
  if (longest(distribution) === 0) throw new RangeError(`${name} must not always be 0`)
}

function longest(distribution: Distribution): Millis {
  switch (distribution.kind) {
    case "constant":
      return distribution.ms
    case "uniform":
      return distribution.to
    case "quantiles":
      return distribution.points.at(-1)?.[1] ?? 0
  }
}

export function requireLink(name: string, { latency, loss, duplicate, reorder }: Link): void {
  requireDistribution(`${name}latency`, latency)
  requireProbability(`${name}loss`, loss)
  requireProbability(`${name}duplicate`, duplicate)
  requireProbability(`${name}reorder`, reorder)
}

export function requireFaultPlan(name: string, { from, until, perMinute, lasting }: FaultPlan): void {
  requireTime(`${name}from`, from)
  requireTime(`${name}until`, until)
  if (until < from) refuse(`${name}until`, "no less than from", until)
  for (const [kind, rate] of Object.entries(perMinute)) requireTime(`${name}perMinute.${kind}`, rate)
  requireDistribution(`${name}lasting`, lasting)
}

export function requireFault(name: string, fault: Fault, servers: readonly ServerId[]): void {
  requireTime(`${name}.at`, fault.at)
  requireTime(`${name}.for`, fault.for)
  for (const server of serversOf(fault)) {
    if (!servers.includes(server)) throw new RangeError(`${name}: there is no server ${server}`)
  }
  if (fault.kind === "slowDisk") requireDistribution(`${name}.extra`, fault.extra)
  if (fault.kind === "drift") requirePositive(`${name}.rate`, fault.rate)
}

function serversOf(fault: Fault): readonly ServerId[] {
  switch (fault.kind) {
    case "partition":
      return fault.inside
    case "oneWay":
      return [...fault.from, ...fault.to]
    case "pause":
    case "crash":
    case "slowDisk":
    case "drift":
      return [fault.server]
  }
}

export function requireWorkload(name: string, workload: Workload): void {
  const { read, write, cas } = workload.mix
  requireNatural(`${name}.clients`, workload.clients)
  requireNatural(`${name}.keys`, workload.keys, 1)
  for (const [type, weight] of Object.entries({ read, write, cas }))
    requireTime(`${name}.mix.${type}`, weight)
  requirePositive(`${name}.mix`, read + write + cas)
  requireLasting(`${name}.think`, workload.think)
  requirePositive(`${name}.patience`, workload.patience)
  requireTime(`${name}.until`, workload.until)
}

function isTime(value: number): boolean {
  return Number.isFinite(value) && value >= 0
}

function isProbability(value: number): boolean {
  return value >= 0 && value <= 1
}

function refuse(name: string, expected: string, got: number): never {
  throw new RangeError(`${name} must be ${expected}, not ${String(got)}`)
}
