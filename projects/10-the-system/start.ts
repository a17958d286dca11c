import { notImplemented } from "../not-implemented.ts"
import type { RaftServer, ServerOptions } from "./contract.ts"

// 10d: puts the parts together: the journal, project 3's net, the timers, the engine, the listener, the console. Each
// knows what is handed to it here, and nothing of the others. What is answered at once, and what goes through the log?

export function startServer(options: ServerOptions): Promise<RaftServer> {
  return notImplemented("startServer", "10, rules 26 to 32")
}
