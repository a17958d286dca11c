import { initialNode } from "#03-planning"
import { emptyLog, lastIndex, lastTerm } from "#04-the-log"
import type { ServerId } from "../../projects/03-planning/contract.ts"
import type { FullNode, Saved } from "../../projects/11-the-rest-of-raft/contract.ts"
import { configurationAt } from "./configuration.ts"

export function firstSaved(voters: readonly ServerId[]): Saved {
  const configuration = { voters, oldVoters: [] }
  const snapshot = { lastIncludedIndex: 0, lastIncludedTerm: 0, configuration, data: "" }
  return { currentTerm: 0, votedFor: null, log: emptyLog, snapshot }
}

/** What a snapshot stands for is committed and applied: that is how it came to be (section 7). */
export function startNode(id: ServerId, saved: Saved): FullNode {
  const { lastIncludedIndex } = saved.snapshot
  const { index, configuration } = configurationAt(saved)
  return {
    ...initialNode(id, [id]),
    ...configuration,
    ...saved,
    commitIndex: lastIncludedIndex,
    lastApplied: lastIncludedIndex,
    receiving: null,
    installing: {},
    configured: { upTo: lastIndex(saved.log), term: lastTerm(saved.log), index },
    change: null,
    reading: { waiting: [], round: 0, confirmed: 0, acks: [], began: null, leaseUntil: 0 },
    // It may have promised just before it crashed that it would vote for nobody else for a while.
    heard: true,
    preVote: { term: 0, granted: [] },
    active: [],
    transfer: null,
    toldIn: 0,
    flowing: { term: 0, peers: [] },
  }
}
