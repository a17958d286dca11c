import { notImplemented } from "../not-implemented.ts"
import type { ClusterClient, ClusterClientOptions } from "./contract.ts"

// 10e: finds the leader, and tries again for as long as that is safe. When is it?

/** It was sent, and the answer was lost: it may have been done. */
export class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown"
}

/** It was not done, and nobody could be found to do it. */
export class NotDone extends Error {
  override readonly name = "NotDone"
}

export function connectCluster(options: ClusterClientOptions): ClusterClient {
  return notImplemented("connectCluster", "10, rules 33 to 39")
}
