import { notImplemented } from "../not-implemented.ts"
import type { Always, Moment, Property, Sometimes, Violation } from "./contract.ts"

// 8a. Figure 3, each as a question about one moment. What can only have gone wrong if something changed? What do you tell
// a person who has to find the mistake?

const electionSafety: Always = {
  kind: "always",
  name: "Election Safety",
  of: "state",
  broken: (moment) => notImplemented("Election Safety", "8, rules 3 and 8"),
}

const leaderAppendOnly: Always = {
  kind: "always",
  name: "Leader Append-Only",
  of: "step",
  broken: (moment) => notImplemented("Leader Append-Only", "8, rules 4 and 8"),
}

const logMatching: Always = {
  kind: "always",
  name: "Log Matching",
  of: "state",
  broken: (moment) => notImplemented("Log Matching", "8, rules 5 and 8"),
}

const leaderCompleteness: Always = {
  kind: "always",
  name: "Leader Completeness",
  of: "state",
  broken: (moment) => notImplemented("Leader Completeness", "8, rules 6 and 8"),
}

const stateMachineSafety: Always = {
  kind: "always",
  name: "State Machine Safety",
  of: "state",
  broken: (moment) => notImplemented("State Machine Safety", "8, rules 7 and 8"),
}

const somebodyLeads: Sometimes = {
  kind: "sometimes",
  name: "a leader is elected",
  of: "step",
  happens: (moment) => notImplemented("a leader is elected", "8, rule 9"),
}

const somethingIsCommitted: Sometimes = {
  kind: "sometimes",
  name: "an entry is committed",
  of: "step",
  happens: (moment) => notImplemented("an entry is committed", "8, rule 9"),
}

const laterLeadersCommit: Sometimes = {
  kind: "sometimes",
  name: "entries are committed in two terms",
  of: "state",
  happens: (moment) => notImplemented("entries are committed in two terms", "8, rule 9"),
}

export const properties: readonly Property[] = [
  electionSafety,
  leaderAppendOnly,
  logMatching,
  leaderCompleteness,
  stateMachineSafety,
  somebodyLeads,
  somethingIsCommitted,
  laterLeadersCommit,
]

export function inspect(properties: readonly Property[], moment: Moment): Violation | null {
  return notImplemented("inspect", "8, rule 11")
}
