import { notImplemented } from "../not-implemented.ts"
import type { Check } from "./contract.ts"

// 8g. Your own tests of a Raft, any Raft. CATALOGUE.md lists mistakes that they must find. Write as many as you like, in
// as many files as you like.

export const checks: readonly Check[] = [
  {
    name: "a server grants one vote in a term",
    run: (raft) => notImplemented("checks", "8, rules 41 to 43"),
  },
]
