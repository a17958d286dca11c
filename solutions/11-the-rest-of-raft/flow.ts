import { entriesFrom, lastIndex, termAt } from "#04-the-log"
import type {
  AppendEntriesResponse,
  Change,
  Entry,
  Index,
  ServerId,
} from "../../projects/03-planning/contract.ts"
import type { FullEffect, FullNode, FullStep } from "../../projects/11-the-rest-of-raft/contract.ts"
import { send, type Part } from "./parts.ts"
import { entryText } from "./text.ts"

/** In characters of JSON. */
export const maxInFlight = 1_048_576
/** A message of its own is worth while for so much. Less waits for the next answer, and goes with what comes until then. */
const worthSending = 65_536
/** The most entries in one message. */
const maxBatch = 500

/**
 * Section 10.2.1 of the dissertation has why: a leader need not wait for an answer before it sends the next entries.
 * Project 5 has one batch under way to each follower; this sends more, as long as the follower takes what it gets.
 */
export const flow: Part<AppendEntriesResponse> = {
  name: "flow",
  handlers: {
    /** After a refusal, nobody knows what the follower has: one message at a time, until one fits. */
    AppendEntriesResponse: (node, { from, success }) => {
      if (node.role !== "leader" || isFlowing(node, from) === success) return undefined
      const others =
        node.flowing.term === node.currentTerm ? node.flowing.peers.filter((peer) => peer !== from) : []
      return { set: { flowing: { term: node.currentTerm, peers: success ? [...others, from] : others } } }
    },
  },
  rules: {
    sendMore: (node) => {
      if (node.role !== "leader") return undefined
      for (const peer of Object.keys(node.nextIndex)) {
        const change = isFlowing(node, peer) ? sendMore(node, peer) : undefined
        if (change) return change
      }
      return undefined
    },
  },
}

/** A follower that does not answer has enough to do: it gets heartbeats, and nothing in them. */
export function withRoom(step: FullStep): FullStep {
  return (node, event) => {
    const stepped = step(node, event)
    if (event.type !== "heartbeatTimeout" || node.role !== "leader") return stepped
    const effects = stepped.effects.map((effect): FullEffect => {
      if (effect.type !== "send" || effect.message.type !== "AppendEntries") return effect
      const { message } = effect
      const isFull = isFlowing(node, message.to) && underWay(node, message.to) >= maxInFlight
      return isFull ? send({ ...message, entries: [] }) : effect
    })
    return { ...stepped, effects }
  }
}

function isFlowing({ flowing, currentTerm }: FullNode, peer: ServerId): boolean {
  return flowing.term === currentTerm && flowing.peers.includes(peer)
}

function sendMore(node: FullNode, to: ServerId): Change<FullNode, FullEffect> | undefined {
  const { log, id, currentTerm, commitIndex, nextIndex } = node
  const next = nextIndex[to] ?? 1
  const prevLogTerm = next > log.base.index ? termAt(log, next - 1) : null
  if (prevLogTerm === null || next > lastIndex(log)) return undefined
  const entries = batch(entriesFrom(log, next, maxBatch))
  if (bytesOf(entries) < worthSending && entries.length < maxBatch) return undefined
  if (underWay(node, to) >= maxInFlight) return undefined
  const message = {
    type: "AppendEntries",
    from: id,
    to,
    term: currentTerm,
    leaderCommit: commitIndex,
  } as const
  return {
    set: { nextIndex: { ...nextIndex, [to]: next + entries.length } },
    effects: [send({ ...message, prevLogIndex: next - 1, prevLogTerm, entries })],
  }
}

/** As many as are worth a message, one at least. */
function batch(entries: readonly Entry[]): readonly Entry[] {
  let bytes = 0
  const end = entries.findIndex((entry) => (bytes += bytesOf([entry])) >= worthSending)
  return end === -1 ? entries : entries.slice(0, end + 1)
}

/** What this follower was sent and has not acknowledged. */
function underWay({ log, nextIndex, matchIndex }: FullNode, peer: ServerId): number {
  const first = Math.max((matchIndex[peer] ?? 0) + 1, log.base.index + 1)
  const next: Index = nextIndex[peer] ?? first
  return next > first ? bytesOf(entriesFrom(log, first, next - first)) : 0
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((bytes, entry) => bytes + entryText(entry).length, 0)
}
