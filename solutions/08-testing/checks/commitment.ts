import type {
  AppendEntries,
  Index,
  Log,
  RaftEvent,
  RaftNode,
  Term,
} from "../../../projects/03-planning/contract.ts"
import type { Check } from "../../../projects/08-testing/contract.ts"
import {
  append,
  base,
  candidate,
  follower,
  heartbeat,
  joint,
  leader,
  log,
  of,
  success,
  voteless,
  type Fields,
} from "./build.ts"
import { freeze, same, table } from "./check.ts"
import { reaction, watched } from "./laws.ts"

// Project 6, in `step`.

/** `has`: up to where n2, n3 and so on have everything; whoever has no vote is a learner. */
type Commit = readonly [cluster: Fields, log: Log, has: readonly Index[], then: Index]

const leaders = table<Commit>(
  "a leader commits what a majority has, if it is of its own term",
  {
    "two of two": [of(2), log([5]), [1], 1],
    "one of two": [of(2), log([5]), [0], 0],
    "two of three": [of(3), log([5]), [1, 0], 1],
    "one of three": [of(3), log([5, 5]), [0, 0], 0],
    "two of four": [of(4), log([5]), [1, 0, 0], 0],
    "three of four": [of(4), log([5]), [1, 1, 0], 1],
    "two of five": [of(5), log([5]), [1, 0, 0, 0], 0],
    "three of five": [of(5), log([5]), [1, 0, 0, 1], 1],
    "three of seven": [of(7), log([5]), [1, 0, 0, 1, 0, 0], 0],
    "the largest that a majority has": [of(5), log([5, 5, 5, 5, 5]), [4, 3, 1, 0], 3],
    "most have more": [of(5), log([5, 5, 5, 5]), [2, 4, 3, 0], 3],
    "all have all": [of(3), log([5, 5, 5]), [3, 3], 3],
    "more than is committed": [{ commitIndex: 1 }, log([5, 5, 5]), [2, 1], 2],
    "less than is committed": [{ ...of(5), commitIndex: 2 }, log([5, 5, 5]), [1, 3, 0, 0], 2],
    "an older term": [{ ...of(5), commitIndex: 1 }, log([1, 2, 5]), [2, 2, 1, 0], 1],
    "what comes before goes along": [{ ...of(5), commitIndex: 1 }, log([1, 2, 5]), [3, 3, 1, 0], 3],
    "older terms, on all": [of(3), log([1, 2]), [2, 2], 0],
    "older terms, behind them its own": [of(3), log([4, 4, 5]), [2, 2], 0],
    "some of its own": [of(3), log([1, 5, 5]), [2, 0], 2],
    "behind a base": [{ commitIndex: 3 }, log([2, 5, 5], base), [5, 0], 5],
    "older terms behind a base": [{ commitIndex: 3 }, log([2, 5], base), [4, 4], 3],
    "a learner does not count": [of(3), log([5]), [0, 0, 1], 0],
    "two learners do not count": [of(4), log([5]), [1, 0, 0, 1, 1], 0],
    "a learner that lacks it does not count": [of(3), log([5]), [1, 0, 0, 0, 0], 1],
    "a leader without a vote": [voteless, log([5]), [1, 0, 0], 0],
    "two others": [voteless, log([5]), [1, 1, 0], 1],
    "no vote in the new list": [{ voters: ["n2", "n3"], oldVoters: ["n1", "n2"] }, log([5]), [1, 0], 0],
    "no vote in the old list": [{ voters: ["n1", "n2"], oldVoters: ["n2", "n3"] }, log([5]), [1, 0], 0],
    "both lists": [joint, log([5]), [1, 0, 1, 0], 1],
    "the new list alone": [joint, log([5]), [1, 1, 0, 0], 0],
    "the old list alone": [joint, log([5]), [0, 0, 1, 1], 0],
    "most of both together": [{ ...of(5), oldVoters: ["n1", "n6", "n7"] }, log([5]), [1, 1, 1, 1, 0, 0], 0],
  },
  (raft, [cluster, log, has, then]) => {
    const known = has.map((match, i) => [`n${String(i + 2)}`, [match, match + 1]] as const)
    const all = leader({ ...cluster, log }, Object.fromEntries(known))
    const [first = 0] = has
    const allButOne = freeze({ ...all, matchIndex: { ...all.matchIndex, n2: 0 } })
    const told = [raft.consensus.step, watched(raft).step].map((step) => step(allButOne, success(first)))
    for (const { state } of [...told, reaction(raft, all, heartbeat)])
      same([state.commitIndex, state.lastApplied], [then, then], "commitIndex and lastApplied")
  },
)

const everywhere = { n2: [1, 2], n3: [1, 2] } as const

const onlyLeaders = table<RaftNode>(
  "only a leader counts copies",
  {
    "who led this term before": { ...leader({ log: log([5]) }, everywhere), role: "follower" },
    "a candidate": { ...leader({ log: log([5]) }, everywhere), role: "candidate" },
    "a follower alone": follower({ log: log([5]), ...of(1) }),
  },
  (raft, node) => {
    for (const event of [heartbeat, success(1), append(1, 5, [])])
      same(reaction(raft, node, event).state.commitIndex, 0, "commitIndex")
  },
)

type Follow = readonly [node: RaftNode, leaderCommit: Index, message: AppendEntries, then: Index]

const fresh = follower()
const ours = follower({ log: log([1, 2, 2]) })
const settled = follower({ log: log([1, 2, 2]), commitIndex: 2 })
const bare = follower({ log: log([2], base), commitIndex: 3 })

const followers = table<Follow>(
  "a follower commits what the leader has, as far as the message proves it",
  {
    "all of the new entries": [fresh, 2, append(0, 0, [5, 5]), 2],
    "some of the new entries": [fresh, 1, append(0, 0, [5, 5]), 1],
    "more than the new entries": [fresh, 9, append(0, 0, [5, 5]), 2],
    nothing: [fresh, 0, append(0, 0, [5, 5]), 0],
    "a heartbeat at the end": [ours, 3, append(3, 2, []), 3],
    "a heartbeat at the end, of less": [ours, 2, append(3, 2, []), 2],
    "a heartbeat in the middle": [ours, 3, append(1, 1, []), 1],
    "a heartbeat at the start": [ours, 3, append(0, 0, []), 0],
    "entries that are there": [ours, 3, append(0, 0, [1, 2]), 2],
    "a conflict": [ours, 3, append(1, 1, [5]), 2],
    "a gap": [ours, 5, append(5, 5, []), 0],
    "entries behind a gap": [ours, 5, append(4, 2, [5]), 0],
    "another term before": [ours, 2, append(2, 5, []), 0],
    "entries behind another term": [ours, 3, append(2, 1, [5]), 0],
    "less than before": [settled, 1, append(3, 2, []), 2],
    "a late message": [settled, 1, append(0, 0, [1]), 2],
    "a late message that says more": [settled, 3, append(0, 0, [1]), 2],
    "a refusal": [settled, 0, append(9, 5, []), 2],
    "one more": [settled, 3, append(2, 2, [2]), 3],
    "below a base": [bare, 3, append(0, 0, [1]), 3],
    "from below a base": [bare, 4, append(2, 2, [2, 2]), 4],
    "behind a base": [bare, 5, append(4, 2, [5]), 5],
    "a heartbeat at a base": [bare, 5, append(3, 2, []), 3],
    "it was a candidate": [candidate({ log: log([1]) }), 2, append(1, 1, [5]), 2],
  },
  (raft, [node, leaderCommit, message, then]) => {
    for (const step of [raft.consensus.step, watched(raft).step]) {
      const { state } = step(node, freeze({ ...message, leaderCommit }))
      same([state.commitIndex, state.lastApplied], [then, then], "commitIndex and lastApplied")
    }
  },
)

const applying: Check = {
  name: "each committed entry is applied, once, in order",
  run: (raft) => {
    const news = [0, null, "x", false, "", null].map((command) => ({ term: 5, command }))
    const all = append(0, 0, [], { entries: news, leaderCommit: 2 })
    const rest = append(6, 5, [], { leaderCommit: 6 })
    const applied = (node: RaftNode, event: RaftEvent) => {
      const { state, effects } = reaction(raft, node, event)
      return { state, entries: effects.flatMap((effect) => (effect.type === "apply" ? [effect.entry] : [])) }
    }
    const some = applied(follower(), all)
    same(some.entries, news.slice(0, 2), "what is applied at first")
    const later = applied(some.state, rest)
    same(later.entries, news.slice(2), "what is applied later")
    same(applied(later.state, all).entries, [], "what is applied again")
    // After a crash. Who still knows what was committed has to apply it again all the same.
    for (const commitIndex of [0, 2]) {
      const restarted = follower({ log: some.state.log, commitIndex, lastApplied: 0 })
      same(applied(restarted, rest).entries, news, "what is applied after a crash")
      const known = news.slice(0, commitIndex)
      same(applied(restarted, heartbeat).entries, known, "what is applied after a crash, whatever the event")
    }
  },
}

const alone: Check = {
  name: "a leader alone is a majority",
  run: (raft) => {
    const older: readonly Term[] = [1, 2]
    const node = leader({ ...of(1), log: log(older) })
    const { state, effects } = reaction(raft, node, { type: "propose", command: "x" })
    same([state.commitIndex, state.lastApplied], [3, 3], "commitIndex and lastApplied")
    const types = effects.map(({ type }) => type)
    same(types, ["accepted", "apply", "apply", "apply"], "the effects")
  },
}

export const commitmentChecks: readonly Check[] = [leaders, onlyLeaders, followers, applying, alone]
