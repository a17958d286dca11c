// 3f. What one can type into a server's console.

import { notImplemented } from "../not-implemented.ts"
import type { ConsoleCommands, NetCommands, PingOptions } from "./contract.ts"

export function netCommands(options: PingOptions): NetCommands {
  // A Pong may come late, twice, or never. Who remembers which `ping` waits for which?
  return notImplemented("netCommands", "3, rules 38 to 42")
}

export async function runLine(commands: ConsoleCommands, line: string): Promise<string> {
  return await Promise.resolve(notImplemented("runLine", "3, rules 43 to 46"))
}
