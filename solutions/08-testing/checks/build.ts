import type {
  AppendEntries,
  AppendEntriesResponse,
  Effect,
  Entry,
  Index,
  Log,
  Message,
  RaftNode,
  RequestVote,
  RequestVoteResponse,
  ServerId,
  Term,
} from "../../../projects/03-planning/contract.ts"
import { freeze } from "./check.ts"

// Servers and messages in a word or two. Unless told otherwise: n1 of three, in term 5, and n2 writes to it.

/** A cluster of n1, n2, and so on. */
export function of(count: number): { readonly voters: readonly ServerId[] } {
  return { voters: Array.from({ length: count }, (_, i) => `n${String(i + 1)}`) }
}

/** While the membership changes: n1 needs one more of each list. */
export const joint = { ...of(3), oldVoters: ["n1", "n4", "n5"] }
/** n1 is no voter (section 6: it leads until it is replaced). */
export const voteless = { voters: ["n2", "n3", "n4"] }

/** Of a log that has lost its first three entries; the last of them was of term 2. */
export const base = { index: 3, term: 2 }

/** Entries of these terms, the first one behind `prev`. The same index and term is the same command. */
export function entries(terms: readonly Term[], prev: Index = 0): readonly Entry[] {
  return terms.map((term, i) => ({ term, command: `${String(prev + 1 + i)} of term ${String(term)}` }))
}

/** A log with entries of these terms, behind a base. */
export function log(terms: readonly Term[], base: Log["base"] = { index: 0, term: 0 }): Log {
  return freeze({ base, entries: entries(terms, base.index) })
}

export function lastIndex({ base, entries }: Log): Index {
  return base.index + entries.length
}

/** The term at an index, the base's included. */
export function termAt({ base, entries }: Log, index: Index): Term | undefined {
  return index === base.index ? base.term : entries[index - base.index - 1]?.term
}

export function others({ id, voters, oldVoters }: RaftNode): readonly ServerId[] {
  return [...new Set([...voters, ...oldVoters])].filter((server) => server !== id)
}

export type Fields = Partial<RaftNode>

export function follower(fields: Fields = {}): RaftNode {
  return freeze({
    id: "n1",
    ...of(3),
    oldVoters: [],
    currentTerm: 5,
    votedFor: null,
    log: log([]),
    commitIndex: 0,
    lastApplied: fields.commitIndex ?? 0,
    role: "follower",
    leader: null,
    votesGranted: [],
    nextIndex: {},
    matchIndex: {},
    ...fields,
  })
}

export function candidate(fields: Fields = {}): RaftNode {
  return follower({ role: "candidate", votedFor: "n1", votesGranted: ["n1"], ...fields })
}

/** What a leader knows of followers: `[matchIndex, nextIndex]`. Of those not named, as much as when it was new. */
export type Known = Readonly<Record<ServerId, readonly [match: Index, next: Index]>>

export function leader(fields: Fields = {}, known: Known = {}): RaftNode {
  const node = candidate({ ...fields, role: "leader", leader: "n1" })
  const fresh: Known = Object.fromEntries(others(node).map((peer) => [peer, [0, lastIndex(node.log) + 1]]))
  const all = Object.entries({ ...fresh, ...known })
  return freeze({
    ...node,
    matchIndex: Object.fromEntries(all.map(([peer, [match]]) => [peer, match])),
    nextIndex: Object.fromEntries(all.map(([peer, [, next]]) => [peer, next])),
  })
}

const envelope = { from: "n2", to: "n1", term: 5 }

export function append(
  prevLogIndex: Index,
  prevLogTerm: Term,
  terms: readonly Term[],
  fields: Partial<AppendEntries> = {},
): AppendEntries {
  return {
    type: "AppendEntries",
    ...envelope,
    prevLogIndex,
    prevLogTerm,
    entries: entries(terms, prevLogIndex),
    leaderCommit: 0,
    ...fields,
  }
}

export function success(
  matchIndex: Index,
  fields: Partial<AppendEntriesResponse> = {},
): AppendEntriesResponse {
  return { type: "AppendEntriesResponse", ...envelope, success: true, matchIndex, ...fields }
}

export function refusal(fields: Partial<AppendEntriesResponse> = {}): AppendEntriesResponse {
  return success(0, { success: false, ...fields })
}

export function request(
  lastLogIndex: Index,
  lastLogTerm: Term,
  fields: Partial<RequestVote> = {},
): RequestVote {
  return { type: "RequestVote", ...envelope, lastLogIndex, lastLogTerm, ...fields }
}

export function vote(fields: Partial<RequestVoteResponse> = {}): RequestVoteResponse {
  return { type: "RequestVoteResponse", ...envelope, voteGranted: true, ...fields }
}

export const timeout = { type: "electionTimeout" } as const
export const heartbeat = { type: "heartbeatTimeout" } as const

/** The messages of one type among the effects of a step. */
export function sent<T extends Message["type"]>(
  effects: readonly Effect[],
  type: T,
): readonly Extract<Message, { readonly type: T }>[] {
  return effects
    .flatMap((effect): readonly Message[] => (effect.type === "send" ? [effect.message] : []))
    .filter((message): message is Extract<Message, { readonly type: T }> => message.type === type)
}
