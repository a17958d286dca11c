import { check, forSeeds, group, holds, same, show } from "#suite"
import type { RaftNode } from "../../projects/03-planning/contract.ts"
import type { Always, History, Property, Raft } from "../../projects/08-testing/contract.ts"
import { candidate, compacted, entries, leader, logOf, server } from "../cluster/build.ts"
import { tellNode } from "../cluster/words.ts"
import { figure3, happens, nothingYet, wander } from "./model.ts"
import { becoming, otherCommand, past, reread, spelled } from "./moments.ts"
import { always, breaks, keeps, project, says, sometimes, tells } from "./project.ts"
import { correct, withBug, withVariant } from "./rafts.ts"
import { tellAction, tellMoment } from "./words.ts"

const [n1, n2, n3] = [server("n1"), server("n2"), server("n3")]

const rightOnes: readonly { readonly what: string; readonly raft: Raft }[] = [
  { what: "ours", raft: correct },
  ...(await Promise.all(
    ["no-op", "pipelining", "at-the-heartbeat", "whole-term-back", "own-structure", "apply-one-by-one"].map(
      async (id) => ({ what: id, raft: await withVariant(id) }),
    ),
  )),
]

const wrongOnes: readonly { readonly id: string; readonly raft: Raft }[] = await Promise.all(
  [
    "log-gap",
    "log-prev-term-ignored",
    "log-dup-append",
    "propose-old-term",
    "sends-from-prev",
    "commit-self-only",
    "apply-uncommitted",
    "elected-commits",
    "vote-any-log",
    "count-refusals",
    "term-goes-back",
    "leader-keeps-leading",
  ].map(async (id) => ({ id, raft: await withBug(id) })),
)

/** What `remember` makes of a history. */
function remembers(history: History, after: RaftNode, expected: Partial<History>): void {
  const got = project.remember(history, after)
  const told = `${show(history)}\nthen ${tellNode(after)}, lastApplied ${String(after.lastApplied)}`
  const names = Object.keys(expected) as readonly (keyof History)[]
  for (const name of names) {
    same(got[name], expected[name], `${told}\n\`${name}\` in the history afterwards`)
    const [many, few] = [Object.keys(got[name]), Object.keys(expected[name] ?? {})]
    same(many, few, `${told}\nwhat \`${name}\` has, by name or place`)
  }
}

group("8a", "Properties", () => {
  check("8a.1", [1], "remember notes who leads a term", () => {
    same(project.emptyHistory, nothingYet, "`emptyHistory`")
    remembers(nothingYet, leader("n2", { currentTerm: 7 }), { leaders: { 7: "n2" } })
    const known = past({ leaders: { 3: "n1", 7: "n2" } })
    remembers(known, leader("n1", { currentTerm: 9 }), { leaders: { 3: "n1", 7: "n2", 9: "n1" } })
    remembers(known, candidate("n1", { currentTerm: 9 }), { leaders: { 3: "n1", 7: "n2" } })
    remembers(known, server("n1", { currentTerm: 9, leader: "n3" }), { leaders: { 3: "n1", 7: "n2" } })
  })

  check("8a.2", [1], "it notes what is committed, in order, and in whose term", () => {
    const after = server("n2", { currentTerm: 7, log: logOf(1, 1, 4, 4), commitIndex: 3 })
    const first = past({
      committed: [
        [1, 7],
        [1, 7],
        [4, 7],
      ],
    }).committed
    remembers(nothingYet, after, { committed: first, leaders: {} })
    const later = leader("n3", { currentTerm: 9, log: logOf(1, 1, 4, 4), commitIndex: 4 })
    const [, , , fourth] = entries(1, [1, 1, 4, 4])
    remembers({ ...nothingYet, committed: first }, later, {
      committed: [...first, { term: 4, command: fourth?.command ?? null, by: 9 }],
      leaders: { 9: "n3" },
      applied: [],
    })
  })

  check("8a.3", [1], "and what is applied", () => {
    const after = server("n2", { currentTerm: 7, log: logOf(1, 1, 4, 4), commitIndex: 4, lastApplied: 2 })
    remembers(nothingYet, after, { applied: entries(1, [1, 1]) })
    const known = past({ applied: [1, 1] })
    remembers(known, { ...after, lastApplied: 4 }, { applied: entries(1, [1, 1, 4, 4]) })
  })

  check("8a.4", [1], "what was noted once stays, whatever comes later", () => {
    const known = past({
      leaders: { 7: "n2" },
      committed: [
        [1, 7],
        [4, 7],
      ],
      applied: [1, 4],
    })
    remembers(known, leader("n3", { currentTerm: 7 }), { leaders: { 7: "n2" } })
    const other = server("n3", { currentTerm: 9, log: logOf(2, 2, 9), commitIndex: 3, lastApplied: 3 })
    const [, , third] = entries(1, [2, 2, 9])
    const command = third?.command ?? null
    remembers(known, other, {
      committed: [...known.committed, { term: 9, command, by: 9 }],
      applied: [...known.applied, { term: 9, command }],
    })
    const behind = server("n3", { currentTerm: 9, log: logOf(1, 4), commitIndex: 1, lastApplied: 1 })
    remembers(known, behind, known)
    remembers(known, server("n3", { currentTerm: 9, log: logOf(1, 4) }), known)
  })

  check("8a.5", [1], "only what the log has can be noted", () => {
    const after = server("n2", { currentTerm: 7, log: logOf(1, 4), commitIndex: 5, lastApplied: 5 })
    remembers(nothingYet, after, { applied: entries(1, [1, 4]) })
    const twice = project.remember(nothingYet, after)
    same(twice.committed.length, 2, `${tellNode(after)}: how many entries were committed`)
    const gone = server("n3", {
      currentTerm: 7,
      log: compacted(3, 4, 4, 4),
      commitIndex: 5,
      lastApplied: 5,
    })
    const two = past({
      committed: [
        [1, 4],
        [4, 4],
      ],
      applied: [1, 4],
    })
    remembers(two, gone, two)
    const three = past({
      committed: [
        [1, 4],
        [4, 4],
        [4, 4],
      ],
      applied: [1, 4, 4],
    })
    remembers(three, gone, { applied: entries(1, [1, 4, 4, 4, 4]) })
    const both = project.remember(three, gone)
    same(
      both.committed.map(({ term, by }) => [term, by]),
      [
        [1, 4],
        [4, 4],
        [4, 4],
        [4, 7],
        [4, 7],
      ],
      `three entries known, then ${tellNode(gone)}: term and \`by\` of what was committed`,
    )
  })

  check("8a.6", [2], "when nothing is new, it answers with the very history that it was given", () => {
    const known = past({ leaders: { 7: "n2" }, committed: [[1, 7]], applied: [1] })
    const log = logOf(1, 4)
    const servers = [
      server("n1", { currentTerm: 7 }),
      server("n1", { currentTerm: 7, log, commitIndex: 1, lastApplied: 1 }),
      leader("n2", { currentTerm: 7, log, commitIndex: 1, lastApplied: 1 }),
      leader("n3", { currentTerm: 7, log }),
      server("n1", { currentTerm: 7, log: logOf(1), commitIndex: 9, lastApplied: 9 }),
      server("n1", { currentTerm: 7, log: compacted(2, 1, 4), commitIndex: 3, lastApplied: 3 }),
    ]
    for (const node of servers) {
      const got = project.remember(known, node)
      holds(
        got === known,
        `${show(known)}\nthen ${tellNode(node)}`,
        "the history that was given, the same object",
        show(got) === show(known) ? "a copy of it" : show(got),
      )
    }
    same(
      project.remember(known, leader("n1", { currentTerm: 8, log, commitIndex: 2, lastApplied: 2 })),
      project.remember(known, leader("n1", { currentTerm: 8, log, commitIndex: 2, lastApplied: 2 })),
      "the same news twice",
    )
  })

  check("8a.7", [9], "the five of Figure 3, in order, and the three others: names, kinds, scopes", () => {
    const five = project.properties.slice(0, 5).map(({ name, kind, of }) => `${name}: ${kind}, of a ${of}`)
    same(
      five,
      [
        "Election Safety: always, of a state",
        "Leader Append-Only: always, of a step",
        "Log Matching: always, of a state",
        "Leader Completeness: always, of a state",
        "State Machine Safety: always, of a state",
      ],
      "the first five of `properties`",
    )
    const three = project.properties.slice(5, 8).map(({ name, kind }) => `${name}: ${kind}`)
    same(
      three,
      [
        "a leader is elected: sometimes",
        "an entry is committed: sometimes",
        "entries are committed in two terms: sometimes",
      ],
      "the next three of `properties`",
    )
    const names = project.properties.map(({ name }) => name)
    same([...new Set(names)], names, "the names of `properties`, each once")
    const quiet = becoming([n1, n2, n3], server("n2", { currentTerm: 1 }))
    for (const { name, kind } of project.properties)
      if (kind === "always") keeps(name, quiet, "a new cluster")
    same(sometimes("a leader is elected").happens(quiet), false, "a new cluster: a leader is elected")
  })

  check("8a.8", [3], "Election Safety: broken by a second leader of a term", () => {
    const leads = leader("n1", { currentTerm: 7 })
    const stands = candidate("n2", { currentTerm: 7 })
    const second = leader("n2", { currentTerm: 7 })
    const led = past({ leaders: { 3: "n3", 7: "n1" } })
    const name = "Election Safety"
    breaks(name, becoming([leads, stands, n3], second, led), "n1 leads, and n2 is elected in the same term")
    const crashed = server("n1", { currentTerm: 7, votedFor: "n1" })
    breaks(name, becoming([crashed, stands, n3], second, led), "n1 led and has crashed since")
    const deposed = server("n1", { currentTerm: 8 })
    breaks(name, becoming([deposed, stands, n3], second, led), "n1 led and knows of a later term by now")
    const before = server("n1", { currentTerm: 6 })
    breaks(
      name,
      becoming([before, leader("n2", { currentTerm: 7 }), n3], leads, past({ leaders: { 7: "n2" } })),
      "n2 leads, and n1 comes to lead the same term",
    )
    const jumps = leader("n1", { currentTerm: 5 })
    breaks(
      name,
      becoming([jumps, second, n3], leads, past({ leaders: { 5: "n1", 7: "n2" } })),
      "the leader of an older term takes the newer term and goes on leading",
    )
  })

  check("8a.9", [3, 10], "Election Safety holds with leaders of different terms", () => {
    const name = "Election Safety"
    const old = leader("n1", { currentTerm: 7 })
    const stands = candidate("n2", { currentTerm: 8 })
    const led = past({ leaders: { 7: "n1" } })
    keeps(name, becoming([old, stands, n3], leader("n2", { currentTerm: 8 }), led), "n1 led an older term")
    keeps(name, becoming([old, n2, n3], candidate("n2", { currentTerm: 7 }), led), "n2 is a candidate only")
    keeps(name, becoming([old, n2, n3], server("n2", { currentTerm: 7, leader: "n1" }), led), "n2 follows")
    const grown = { ...old, log: logOf(7) }
    keeps(name, becoming([old, n2, n3], grown, led), "the leader takes a command")
    const again = leader("n1", { currentTerm: 8 })
    keeps(name, becoming([candidate("n1", { currentTerm: 8 }), n2, n3], again, led), "n1 leads once more")
    keeps(name, becoming([candidate("n1", { currentTerm: 7 }), n2, n3], old), "nobody led before")
  })

  check("8a.10", [4], "Leader Append-Only: broken when a leader's entry is gone or changed", () => {
    const name = "Leader Append-Only"
    const log = logOf(2, 7, 7)
    const leads = leader("n1", { currentTerm: 7, log })
    const cases: readonly (readonly [RaftNode["log"], string])[] = [
      [logOf(2, 7), "its last entry is gone"],
      [logOf(), "all its entries are gone"],
      [logOf(2, 7, 8), "its last entry is another one"],
      [logOf(3, 7, 7), "its first entry is another one"],
      [logOf(3, 7, 7, 7), "its first entry is another one, and one is new"],
      [otherCommand(log, 2), "its last entry has another command"],
      [otherCommand(logOf(2, 7, 7, 7), 0), "its first entry has another command, and one is new"],
      [compacted(1, 2, 7), "its first entry was thrown away, and the last one is gone"],
      [compacted(1, 2, 6, 7), "its first entry was thrown away, and the second one is another"],
    ]
    for (const [changed, told] of cases)
      breaks(name, becoming([leads, n2, n3], { ...leads, log: changed }), told)
    const short = leader("n1", { currentTerm: 7, log: compacted(1, 2, 7, 7) })
    breaks(
      name,
      becoming([short, n2, n3], { ...short, log: compacted(1, 2, 7) }),
      "behind a base, the last entry is gone",
    )
  })

  check("8a.11", [4, 10], "Leader Append-Only holds when it appends, compacts, or does not lead", () => {
    const name = "Leader Append-Only"
    const log = logOf(2, 7, 7)
    const leads = leader("n1", { currentTerm: 7, log })
    const follows = server("n1", { currentTerm: 7, log })
    const appended = { ...leads, log: logOf(2, 7, 7, 7) }
    keeps(name, becoming([leads, n2, n3], appended), "a leader appends")
    keeps(name, becoming([leads, n2, n3], { ...leads, log: reread(log) }), "equal entries, in a new list")
    keeps(name, becoming([leads, n2, n3], { ...leads, log: compacted(2, 7, 7) }), "a leader compacts its log")
    keeps(name, becoming([leads, n2, n3], { ...leads, log: compacted(3, 7) }), "a leader compacts all of it")
    keeps(name, becoming([follows, n2, n3], { ...follows, log: logOf(2) }), "a follower loses entries")
    keeps(
      name,
      becoming([candidate("n1", { currentTerm: 7, log }), n2, n3], { ...leads, log: logOf(2) }),
      "a candidate loses entries as it is elected (strange, but it did not lead before)",
    )
    const deposed = server("n1", { currentTerm: 8, log: logOf(2) })
    keeps(name, becoming([leads, n2, n3], deposed), "a leader is deposed and loses entries in the same step")
    const later = leader("n1", { currentTerm: 8, log: logOf(2) })
    keeps(name, becoming([leads, n2, n3], later), "a leader of term 7 is one of term 8 (another leadership)")
    const commands = leader("n1", { currentTerm: 7, log: spelled(2, 7) })
    keeps(
      name,
      becoming([commands, n2, n3], { ...commands, log: reread(spelled(2, 7)) }),
      "equal commands whose properties stand in another order",
    )
  })

  check("8a.12", [5], "Log Matching: broken when an entry of the same index and term differs", () => {
    const name = "Log Matching"
    const has = (id: string, log: RaftNode["log"]) => server(id, { currentTerm: 9, log })
    const cases: readonly (readonly [RaftNode["log"], RaftNode["log"], string])[] = [
      [otherCommand(logOf(7), 0), logOf(7), "the first entry's command differs"],
      [otherCommand(logOf(2, 7), 1), logOf(2, 7), "the last entry's command differs"],
      [
        otherCommand(logOf(2, 7, 7), 1),
        logOf(2, 7, 8),
        "an entry's command differs, and so does what follows",
      ],
      [
        logOf(2, 7, 8, 8),
        otherCommand(logOf(2, 7), 1),
        "an entry differs that is the last one in the other log",
      ],
      [spelled(2, 7), otherCommand(spelled(2, 7), 0), "two commands that are not the same object"],
    ]
    for (const [mine, theirs, told] of cases) {
      breaks(name, becoming([n1, n2, has("n3", theirs)], has("n1", mine)), told)
      breaks(name, becoming([has("n1", mine), n2, n3], has("n3", theirs)), told)
      breaks(name, becoming([n1, has("n2", mine), n3], has("n3", theirs)), told)
    }
  })

  check("8a.13", [5], "Log Matching: broken when something before that entry differs", () => {
    const name = "Log Matching"
    const has = (id: string, log: RaftNode["log"]) => server(id, { currentTerm: 9, log })
    const cases: readonly (readonly [RaftNode["log"], RaftNode["log"], string])[] = [
      [logOf(2, 7), logOf(3, 7), "the same entry 2, other entries 1"],
      [logOf(1, 2, 6, 7), logOf(1, 3, 6, 7), "the same entries 3 and 4, other entries 2"],
      [
        logOf(1, 2, 6, 7, 8),
        logOf(1, 3, 6, 9),
        "the same entry 3, other entries 2, and other ones behind it",
      ],
      [otherCommand(logOf(1, 2, 7), 0), logOf(1, 2, 7), "the same entry 3, another command at 1"],
      [compacted(2, 1, 2, 7), logOf(1, 1, 3, 7), "the same entry 4, other entries 3; one log is compacted"],
      [compacted(1, 1, 2, 7), compacted(2, 1, 7, 7), "both compacted; entries 3 are the same in term only"],
    ]
    for (const [mine, theirs, told] of cases.slice(0, 5)) {
      breaks(name, becoming([n1, n2, has("n3", theirs)], has("n1", mine)), told)
      breaks(name, becoming([has("n1", mine), n2, n3], has("n3", theirs)), told)
    }
    const after = has("n3", otherCommand(compacted(2, 1, 7, 7), 0))
    breaks(name, becoming([has("n1", compacted(1, 1, 1, 7)), n2, n3], after), cases[5]?.[2] ?? "")
  })

  check(
    "8a.14",
    [5, 10],
    "Log Matching holds when terms differ, and as far as both logs have entries",
    () => {
      const name = "Log Matching"
      const has = (id: string, log: RaftNode["log"]) => server(id, { currentTerm: 9, log })
      const cases: readonly (readonly [RaftNode["log"], RaftNode["log"], string])[] = [
        [logOf(1, 2, 7), logOf(1, 2, 7), "the same logs"],
        [logOf(1, 2, 7), reread(logOf(1, 2, 7)), "equal logs, in other lists"],
        [logOf(1, 2), logOf(1, 2, 7, 7), "one is longer"],
        [logOf(1, 2, 2), logOf(1, 3, 3), "uncommitted entries of two leaders"],
        [logOf(1, 2, 2, 2), logOf(1, 3), "uncommitted entries of two leaders, one log shorter"],
        [logOf(), logOf(4, 4), "an empty one"],
        [logOf(2), logOf(3), "nothing in common"],
        [spelled(2, 7), reread(spelled(2, 7)), "commands whose properties stand in another order"],
        [compacted(2, 2, 7), logOf(1, 2, 7), "one is compacted"],
        [compacted(3, 7), logOf(1, 2, 7, 7), "one is compacted to its end"],
        [compacted(4, 7, 7), logOf(1, 2), "one begins behind the other's end"],
        [compacted(1, 1, 2, 7), compacted(2, 2, 7), "both compacted"],
      ]
      for (const [mine, theirs, told] of cases) {
        keeps(name, becoming([n1, n2, has("n3", theirs)], has("n1", mine)), told)
        keeps(name, becoming([has("n1", mine), n2, n3], has("n3", theirs)), told)
      }
    },
  )

  check("8a.15", [6], "Leader Completeness: broken when a leader lacks what was committed before", () => {
    const name = "Leader Completeness"
    const known = past({
      leaders: { 7: "n1" },
      committed: [
        [1, 1],
        [2, 7],
        [7, 7],
      ],
    })
    const old = server("n1", { currentTerm: 7, log: logOf(1, 2, 7), commitIndex: 3 })
    const elected = (log: RaftNode["log"], currentTerm: number) =>
      becoming([old, n2, candidate("n3", { currentTerm, log })], leader("n3", { currentTerm, log }), known)
    breaks(name, elected(logOf(1, 2), 9), "a leader is elected without the last committed entry")
    breaks(name, elected(logOf(1, 2), 8), "in the very next term")
    breaks(name, elected(logOf(1), 8), "without an entry of term 2 that was committed in term 7")
    breaks(name, elected(logOf(), 9), "with an empty log")
    breaks(name, elected(logOf(1, 2, 6), 9), "with another entry in its place")
    breaks(name, elected(logOf(1, 2, 8, 8), 9), "with another entry in its place, and a longer log")
    const other = { currentTerm: 9, log: otherCommand(logOf(1, 2, 7), 1) }
    breaks(
      name,
      becoming([n1, n2, candidate("n3", other)], leader("n3", other), known),
      "with another command in its place",
    )
    breaks(name, elected(compacted(1, 1, 2), 9), "with a compacted log that lacks it")
    const early = past({ committed: [[1, 1]] })
    breaks(
      name,
      becoming([n1, n2, candidate("n3", { currentTerm: 5 })], leader("n3", { currentTerm: 5 }), early),
      "the only entry was committed in term 1",
    )
  })

  check(
    "8a.16",
    [6],
    "also of who leads already: when it loses an entry, or when a slow server commits one",
    () => {
      const name = "Leader Completeness"
      const led = { leaders: { 7: "n1", 9: "n3" } }
      const known = past({
        ...led,
        committed: [
          [1, 1],
          [7, 7],
        ],
      })
      const old = server("n1", { currentTerm: 7, log: logOf(1, 7), commitIndex: 2 })
      const leads = leader("n3", { currentTerm: 9, log: logOf(1, 7, 9) })
      breaks(
        name,
        becoming([old, n2, leads], { ...leads, log: logOf(1, 8, 9) }, known),
        "a leader's committed entry is replaced",
      )
      const before = past({ ...led, committed: [[1, 1]] })
      const slow = leader("n1", { currentTerm: 7, log: logOf(1, 7), commitIndex: 1 })
      const lacking = leader("n3", { currentTerm: 9, log: logOf(1, 8) })
      breaks(
        name,
        becoming([slow, n2, lacking], { ...slow, commitIndex: 2 }, before),
        "the leader of term 7, which knows of no other, commits an entry that the leader of term 9 lacks",
      )
      const follower = server("n2", { currentTerm: 7, log: logOf(1, 7), commitIndex: 1 })
      breaks(
        name,
        becoming([n1, follower, lacking], { ...follower, commitIndex: 2 }, before),
        "a follower of term 7 is the first to take it for committed",
      )
    },
  )

  check("8a.25", [6], "also when a leader takes a later term and goes on leading", () => {
    const known = past({
      leaders: { 3: "n3" },
      committed: [
        [1, 1],
        [2, 7],
      ],
    })
    const leads = leader("n3", { currentTerm: 3, log: logOf(1) })
    const old = server("n1", { currentTerm: 7, log: logOf(1, 2), commitIndex: 2 })
    breaks(
      "Leader Completeness",
      becoming([old, n2, leads], { ...leads, currentTerm: 9 }, known),
      "the leader of term 3, whose log lacks entry 2, hears of term 9 and does not step down",
    )
  })

  check(
    "8a.17",
    [6, 10],
    "Leader Completeness holds for leaders of that term and before, and for followers",
    () => {
      const name = "Leader Completeness"
      const led = { leaders: { 5: "n3", 7: "n1" } }
      const known = past({
        ...led,
        committed: [
          [1, 1],
          [2, 7],
          [7, 7],
        ],
      })
      const old = server("n1", { currentTerm: 7, log: logOf(1, 2, 7), commitIndex: 3 })
      const elected = (log: RaftNode["log"], currentTerm: number) =>
        becoming([old, n2, candidate("n3", { currentTerm, log })], leader("n3", { currentTerm, log }), known)
      keeps(name, elected(logOf(1, 2, 7), 9), "it has all of it")
      keeps(name, elected(logOf(1, 2, 7, 7, 8), 9), "it has all of it and more")
      keeps(name, elected(reread(logOf(1, 2, 7)), 9), "it has equal entries, in another list")
      keeps(name, elected(compacted(2, 2, 7), 9), "its log is compacted")
      keeps(name, elected(compacted(3, 7), 9), "its log is compacted to its end")
      keeps(name, elected(logOf(1), 7), "a leader of term 7 itself: not an earlier term")
      const deposed = leader("n3", { currentTerm: 5, log: logOf(1, 2) })
      keeps(
        name,
        becoming(
          [{ ...old, commitIndex: 2 }, n2, deposed],
          old,
          past({
            ...led,
            committed: [
              [1, 1],
              [2, 7],
            ],
          }),
        ),
        "the leader of term 5 lacks it: that was before",
      )
      keeps(
        name,
        becoming([old, n2, deposed], { ...deposed, log: logOf(1, 2, 5) }, known),
        "entry 2 of term 2 was committed in term 7; the leader of term 5 need not have it",
      )
      const stands = candidate("n3", { currentTerm: 9, log: logOf(1) })
      keeps(name, becoming([old, n2, n3], stands, known), "a candidate lacks it")
      keeps(name, becoming([old, n2, n3], server("n3", { currentTerm: 9 }), known), "a follower lacks it")
      const commands = spelled(1, 2)
      const spelledPast: History = {
        ...nothingYet,
        committed: commands.entries.map((entry) => ({ ...entry, by: 2 })),
      }
      const turned = { currentTerm: 9, log: reread(commands) }
      keeps(
        name,
        becoming([n1, n2, candidate("n3", turned)], leader("n3", turned), spelledPast),
        "it has equal commands whose properties stand in another order",
      )
    },
  )

  check("8a.18", [7], "State Machine Safety: broken when something else is applied at an index", () => {
    const name = "State Machine Safety"
    const known = past({ applied: [1, 2, 7] })
    const applies = (log: RaftNode["log"], from: number, to: number) => {
      const before = server("n2", { currentTerm: 9, log, commitIndex: to, lastApplied: from })
      return becoming([n1, before, n3], { ...before, lastApplied: to }, known)
    }
    breaks(name, applies(logOf(1, 2, 8), 2, 3), "an entry of another term at index 3")
    breaks(name, applies(otherCommand(logOf(1, 2, 7), 2), 2, 3), "another command at index 3")
    breaks(name, applies(logOf(1, 3, 3), 0, 2), "another entry at index 2, applied with the first one")
    breaks(
      name,
      applies(otherCommand(logOf(1, 2, 7), 0), 0, 3),
      "another first entry, and then the same ones",
    )
    breaks(name, applies(logOf(4, 4, 4, 4, 4), 0, 5), "all other entries, and more than were ever applied")
    breaks(name, applies(compacted(1, 1, 2, 8), 2, 3), "another one at index 3, behind a base")
    const done = server("n2", { currentTerm: 9, log: logOf(1, 2, 7), commitIndex: 3, lastApplied: 3 })
    breaks(
      name,
      becoming([n1, done, n3], { ...done, log: logOf(1, 2, 9, 9) }, known),
      "an entry that was applied is replaced in the log",
    )
  })

  check("8a.19", [7, 10], "State Machine Safety holds for what is in a log and not applied", () => {
    const name = "State Machine Safety"
    const known = past({ applied: [1, 2, 7] })
    const node = (log: RaftNode["log"], commitIndex: number, lastApplied: number) =>
      server("n2", { currentTerm: 9, log, commitIndex, lastApplied })
    const cases: readonly (readonly [RaftNode, RaftNode, string])[] = [
      [node(logOf(1, 2, 7), 3, 2), node(logOf(1, 2, 7), 3, 3), "the same entry"],
      [
        node(reread(logOf(1, 2, 7)), 3, 2),
        node(reread(logOf(1, 2, 7)), 3, 3),
        "equal entries in another list",
      ],
      [node(logOf(1, 2, 7, 7), 4, 3), node(logOf(1, 2, 7, 7), 4, 4), "a new one at index 4"],
      [node(logOf(1, 2), 2, 2), node(logOf(1, 2, 8), 2, 2), "another entry at index 3, not applied"],
      [
        node(logOf(1, 2, 8), 2, 2),
        node(logOf(1, 2, 8), 3, 2),
        "another entry at index 3, committed, not applied",
      ],
      [node(logOf(1, 2, 7), 3, 3), node(logOf(1, 2, 7), 0, 0), "a restart"],
      [node(logOf(1, 3, 3), 0, 0), node(logOf(1, 3, 3), 1, 1), "only the first one, which is the same"],
      [node(logOf(1, 2, 7), 3, 3), node(compacted(2, 2, 7), 3, 3), "its log is compacted"],
      [node(compacted(3, 7, 7), 4, 3), node(compacted(3, 7, 7), 4, 4), "behind a base"],
    ]
    for (const [before, after, told] of cases) keeps(name, becoming([n1, before, n3], after, known), told)
    const commands = spelled(1, 2)
    const before = server("n2", { currentTerm: 9, log: reread(commands), commitIndex: 2 })
    keeps(
      name,
      becoming([n1, before, n3], { ...before, lastApplied: 2 }, { ...nothingYet, applied: commands.entries }),
      "equal commands whose properties stand in another order",
    )
  })

  check("8a.20", [8], "what is wrong is told: servers, terms and indexes", () => {
    const stands = candidate("n2", { currentTerm: 47 })
    const second = becoming(
      [leader("n1", { currentTerm: 47 }), stands, n3],
      leader("n2", { currentTerm: 47 }),
      {
        ...nothingYet,
        leaders: { 47: "n1" },
      },
    )
    tells("Election Safety", second, ["n1", "n2", 47])
    const leads = leader("n2", { currentTerm: 47, log: logOf(41, 41, 41, 41, 41) })
    const lost = becoming([n1, leads, n3], { ...leads, log: logOf(41, 41, 41, 41) })
    tells("Leader Append-Only", lost, ["n2", 47, 5])
    const mine = server("n1", { currentTerm: 47, log: logOf(41, 41, 41, 45) })
    const theirs = { ...mine, id: "n3", log: otherCommand(mine.log, 3) }
    tells("Log Matching", becoming([mine, n2, n3], theirs), ["n1", "n3", 4, 45])
    const other = { ...mine, id: "n3", log: logOf(41, 44, 44, 45) }
    tells("Log Matching", becoming([mine, n2, n3], other), ["n1", "n3", 45])
    const known = past({ committed: [41, 41, 41, 41].map((term) => [term, 45] as const) })
    const lacking = { currentTerm: 47, log: logOf(41, 41, 41) }
    const elected = becoming([mine, n2, candidate("n3", lacking)], leader("n3", lacking), known)
    tells("Leader Completeness", elected, ["n3", 47, 4])
    const before = server("n3", {
      currentTerm: 47,
      log: logOf(41, 41, 41, 46),
      commitIndex: 4,
      lastApplied: 3,
    })
    const applies = becoming(
      [n1, n2, before],
      { ...before, lastApplied: 4 },
      past({ applied: [41, 41, 41, 45] }),
    )
    tells("State Machine Safety", applies, ["n3", 4, 46])
  })

  check("8a.21", [9], "the three that must happen sometimes: when they do, and when not", () => {
    const happensAt = (name: string, moment: ReturnType<typeof becoming>, expected: boolean) => {
      same(sometimes(name).happens(moment), expected, `${tellMoment(moment)}\n"${name}" happens`)
    }
    const stands = candidate("n2", { currentTerm: 7 })
    happensAt("a leader is elected", becoming([n1, stands, n3], leader("n2", { currentTerm: 7 })), true)
    happensAt("a leader is elected", becoming([n1, n2, n3], stands), false)
    const leads = leader("n2", { currentTerm: 7, log: logOf(7, 7) })
    const led = past({ leaders: { 7: "n2" } })
    happensAt("an entry is committed", becoming([n1, leads, n3], { ...leads, commitIndex: 1 }, led), true)
    happensAt(
      "an entry is committed",
      becoming([n1, leads, n3], { ...leads, log: logOf(7, 7, 7) }, led),
      false,
    )
    const later = leader("n3", { currentTerm: 9, log: logOf(7, 7), commitIndex: 1 })
    const name = "entries are committed in two terms"
    const one = past({ committed: [[7, 7]] })
    happensAt(name, becoming([n1, n2, later], { ...later, commitIndex: 2 }, one), true)
    happensAt(
      name,
      becoming([n1, { ...leads, commitIndex: 1 }, n3], { ...leads, commitIndex: 2 }, one),
      false,
    )
    happensAt(name, becoming([n1, leads, n3], { ...leads, commitIndex: 1 }, led), false)
    const slow = past({
      committed: [
        [5, 9],
        [5, 7],
        [5, 9],
      ],
    })
    happensAt(name, becoming([n1, n2, n3], server("n2", { currentTerm: 9 }), slow), true)
    const two = leader("n3", { currentTerm: 9, log: logOf(5, 7) })
    happensAt(name, becoming([n1, n2, two], { ...two, commitIndex: 2 }), false)
  })

  check("8a.22", [11], "inspect answers with the first that is broken, by name, and what it told", () => {
    const property = (name: string, broken: Always["broken"]): Always => ({
      kind: "always",
      name,
      of: "state",
      broken,
    })
    const fine = property("fine", () => null)
    const late = property("late", ({ after }) => (after.currentTerm > 5 ? `late: ${after.id}` : null))
    const wrong = property("wrong", () => "all wrong")
    const rare = happens("rare", "step", () => true)
    const moment = becoming([n1, n2, n3], server("n2", { currentTerm: 7 }))
    const asks = (properties: readonly Property[], expected: unknown) => {
      const names = properties.map(({ name }) => name).join(", ")
      same(project.inspect(properties, moment), expected, `inspect: ${names}\n${tellMoment(moment)}`)
    }
    asks([fine, rare, late, wrong], { property: "late", what: "late: n2" })
    asks([wrong, late], { property: "wrong", what: "all wrong" })
    asks([fine, rare], null)
    asks([], null)
    const stands = candidate("n2", { currentTerm: 7 })
    const led = past({ leaders: { 7: "n1" } })
    const second = becoming(
      [leader("n1", { currentTerm: 7 }), stands, n3],
      leader("n2", { currentTerm: 7 }),
      led,
    )
    const what = says("Election Safety", second)
    same(
      project.inspect(project.properties, second),
      { property: "Election Safety", what },
      `inspect, all of \`properties\`\n${tellMoment(second)}`,
    )
  })

  check(
    "8a.23",
    [10],
    "random schedules of correct Rafts: nothing is ever broken",
    () => {
      forSeeds(800, 6, (seed) => {
        for (const { what, raft } of rightOnes) {
          const servers = [3, 5, 4][seed % 3] ?? 3
          wander(raft, servers, seed, 150, ({ moment }, _, action) => {
            if (!moment) return
            const wrong = project.properties.find(
              (each) => each.kind === "always" && each.broken(moment) !== null,
            )
            if (wrong?.kind !== "always") return
            holds(
              false,
              `a correct Raft (${what}), after ${tellAction(action)}\n${tellMoment(moment)}`,
              "no property broken",
              `${wrong.name}: ${wrong.broken(moment) ?? ""}`,
            )
          })
        }
      })
    },
    { slow: 6 },
  )

  check(
    "8a.24",
    [3, 4, 5, 6, 7, 10],
    "random schedules of Rafts with planted bugs: what is broken is told, at that moment and not before",
    () => {
      const mine = figure3.map(({ name }) => always(name))
      forSeeds(8000, 6, (seed) => {
        for (const { id, raft } of wrongOnes) {
          wander(raft, 3, seed, 250, ({ moment }, _, action) => {
            if (!moment) return
            const expected = figure3.filter((each) => each.broken(moment) !== null).map(({ name }) => name)
            const got = mine.filter((each) => each.broken(moment) !== null).map(({ name }) => name)
            const told = `planted: ${id}; after ${tellAction(action)}\n${tellMoment(moment)}\nwhat is broken`
            same(got, expected, told)
            return expected.length > 0
          })
        }
      })
    },
    { slow: 6 },
  )
})
