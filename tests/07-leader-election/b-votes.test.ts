import { check, forAll, group, holds, same, show } from "#suite"
import fc from "fast-check"
import type { RaftNode, RequestVote } from "../../projects/03-planning/contract.ts"
import {
  accepted,
  appendEntries,
  candidate,
  compacted,
  endOf,
  leader,
  logOf,
  rejected,
  requestVote,
  sent,
  sentOf,
  server,
  servers,
  termIn,
  vote,
} from "../cluster/build.ts"
import { scene, tellMessage } from "../cluster/words.ts"
import { becomes, ignores, project, step } from "./project.ts"

const timeout = { type: "electionTimeout" } as const

/** Checks the one answer to a RequestVote, and what is noted. */
function votes(node: RaftNode, request: RequestVote, voteGranted: boolean): void {
  const { state, effects } = step(node, request)
  const scenario = scene(node, request)
  const answers = sentOf(effects, "RequestVoteResponse")
  same(
    answers.map(({ from, to, term, voteGranted }) => ({ from, to, term, voteGranted })),
    [{ from: "n1", to: request.from, term: state.currentTerm, voteGranted }],
    `${scenario}\nthe answer`,
  )
  if (voteGranted) same(state.votedFor, request.from, `${scenario}\nvotedFor afterwards`)
  else if (request.term === node.currentTerm)
    same(state.votedFor, node.votedFor, `${scenario}\nvotedFor afterwards`)
  else same(state.votedFor, null, `${scenario}\nvotedFor afterwards`)
}

const follower = (fields: Partial<RaftNode> = {}) =>
  server("n1", { currentTerm: 5, log: logOf(1, 3, 3), ...fields })

group("7b", "Voting", () => {
  check("7b.1", [6], "whoever has not voted in this term votes", () => {
    votes(follower(), requestVote("n2", "n1", 5, 3, 3), true)
    votes(server("n1"), requestVote("n3", "n1", 1), true)
  })

  check("7b.2", [6], "one vote in a term: the second candidate gets none", () => {
    votes(follower({ votedFor: "n3" }), requestVote("n2", "n1", 5, 3, 3), false)
    votes(follower({ votedFor: "n3" }), requestVote("n2", "n1", 5, 9, 5), false)
    votes(candidate("n1", { currentTerm: 5 }), requestVote("n2", "n1", 5, 9, 5), false)
    votes(leader("n1", { currentTerm: 5 }), requestVote("n2", "n1", 5, 9, 5), false)
  })

  check("7b.3", [6], "the same candidate again gets it again: its first answer may be lost", () => {
    votes(follower({ votedFor: "n2" }), requestVote("n2", "n1", 5, 3, 3), true)
    const once = step(follower(), requestVote("n2", "n1", 5, 3, 3)).state
    votes(once, requestVote("n2", "n1", 5, 3, 3), true)
    votes(once, requestVote("n3", "n1", 5, 3, 3), false)
  })

  check("7b.4", [6], "a vote is for its term only: in the next one it is free again", () => {
    votes(follower({ votedFor: "n3" }), requestVote("n2", "n1", 6, 3, 3), true)
    votes(leader("n1", { currentTerm: 5, log: logOf(1) }), requestVote("n2", "n1", 6, 1, 1), true)
  })

  check("7b.5", [7], "a later last term wins, however long the other log is", () => {
    votes(follower(), requestVote("n2", "n1", 5, 1, 4), true)
    votes(follower(), requestVote("n2", "n1", 6, 2, 5), true)
    votes(follower({ log: logOf(1, 1, 1, 1, 1, 1) }), requestVote("n2", "n1", 6, 2, 2), true)
  })

  check("7b.6", [7], "an earlier last term loses, however long the log is", () => {
    votes(follower(), requestVote("n2", "n1", 5, 9, 2), false)
    votes(follower(), requestVote("n2", "n1", 6, 4, 1), false)
    votes(follower({ log: logOf(4) }), requestVote("n2", "n1", 6, 3, 3), false)
  })

  check("7b.7", [8], "with the same last term, the longer log wins", () => {
    votes(follower(), requestVote("n2", "n1", 5, 4, 3), true)
    votes(follower(), requestVote("n2", "n1", 5, 2, 3), false)
    votes(follower(), requestVote("n2", "n1", 6, 1, 3), false)
  })

  check("7b.8", [8], "equal logs are up to date, also empty ones", () => {
    votes(follower(), requestVote("n2", "n1", 5, 3, 3), true)
    votes(server("n1", { currentTerm: 5 }), requestVote("n2", "n1", 5, 0, 0), true)
    votes(follower(), requestVote("n2", "n1", 5, 0, 0), false)
  })

  check("7b.9", [7, 8], "where the log's beginning is gone, and where all of it is", () => {
    votes(follower({ log: compacted(4, 2, 3) }), requestVote("n2", "n1", 5, 5, 3), true)
    votes(follower({ log: compacted(4, 2, 3) }), requestVote("n2", "n1", 5, 4, 3), false)
    votes(follower({ log: compacted(4, 2) }), requestVote("n2", "n1", 5, 4, 2), true)
    votes(follower({ log: compacted(4, 2) }), requestVote("n2", "n1", 5, 3, 2), false)
    votes(follower({ log: compacted(4, 2) }), requestVote("n2", "n1", 5, 9, 1), false)
  })

  check("7b.10", [7, 8, 9], "for any two logs", () => {
    const terms = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 5 }).map((ups) => {
      let term = 1
      return ups.map((up) => (term += up))
    })
    forAll(
      fc.tuple(terms, terms, fc.constantFrom(9, 10)),
      ([mine, theirs, term]) => {
        const node = follower({ currentTerm: 9, log: logOf(...mine) })
        const [ours, their] = [mine.at(-1) ?? 0, theirs.at(-1) ?? 0]
        const upToDate = their > ours || (their === ours && theirs.length >= mine.length)
        votes(node, requestVote("n2", "n1", term, theirs.length, their), upToDate)
      },
      ([mine, theirs]) => `a voter with terms ${String(mine)}, a candidate with ${String(theirs)}`,
      200,
    )
  })

  check(
    "7b.11",
    [9],
    "a refusal leaves everything else as it was: log, role, leader, what is committed",
    () => {
      const node = follower({ votedFor: "n3", leader: "n3", commitIndex: 2, lastApplied: 2 })
      const { state } = step(node, requestVote("n2", "n1", 5, 3, 3))
      same(state, node, `${scene(node, requestVote("n2", "n1", 5, 3, 3))}\nthe state afterwards`)
      becomes(leader("n1", { currentTerm: 5 }), requestVote("n2", "n1", 5, 9, 5), {
        role: "leader",
        leader: "n1",
      })
      becomes(candidate("n1", { currentTerm: 5 }), requestVote("n2", "n1", 5, 9, 5), { role: "candidate" })
    },
  )

  check("7b.12", [6], "a vote survives a crash: it is on disk before it is sent", () => {
    const granted = step(follower(), requestVote("n2", "n1", 5, 3, 3)).state
    const { currentTerm, votedFor, log } = granted
    votes(server("n1", { currentTerm, votedFor, log }), requestVote("n3", "n1", 5, 3, 3), false)
  })
})

group("7c", "Standing for election", () => {
  check(
    "7c.1",
    [10],
    "a follower that times out becomes a candidate of the next term, with its own vote",
    () => {
      for (const node of [server("n1"), follower({ votedFor: "n3", leader: "n3" })]) {
        const expected = {
          currentTerm: node.currentTerm + 1,
          role: "candidate",
          votedFor: "n1",
          leader: null,
        } as const
        becomes(node, timeout, expected)
        same(step(node, timeout).state.votesGranted, ["n1"], `${scene(node, timeout)}\nvotesGranted`)
      }
    },
  )

  check("7c.2", [10], "so does a candidate: a new term, and the old votes are worth nothing", () => {
    const node = candidate("n1", { voters: servers(5), currentTerm: 5, votesGranted: ["n1", "n2"] })
    becomes(node, timeout, { currentTerm: 6, role: "candidate", votedFor: "n1", votesGranted: ["n1"] })
  })

  check("7c.3", [11], "it asks every other server for its vote, and tells how up to date its log is", () => {
    for (const [n, log] of [
      [3, logOf()],
      [5, logOf(1, 3, 3)],
      [4, compacted(7, 2)],
      [2, compacted(7, 2, 4)],
    ] as const) {
      const node = server("n2", { voters: servers(n), currentTerm: 6, log })
      const requests = sentOf(step(node, timeout).effects, "RequestVote")
      const asked = [...new Set(requests.map(({ to }) => to))].toSorted()
      same(
        asked,
        servers(n).filter((id) => id !== "n2"),
        `${scene(node, timeout)}\nwho gets a RequestVote`,
      )
      for (const request of requests) {
        const { from, term, lastLogIndex, lastLogTerm } = request
        const expected = ["n2", 7, endOf(log), termIn(log, endOf(log))]
        same(
          [from, term, lastLogIndex, lastLogTerm],
          expected,
          `${scene(node, timeout)}\nfrom, term, lastLogIndex and lastLogTerm`,
        )
      }
    }
  })

  check("7c.4", [11], "while the membership changes, the servers of both lists are asked", () => {
    const node = server("n1", { voters: ["n1", "n4"], oldVoters: ["n1", "n2", "n3"], currentTerm: 1 })
    const asked = sentOf(step(node, timeout).effects, "RequestVote").map(({ to }) => to)
    same(
      [...new Set(asked)].toSorted(),
      ["n2", "n3", "n4"],
      `${scene(node, timeout)} with oldVoters n1, n2, n3\nwho gets a RequestVote`,
    )
  })

  check("7c.5", [12], "a leader has nothing to stand for", () => {
    const node = leader("n1", { currentTerm: 5, log: logOf(1, 5) })
    const { state, effects } = step(node, timeout)
    same(state, node, `${scene(node, timeout)}\nthe state afterwards`)
    same(sent(effects), [], `${scene(node, timeout)}\nthe messages`)
  })

  check("7c.6", [13], "campaign does what a timeout does", () => {
    const node = follower({ votedFor: "n3", leader: "n3", voters: servers(5) })
    const { set = {}, effects = [] } = project.campaign(node)
    const timedOut = step(node, timeout)
    for (const field of ["currentTerm", "role", "votedFor", "leader", "votesGranted", "log"] as const) {
      same(
        { ...node, ...set }[field],
        timedOut.state[field],
        `campaign, against what an electionTimeout does: ${field}`,
      )
    }
    const asked = sentOf(effects, "RequestVote")
      .map(({ to }) => to)
      .toSorted()
    same(
      asked,
      sentOf(timedOut.effects, "RequestVote")
        .map(({ to }) => to)
        .toSorted(),
      "campaign: who is asked",
    )
  })

  check("7c.7", [10], "the log stays, and what is committed", () => {
    const node = follower({ commitIndex: 2, lastApplied: 2 })
    becomes(node, timeout, { log: node.log, commitIndex: 2, lastApplied: 2 })
  })
})

group("7d", "Winning", () => {
  const standing = (n: number, ...votesGranted: readonly string[]) =>
    candidate("n1", {
      voters: servers(n),
      currentTerm: 5,
      log: logOf(1, 2),
      votesGranted: ["n1", ...votesGranted],
    })

  check("7d.1", [14, 15], "a majority of votes, its own among them, makes a leader at once", () => {
    becomes(standing(3), vote("n2", "n1", 5), { role: "leader", leader: "n1", currentTerm: 5 })
    becomes(standing(2), vote("n2", "n1", 5), { role: "leader" })
    becomes(standing(5, "n2"), vote("n4", "n1", 5), { role: "leader" })
    becomes(standing(4, "n3"), vote("n2", "n1", 5), { role: "leader" })
  })

  check("7d.2", [15], "half is no majority", () => {
    becomes(standing(4), vote("n2", "n1", 5), { role: "candidate" })
    becomes(standing(5), vote("n2", "n1", 5), { role: "candidate" })
    becomes(standing(6, "n2"), vote("n3", "n1", 5), { role: "candidate" })
    becomes(standing(7, "n2"), vote("n3", "n1", 5), { role: "candidate" })
  })

  check("7d.3", [14], "a vote counts once, however often it comes", () => {
    const node = standing(5, "n2")
    becomes(node, vote("n2", "n1", 5), { role: "candidate" })
    const once = step(standing(5), vote("n3", "n1", 5)).state
    becomes(once, vote("n3", "n1", 5), { role: "candidate" })
    becomes(step(once, vote("n3", "n1", 5)).state, vote("n3", "n1", 5), { role: "candidate" })
  })

  check("7d.4", [14], "a refusal counts for nothing", () => {
    becomes(standing(3), vote("n2", "n1", 5, false), { role: "candidate", currentTerm: 5, votedFor: "n1" })
    becomes(standing(5, "n2"), vote("n3", "n1", 5, false), { role: "candidate", currentTerm: 5 })
  })

  check("7d.5", [14], "one's own vote, or one from outside, does not come by message", () => {
    becomes(standing(3), vote("n9", "n1", 5), { role: "candidate" })
    becomes(standing(5, "n2"), vote("n9", "n1", 5), { role: "candidate" })
    becomes(standing(3), vote("n1", "n1", 5), { role: "candidate" })
  })

  check("7d.6", [14], "only a candidate counts votes", () => {
    const node = follower({ votesGranted: ["n1"], votedFor: "n1" })
    becomes(node, vote("n2", "n1", 5), { role: "follower" })
    const leading = leader("n1", {
      currentTerm: 5,
      log: logOf(1, 5),
      matchIndex: { n2: 1, n3: 1 },
      nextIndex: { n2: 3, n3: 3 },
    })
    becomes(leading, vote("n3", "n1", 5), {
      role: "leader",
      nextIndex: { n2: 3, n3: 3 },
      matchIndex: { n2: 1, n3: 1 },
    })
  })

  check("7d.7", [14], "votes for an earlier candidacy count for nothing in the next", () => {
    const later = step(standing(5, "n2"), timeout).state
    becomes(later, vote("n3", "n1", 6), { role: "candidate", currentTerm: 6 })
    ignores(later, vote("n4", "n1", 5))
  })

  check("7d.8", [15], "while the membership changes, a majority of both lists is needed", () => {
    const node = candidate("n1", {
      voters: ["n1", "n4", "n5"],
      oldVoters: ["n1", "n2", "n3"],
      currentTerm: 5,
    })
    becomes(node, vote("n4", "n1", 5), { role: "candidate" })
    becomes(node, vote("n2", "n1", 5), { role: "candidate" })
    becomes(step(node, vote("n4", "n1", 5)).state, vote("n2", "n1", 5), { role: "leader" })
    becomes(step(node, vote("n4", "n1", 5)).state, vote("n5", "n1", 5), { role: "candidate" })
  })

  check("7d.9", [16], "a new leader lets everyone know at once", () => {
    for (const n of [3, 5]) {
      const node = n === 3 ? standing(3) : standing(5, "n4")
      const { effects } = step(node, vote("n2", "n1", 5))
      for (const peer of servers(n).slice(1)) {
        const messages = sentOf(effects, "AppendEntries", peer)
        holds(
          messages.length > 0 && messages.every(({ term }) => term === 5),
          scene(node, vote("n2", "n1", 5)),
          `an AppendEntries of term 5 to ${peer}`,
          sent(effects).map(tellMessage).join("; ") || "no messages",
        )
      }
    }
  })

  check("7d.10", [16], "it begins afresh: nextIndex behind its log, matchIndex 0", () => {
    const old = { nextIndex: { n2: 1, n3: 7 }, matchIndex: { n2: 2, n3: 6 } }
    const { state } = step({ ...standing(3), ...old }, vote("n2", "n1", 5))
    for (const peer of ["n2", "n3"]) {
      const next = state.nextIndex[peer] ?? 0
      holds(
        next === 3 || next === endOf(state.log) + 1,
        "elected with two entries, and nextIndex and matchIndex left over from an earlier leadership",
        `nextIndex 3 for ${peer}`,
        show(state.nextIndex),
      )
      same(state.matchIndex[peer], 0, `elected after an earlier leadership: matchIndex of ${peer}`)
    }
  })

  check("7d.11", [17], "a server alone elects itself in the same step", () => {
    const node = server("n1", { voters: ["n1"], currentTerm: 3, log: logOf(1) })
    becomes(node, timeout, { role: "leader", leader: "n1", currentTerm: 4, votedFor: "n1" })
    const { state } = step(step(node, timeout).state, { type: "propose", command: "set x 1" })
    same(state.commitIndex, endOf(state.log), `${scene(node, timeout)}, then a proposal\ncommitIndex`)
  })

  check("7d.12", [18], "a new leader commits no older entry, however many have it", () => {
    const node = candidate("n1", { currentTerm: 5, log: logOf(1, 2), votesGranted: ["n1"] })
    let { state } = step(node, vote("n2", "n1", 5))
    for (const peer of ["n2", "n3"]) ({ state } = step(state, accepted(peer, "n1", 5, 2)))
    same(
      state.commitIndex,
      0,
      `${scene(node, vote("n2", "n1", 5))}, then both followers have its two older entries\ncommitIndex`,
    )
    ;({ state } = step(state, { type: "propose", command: "new" }))
    const end = endOf(state.log)
    ;({ state } = step(state, accepted("n2", "n1", 5, end)))
    same(state.commitIndex, end, "then a proposal, which n2 gets: commitIndex")
  })
})

group("7e", "Losing", () => {
  const boss = (term: number) => leader("n2", { currentTerm: term, log: logOf(1, 2) })

  check("7e.1", [19], "a candidate that hears the leader of its own term is a follower", () => {
    const node = candidate("n1", { currentTerm: 5, log: logOf(1, 2) })
    for (const message of [
      appendEntries(boss(5), "n1", 2),
      { ...appendEntries(boss(5), "n1", 2), prevLogIndex: 7 },
    ]) {
      becomes(node, message, { role: "follower", leader: "n2", currentTerm: 5, votedFor: "n1" })
    }
  })

  check("7e.2", [19], "and takes its entries in the same step", () => {
    const node = candidate("n1", { currentTerm: 5, log: logOf(1, 2, 2) })
    const message = appendEntries({ ...boss(5), log: logOf(1, 2, 5) }, "n1", 2)
    becomes(node, message, { role: "follower", log: logOf(1, 2, 5) })
    const [answer] = sentOf(step(node, message).effects, "AppendEntriesResponse")
    same(
      [answer?.success, answer?.matchIndex],
      [true, 3],
      `${scene(node, message)}\nsuccess and matchIndex of the answer`,
    )
  })

  check("7e.3", [19], "votes that still come are nothing to it", () => {
    const node = candidate("n1", { currentTerm: 5, log: logOf(1, 2) })
    const beaten = step(node, appendEntries(boss(5), "n1", 2)).state
    becomes(beaten, vote("n3", "n1", 5), { role: "follower", leader: "n2" })
  })

  check("7e.4", [20], "no message of its own term deposes a leader", () => {
    const node = leader("n1", { currentTerm: 5, log: logOf(1, 5) })
    for (const message of [
      requestVote("n2", "n1", 5, 9, 5),
      vote("n2", "n1", 5, false),
      vote("n2", "n1", 5, true),
      rejected("n2", "n1", 5),
      accepted("n2", "n1", 5, 2),
      appendEntries(boss(5), "n1", 2),
    ]) {
      becomes(node, message, { role: "leader", leader: "n1", currentTerm: 5 })
      same(step(node, message).state.log.entries.length, 2, `${scene(node, message)}\nentries in its log`)
    }
  })

  check(
    "7e.5",
    [19],
    "a follower learns who leads from AppendEntries, also in a term it was in already",
    () => {
      becomes(follower({ votedFor: "n3" }), appendEntries(boss(5), "n1", 0, 0), {
        leader: "n2",
        role: "follower",
        votedFor: "n3",
      })
    },
  )
})
