import { check, forAll, group, holds, same } from "#suite"
import fc from "fast-check"
import { compacted, logOf, requestVote, servers } from "../cluster/build.ts"
import { resetsTimer, sentOf } from "./driven.ts"

import {
  quiet,
  timeout,
  undisturbed,
  asking,
  preVote,
  yes,
  confirm,
  append,
  install,
  hears,
  would,
  stands,
} from "./asking.ts"

group("11f", "Pre-vote", () => {
  check("11f.11", [38], "at `electionTimeout` a server asks all others that have a vote", () => {
    const log = logOf(1, 3, 3)
    const cluster = undisturbed({ log, votedFor: "n3", voters: servers(5) })
    const effects = cluster.handle("n1", timeout)
    for (const to of ["n2", "n3", "n4", "n5"]) {
      const question = { term: 5, proposedTerm: 6, lastLogIndex: 3, lastLogTerm: 3, from: "n1", to }
      same(sentOf(effects, "PreVote", to).slice(0, 1), [question], `${cluster.story()}\nwhat ${to} is asked`)
    }
    same(
      sentOf(effects, "PreVote").every(({ to }) => to !== "n1"),
      true,
      `${cluster.story()}\nit does not ask itself`,
    )
    holds(resetsTimer(effects), cluster.story(), "it restarts its election timer", "it does not")
  })

  check("11f.12", [38], "its term and its vote stay as they are, however often it asks", () => {
    const cluster = undisturbed({ votedFor: "n3" })
    for (let i = 0; i < 4; i++) {
      const effects = cluster.handle("n1", timeout)
      same(sentOf(effects, "RequestVote"), [], `${cluster.story()}\nvotes that it asks for`)
      const { currentTerm, votedFor } = cluster.node("n1")
      same([currentTerm, votedFor], [5, "n3"], `${cluster.story()}\nits term and vote`)
    }
  })

  check("11f.13", [38], "a candidate that has not been elected asks as well, for the next term", () => {
    const cluster = asking()
    cluster.handle("n1", yes("n3"))
    const [question] = sentOf(cluster.handle("n1", timeout), "PreVote")
    same([question?.term, question?.proposedTerm], [6, 7], `${cluster.story()}\nterm and proposed term`)
    same(cluster.node("n1").currentTerm, 6, `${cluster.story()}\nits term`)
  })

  check("11f.14", [38], "when a majority would vote for it, it stands for election", () => {
    const cluster = asking({ log: logOf(1, 3), votedFor: "n3" })
    const effects = cluster.handle("n1", yes("n3"))
    stands(cluster, true)
    const { currentTerm, votedFor } = cluster.node("n1")
    same([currentTerm, votedFor], [6, "n1"], `${cluster.story()}\nits term and vote`)
    const ballots = sentOf(effects, "RequestVote").map((request) => [
      request.to,
      request.term,
      request.lastLogIndex,
    ])
    same(
      ballots.slice(0, 2).sort(),
      [
        ["n2", 6, 2],
        ["n3", 6, 2],
      ],
      `${cluster.story()}\nwhom it asks for a vote`,
    )
    const flags = sentOf(effects, "RequestVote").filter((request) => "leadershipTransfer" in request)
    same(
      flags,
      [],
      `${cluster.story()}
those that say it was told to stand`,
    )
    holds(resetsTimer(effects), cluster.story(), "it restarts its election timer", "it does not")
  })

  check(
    "11f.15",
    [38],
    "two of five are no majority, nor one that says it twice, nor those without a vote",
    () => {
      const cluster = asking({ voters: servers(5) })
      for (const from of ["n3", "n3", "n8", "n9"]) cluster.handle("n1", yes(from))
      stands(cluster, false)
      cluster.handle("n1", yes("n4", 6, 5, false))
      stands(cluster, false)
      cluster.handle("n1", yes("n5"))
      stands(cluster, true)
    },
  )

  check("11f.16", [38], "half is not enough, and who has the only vote asks nobody", () => {
    const four = asking({ voters: servers(4) })
    four.handle("n1", yes("n2"))
    stands(four, false)
    four.handle("n1", yes("n3"))
    stands(four, true)
    const one = asking({ voters: ["n1"] })
    same([one.node("n1").role, one.node("n1").currentTerm], ["leader", 6], `${one.story()}\nrole and term`)
  })

  check("11f.17", [38], "in a joint configuration, both majorities", () => {
    for (const [first, then] of [
      [["n2", "n3"], "n5"],
      [["n4", "n5"], "n2"],
    ] as const) {
      const cluster = asking({ voters: ["n1", "n4", "n5"], oldVoters: ["n1", "n2", "n3"] })
      for (const from of first) cluster.handle("n1", yes(from))
      stands(cluster, false)
      cluster.handle("n1", yes(then))
      stands(cluster, true)
    }
  })

  check("11f.18", [39], "an answer changes nothing in the one who gives it", () => {
    const cluster = undisturbed({ log: logOf(1, 3) })
    for (let i = 0; i < 2; i++) {
      would(cluster, preVote("n2", 5, 6, logOf(1, 3)), true)
      would(cluster, preVote("n3", 5, 6, logOf(1, 3, 3)), true)
      would(cluster, preVote("n2", 5, 6, logOf(1)), false)
    }
    hears(cluster, "n1 has only said for whom it would vote")
  })

  check("11f.19", [39], "to whom it has given its vote does not matter", () => {
    would(undisturbed({ votedFor: "n3" }), preVote("n2", 5, 6), true)
    const cluster = asking()
    cluster.handle("n1", yes("n3"))
    would(cluster, preVote("n2", 6, 7), true)
  })

  check(
    "11f.20",
    [39],
    "yes only for a term newer than its own, and only for a log that is up to date",
    () => {
      const log = logOf(1, 3, 3)
      would(undisturbed({ log }), preVote("n2", 5, 5, log), false)
      would(undisturbed({ log }), preVote("n2", 5, 6, log), true)
      would(undisturbed({ log }), preVote("n2", 5, 6, logOf(1, 3)), false)
      would(undisturbed({ log }), preVote("n2", 5, 6, logOf(1, 2, 2, 2, 2)), false)
      would(undisturbed({ log }), preVote("n2", 5, 6, logOf(4)), true)
      would(undisturbed({ log }), preVote("n2", 5, 6, compacted(7, 3)), true)
    },
  )

  check("11f.21", [39], "for any two logs", () => {
    const terms = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 5 }).map((ups) => {
      let term = 1
      return ups.map((up) => (term += up))
    })
    forAll(
      fc.tuple(terms, terms),
      ([mine, theirs]) => {
        const [ours, their] = [mine.at(-1) ?? 0, theirs.at(-1) ?? 0]
        const upToDate = their > ours || (their === ours && theirs.length >= mine.length)
        const cluster = undisturbed({ currentTerm: 9, log: logOf(...mine) })
        would(cluster, preVote("n2", 9, 10, logOf(...theirs)), upToDate)
      },
      ([mine, theirs]) => `a server with terms ${String(mine)}, asked by one with ${String(theirs)}`,
      60,
    )
  })

  check("11f.22", [39], "who asks from an older term is told the newer one, and takes it", () => {
    const cluster = undisturbed()
    would(cluster, preVote("n2", 3, 4), false)
    would(cluster, preVote("n2", 4, 5, logOf(4, 4)), false)
    const late = asking({ currentTerm: 4 })
    late.handle("n1", yes("n2", 5, 8, false))
    same(late.node("n1").currentTerm, 8, `${late.story()}\nits term`)
  })

  check("11f.23", [40], "answers to an older question do not count", () => {
    const cluster = asking({ voters: servers(5) })
    cluster.handle("n1", yes("n2"))
    cluster.handle("n1", requestVote("n3", "n1", 8))
    cluster.handle("n1", yes("n4", 6, 8))
    cluster.handle("n1", yes("n5", 6, 8))
    stands(cluster, false)
    cluster.handle("n1", timeout)
    for (const from of ["n2", "n3", "n4", "n5"]) cluster.handle("n1", yes(from, 6, 8))
    cluster.handle("n1", yes("n4", 9, 8))
    stands(cluster, false)
    cluster.handle("n1", yes("n5", 9, 8))
    stands(cluster, true)
  })

  check("11f.24", [40], "hearing a leader ends it, whichever way, also when it is silent afterwards", () => {
    for (const event of [append(5), confirm(5), install(5)]) {
      const cluster = asking()
      cluster.handle("n1", event)
      cluster.handle("n1", yes("n3"))
      stands(cluster, false)
      cluster.handle("n1", quiet)
      cluster.handle("n1", yes("n2"))
      stands(cluster, false)
    }
  })

  check("11f.25", [40], "who has not asked does not stand, and who stands does not stand again", () => {
    const cluster = undisturbed()
    for (const from of ["n2", "n3"]) cluster.handle("n1", yes(from))
    stands(cluster, false)
    const standing = asking({ voters: servers(5) })
    for (const from of ["n2", "n3"]) standing.handle("n1", yes(from))
    stands(standing, true)
    for (const from of ["n4", "n5"]) standing.handle("n1", yes(from, 6, 5))
    for (const from of ["n4", "n5"]) standing.handle("n1", yes(from, 6, 6))
    for (const from of ["n2", "n3", "n4"]) standing.handle("n1", yes(from, 7, 6))
    same(standing.node("n1").currentTerm, 6, `${standing.story()}\nits term`)
  })
})
