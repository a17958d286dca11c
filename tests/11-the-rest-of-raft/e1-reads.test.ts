import { check, group, holds, same } from "#suite"
import { servers } from "../cluster/build.ts"
import { alone, led, resetsTimer, sentOf } from "./driven.ts"

import { readOn, roundOf, confirms, waits, answered, depose, isConfirm } from "./reading.ts"

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
})
