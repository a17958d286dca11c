// 9c. When messages arrive, if they do.

import { notImplemented } from "../not-implemented.ts"
import type { Network, NetworkOptions, Random } from "./contract.ts"

export function createNetwork(options: NetworkOptions, random: Random): Network {
  // Given: `requireLink` in check.ts. What has to be known of each directed link, from one message to the next?
  return notImplemented("createNetwork", "9, rules 14 to 20")
}
