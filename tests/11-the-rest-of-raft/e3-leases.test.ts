import { check, forSeeds, group, holds, same } from "#suite"
import type { Chapter } from "../../projects/11-the-rest-of-raft/contract.ts"
import { vote } from "../cluster/build.ts"
import type { FullCluster } from "./cluster.ts"
import { isOf, led } from "./driven.ts"
import { project } from "./project.ts"
import { TimelyCluster } from "./timely.ts"

const isConfirm = isOf("Confirm")
const isTimeoutNow = isOf("TimeoutNow")

/** n1 leads, and a majority's word is good for 100 ms. */
function leased(chapters: readonly Chapter[] = ["reads"], lease: number | null = 100): FullCluster {
  return led(chapters, { lease })
}

/** A read that asks the majority, and is confirmed. */
function confirmed(cluster: FullCluster, now?: number): void {
  const read = cluster.read("n1", now)
  if (!cluster.inFlight.some(isConfirm)) cluster.heartbeat("n1")
  cluster.settle()
  same(
    cluster.machines.over.get(read) ?? "no answer yet",
    "readable",
    `${cluster.story()}\nread ${String(read)}`,
  )
}

/** Whether this read is answered without asking anybody. */
function isLeased(cluster: FullCluster, now: number | undefined, expected: boolean): void {
  const read = cluster.read("n1", now)
  const how = cluster.machines.over.get(read) ?? "no answer yet"
  const at = now === undefined ? "without its time" : `at ${String(now)}`
  same(
    how,
    expected ? "readable" : "no answer yet",
    `${cluster.story()}\na read ${at}, before anybody was asked`,
  )
}

/** Answers of n2 to all questions under way. */
function answer(cluster: FullCluster): void {
  if (!cluster.inFlight.some(isConfirm)) cluster.heartbeat("n1")
  cluster.deliverWhere((message) => isConfirm(message) && message.to === "n2")
  cluster.deliverWhere((message) => message.type === "ConfirmResponse")
}

function depose(cluster: FullCluster): void {
  cluster.handle("n1", vote("n3", "n1", cluster.node("n1").currentTerm + 1, false))
  cluster.loseWhere(() => true)
}

/** n2 is told to take over, and does not get to know it. */
function tellInVain(cluster: FullCluster): void {
  cluster.handle("n1", { type: "transferLeadership", to: "n2" })
  cluster.heartbeat("n1")
  cluster.deliverWhere((message) => !isTimeoutNow(message))
  holds(cluster.inFlight.some(isTimeoutNow), cluster.story(), "n2 is told to take over", "it is not")
}

group("11e", "Leases", () => {
  check(
    "11e.25",
    [35],
    "within the lease, reads are answered at once; at its end, and later, they are not",
    () => {
      const cluster = leased()
      confirmed(cluster, 1000)
      for (const now of [1000, 1001, 1050, 1099, 1099.5]) isLeased(cluster, now, true)
      isLeased(cluster, 1100, false)
      isLeased(cluster, 1101, false)
    },
  )

  check("11e.26", [35], "it is counted from the question, whenever the answer comes", () => {
    const cluster = leased()
    isLeased(cluster, 1000, false)
    // The answer comes at 1090, let us say: so a read of that time is there already.
    isLeased(cluster, 1090, false)
    answer(cluster)
    isLeased(cluster, 1150, false)
  })

  check("11e.27", [35], "those that waited for the next round have the next lease", () => {
    const cluster = leased()
    isLeased(cluster, 1000, false)
    isLeased(cluster, 1090, false)
    answer(cluster)
    cluster.heartbeat("n1")
    answer(cluster)
    isLeased(cluster, 1150, true)
    isLeased(cluster, 1189, true)
    isLeased(cluster, 1190, false)
  })

  check("11e.28", [35], "while the first round is under way, there is no lease yet", () => {
    const cluster = leased()
    isLeased(cluster, 1000, false)
    isLeased(cluster, 1001, false)
  })

  check("11e.29", [35], "what has ended is renewed by the next round", () => {
    const cluster = leased()
    confirmed(cluster, 1000)
    confirmed(cluster, 1200)
    isLeased(cluster, 1299, true)
    isLeased(cluster, 1300, false)
  })

  check("11e.30", [35], "neither reads within a lease nor heartbeats make it longer", () => {
    const cluster = leased()
    confirmed(cluster, 1000)
    for (const now of [1040, 1080, 1099]) isLeased(cluster, now, true)
    cluster.beat("n1")
    isLeased(cluster, 1120, false)
  })

  check("11e.31", [35], "without `now`, there is none: not for this read, and none comes of it", () => {
    const cluster = leased()
    confirmed(cluster)
    isLeased(cluster, 1, false)
    const other = leased()
    confirmed(other, 1000)
    isLeased(other, undefined, false)
  })

  check("11e.32", [35], "where `stepWith` was given none, there is none", () => {
    const cluster = leased(["reads"], null)
    confirmed(cluster, 1000)
    isLeased(cluster, 1000, false)
    isLeased(cluster, 1001, false)
  })

  check("11e.33", [35], "no majority, no lease", () => {
    const cluster = led(["reads"], { servers: 5, lease: 100 })
    isLeased(cluster, 1000, false)
    answer(cluster)
    isLeased(cluster, 1001, false)
  })

  check("11e.34", [35], "it ends with the term: whoever leads again must ask again", () => {
    const cluster = leased()
    confirmed(cluster, 1000)
    depose(cluster)
    cluster.elect("n1")
    cluster.beat("n1")
    isLeased(cluster, 1010, false)
    cluster.beat("n1")
    isLeased(cluster, 1020, true)
  })

  check("11e.35", [30, 35], "with a lease, too, an entry of its own term must be committed first", () => {
    const cluster = leased()
    depose(cluster)
    cluster.timeout("n1")
    cluster.deliverWhere((message) => message.type !== "AppendEntries")
    same(cluster.node("n1").role, "leader", `${cluster.story()}\nn1's role`)
    isLeased(cluster, 1000, false)
    cluster.heartbeat("n1")
    answer(cluster)
    isLeased(cluster, 1010, false)
    const early = cluster.read("n1", 1020)
    cluster.loseWhere((message) => isConfirm(message) || message.type === "ConfirmResponse")
    cluster.deliverWhere((message) => !isConfirm(message))
    cluster.heartbeat("n1")
    cluster.deliverWhere((message) => !isConfirm(message))
    same(cluster.machines.over.get(early), "readable", `${cluster.story()}\nthe read at 1020`)
  })

  check("11e.36", [35], "none in a term in which this leader told somebody to take over", () => {
    const cluster = leased(["reads", "transfer"])
    confirmed(cluster, 1000)
    tellInVain(cluster)
    isLeased(cluster, 1010, false)
  })

  check("11e.37", [35], "nor when the transfer has come to nothing: the other may stand yet", () => {
    const cluster = leased(["reads", "transfer"])
    confirmed(cluster, 1000)
    tellInVain(cluster)
    cluster.handle("n1", { type: "electionTimeout" })
    isLeased(cluster, 1010, false)
    cluster.heartbeat("n1")
    cluster.deliverWhere((message) => !isTimeoutNow(message))
    isLeased(cluster, 1020, false)
  })

  check("11e.38", [35], "in a later term, that is over", () => {
    const cluster = leased(["reads", "transfer"])
    tellInVain(cluster)
    depose(cluster)
    cluster.elect("n1")
    cluster.beat("n1")
    confirmed(cluster, 1000)
    isLeased(cluster, 1010, true)
  })

  check("11e.39", [35], "how long: less than the shortest timeout, as much as clocks may differ", () => {
    for (const [shortest, drift] of [
      [150, 0.1],
      [1000, 0.05],
      [300, 0.2],
      [150, 0],
    ] as const) {
      const lease = project.leaseFor(shortest, drift)
      const most = shortest / (1 + drift)
      holds(
        lease <= most + 1e-9 && lease >= most * (1 - 2 * drift) - 1e-9,
        `leaseFor(${String(shortest)}, ${String(drift)}): a clock that runs faster by ${String(drift * 100)} percent shows ${String(shortest)} ms after ${most.toFixed(2)} of ours`,
        `at most ${most.toFixed(2)}, and not much less`,
        String(lease),
      )
    }
  })

  check(
    "11e.40",
    [30, 35],
    "clocks that differ, leaders that are cut off and replaced: no read is stale",
    () => {
      forSeeds(11_540, 5, (seed) => {
        const timely = new TimelyCluster(3, seed)
        timely.run(1200)
      })
    },
    { slow: 5 },
  )

  check(
    "11e.41",
    [34],
    "clocks that differ: every read is answered in the end",
    () => {
      forSeeds(11_560, 1, (seed) => {
        const timely = new TimelyCluster(3, seed)
        timely.run(800)
        timely.calm()
        timely.run(1500)
        const { cluster, asked } = timely
        const open = [...asked.keys()].filter((read) => !cluster.machines.over.has(read))
        same(open, [], `${cluster.story()}\nreads that wait, a long time after all faults`)
      })
    },
    { slow: 5 },
  )
})
