import { check, forSeeds, group, same } from "#suite"
import { endOf, servers } from "../cluster/build.ts"
import { FullCluster } from "./cluster.ts"
import { project, stepWith } from "./project.ts"
import { runFullSchedule } from "./schedule.ts"
import { Transfers } from "./transfers.ts"

/** n1 leads n2; n3 was cut off while so many commands were committed and compacted; then it comes back. */
function catchUp(commands: readonly string[]): FullCluster {
  const cluster = new FullCluster(servers(3), { step: stepWith(["snapshots"]) })
  cluster.elect("n1")
  cluster.cut("n3")
  for (const command of commands) cluster.propose("n1", command)
  cluster.beat("n1")
  cluster.compact("n1")
  cluster.compact("n2")
  cluster.cut()
  return cluster
}

function isLevel(cluster: FullCluster): void {
  const end = endOf(cluster.node("n1").log)
  const n3 = cluster.node("n3")
  same(
    [endOf(n3.log), n3.commitIndex, n3.lastApplied],
    [end, end, end],
    `${cluster.story()}\nend of n3's log, commitIndex, lastApplied`,
  )
}

group("11c", "Snapshots", () => {
  check("11c.40", [12, 13], "a server that was away catches up by the snapshot", () => {
    const cluster = catchUp(["a", "b", "c"])
    cluster.beat("n1", 8)
    isLevel(cluster)
    cluster.propose("n1", "d")
    cluster.beat("n1")
    isLevel(cluster)
    same(
      cluster.node("n3").snapshot.lastIncludedIndex >= 3,
      true,
      `${cluster.story()}\nwhether n3 has the snapshot`,
    )
  })

  check("11c.41", [12, 13, 17], "in parts, though every other message is lost", () => {
    const long = ["a", "b", "c", "d"].map((letter) => letter.repeat(project.maxPart - 1000))
    const cluster = catchUp(long)
    let count = 0
    for (let beats = 0; beats < 60 && cluster.node("n3").snapshot.lastIncludedIndex === 0; beats++) {
      cluster.heartbeat("n1")
      while (cluster.inFlight.length > 0) {
        if (count++ % 2 === 0) cluster.deliver()
        else cluster.lose(0)
        if (count % 7 === 0) cluster.deliverAgain(count % 3)
      }
    }
    cluster.beat("n1", 4)
    isLevel(cluster)
  })

  check("11c.42", [12, 15], "it may lead afterwards, and bring up others by that snapshot", () => {
    const cluster = catchUp(["a", "b", "c"])
    cluster.beat("n1", 8)
    isLevel(cluster)
    cluster.cut("n2")
    cluster.propose("n1", "d")
    cluster.beat("n1")
    cluster.restart("n3")
    cluster.compact("n1")
    cluster.cut()
    cluster.elect("n3")
    cluster.propose("n3", "e")
    cluster.beat("n3", 8)
    const end = endOf(cluster.node("n3").log)
    same(
      cluster.nodes.map(({ commitIndex }) => commitIndex),
      [end, end, end],
      `${cluster.story()}\neverybody's commitIndex`,
    )
  })

  check(
    "11c.43",
    [12, 13, 17],
    "random schedules: parts of several snapshots and leaders, lost, doubled and late",
    () => {
      forSeeds(11_300, 16, (seed) => {
        new Transfers(stepWith(["snapshots"]), seed).run(160)
      })
    },
  )

  check("11c.44", [10, 12, 14, 15], "random schedules of whole clusters", () => {
    forSeeds(11_330, 12, (seed) => {
      runFullSchedule({ seed, voters: 3, steps: 200, chapters: ["snapshots"] })
    })
  })

  check("11c.45", [10, 13], "random schedules in which members change as well", () => {
    forSeeds(11_360, 8, (seed) => {
      runFullSchedule({ seed, voters: 3, spare: 1, steps: 200, chapters: ["snapshots", "membership"] })
    })
  })
})
