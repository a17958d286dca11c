import { notImplemented } from "../not-implemented.ts"
import type { ElectionTimeout } from "../03-planning/contract.ts"
import type { TimeoutNow, TransferLeadership } from "./contract.ts"
import type { Part } from "./parts.ts"

// 11f: section 3.10 of the dissertation. Until when must a leader wait before it tells its successor to stand? What if
// that one never does?

export const transfer: Part<TransferLeadership | TimeoutNow | ElectionTimeout> = {
  name: "transfer",
  guards: {
    takeNothingNew: () => notImplemented("transfer: what is proposed meanwhile", "11, rule 44"),
  },
  handlers: {
    transferLeadership: () => notImplemented("transfer: transferLeadership", "11, rules 42 and 43"),
    TimeoutNow: () => notImplemented("transfer: TimeoutNow", "11, rule 45"),
    electionTimeout: () => notImplemented("transfer: electionTimeout", "11, rule 46"),
  },
}
