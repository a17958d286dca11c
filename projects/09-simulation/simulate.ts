// 9e. Everything put together.

import { notImplemented } from "../not-implemented.ts"
import type { SimulateOptions, Simulated } from "./contract.ts"

export function simulate(options: SimulateOptions): Simulated {
  // Given: `settle` in options.ts checks the options and fills in the defaults; clients are in client.ts, the trace and
  // its hash in trace.ts. What must happen at time 0? What has to be planned for later? And what if something breaks?
  return notImplemented("simulate", "9, rules 26 to 56")
}
