import { check, group, same } from "#suite"
import { appendEntries, leader, logOf, requestVote } from "../cluster/build.ts"
import { alone, ignored, led, sentOf } from "./driven.ts"

import {
  quiet,
  undisturbed,
  asking,
  preVote,
  yes,
  confirm,
  append,
  install,
  isDeaf,
  hears,
  would,
} from "./asking.ts"

group("11f", "Deaf to elections", () => {
  check("11f.1", [36], "who hears a leader ignores RequestVote and PreVote, whatever their term", () => {
    const cluster = undisturbed({ log: logOf(1, 3) })
    cluster.handle("n1", appendEntries(leader("n2", { currentTerm: 5, log: logOf(1, 3) }), "n1", 2))
    isDeaf(cluster, "n1 hears its leader n2")
  })

  check("11f.2", [36], "a leader ignores them", () => {
    const cluster = led(["prevote"])
    isDeaf(cluster, "n1 leads")
    cluster.handle("n1", quiet)
    isDeaf(cluster, "n1 leads, and its timer runs")
  })

  check("11f.3", [36], "but not a RequestVote with `leadershipTransfer`: a follower gives its vote", () => {
    const cluster = undisturbed()
    cluster.handle("n1", append(5))
    const request = { ...requestVote("n3", "n1", 6), leadershipTransfer: true } as const
    const [answer] = sentOf(cluster.handle("n1", request), "RequestVoteResponse")
    same([answer?.term, answer?.voteGranted], [6, true], `${cluster.story()}\nterm and vote of its answer`)
  })

  check("11f.4", [36], "and a leader follows it into the new term", () => {
    const cluster = led(["prevote"])
    const { currentTerm: term } = cluster.node("n1")
    const request = { ...requestVote("n2", "n1", term + 1, 9, term), leadershipTransfer: true } as const
    cluster.handle("n1", request)
    const { role, currentTerm, votedFor } = cluster.node("n1")
    same([role, currentTerm, votedFor], ["follower", term + 1, "n2"], `${cluster.story()}\nn1 afterwards`)
  })

  check("11f.5", [37], "it ends with `minimumElectionTimeout`", () => {
    for (const event of [append(5), confirm(5), install(5)]) {
      const cluster = undisturbed()
      cluster.handle("n1", event)
      cluster.handle("n1", quiet)
      hears(cluster, `the shortest timeout has passed since ${event.type}`)
      const asked = undisturbed()
      asked.handle("n1", event)
      asked.handle("n1", quiet)
      would(asked, preVote("n3", 5, 6), true)
    }
  })

  check(
    "11f.6",
    [37],
    "a server that has just started hears a leader, until the shortest timeout has passed",
    () => {
      const cluster = alone(["prevote"])
      isDeaf(cluster, "n1 has just started")
      cluster.handle("n1", quiet)
      hears(cluster, "n1 started a shortest timeout ago")
    },
  )

  check("11f.7", [37], "after a crash as well", () => {
    const cluster = led(["prevote"])
    for (const id of ["n1", "n2"]) {
      cluster.handle(id, quiet)
      cluster.restart(id)
      const { currentTerm } = cluster.node(id)
      ignored(cluster, id, requestVote("n3", id, currentTerm + 1, 9, currentTerm), `${id} has come back`)
    }
  })

  check("11f.8", [37], "AppendEntries, InstallSnapshot and Confirm are heard, each of them", () => {
    for (const event of [append(5), confirm(5), install(5)]) {
      const cluster = undisturbed()
      cluster.handle("n1", event)
      isDeaf(cluster, `n1 has got ${event.type} of its term`)
    }
  })

  check("11f.9", [37], "of a newer term, too; also those that do not fit; also by a candidate", () => {
    for (const event of [append(7), confirm(7), install(7)]) {
      const cluster = undisturbed()
      cluster.handle("n1", event)
      same(cluster.node("n1").currentTerm, 7, `${cluster.story()}\nits term`)
      isDeaf(cluster, `n1 has got ${event.type} of a newer term`)
    }
    const behind = undisturbed()
    behind.handle("n1", appendEntries(leader("n2", { currentTerm: 5, log: logOf(5, 5, 5) }), "n1", 2))
    isDeaf(behind, "n1 lacks what comes before")
    const standing = asking()
    standing.handle("n1", yes("n3"))
    standing.handle("n1", append(6))
    isDeaf(standing, "n1 stood in the term that n2 leads")
  })

  check("11f.10", [37], "one of an older term is no leader's", () => {
    for (const event of [append(4), confirm(4), install(4)]) {
      const cluster = undisturbed()
      cluster.handle("n1", event)
      hears(cluster, `${event.type} came from an older term`)
    }
  })
})
