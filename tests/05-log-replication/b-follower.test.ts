import { check, forAll, group, same } from "#suite"
import fc from "fast-check"
import {
  appendEntries,
  compacted,
  endOf,
  entries,
  leader,
  logOf,
  sentOf,
  server,
  termIn,
} from "../cluster/build.ts"
import type { AppendEntries, AppendEntriesResponse, RaftNode } from "../../projects/03-planning/contract.ts"
import { scene } from "../cluster/words.ts"
import { ignores, step } from "./project.ts"

/** The one answer to an AppendEntries. */
function answer(node: RaftNode, message: AppendEntries): AppendEntriesResponse {
  const { effects } = step(node, message)
  const answers = sentOf(effects, "AppendEntriesResponse")
  same(answers.length, 1, `${scene(node, message)}\nhow many answers it sends`)
  const [first] = answers
  if (!first) throw new Error("there is one")
  same(
    [first.from, first.to, first.term],
    [node.id, message.from, node.currentTerm],
    `${scene(node, message)}\nfrom, to and term of the answer`,
  )
  return first
}

const follower = (...terms: readonly number[]) => server("n2", { currentTerm: 5, log: logOf(...terms) })
const ruler = (...terms: readonly number[]) => leader("n1", { currentTerm: 5, log: logOf(...terms) })

group("5d", "What a follower does", () => {
  check("5d.1", [10], "it takes what fits, and says so", () => {
    const node = follower(1, 1)
    const message = appendEntries(ruler(1, 1, 5, 5), "n2", 2)
    const { state } = step(node, message)
    same(state.log, logOf(1, 1, 5, 5), `${scene(node, message)}\nthe log afterwards`)
    same(answer(node, message).success, true, `${scene(node, message)}\nsuccess of the answer`)
  })

  check("5d.2", [10], "a conflict goes, with all that follows it", () => {
    const node = follower(1, 1, 2, 2, 2)
    const message = appendEntries(ruler(1, 1, 3), "n2", 2)
    same(step(node, message).state.log, logOf(1, 1, 3), `${scene(node, message)}\nthe log afterwards`)
  })

  check("5d.3", [10], "it refuses what does not fit, and its log stays", () => {
    for (const [node, message] of [
      [follower(1, 1), appendEntries(ruler(1, 1, 1, 5), "n2", 3)],
      [follower(1, 1, 2), appendEntries(ruler(1, 1, 3, 5), "n2", 3)],
      [follower(), appendEntries(ruler(1, 1), "n2", 2)],
    ] as const) {
      const { state } = step(node, message)
      same(answer(node, message).success, false, `${scene(node, message)}\nsuccess of the answer`)
      same(state.log, node.log, `${scene(node, message)}\nthe log afterwards`)
    }
  })

  check("5d.4", [10], "a heartbeat is checked like any other, and removes nothing", () => {
    const node = follower(1, 1, 2, 2)
    const fits = { ...appendEntries(ruler(1, 1), "n2", 2), entries: [] }
    same(step(node, fits).state.log, node.log, `${scene(node, fits)}\nthe log afterwards`)
    same(answer(node, fits).success, true, `${scene(node, fits)}\nsuccess of the answer`)
    const not = { ...appendEntries(ruler(1, 1, 3), "n2", 3), entries: [] }
    same(answer(node, not).success, false, `${scene(node, not)}\nsuccess of the answer`)
  })

  check("5d.5", [11], "it answers with how far its log now provably matches: the last new entry", () => {
    const node = follower(1, 1)
    const message = appendEntries(ruler(1, 1, 5, 5), "n2", 2)
    same(answer(node, message).matchIndex, 4, `${scene(node, message)}\nmatchIndex of the answer`)
    const none = appendEntries(ruler(1, 1), "n2", 2)
    same(answer(node, none).matchIndex, 2, `${scene(node, none)}\nmatchIndex of the answer`)
  })

  check("5d.6", [11], "not the end of its own log: what follows may be another leader's", () => {
    const node = follower(1, 1, 2, 2, 2)
    const message = { ...appendEntries(ruler(1, 1, 5), "n2", 1), entries: entries(2, [1]) }
    same(answer(node, message).matchIndex, 2, `${scene(node, message)}\nmatchIndex of the answer`)
    const heartbeat = { ...appendEntries(ruler(1, 1), "n2", 1), entries: [] }
    same(answer(node, heartbeat).matchIndex, 1, `${scene(node, heartbeat)}\nmatchIndex of the answer`)
  })

  check("5d.7", [11], "also when part of the message was there already, or all of it", () => {
    const node = follower(1, 1, 5)
    const message = appendEntries(ruler(1, 1, 5, 5), "n2", 1)
    same(answer(node, message).matchIndex, 4, `${scene(node, message)}\nmatchIndex of the answer`)
    const old = appendEntries(ruler(1, 1, 5, 5), "n2", 0, 2)
    same(answer(node, old).matchIndex, 2, `${scene(node, old)}\nmatchIndex of the answer`)
  })

  check("5d.8", [11], "a refusal promises nothing: its matchIndex is 0", () => {
    const node = follower(1, 1, 2)
    const message = appendEntries(ruler(1, 1, 3, 5), "n2", 3)
    const { success, matchIndex } = answer(node, message)
    same([success, matchIndex], [false, 0], `${scene(node, message)}\nsuccess and matchIndex of the answer`)
  })

  check("5d.9", [11], "indexes count on from the base of a shortened log", () => {
    const node = server("n2", { currentTerm: 5, log: compacted(4, 2, 2), commitIndex: 4, lastApplied: 4 })
    const boss = leader("n1", { currentTerm: 5, log: compacted(4, 2, 2, 5) })
    const message = appendEntries(boss, "n2", 5)
    same(answer(node, message).matchIndex, 6, `${scene(node, message)}\nmatchIndex of the answer`)
    same(endOf(step(node, message).state.log), 6, `${scene(node, message)}\nlast index of its log`)
  })

  check("5d.10", [12], "it remembers who leads", () => {
    for (const known of [null, "n3"]) {
      const node = { ...follower(1), leader: known }
      for (const message of [appendEntries(ruler(1, 5), "n2", 1), appendEntries(ruler(1, 3, 5), "n2", 2)]) {
        same(step(node, message).state.leader, "n1", `${scene(node, message)}\nleader`)
      }
    }
  })

  check("5d.11", [13], "a leader takes no entries from another in its own term", () => {
    const node = leader("n2", { currentTerm: 5, log: logOf(1, 5) })
    const message = appendEntries(ruler(1, 4, 5), "n2", 1)
    const { state } = step(node, message)
    same([state.role, state.leader], ["leader", "n2"], `${scene(node, message)}\nrole and leader`)
    same(state.log, node.log, `${scene(node, message)}\nthe log afterwards`)
  })

  check("5d.12", [20], "everything it does not say stays as it was", () => {
    const node = { ...follower(1, 1, 2), votedFor: "n1", commitIndex: 1, lastApplied: 1 }
    const message = appendEntries(ruler(1, 1, 3), "n2", 2)
    const { state } = step(node, message)
    const { log: _log, leader: _leader, commitIndex: _commit, lastApplied: _applied, ...rest } = state
    const { log: _l, leader: _e, commitIndex: _c, lastApplied: _a, ...before } = node
    same(rest, before, `${scene(node, message)}\nall but log, leader and what is committed`)
  })

  check("5d.13", [10, 11], "for any two logs: what it acknowledges is what the leader has", () => {
    const terms = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 7 }).map((steps) => {
      let term = 1
      return steps.map((up) => (term += up))
    })
    forAll(
      fc.record({ mine: terms, theirs: terms, prev: fc.nat(7), count: fc.nat(3) }),
      ({ mine, theirs, prev, count }) => {
        const boss = leader("n1", { currentTerm: 9, log: logOf(...theirs) })
        const node = server("n2", { currentTerm: 9, log: logOf(...mine) })
        const message = appendEntries(boss, "n2", Math.min(prev, theirs.length), count)
        const { success, matchIndex } = answer(node, message)
        const fits = termIn(node.log, message.prevLogIndex) === message.prevLogTerm
        same(success, fits, `${scene(node, message)}\nsuccess of the answer`)
        const match = fits ? message.prevLogIndex + message.entries.length : 0
        same(matchIndex, match, `${scene(node, message)}\nmatchIndex of the answer`)
      },
      ({ mine, theirs }) => `a follower with terms ${String(mine)}, a leader with ${String(theirs)}`,
      300,
    )
  })
})

group("5f", "None of its business", () => {
  check("5f.1", [18], "an answer that comes to no leader changes nothing", () => {
    const late = {
      type: "AppendEntriesResponse",
      from: "n3",
      to: "n2",
      term: 5,
      success: true,
      matchIndex: 1,
    } as const
    ignores(follower(1, 2), late)
    ignores(
      { ...follower(1, 2), nextIndex: { n1: 3, n3: 3 }, matchIndex: { n1: 0, n3: 0 } },
      { ...late, success: false, matchIndex: 0 },
    )
  })

  check("5f.2", [18, 19], "an answer from a server that is not of the cluster changes nothing", () => {
    const node = leader("n1", {
      currentTerm: 5,
      log: logOf(1, 5),
      matchIndex: { n2: 2, n3: 2 },
      nextIndex: { n2: 3, n3: 3 },
    })
    for (const success of [true, false]) {
      const stranger = {
        type: "AppendEntriesResponse",
        from: "n9",
        to: "n1",
        term: 5,
        success,
        matchIndex: success ? 2 : 0,
      } as const
      ignores(node, stranger)
      const { effects } = step(step(node, stranger).state, { type: "heartbeatTimeout" })
      same(
        sentOf(effects, "AppendEntries", "n9"),
        [],
        `${scene(node, stranger)}, then a heartbeatTimeout\nwhat n9 gets`,
      )
    }
  })
})
