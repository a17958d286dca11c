import { notImplemented } from "../not-implemented.ts"
import type { AppendEntriesResponse } from "../03-planning/contract.ts"
import type { FullStep } from "./contract.ts"
import type { Part } from "./parts.ts"

/** In characters of JSON. */
export const maxInFlight = 1_048_576

// 11g: more than one message under way, as long as the follower takes what it gets; and not without bounds.

/** Around a whole step: a follower that has got as much as it may gets heartbeats, and nothing in them. */
export function withRoom(step: FullStep): FullStep {
  return notImplemented("withRoom", "11, rule 49")
}

export const flow: Part<AppendEntriesResponse> = {
  name: "flow",
  handlers: {
    AppendEntriesResponse: () => notImplemented("flow: AppendEntriesResponse", "11, rule 48"),
  },
  rules: {
    sendMore: () => notImplemented("flow: what else can be sent", "11, rules 47 to 49"),
  },
}
