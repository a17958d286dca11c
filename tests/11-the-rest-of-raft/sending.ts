import { fail, same } from "#suite"
import type { Log } from "../../projects/03-planning/contract.ts"
import type { FullEffect, FullMessage, InstallSnapshot } from "../../projects/11-the-rest-of-raft/contract.ts"
import { compacted, endOf } from "../cluster/build.ts"
import { messages, only, Server, textOf } from "./server.ts"

/** A leader that sends a snapshot, and followers that collect it. */

/** As the contract has it: 64 Ki. */
export const maxPart = 65_536

/** The leader n1 in term 5, whose snapshot ends at 5, with a log that goes on from there; and what it has sent. */
export function leading(
  data: string,
  log: Log = compacted(5, 3, 4, 4),
): { n1: Server; effects: readonly FullEffect[] } {
  const n1 = new Server(["snapshots"], { term: 4, log, data })
  return { n1, effects: n1.elect() }
}

/** `peer` has an empty log: it refuses whatever entries it is sent, until the first part of a snapshot comes. */
export function untilPart(n1: Server, peer: string, effects: readonly FullEffect[]): InstallSnapshot {
  let sent: readonly FullMessage[] = messages(effects, "AppendEntries", peer)
  for (let tries = 0; tries < 40; tries++) {
    const effects = sent.length > 0 ? n1.refusal(peer) : n1.beat()
    const parts = messages(effects, "InstallSnapshot", peer)
    if (parts.length > 0) return only(parts, n1.story, `one part for ${peer}`)
    sent = messages(effects, "AppendEntries", peer)
  }
  return fail("broken", `${peer} refuses all that it is sent, and never gets a snapshot`, {
    scenario: n1.story,
    expected: `an InstallSnapshot to ${peer}`,
    got: "none",
  })
}

/** The next part for a server: at once, or with the next heartbeat. */
export function nextPart(n1: Server, peer: string, effects: readonly FullEffect[]): InstallSnapshot {
  const now = messages(effects, "InstallSnapshot", peer)
  const sent = now.length > 0 ? now : messages(n1.beat(), "InstallSnapshot", peer)
  return only(sent, n1.story, `one part for ${peer}`)
}

/** Acknowledges this part and all that follow, but for the last one. */
export function collect(n1: Server, first: InstallSnapshot): readonly InstallSnapshot[] {
  const parts = [first]
  for (let last = first; !last.done && parts.length < 20; parts.push(last)) {
    const effects = n1.received(last.to, last.lastIncludedIndex, last.offset + last.data.length)
    last = nextPart(n1, last.to, effects)
  }
  return parts
}

/** A leader that has sent the first part of a long snapshot to n2. */
export function sending(): { n1: Server; data: string; first: InstallSnapshot } {
  const data = textOf("five", 3 * maxPart)
  const { n1, effects } = leading(data)
  return { n1, data, first: untilPart(n1, "n2", effects) }
}

export const offsets = (effects: readonly FullEffect[], to = "n2") => [
  ...new Set(messages(effects, "InstallSnapshot", to).map(({ offset }) => offset)),
]

/** All up to 7 is committed and compacted on the leader, while n2 still gets the snapshot up to 5. */
export function compactedAgain(n1: Server): { data: string; effects: readonly FullEffect[] } {
  n1.propose("x")
  n1.success("n3", endOf(n1.node.log))
  const data = textOf("seven", 3 * maxPart)
  const effects = n1.compact(7, data)
  same(n1.node.snapshot.lastIncludedIndex, 7, `${n1.story}\nwhere the snapshot ends`)
  return { data, effects }
}
