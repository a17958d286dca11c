import { notImplemented } from "../not-implemented.ts"
import type { Searched, SearchOptions } from "./contract.ts"
import { properties as figure3 } from "./properties.ts"

// 8c. `random.ts` has a generator. Everything that is chosen must come out of it.

export function search({
  raft,
  servers,
  seed,
  schedules = 1_000,
  actions = 250,
  properties = figure3,
  onProgress,
}: SearchOptions): Searched {
  // What must a cluster go through before anything interesting can happen? How likely is that?
  return notImplemented("search", "8, rules 20 to 26")
}
