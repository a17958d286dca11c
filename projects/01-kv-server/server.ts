// 1d. The server: sockets around `apply`.

import { notImplemented } from "../not-implemented.ts"
import type { Server, ServerOptions } from "./contract.ts"

export async function startServer(options: ServerOptions): Promise<Server> {
  // What is there once for the whole server, and what once for each connection?
  return await Promise.resolve(notImplemented("startServer", "1, rules 28 to 34"))
}
