import * as z from "zod"
import { fail } from "#suite"
import type { RaftEvent } from "../../projects/03-planning/contract.ts"
import type {
  Distribution,
  Fault,
  SimulateOptions,
  Simulated,
  TraceEvent,
} from "../../projects/09-simulation/contract.ts"
import { project } from "./project.ts"

/** A simulation, and the lines of its trace. */
export interface Run extends Simulated {
  readonly lines: readonly string[]
  readonly events: readonly TraceEvent[]
}

export type Of<T extends TraceEvent["type"]> = Extract<TraceEvent, { readonly type: T }>

export const always = (ms: number): Distribution => ({ kind: "constant", ms })
export const between = (from: number, to: number): Distribution => ({ kind: "uniform", from, to })

/** Longer than any simulation here. */
export const never = 1e9

/**
 * A simulation in which nothing happens but what is asked for: no timers, no clients, no judgement, and every message
 * takes 5 ms.
 */
export function run(options: Partial<SimulateOptions> & Pick<SimulateOptions, "node">): Run {
  const lines: string[] = []
  const simulated = project.simulate({
    seed: 1,
    servers: 3,
    duration: 1_000,
    network: { latency: always(5) },
    workload: null,
    properties: [],
    recovery: never,
    ...options,
    timers: { election: always(never), heartbeat: never, ...options.timers },
    onTrace: (line) => lines.push(line),
  })
  let events: readonly TraceEvent[] | undefined
  return {
    ...simulated,
    lines,
    get events() {
      return (events ??= lines.map(read))
    },
  }
}

/** The times of the steps of one server, perhaps only of those about one kind of event. */
export function times({ events }: Run, server: string, event?: RaftEvent["type"]): readonly number[] {
  return steps(events, server, event).map(({ at }) => at)
}

export function steps(
  events: readonly TraceEvent[],
  server: string,
  event?: RaftEvent["type"],
): readonly Of<"step">[] {
  return linesOf(events, "step").filter(
    (each) => each.server === server && (event === undefined || each.event === event),
  )
}

export function linesOf<T extends TraceEvent["type"]>(
  events: readonly TraceEvent[],
  type: T,
): readonly Of<T>[] {
  return events.filter((event): event is Of<T> => event.type === type)
}

/** From `first` to `last`, so far apart. */
export function every(step: number, first: number, last: number): readonly number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step)
}

export const crash = (server: string, at: number, time: number): Fault => ({
  kind: "crash",
  server,
  at,
  for: time,
})
export const pause = (server: string, at: number, time: number): Fault => ({
  kind: "pause",
  server,
  at,
  for: time,
})

// ---- The trace's lines. -----------------------------------------------------------------------------------------------

const at = z.number()
const natural = z.int().nonnegative()
const name = z.string()
const loose = z.looseObject({})
const sent = z.looseObject({
  id: natural,
  message: z.looseObject({ type: name, from: name, to: name }),
  arrives: z.array(at),
})
const node = z.looseObject({
  role: z.enum(["follower", "candidate", "leader"]),
  term: natural,
  votedFor: name.nullable(),
  lastIndex: natural,
  lastTerm: natural,
  commitIndex: natural,
})

const shape = z.discriminatedUnion("type", [
  z.looseObject({
    at,
    type: z.literal("begin"),
    version: z.literal(1),
    seed: natural,
    servers: z.array(name),
    duration: at,
  }),
  z.looseObject({
    at,
    type: z.literal("step"),
    server: name,
    event: name,
    message: natural.optional(),
    because: z.array(name),
    sent: z.array(sent),
    node,
  }),
  z.looseObject({ at, type: z.literal("missed"), message: natural, why: z.enum(["cut", "down"]) }),
  z.looseObject({
    at,
    type: z.literal("fault"),
    begins: z.boolean(),
    fault: z.looseObject({ kind: name, at, for: at }),
  }),
  z.looseObject({
    at,
    type: z.literal("invoke"),
    client: name,
    key: name,
    what: z.enum(["read", "write", "cas"]),
  }),
  z.looseObject({ at, type: z.literal("return"), client: name, key: name, answered: z.boolean() }),
  z.looseObject({ at, type: z.literal("violation"), property: name, what: name }),
  z.looseObject({ at, type: z.literal("end"), statistics: loose }),
])

function isTraceEvent(json: unknown): json is TraceEvent {
  return shape.safeParse(json).success
}

/** A line of the trace as what it tells. */
export function read(line: string): TraceEvent {
  const json = parsed(line)
  if (isTraceEvent(json)) return json
  const issue = shape.safeParse(json).error?.issues[0]
  return fail("shape", `a line of the trace is not as the contract says: ${issue?.message ?? "wrong"}`, {
    expected: "a TraceEvent (contract.ts) as JSON",
    got: `at \`${issue?.path.map(String).join(".") ?? ""}\` of ${line}`,
  })
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
