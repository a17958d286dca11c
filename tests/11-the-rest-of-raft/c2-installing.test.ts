import { check, group, holds, same, show } from "#suite"
import type { Json, Log } from "../../projects/03-planning/contract.ts"
import type {
  Chapter,
  FullEffect,
  InstallSnapshot,
  Snapshot,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { appendEntries, compacted, entries, leader, logOf, servers } from "../cluster/build.ts"
import { known, messages, only, part, Server, snapshotOf, textOf } from "./server.ts"

const snapshots = ["snapshots"] as const

/** The follower n1 in term 5, which has heard from n2 that all up to `commitIndex` is committed. */
function follower(log: Log, commitIndex = 0, chapters: readonly Chapter[] = snapshots): Server {
  const n1 = new Server(chapters, { term: 5, log, data: "before" })
  if (commitIndex > 0)
    n1.handle(appendEntries(leader("n2", { currentTerm: 5, log, commitIndex }), "n1", commitIndex, 0))
  return n1
}

const restores = (effects: readonly FullEffect[]) => effects.filter(({ type }) => type === "restore")
const restarts = (effects: readonly FullEffect[]) => effects.some(({ type }) => type === "resetElectionTimer")

function answer(n1: Server, effects: readonly FullEffect[], to = "n2") {
  const what = "one InstallSnapshotResponse"
  return only(messages(effects, "InstallSnapshotResponse", to), n1.story, what)
}

/** A snapshot comes in, in one part; the log is this one then. */
function leaves(log: Log, snapshot: Snapshot, expected: Log, commitIndex = 0): void {
  const n1 = follower(log, commitIndex)
  n1.handle(part(snapshot))
  same(n1.node.log, expected, `${n1.story}\nthe log`)
  const { lastIncludedIndex } = snapshot
  same(
    [n1.node.commitIndex, n1.node.lastApplied],
    [lastIncludedIndex, lastIncludedIndex],
    `${n1.story}\ncommitIndex and lastApplied`,
  )
}

/** A stale part changes nothing, and its sender learns that it is not needed. */
function stale(n1: Server, message: InstallSnapshot): void {
  const before = known(n1.node)
  const effects = n1.handle(message)
  same(known(n1.node), before, `${n1.story}\nits state`)
  same(restores(effects), [], `${n1.story}\nrestore`)
  const { lastIncludedIndex } = message
  same(answer(n1, effects), { lastIncludedIndex, installed: true }, `${n1.story}\nthe answer`)
}

group("11c", "Snapshots", () => {
  check("11c.12", [14], "a log that goes on behind the snapshot is kept", () => {
    leaves(logOf(1, 1, 2, 2, 3), snapshotOf(3, 2), compacted(3, 2, 2, 3))
    leaves(logOf(1, 1, 2, 2, 3), snapshotOf(4, 2), compacted(4, 2, 3), 2)
    leaves(compacted(3, 2, 2, 3, 3), snapshotOf(5, 3), compacted(5, 3, 3), 4)
  })

  check("11c.13", [14], "what it has behind is not committed by that, and not applied", () => {
    const n1 = follower(logOf(1, 1, 2, 2, 3))
    const effects = n1.handle(part(snapshotOf(3, 2)))
    same([n1.node.commitIndex, n1.node.lastApplied], [3, 3], `${n1.story}\ncommitIndex and lastApplied`)
    same(
      effects.filter(({ type }) => type === "apply"),
      [],
      `${n1.story}\nwhat is applied`,
    )
    const log = compacted(3, 2, 2, 3)
    const more = n1.handle(appendEntries(leader("n2", { currentTerm: 5, log, commitIndex: 5 }), "n1", 5, 0))
    const applied = more.flatMap((effect) => (effect.type === "apply" ? [effect.index] : []))
    same(applied, [4, 5], `${n1.story}\nthe indices that are applied`)
  })

  check("11c.14", [14], "a log with another entry there goes, all of it", () => {
    leaves(logOf(1, 1, 2, 2, 3), snapshotOf(3, 4), compacted(3, 4))
    leaves(logOf(1, 1, 3, 3, 3), snapshotOf(3, 2), compacted(3, 2))
    leaves(logOf(1, 1, 2), snapshotOf(3, 3), compacted(3, 3), 2)
  })

  check("11c.15", [14], "a log that ends before it, or there, is empty then", () => {
    leaves(logOf(1, 1, 2), snapshotOf(7, 2), compacted(7, 2), 3)
    leaves(logOf(1, 1, 2), snapshotOf(3, 2), compacted(3, 2), 2)
    leaves(compacted(4, 2, 2), snapshotOf(7, 2), compacted(7, 2), 4)
  })

  check(
    "11c.16",
    [15],
    "a snapshot of what is committed already changes nothing, and is answered installed",
    () => {
      stale(follower(logOf(1, 1, 2, 2, 3), 4), part(snapshotOf(3, 2)))
      stale(follower(logOf(1, 1, 2, 2, 3), 4), part(snapshotOf(4, 2)))
      stale(follower(compacted(3, 2, 2, 3), 4), part(snapshotOf(2, 1)))
      const n1 = follower(logOf())
      n1.handle(part(snapshotOf(7, 4)))
      stale(n1, part(snapshotOf(7, 4)))
      stale(n1, part(snapshotOf(6, 4)))
    },
  )

  check("11c.17", [15], "any part of it will do, and also when that was committed meanwhile", () => {
    const snapshot = snapshotOf(3, 2, textOf("three", 300))
    stale(follower(logOf(1, 1, 2, 2, 3), 4), part(snapshot, 0, 100))
    stale(follower(logOf(1, 1, 2, 2, 3), 4), part(snapshot, 200))
    const n1 = follower(logOf(1, 1, 2, 2, 3), 2)
    n1.handle(part(snapshot, 0, 100))
    n1.handle(
      appendEntries(leader("n2", { currentTerm: 5, log: logOf(1, 1, 2, 2, 3), commitIndex: 4 }), "n1", 5),
    )
    same(n1.node.commitIndex, 4, `${n1.story}\ncommitIndex`)
    stale(n1, part(snapshot, 100, 200))
    stale(n1, part(snapshot, 200))
  })

  check("11c.18", [16], "who gets a part takes the sender for its leader, and restarts its timer", () => {
    const long = snapshotOf(7, 4, textOf("seven", 300))
    const parts = [
      part(snapshotOf(7, 4)),
      part(long, 0, 100),
      part(long, 100, 200),
      part(snapshotOf(1, 1)),
      part(snapshotOf(1, 1), 0, 3),
    ]
    for (const message of parts) {
      const n1 = new Server(snapshots, { term: 5, log: compacted(2, 1, 2) })
      const effects = n1.handle(message)
      same([n1.node.role, n1.node.leader], ["follower", "n2"], `${n1.story}\nrole and leader`)
      same(restarts(effects), true, `${n1.story}\nwhether the timer is restarted`)
    }
  })

  check("11c.19", [16], "a candidate of that term has lost", () => {
    for (const message of [part(snapshotOf(7, 4), 0, 3), part(snapshotOf(7, 4)), part(snapshotOf(7, 4), 5)]) {
      const n1 = new Server(snapshots, { term: 4, log: logOf(1, 1) })
      n1.handle({ type: "electionTimeout" })
      same([n1.node.role, n1.node.currentTerm], ["candidate", 5], `${n1.story}\nrole and term`)
      n1.handle(message)
      same([n1.node.role, n1.node.leader], ["follower", "n2"], `${n1.story}\nrole and leader`)
    }
  })

  check("11c.20", [16], "a part of an older term counts for nothing; one of a newer brings its term", () => {
    const n1 = follower(logOf(1, 1))
    const before = known(n1.node)
    const effects = n1.handle(part(snapshotOf(7, 3), 0, undefined, { term: 4, from: "n3" }))
    same([known(n1.node), n1.node.leader], [before, null], `${n1.story}\nits state, and who leads`)
    same([restores(effects), restarts(effects)], [[], false], `${n1.story}\nrestore, and the timer`)
    holds(
      messages(effects, "InstallSnapshotResponse").every(({ installed, term }) => !installed && term === 5),
      n1.story,
      "no answer, or one that says nothing but the term",
      show(effects),
    )
    const more = n1.handle(part(snapshotOf(7, 4), 0, undefined, { term: 6, from: "n3" }))
    same([n1.node.currentTerm, n1.node.leader], [6, "n3"], `${n1.story}\nterm and leader`)
    same(answer(n1, more, "n3"), { term: 6, installed: true }, `${n1.story}\nthe answer`)
  })

  check("11c.21", [16], "a leader that gets a part, or an answer, of a newer term steps down", () => {
    for (const message of [
      part(snapshotOf(7, 4), 0, 3, { term: 6 }),
      {
        type: "InstallSnapshotResponse",
        from: "n2",
        to: "n1",
        term: 6,
        lastIncludedIndex: 2,
        received: 0,
        installed: false,
      },
    ] as const) {
      const n1 = new Server(snapshots, { term: 4, log: compacted(2, 1, 2) })
      n1.elect()
      n1.handle(message)
      same([n1.node.role, n1.node.currentTerm], ["follower", 6], `${n1.story}\nrole and term`)
    }
  })

  check(
    "11c.22",
    [17],
    "parts of two leaders are not mixed up, though they stand for the same entries",
    () => {
      const [old, young] = [snapshotOf(7, 4, textOf("old", 300)), snapshotOf(7, 4, textOf("young", 300))]
      const of = { from: "n3", term: 6 }
      const n1 = follower(logOf())
      n1.handle(part(old, 0, 100))
      n1.handle(part(old, 100, 200))
      const effects = n1.handle(part(young, 200, 300, of))
      const got = answer(n1, effects, "n3")
      same(got, { received: 0, installed: false }, `${n1.story}\nthe answer`)
      same(restores(effects), [], `${n1.story}\nrestore`)
      n1.handle(part(young, 0, 150, of))
      n1.handle(part(young, 150, 300, of))
      same(n1.node.snapshot, young, `${n1.story}\nthe snapshot`)
    },
  )

  check("11c.23", [17], "nor those of one leader that has compacted again meanwhile", () => {
    const [first, second] = [snapshotOf(7, 4, textOf("first", 300)), snapshotOf(8, 4, textOf("second", 300))]
    const n1 = follower(logOf())
    n1.handle(part(first, 0, 100))
    const got = answer(n1, n1.handle(part(second, 100, 200)))
    same(got, { lastIncludedIndex: 8, received: 0, installed: false }, `${n1.story}\nthe answer`)
    n1.handle(part(second, 0, 100))
    const late = answer(n1, n1.handle(part(first, 100, 200)))
    holds(
      late.lastIncludedIndex === 7 && !late.installed,
      n1.story,
      "an answer about the snapshot up to 7",
      show(late),
    )
    let received = answer(n1, n1.handle(part(second, 100, 200))).received
    for (let tries = 0; tries < 4 && n1.node.snapshot.lastIncludedIndex < 8; tries++)
      received = answer(n1, n1.handle(part(second, received, Math.min(300, received + 100)))).received
    same(n1.node.snapshot, second, `${n1.story}\nthe snapshot`)
  })

  check("11c.24", [13], "who has a vote is what the snapshot says, or the log behind it", () => {
    const chapters = ["snapshots", "membership"] as const
    const n1 = follower(logOf(), 0, chapters)
    n1.handle(part(snapshotOf(7, 4, "seven", servers(5))))
    same([n1.node.voters, n1.node.oldVoters], [servers(5), []], `${n1.story}\nvoters and oldVoters`)
    const command: Json = { type: "configuration", voters: [...servers(5)], oldVoters: [...servers(3)] }
    const log = { ...logOf(), entries: [...entries(1, [1, 1, 1]), { term: 2, command }] }
    const kept = follower(log, 0, chapters)
    kept.handle(part(snapshotOf(2, 1)))
    same(
      [kept.node.voters, kept.node.oldVoters],
      [servers(5), servers(3)],
      `${kept.story}\nvoters and oldVoters`,
    )
    kept.handle(part(snapshotOf(4, 3, "four", servers(4))))
    same([kept.node.voters, kept.node.oldVoters], [servers(4), []], `${kept.story}\nvoters and oldVoters`)
  })
})
