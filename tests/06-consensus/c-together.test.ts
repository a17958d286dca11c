import { check, forSeeds, group, holds, same } from "#suite"
import { endOf, leader, logOf, server, servers } from "../cluster/build.ts"
import { Cluster } from "../cluster/cluster.ts"
import { enthrone, runSchedule } from "../cluster/schedule.ts"
import { quick } from "./project.ts"

/** Five servers with entry 1 committed everywhere, as at the start of Figure 8. */
function figure8(): Cluster {
  const voters = servers(5)
  const nodes = voters.map((id) =>
    server(id, { voters, currentTerm: 1, log: logOf(1), commitIndex: 1, lastApplied: 1 }),
  )
  return new Cluster(quick, nodes, "decree")
}

/** Lets only these servers hear each other, until nothing is under way; one heartbeat for a retry. */
function among(cluster: Cluster, leaderId: string, ...ids: readonly string[]): void {
  cluster.cut(...ids)
  cluster.settleOrFail()
  for (let round = 0; round < 4; round++) {
    cluster.heartbeat(leaderId)
    cluster.settleOrFail()
  }
  cluster.cut()
}

group("6d", "Together", () => {
  for (const [i, n] of [1, 2, 3, 4, 5, 7].entries()) {
    check(
      `6d.${String(i + 1)}`,
      [1, 11],
      `${String(n)} ${n === 1 ? "server" : "servers"}: commands are committed and applied everywhere`,
      () => {
        const voters = servers(n)
        const nodes = voters.map((id) =>
          id === "n1" ? leader(id, { voters }) : server(id, { voters, currentTerm: 1 }),
        )
        const cluster = new Cluster(quick, nodes)
        for (const command of ["set x 1", "set y 2", "set x 3"]) cluster.propose("n1", command)
        cluster.settleOrFail()
        for (let round = 0; round < 8; round++) {
          cluster.heartbeat("n1")
          cluster.settleOrFail()
        }
        for (const node of cluster.nodes) {
          same(
            [node.commitIndex, node.lastApplied],
            [3, 3],
            `three commands, then heartbeats\n${cluster.tell()}\ncommitIndex and lastApplied of ${node.id}`,
          )
        }
      },
    )
  }

  check("6d.7", [1, 11], "a minority that is cut off does not stop it, a majority does", () => {
    const voters = servers(5)
    const nodes = voters.map((id) =>
      id === "n1" ? leader(id, { voters }) : server(id, { voters, currentTerm: 1 }),
    )
    const cluster = new Cluster(quick, nodes)
    cluster.cut("n4", "n5")
    cluster.propose("n1", "with three of five")
    cluster.settleOrFail()
    for (let round = 0; round < 4; round++) cluster.heartbeat("n1")
    cluster.settleOrFail()
    same(
      cluster.node("n1").commitIndex,
      1,
      `n4 and n5 cut off, a command\n${cluster.tell()}\ncommitIndex of n1`,
    )
    cluster.cut("n1", "n2")
    cluster.propose("n1", "with two of five")
    for (let round = 0; round < 4; round++) {
      cluster.heartbeat("n1")
      cluster.settleOrFail()
    }
    same(
      cluster.node("n1").commitIndex,
      1,
      `only n2 hears n1, another command\n${cluster.tell()}\ncommitIndex of n1`,
    )
    cluster.cut()
    for (let round = 0; round < 8; round++) {
      cluster.heartbeat("n1")
      cluster.settleOrFail()
    }
    same(
      cluster.nodes.map(({ commitIndex }) => commitIndex),
      [2, 2, 2, 2, 2],
      `the network heals\n${cluster.tell()}\ncommitIndex of all`,
    )
  })

  check(
    "6d.8",
    [2, 11],
    "Figure 8: an older entry on a majority is not committed, and is overwritten",
    () => {
      const cluster = figure8()
      enthrone(cluster, "n1", ["n1", "n2", "n3"]) // (a) n1 leads in term 2 and brings an entry to n2 only
      cluster.loseAll()
      cluster.propose("n1", "of term 2")
      among(cluster, "n1", "n1", "n2")
      enthrone(cluster, "n5", ["n3", "n4", "n5"]) // (b) n5 leads in term 3, and keeps an entry to itself
      cluster.propose("n5", "of term 3")
      cluster.loseAll()
      enthrone(cluster, "n1", ["n1", "n2", "n3"]) // (c) n1 leads in term 4, and brings n3 the entry of term 2
      cluster.loseAll()
      among(cluster, "n1", "n1", "n2", "n3")
      same(
        endOf(cluster.node("n3").log),
        2,
        `Figure 8 (c)\n${cluster.tell()}\nthe last index of n3, which hears n1`,
      )
      same(
        cluster.node("n1").commitIndex,
        1,
        `Figure 8 (c): entry 2, of term 2, is on n1, n2 and n3, and n1 leads in term 4\n${cluster.tell()}\ncommitIndex of n1`,
      )
      enthrone(cluster, "n5", ["n2", "n3", "n4", "n5"]) // (d) n5 leads in term 5 and overwrites it everywhere
      cluster.propose("n5", "of term 5")
      for (let round = 0; round < 6; round++) {
        cluster.heartbeat("n5")
        cluster.settleOrFail()
      }
      holds(
        cluster.nodes.every(({ commitIndex }) => commitIndex === endOf(cluster.node("n5").log)),
        `Figure 8 (d)\n${cluster.story(4)}`,
        "everything that n5 has, committed everywhere",
        cluster.tell(),
      )
    },
  )

  check(
    "6d.9",
    [3, 11],
    "Figure 8, the other end: with an entry of its own term behind it, it is committed for good",
    () => {
      const cluster = figure8()
      enthrone(cluster, "n1", ["n1", "n2", "n3"])
      cluster.propose("n1", "of term 2")
      among(cluster, "n1", "n1", "n2")
      enthrone(cluster, "n5", ["n3", "n4", "n5"])
      cluster.propose("n5", "of term 3")
      cluster.loseAll()
      enthrone(cluster, "n1", ["n1", "n2", "n3"])
      cluster.propose("n1", "of term 4") // (e)
      among(cluster, "n1", "n1", "n2", "n3")
      same(
        cluster.node("n1").commitIndex,
        endOf(cluster.node("n1").log),
        `Figure 8 (e)\n${cluster.tell()}\ncommitIndex of n1`,
      )
      same(cluster.node("n1").lastApplied, cluster.node("n1").commitIndex, "Figure 8 (e): lastApplied of n1")
    },
  )

  check(
    "6d.13",
    [1, 8],
    "a step leaves nothing to do: running the rules again changes nothing",
    () => {
      forSeeds(6500, 25, (seed) => {
        runSchedule(quick, { seed, servers: 3, steps: 120, elections: "decree", restful: true })
      })
    },
    { slow: 5 },
  )

  for (const [i, n] of [3, 5, 4].entries()) {
    check(
      `6d.${String(10 + i)}`,
      [7, 11],
      `random schedules of ${String(n)} servers, leaders by decree: Figure 3 holds, and all is committed in the end`,
      () => {
        forSeeds(1000 * n, 120, (seed) => {
          runSchedule(quick, { seed, servers: n, steps: 200, elections: "decree" })
        })
      },
      { slow: 5 },
    )
  }
})
