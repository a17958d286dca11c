import { entriesFrom, termAt } from "#04-the-log"
import type { Change, HeartbeatTimeout, ServerId } from "../../projects/03-planning/contract.ts"
import type {
  Compact,
  FullEffect,
  FullNode,
  InstallSnapshot,
  InstallSnapshotResponse,
  Snapshot,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { configurationAt } from "./configuration.ts"
import { send, type Part } from "./parts.ts"

export const maxPart = 65_536

type SnapshotEvent = Compact | InstallSnapshot | InstallSnapshotResponse | HeartbeatTimeout

/** Section 7. */
export const snapshots: Part<SnapshotEvent> = {
  name: "snapshots",
  handlers: {
    /** What is applied is in the state machine, and need not be in the log. */
    compact: (node, { index, data }) => {
      const lastIncludedTerm = termAt(node.log, index)
      if (lastIncludedTerm === null || index <= node.log.base.index || index > node.lastApplied)
        return undefined
      const { configuration } = configurationAt(node, index)
      return { set: behind(node, { lastIncludedIndex: index, lastIncludedTerm, configuration, data }) }
    },

    /** Figure 13, receiver. That its sender leads, and that this server hears from it, is as with AppendEntries. */
    InstallSnapshot: (node, message) => (node.role === "leader" ? undefined : receive(node, message)),

    InstallSnapshotResponse: (node, answer) => {
      const installing = node.installing[answer.from]
      if (!isUnderWay(node, installing, answer.lastIncludedIndex)) return undefined
      if (answer.installed) return installed(node, answer.from, answer.lastIncludedIndex)
      if (answer.received === installing.offset) return undefined // the part under way was lost, or is yet to come
      return sendPart(node, answer.from, answer.received)
    },

    /** A part may be lost, and its answer, too. */
    heartbeatTimeout: (node) => {
      const again = Object.entries(node.installing).filter(([peer]) => lacks(node, peer))
      return node.role === "leader" && again.length > 0
        ? { effects: again.map(([peer, { offset }]) => part(node, peer, offset)) }
        : undefined
    },
  },
  rules: {
    /** Whoever needs entries that are gone gets the snapshot, from its start: this one, and not an older one. */
    beginToSend: (node) => {
      if (node.role !== "leader") return undefined
      const { lastIncludedIndex } = node.snapshot
      const peer = Object.keys(node.nextIndex).find(
        (peer) => lacks(node, peer) && !isUnderWay(node, node.installing[peer], lastIncludedIndex),
      )
      return peer === undefined ? undefined : sendPart(node, peer, 0)
    },
  },
}

/** Whether the next entry for this server is gone from the log. */
function lacks({ nextIndex, log }: FullNode, peer: ServerId): boolean {
  return (nextIndex[peer] ?? Number.POSITIVE_INFINITY) <= log.base.index
}

type Under = FullNode["installing"][string]

function isUnderWay(
  { role, currentTerm, snapshot }: FullNode,
  installing: Under | undefined,
  lastIncludedIndex: number,
): installing is Under {
  return (
    role === "leader" &&
    installing?.term === currentTerm &&
    installing.lastIncludedIndex === lastIncludedIndex &&
    snapshot.lastIncludedIndex === lastIncludedIndex
  )
}

function sendPart(node: FullNode, to: ServerId, offset: number): Change<FullNode, FullEffect> {
  const { lastIncludedIndex } = node.snapshot
  const installing = { term: node.currentTerm, lastIncludedIndex, offset }
  return { set: { installing: { ...node.installing, [to]: installing } }, effects: [part(node, to, offset)] }
}

function part({ id, currentTerm, snapshot }: FullNode, to: ServerId, offset: number): FullEffect {
  const { data: all, ...which } = snapshot
  const data = all.slice(offset, offset + maxPart)
  const done = offset + data.length === all.length
  return send({ type: "InstallSnapshot", from: id, to, term: currentTerm, ...which, offset, data, done })
}

/** The follower has all that the snapshot stands for: from now on, it gets entries again. */
function installed(node: FullNode, from: ServerId, index: number): Change<FullNode, FullEffect> {
  const { [from]: _done, ...installing } = node.installing
  const match = Math.max(node.matchIndex[from] ?? 0, index)
  return {
    set: {
      installing,
      matchIndex: { ...node.matchIndex, [from]: match },
      nextIndex: { ...node.nextIndex, [from]: Math.max(node.nextIndex[from] ?? 1, match + 1) },
    },
  }
}

function receive(node: FullNode, message: InstallSnapshot): Change<FullNode, FullEffect> {
  const { from, term, lastIncludedIndex, offset, done } = message
  const answer = (received: number, installed: boolean): FullEffect =>
    send({
      type: "InstallSnapshotResponse",
      from: node.id,
      to: from,
      term: node.currentTerm,
      lastIncludedIndex,
      received,
      installed,
    })
  const heard = { role: "follower", leader: from } as const
  const timer: FullEffect = { type: "resetElectionTimer" }

  // What is committed here is the same there: it would only go back.
  if (lastIncludedIndex <= node.commitIndex) {
    return { set: { ...heard, receiving: null }, effects: [timer, answer(0, true)] }
  }
  const goesOn = node.receiving?.term === term && node.receiving.lastIncludedIndex === lastIncludedIndex
  const before = goesOn ? node.receiving.data : ""
  if (offset !== before.length) return { set: heard, effects: [timer, answer(before.length, false)] }
  const data = before + message.data
  if (!done) {
    const receiving = { term, lastIncludedIndex, data }
    return { set: { ...heard, receiving }, effects: [timer, answer(data.length, false)] }
  }
  const { lastIncludedTerm, configuration } = message
  const snapshot: Snapshot = { lastIncludedIndex, lastIncludedTerm, configuration, data }
  return {
    set: {
      ...heard,
      ...behind(node, snapshot),
      receiving: null,
      commitIndex: lastIncludedIndex,
      lastApplied: lastIncludedIndex,
    },
    effects: [timer, { type: "restore", snapshot }, answer(data.length, true)],
  }
}

/** The log from there on. Entries behind the snapshot stay if they follow it: then they may be acknowledged already. */
function behind({ log }: FullNode, snapshot: Snapshot): Pick<FullNode, "log" | "snapshot"> {
  const { lastIncludedIndex: index, lastIncludedTerm: term } = snapshot
  const entries = termAt(log, index) === term ? entriesFrom(log, index + 1) : []
  return { log: { base: { index, term }, entries }, snapshot }
}
