import type { RaftEvent, RaftNode } from "../../../projects/03-planning/contract.ts"
import type { Check } from "../../../projects/08-testing/contract.ts"
import { candidate, follower, leader, log, sent, type Fields } from "./build.ts"
import { fits, same, table } from "./check.ts"
import { reaction } from "./laws.ts"

/**
 * A row of project 7's tables: what n1 is, what it gets, what it is then; and whether it says yes, where it has to
 * answer. When a server restarts its timer is for the laws.
 */
export type Edge = readonly [is: RaftNode, gets: RaftEvent, then: Fields | "unchanged", says?: boolean]

export function edges(name: string, rows: Readonly<Record<string, Edge>>): Check {
  return table(name, rows, (raft, [is, gets, then, says]) => {
    const { state, effects } = reaction(raft, is, gets)
    fits(state, then === "unchanged" ? is : then, "the server")
    if (says === undefined) return
    const votes = sent(effects, "RequestVoteResponse").map(({ voteGranted }) => voteGranted)
    const answers = sent(effects, "AppendEntriesResponse").map(({ success }) => success)
    same([...new Set([...votes, ...answers])], [says], "the answer")
  })
}

// Servers in the middle of things, all in term 5.

/** Has sent its followers all it has, and has committed what it may. */
export const led = leader({ log: log([1, 5]), commitIndex: 1 }, { n2: [1, 3], n3: [1, 3] })
export const standing = candidate({ log: log([1, 3]) })
export const voted = follower({ log: log([1, 3]), votedFor: "n3", leader: "n3" })
