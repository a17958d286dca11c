import { fail } from "#suite"
import type { RaftNode, ServerId } from "../../projects/03-planning/contract.ts"
import { endOf, leader, server, servers, termIn } from "./build.ts"
import { Cluster, inTerm, type Stepper } from "./cluster.ts"
import { Random } from "./random.ts"

/** How leaders come about: by the project's own elections, or (before there are any) by the suite's decree. */
export type Elections = "project" | "decree"

export interface Schedule {
  readonly seed: number
  readonly servers: number
  readonly steps: number
  readonly elections: Elections
  /** Whether to look, again and again, that no rule has anything left to do. */
  readonly restful?: boolean
}

/**
 * Drives a cluster through a random schedule: messages are delivered late, in any order, twice or not at all; servers
 * time out, crash and are cut off. Then all faults end, and the cluster has to come to terms.
 */
export function runSchedule(project: Stepper, schedule: Schedule): Cluster {
  const random = new Random(schedule.seed)
  const names = servers(schedule.servers)
  const nodes = names.map((id) => server(id, { voters: names }))
  const cluster = new Cluster(project, nodes, schedule.elections)
  const weather = weatherOf(random)
  for (let step = 0; step < schedule.steps; step++) {
    act(cluster, schedule, weather, random, step)
    if (schedule.restful && step % 5 === 0) requireRest(cluster)
  }
  recover(cluster, schedule)
  return cluster
}

function requireRest(cluster: Cluster): void {
  const got = cluster.unrest()
  if (got === undefined) return
  fail("broken", "a step left something to do that its rules should have done", {
    scenario: `${cluster.story()}\nnow an answer comes from a server that is not in the cluster`,
    expected: "no change and no effects: whatever there was to do, the step before has done",
    got,
  })
}

/** How likely things are. Every schedule has its own: what one kind of weather never shows, another does. */
interface Weather {
  /** Of a message that could be delivered, to be lost instead; to be cut short; to arrive out of turn. */
  readonly loss: number
  readonly shortened: number
  readonly disorder: number
  /** Of every 100 things that happen. */
  readonly replays: number
  readonly proposals: number
  readonly heartbeats: number
  readonly elections: number
  readonly restarts: number
  readonly cuts: number
}

function weatherOf(random: Random): Weather {
  return {
    loss: random.pick([0.02, 0.1, 0.25]),
    shortened: random.pick([0, 0.3]),
    disorder: random.pick([0.1, 0.4]),
    replays: random.pick([2, 8]),
    proposals: random.pick([6, 12]),
    heartbeats: random.pick([5, 10]),
    elections: random.pick([3, 6, 12]),
    restarts: random.pick([0, 2, 5]),
    cuts: random.pick([0, 2, 4]),
  }
}

/** One thing that happens. */
function act(cluster: Cluster, schedule: Schedule, weather: Weather, random: Random, step: number): void {
  const { inFlight, ids } = cluster
  let dice = random.below(100)
  const is = (chance: number): boolean => (dice -= chance) < 0
  if (inFlight.length > 40) cluster.lose(random.below(inFlight.length))
  else if (is(weather.replays)) cluster.deliverAgain(random.below(random.chance(0.5) ? 8 : 80))
  else if (is(weather.proposals))
    cluster.propose(random.pick(someLeader(cluster, ids)), `command ${String(step)}`)
  else if (is(weather.heartbeats)) cluster.heartbeat(random.pick(someLeader(cluster, ids)))
  else if (is(weather.elections)) elect(cluster, schedule, random)
  else if (is(weather.restarts)) cluster.restart(random.pick(ids))
  else if (is(2 * weather.cuts))
    cluster.cut(...(random.chance(0.5) ? ids.filter(() => random.chance(0.4)) : []))
  else if (inFlight.length > 0) {
    const at = random.chance(weather.disorder) ? random.below(inFlight.length) : 0
    if (random.chance(weather.loss)) cluster.lose(at)
    else cluster.deliver(at, { entries: random.chance(weather.shortened) ? random.below(3) : undefined })
  }
}

/** All who believe that they lead; everyone, when nobody does. */
function someLeader({ nodes }: Cluster, ids: readonly ServerId[]): readonly ServerId[] {
  const leaders = nodes.filter(({ role }) => role === "leader").map(toId)
  return leaders.length > 0 ? leaders : ids
}

function elect(cluster: Cluster, { elections }: Schedule, random: Random): void {
  if (elections === "project") cluster.timeout(random.pick(cluster.ids))
  else decree(cluster, random)
}

/**
 * Elects a leader as Raft would, without any of the project's code: some majority votes, and the server with the most
 * up-to-date log among it leads (section 5.4.1).
 */
function decree(cluster: Cluster, random: Random): void {
  const { ids } = cluster
  const electorate = shuffled(ids, random)
    .slice(0, Math.floor(ids.length / 2) + 1)
    .map((id) => cluster.node(id))
  const [best] = electorate.toSorted(byLog)
  if (!best) return
  enthrone(cluster, best.id, electorate.map(toId))
}

/** Makes this server the leader of a new term, with the votes of these servers (itself among them). */
export function enthrone(cluster: Cluster, id: ServerId, electorate: readonly ServerId[]): void {
  const term = Math.max(...cluster.nodes.map(({ currentTerm }) => currentTerm)) + 1
  for (const voter of electorate) {
    cluster.decree(voter, `enters term ${String(term)}`, inTerm(cluster.node(voter), term))
  }
  const { voters, log, commitIndex, lastApplied } = cluster.node(id)
  cluster.decree(
    id,
    "is made leader",
    leader(id, { voters, log, commitIndex, lastApplied, currentTerm: term }),
  )
}

function byLog(a: RaftNode, b: RaftNode): number {
  const lastTerm = ({ log }: RaftNode) => termIn(log, endOf(log)) ?? 0
  return lastTerm(b) - lastTerm(a) || endOf(b.log) - endOf(a.log)
}

function shuffled(ids: readonly ServerId[], random: Random): readonly ServerId[] {
  const keyed = ids.map((id) => ({ id, key: random.next() }))
  return keyed.toSorted((a, b) => a.key - b.key).map(toId)
}

/** No more faults: a leader must come, take a command, and bring everyone to the same log, all of it committed. */
function recover(cluster: Cluster, schedule: Schedule): void {
  const random = new Random(schedule.seed + 1)
  cluster.cut()
  cluster.loseAll()
  const rounds = 3 * cluster.ids.length
  for (let round = 0; round < rounds; round++) {
    const id = cluster.ids[round % cluster.ids.length] ?? ""
    if (schedule.elections === "decree") decree(cluster, random)
    else cluster.timeout(id)
    cluster.settleOrFail()
    const elected = cluster.leader()
    if (!elected || cluster.nodes.some(({ currentTerm }) => currentTerm > elected.currentTerm)) continue
    cluster.propose(elected.id, "after all faults")
    if (isDone(cluster, elected.id)) return
  }
  fail("broken", "the cluster never recovered: no leader brought all servers to the same committed log", {
    scenario: `all faults have ended, and every server has timed out three times\n${cluster.story()}`,
    expected: "one leader, and all that is in its log committed on every server",
    got: cluster.tell(),
  })
}

/** Whether this leader's heartbeats bring everybody level, and commit everything. */
function isDone(cluster: Cluster, id: ServerId): boolean {
  for (let round = 0; round < 60; round++) {
    cluster.heartbeat(id)
    cluster.settleOrFail()
    const { log } = cluster.node(id)
    if (cluster.isLevel() && cluster.nodes.every(({ commitIndex }) => commitIndex === endOf(log))) return true
  }
  return false
}

const toId = ({ id }: { readonly id: ServerId }): ServerId => id
