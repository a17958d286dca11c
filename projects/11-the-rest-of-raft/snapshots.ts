import { notImplemented } from "../not-implemented.ts"
import type { HeartbeatTimeout } from "../03-planning/contract.ts"
import type { Compact, InstallSnapshot, InstallSnapshotResponse } from "./contract.ts"
import type { Part } from "./parts.ts"

export const maxPart = 65_536

// 11c: section 7 and Figure 13. Which entries may go? Which must stay when a snapshot comes in? Who asks for the next part,
// and what if a part, or an answer, is lost?

export const snapshots: Part<Compact | InstallSnapshot | InstallSnapshotResponse | HeartbeatTimeout> = {
  name: "snapshots",
  handlers: {
    compact: () => notImplemented("snapshots: compact", "11, rules 10 and 11"),
    InstallSnapshot: () => notImplemented("snapshots: InstallSnapshot", "11, rules 13 to 16"),
    InstallSnapshotResponse: () =>
      notImplemented("snapshots: InstallSnapshotResponse", "11, rules 12 and 17"),
    heartbeatTimeout: () => notImplemented("snapshots: heartbeatTimeout", "11, rule 17"),
  },
  rules: {
    beginToSend: () => notImplemented("snapshots: who needs one, on leaders", "11, rule 12"),
  },
}
