import type { AppendEntries, Entry } from "../../projects/03-planning/contract.ts"
import type { Chapter, FullEffect } from "../../projects/11-the-rest-of-raft/contract.ts"
import { endOf, logOf } from "../cluster/build.ts"
import { messages, Server } from "./server.ts"

/** A leader with much to send, and what it has sent. */

/** As the contract has it: 1 Mi. */
export const maxInFlight = 1_048_576
export const worthSending = 65_536

/** A command whose entry has so many characters as JSON. */
export const big = (length: number): string =>
  "x".repeat(length - JSON.stringify({ term: 5, command: "" }).length)

export const sizeOf = (entries: readonly Entry[]): number =>
  entries.reduce((size, entry) => size + JSON.stringify(entry).length, 0)

/** A leader in term 5. Its followers have what it has, unless they are to be silent, and one more entry is on its way. */
export function leading(
  silent: readonly string[] = [],
  chapters: readonly Chapter[] = ["flow"],
  log = logOf(1, 2),
): Server {
  const n1 = new Server(chapters, { term: 4, log })
  n1.elect()
  for (const peer of ["n2", "n3"]) if (!silent.includes(peer)) n1.success(peer, endOf(n1.node.log))
  n1.propose("first")
  n1.beat()
  return n1
}

export const appends = (effects: readonly FullEffect[], to = "n2"): readonly AppendEntries[] =>
  messages(effects, "AppendEntries", to)

/** Those that carry something. */
export const loaded = (effects: readonly FullEffect[], to = "n2"): readonly AppendEntries[] =>
  appends(effects, to).filter(({ entries }) => entries.length > 0)

/** The index of the last entry that was sent to a server. */
export const sentUpTo = (effects: readonly FullEffect[], to = "n2"): number =>
  Math.max(0, ...appends(effects, to).map(({ prevLogIndex, entries }) => prevLogIndex + entries.length))

export const many = <T>(n: number, make: (i: number) => readonly T[]): readonly T[] =>
  Array.from({ length: n }, (_, i) => make(i)).flat()
