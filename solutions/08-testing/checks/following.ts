import type {
  AppendEntries,
  Index,
  RaftEvent,
  RaftNode,
  Term,
} from "../../../projects/03-planning/contract.ts"
import type { Check } from "../../../projects/08-testing/contract.ts"
import { append, candidate, follower, leader, log, refusal, sent, success } from "./build.ts"
import { fits, freeze, holds, same, table } from "./check.ts"
import { reaction, watched } from "./laws.ts"

// Project 5, the follower's side, and what is none of a server's business.

/** The answer's matchIndex, and the log's terms; or the log as it was. */
type Follow = readonly [
  node: RaftNode,
  gets: AppendEntries,
  then: readonly [matchIndex: Index, terms: readonly Term[]] | "refused",
]

const fresh = follower()
const longer = follower({ log: log([1, 2, 2, 2]), leader: "n3" })
const stood = candidate({ log: log([1]) })

const following = table<Follow>(
  "a follower takes what fits, and acknowledges what it can prove",
  {
    "the first entries": [fresh, append(0, 0, [1, 5]), [2, [1, 5]]],
    "the first heartbeat": [fresh, append(0, 0, []), [0, []]],
    "a gap": [fresh, append(1, 5, [5]), "refused"],
    "a heartbeat behind a gap": [fresh, append(1, 5, []), "refused"],
    "another term before": [longer, append(2, 1, [5]), "refused"],
    "a heartbeat with another term before": [longer, append(4, 4, []), "refused"],
    "a heartbeat at the end": [longer, append(4, 2, []), [4, [1, 2, 2, 2]]],
    "a heartbeat in the middle": [longer, append(1, 1, []), [1, [1, 2, 2, 2]]],
    "a late message": [longer, append(1, 1, [2]), [2, [1, 2, 2, 2]]],
    "a conflict": [longer, append(1, 1, [3, 5]), [3, [1, 3, 5]]],
    "what is new": [longer, append(3, 2, [2, 5, 5]), [6, [1, 2, 2, 2, 5, 5]]],
    "it was a candidate": [stood, append(1, 1, [5]), [2, [1, 5]]],
    "it was a candidate, a gap": [stood, append(2, 5, [5]), "refused"],
    "it has led before": [{ ...leader(), role: "follower" }, append(0, 0, [5]), [1, [5]]],
  },
  (raft, [node, gets, then]) => {
    for (const step of [raft.replication.step, watched(raft).step]) {
      const { state, effects } = step(node, freeze(gets))
      same(state.leader, "n2", "leader")
      const answers = sent(effects, "AppendEntriesResponse")
      const said =
        then === "refused" ? { success: false, matchIndex: 0 } : { success: true, matchIndex: then[0] }
      for (const answer of answers) fits(answer, { from: "n1", to: "n2", term: 5, ...said }, "the answer")
      holds(answers.length > 0, "it does not answer")
      const terms = state.log.entries.map(({ term }) => term)
      if (then === "refused") same(state.log, node.log, "the log")
      else same(terms, then[1], "the log's terms")
    }
  },
)

const rivals: Check = {
  name: "a leader takes no entries of its own term",
  run: (raft) => {
    const node = leader({ log: log([1, 5]), commitIndex: 1 })
    const commits = append(2, 5, [], { leaderCommit: 2 })
    for (const message of [append(1, 1, []), commits, append(2, 5, [5]), append(0, 0, [2])]) {
      const { state, effects } = reaction(raft, node, message)
      fits(state, { role: "leader", leader: "n1", log: node.log, commitIndex: 1 }, "the leader")
      const follows = sent(effects, "AppendEntriesResponse").some(({ success }) => success)
      holds(!follows, "it says that it follows")
    }
  },
}

const ours = { log: log([5]) }
const led: RaftNode = { ...leader(ours, { n2: [0, 1] }), role: "follower" }

const noBusiness = table<readonly [node: RaftNode, event: RaftEvent]>(
  "answers are for leaders, from followers",
  {
    "a follower is told of success": [follower(ours), success(1)],
    "a follower is told of a refusal": [follower(ours), refusal()],
    "a candidate is told of success": [candidate(ours), success(1)],
    "a candidate is told of a refusal": [candidate(ours), refusal()],
    "who has led before is told of success": [led, success(1)],
    "who has led before is told of a refusal": [led, refusal()],
    "a stranger tells of success": [leader(ours), success(1, { from: "n9" })],
    "a stranger refuses": [leader(ours), refusal({ from: "n9" })],
    "the leader itself tells of success": [leader(ours), success(1, { from: "n1" })],
  },
  (raft, [node, event]) => {
    const { state, effects } = reaction(raft, node, event)
    fits(state, node, "the server")
    same(effects, [], "the effects")
  },
)

export const followingChecks: readonly Check[] = [following, rivals, noBusiness]
