import { check, fail, forSeeds, group, holds, same, show } from "#suite"
import { endOf, logOf, server, servers } from "../cluster/build.ts"
import type { Cluster } from "../cluster/cluster.ts"
import { Random } from "../cluster/random.ts"
import { bringLevel, led, project, quick } from "./project.ts"

/** The leader and the followers of Figure 7, in term 8. */
const figure7: readonly (readonly number[])[] = [
  [1, 1, 1, 4, 4, 5, 5, 6, 6, 6],
  [1, 1, 1, 4, 4, 5, 5, 6, 6],
  [1, 1, 1, 4],
  [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
  [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
  [1, 1, 1, 4, 4, 4, 4],
  [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
]

/** Those of Figure 6, in term 3. */
const figure6: readonly (readonly number[])[] = [
  [1, 1, 1, 2, 3, 3, 3, 3],
  [1, 1, 1, 2, 3],
  [1, 1, 1, 2, 3, 3, 3, 3],
  [1, 1],
  [1, 1, 1, 2, 3, 3, 3],
]

function clusterOf(logs: readonly (readonly number[])[], currentTerm: number): Cluster {
  const names = servers(logs.length)
  const nodes = names.map((id, i) =>
    server(id, { voters: names, currentTerm, log: logOf(...(logs[i] ?? [])) }),
  )
  return led("n1", nodes)
}

/** The histories of a leader and a follower that share a beginning, as in any Raft cluster. */
function randomLogs(random: Random): readonly (readonly number[])[] {
  const shared = rising(random, 1, 12)
  const top = shared.at(-1) ?? 1
  // Terms alternate between the two: nobody else's entries have the same term (Election Safety).
  const leads = rising(random, top + 1, 10).map((term) => 2 * term)
  const lags = rising(random, top + 1, 10).map((term) => 2 * term + 1)
  return [
    [...shared, ...leads],
    [...shared.slice(0, random.below(shared.length + 1)), ...(random.chance(0.5) ? lags : [])],
  ]
}

function rising(random: Random, from: number, most: number): readonly number[] {
  let term = from
  return Array.from({ length: random.below(most) }, () => (term += random.chance(0.3) ? 1 : 0))
}

/** Makes the network lose, double and reorder what it carries while the leader's heartbeats and proposals go on. */
function badWeather(cluster: Cluster, random: Random, steps: number): void {
  for (let step = 0; step < steps; step++) {
    const at = random.chance(0.5) ? 0 : random.below(Math.max(1, cluster.inFlight.length))
    const dice = random.next()
    if (dice < 0.15) cluster.heartbeat("n1")
    else if (dice < 0.25) cluster.propose("n1", `command ${String(step)}`)
    else if (dice < 0.4 || cluster.inFlight.length > 60) cluster.lose(at)
    else cluster.deliver(at, { keep: dice < 0.5 })
  }
}

group("5g", "Together", () => {
  check("5g.1", [21], "a command goes from the leader to every follower", () => {
    for (const n of [2, 3, 5]) {
      const names = servers(n)
      const cluster = led(
        "n1",
        names.map((id) => server(id, { voters: names, currentTerm: 1 })),
      )
      cluster.propose("n1", "set x 1")
      cluster.propose("n1", "set y 2")
      bringLevel(cluster, "n1")
      for (const node of cluster.nodes) {
        same(
          node.log.entries.map(({ command }) => command).filter((command) => command !== null),
          ["set x 1", "set y 2", "one more"],
          `three commands in a cluster of ${String(n)}: the log of ${node.id}`,
        )
      }
    }
  })

  check("5g.2", [21], "the followers of Figure 6 are brought level", () => {
    bringLevel(clusterOf(figure6, 3), "n1")
  })

  for (const [i, log] of figure7.slice(1).entries()) {
    const name = "abcdef"[i] ?? ""
    check(`5g.${String(3 + i)}`, [21], `follower (${name}) of Figure 7 is brought level`, () => {
      const cluster = clusterOf([figure7[0] ?? [], log], 8)
      bringLevel(cluster, "n1")
      const wanted = [...(figure7[0] ?? []), 8]
      const got = cluster
        .node("n2")
        .log.entries.filter(({ command }) => command !== null)
        .map(({ term }) => term)
      same(
        got,
        wanted,
        `the leader of Figure 7 and follower (${name}): the follower's terms after one more command in term 8`,
      )
    })
  }

  check("5g.9", [21], "all of Figure 7 at once, while clients go on", () => {
    const cluster = clusterOf(figure7, 8)
    for (let command = 0; command < 5; command++) {
      cluster.propose("n1", `command ${String(command)}`)
      cluster.deliver()
    }
    bringLevel(cluster, "n1")
  })

  check("5g.10", [21], "a follower that is hundreds of entries behind catches up", () => {
    const long = Array.from({ length: 350 }, (_, i) => 1 + Math.floor(i / 50))
    bringLevel(clusterOf([long, []], 9), "n1", 400)
    bringLevel(clusterOf([long, long.slice(0, 340)], 9), "n1", 400)
  })

  check("5g.11", [8, 21], "what is lost is sent again", () => {
    const names = servers(3)
    const cluster = led(
      "n1",
      names.map((id) => server(id, { voters: names, currentTerm: 1 })),
    )
    cluster.settleOrFail()
    for (let command = 0; command < 10; command++) {
      cluster.propose("n1", `command ${String(command)}`)
      cluster.loseAll()
    }
    bringLevel(cluster, "n1")
    cluster.propose("n1", "and one more")
    cluster.settleOrFail()
    cluster.heartbeat("n1")
    cluster.loseAll() // the answers this time
    bringLevel(cluster, "n1")
  })

  check("5g.12", [15, 17, 21], "old answers that come at the end do no harm", () => {
    const cluster = clusterOf(figure7.slice(0, 4), 8)
    const late = []
    for (let round = 0; round < 40; round++) {
      const answers = cluster.inFlight.filter(({ type }) => type === "AppendEntriesResponse")
      late.push(...answers)
      if (cluster.inFlight.length === 0) cluster.heartbeat("n1")
      cluster.deliver()
    }
    bringLevel(cluster, "n1")
    for (const message of late) if (message.to === "n1") cluster.handle("n1", message)
    const { nextIndex, matchIndex, log } = cluster.node("n1")
    for (const id of ["n2", "n3", "n4"]) {
      holds(
        (nextIndex[id] ?? 0) > (matchIndex[id] ?? 0) && (matchIndex[id] ?? 0) <= endOf(log),
        `three followers of Figure 7 level, then every old answer once more\n${cluster.story(4)}`,
        `nextIndex of ${id} above its matchIndex`,
        show({ nextIndex: nextIndex[id], matchIndex: matchIndex[id] }),
      )
    }
    bringLevel(cluster, "n1")
  })

  check(
    "5g.13",
    [20, 21],
    "a hundred pairs of logs, over a network that loses, doubles and reorders",
    () => {
      forSeeds(5000, 100, (seed) => {
        const random = new Random(seed)
        const [mine = [], theirs = []] = randomLogs(random)
        const cluster = clusterOf([mine, theirs], 99)
        badWeather(cluster, random, 60)
        bringLevel(cluster, "n1", 100)
      })
    },
    { slow: 5 },
  )

  check(
    "5g.14",
    [20, 21],
    "clusters of five, over such a network, with followers that crash",
    () => {
      forSeeds(5000, 60, (seed) => {
        const random = new Random(seed)
        const [mine = [], theirs = []] = randomLogs(random)
        const cluster = clusterOf([mine, theirs, [], [], mine.slice(0, 3)], 99)
        for (let part = 0; part < 4; part++) {
          badWeather(cluster, random, 30)
          cluster.restart(random.pick(["n2", "n3", "n4"]))
        }
        bringLevel(cluster, "n1", 100)
      })
    },
    { slow: 5 },
  )

  check("5g.15", [19], "when all are level, the cluster comes to rest", () => {
    const cluster = clusterOf(figure6, 3)
    bringLevel(cluster, "n1")
    cluster.heartbeat("n1")
    cluster.settleOrFail()
    same(cluster.inFlight.length, 0, "messages under way")
  })

  check(
    "5g.16",
    [20],
    "a server's state is plain data: written as JSON and read again, it goes on as if nothing had been",
    () => {
      const cluster = clusterOf(figure6, 3)
      for (let moves = 0; moves < 30 && cluster.inFlight.length > 0; moves++) {
        const message = cluster.inFlight[0]
        if (!message || message.type === "RequestVote" || message.type === "RequestVoteResponse") {
          fail("broken", "a message that has nothing to do with replication")
        }
        const node = cluster.node(message.to)
        const again = JSON.parse(JSON.stringify(node)) as typeof node
        const [direct, copied] = [quick.step(node, message), quick.step(again, message)]
        same(
          JSON.stringify(copied.state),
          JSON.stringify(direct.state),
          `${cluster.story(3)}\nthe state after ${message.type}, of a server stored as JSON and loaded`,
        )
        same(copied.effects, direct.effects, "the effects, of a server stored as JSON and loaded")
        cluster.deliver()
      }
      same(project.maxEntries, 100, "maxEntries")
    },
  )
})
