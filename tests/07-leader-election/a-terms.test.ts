import { check, group, same } from "#suite"
import type { Message, RaftNode } from "../../projects/03-planning/contract.ts"
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
  vote,
} from "../cluster/build.ts"
import { scene } from "../cluster/words.ts"
import { becomes, ignores, resets, step } from "./project.ts"

const log = logOf(1, 2, 3)

/** A follower that has not voted, one that has, a candidate and a leader, all of term 5. */
const everyone: readonly RaftNode[] = [
  server("n1", { currentTerm: 5, log }),
  server("n1", { currentTerm: 5, log, votedFor: "n3", leader: "n3" }),
  candidate("n1", { currentTerm: 5, log }),
  leader("n1", { currentTerm: 5, log }),
]

/** An AppendEntries of n2, the leader of that term, whose log is this one. */
const fromLeader = (term: number, ...terms: readonly number[]) =>
  appendEntries(leader("n2", { currentTerm: term, log: logOf(...terms) }), "n1", terms.length)

const newer: readonly Message[] = [
  requestVote("n2", "n1", 8, 1, 1), // whose log is not up to date, so that there is no vote either
  vote("n2", "n1", 8, false),
  vote("n2", "n1", 8, true),
  rejected("n2", "n1", 8),
  accepted("n2", "n1", 8, 3),
  fromLeader(8, 1, 2, 3),
]

const older: readonly Message[] = [
  requestVote("n2", "n1", 4, 9, 4),
  vote("n2", "n1", 4, true),
  rejected("n2", "n1", 4),
  accepted("n2", "n1", 4, 3),
  fromLeader(4, 1, 2, 3),
  {
    ...fromLeader(4, 1, 2, 3, 4),
    prevLogIndex: 3,
    prevLogTerm: 3,
    entries: [{ term: 4, command: "late" }],
    leaderCommit: 3,
  },
]

group("7a", "Terms", () => {
  check("7a.1", [1], "a message of a newer term makes everyone a follower of that term", () => {
    for (const node of everyone) {
      for (const message of newer) becomes(node, message, { currentTerm: 8, role: "follower" })
    }
  })

  check("7a.2", [1], "also when it is only an answer", () => {
    for (const node of everyone) {
      becomes(node, rejected("n3", "n1", 6), { currentTerm: 6, role: "follower", votesGranted: [] })
      becomes(node, vote("n3", "n1", 6, false), { currentTerm: 6, role: "follower" })
    }
  })

  check("7a.3", [1], "a new term is a new vote, and a leader that is not known yet", () => {
    for (const node of everyone) {
      becomes(node, vote("n3", "n1", 7, false), { votedFor: null, leader: null })
      becomes(node, rejected("n3", "n1", 7), { votedFor: null, leader: null })
      becomes(node, requestVote("n2", "n1", 7, 1, 1), { votedFor: null, leader: null })
    }
  })

  check("7a.4", [2], "a newer answer only brings the term: it counts for nothing else", () => {
    const standing = candidate("n1", { currentTerm: 5, log })
    same(
      sent(step(standing, vote("n2", "n1", 8, true)).effects),
      [],
      `${scene(standing, vote("n2", "n1", 8, true))}\nmessages`,
    )
    const leading = leader("n1", { currentTerm: 5, log: logOf(5, 5), nextIndex: { n2: 3 } })
    becomes(leading, accepted("n2", "n1", 8, 2), { role: "follower", commitIndex: 0 })
  })

  check("7a.5", [3], "a request of an older term changes nothing", () => {
    for (const node of everyone) {
      for (const message of older) {
        if (message.type === "RequestVote" || message.type === "AppendEntries") ignores(node, message)
      }
    }
  })

  check("7a.6", [3], "if it is answered, then with a no, and with the term that its sender missed", () => {
    for (const node of everyone) {
      for (const message of older) {
        for (const answer of sent(step(node, message).effects)) {
          const no =
            answer.type === "AppendEntriesResponse"
              ? !answer.success
              : answer.type === "RequestVoteResponse" && !answer.voteGranted
          same(
            [answer.from, answer.to, answer.term, no],
            ["n1", "n2", 5, true],
            `${scene(node, message)}\nfrom, to and term of the answer, and whether it is a no`,
          )
        }
      }
    }
  })

  check("7a.7", [4], "an answer from an older term is nothing", () => {
    const standing = candidate("n1", { currentTerm: 5, log })
    ignores(standing, vote("n2", "n1", 4, true))
    ignores(standing, vote("n2", "n1", 3, true))
    const leading = leader("n1", { currentTerm: 5, log: logOf(1, 5, 5), nextIndex: { n2: 3, n3: 3 } })
    ignores(leading, accepted("n2", "n1", 4, 3))
    ignores(leading, rejected("n2", "n1", 4))
    ignores(leading, rejected("n3", "n1", 1))
  })

  check("7a.8", [5], "the term never goes back, whatever comes", () => {
    for (const node of everyone) {
      for (const message of [...older, ...newer]) {
        const { state } = step(node, message)
        same(state.currentTerm, Math.max(5, message.term), `${scene(node, message)}\ncurrentTerm`)
      }
    }
  })

  check("7a.9", [5], "within a term, a vote stays: no message takes it back or gives it to another", () => {
    const same5: readonly Message[] = [
      requestVote("n2", "n1", 5, 9, 5),
      vote("n2", "n1", 5, false),
      vote("n3", "n1", 5, true),
      fromLeader(5, 1, 2, 3),
      rejected("n2", "n1", 5),
      accepted("n2", "n1", 5, 3),
    ]
    for (const message of [...same5, ...older]) {
      becomes(server("n1", { currentTerm: 5, log, votedFor: "n3" }), message, { votedFor: "n3" })
      becomes(candidate("n1", { currentTerm: 5, log }), message, { votedFor: "n1" })
      becomes(leader("n1", { currentTerm: 5, log }), message, { votedFor: "n1" })
    }
    becomes(
      server("n1", { currentTerm: 5, log, votedFor: "n3" }),
      { type: "heartbeatTimeout" },
      { votedFor: "n3" },
    )
    becomes(
      server("n1", { currentTerm: 5, log, votedFor: "n3" }),
      { type: "propose", command: 1 },
      { votedFor: "n3" },
    )
  })
})

group("7e", "Losing", () => {
  check("7e.6", [1, 2], "the term first, then the message: what it asks for is done in the same step", () => {
    for (const node of everyone) {
      const request = requestVote("n2", "n1", 6, 3, 3)
      becomes(node, request, { currentTerm: 6, role: "follower", votedFor: "n2" })
      const [answer] = sentOf(step(node, request).effects, "RequestVoteResponse")
      same(
        [answer?.voteGranted, answer?.term],
        [true, 6],
        `${scene(node, request)}\nvoteGranted and term of the answer`,
      )
      const entries = { ...fromLeader(6, 1, 2, 3), entries: [{ term: 6, command: "new" }] }
      becomes(node, entries, { currentTerm: 6, role: "follower", leader: "n2" })
      same(
        step(node, entries).state.log.entries.length,
        4,
        `${scene(node, entries)}\nentries in the log afterwards`,
      )
      const [taken] = sentOf(step(node, entries).effects, "AppendEntriesResponse")
      same(
        [taken?.success, taken?.term, taken?.matchIndex],
        [true, 6, 4],
        `${scene(node, entries)}\nsuccess, term and matchIndex of the answer`,
      )
    }
  })
})

group("7f", "The election timer", () => {
  check("7f.1", [21], "granting a vote asks for a new delay", () => {
    const request = requestVote("n2", "n1", 6, 3, 3)
    for (const node of everyone)
      same(resets(node, request), true, `${scene(node, request)}\nresetElectionTimer among the effects`)
    const again = server("n1", { currentTerm: 5, log, votedFor: "n2" })
    same(
      resets(again, requestVote("n2", "n1", 5, 3, 3)),
      true,
      `${scene(again, requestVote("n2", "n1", 5, 3, 3))}\nresetElectionTimer among the effects`,
    )
  })

  check("7f.2", [21], "hearing the leader of the current term does, also when its entries do not fit", () => {
    for (const [i, node] of everyone.entries()) {
      const messages = [fromLeader(6, 1, 2, 3), { ...fromLeader(6, 1, 2, 3), prevLogIndex: 9 }]
      if (i < 3) messages.push(fromLeader(5, 1, 2, 3), { ...fromLeader(5, 1, 2, 3), prevLogIndex: 9 })
      for (const message of messages)
        same(resets(node, message), true, `${scene(node, message)}\nresetElectionTimer among the effects`)
    }
  })

  check("7f.3", [21], "starting an election does", () => {
    for (const node of everyone.slice(0, 3)) {
      same(
        resets(node, { type: "electionTimeout" }),
        true,
        `${scene(node, { type: "electionTimeout" })}\nresetElectionTimer among the effects`,
      )
    }
  })

  check("7f.4", [22], "a refused vote does not: whoever cannot win must not keep others from trying", () => {
    for (const [i, node] of everyone.entries()) {
      const hopeless = [
        requestVote("n2", "n1", 6, 1, 1),
        requestVote("n2", "n1", 6, 3, 2),
        requestVote("n2", "n1", 4, 9, 4),
      ]
      const tooLate = i === 0 ? [] : [requestVote("n2", "n1", 5, 3, 3)]
      for (const request of [...hopeless, ...tooLate]) {
        same(resets(node, request), false, `${scene(node, request)}\nresetElectionTimer among the effects`)
      }
    }
  })

  check("7f.5", [22], "a leader of an older term does not", () => {
    for (const node of everyone) {
      for (const message of older)
        same(resets(node, message), false, `${scene(node, message)}\nresetElectionTimer among the effects`)
    }
  })

  check(
    "7f.6",
    [22],
    "answers do not, of whatever term; nor do heartbeats and proposals of one's own",
    () => {
      const answers = [
        vote("n2", "n1", 5, false),
        vote("n2", "n1", 8, false),
        rejected("n2", "n1", 5),
        rejected("n2", "n1", 8),
        accepted("n2", "n1", 5, 3),
      ]
      for (const node of everyone) {
        for (const message of answers)
          same(resets(node, message), false, `${scene(node, message)}\nresetElectionTimer among the effects`)
        same(
          resets(node, { type: "heartbeatTimeout" }),
          false,
          `${scene(node, { type: "heartbeatTimeout" })}\nresetElectionTimer among the effects`,
        )
        same(
          resets(node, { type: "propose", command: 1 }),
          false,
          `${scene(node, { type: "propose", command: 1 })}\nresetElectionTimer among the effects`,
        )
      }
    },
  )
})
