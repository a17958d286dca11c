import { notImplemented } from "../not-implemented.ts"
import type { ChangeMembership } from "./contract.ts"
import type { Part } from "./parts.ts"

// 11d: section 6. Which configuration holds, and from when on? What must be true before a change begins, before the joint
// configuration is entered, before it is left? Who must not stand for election, and who must, all the same?

export const membership: Part<ChangeMembership> = {
  name: "membership",
  guards: { noVote: () => notImplemented("membership: who has no vote", "11, rules 27 and 28") },
  handlers: {
    changeMembership: () => notImplemented("membership: changeMembership", "11, rules 20 and 21"),
  },
  rules: {
    followLog: () => notImplemented("membership: the configuration in the log", "11, rules 18 and 19"),
  },
}
