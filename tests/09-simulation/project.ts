import * as z from "zod"
import { subject, wrapInstance } from "#suite"
import type {
  Network,
  NetworkOptions,
  Project,
  Random,
  VirtualClock,
} from "../../projects/09-simulation/contract.ts"

const name = z.string()
const millis = z.number().nonnegative()
const natural = z.int().nonnegative()

/** Something with these methods. */
function methods(...names: readonly string[]): z.ZodType {
  return z.any().superRefine((value: unknown, context) => {
    const missing = names.find((each) => typeof property(value, each) !== "function")
    if (missing !== undefined) context.addIssue(`it has no method \`${missing}\``)
  })
}

function property(value: unknown, name: string): unknown {
  return (typeof value === "object" && value !== null) || typeof value === "function"
    ? Reflect.get(value, name)
    : undefined
}

const distribution = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("constant"), ms: millis }),
  z.object({ kind: z.literal("uniform"), from: millis, to: millis }),
  z.object({ kind: z.literal("quantiles"), points: z.array(z.tuple([z.number(), millis])) }),
])

const time = { at: millis, for: millis }
const fault = z.discriminatedUnion("kind", [
  z.object({ ...time, kind: z.literal("partition"), inside: z.array(name) }),
  z.object({ ...time, kind: z.literal("oneWay"), from: z.array(name), to: z.array(name) }),
  z.object({ ...time, kind: z.literal(["pause", "crash"]), server: name }),
  z.object({ ...time, kind: z.literal("slowDisk"), server: name, extra: distribution }),
  z.object({ ...time, kind: z.literal("drift"), server: name, rate: z.number() }),
])

const request = { client: name, key: name, invoked: millis, returned: millis.nullable() }
const operation = z.discriminatedUnion("type", [
  z.object({ ...request, type: z.literal("read"), result: name.nullable() }),
  z.object({ ...request, type: z.literal("write"), value: name }),
  z.object({
    ...request,
    type: z.literal("cas"),
    expected: name.nullable(),
    value: name,
    done: z.boolean().nullable(),
  }),
])

const statistics = z.object({
  steps: natural,
  messages: z.object({ sent: natural, delivered: natural, lost: natural }),
  elections: z.array(millis),
  unavailable: millis,
  commits: natural,
  messagesPerCommit: millis.nullable(),
  operations: z.object({ answered: natural, gaveUp: natural }),
})

const simulated = z.object({
  hash: z.string().regex(/^[0-9a-f]{64}$/, "not a SHA-256 in hex"),
  statistics,
  history: z.array(operation),
  violation: z.object({ property: name, what: name, at: millis }).nullable(),
})

const randomMethods = methods("next", "below", "chance", "pick", "fork")

export const project = subject<Project>({
  exports: {
    createRandom: "function",
    sample: "function",
    createClock: "function",
    createNetwork: "function",
    scheduleFaults: "function",
    simulate: "function",
  },
  returns: {
    createRandom: randomMethods,
    sample: z.number(),
    createClock: methods("at", "run"),
    createNetwork: methods("send", "cut", "isCut"),
    scheduleFaults: z.array(fault),
    simulate: simulated,
  },
})

/** Their stream, whose errors name the method; so do those of its forks. */
export function randomOf(seed: number): Random {
  return named("random", project.createRandom(seed))
}

function named(name: string, random: Random): Random {
  const wrapped = wrapInstance(name, random)
  return {
    next: () => wrapped.next(),
    below: (n) => wrapped.below(n),
    chance: (probability) => wrapped.chance(probability),
    pick: (list) => wrapped.pick(list),
    fork: (own) => named(`${name}.fork(…)`, wrapped.fork(own)),
  }
}

export function clockOf(): VirtualClock {
  return wrapInstance("clock", project.createClock())
}

export function networkOf(options: NetworkOptions, random: Random): Network {
  return wrapInstance("network", project.createNetwork(options, random))
}
