import { check, group, same } from "#suite"
import { accepted, appendEntries, endOf, servers } from "../cluster/build.ts"
import { led, sentOf } from "./driven.ts"

import { isTimeoutNow, handOver, declinedBy, isDeclined, told, lagging, accepts } from "./handing.ts"

group("11f", "Transfer", () => {
  check("11f.37", [42], "only a leader hands over", () => {
    const cluster = led(["transfer"])
    isDeclined(cluster, handOver(cluster, "n3", "n2"))
    isDeclined(cluster, handOver(cluster, "n2", "n2"))
    isDeclined(cluster, handOver(cluster, "n1", "n2"))
    same(cluster.inFlight, [], `${cluster.story()}\nwhat was sent`)
  })

  check(
    "11f.38",
    [42],
    "to another server that has a vote: not to itself, not to one that only looks on",
    () => {
      const cluster = led(["transfer"], { servers: 4, voters: servers(3) })
      for (const to of ["n1", "n4", "n9", ""]) {
        isDeclined(cluster, handOver(cluster, to))
        same(told(cluster), [], `${cluster.story()}\nwho is told to stand`)
        accepts(cluster, true)
      }
    },
  )

  check("11f.39", [42], "one at a time: the second is declined, and the first goes on", () => {
    for (const second of ["n3", "n2"]) {
      const cluster = led(["transfer"])
      lagging(cluster)
      same(declinedBy(handOver(cluster, "n2")), [], `${cluster.story()}\nthe first`)
      isDeclined(cluster, handOver(cluster, second))
      same(told(cluster), ["n2"], `${cluster.story()}\nwho is told to stand`)
    }
  })

  check("11f.40", [43], "a successor that has the whole log is told to stand", () => {
    const cluster = led(["transfer"])
    const effects = handOver(cluster, "n2")
    same(declinedBy(effects), [], `${cluster.story()}\nreasons to decline`)
    same(told(cluster), ["n2"], `${cluster.story()}\nwho is told to stand`)
    const message = cluster.inFlight.find(isTimeoutNow)
    const term = cluster.node("n1").currentTerm
    same(message, { type: "TimeoutNow", from: "n1", to: "n2", term }, `${cluster.story()}\nwhat it is told`)
  })

  check(
    "11f.41",
    [43],
    "one that lacks entries is not, before it has them: even if they are committed",
    () => {
      const cluster = led(["transfer"])
      lagging(cluster, 2)
      const { log, commitIndex, currentTerm } = cluster.node("n1")
      same(commitIndex, endOf(log), `${cluster.story()}\nn1's commitIndex`)
      const sent = sentOf(handOver(cluster, "n2"), "TimeoutNow")
      same(sent, [], `${cluster.story()}\nTimeoutNow`)
      cluster.loseWhere(() => true)
      cluster.handle("n2", appendEntries(cluster.node("n1"), "n2", endOf(log) - 2, 1))
      cluster.handle("n1", accepted("n3", "n1", currentTerm, endOf(log)))
      cluster.deliverWhere(({ type }) => type === "AppendEntriesResponse")
      same(cluster.inFlight.some(isTimeoutNow), false, `${cluster.story()}\nn2, which lacks one, is told`)
      same(told(cluster), ["n2"], `${cluster.story()}\nwho is told to stand, when all has arrived`)
    },
  )

  check("11f.42", [43], "what is not committed is part of the log", () => {
    const cluster = led(["transfer"])
    cluster.propose("n1", "under way")
    cluster.loseWhere(() => true)
    const effects = handOver(cluster, "n2")
    same(sentOf(effects, "TimeoutNow"), [], `${cluster.story()}\nTimeoutNow`)
    same(told(cluster), ["n2"], `${cluster.story()}\nwho is told to stand, when all has arrived`)
    const { log } = cluster.node("n2")
    same(endOf(log), endOf(cluster.node("n1").log), `${cluster.story()}\nwhere n2's log ends`)
  })

  check("11f.43", [43], "once, whatever it answers afterwards", () => {
    const cluster = led(["transfer"])
    handOver(cluster, "n2")
    for (let i = 0; i < 3; i++) same(told(cluster), ["n2"], `${cluster.story()}\nhow often it is told`)
  })

  check(
    "11f.44",
    [44],
    "meanwhile no proposal is taken, and no leader named: before it is told, and after",
    () => {
      const cluster = led(["transfer"])
      accepts(cluster, true)
      cluster.beat("n1")
      lagging(cluster)
      handOver(cluster, "n2")
      const before = endOf(cluster.node("n1").log)
      accepts(cluster, false)
      told(cluster)
      accepts(cluster, false)
      same(endOf(cluster.node("n1").log), before, `${cluster.story()}\nwhere its log ends`)
    },
  )

  check("11f.45", [44], "others answer as ever: with the leader's name", () => {
    const cluster = led(["transfer"])
    handOver(cluster, "n2")
    const refused = [{ type: "refused", leader: "n1" }]
    same(cluster.propose("n3", "x"), refused, `${cluster.story()}\nn3's answer`)
  })
})
