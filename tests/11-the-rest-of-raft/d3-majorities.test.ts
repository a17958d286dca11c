import { check, forSeeds, group, holds, same } from "#suite"
import type { ServerId } from "../../projects/03-planning/contract.ts"
import { endOf, servers, vote } from "../cluster/build.ts"
import { apart, among, roleOf, chapter } from "./changing.ts"
import { FullCluster, sentBy } from "./cluster.ts"
import { runFullSchedule } from "./schedule.ts"

group("11d", "Membership changes", () => {
  check("11d.18", [22], "in a joint configuration, the votes of one majority elect nobody", () => {
    const cases: readonly (readonly [votes: readonly ServerId[], role: string])[] = [
      [["n1", "n2", "n3"], "candidate"],
      [["n1", "n2", "n3", "n4"], "candidate"],
      [["n1", "n4", "n5", "n6"], "candidate"],
      [["n1", "n2", "n4", "n5"], "leader"],
    ]
    for (const [votes, expected] of cases) {
      const cluster = apart()
      cluster.timeout("n1")
      cluster.deliverWhere(
        ({ from, to, type }) => type.startsWith("RequestVote") && votes.includes(from) && votes.includes(to),
      )
      same(
        roleOf(cluster, "n1"),
        expected,
        `from n1, n2, n3 to n4, n5, n6: n1 stands, and has the votes of ${votes.join(", ")}\\nits role`,
      )
    }
  })

  check("11d.19", [22], "and one majority commits nothing", () => {
    for (const [having, expected] of [
      [["n1", "n2", "n3"], false],
      [["n1", "n4", "n5", "n6"], false],
      [["n1", "n2", "n4", "n5"], true],
    ] as const) {
      const cluster = apart()
      cluster.timeout("n1")
      cluster.deliverWhere(({ type }) => type.startsWith("RequestVote"))
      same(roleOf(cluster, "n1"), "leader", "n1 has all votes: its role")
      const end = endOf(cluster.node("n1").log)
      for (let round = 0; round < 4; round++) {
        among(cluster, ...having)
        cluster.heartbeat("n1")
      }
      same(
        cluster.node("n1").commitIndex >= end,
        expected,
        `from n1, n2, n3 to n4, n5, n6: ${having.join(", ")} have n1's entry\\n${cluster.story()}\\nwhether it is committed`,
      )
    }
  })

  check(
    "11d.20",
    [22, 18],
    "the joint configuration itself needs both majorities: also where the old one is a single server",
    () => {
      const cluster = new FullCluster(servers(3), { step: chapter(), voters: ["n1"] })
      cluster.elect("n1")
      cluster.handle("n1", { type: "changeMembership", voters: ["n1", "n2", "n3"] })
      // n2 and n3 are caught up, and get nothing more.
      for (let i = 0; i < 50 && cluster.node("n1").oldVoters.length === 0; i++) {
        if (cluster.inFlight.length === 0) cluster.heartbeat("n1")
        cluster.deliver()
      }
      const end = endOf(cluster.node("n1").log)
      holds(
        cluster.node("n1").oldVoters.length > 0 && cluster.node("n1").commitIndex < end,
        `n1, alone, adds n2 and n3, which have not got the joint configuration yet\\n${cluster.story()}`,
        "it is in n1's log, and not committed",
        cluster.tell(),
      )
      cluster.settle()
      cluster.beat("n1", 4)
      same(cluster.node("n3").voters, ["n1", "n2", "n3"], "when all has arrived: n3's voters")
    },
  )

  check("11d.21", [23], "a new leader that finds a joint configuration brings it to its end", () => {
    const cluster = apart()
    cluster.timeout("n2")
    cluster.settle()
    cluster.beat("n2", 6)
    for (const id of ["n4", "n5", "n6"]) {
      const { voters, oldVoters } = cluster.node(id)
      same(
        [voters, oldVoters],
        [["n4", "n5", "n6"], []],
        `n2 leads, all messages arrive\\n${cluster.story()}\\n${id}'s voters and oldVoters`,
      )
    }
  })

  check("11d.22", [23], "not before it is committed", () => {
    const cluster = apart()
    cluster.timeout("n1")
    cluster.deliverWhere(({ type }) => type.startsWith("RequestVote"))
    cluster.heartbeat("n1")
    among(cluster, "n1", "n2", "n3")
    same(
      [roleOf(cluster, "n1"), cluster.node("n1").oldVoters],
      ["leader", ["n1", "n2", "n3"]],
      `n1 leads, and only the old majority has its entries\\n${cluster.story()}\\nits role and oldVoters`,
    )
  })

  check(
    "11d.23",
    [24],
    "a leader that is not in the new configuration leads until it is committed, and then steps down",
    () => {
      const cluster = new FullCluster(servers(3), { step: chapter() })
      cluster.elect("n1")
      cluster.handle("n1", { type: "changeMembership", voters: ["n2", "n3"] })
      for (
        let i = 0;
        i < 100 && cluster.node("n1").oldVoters.length + cluster.node("n1").voters.length !== 2;
        i++
      ) {
        if (cluster.inFlight.length === 0) cluster.heartbeat("n1")
        cluster.deliver()
      }
      const end = endOf(cluster.node("n1").log)
      cluster.loseWhere(() => true)
      cluster.heartbeat("n1")
      // It may send them at once, or step by step: they come to n2 alone.
      for (let round = 0; round < 4; round++) {
        among(cluster, "n1", "n2")
        cluster.loseWhere(() => true)
        cluster.heartbeat("n1")
      }
      same(
        [roleOf(cluster, "n1"), cluster.node("n1").commitIndex < end],
        ["leader", true],
        `n1 takes itself out; of n2 and n3, only n2 has the last entry\\n${cluster.story()}\\nn1's role, and whether that entry is uncommitted: n1 does not count`,
      )
      cluster.settle()
      for (let i = 0; i < 4 && roleOf(cluster, "n1") === "leader"; i++) cluster.beat("n1", 1)
      same(
        [roleOf(cluster, "n1"), cluster.node("n1").commitIndex],
        ["follower", end],
        `then n3 has it, too\\n${cluster.story()}\\nn1's role and commitIndex`,
      )
      cluster.elect("n2")
      cluster.propose("n2", "x")
      cluster.settle()
      cluster.beat("n2")
      same(
        cluster.node("n3").commitIndex,
        endOf(cluster.node("n2").log),
        "n2 and n3 go on without it: n3's commitIndex",
      )
    },
  )

  check("11d.24", [22], "a vote from somebody who has none counts for nothing", () => {
    const cluster = new FullCluster(servers(5), { step: chapter(), voters: servers(3) })
    cluster.timeout("n1")
    const { currentTerm } = cluster.node("n1")
    for (const stranger of ["n4", "n5"]) cluster.handle("n1", vote(stranger, "n1", currentTerm))
    same(roleOf(cluster, "n1"), "candidate", "n1 of n1, n2, n3 stands, and gets votes of n4 and n5: its role")
    same(
      sentBy(cluster.handle("n1", vote("n2", "n1", currentTerm))).length > 0,
      true,
      "then of n2: whether it lets the others know that it leads",
    )
  })

  check(
    "11d.25",
    [18, 19, 20, 21, 22, 23, 24, 25, 27, 28],
    "random schedules with changes",
    () => {
      forSeeds(1, 60, (seed) => {
        runFullSchedule({ seed, voters: 3, spare: 2, steps: 250, chapters: ["membership"] })
      })
    },
    { slow: 4 },
  )
})
