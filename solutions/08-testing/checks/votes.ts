import type { Effect, Index, Log, RaftNode, ServerId, Term } from "../../../projects/03-planning/contract.ts"
import type { Check } from "../../../projects/08-testing/contract.ts"
import {
  append,
  base,
  candidate,
  follower,
  heartbeat,
  joint,
  lastIndex,
  leader,
  log,
  of,
  others,
} from "./build.ts"
import { request, sent, success, timeout, vote, voteless, type Fields } from "./build.ts"
import { fits, holds, same, table, tell } from "./check.ts"
import { edges, led, standing, voted } from "./edges.ts"
import { reaction } from "./laws.ts"
import { lie } from "./truth.ts"

// Project 7: voting, standing, winning.

const from = (server: ServerId) => ({ from: server })

const two = follower({ votedFor: "n2" })
const another = follower({ votedFor: "n3", log: log([1]) })
const lost = follower({ votedFor: "n1", leader: "n3" })

const oneVote = edges("one vote in a term", {
  "it is free": [follower(), request(0, 0), { votedFor: "n2", role: "follower", currentTerm: 5 }, true],
  "asked by who is no voter here": [follower(), request(0, 0, from("n9")), { votedFor: "n9" }, true],
  "asked again": [two, request(0, 0), "unchanged", true],
  "asked again, and behind by now": [{ ...two, log: log([1]) }, request(0, 0), "unchanged", false],
  "asked by another": [another, request(1, 1), "unchanged", false],
  "asked by another that is better": [another, request(9, 4), "unchanged", false],
  "it stands itself": [candidate(), request(9, 4), "unchanged", false],
  "it leads": [led, request(9, 4), "unchanged", false],
  "another leads than got its vote": [voted, append(2, 3, [5]), { votedFor: "n3", leader: "n2" }, true],
  "it has stood, and hears the leader": [standing, append(2, 3, [5]), { votedFor: "n1", leader: "n2" }, true],
  "it has stood, and lost": [lost, request(9, 4), "unchanged", false],
})

/** The voter's log, the last entry of the candidate's, and whether that is good enough. */
type UpToDate = readonly [mine: Log, lastLogIndex: Index, lastLogTerm: Term, granted: boolean]

const upToDate = table<UpToDate>(
  "at least as up to date",
  {
    "both are empty": [log([]), 0, 0, true],
    "mine is empty": [log([]), 3, 1, true],
    "theirs is empty": [log([1]), 0, 0, false],
    "a later term, shorter": [log([1, 3, 3]), 2, 4, true],
    "a later term, as long": [log([1, 3, 3]), 3, 4, true],
    "a later term, longer": [log([1, 3, 3]), 4, 4, true],
    "an earlier term, longer": [log([1, 3, 3]), 4, 2, false],
    "an earlier term, as long": [log([1, 3, 3]), 3, 2, false],
    "an earlier term, much longer": [log([1, 3, 3]), 99, 2, false],
    equal: [log([1, 3, 3]), 3, 3, true],
    "the same term, shorter": [log([1, 3, 3]), 2, 3, false],
    "the same term, longer": [log([1, 3, 3]), 4, 3, true],
    "equal to a base": [log([], base), 3, 2, true],
    "shorter than a base": [log([], base), 2, 2, false],
    "an earlier term than a base's": [log([], base), 5, 1, false],
    "a later term than a base's": [log([], base), 1, 3, true],
    "equal, behind a base": [log([4], base), 4, 4, true],
    "shorter, behind a base": [log([4, 4], base), 4, 4, false],
    "longer, behind a base": [log([4], base), 5, 4, true],
  },
  (raft, [mine, index, term, granted]) => {
    for (const currentTerm of [4, 5]) {
      const { state, effects } = reaction(raft, follower({ currentTerm, log: mine }), request(index, term))
      const [answer] = sent(effects, "RequestVoteResponse")
      same(answer?.voteGranted, granted, "the answer")
      fits(state, { votedFor: granted ? "n2" : null, log: mine }, "the voter")
    }
  },
)

type Stand = readonly [is: RaftNode, lastLogIndex: Index, lastLogTerm: Term]

const standing5 = candidate({ ...of(5), votesGranted: ["n1", "n2"] })

const stands = table<Stand>(
  "a timeout starts an election",
  {
    "on the first day": [follower({ currentTerm: 0 }), 0, 0],
    "it has voted": [voted, 2, 3],
    "it stands already": [standing5, 0, 0],
    "some is committed": [follower({ log: log([1, 3, 4]), commitIndex: 1 }), 3, 4],
    "a log without its beginning": [follower({ log: log([4], base), commitIndex: 3 }), 4, 4],
    "a log without entries": [follower({ log: log([], base), commitIndex: 3 }), 3, 2],
    "the membership changes": [follower(joint), 0, 0],
  },
  (raft, [is, lastLogIndex, lastLogTerm]) => {
    const { set, effects = [] } = raft.election.campaign(is)
    const { currentTerm, log, voters, oldVoters, commitIndex } = is
    const kept: Fields = { log, voters, oldVoters, commitIndex }
    const stands: Fields = { role: "candidate", currentTerm: currentTerm + 1, votedFor: "n1", leader: null }
    for (const stepped of [{ state: { ...is, ...set }, effects }, reaction(raft, is, timeout)]) {
      fits(stepped.state, { ...kept, ...stands, votesGranted: ["n1"] }, "the candidate")
      same(receivers(stepped.effects, "RequestVote"), others(is), "who is asked")
      for (const message of sent(stepped.effects, "RequestVote"))
        fits(message, { lastLogIndex, lastLogTerm }, "it asks")
      same(lie(is, stepped.state, stepped.effects), null, "what it says that is not so")
      const resets = stepped.effects.some(({ type }) => type === "resetElectionTimer")
      holds(resets, "it does not restart its timer")
    }
  },
)

function receivers(effects: readonly Effect[], type: "RequestVote" | "AppendEntries"): readonly ServerId[] {
  return [...new Set(sent(effects, type).map(({ to }) => to))].sort()
}

const campaigning: Check = {
  name: "campaign does not look at the role",
  run: (raft) => {
    const { set = {} } = raft.election.campaign(led)
    fits(
      set,
      { role: "candidate", currentTerm: 6, leader: null, votesGranted: ["n1"] },
      "a leader that campaigns",
    )
  },
}

const has = (count: number, ...votesGranted: readonly ServerId[]): RaftNode =>
  candidate({ ...of(count), votesGranted: ["n1", ...votesGranted] })
const has2 = (...votesGranted: readonly ServerId[]): RaftNode =>
  candidate({ ...joint, votesGranted: ["n1", ...votesGranted] })
const refused = { voteGranted: false }
const leads: Fields = { role: "leader", currentTerm: 5, leader: "n1", votedFor: "n1" }
const still: Fields = { role: "candidate", currentTerm: 5, leader: null, votedFor: "n1" }

const counting = edges("votes are counted by name, and a majority leads", {
  "two of two": [has(2), vote(), leads],
  "two of three": [has(3), vote(), leads],
  "two of four": [has(4), vote(), still],
  "three of four": [has(4, "n3"), vote(), leads],
  "two of five": [has(5), vote(), still],
  "three of five": [has(5, "n5"), vote(), leads],
  "three of seven": [has(7, "n5"), vote(), still],
  "a majority, whatever the event": [has(3, "n2"), heartbeat, leads],
  "the same vote again": [has(5, "n2"), vote(), still],
  "its own vote again": [has(5, "n2"), vote(from("n1")), still],
  "a refused vote": [has(3), vote(refused), "unchanged"],
  "a refused vote, after one that was granted": [has(5, "n2"), vote({ ...refused, from: "n3" }), "unchanged"],
  "a stranger's vote": [has(3), vote(from("n9")), still],
  "a second stranger's vote": [has(5, "n8"), vote(from("n9")), still],
  "for the leader": [led, vote(from("n3")), "unchanged"],
  "refused to the leader": [led, vote(refused), "unchanged"],
  "for who gave way": [{ ...lost, votesGranted: ["n1"] }, vote(), { role: "follower", leader: "n3" }],
  "for a follower": [follower(), vote(), { role: "follower", currentTerm: 5 }],
  "both lists": [has2("n4"), vote(), leads],
  "both lists, the old one last": [has2("n2"), vote(from("n5")), leads],
  "the new list alone": [has2("n3"), vote(), still],
  "the old list alone": [has2("n4"), vote(from("n5")), still],
  "in the old list only": [candidate({ voters: ["n2", "n3"], oldVoters: ["n1", "n2"] }), vote(), still],
  "without a vote of its own": [candidate(voteless), vote(), still],
  "alone, on a timeout": [follower({ ...of(1), log: log([1]) }), timeout, { ...leads, currentTerm: 6 }],
  "alone, on another timeout": [candidate(of(1)), timeout, { ...leads, currentTerm: 6 }],
})

const before: RaftNode = { ...leader({ log: log([1, 3]) }, { n2: [2, 3], n3: [2, 9] }), role: "candidate" }

const wins = table<RaftNode>(
  "who wins begins afresh and lets everyone know, in the same step",
  {
    "a new cluster": candidate(),
    "older entries": candidate({ log: log([1, 3]), commitIndex: 1 }),
    "it has led before": before,
    "a log without its beginning": candidate({ log: log([], base), commitIndex: 3 }),
    "of five": has(5, "n4"),
    "of both lists": has2("n4"),
  },
  (raft, is) => {
    const { state, effects } = reaction(raft, is, vote())
    fits(state, leads, "the leader")
    // An entry of its own may be there already, and be sent.
    const fresh = [lastIndex(is.log) + 1, lastIndex(is.log) + 2]
    for (const peer of others(is)) {
      const next = state.nextIndex[peer] ?? 0
      holds(fresh.includes(next), `nextIndex of ${peer} is ${String(next)}, not ${tell(fresh)}`)
      same(state.matchIndex[peer], 0, `matchIndex of ${peer}`)
    }
    same(receivers(effects, "AppendEntries"), others(is), "who is told")
  },
)

const oldEntries: Check = {
  name: "older entries wait for one of the leader's own term",
  run: (raft) => {
    const elected = reaction(raft, candidate({ log: log([1, 2]) }), vote()).state
    const matched = reaction(raft, reaction(raft, elected, success(2)).state, success(2, from("n3"))).state
    same(matched.commitIndex, 0, "commitIndex, when all have the older entries")
    const proposed = reaction(raft, matched, { type: "propose", command: "x" }).state
    const last = lastIndex(proposed.log)
    same(reaction(raft, proposed, success(last)).state.commitIndex, last, "commitIndex, with one of its own")
  },
}

export const voteChecks: readonly Check[] = [
  oneVote,
  upToDate,
  stands,
  campaigning,
  counting,
  wins,
  oldEntries,
]
