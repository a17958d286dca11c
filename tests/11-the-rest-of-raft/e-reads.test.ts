import { check, forSeeds, group, holds, same } from "#suite"
import type { ServerId, Term } from "../../projects/03-planning/contract.ts"
import type { ConfirmResponse } from "../../projects/11-the-rest-of-raft/contract.ts"
import { accepted, appendEntries, leader, servers, vote } from "../cluster/build.ts"
import type { FullCluster } from "./cluster.ts"
import { alone, isOf, led, resetsTimer, sentOf } from "./driven.ts"
import { runFullSchedule } from "./schedule.ts"

const isConfirm = isOf("Confirm")
const isAppend = isOf("AppendEntries")

/** Reads on n1, and begins the round, if that waits for a heartbeat. */
function readOn(cluster: FullCluster, now?: number): number {
  const read = cluster.read("n1", now)
  if (!isOver(cluster, read) && !cluster.inFlight.some(isConfirm)) cluster.heartbeat("n1")
  return read
}

/** The last round that n1 asked for and that is under way. */
function roundOf(cluster: FullCluster): number {
  const last = cluster.inFlight.findLast(isConfirm)
  holds(last !== undefined, cluster.story(), "a Confirm is under way", "there is none")
  return last?.round ?? 0
}

function confirms(
  cluster: FullCluster,
  from: ServerId,
  round: number,
  term: Term = cluster.node("n1").currentTerm,
): void {
  const answer: ConfirmResponse = { type: "ConfirmResponse", from, to: "n1", term, round }
  cluster.handle("n1", answer)
}

function isOver(cluster: FullCluster, read: number): boolean {
  return cluster.machines.over.has(read)
}

function waits(cluster: FullCluster, ...reads: readonly number[]): void {
  for (const read of reads)
    holds(!isOver(cluster, read), cluster.story(), `read ${String(read)} waits`, "it is answered")
}

function answered(cluster: FullCluster, how: "readable" | "notReadable", ...reads: readonly number[]): void {
  for (const read of reads)
    same(cluster.machines.over.get(read), how, `${cluster.story()}\nread ${String(read)}`)
}

/** Somebody stands in a newer term: n1 does not lead any more. */
function depose(cluster: FullCluster): void {
  cluster.handle("n1", vote("n3", "n1", cluster.node("n1").currentTerm + 1, false))
}

group("11e", "Reads", () => {
  check("11e.1", [29], "a follower answers at once, with the leader's name", () => {
    const cluster = led(["reads"])
    cluster.machines.asked(77, cluster.nodes)
    const effects = cluster.handle("n2", { type: "read", read: 77 })
    const expected = [{ type: "notReadable", read: 77, leader: "n1" }]
    same(effects, expected, `${cluster.story()}\nwhat n2 answers`)
  })

  check(
    "11e.2",
    [29],
    "who knows no leader names none: a server that has just started, and a candidate",
    () => {
      for (const stands of [false, true]) {
        const cluster = alone(["reads"])
        if (stands) cluster.handle("n1", { type: "electionTimeout" })
        cluster.machines.asked(7, cluster.nodes)
        const effects = cluster.handle("n1", { type: "read", read: 7 })
        const expected = [{ type: "notReadable", read: 7, leader: null }]
        same(effects, expected, `${cluster.story()}\nwhat n1 answers`)
      }
    },
  )

  check(
    "11e.3",
    [31],
    "a leader asks all others that have a vote, and answers when a majority has confirmed",
    () => {
      const cluster = led(["reads"], { servers: 5 })
      const read = readOn(cluster)
      const asked = new Set(cluster.inFlight.filter(isConfirm).map(({ to }) => to))
      same([...asked].sort(), ["n2", "n3", "n4", "n5"], `${cluster.story()}\nwho is asked`)
      const round = roundOf(cluster)
      confirms(cluster, "n2", round)
      waits(cluster, read)
      confirms(cluster, "n4", round)
      answered(cluster, "readable", read)
    },
  )

  check("11e.4", [31], "the same server twice is one server", () => {
    const cluster = led(["reads"], { servers: 5 })
    const read = readOn(cluster)
    const round = roundOf(cluster)
    for (let i = 0; i < 3; i++) confirms(cluster, "n2", round)
    waits(cluster, read)
  })

  check("11e.5", [31], "of four, two are no majority; of one, one is", () => {
    const four = led(["reads"], { servers: 4 })
    const read = readOn(four)
    const round = roundOf(four)
    confirms(four, "n2", round)
    waits(four, read)
    confirms(four, "n3", round)
    answered(four, "readable", read)
    const one = led(["reads"], { servers: 1 })
    answered(one, "readable", one.read("n1"))
  })

  check("11e.6", [31], "who has no vote confirms nothing", () => {
    const cluster = led(["reads"], { servers: 5, voters: servers(3) })
    const read = readOn(cluster)
    const round = roundOf(cluster)
    for (const other of ["n4", "n5", "n9"]) confirms(cluster, other, round)
    waits(cluster, read)
    confirms(cluster, "n3", round)
    answered(cluster, "readable", read)
  })

  check("11e.7", [31], "in a joint configuration, both majorities must confirm", () => {
    for (const [first, then] of [
      [["n2", "n3"], "n4"],
      [["n4", "n5"], "n3"],
    ] as const) {
      const joint = { servers: 5, voters: ["n1", "n4", "n5"], oldVoters: ["n1", "n2", "n3"] }
      const cluster = led(["reads"], joint)
      const read = readOn(cluster)
      const round = roundOf(cluster)
      for (const id of first) confirms(cluster, id, round)
      waits(cluster, read)
      confirms(cluster, then, round)
      answered(cluster, "readable", read)
    }
  })

  check("11e.8", [31], "a configuration that comes while a round is under way: its majorities count", () => {
    const cluster = led(["reads", "membership"], { servers: 5, voters: servers(3) })
    cluster.handle("n1", { type: "changeMembership", voters: ["n1", "n4", "n5"] })
    const early = readOn(cluster)
    const round = roundOf(cluster)
    for (const id of ["n4", "n5"]) confirms(cluster, id, round)
    waits(cluster, early)
    // n4 and n5 get the log; then both configurations hold, and the old one's other servers do not answer.
    cluster.loseWhere(() => true)
    cluster.cut("n2", "n3")
    for (let i = 0; i < 4; i++) {
      cluster.heartbeat("n1")
      cluster.loseWhere(isConfirm)
      cluster.settle()
    }
    same(cluster.node("n1").oldVoters, servers(3), `${cluster.story()}\nthe old voters, in n1's eyes`)
    confirms(cluster, "n4", round)
    confirms(cluster, "n5", round)
    waits(cluster, early)
    confirms(cluster, "n2", round)
    answered(cluster, "readable", early)
  })

  check("11e.9", [31], "answers to an earlier round prove nothing", () => {
    const cluster = led(["reads"])
    const first = readOn(cluster)
    const before = roundOf(cluster)
    confirms(cluster, "n2", before)
    answered(cluster, "readable", first)
    cluster.loseWhere(isConfirm)
    const second = readOn(cluster)
    const round = roundOf(cluster)
    holds(round !== before, cluster.story(), "a round of its own for the second read", "the first one again")
    confirms(cluster, "n3", before)
    confirms(cluster, "n2", before)
    waits(cluster, second)
    confirms(cluster, "n3", round)
    answered(cluster, "readable", second)
  })

  check(
    "11e.10",
    [31, 32],
    "a read that comes while a round is under way is not answered by that one",
    () => {
      const cluster = led(["reads"])
      const first = readOn(cluster)
      const before = roundOf(cluster)
      const second = cluster.read("n1")
      confirms(cluster, "n3", before)
      answered(cluster, "readable", first)
      waits(cluster, second)
      confirms(cluster, "n2", before)
      waits(cluster, second)
    },
  )

  check("11e.11", [32], "one round at a time, and all that come meanwhile share the next", () => {
    const cluster = led(["reads"])
    const first = readOn(cluster)
    const before = roundOf(cluster)
    const more = [cluster.read("n1"), cluster.read("n1"), cluster.read("n1")]
    cluster.heartbeat("n1")
    const rounds = new Set(cluster.inFlight.filter(isConfirm).map(({ round }) => round))
    same([...rounds], [before], `${cluster.story()}\nthe rounds under way`)
    cluster.loseWhere(isConfirm)
    confirms(cluster, "n2", before)
    answered(cluster, "readable", first)
    cluster.heartbeat("n1")
    const after = roundOf(cluster)
    confirms(cluster, "n3", after)
    answered(cluster, "readable", ...more)
  })

  check("11e.12", [31], "answers of an earlier term prove nothing, whatever their round", () => {
    for (const how of ["deposed", "crashed"] as const) {
      const cluster = led(["reads"])
      readOn(cluster)
      const old = cluster.node("n1").currentTerm
      if (how === "crashed") cluster.restart("n1")
      else depose(cluster)
      cluster.loseWhere(() => true)
      cluster.elect("n1")
      cluster.beat("n1")
      const read = readOn(cluster)
      const round = roundOf(cluster)
      for (const id of ["n2", "n3"]) confirms(cluster, id, round, old)
      waits(cluster, read)
      confirms(cluster, "n2", round)
      answered(cluster, "readable", read)
    }
  })

  check(
    "11e.13",
    [31],
    "answers that came before a leader was deposed do not count when it leads again",
    () => {
      const cluster = led(["reads"], { servers: 5 })
      readOn(cluster)
      confirms(cluster, "n2", roundOf(cluster))
      depose(cluster)
      cluster.loseWhere(() => true)
      cluster.elect("n1")
      cluster.beat("n1")
      const read = readOn(cluster)
      confirms(cluster, "n3", roundOf(cluster))
      waits(cluster, read)
    },
  )

  check(
    "11e.14",
    [31],
    "whoever gets a Confirm takes the sender for its leader, restarts its timer and answers",
    () => {
      for (const stands of [false, true]) {
        const cluster = alone(["reads"], { currentTerm: stands ? 4 : 5 })
        if (stands) cluster.handle("n1", { type: "electionTimeout" })
        const effects = cluster.handle("n1", { type: "Confirm", from: "n2", to: "n1", term: 5, round: 8 })
        const { role, leader, currentTerm } = cluster.node("n1")
        same([role, leader, currentTerm], ["follower", "n2", 5], `${cluster.story()}\nrole, leader and term`)
        holds(resetsTimer(effects), cluster.story(), "it restarts its election timer", "it does not")
        const answer = { from: "n1", to: "n2", term: 5, round: 8 }
        same(sentOf(effects, "ConfirmResponse").slice(0, 1), [answer], `${cluster.story()}\nits answer`)
      }
    },
  )

  check("11e.15", [31], "a Confirm of an older term confirms nothing; one of a newer term brings it", () => {
    const cluster = alone(["reads"])
    const late = cluster.handle("n1", { type: "Confirm", from: "n2", to: "n1", term: 4, round: 1 })
    same(cluster.node("n1").leader, null, `${cluster.story()}\nits leader`)
    holds(!resetsTimer(late), cluster.story(), "it leaves its election timer alone", "it restarts it")
    const yes = sentOf(late, "ConfirmResponse").filter(({ term }) => term < 5)
    same(yes, [], `${cluster.story()}\nanswers of the older term`)
    const effects = cluster.handle("n1", { type: "Confirm", from: "n3", to: "n1", term: 6, round: 1 })
    const { leader, currentTerm } = cluster.node("n1")
    same([leader, currentTerm], ["n3", 6], `${cluster.story()}\nits leader and term`)
    same(sentOf(effects, "ConfirmResponse")[0]?.term, 6, `${cluster.story()}\nthe term of its answer`)
  })

  check("11e.16", [30], "before an entry of its own term is committed, a leader answers no read", () => {
    const cluster = led(["reads"])
    cluster.propose("n1", "last")
    // Everybody has it; only n1 knows that it is committed.
    cluster.deliverWhere((message) => !isAppend(message) || message.entries.length > 0)
    cluster.heartbeat("n1")
    cluster.deliverWhere((message) => !isAppend(message) || message.entries.length > 0)
    cluster.loseWhere(() => true)
    cluster.timeout("n2")
    cluster.deliverWhere((message) => !isAppend(message))
    same(cluster.node("n2").role, "leader", `${cluster.story()}\nn2's role`)
    const read = cluster.read("n2")
    cluster.heartbeat("n2")
    cluster.deliverWhere((message) => isConfirm(message) || message.type === "ConfirmResponse")
    waits(cluster, read)
    cluster.beat("n2")
    answered(cluster, "readable", read)
  })

  check("11e.17", [30], "it is answered behind what the same step applies, not before it", () => {
    const cluster = led(["reads"])
    depose(cluster)
    cluster.timeout("n1")
    cluster.deliverWhere((message) => !isAppend(message))
    const read = readOn(cluster)
    confirms(cluster, "n2", roundOf(cluster))
    waits(cluster, read)
    cluster.heartbeat("n1")
    cluster.deliverWhere((message) => isAppend(message) && message.entries.length > 0)
    const { currentTerm, log } = cluster.node("n1")
    const effects = cluster.handle("n1", accepted("n3", "n1", currentTerm, log.entries.length))
    const kinds = effects.map(({ type }) => type).filter((type) => type === "apply" || type === "readable")
    answered(cluster, "readable", read)
    same(kinds.at(-1), "readable", `${cluster.story()}\nthe last of ${kinds.join(", ")}`)
  })

  check("11e.18", [30], "what is committed after the read came need not be waited for", () => {
    const cluster = led(["reads"])
    const read = readOn(cluster)
    cluster.propose("n1", "later")
    confirms(cluster, "n2", roundOf(cluster))
    answered(cluster, "readable", read)
  })

  check(
    "11e.19",
    [33],
    "lost questions and lost answers: with every heartbeat, the round is asked for again",
    () => {
      const cluster = led(["reads"])
      const read = readOn(cluster)
      const round = roundOf(cluster)
      for (const lost of ["Confirm", "ConfirmResponse"] as const) {
        cluster.deliverWhere((message) => message.type !== lost)
        cluster.loseWhere(() => true)
        const asked = new Set(sentOf(cluster.heartbeat("n1"), "Confirm").map((question) => question.to))
        same([...asked].sort(), ["n2", "n3"], `${cluster.story()}\nwho is asked again`)
        same(roundOf(cluster), round, `${cluster.story()}\nthe round that is asked for again`)
      }
      cluster.settle()
      answered(cluster, "readable", read)
    },
  )

  check("11e.20", [29, 34], "a leader that is deposed answers all that wait, whatever they wait for", () => {
    const cluster = led(["reads"])
    const waiting = [readOn(cluster), cluster.read("n1"), cluster.read("n1")]
    depose(cluster)
    answered(cluster, "notReadable", ...waiting)
  })

  check(
    "11e.21",
    [29, 34],
    "so does one that a newer leader deposes, and one whose first entry is not committed",
    () => {
      const cluster = led(["reads"])
      depose(cluster)
      cluster.timeout("n1")
      cluster.deliverWhere((message) => !isAppend(message))
      const read = readOn(cluster)
      confirms(cluster, "n2", roundOf(cluster))
      const { currentTerm, log, commitIndex } = cluster.node("n2")
      const newer = leader("n2", { currentTerm: currentTerm + 1, log, commitIndex })
      const effects = cluster.handle("n1", appendEntries(newer, "n1", log.entries.length))
      answered(cluster, "notReadable", read)
      for (const effect of effects)
        if (effect.type === "notReadable")
          holds(
            effect.leader === null || effect.leader === "n2",
            cluster.story(),
            "n2 named, or nobody",
            String(effect.leader),
          )
    },
  )

  check("11e.22", [34], "each is answered once, also when everything comes twice or too late", () => {
    const cluster = led(["reads"])
    const first = readOn(cluster)
    cluster.read("n1")
    for (let i = 0; i < 4; i++) {
      cluster.heartbeat("n1")
      for (let at = cluster.inFlight.length - 1; at >= 0; at--) cluster.deliver(at, true)
    }
    answered(cluster, "readable", first, first + 1)
    cluster.settle()
    depose(cluster)
    cluster.loseWhere(() => true)
    cluster.elect("n1")
    cluster.beat("n1")
    answered(cluster, "readable", first, first + 1)
  })

  check(
    "11e.23",
    [29, 30, 31, 32, 33, 34],
    "in random schedules",
    () => {
      forSeeds(11_500, 8, (seed) => runFullSchedule({ seed, voters: 3, steps: 250, chapters: ["reads"] }))
    },
    { slow: 5 },
  )

  check(
    "11e.24",
    [29, 30, 31, 34],
    "in random schedules with changing members",
    () => {
      const chapters = ["reads", "membership", "transfer"] as const
      forSeeds(11_520, 5, (seed) => runFullSchedule({ seed, voters: 3, spare: 2, steps: 250, chapters }))
    },
    { slow: 5 },
  )
})
