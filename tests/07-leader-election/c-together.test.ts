import { check, forSeeds, group, holds, same } from "#suite"
import { endOf, logOf, server, servers } from "../cluster/build.ts"
import { Cluster } from "../cluster/cluster.ts"
import { runSchedule } from "../cluster/schedule.ts"
import { beat, commands, elect, quick } from "./project.ts"

function fresh(n: number): Cluster {
  const voters = servers(n)
  return new Cluster(
    quick,
    voters.map((id) => server(id, { voters })),
  )
}

/** Drops what is under way from one server to others. */
function silence(cluster: Cluster, from: string, ...to: readonly string[]): void {
  cluster.inFlight = cluster.inFlight.filter((message) => message.from !== from || !to.includes(message.to))
}

/** Delivers votes and what asks for them, nothing else. */
function voting(cluster: Cluster): void {
  const isVote = ({ type }: { readonly type: string }) =>
    type === "RequestVote" || type === "RequestVoteResponse"
  for (let at = cluster.inFlight.findIndex(isVote); at !== -1; at = cluster.inFlight.findIndex(isVote))
    cluster.deliver(at)
}

group("7g", "Together", () => {
  for (const [i, n] of [1, 2, 3, 4, 5, 7].entries()) {
    check(
      `7g.${String(i + 1)}`,
      [15, 23],
      `${String(n)} ${n === 1 ? "server" : "servers"}: one is elected, and leads`,
      () => {
        const cluster = fresh(n)
        elect(cluster, "n1")
        cluster.propose("n1", "set x 1")
        cluster.settleOrFail()
        beat(cluster, "n1")
        for (const node of cluster.nodes) {
          same(
            [commands(node), node.leader, node.commitIndex],
            [["set x 1"], "n1", endOf(node.log)],
            `n1 elected, a command, heartbeats\n${cluster.tell()}\ncommands, leader and commitIndex of ${node.id}`,
          )
        }
      },
    )
  }

  check("7g.7", [6, 10, 24], "a split vote elects nobody; the next term decides", () => {
    const cluster = fresh(4)
    cluster.timeout("n1")
    cluster.timeout("n2")
    // n3 hears n1 first, n4 hears n2 first
    for (const [from, to] of [
      ["n1", "n3"],
      ["n2", "n4"],
    ] as const) {
      const at = cluster.inFlight.findIndex((message) => message.from === from && message.to === to)
      cluster.deliver(at)
    }
    cluster.settleOrFail()
    same(
      cluster.leader(),
      undefined,
      `n1 and n2 stand in the same term, two votes each\n${cluster.tell()}\nwho leads`,
    )
    elect(cluster, "n2")
  })

  check("7g.8", [1, 4, 23], "a leader that was cut off comes back, and its entries go", () => {
    const cluster = fresh(3)
    elect(cluster, "n1")
    cluster.propose("n1", "kept")
    cluster.settleOrFail()
    beat(cluster, "n1", 2)
    cluster.cut("n1")
    cluster.propose("n1", "lost")
    cluster.settleOrFail()
    elect(cluster, "n2")
    cluster.propose("n2", "instead")
    cluster.settleOrFail()
    beat(cluster, "n2", 3)
    same(commands(cluster.node("n1")), ["kept", "lost"], `n1 cut off\n${cluster.tell()}\nthe commands of n1`)
    cluster.cut()
    cluster.heartbeat("n1")
    cluster.settleOrFail()
    beat(cluster, "n2", 8)
    for (const node of cluster.nodes) {
      same(
        [node.leader, commands(node), node.commitIndex],
        ["n2", ["kept", "instead"], endOf(node.log)],
        `the network heals\n${cluster.tell()}\nleader, commands and commitIndex of ${node.id}`,
      )
    }
  })

  check(
    "7g.9",
    [7, 8, 24],
    "a server that was cut off and has missed much cannot win, but another can",
    () => {
      const cluster = fresh(3)
      elect(cluster, "n1")
      cluster.cut("n3")
      cluster.propose("n1", "missed by n3")
      cluster.settleOrFail()
      beat(cluster, "n1", 3)
      for (let times = 0; times < 5; times++) cluster.timeout("n3")
      cluster.settleOrFail()
      cluster.cut()
      cluster.timeout("n3")
      cluster.settleOrFail()
      holds(
        cluster.node("n3").role !== "leader",
        `n3 stands without the committed entry\n${cluster.story()}`,
        "n3 does not lead",
        cluster.tell(),
      )
      same(cluster.leader(), undefined, `n3 stands in a newer term\n${cluster.tell()}\nwho leads`)
      elect(cluster, "n2")
      beat(cluster, "n2", 4)
      same(commands(cluster.node("n3")), ["missed by n3"], `n2 leads\n${cluster.tell()}\nthe commands of n3`)
    },
  )

  check("7g.10", [6, 23], "two candidates, a voter that crashes between them: it votes once", () => {
    const cluster = fresh(3)
    cluster.timeout("n1")
    silence(cluster, "n1", "n3")
    cluster.deliver() // n2 votes for n1
    cluster.restart("n2")
    cluster.timeout("n3")
    cluster.settleOrFail()
    same(
      cluster.node("n2").votedFor,
      "n1",
      `n2 votes for n1, crashes, and n3 stands in the same term\n${cluster.tell()}\nvotedFor of n2`,
    )
    holds(cluster.node("n3").role !== "leader", cluster.story(), "n3 does not lead", cluster.tell())
  })

  check("7g.11", [18, 23], "Figure 8, with elections: what can be overwritten is not committed", () => {
    const cluster = fresh(5)
    elect(cluster, "n1")
    cluster.propose("n1", "entry 1")
    cluster.settleOrFail()
    beat(cluster, "n1", 3)
    cluster.cut("n1", "n2") // (a) an entry that only n2 gets
    cluster.propose("n1", "of n1")
    cluster.settleOrFail()
    beat(cluster, "n1", 2)
    cluster.cut("n3", "n4", "n5") // (b) n5 is elected without them, and keeps its entry to itself
    cluster.restart("n1")
    cluster.timeout("n5")
    voting(cluster)
    cluster.propose("n5", "of n5")
    cluster.loseAll()
    cluster.restart("n5")
    cluster.cut("n1", "n2", "n3") // (c) n1 leads again, and brings n3 the old entry
    cluster.timeout("n1")
    cluster.settleOrFail()
    elect(cluster, "n1", 3) // its term may have been behind
    beat(cluster, "n1", 4)
    const before = cluster.history.committed
    cluster.restart("n1")
    cluster.cut("n2", "n3", "n4", "n5") // (d) n5 is elected by all but n1
    for (let times = 0; times < 3 && cluster.node("n5").role !== "leader"; times++) {
      cluster.timeout("n5")
      cluster.settleOrFail()
    }
    beat(cluster, "n5", 4)
    cluster.cut()
    const winner = cluster.leader()?.id ?? "n2"
    if (cluster.leader() === undefined) elect(cluster, winner, 6)
    cluster.propose(winner, "after all that")
    beat(cluster, winner, 8)
    holds(
      cluster.history.committed > before,
      `Figure 8, to its end\n${cluster.story()}`,
      "the last command committed",
      cluster.tell(),
    )
  })

  check("7g.12", [24], "a follower whose log conflicts is brought level by the leader it elects", () => {
    const voters = servers(3)
    const cluster = new Cluster(quick, [
      server("n1", { voters, currentTerm: 6, log: logOf(1, 1, 1, 5) }),
      server("n2", { voters, currentTerm: 6, log: logOf(1, 1, 2, 2, 2, 2) }),
      server("n3", { voters, currentTerm: 6, log: logOf(1) }),
    ])
    elect(cluster, "n1")
    cluster.propose("n1", "new")
    beat(cluster, "n1", 20)
    holds(cluster.isLevel(), cluster.story(), "all logs the same", cluster.tell())
    same(
      cluster.nodes.map(({ commitIndex }) => commitIndex),
      cluster.nodes.map(({ log }) => endOf(log)),
      `all is committed\n${cluster.tell()}\ncommitIndex of all`,
    )
  })

  check(
    "7g.19",
    [15, 17],
    "a step leaves nothing to do: running the rules again changes nothing",
    () => {
      forSeeds(7500, 25, (seed) => {
        runSchedule(quick, { seed, servers: 3, steps: 120, elections: "project", restful: true })
      })
    },
    { slow: 5 },
  )

  for (const [i, [n, seeds, steps]] of (
    [
      [3, 200, 250],
      [5, 200, 300],
      [4, 80, 250],
      [2, 20, 100],
      [1, 5, 40],
      [7, 20, 300],
    ] as const
  ).entries()) {
    check(
      `7g.${String(13 + i)}`,
      [5, 23, 24],
      `random schedules of ${String(n)} ${n === 1 ? "server" : "servers"}: Figure 3 holds at every step, and the cluster recovers`,
      () => {
        forSeeds(1000 * n, seeds, (seed) => {
          runSchedule(quick, { seed, servers: n, steps, elections: "project" })
        })
      },
      { slow: 5 },
    )
  }
})
