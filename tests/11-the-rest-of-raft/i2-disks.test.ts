import { check, fail, forSeeds, group, holds, same, show } from "#suite"
import type { ServerId } from "../../projects/03-planning/contract.ts"
import type { FullInput, FullMessage, FullNode } from "../../projects/11-the-rest-of-raft/contract.ts"
import { appendEntries, endOf, leader, logOf, requestVote, servers } from "../cluster/build.ts"
import { Random } from "../cluster/random.ts"
import { integer, once, open, plain } from "../10-the-system/project.ts"
import { Counting } from "./counting.ts"
import type { Outcome } from "./disk.ts"
import { alone, asks } from "./replicas.ts"
import { WholeCluster, type WholeOptions } from "./whole.ts"

/** What happened up to a crash, and what there is after it. */
interface Crashed {
  /** What had left by then. */
  readonly sent: readonly FullMessage[]
  readonly replies: readonly string[]
  readonly node: FullNode
  readonly cluster: WholeCluster
  readonly told: string
}

/**
 * n1 gets these batches, and crashes in the last one: at every change of its disk, or between any two of its outputs; with
 * every way in which its disk may be found. Then it starts again.
 */
function* everyCrash(
  options: WholeOptions,
  earlier: readonly (readonly FullInput<string>[])[],
  batch: readonly FullInput<string>[],
): Generator<Crashed> {
  for (const where of ["before a change of the disk", "between two outputs"] as const)
    for (let count = 0, isOver = false; !isOver; count++)
      for (let outcome = 0, outcomes = 1; outcome < outcomes; outcome++) {
        const crash = crashOnce(options, earlier, batch, { where, count, outcome })
        isOver = crash.isOver
        outcomes = crash.outcomes
        yield crash
      }
}

interface Place {
  readonly where: "before a change of the disk" | "between two outputs"
  /** Before which change, or which output. */
  readonly count: number
  /** In which of the ways that are possible its disk is found. */
  readonly outcome: number
}

function crashOnce(
  options: WholeOptions,
  earlier: readonly (readonly FullInput<string>[])[],
  batch: readonly FullInput<string>[],
  { where, count, outcome }: Place,
): Crashed & { readonly outcomes: number; readonly isOver: boolean } {
  let found: readonly Outcome[] = []
  let outputs: number | undefined
  const cluster = new WholeCluster(["n1"], {
    ...options,
    dies: () => outputs !== undefined && outputs++ === count,
    left: (disk) => {
      found = [...disk.outcomes()]
      return found[outcome]?.files ?? disk.durable
    },
  })
  for (const each of earlier) cluster.handle("n1", ...each)
  const replies: string[] = []
  cluster.onReply = (client, reply) => replies.push(`${client}: ${show(reply)}`)
  cluster.inFlight = []
  const { disk } = cluster.process("n1")
  if (where === "between two outputs") outputs = 0
  else disk.crashAt = disk.changes + count
  cluster.handle("n1", ...batch)
  outputs = undefined
  const isOver = cluster.isUp("n1")
  if (isOver) cluster.crash("n1")
  const sent = cluster.inFlight
  cluster.boot("n1")
  const told = `a crash ${where}: ${found[outcome]?.what ?? ""}\n${cluster.story()}`
  return {
    sent,
    replies,
    node: cluster.process("n1").replica.node,
    cluster,
    told,
    outcomes: found.length,
    isOver,
  }
}

const three: WholeOptions = { chapters: [], voters: servers(3) }

function granted(messages: readonly FullMessage[], term: number): readonly ServerId[] {
  return messages.flatMap((m) =>
    m.type === "RequestVoteResponse" && m.voteGranted && m.term === term ? [m.to] : [],
  )
}

group("11i", "Everything at once", () => {
  check("11i.20", [58], "a vote that has left is still known after any crash", () => {
    for (const { sent, cluster, told } of everyCrash(three, [], [requestVote("n2", "n1", 1)])) {
      cluster.inFlight = []
      cluster.handle("n1", requestVote("n3", "n1", 1))
      const both = [...granted(sent, 1), ...granted(cluster.inFlight, 1)]
      holds(
        both.length <= 1,
        `n2 asks for a vote in term 1; ${told}`,
        "at most one vote in term 1",
        both.join(" and "),
      )
    }
  })

  check(
    "11i.21",
    [58],
    "so is the newest term that it has told, and the last vote of several in one batch",
    () => {
      const batch = [requestVote("n2", "n1", 1), requestVote("n3", "n1", 2), requestVote("n2", "n1", 3)]
      for (const { sent, node, cluster, told } of everyCrash(three, [], batch)) {
        const newest = Math.max(0, ...sent.map(({ term }) => term))
        holds(node.currentTerm >= newest, told, `term ${String(newest)} or newer`, String(node.currentTerm))
        cluster.inFlight = []
        cluster.handle("n1", requestVote("n3", "n1", 3))
        const both = [...granted(sent, 3), ...granted(cluster.inFlight, 3)]
        holds(
          both.length <= 1,
          `three candidates, of terms 1, 2, 3; ${told}`,
          "at most one vote in term 3",
          both.join(" and "),
        )
      }
    },
  )

  check("11i.22", [58], "an entry that was acknowledged is still there", () => {
    const n2 = leader("n2", { log: logOf(1, 1, 1) })
    const earlier = [[appendEntries(n2, "n1", 0, 1)]]
    const batch = [appendEntries(n2, "n1", 1, 1), appendEntries(n2, "n1", 2, 1)]
    for (const { sent, node, told } of everyCrash(three, earlier, batch)) {
      const acknowledged = Math.max(1, ...sent.map((m) => ("matchIndex" in m ? m.matchIndex : 0)))
      const end = endOf(node.log)
      holds(
        end >= acknowledged,
        told,
        `the entries up to ${String(acknowledged)}, which n1 has acknowledged`,
        String(end),
      )
    }
  })

  check(
    "11i.23",
    [58],
    "what a client was told is still done: a leader that counts itself has it on its disk",
    () => {
      const only: WholeOptions = { chapters: [], voters: ["n1"] }
      const earlier = [[{ type: "electionTimeout" as const }], [asks("a", open)]]
      const batch = [asks("b", once("1", 1, "INCR n")), asks("c", plain("INCR n"))]
      for (const { replies, cluster, told } of everyCrash(only, earlier, batch)) {
        const done = replies.filter((reply) => reply.includes("integer")).length
        let value = 0
        cluster.onReply = (_, reply) => {
          value = Number("value" in reply ? reply.value : 0)
        }
        cluster.handle("n1", { type: "electionTimeout" }, asks("d", plain("INCR n")))
        const scenario = `INCR twice, and ${String(done)} were answered; ${told}\nthen one more`
        holds(value > done && value <= 3, scenario, `more than ${String(done)}`, String(value))
      }
    },
  )

  check(
    "11i.24",
    [58],
    "a snapshot that was taken over is there, with its sessions, and the log goes on behind it",
    () => {
      const donor = alone({ chapters: ["snapshots"], compactAt: 4 })
      const requests = [open, once("1", 1, "INCR n"), plain("SET k v"), plain("SET k w"), plain("SET k x")]
      for (const [i, request] of requests.entries()) donor.ask(String(i), request)
      const { lastIncludedIndex, lastIncludedTerm, data } = donor.node.snapshot
      const which = { lastIncludedIndex, lastIncludedTerm, data, offset: 0, done: true }
      const configuration = { voters: servers(3), oldVoters: [] }
      const head = { from: "n2", to: "n1", term: 2 } as const
      const batch: readonly FullInput<string>[] = [
        { type: "InstallSnapshot", ...head, ...which, configuration },
      ]
      const options: WholeOptions = { chapters: ["snapshots"], voters: servers(3) }
      for (const { sent, node, cluster, told } of everyCrash(
        options,
        [[requestVote("n3", "n1", 1)]],
        batch,
      )) {
        const isInstalled = sent.some((m) => m.type === "InstallSnapshotResponse" && m.installed)
        const has = node.snapshot.lastIncludedIndex
        holds(
          has === lastIncludedIndex || (!isInstalled && has === 0),
          told,
          "the snapshot, if n1 said so",
          String(has),
        )
        same(node.log.base.index, has, `${told}\nwhere the log begins`)
        if (has === 0) continue
        const { machine } = cluster.process("n1").replica.service
        same(machine.sessions["1"]?.reply, integer(1), `${told}\nwhat the session remembers`)
      }
    },
  )

  check(
    "11i.25",
    [58],
    "random schedules: three servers, their disks, and clients that count",
    () => {
      forSeeds(1, 6, (seed) => {
        runOnDisks(seed, { voters: 3, spare: 0, steps: 200 })
      })
    },
    { slow: 5 },
  )

  check(
    "11i.26",
    [58],
    "random schedules with members that change and leaders that hand over",
    () => {
      forSeeds(1_001, 6, (seed) => {
        runOnDisks(seed, { voters: 3, spare: 1, steps: 200 })
      })
    },
    { slow: 5 },
  )
})

interface Size {
  readonly voters: number
  readonly spare: number
  readonly steps: number
}

const clients = ["ann", "bob", "cyd", "dan"]

function runOnDisks(seed: number, { voters, spare, steps }: Size): void {
  const random = new Random(seed)
  const names = servers(voters + spare)
  let isCalm = true
  const cluster = new WholeCluster(names, {
    voters: servers(voters),
    compactAt: random.pick([4, 8, 16]),
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
    cluster.handle(first.id, { type: "heartbeatTimeout" })
    cluster.settle()
    if (clients.some((client) => counting.wants(client))) continue
    if (!cluster.isUp(first.id) || cluster.process(first.id).replica.node.role !== "leader") return false
    cluster.handle(first.id, counting.ask(last, first.id, true))
    cluster.settle()
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
