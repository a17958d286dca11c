import { fail, same } from "#suite"
import type { ServerId } from "../../projects/03-planning/contract.ts"
import type { FullInput } from "../../projects/11-the-rest-of-raft/contract.ts"
import { servers } from "../cluster/build.ts"
import { Random } from "../cluster/random.ts"
import { Counting } from "./counting.ts"
import { WholeCluster } from "./whole.ts"

interface Size {
  readonly voters: number
  readonly spare: number
  readonly steps: number
}

const clients = ["ann", "bob", "cyd", "dan"]

export function runOnDisks(seed: number, { voters, spare, steps }: Size): void {
  const random = new Random(seed)
  const names = servers(voters + spare)
  let isCalm = true
  const cluster = new WholeCluster(names, {
    voters: servers(voters),
    compactAt: random.pick([4, 8, 16]),
    sendsFirst: seed % 2 === 0,
    dies: () => !isCalm && random.chance(0.004),
    left: (disk) => disk.outcome(random).files,
  })
  const counting = new Counting()
  cluster.onReply = (client, reply) => {
    counting.told(client, reply)
  }
  cluster.onCrash = (server) => {
    counting.crashed(server)
  }
  isCalm = false
  const weather = {
    loss: random.pick([0.02, 0.1]),
    crashes: random.pick([1, 3, 6]),
    changes: spare > 0 ? 3 : 0,
  }
  for (let step = 0; step < steps; step++) act(cluster, counting, random, weather)
  isCalm = true
  recover(cluster, counting)
}

interface Weather {
  readonly loss: number
  readonly crashes: number
  readonly changes: number
}

/** One server gets what has come in for it, or something goes wrong. */
function act(cluster: WholeCluster, counting: Counting, random: Random, weather: Weather): void {
  for (const id of cluster.down)
    if (random.chance(0.15)) cluster.boot(id, random.chance(0.2) ? random.below(3) : undefined)
  if (cluster.up.length === 0) return
  const leading = cluster.nodes.filter(({ role }) => role === "leader").map(({ id }) => id)
  const id = leading.length > 0 && random.chance(0.4) ? random.pick(leading) : random.pick(cluster.up)
  if (random.below(100) < weather.crashes) {
    const { disk } = cluster.process(id)
    disk.crashAt = disk.changes + random.below(5)
  }
  const late = random.chance(0.1) ? random.below(4) : 0
  const come = cluster.take(id, 1 + random.below(5), late).filter(() => !random.chance(weather.loss))
  const inputs: FullInput<string>[] = [...come]
  const isLeading = leading.includes(id)
  if (random.chance(isLeading ? 0.3 : 0)) inputs.push({ type: "heartbeatTimeout" })
  if (random.chance(isLeading ? 0.02 : 0.25)) inputs.push({ type: "minimumElectionTimeout" })
  if (random.chance(isLeading ? 0.02 : leading.length > 0 ? 0.03 : 0.2))
    inputs.push({ type: "electionTimeout" })
  if (isLeading || random.chance(0.1)) inputs.push(...asked(counting, random, id))
  if (isLeading && random.below(100) < weather.changes) {
    const some = cluster.ids.filter(() => random.chance(0.7))
    inputs.push({ type: "changeMembership", voters: some.length > 0 ? some : cluster.ids })
  }
  if (isLeading && random.below(200) < weather.changes)
    inputs.push({ type: "transferLeadership", to: random.pick(cluster.ids) })
  if (inputs.length > 0) cluster.handle(id, ...inputs)
}

/** What clients ask this server for now; some lose their patience first. */
function asked(counting: Counting, random: Random, id: ServerId): readonly FullInput<string>[] {
  return clients.flatMap((client): readonly FullInput<string>[] => {
    if (!random.chance(0.4)) return []
    const waits = counting.waits(client)
    if (waits !== null && waits.at === id && random.chance(0.1))
      return [{ type: "giveUp", client: waits.name }]
    if (waits !== null && !random.chance(0.1)) return []
    return [counting.ask(client, id, random.chance(0.3))]
  })
}

/** No more faults: somebody must lead, and all that clients still want must be done, once. */
function recover(cluster: WholeCluster, counting: Counting): void {
  for (const id of cluster.up) cluster.crash(id)
  for (const id of cluster.ids) cluster.boot(id)
  cluster.inFlight = []
  for (let round = 0; round < 6 * cluster.ids.length; round++) {
    const id = cluster.ids[round % cluster.ids.length] ?? ""
    for (const each of cluster.ids) cluster.handle(each, { type: "minimumElectionTimeout" })
    cluster.handle(id, { type: "electionTimeout" })
    cluster.settle()
    if (finish(cluster, counting)) return
  }
  fail("broken", "the cluster never recovered: not all that clients wanted was done", {
    scenario: `all faults have ended, all servers are up, and have timed out six times\n${cluster.story()}`,
    expected: "a leader, and an answer for each client",
    got: cluster.nodes
      .map(({ id, role, currentTerm }) => `${id}: ${role} in term ${String(currentTerm)}`)
      .join(", "),
  })
}

/** Each client gets what it wants, from whoever leads now; then one reads how often it was counted. */
function finish(cluster: WholeCluster, counting: Counting): boolean {
  const last = "eve"
  for (let round = 0; round < 12; round++) {
    const leading = cluster.nodes.filter(({ role }) => role === "leader")
    const [first] = leading.toSorted((a, b) => b.currentTerm - a.currentTerm)
    if (!first) return false
    const wanting = clients.filter((client) => counting.wants(client))
    for (const client of wanting) cluster.handle(first.id, counting.ask(client, first.id, false))
    beat(cluster, first.id)
    if (clients.some((client) => counting.wants(client))) continue
    if (!cluster.isUp(first.id) || cluster.process(first.id).replica.node.role !== "leader") return false
    cluster.handle(first.id, counting.ask(last, first.id, true))
    beat(cluster, first.id)
    if (counting.wants(last)) continue
    same(
      counting.seen,
      counting.begun,
      `${cluster.story()}\nall is answered; how often it was counted in the end`,
    )
    return true
  }
  return false
}

/** A question may go with a heartbeat, and wait for the one before it to be answered. */
function beat(cluster: WholeCluster, id: ServerId): void {
  for (let times = 0; times < 3 && cluster.isUp(id); times++) {
    cluster.handle(id, { type: "heartbeatTimeout" })
    cluster.settle()
  }
}
