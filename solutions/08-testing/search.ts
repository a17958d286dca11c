import type { Message, RaftNode } from "../../projects/03-planning/contract.ts"
import type {
  Action,
  Found,
  Property,
  Raft,
  Schedule,
  Searched,
  SearchOptions,
  Violation,
  World,
} from "../../projects/08-testing/contract.ts"
import { properties as figure3 } from "./properties.ts"
import { pick, random, type Random } from "./random.ts"
import { attempt, begin } from "./world.ts"

export function search({
  raft,
  servers,
  seed,
  schedules: most = 1_000,
  actions: length = 250,
  properties = figure3,
  onProgress,
}: SearchOptions): Searched {
  const awaited = new Set(properties.filter(({ kind }) => kind === "sometimes").map(({ name }) => name))
  let schedules = 0
  let actions = 0
  let found: Found | null = null
  while (schedules < most && found === null) {
    const run = tryOut(raft, servers, seed + schedules, length, properties, awaited)
    schedules++
    actions += run.schedule.actions.length
    if (run.violation)
      found = { seed: seed + schedules - 1, schedule: run.schedule, violation: run.violation }
    onProgress?.({ schedules, actions })
  }
  return { schedules, actions, found, never: [...awaited] }
}

/** One random schedule, up to its first violation. What happens of the `sometimes` properties is no longer awaited. */
function tryOut(
  raft: Raft,
  servers: number,
  seed: number,
  length: number,
  properties: readonly Property[],
  awaited: Set<string>,
): { readonly schedule: Schedule; readonly violation: Violation | null } {
  const next = random(seed)
  const weather = weatherOf(next)
  const actions: Action[] = []
  let world = begin(raft, servers)
  let violation: Violation | null = null
  while (actions.length < length && violation === null) {
    const action = choose(world, weather, next, actions.length)
    const attempted = attempt(raft, world, action, properties)
    if (attempted === null) continue
    actions.push(action)
    world = attempted.world
    violation = attempted.violation
    if (awaited.size > 0 && attempted.moment) {
      for (const property of properties) {
        if (property.kind === "sometimes" && awaited.has(property.name) && property.happens(attempted.moment))
          awaited.delete(property.name)
      }
    }
  }
  return { schedule: { servers, actions }, violation }
}

/** How likely things are. Each schedule has its own weather: what one kind of weather never shows, another does. */
interface Weather {
  /** Of every 100 things that happen; what is left is about a message. */
  readonly timeout: number
  readonly heartbeat: number
  readonly propose: number
  readonly crash: number
  /** Of every 100 messages, but for those with entries. */
  readonly lost: number
  readonly entriesLost: number
  readonly duplicate: number
  /** Of answers to leaders: another one first. */
  readonly slow: number
}

function weatherOf(next: Random): Weather {
  return next() < 0.5 ? restless(next) : slow(next)
}

/** Leaders come and go while most arrives, though late: what was sent in one term meets the next one. */
function restless(next: Random): Weather {
  const lost = pick([0, 0, 10], next)
  return {
    timeout: pick([4, 8], next),
    heartbeat: pick([5, 10], next),
    propose: pick([5, 10], next),
    crash: pick([0, 0, 2], next),
    lost,
    entriesLost: lost,
    duplicate: pick([0, 2, 20], next),
    slow: 0,
  }
}

/** Where entries get lost and votes do not, logs grow apart; where answers to leaders are slow, the past catches up. */
function slow(next: Random): Weather {
  return {
    timeout: pick([4, 6], next),
    heartbeat: pick([2, 5, 10], next),
    propose: pick([8, 12], next),
    crash: 0,
    lost: 0,
    entriesLost: pick([40, 60], next),
    duplicate: pick([10, 30], next),
    slow: 0.9,
  }
}

/** More messages than this are never under way: the oldest are lost. */
const crowded = 30

function choose({ nodes, inFlight }: World, weather: Weather, next: Random, count: number): Action {
  const oldest = inFlight[0]
  if (oldest && inFlight.length > crowded) return { type: "drop", message: oldest }
  let dice = next() * 100
  if ((dice -= weather.timeout) < 0 || !oldest) return { type: "timeout", server: pick(nodes, next).id }
  if ((dice -= weather.heartbeat) < 0) return { type: "heartbeat", server: someLeader(nodes, next).id }
  if ((dice -= weather.propose) < 0)
    return { type: "propose", server: someLeader(nodes, next).id, command: `c${String(count)}` }
  if (dice < weather.crash) return { type: "crash", server: pick(nodes, next).id }
  const message = chooseMessage(inFlight, weather, next)
  const lost = message.type === "AppendEntries" ? weather.entriesLost : weather.lost
  const luck = next() * 100 - lost
  if (luck < 0) return { type: "drop", message }
  if (luck < weather.duplicate) return { type: "duplicate", message }
  return { type: "deliver", message }
}

function chooseMessage(inFlight: readonly Message[], { slow }: Weather, next: Random): Message {
  let message = pick(inFlight, next)
  for (let again = 0; again < 3 && message.type === "AppendEntriesResponse" && next() < slow; again++)
    message = pick(inFlight, next)
  return message
}

/** One of those who believe that they lead; anyone, when nobody does. */
function someLeader(nodes: readonly RaftNode[], next: Random): RaftNode {
  const leaders = nodes.filter(({ role }) => role === "leader")
  return pick(leaders.length > 0 ? leaders : nodes, next)
}
