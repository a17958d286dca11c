import { check, group, holds, same } from "#suite"
import type { Message, RaftEvent, RaftNode } from "../../projects/03-planning/contract.ts"
import {
  accepted,
  appendEntries,
  candidate,
  leader,
  logOf,
  rejected,
  requestVote,
  sent,
  sentOf,
  server,
  servers,
  vote,
} from "../cluster/build.ts"
import { scene } from "../cluster/words.ts"
import { becomes, ignores, project, resets, step } from "./project.ts"

const log = logOf(1, 2, 3)
const timeout = { type: "electionTimeout" } as const
const boss = (term: number, ...terms: readonly number[]) =>
  leader("n2", { currentTerm: term, log: logOf(...terms) })
/** One who follows and voted for the very server that the messages come from, in its own term. */
const loyal = server("n1", { currentTerm: 5, log, votedFor: "n2", leader: "n2" })

group("7h", "Corners", () => {
  check("7h.1", [21], "every message of the leader that is known already resets the timer", () => {
    for (const message of [
      appendEntries(boss(5, 1, 2, 3), "n1", 3),
      appendEntries(boss(5, 1, 2, 3, 5), "n1", 3),
      { ...appendEntries(boss(5, 1, 2, 3), "n1", 3), prevLogIndex: 9 },
    ])
      same(resets(loyal, message), true, `${scene(loyal, message)}\nresetElectionTimer among the effects`)
  })
  check("7h.2", [3, 22], "an older request is old, also when its sender has the vote or leads now", () => {
    const news = {
      ...appendEntries(boss(4, 1, 2, 3), "n1", 3),
      entries: [{ term: 4, command: "late" }],
      leaderCommit: 3,
    }
    for (const message of [
      requestVote("n2", "n1", 4, 9, 4),
      appendEntries(boss(4, 1, 2, 3), "n1", 3),
      news,
    ]) {
      ignores(loyal, message)
      same(resets(loyal, message), false, `${scene(loyal, message)}\nreset`)
    }
  })
  check(
    "7h.3",
    [3, 4],
    "a refusal is of the request's kind, with matchIndex 0; an old answer calls forth nothing at all",
    () => {
      for (const node of [
        loyal,
        candidate("n1", { currentTerm: 5, log }),
        leader("n1", { currentTerm: 5, log }),
      ]) {
        for (const message of [requestVote("n2", "n1", 4, 9, 4), appendEntries(boss(4, 1, 2, 3), "n1", 3)]) {
          for (const answer of sent(step(node, message).effects)) {
            same(answer.type, `${message.type}Response`, `${scene(node, message)}\ntype of the answer`)
            if (answer.type === "AppendEntriesResponse")
              same(answer.matchIndex, 0, `${scene(node, message)}\nmatchIndex of the answer`)
          }
        }
        for (const message of [vote("n2", "n1", 4), rejected("n2", "n1", 4), accepted("n2", "n1", 4, 3)]) {
          same(step(node, message).effects, [], `${scene(node, message)}\nthe effects`)
        }
      }
    },
  )
  check("7h.4", [22], "nor do votes, winning, or a leader's own timeout", () => {
    const five = candidate("n1", { currentTerm: 5, log, voters: servers(5) })
    const cases: readonly (readonly [RaftNode, RaftEvent])[] = [
      [five, vote("n2", "n1", 5)],
      [{ ...five, votesGranted: ["n1", "n2"] }, vote("n2", "n1", 5)],
      [{ ...five, votesGranted: ["n1", "n2"] }, vote("n3", "n1", 5)],
      [leader("n1", { currentTerm: 5, log }), vote("n3", "n1", 5)],
      [leader("n1", { currentTerm: 5, log }), timeout],
      [leader("n1", { currentTerm: 5, log }), accepted("n2", "n1", 8, 3)],
      [five, vote("n2", "n1", 8, true)],
      [loyal, vote("n2", "n1", 8, true)],
    ]
    for (const [node, event] of cases)
      same(resets(node, event), false, `${scene(node, event)}\nresetElectionTimer among the effects`)
  })
  check("7h.5", [13, 11], "campaign asks for a new delay, too, and all of seven", () => {
    const node = server("n1", { currentTerm: 5, log, voters: servers(7) })
    const { effects = [] } = project.campaign(node)
    same(
      effects.some(({ type }) => type === "resetElectionTimer"),
      true,
      "campaign: resetElectionTimer among the effects",
    )
    same(
      [...new Set(sentOf(effects, "RequestVote").map(({ to }) => to))].toSorted(),
      servers(7).slice(1),
      "campaign of one of seven: who is asked",
    )
    for (const { term, lastLogIndex, lastLogTerm } of sentOf(effects, "RequestVote"))
      same([term, lastLogIndex, lastLogTerm], [6, 3, 3], "campaign: the ballot")
  })
  check("7h.6", [1, 6], "a vote is all that is granted: whom it votes for is no leader yet", () => {
    for (const node of [
      server("n1", { currentTerm: 5, log }),
      candidate("n1", { currentTerm: 5, log }),
      leader("n1", { currentTerm: 5, log }),
      loyal,
    ])
      becomes(node, requestVote("n3", "n1", 6, 3, 3), {
        votedFor: "n3",
        leader: null,
        role: "follower",
        votesGranted: [],
      })
    const free = server("n1", { currentTerm: 5, log, commitIndex: 1, lastApplied: 1 })
    becomes(free, requestVote("n3", "n1", 5, 3, 3), {
      votedFor: "n3",
      leader: null,
      role: "follower",
      votesGranted: [],
      commitIndex: 1,
      log,
    })
  })
  check("7h.7", [9], "a refusal changes nothing of a candidate or a leader, votes least of all", () => {
    for (const node of [
      candidate("n1", { currentTerm: 5, log, voters: servers(5), votesGranted: ["n1", "n4"] }),
      leader("n1", { currentTerm: 5, log }),
    ])
      for (const request of [requestVote("n2", "n1", 5, 9, 5), requestVote("n2", "n1", 5, 1, 1)])
        same(step(node, request).state, node, `${scene(node, request)}\nthe state afterwards`)
  })
  check("7h.8", [1], "a leader of a newer term: the old term's vote is gone", () => {
    for (const node of [
      server("n1", { currentTerm: 5, log, votedFor: "n3" }),
      candidate("n1", { currentTerm: 5, log }),
      leader("n1", { currentTerm: 5, log }),
    ]) {
      const message = appendEntries(boss(8, 1, 2, 3), "n1", 3)
      const { votedFor } = step(node, message).state
      holds(
        votedFor === null || votedFor === "n2",
        `${scene(node, message)}\nvotedFor afterwards`,
        "null (or n2, who leads)",
        String(votedFor),
      )
    }
  })
  check("7h.9", [2, 14, 19], "a vote that does not count leaves no trace", () => {
    becomes(candidate("n1", { currentTerm: 5, log }), vote("n2", "n1", 8, true), {
      role: "follower",
      votesGranted: [],
      votedFor: null,
      currentTerm: 8,
    })
    ignores(
      server("n1", { currentTerm: 5, log, votedFor: "n1", leader: "n2", votesGranted: ["n1"] }),
      vote("n3", "n1", 5),
    )
    ignores(server("n1", { currentTerm: 5, log }), vote("n3", "n1", 5))
    ignores(
      leader("n1", { currentTerm: 5, log, voters: servers(5), votesGranted: ["n1", "n2", "n3"] }),
      vote("n4", "n1", 5),
    )
    becomes(
      candidate("n1", { currentTerm: 5, log, voters: servers(5), votesGranted: ["n1", "n2"] }),
      vote("n2", "n1", 5),
      { votesGranted: ["n1", "n2"] },
    )
  })
  check("7h.10", [16, 18], "nobody proposed: winning accepts nothing", () => {
    const three = candidate("n1", { currentTerm: 5, log })
    for (const [node, event] of [
      [three, vote("n2", "n1", 5)],
      [server("n1", { voters: ["n1"], log: logOf(1), currentTerm: 3 }), timeout],
    ] as const) {
      const { effects } = step(node, event)
      same(
        effects.filter(({ type }) => type === "accepted" || type === "refused"),
        [],
        `${scene(node, event)}\naccepted or refused among the effects`,
      )
    }
  })
  check(
    "7h.11",
    [1],
    "a newer term counts in messages of any kind (project 11 adds some), and from anyone",
    () => {
      const strange = { ...rejected("n2", "n1", 8), type: "InstallSnapshot" } as const
      becomes(loyal, strange as unknown as Message, {
        currentTerm: 8,
        role: "follower",
        votedFor: null,
        leader: null,
      })
      becomes(loyal, rejected("n9", "n1", 8), {
        currentTerm: 8,
        role: "follower",
        votedFor: null,
        leader: null,
      })
    },
  )
})
