import { check, forSeeds, group, holds, same } from "#suite"
import type { Chapter } from "../../projects/11-the-rest-of-raft/contract.ts"
import { endOf, logOf, vote } from "../cluster/build.ts"
import { alone, ignored, led, resetsTimer, sentOf } from "./driven.ts"
import { runFullSchedule } from "./schedule.ts"

import { timeout, handOver, declinedBy, isDeclined, told, lagging, accepts, timeoutNow } from "./handing.ts"

group("11f", "Taking over", () => {
  check("11f.46", [45], "whoever gets TimeoutNow stands at once, and says why", () => {
    const cluster = alone(["transfer"], { log: logOf(1, 4), votedFor: "n2" })
    const effects = cluster.handle("n1", timeoutNow(5))
    const { currentTerm, role, votedFor } = cluster.node("n1")
    same([currentTerm, role, votedFor], [6, "candidate", "n1"], `${cluster.story()}\nterm, role and vote`)
    for (const to of ["n2", "n3"]) {
      const request = { term: 6, lastLogIndex: 2, lastLogTerm: 4, leadershipTransfer: true }
      same(
        sentOf(effects, "RequestVote", to).slice(0, 1),
        [request],
        `${cluster.story()}\nwhat ${to} is asked`,
      )
    }
    const all = sentOf(effects, "RequestVote").every((each) => "leadershipTransfer" in each)
    holds(all, cluster.story(), "all of them say that it was told to", "some do not")
    holds(resetsTimer(effects), cluster.story(), "it restarts its election timer", "it does not")
  })

  check("11f.47", [45], "without asking first, even if it has just heard the leader", () => {
    const cluster = alone(["prevote", "transfer"])
    const effects = cluster.handle("n1", timeoutNow(5))
    same(cluster.node("n1").currentTerm, 6, `${cluster.story()}\nits term`)
    same(sentOf(effects, "PreVote"), [], `${cluster.story()}\nwhom it asks first`)
    same(sentOf(effects, "RequestVote").length > 0, true, `${cluster.story()}\nit asks for votes`)
  })

  check(
    "11f.48",
    [45],
    "TimeoutNow of an older term is nothing; of a newer one, it stands in the one after",
    () => {
      const cluster = alone(["transfer"])
      ignored(cluster, "n1", timeoutNow(4), "the sender's time is over")
      cluster.handle("n1", timeoutNow(7))
      same(cluster.node("n1").currentTerm, 8, `${cluster.story()}\nits term`)
    },
  )

  check("11f.49", [45], "who times out by itself does not claim to have been told", () => {
    const cluster = alone(["transfer"])
    cluster.handle("n1", timeoutNow(5))
    const effects = cluster.handle("n1", timeout)
    const flags = sentOf(effects, "RequestVote").filter((each) => "leadershipTransfer" in each)
    same(
      flags.filter(({ leadershipTransfer }) => leadershipTransfer === true),
      [],
      `${cluster.story()}\nflags`,
    )
  })

  check(
    "11f.50",
    [36, 43, 45],
    "all together: the next term is the successor's, while all hear the leader",
    () => {
      const choices: readonly (readonly Chapter[])[] = [["transfer"], ["transfer", "prevote"]]
      for (const chapters of choices) {
        const cluster = led(chapters, { servers: 5 })
        const { currentTerm } = cluster.node("n1")
        lagging(cluster)
        handOver(cluster, "n2")
        cluster.beat("n1")
        cluster.beat("n2")
        for (const node of cluster.nodes)
          same(
            [node.currentTerm, node.leader, endOf(node.log)],
            [currentTerm + 1, "n2", endOf(cluster.node("n1").log)],
            `${cluster.story()}\nterm, leader and end of the log of ${node.id}`,
          )
        same(cluster.propose("n2", "x")[0]?.type, "accepted", `${cluster.story()}\nn2 takes proposals`)
      }
    },
  )

  check(
    "11f.51",
    [46],
    "what has come to nothing ends at the next `electionTimeout`, with `declined`",
    () => {
      for (const wasTold of [false, true]) {
        const cluster = led(["transfer"])
        lagging(cluster)
        handOver(cluster, "n2")
        if (wasTold) told(cluster)
        isDeclined(cluster, cluster.handle("n1", timeout))
        same(cluster.node("n1").role, "leader", `${cluster.story()}\nn1's role`)
        accepts(cluster, true)
        same(
          declinedBy(cluster.handle("n1", timeout)),
          [],
          `${cluster.story()}\ndeclined, when nothing is under way`,
        )
      }
    },
  )

  check("11f.52", [46], "with check-quorum, too: those who answer keep it a leader", () => {
    const cluster = led(["transfer", "prevote"])
    handOver(cluster, "n2")
    told(cluster)
    isDeclined(cluster, cluster.handle("n1", timeout))
    same(cluster.node("n1").role, "leader", `${cluster.story()}\nn1's role`)
    accepts(cluster, true)
  })

  check("11f.53", [46], "the election timer is restarted when a transfer begins, and only then", () => {
    const cluster = led(["transfer"])
    lagging(cluster)
    holds(!resetsTimer(handOver(cluster, "n9")), cluster.story(), "the timer goes on", "it is restarted")
    holds(resetsTimer(handOver(cluster, "n2")), cluster.story(), "the timer is restarted", "it is not")
    holds(!resetsTimer(handOver(cluster, "n3")), cluster.story(), "the timer goes on", "it is restarted")
  })

  check("11f.54", [42, 43, 46], "after that another one may begin, and the successor is told", () => {
    for (const to of ["n2", "n3"]) {
      const cluster = led(["transfer"])
      handOver(cluster, "n2")
      told(cluster)
      cluster.handle("n1", timeout)
      cluster.loseWhere(() => true)
      same(declinedBy(handOver(cluster, to)), [], `${cluster.story()}\nthe second transfer, declined`)
      same(told(cluster), [to], `${cluster.story()}\nwho is told to stand`)
      accepts(cluster, false)
    }
  })

  check("11f.55", [43, 46], "what is over is over: a successor that catches up later is not told", () => {
    const cluster = led(["transfer"])
    lagging(cluster)
    handOver(cluster, "n2")
    cluster.loseWhere(() => true)
    cluster.handle("n1", timeout)
    same(told(cluster), [], `${cluster.story()}\nwho is told to stand`)
  })

  check(
    "11f.56",
    [44, 46],
    "it ends when the leader does not lead any more: in its next term it takes proposals",
    () => {
      for (const wasTold of [false, true]) {
        const cluster = led(["transfer"])
        lagging(cluster)
        handOver(cluster, "n2")
        if (wasTold) told(cluster)
        cluster.handle("n1", vote("n3", "n1", cluster.node("n1").currentTerm + 1, false))
        cluster.loseWhere(() => true)
        cluster.elect("n1")
        accepts(cluster, true)
        same(told(cluster), [], `${cluster.story()}\nwho is told to stand`)
      }
    },
  )

  check(
    "11f.57",
    [42, 43, 44, 45, 46],
    "in random schedules",
    () => {
      const choices: readonly (readonly Chapter[])[] = [["transfer"], ["transfer", "prevote"]]
      forSeeds(11_640, 8, (seed) =>
        runFullSchedule({ seed, voters: 3, steps: 250, chapters: choices[seed % 2] ?? [] }),
      )
    },
    { slow: 5 },
  )
})
