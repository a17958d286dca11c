// 1e. The client.

import { notImplemented } from "../not-implemented.ts"
import type { Client, ClientOptions } from "./contract.ts"

/** Given: the command was never sent. */
export class NotConnected extends Error {
  override readonly name = "NotConnected"
}

/** Given: the command was sent; whether it was done, nobody knows. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost"
}

export async function connect(options: ClientOptions): Promise<Client> {
  // Replies carry no number. What tells you which command a reply belongs to?
  return await Promise.resolve(notImplemented("connect", "1, rules 35 to 39"))
}
