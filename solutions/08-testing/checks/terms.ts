import { compose } from "#03-planning"
import type {
  AppendEntries,
  Effect,
  Feature,
  RaftNode,
  Step,
  Term,
  Typed,
} from "../../../projects/03-planning/contract.ts"
import type { ReplicationEvent } from "../../../projects/05-log-replication/contract.ts"
import type { ElectionEvent } from "../../../projects/07-leader-election/contract.ts"
import type { Check, RaftUnderTest } from "../../../projects/08-testing/contract.ts"
import { append, candidate, follower, heartbeat, leader, log, of, refusal } from "./build.ts"
import { request, success, timeout, vote, type Fields } from "./build.ts"
import { fits, holds, refuses, same } from "./check.ts"
import { edges, led, standing, voted } from "./edges.ts"

// Project 7: the term comes first, and who gives way.

const in6 = { term: 6 }
const refused = { voteGranted: false }
const follows: Fields = { role: "follower", currentTerm: 6, leader: null, votesGranted: [] }
const noVote: Fields = { ...follows, votedFor: null }
const votes: Fields = { ...follows, votedFor: "n2" }
const takes: Fields = { ...follows, leader: "n2" }

const newer = edges("a newer term makes a follower; then the message is handled", {
  "leader, refused": [led, refusal(in6), noVote],
  "leader, success": [led, success(2, in6), { ...noVote, log: led.log, commitIndex: 1 }],
  "leader, a vote": [led, vote(in6), noVote],
  "leader, a refused vote": [led, vote({ ...in6, ...refused }), noVote],
  "leader, asked for a vote": [led, request(2, 5, in6), votes, true],
  "leader, asked in vain": [led, request(9, 4, in6), noVote, false],
  "leader, hears another": [led, append(1, 1, [6], in6), { ...takes, log: log([1, 6]) }, true],
  "leader, and it does not fit": [led, append(3, 6, [6], in6), { ...takes, log: led.log }, false],
  "leader, and some is committed": [
    led,
    append(1, 1, [6], { ...in6, leaderCommit: 2 }),
    { ...takes, commitIndex: 2 },
  ],
  "candidate, a vote": [standing, vote({ term: 8 }), { ...noVote, currentTerm: 8 }],
  "candidate, a refused vote": [standing, vote({ ...in6, ...refused }), noVote],
  "candidate, success": [standing, success(2, in6), noVote],
  "candidate, refused": [standing, refusal(in6), noVote],
  "candidate, asked for a vote": [standing, request(2, 3, in6), votes, true],
  "candidate, asked in vain": [standing, request(1, 3, in6), noVote, false],
  "candidate, hears a leader": [standing, append(2, 3, [6], in6), { ...takes, log: log([1, 3, 6]) }, true],
  "follower, asked for a vote": [follower({ votedFor: "n3" }), request(0, 0, in6), votes, true],
  "follower, asked in vain": [voted, request(3, 1, in6), noVote, false],
  "follower, refused": [voted, refusal(in6), noVote],
  "follower, success": [voted, success(2, in6), noVote],
  "follower, a vote": [voted, vote(in6), noVote],
  "follower, hears a leader": [voted, append(2, 3, [], in6), takes, true],
  "much newer": [voted, refusal({ term: 99 }), { ...noVote, currentTerm: 99 }],
  "from a stranger": [voted, refusal({ ...in6, from: "n9" }), noVote],
  "a leader that is no voter": [
    voted,
    append(2, 3, [], { ...in6, from: "n9" }),
    { ...follows, leader: "n9" },
    true,
  ],
  "leader of itself": [leader(of(1)), refusal(in6), noVote],
})

const in4 = { term: 4 }

const older = edges("the past changes nothing", {
  "an old leader": [voted, append(2, 3, [4], in4), "unchanged"],
  "an old leader's commits": [voted, append(2, 3, [], { ...in4, leaderCommit: 2 }), "unchanged"],
  "an old leader, to a candidate": [standing, append(2, 3, [4], in4), "unchanged"],
  "an old leader, to the leader": [led, append(2, 5, [4], in4), "unchanged"],
  "an old candidate": [follower({ log: log([1]) }), request(9, 4, in4), "unchanged"],
  "an old candidate that has the vote": [follower({ votedFor: "n2" }), request(9, 4, in4), "unchanged"],
  "an old candidate, to a candidate": [standing, request(9, 4, in4), "unchanged"],
  "an old candidate, to the leader": [led, request(9, 4, in4), "unchanged"],
  "an old success": [led, success(2, in4), "unchanged"],
  "an old refusal": [leader({ log: log([1, 5]) }), refusal(in4), "unchanged"],
  "an old vote": [candidate(), vote(in4), "unchanged"],
  "an old vote, to a follower": [follower(), vote(in4), "unchanged"],
  "an old vote, to the leader": [led, vote(in4), "unchanged"],
  "very old": [candidate(), vote({ term: 0 }), "unchanged"],
})

const givesWay: Fields = { role: "follower", currentTerm: 5, leader: "n2", votedFor: "n1" }

const givingWay = edges("a candidate gives way to the leader of its own term, a leader to nobody", {
  "it hears the leader": [standing, append(2, 3, [5]), { ...givesWay, log: log([1, 3, 5]) }, true],
  "its entries do not fit": [standing, append(4, 5, [5]), { ...givesWay, log: log([1, 3]) }, false],
  "a heartbeat is enough": [candidate(), append(0, 0, []), givesWay, true],
  "it commits in the same step": [
    standing,
    append(2, 3, [], { leaderCommit: 2 }),
    { ...givesWay, commitIndex: 2 },
  ],
  "a candidate is refused": [candidate(), refusal(), "unchanged"],
  "a candidate has success": [candidate(), success(1), "unchanged"],
  "a candidate's heartbeat": [candidate(), heartbeat, { role: "candidate", currentTerm: 5 }],
  "a leader is refused": [led, refusal(), { role: "leader", currentTerm: 5 }],
  "a leader is asked for a vote": [led, request(9, 9), "unchanged", false],
  "a leader hears another": [led, append(0, 0, []), { role: "leader", leader: "n1", log: led.log }],
  "a leader's timeout": [led, timeout, "unchanged"],
  "a follower's heartbeat": [voted, heartbeat, "unchanged"],
})

/** All that there is of section 5, and an event of a later project that only notes which servers got it. */
function withLater(raft: RaftUnderTest, heard: RaftNode[]): Step<RaftNode, Later, Effect> {
  const later: Feature<RaftNode, Later, Effect> = {
    name: "later",
    handlers: {
      later: (node) => {
        heard.push(node)
        return undefined
      },
    },
  }
  return compose<RaftNode, Effect, readonly [ElectionEvent, ReplicationEvent, AppendEntries, Later]>(
    raft.election.election,
    raft.replication.replication,
    raft.consensus.commitment,
    later,
  )
}

/** With a sender and a receiver it is a message; without, it has a term all the same. */
interface Later extends Typed {
  readonly type: "later"
  readonly term: Term
  readonly from?: string
  readonly to?: string
}

const laterKinds: Check = {
  name: "terms are settled for messages of whatever kind",
  run: (raft) => {
    const heard: RaftNode[] = []
    const step = withLater(raft, heard)
    const later = (term: Term): Later => ({ type: "later", from: "n2", to: "n1", term })
    for (const is of [led, standing, voted]) {
      fits(step(is, later(6)).state, noVote, "the server, in a newer term")
      fits(heard.pop() ?? {}, noVote, "the server that handles a message of a newer term")
      fits(step(is, later(5)).state, is, "the server, in its own term")
      holds(heard.pop() !== undefined, "a message of its own term is not handled")
      const { state, effects } = step(is, later(4))
      fits(state, is, "the server, after a message of an older term")
      same([heard, effects], [[], []], "who handles it, and the effects")
      for (const term of [4, 6]) {
        fits(step(is, { type: "later", term }).state, is, "the server, after what is no message")
        holds(heard.pop() !== undefined, "what is no message has no older term")
      }
    }
  },
}

const firstDay: Check = {
  name: "a new server",
  run: (raft) => {
    const volatile: Fields = {
      role: "follower",
      leader: null,
      commitIndex: 0,
      lastApplied: 0,
      votesGranted: [],
    }
    const persistent: Fields = { currentTerm: 0, votedFor: null, log: log([]) }
    const { voters } = of(3)
    fits(
      raft.initialNode("n2", voters),
      { id: "n2", voters, oldVoters: [], ...persistent, ...volatile },
      "n2",
    )
    refuses(() => raft.initialNode("n9", voters), Error, "n9", "who is not in its cluster")
    refuses(() => raft.initialNode("n1", ["n1", "n2", "n2"]), Error, "n2", "who is listed twice")
  },
}

export const termChecks: readonly Check[] = [firstDay, newer, older, givingWay, laterKinds]
