// 2d. The event loop around `step`: a queue, a clock, a UDP socket.

import { AsyncQueue } from "#01-kv-server"
import { notImplemented } from "../not-implemented.ts"
import type { Controller, ControllerOptions, CrossingEvent } from "./contract.ts"

export async function startController(options: ControllerOptions): Promise<Controller> {
  // Ticks come from the clock and presses from the network, at any time. Where do they meet?
  const events = new AsyncQueue<CrossingEvent>()
  return await Promise.resolve(notImplemented("startController", "2, rules 21 to 25"))
}
