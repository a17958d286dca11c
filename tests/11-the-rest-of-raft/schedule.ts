import { fail } from "#suite"
import type { ServerId } from "../../projects/03-planning/contract.ts"
import type { Chapter, FullNode } from "../../projects/11-the-rest-of-raft/contract.ts"
import { endOf, servers } from "../cluster/build.ts"
import { Random } from "../cluster/random.ts"
import { FullCluster } from "./cluster.ts"
import { configurationOf } from "./configurations.ts"
import { project, stepWith } from "./project.ts"

export interface FullSchedule {
  readonly seed: number
  /** How many servers have a vote at the beginning, and how many more there are. */
  readonly voters: number
  readonly spare?: number
  readonly steps: number
  /** Default: all. */
  readonly chapters?: readonly Chapter[]
}

/**
 * Drives a cluster through a random schedule: all that can go wrong in projects 5 to 7, and besides logs are compacted,
 * the membership changes, clients read, leaders hand over. Then all faults end, and the cluster has to come to terms.
 */
export function runFullSchedule(schedule: FullSchedule): FullCluster {
  const { seed, voters, spare = 0, steps, chapters = project.chapters } = schedule
  const random = new Random(seed)
  const names = servers(voters + spare)
  const cluster = new FullCluster(names, { step: stepWith(chapters), voters: servers(voters) })
  const weather = weatherOf(random, new Set(chapters))
  for (let step = 0; step < steps; step++) act(cluster, weather, random, step)
  recover(cluster, chapters)
  return cluster
}

/** How likely things are, of every 100. Every schedule has its own: what one kind never shows, another does. */
interface Weather {
  readonly loss: number
  readonly disorder: number
  readonly replays: number
  readonly proposals: number
  readonly heartbeats: number
  readonly elections: number
  readonly silences: number
  readonly restarts: number
  readonly cuts: number
  readonly compactions: number
  readonly reads: number
  readonly changes: number
  readonly transfers: number
}

function weatherOf(random: Random, has: ReadonlySet<Chapter>): Weather {
  const ifThere = (chapter: Chapter, ...choices: readonly number[]): number =>
    has.has(chapter) ? random.pick(choices) : 0
  return {
    loss: random.pick([0.02, 0.1, 0.25]),
    disorder: random.pick([0.1, 0.4]),
    replays: random.pick([2, 8]),
    proposals: random.pick([6, 12]),
    heartbeats: random.pick([5, 10]),
    elections: random.pick([2, 5, 10]),
    silences: ifThere("prevote", 4, 10),
    restarts: random.pick([0, 2, 5]),
    cuts: random.pick([0, 2, 4]),
    compactions: ifThere("snapshots", 1, 4),
    reads: ifThere("reads", 2, 6),
    changes: ifThere("membership", 1, 4),
    transfers: ifThere("transfer", 0, 3),
  }
}

/** One thing that happens. */
function act(cluster: FullCluster, weather: Weather, random: Random, step: number): void {
  const { inFlight, ids } = cluster
  let dice = random.below(100)
  const is = (chance: number): boolean => (dice -= chance) < 0
  if (inFlight.length > 60) cluster.lose(random.below(inFlight.length))
  else if (is(weather.replays)) cluster.deliverAgain(random.below(random.chance(0.5) ? 8 : 80))
  else if (is(weather.proposals)) propose(cluster, random, `command ${String(step)}`)
  else if (is(weather.heartbeats)) cluster.heartbeat(random.pick(someLeader(cluster)))
  else if (is(weather.elections)) cluster.handle(random.pick(ids), { type: "electionTimeout" })
  else if (is(weather.silences)) cluster.handle(random.pick(ids), { type: "minimumElectionTimeout" })
  else if (is(weather.restarts)) cluster.restart(random.pick(ids))
  else if (is(2 * weather.cuts))
    cluster.cut(...(random.chance(0.5) ? ids.filter(() => random.chance(0.4)) : []))
  else if (is(weather.compactions)) compact(cluster, random)
  else if (is(weather.reads)) cluster.read(random.pick(someLeader(cluster)))
  else if (is(weather.changes)) change(cluster, random.pick(someLeader(cluster)), someVoters(cluster, random))
  else if (is(weather.transfers))
    cluster.handle(random.pick(someLeader(cluster)), { type: "transferLeadership", to: random.pick(ids) })
  else if (inFlight.length > 0) {
    const at = random.chance(weather.disorder) ? random.below(inFlight.length) : 0
    if (random.chance(weather.loss)) cluster.lose(at)
    else cluster.deliver(at)
  }
}

function propose(cluster: FullCluster, random: Random, command: string): void {
  const id = random.pick(someLeader(cluster))
  if (random.chance(0.7)) cluster.propose(id, command)
  else cluster.handle(id, { type: "proposeAll", commands: [`first ${command}`, `then ${command}`] })
}

function compact(cluster: FullCluster, random: Random): void {
  const { id, lastApplied, log } = cluster.node(random.pick(cluster.ids))
  if (lastApplied > log.base.index)
    cluster.compact(id, lastApplied - random.below(Math.min(3, lastApplied - log.base.index)))
}

function change(cluster: FullCluster, id: ServerId, voters: readonly ServerId[]): void {
  cluster.handle(id, { type: "changeMembership", voters })
}

function someVoters({ ids }: FullCluster, random: Random): readonly ServerId[] {
  const some = ids.filter(() => random.chance(0.6))
  return some.length > 0 ? some : [random.pick(ids)]
}

/** All who believe that they lead; everyone, when nobody does. */
function someLeader({ nodes, ids }: FullCluster): readonly ServerId[] {
  const leaders = nodes.filter(({ role }) => role === "leader").map(({ id }) => id)
  return leaders.length > 0 ? leaders : ids
}

/** No more faults: a leader must come, take a command, answer a read, and bring all voters to one committed log. */
function recover(cluster: FullCluster, chapters: readonly Chapter[]): void {
  cluster.cut()
  cluster.loseWhere(() => true)
  const rounds = 4 * cluster.ids.length
  for (let round = 0; round < rounds; round++) {
    for (const id of cluster.ids) cluster.handle(id, { type: "minimumElectionTimeout" })
    cluster.handle(cluster.ids[round % cluster.ids.length] ?? "", { type: "electionTimeout" })
    cluster.settle()
    const leader = cluster.leader()
    if (!leader || !leads(cluster, leader)) continue
    if (isDone(cluster, leader.id, chapters)) return
  }
  fail("broken", "the cluster never recovered: no leader brought all voters to the same committed log", {
    scenario: `all faults have ended, and every server has timed out four times\n${cluster.story()}`,
    expected: "one leader, all that is in its log committed on every voter, and a read answered",
    got: cluster.tell(),
  })
}

/** Whether it leads, as far as those who have a vote know. */
function leads(cluster: FullCluster, leader: FullNode): boolean {
  const voters = new Set([...leader.voters, ...leader.oldVoters])
  return cluster.nodes.every(({ id, currentTerm }) => !voters.has(id) || currentTerm <= leader.currentTerm)
}

function isDone(cluster: FullCluster, id: ServerId, chapters: readonly Chapter[]): boolean {
  for (let round = 0; round < 60; round++) {
    // It may be about to leave: then the next one has to come. Or to hand over: that ends.
    if (cluster.node(id).role !== "leader") return false
    if (round === 0 && !takes(cluster, id)) cluster.handle(id, { type: "electionTimeout" })
    cluster.beat(id, 1)
    if (isLevel(cluster, cluster.node(id))) return !chapters.includes("reads") || reads(cluster, id)
  }
  return false
}

function takes(cluster: FullCluster, id: ServerId): boolean {
  return cluster.propose(id, "after all faults").some(({ type }) => type === "accepted")
}

function isLevel(cluster: FullCluster, { log, voters, oldVoters, role }: FullNode): boolean {
  const there = cluster.nodes.filter(({ id }) => voters.includes(id))
  const levels = there.every((node) => endOf(node.log) === endOf(log) && node.commitIndex === endOf(log))
  const configurations = new Set(there.map((node) => JSON.stringify(configurationOf(node))))
  return role === "leader" && levels && oldVoters.length === 0 && configurations.size === 1
}

function reads(cluster: FullCluster, id: ServerId): boolean {
  const read = cluster.read(id)
  cluster.settle()
  cluster.beat(id, 2)
  return cluster.machines.over.get(read) === "readable"
}
