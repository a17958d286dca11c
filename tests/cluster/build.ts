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
} from "../../projects/03-planning/contract.ts"

/** States, logs and messages as the suites of projects 5 to 7 need them, made without any of the person's code. */

/** The names of `n` servers: n1, n2, … */
export function servers(n: number): readonly ServerId[] {
  return Array.from({ length: n }, (_, i) => `n${String(i + 1)}`)
}

/** Entries with these terms, the first one at `first`. Same index and term, same command: as in any Raft cluster. */
export function entries(first: Index, terms: readonly Term[]): readonly Entry[] {
  return terms.map((term, i) => ({ term, command: `x=${String(first + i)}.${String(term)}` }))
}

/** A log with entries of these terms, from index 1 on. */
export function logOf(...terms: readonly Term[]): Log {
  return { base: { index: 0, term: 0 }, entries: entries(1, terms) }
}

/** A log whose entries up to `index` are gone, the last of them of `term`; entries of these terms follow. */
export function compacted(index: Index, term: Term, ...terms: readonly Term[]): Log {
  return { base: { index, term }, entries: entries(index + 1, terms) }
}

/** A server of a cluster of three, unless told otherwise: a follower that has heard nothing. */
export function server(id: ServerId, fields: Partial<RaftNode> = {}): RaftNode {
  return {
    id,
    voters: servers(3),
    oldVoters: [],
    currentTerm: 0,
    votedFor: null,
    log: logOf(),
    commitIndex: 0,
    lastApplied: 0,
    role: "follower",
    leader: null,
    votesGranted: [],
    nextIndex: {},
    matchIndex: {},
    ...fields,
  }
}

/** A leader whose followers are believed to have everything up to `match`, and next to need what comes after. */
export function leader(id: ServerId, fields: Partial<RaftNode> = {}): RaftNode {
  const node = server(id, { currentTerm: 1, ...fields })
  const peers = [...new Set([...node.voters, ...node.oldVoters])].filter((peer) => peer !== id)
  const all = (index: Index) => Object.fromEntries(peers.map((peer) => [peer, index]))
  return {
    ...node,
    role: "leader",
    leader: id,
    votedFor: id,
    votesGranted: node.voters,
    nextIndex: { ...all(endOf(node.log) + 1), ...fields.nextIndex },
    matchIndex: { ...all(0), ...fields.matchIndex },
  }
}

export function candidate(id: ServerId, fields: Partial<RaftNode> = {}): RaftNode {
  const standing = { role: "candidate", currentTerm: 1, votedFor: id, votesGranted: [id] } as const
  return server(id, { ...standing, ...fields })
}

/** What a server is after a crash: only what is persistent is still there (Figure 2). */
export function restarted({ id, voters, oldVoters, currentTerm, votedFor, log }: RaftNode): RaftNode {
  return server(id, { voters, oldVoters, currentTerm, votedFor, log })
}

// ---- Reading data, without the person's project 4. --------------------------------------------------------------------

export function endOf(log: Log): Index {
  return log.base.index + log.entries.length
}

/** The term at an index; undefined where the log has no entry. */
export function termIn(log: Log, index: Index): Term | undefined {
  return index === log.base.index ? log.base.term : log.entries[index - log.base.index - 1]?.term
}

export function entryIn(log: Log, index: Index): Entry | undefined {
  return log.entries[index - log.base.index - 1]
}

// ---- Messages. ----------------------------------------------------------------------------------------------------------

/** An AppendEntries as a leader with this log would send it. */
export function appendEntries(
  from: RaftNode,
  to: ServerId,
  prevLogIndex: Index,
  count = endOf(from.log) - prevLogIndex,
): AppendEntries {
  const first = prevLogIndex - from.log.base.index
  return {
    type: "AppendEntries",
    from: from.id,
    to,
    term: from.currentTerm,
    prevLogIndex,
    prevLogTerm: termIn(from.log, prevLogIndex) ?? 0,
    entries: from.log.entries.slice(first, first + count),
    leaderCommit: from.commitIndex,
  }
}

export function accepted(from: ServerId, to: ServerId, term: Term, matchIndex: Index): AppendEntriesResponse {
  return { type: "AppendEntriesResponse", from, to, term, success: true, matchIndex }
}

export function rejected(from: ServerId, to: ServerId, term: Term): AppendEntriesResponse {
  return { type: "AppendEntriesResponse", from, to, term, success: false, matchIndex: 0 }
}

export function requestVote(
  from: ServerId,
  to: ServerId,
  term: Term,
  lastLogIndex = 0,
  lastLogTerm = 0,
): RequestVote {
  return { type: "RequestVote", from, to, term, lastLogIndex, lastLogTerm }
}

export function vote(from: ServerId, to: ServerId, term: Term, voteGranted = true): RequestVoteResponse {
  return { type: "RequestVoteResponse", from, to, term, voteGranted }
}

/** The messages among some effects. */
export function sent(effects: readonly Effect[]): readonly Message[] {
  return effects.flatMap((effect) => (effect.type === "send" ? [effect.message] : []))
}

/** The messages of one type among some effects, perhaps only those to one server. */
export function sentOf<T extends Message["type"]>(
  effects: readonly Effect[],
  type: T,
  to?: ServerId,
): readonly Extract<Message, { readonly type: T }>[] {
  return sent(effects).filter(
    (message): message is Extract<Message, { readonly type: T }> =>
      message.type === type && (to === undefined || message.to === to),
  )
}
