import { notImplemented } from "../not-implemented.ts"
import type { AppendEntries, AppendEntriesResponse } from "../03-planning/contract.ts"
import type {
  Confirm,
  ConfirmResponse,
  InstallSnapshot,
  InstallSnapshotResponse,
  MinimumElectionTimeout,
  PreVote,
  PreVoteResponse,
} from "./contract.ts"
import type { Part } from "./parts.ts"

type FromLeader = AppendEntries | InstallSnapshot | Confirm
type ToLeader = AppendEntriesResponse | InstallSnapshotResponse | ConfirmResponse
type PreVoteEvent = PreVote | PreVoteResponse | MinimumElectionTimeout | FromLeader | ToLeader

// 11f: section 6, and 9.6 of the dissertation. Its guards come before those of project 7: so a request for a vote can be
// left unheard before its term is looked at. What must a server not do before it knows that others would vote for it?
// And who else reacts to an `electionTimeout`, in the same step, to what these guards have left of it?

const hear = (): undefined => notImplemented("prevote: a leader is heard", "11, rule 37")
const note = (): undefined => notImplemented("prevote: the leader is answered", "11, rule 41")

export const prevote: Part<PreVoteEvent> = {
  name: "prevote",
  guards: {
    loyal: () => notImplemented("prevote: who hears a leader", "11, rule 36"),
    timesOut: (_, { type }) =>
      type === "electionTimeout"
        ? notImplemented("prevote: electionTimeout", "11, rules 38 and 41")
        : undefined,
  },
  handlers: {
    PreVote: () => notImplemented("prevote: PreVote", "11, rule 39"),
    PreVoteResponse: () => notImplemented("prevote: PreVoteResponse", "11, rule 40"),
    minimumElectionTimeout: () => notImplemented("prevote: minimumElectionTimeout", "11, rule 37"),
    AppendEntries: hear,
    InstallSnapshot: hear,
    Confirm: hear,
    AppendEntriesResponse: note,
    InstallSnapshotResponse: note,
    ConfirmResponse: note,
  },
}
