import { compose, others } from "#03-planning"
import { appendEntries, appendNewCommand, entriesFrom, lastIndex, termAt } from "#04-the-log"
import type {
  Change,
  Effect,
  Feature,
  Index,
  RaftNode,
  ServerId,
  Step,
} from "../../projects/03-planning/contract.ts"
import type { ReplicationEvent } from "../../projects/05-log-replication/contract.ts"

export type { ReplicationEvent } from "../../projects/05-log-replication/contract.ts"

export const maxEntries = 100

/** Figure 2, "State", on leaders: reinitialized after election. And the first heartbeat at once (section 5.2). */
export function lead(node: RaftNode): Change<RaftNode, Effect> {
  const leading: RaftNode = {
    ...node,
    role: "leader",
    leader: node.id,
    nextIndex: forAll(others(node), lastIndex(node.log) + 1),
    matchIndex: forAll(others(node), 0),
  }
  return { set: leading, effects: heartbeats(leading) }
}

export const replication: Feature<RaftNode, ReplicationEvent, Effect> = {
  name: "replication",
  handlers: {
    propose: (node, { command }) => {
      if (node.role !== "leader") return { effects: [{ type: "refused", leader: node.leader }] }
      const log = appendNewCommand(node.log, node.currentTerm, command)
      return {
        set: { log },
        effects: [{ type: "accepted", index: lastIndex(log), term: node.currentTerm }],
      }
    },

    heartbeatTimeout: (node) => (node.role === "leader" ? { effects: heartbeats(node) } : undefined),

    AppendEntries: (node, { from, prevLogIndex, prevLogTerm, entries }) => {
      if (node.role === "leader") return undefined // a term has one leader (section 5.2), and this is it
      const { success, log } = appendEntries(node.log, prevLogIndex, prevLogTerm, entries)
      // Not the end of the log: what follows the new entries may be another leader's.
      const matchIndex = success ? prevLogIndex + entries.length : 0
      const answer = { from: node.id, to: from, term: node.currentTerm, success, matchIndex }
      return {
        set: { log, leader: from },
        effects: [{ type: "send", message: { type: "AppendEntriesResponse", ...answer } }],
      }
    },

    AppendEntriesResponse: (node, { from, success, matchIndex }) => {
      const next = node.nextIndex[from]
      const match = node.matchIndex[from]
      if (node.role !== "leader" || next === undefined || match === undefined) return undefined
      if (success) {
        if (matchIndex <= match) return undefined // late: it tells nothing new
        return {
          set: {
            matchIndex: { ...node.matchIndex, [from]: matchIndex },
            nextIndex: { ...node.nextIndex, [from]: Math.max(next, matchIndex + 1) },
          },
        }
      }
      // What matched once in this term matches for good: a refusal that says otherwise is late.
      if (next === match + 1) return undefined
      const back = { ...node, nextIndex: { ...node.nextIndex, [from]: next - 1 } }
      // Try again at once. Back at what is known to match, the rule below goes on by itself.
      return { set: back, effects: next - 1 > match + 1 ? [sendEntries(back, from)] : [] }
    },
  },
  rules: {
    /**
     * Whoever is known to have all that comes before gets what is new, and `nextIndex` says that it is under way. So
     * there is one batch of news under way to each follower; if it is lost, a later heartbeat will be refused.
     */
    sendNewEntries: (node) => {
      if (node.role !== "leader") return undefined
      const last = lastIndex(node.log)
      const ready = Object.entries(node.nextIndex).filter(
        ([peer, next]) =>
          next === (node.matchIndex[peer] ?? 0) + 1 && next > node.log.base.index && next <= last,
      )
      if (ready.length === 0) return undefined
      const sent = ready.map(([peer, next]) => [peer, Math.min(next + maxEntries, last + 1)] as const)
      return {
        set: { nextIndex: { ...node.nextIndex, ...Object.fromEntries(sent) } },
        effects: ready.map(([peer]) => sendEntries(node, peer)),
      }
    },
  },
}

export const step: Step<RaftNode, ReplicationEvent, Effect> = compose(replication)

/** To everyone whose log this leader keeps track of. */
function heartbeats(node: RaftNode): readonly Effect[] {
  return Object.keys(node.nextIndex).map((peer) => sendEntries(node, peer))
}

/** What `peer` is believed to lack, with the entry before it, by which it can tell whether that is so. */
function sendEntries(node: RaftNode, peer: ServerId): Effect {
  const next = node.nextIndex[peer] ?? 1
  const prevLogTerm = termAt(node.log, next - 1)
  if (prevLogTerm === null) return { type: "needSnapshot", to: peer }
  return {
    type: "send",
    message: {
      type: "AppendEntries",
      from: node.id,
      to: peer,
      term: node.currentTerm,
      prevLogIndex: next - 1,
      prevLogTerm,
      entries: entriesFrom(node.log, next, maxEntries),
      leaderCommit: node.commitIndex,
    },
  }
}

function forAll(servers: readonly ServerId[], index: Index): Readonly<Record<ServerId, Index>> {
  return Object.fromEntries(servers.map((server) => [server, index]))
}
