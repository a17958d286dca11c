import { check, forSeeds, group, holds, same } from "#suite"
import type { ServerId } from "../../projects/03-planning/contract.ts"
import type { FullEvent } from "../../projects/11-the-rest-of-raft/contract.ts"
import { accepted, rejected, requestVote, servers } from "../cluster/build.ts"
import { sentBy, type FullCluster } from "./cluster.ts"
import { led } from "./driven.ts"
import { runFullSchedule } from "./schedule.ts"

import { quiet, timeout } from "./asking.ts"

/** n1 leads five servers, or so many; its first whole period has begun. */
function counting(n = 5, voters?: readonly ServerId[], oldVoters?: readonly ServerId[]): FullCluster {
  const cluster = led(["prevote"], {
    servers: n,
    ...(voters && { voters }),
    ...(oldVoters && { oldVoters }),
  })
  cluster.handle("n1", timeout)
  same(cluster.node("n1").role, "leader", `${cluster.story()}\nn1, whom all have answered`)
  return cluster
}

/** One period, in which these answer. */
function period(cluster: FullCluster, ...answering: readonly ServerId[]): void {
  const { currentTerm } = cluster.node("n1")
  for (const from of answering) cluster.handle("n1", accepted(from, "n1", currentTerm, 0))
  cluster.handle("n1", quiet)
  cluster.handle("n1", timeout)
}

function leads(cluster: FullCluster, expected: boolean): void {
  const { role, currentTerm } = cluster.node("n1")
  // What a handler has stepped down, project 7's handler sees as a follower's, and stands for election.
  const stood = !expected && role === "candidate" && currentTerm === 2
  holds(
    (role === "leader") === expected && currentTerm === 1,
    cluster.story(),
    expected ? "n1 leads on, in term 1" : "n1 steps down, and its term stays 1",
    `it is a ${role} in term ${String(currentTerm)}${stood ? ": after it had stepped down, project 7's `electionTimeout` reacted to the same event" : ""}`,
  )
}

group("11f", "Check-quorum", () => {
  check(
    "11f.26",
    [41],
    "a leader that nobody has answered since its last `electionTimeout` steps down, in its term",
    () => {
      const cluster = counting(3)
      period(cluster)
      leads(cluster, false)
      const four = counting(4)
      period(four, "n2")
      leads(four, false)
    },
  )

  check("11f.27", [41], "it is one of the majority itself", () => {
    const three = counting(3)
    for (const from of ["n2", "n3", "n2"]) {
      period(three, from)
      leads(three, true)
    }
    const one = led(["prevote"], { servers: 1 })
    for (let i = 0; i < 3; i++) period(one)
    leads(one, true)
  })

  check("11f.28", [41], "one of four others is not enough, two are, and each of them counts once", () => {
    const cluster = counting()
    for (let i = 0; i < 3; i++) {
      period(cluster, "n4", "n5")
      leads(cluster, true)
    }
    period(cluster, "n4", "n4", "n4")
    leads(cluster, false)
  })

  check("11f.29", [41], "every period counts by itself", () => {
    const cluster = counting()
    period(cluster, "n2", "n3", "n4", "n5")
    period(cluster, "n2")
    leads(cluster, false)
    const other = counting()
    period(other, "n2", "n3")
    period(other)
    leads(other, false)
  })

  check("11f.30", [41], "refusals are answers, and so are those to Confirm and InstallSnapshot", () => {
    const cluster = counting(3)
    const term = 1
    const installed = {
      type: "InstallSnapshotResponse",
      lastIncludedIndex: 0,
      received: 0,
      installed: false,
    } as const
    const events: readonly FullEvent[] = [
      rejected("n2", "n1", term),
      { type: "ConfirmResponse", from: "n3", to: "n1", term, round: 1 },
      { ...installed, from: "n2", to: "n1", term },
    ]
    for (const event of events) {
      cluster.handle("n1", event)
      cluster.handle("n1", timeout)
      leads(cluster, true)
    }
  })

  check("11f.31", [41], "who has no vote does not count", () => {
    const cluster = counting(5, servers(3))
    for (const from of ["n4", "n5"])
      cluster.handle("n1", { type: "ConfirmResponse", from, to: "n1", term: 1, round: 1 })
    cluster.handle("n1", timeout)
    leads(cluster, false)
  })

  check("11f.32", [41], "in a joint configuration, both majorities", () => {
    const both = () => counting(5, ["n1", "n4", "n5"], ["n1", "n2", "n3"])
    const cluster = both()
    period(cluster, "n4", "n2")
    leads(cluster, true)
    period(cluster, "n4", "n5")
    leads(cluster, false)
    const other = both()
    period(other, "n2", "n3")
    leads(other, false)
  })

  check("11f.33", [41], "answers of an older term do not count, nor those to an earlier leadership", () => {
    const cluster = counting(3)
    cluster.handle("n1", accepted("n2", "n1", 0, 0))
    cluster.handle("n1", timeout)
    leads(cluster, false)
    const again = counting(3)
    again.handle("n1", accepted("n2", "n1", 1, 0))
    again.handle("n1", accepted("n2", "n1", 2, 0))
    again.handle("n1", quiet)
    again.elect("n1")
    again.loseWhere(() => true)
    again.handle("n1", timeout)
    again.handle("n1", timeout)
    same(again.node("n1").role, "follower", `${again.story()}\nn1's role`)
  })

  check("11f.34", [36, 38, 41], "a server that was cut off comes back, and deposes nobody", () => {
    const cluster = led(["prevote"])
    cluster.cut("n3")
    for (let i = 0; i < 10; i++) {
      cluster.timeout("n3")
      cluster.beat("n1", 1)
    }
    cluster.cut()
    cluster.timeout("n3")
    cluster.settle()
    cluster.beat("n1", 1)
    for (const { id, currentTerm, leader: led } of cluster.nodes)
      same([currentTerm, led], [1, "n1"], `${cluster.story()}\nterm and leader of ${id}`)
  })

  check(
    "11f.35",
    [36, 37, 38],
    "when the leader is gone, another one is elected; it does not take long",
    () => {
      const cluster = led(["prevote"], { servers: 5 })
      cluster.cut("n1")
      for (const id of servers(5)) cluster.handle(id, quiet)
      cluster.handle("n2", timeout)
      cluster.settle()
      same(cluster.leader()?.id, "n2", `${cluster.story()}\nwho leads`)
      period(cluster)
      period(cluster)
      leads(cluster, false)
      cluster.cut()
      cluster.beat("n2")
      same(cluster.node("n1").leader, "n2", `${cluster.story()}\nn1's leader`)
      same(
        sentBy(cluster.handle("n1", requestVote("n3", "n1", 9))),
        [],
        `${cluster.story()}\nn1, which hears n2`,
      )
    },
  )

  check(
    "11f.36",
    [36, 37, 38, 39, 40, 41],
    "in random schedules",
    () => {
      forSeeds(11_600, 8, (seed) =>
        runFullSchedule({ seed, voters: seed % 2 ? 3 : 5, steps: 250, chapters: ["prevote"] }),
      )
    },
    { slow: 5 },
  )
})
