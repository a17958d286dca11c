// 3c. The cluster's configuration.

import { notImplemented } from "../not-implemented.ts"
import type { Cluster } from "./contract.ts"

export function parseCluster(json: unknown): Cluster {
  // `unknown` means that nobody has promised anything. How do you go on after the first fault?
  return notImplemented("parseCluster", "3, rules 14 to 18")
}
