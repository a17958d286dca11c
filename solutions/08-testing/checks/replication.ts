import type {
  AppendEntriesResponse,
  Effect,
  Index,
  Json,
  RaftNode,
  ServerId,
  Term,
} from "../../../projects/03-planning/contract.ts"
import type { Check } from "../../../projects/08-testing/contract.ts"
import {
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
  refusal,
  sent,
  success,
} from "./build.ts"
import { fits, holds, same, table, tell } from "./check.ts"
import { reaction } from "./laws.ts"
import { lie } from "./truth.ts"

// Project 5, the leader's side. The laws watch every step; here are the situations, and what is expected beyond them.

const newLeaders: Readonly<Record<string, RaftNode>> = {
  "nothing in its log": candidate(),
  "by decree": follower({ votedFor: "n2", leader: "n2" }),
  "a log": candidate({ log: log([1, 2, 2]), commitIndex: 2 }),
  "a log without its beginning": candidate({ log: log([2, 5], base), commitIndex: 3 }),
  "a log without entries": candidate({ log: log([], base), commitIndex: 3 }),
  "it has led before": { ...leader({ log: log([1]) }, { n2: [1, 2], n3: [7, 9] }), role: "candidate" },
  "the membership changes": candidate(joint),
  alone: candidate(of(1)),
}

const lead = table("a new leader begins afresh and lets everyone know", newLeaders, (raft, node) => {
  const { set, effects = [] } = raft.replication.lead(node)
  const after = { ...node, ...set }
  const { voters, currentTerm, votedFor, commitIndex } = node
  fits(after, { role: "leader", leader: "n1", voters, currentTerm, votedFor, commitIndex }, "the leader")
  same(Object.keys(after.nextIndex).sort(), others(node), "who has a nextIndex")
  // An entry of its own may be there already, and be sent.
  const fresh = [lastIndex(node.log) + 1, lastIndex(after.log) + 1]
  for (const peer of others(node)) {
    const next = after.nextIndex[peer] ?? 0
    holds(fresh.includes(next), `nextIndex of ${peer} is ${String(next)}, not ${tell(fresh)}`)
    same(after.matchIndex[peer], 0, `matchIndex of ${peer}`)
  }
  same(receivers(effects), others(node), "who gets an AppendEntries")
  same(lie(node, after, effects), null, "what it says that is not so")
})

function receivers(effects: readonly Effect[]): readonly ServerId[] {
  return [...new Set(sent(effects, "AppendEntries").map(({ to }) => to))].sort()
}

const commands: readonly Json[] = ["x", "x", 0, false, "", [], { set: "x" }]

const proposals = table<RaftNode>(
  "a leader takes commands",
  {
    "an empty log": leader(),
    "older entries": leader({ log: log([1, 2]) }),
    "a log without its beginning": leader({ log: log([2], base), commitIndex: 3 }),
    "it is alone": leader(of(1)),
    "a follower needs a snapshot": leader({ log: log([2], base), commitIndex: 3 }, { n2: [0, 1] }),
  },
  (raft, first) => {
    let node = first
    for (const command of commands) {
      const { state } = reaction(raft, node, { type: "propose", command })
      same(state.log.entries, [...node.log.entries, { term: 5, command }], "the entries")
      node = state
    }
  },
)

const refusals = table<RaftNode>(
  "nobody else takes commands",
  {
    "a follower": follower({ leader: "n2", log: log([1]) }),
    "a follower that knows no leader": follower(),
    "a candidate": candidate(),
    "who has led before": { ...leader(), role: "follower", leader: "n3" },
  },
  (raft, node) => {
    const { state, effects } = reaction(raft, node, { type: "propose", command: "x" })
    fits(state, node, "the server")
    same(effects, [{ type: "refused", leader: node.leader }], "the effects")
  },
)

/** What each follower gets: prevLogIndex, and at least so many entries. */
type Sends = Readonly<Record<ServerId, readonly [prev: Index, atLeast: number] | "snapshot">>

const term5 = (count: number): readonly Term[] => Array<Term>(count).fill(5)
const short = { log: log([2, 2, 5, 5], base), commitIndex: 3 }

const heartbeats = table<readonly [node: RaftNode, sends: Sends]>(
  "a leader's heartbeats",
  {
    "who has everything": [leader({ log: log([5]) }, { n2: [0, 2] }), { n2: [1, 0], n3: [1, 0] }],
    "who lacks something": [leader({ log: log([1, 5]) }, { n2: [0, 1] }), { n2: [0, 1], n3: [2, 0] }],
    "a guess": [leader({ log: log([1, 2, 5]) }, { n2: [0, 3] }), { n2: [2, 1], n3: [3, 0] }],
    "far behind": [leader({ log: log(term5(250)) }, { n2: [0, 1] }), { n2: [0, 1], n3: [250, 0] }],
    "a learner": [leader({}, { n9: [0, 1] }), { n2: [0, 0], n3: [0, 0], n9: [0, 0] }],
    "a learner that lacks something": [
      leader({ log: log([5]) }, { n9: [0, 1] }),
      { n2: [1, 0], n3: [1, 0], n9: [0, 1] },
    ],
    "the membership changes": [leader(joint), { n2: [0, 0], n3: [0, 0], n4: [0, 0], n5: [0, 0] }],
    "right behind the base": [leader(short, { n2: [3, 4], n3: [5, 6] }), { n2: [3, 1], n3: [5, 1] }],
    "what is gone": [leader(short, { n2: [2, 3], n3: [0, 1] }), { n2: "snapshot", n3: "snapshot" }],
    "what is gone, for one": [leader(short, { n2: [0, 2] }), { n2: "snapshot", n3: [7, 0] }],
    "who has led before": [{ ...leader(), role: "follower" }, {}],
    "a follower": [follower({ leader: "n2" }), {}],
    "a candidate": [candidate(), {}],
  },
  (raft, [node, sends]) => {
    const { state, effects } = reaction(raft, node, heartbeat)
    for (const [to, expected] of Object.entries(sends)) {
      const messages = sent(effects, "AppendEntries").filter((message) => message.to === to)
      const isRight =
        expected === "snapshot"
          ? effects.some((effect) => effect.type === "needSnapshot" && effect.to === to)
          : messages.some((each) => each.prevLogIndex === expected[0] && each.entries.length >= expected[1])
      holds(isRight, `${to} should get ${tell(expected)}; what is done is ${tell(effects)}`)
    }
    const reached = Object.keys(sends).filter((to) => sends[to] !== "snapshot")
    same(receivers(effects), reached, "who gets an AppendEntries")
    fits(state, { role: node.role, log: node.log }, "the server")
  },
)

const backToTheBase: Check = {
  name: "whoever lacks what is gone gets a snapshot",
  run: (raft) => {
    for (const [log, next] of [[short.log, 4] as const, [short.log, 3] as const]) {
      const refused = reaction(raft, leader({ ...short, log }, { n2: [0, next] }), refusal())
      const { effects } = reaction(raft, refused.state, heartbeat)
      const asks = effects.some((effect) => effect.type === "needSnapshot" && effect.to === "n2")
      holds(asks, `n2 refuses behind entry ${String(next - 1)}, and gets no snapshot`)
    }
  },
}

/** What is known of n2 before, and then: matchIndex, the least nextIndex, and the largest. */
type Learn = readonly [
  before: readonly [match: Index, next: Index],
  gets: AppendEntriesResponse,
  then: readonly [match: Index, atLeast: Index, atMost: Index],
]

const early = refusal({ conflict: { term: null, index: 2 } })
const term4 = refusal({ conflict: { term: 4, index: 3 } })
const late = refusal({ conflict: { term: 1, index: 1 } })

/** Of a log with entries 1 to 5. What was refused may be tried again at once, and nextIndex stand behind it again. */
const learning = table<Learn>(
  "a leader learns facts from success, guesses from refusal",
  {
    "the first success": [[0, 6], success(5), [5, 6, 6]],
    "less than was guessed": [[0, 6], success(2), [2, 3, 6]],
    "more than was guessed": [[0, 2], success(4), [4, 5, 6]],
    "one more": [[2, 3], success(3), [3, 4, 6]],
    "a late success": [[4, 5], success(2), [4, 5, 6]],
    "the same success again": [[4, 6], success(4), [4, 5, 6]],
    "success at the start": [[0, 1], success(0), [0, 1, 6]],
    "late success at the start": [[3, 6], success(0), [3, 4, 6]],
    "a refusal": [[0, 6], refusal(), [0, 1, 5]],
    "a refusal near the facts": [[3, 5], refusal(), [3, 4, 4]],
    "a late refusal": [[3, 4], refusal(), [3, 4, 6]],
    "a late refusal, when all matches": [[5, 6], refusal(), [5, 6, 6]],
    "a refusal at the start": [[0, 1], refusal(), [0, 1, 6]],
    "a hint": [[0, 6], early, [0, 1, 5]],
    "a hint of a term": [[0, 6], term4, [0, 1, 5]],
    "a late hint": [[3, 6], late, [3, 4, 5]],
    "a late hint from a longer log": [[0, 2], refusal({ conflict: { term: null, index: 4 } }), [0, 1, 1]],
  },
  (raft, [before, gets, [match, atLeast, atMost]]) => {
    const cluster = { ...of(5), log: log([1, 1, 5, 5, 5]), commitIndex: 2 }
    for (const from of ["n2", "n9"]) {
      const node = leader(cluster, { n3: [1, 6], [from]: before })
      const { state, effects } = reaction(raft, node, { ...gets, from })
      same(state.matchIndex, { ...node.matchIndex, [from]: match }, "matchIndex")
      const next = state.nextIndex[from] ?? 0
      const tried = sent(effects, "AppendEntries").map(({ prevLogIndex }) => prevLogIndex + 1)
      holds(next >= atLeast, `nextIndex is ${String(next)}, below ${String(atLeast)}`)
      holds(Math.min(next, ...tried) <= atMost, `nextIndex is ${String(next)}, above ${String(atMost)}`)
      same(state.nextIndex.n3, 6, "nextIndex of n3")
    }
  },
)

export const replicationChecks: readonly Check[] = [
  lead,
  proposals,
  refusals,
  heartbeats,
  backToTheBase,
  learning,
]
