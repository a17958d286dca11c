import { check, forAll, forSeeds, group, holds, same, show } from "#suite"
import type { AppendEntries, Conflict, Index, Log, Term } from "../../projects/03-planning/contract.ts"
import { compacted, entries, logOf } from "../cluster/build.ts"
import { runFullSchedule } from "./schedule.ts"
import { messages, only, refusal, Server } from "./server.ts"
import { refusals, twoLogs } from "./walking-back.ts"

const backtracking = ["backtracking"] as const

/** An AppendEntries from n2, in term 5 unless told otherwise. */
function appends(prevLogIndex: Index, prevLogTerm: Term, fields: Partial<AppendEntries> = {}): AppendEntries {
  const envelope = { from: "n2", to: "n1", term: 5 }
  const what = { prevLogIndex, prevLogTerm, entries: [], leaderCommit: 0 }
  return { type: "AppendEntries", ...envelope, ...what, ...fields }
}

/** What a follower says of its log when an AppendEntries does not fit. */
function conflictOf(log: Log, prevLogIndex: Index, prevLogTerm: Term): Conflict | undefined {
  const n1 = new Server(backtracking, { term: 5, log })
  const effects = n1.handle(appends(prevLogIndex, prevLogTerm))
  const answer = only(messages(effects, "AppendEntriesResponse"), n1.story, "one answer")
  same(answer.success, false, `${n1.story}\nwhether it is a success`)
  return answer.conflict
}

/** The leader n1 in term 9 with this log; n2 has answered nothing yet. */
function leading(log: Log): Server {
  const n1 = new Server(backtracking, { term: 8, log })
  n1.elect()
  return n1
}

/** Where the leader's next try begins, after a refusal to its first message. */
function nextTry(log: Log, conflict: Conflict): Index | undefined {
  const n1 = leading(log)
  const effects = n1.refusal("n2", conflict)
  const [first] = messages(effects, "AppendEntries", "n2")
  return first && first.prevLogIndex + 1
}

const tries = (log: Log, conflict: Conflict, expected: Index): void => {
  const terms = log.entries.map(({ term }) => term).join(" ")
  same(
    nextTry(log, conflict),
    expected,
    `a leader whose log has the terms ${terms}; n2 refuses its first message with ${show(conflict)}: where the next try begins`,
  )
}

group("11b", "Fast backtracking", () => {
  check("11b.1", [7], "a refusal names the term that is there, and where it begins", () => {
    same(conflictOf(logOf(1, 1, 2, 2, 2, 3), 5, 4), { term: 2, index: 3 }, "terms 1 1 2 2 2 3; asked at 5")
    same(conflictOf(logOf(1, 1, 2, 2, 2, 3), 6, 4), { term: 3, index: 6 }, "terms 1 1 2 2 2 3; asked at 6")
    same(conflictOf(logOf(1, 1, 2, 2, 2, 3), 3, 1), { term: 2, index: 3 }, "terms 1 1 2 2 2 3; asked at 3")
  })

  check("11b.2", [7], "also where it begins with the log", () => {
    same(conflictOf(logOf(1, 1, 1, 1), 4, 4), { term: 1, index: 1 }, "terms 1 1 1 1; asked at 4")
    same(conflictOf(logOf(2), 1, 4), { term: 2, index: 1 }, "one entry of term 2; asked at 1")
  })

  check("11b.3", [7], "where nothing is, it names the end of the log", () => {
    same(conflictOf(logOf(1, 1, 2), 9, 4), { term: null, index: 4 }, "three entries; asked at 9")
    same(conflictOf(logOf(1, 1, 2), 4, 4), { term: null, index: 4 }, "three entries; asked at 4")
    same(conflictOf(logOf(), 7, 4), { term: null, index: 1 }, "an empty log; asked at 7")
  })

  check("11b.4", [7], "where the log's beginning is gone", () => {
    same(conflictOf(compacted(4, 2, 3, 3, 3), 7, 4), { term: 3, index: 5 }, "base 4, then 3 3 3; asked at 7")
    same(conflictOf(compacted(4, 2, 3), 9, 4), { term: null, index: 6 }, "base 4, then 3; asked at 9")
    same(conflictOf(compacted(4, 2), 9, 4), { term: null, index: 5 }, "base 4, nothing behind; asked at 9")
    const conflict = conflictOf(compacted(4, 2, 2, 2, 3), 6, 4)
    holds(
      conflict?.term === 2 && (conflict.index === 4 || conflict.index === 5),
      "base 4 of term 2, then 2 2 3; asked at 6",
      "term 2, from the first one that is left on (5; the base, 4, does as well)",
      show(conflict),
    )
  })

  check("11b.5", [7], "from the leader of a newer term, too, and to a candidate", () => {
    for (const candidate of [false, true]) {
      const n1 = new Server(backtracking, { term: 5, log: logOf(1, 2, 2) })
      if (candidate) n1.handle({ type: "electionTimeout" })
      const effects = n1.handle(appends(3, 6, { term: candidate ? 6 : 7 }))
      const answer = only(messages(effects, "AppendEntriesResponse"), n1.story, "one answer")
      same(answer.conflict, { term: 2, index: 2 }, `${n1.story}\nthe conflict`)
    }
  })

  check("11b.6", [8], "all else in a refusal is as it was: the answer, the log, the timer", () => {
    const n1 = new Server(backtracking, { term: 5, log: logOf(1, 1, 2) })
    const before = n1.node.log
    const effects = n1.handle(appends(3, 4, { entries: entries(4, [4]), leaderCommit: 4 }))
    const answer = only(messages(effects, "AppendEntriesResponse"), n1.story, "one answer")
    same(
      answer,
      { from: "n1", to: "n2", term: 5, success: false, matchIndex: 0 },
      `${n1.story}\nthe answer, but for the conflict`,
    )
    same(n1.node.log, before, `${n1.story}\nthe log`)
    same([n1.node.leader, n1.node.commitIndex], ["n2", 0], `${n1.story}\nleader and commitIndex`)
    same(
      effects.filter(({ type }) => type === "resetElectionTimer").length > 0,
      true,
      `${n1.story}\nthe timer`,
    )
  })

  check("11b.7", [8], "a success has no conflict, and neither has a vote that is not given", () => {
    const n1 = new Server(backtracking, { term: 5, log: logOf(1, 1, 2) })
    const first = n1.handle(appends(3, 2, { entries: entries(4, [4]) }))
    const again = n1.handle(appends(4, 4))
    const ballot = { lastLogIndex: 0, lastLogTerm: 0 }
    const refused = n1.handle({ type: "RequestVote", from: "n3", to: "n1", term: 5, ...ballot })
    for (const answer of [
      ...messages(first, "AppendEntriesResponse"),
      ...messages(again, "AppendEntriesResponse"),
    ])
      holds(answer.success && !("conflict" in answer), n1.story, "a success without conflict", show(answer))
    for (const answer of messages(refused, "RequestVoteResponse"))
      holds(!("conflict" in answer), n1.story, "no conflict in a vote", show(answer))
  })

  check("11b.8", [8], "who asks from an older term is told the newer one, as before", () => {
    const n1 = new Server(backtracking, { term: 5, log: logOf(1, 1, 2) })
    const answers = messages(n1.handle(appends(9, 4, { term: 4 })), "AppendEntriesResponse")
    for (const answer of answers)
      same(answer, { success: false, term: 5, to: "n2" }, `${n1.story}\nthe answer, if there is one`)
    same(n1.node.leader, null, `${n1.story}\nwho leads, as far as it knows`)
  })

  check("11b.9", [9], "a term that the leader has: the next try begins behind its last entry of it", () => {
    tries(logOf(1, 1, 2, 2, 2, 4, 4, 4), { term: 2, index: 3 }, 6)
    tries(logOf(1, 1, 2, 2, 2, 4, 4, 4), { term: 1, index: 1 }, 3)
    tries(logOf(1, 4, 4, 4, 4, 5, 5, 7), { term: 5, index: 6 }, 8)
    tries(logOf(1, 1, 4, 4), { term: 1, index: 1 }, 3)
  })

  check("11b.10", [9], "a term that it does not have: at the conflict's index", () => {
    tries(logOf(1, 1, 2, 2, 4, 4, 4, 4), { term: 3, index: 5 }, 5)
    tries(logOf(1, 1, 4, 4, 4, 4, 4, 4), { term: 3, index: 4 }, 4)
    tries(logOf(4, 4, 4, 4), { term: 3, index: 1 }, 1)
    tries(logOf(1, 1, 2, 2), { term: 5, index: 3 }, 3)
  })

  check("11b.11", [9], "no entry there: at the end of the follower's log", () => {
    tries(logOf(1, 1, 2, 2, 4, 4, 4, 4), { term: null, index: 4 }, 4)
    tries(logOf(1, 1, 2, 2, 4, 4, 4, 4), { term: null, index: 1 }, 1)
  })

  check("11b.12", [9], "never at or below what is known to match", () => {
    for (const conflict of [
      { term: null, index: 2 },
      { term: 1, index: 1 },
      { term: 3, index: 3 },
    ]) {
      const n1 = leading(logOf(1, 1, 2, 2, 4, 4, 4, 4))
      n1.success("n2", 5)
      const effects = [...n1.refusal("n2", conflict), ...n1.beat()]
      const least = Math.min(
        ...messages(effects, "AppendEntries", "n2").map(({ prevLogIndex }) => prevLogIndex),
      )
      same(least, 5, `${n1.story}\nwhere n2's messages begin (prevLogIndex)`)
      same(n1.node.matchIndex.n2, 5, `${n1.story}\nmatchIndex of n2`)
      holds((n1.node.nextIndex.n2 ?? 0) > 5, n1.story, "nextIndex of n2 above 5", show(n1.node.nextIndex))
    }
  })

  check("11b.13", [9], "a late refusal never moves the next try further ahead", () => {
    for (const late of [
      { term: null, index: 9 },
      { term: 4, index: 6 },
      { term: 3, index: 7 },
    ]) {
      const n1 = leading(logOf(1, 1, 2, 2, 4, 4, 4, 4))
      n1.refusal("n2", { term: null, index: 4 })
      const before = n1.node.nextIndex.n2 ?? 0
      const effects = [...n1.refusal("n2", late), ...n1.beat()]
      const ahead = messages(effects, "AppendEntries", "n2").filter(
        ({ prevLogIndex }) => prevLogIndex >= before,
      )
      same(ahead, [], `${n1.story}\nmessages to n2 that begin behind nextIndex, which was ${String(before)}`)
    }
  })

  check("11b.14", [8, 9], "a refusal that says nothing still takes the leader back", () => {
    const n1 = leading(logOf(1, 1, 2, 2, 4, 4, 4, 4))
    const effects = [...n1.refusal("n2"), ...n1.beat()]
    const [first] = messages(effects, "AppendEntries", "n2")
    holds((first?.prevLogIndex ?? 9) < 8, n1.story, "a message to n2 with prevLogIndex below 8", show(first))
  })

  check("11b.15", [9], "whom the refusal is not from goes on as before; who does not lead ignores it", () => {
    const n1 = leading(logOf(1, 1, 2, 2, 4, 4, 4, 4))
    const before = n1.node.nextIndex.n3
    n1.refusal("n2", { term: null, index: 1 })
    same(n1.node.nextIndex.n3, before, `${n1.story}\nnextIndex of n3`)
    n1.refusal("n9", { term: null, index: 1 })
    same(Object.keys(n1.node.nextIndex).toSorted(), ["n2", "n3"], `${n1.story}\nwho has a nextIndex`)
    const follower = new Server(backtracking, { term: 5, log: logOf(1, 1) })
    const effects = follower.handle(refusal("n2", "n1", 5, { term: null, index: 1 }))
    same([effects, follower.node.nextIndex], [[], {}], `${follower.story}\neffects and nextIndex`)
  })

  check("11b.16", [9], "thousands of entries in a few terms are found in a few messages", () => {
    const times = (term: Term, n: number): readonly Term[] => Array.from({ length: n }, () => term)
    const far = [...times(1, 10), ...times(4, 2990)]
    const atMost = (most: number, mine: readonly Term[], theirs: readonly Term[], what: string): void => {
      const count = refusals(mine, theirs)
      holds(
        count <= most,
        `${what}: until the first success`,
        `at most ${String(most)} refusals`,
        String(count),
      )
    }
    atMost(1, times(1, 3000), times(1, 5), "the leader has 3000 entries of term 1, n2 has 5 of them")
    atMost(1, far, [], "the leader has 3000 entries, n2 none")
    const other = [...times(1, 10), ...times(2, 1500), ...times(3, 1600)]
    atMost(
      3,
      far,
      other,
      "10 entries of term 1 in both; then 2990 of term 4, on n2 1500 of term 2 and 1600 of term 3",
    )
    const more = [...times(1, 10), ...times(2, 2000)]
    const some = [...times(1, 10), ...times(2, 5), ...times(7, 2500)]
    atMost(
      2,
      some,
      more,
      "10 entries of term 1 in both; of term 2 the leader has 5 and n2 2000; then 2500 of term 7",
    )
  })

  check(
    "11b.17",
    [7, 9],
    "for any two logs: never more refusals than the follower has terms, and one",
    () => {
      forAll(
        twoLogs,
        ([mine, theirs]) => {
          const most = new Set(theirs).size + 1
          const count = refusals(mine, theirs)
          holds(count <= most, "until the first success", `at most ${String(most)} refusals`, String(count))
        },
        ([mine, theirs]) => `the leader's log has terms ${String(mine)}, the follower's ${String(theirs)}`,
        150,
      )
    },
  )

  check("11b.18", [9], "where the base is in the way, the snapshot goes", () => {
    const log = compacted(6, 3, 4, 4, 4)
    for (const conflict of [
      { term: 2, index: 4 },
      { term: null, index: 3 },
    ]) {
      const n1 = new Server(["backtracking", "snapshots"], { term: 8, log, data: "six" })
      n1.elect()
      const effects = [...n1.refusal("n2", conflict), ...n1.beat()]
      const [first] = messages(effects, "InstallSnapshot", "n2")
      same(first?.lastIncludedIndex, 6, `${n1.story}\nthe snapshot that n2 is sent`)
    }
  })

  check("11b.19", [7, 9], "random schedules", () => {
    forSeeds(11_200, 8, (seed) => {
      runFullSchedule({ seed, voters: seed % 2 === 0 ? 3 : 5, steps: 150, chapters: backtracking })
    })
    forSeeds(11_220, 6, (seed) => {
      runFullSchedule({ seed, voters: 3, steps: 150, chapters: ["backtracking", "snapshots"] })
    })
  })
})
