// 3e. Messages from server to server.

import { notImplemented } from "../not-implemented.ts"
import type { NetOptions, RaftNet, ServerId } from "./contract.ts"

export async function startRaftNet<M extends { readonly from: ServerId; readonly to: ServerId }>(
  options: NetOptions<M>,
): Promise<RaftNet<M>> {
  // What is there once for this server, what once for each peer, and what once for each connection?
  return await Promise.resolve(notImplemented("startRaftNet", "3, rules 25 to 37"))
}
