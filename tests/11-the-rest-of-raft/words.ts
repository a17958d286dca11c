import { show } from "#suite"
import type { RaftEvent } from "../../projects/03-planning/contract.ts"
import type { FullEvent, FullNode } from "../../projects/11-the-rest-of-raft/contract.ts"
import { tellEvent, tellNode } from "../cluster/words.ts"

/** Servers and events in words, for a person who has to find out what went wrong. */

const old = new Set<string>([
  "AppendEntries",
  "AppendEntriesResponse",
  "RequestVote",
  "RequestVoteResponse",
  "propose",
  "heartbeatTimeout",
  "electionTimeout",
])

/** Whether projects 3 to 7 know it. */
export function isOld<E extends FullEvent>(event: E): event is E & RaftEvent {
  return old.has(event.type)
}

export function tellFullNode(node: FullNode): string {
  const { voters, oldVoters, heard } = node
  const joint = oldVoters.length > 0 ? ` and ${oldVoters.join(", ")}` : ""
  return `${tellNode(node)}, voters ${voters.join(", ")}${joint}${heard ? ", hears a leader" : ""}`
}

export function tellFullEvent(event: FullEvent): string {
  if (isOld(event)) {
    const flag = "leadershipTransfer" in event && event.leadershipTransfer
    return tellEvent(event) + (flag ? ", told to by the leader" : "")
  }
  const { type, ...fields } = event
  if (!("from" in event)) return `${type} ${show(fields)}`
  const { from, to, term, ...rest } = fields as typeof event
  const data = "data" in rest ? { ...rest, data: `${String(rest.data.length)} characters` } : rest
  return `${type} from ${from} to ${to} (term ${String(term)}, ${show(data)})`
}
