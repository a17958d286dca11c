import { CheckFailure, show } from "#suite"
import type {
  Effect,
  Entry,
  Index,
  Message,
  RaftEvent,
  RaftNode,
  ServerId,
  Term,
} from "../../projects/03-planning/contract.ts"
import { endOf, entryIn, termIn } from "./build.ts"
import { entriesFault, envelopeFault, sameCommand, sameEntry } from "./honesty.ts"
import { tellLog, tellMessage } from "./words.ts"

/** What a server wants done. In project 11, its state machine may also go on from a snapshot. */
type Done = Effect | { readonly type: "restore"; readonly snapshot: { readonly lastIncludedIndex: Index } }

/**
 * Everything that a cluster has done so far, and what must hold of it after every step: the five properties of Figure 3,
 * that every message tells the truth, and that nothing goes back. It knows nothing of how a server comes to its state.
 */
export class History {
  readonly #leaders = new Map<Term, { readonly id: ServerId; node: RaftNode }>()
  readonly #votes = new Map<string, ServerId>()
  /** By index and term: the one entry of that name, and the term of the one before it. */
  readonly #entries = new Map<string, { readonly entry: Entry; readonly before: Term | undefined }>()
  /** By index: the entry that was committed there, and the term of the leader that did. */
  readonly #committed = new Map<Index, { readonly entry: Entry; readonly in: Term }>()

  /** How many entries were committed. */
  get committed(): number {
    return this.#committed.size
  }

  /** The terms that had a leader. */
  get terms(): number {
    return this.#leaders.size
  }

  /** A server as it is at the start of the history. */
  begin(node: RaftNode): void {
    this.#logMatching(undefined, node)
    this.#leaderOf(node)
    this.#commit(0, node)
  }

  /** One step of a server. Throws when something does not hold that must. */
  step(before: RaftNode, after: RaftNode, effects: readonly Done[], event?: RaftEvent): void {
    if (event) answersTo(event, after, effects)
    nothingGoesBack(before, after)
    if (after.log !== before.log) {
      this.#leaderAppendOnly(before, after)
      this.#logMatching(before, after)
    }
    this.#vote(after)
    this.#leaderOf(after)
    if (after.commitIndex > before.commitIndex) this.#commit(before.commitIndex, after)
    applied(before, after, effects)
    for (const effect of effects) if (effect.type === "send") this.#honest(before, after, effect.message)
  }

  /** Figure 3: at most one leader can be elected in a given term. */
  #leaderOf(node: RaftNode): void {
    if (node.role !== "leader") return
    const known = this.#leaders.get(node.currentTerm)
    if (known && known.id !== node.id) {
      broken(
        "Election Safety (Figure 3): at most one leader in a term",
        `${known.id} leads in term ${String(node.currentTerm)}, and so does ${node.id}`,
      )
    }
    if (known) known.node = node
    else {
      this.#leaders.set(node.currentTerm, { id: node.id, node })
      this.#leaderCompleteness(node)
    }
  }

  /** Figure 3: a leader never overwrites or deletes entries in its log. */
  #leaderAppendOnly(before: RaftNode, after: RaftNode): void {
    const stillLeads = before.role === "leader" && after.role === "leader"
    if (!stillLeads || before.currentTerm !== after.currentTerm) return
    for (let index = firstKept(before, after); index <= endOf(before.log); index++) {
      if (termIn(after.log, index) === termIn(before.log, index)) continue
      broken(
        "Leader Append-Only (Figure 3): a leader never overwrites or deletes entries",
        `leader ${after.id} had a ${tellLog(before.log)} and now has a ${tellLog(after.log)}`,
      )
    }
  }

  /** Figure 3: the same index and term in two logs, the same entries in all that comes before. */
  #logMatching(before: RaftNode | undefined, { id, log }: RaftNode): void {
    for (let index = log.base.index + 1; index <= endOf(log); index++) {
      const entry = entryIn(log, index)
      if (!entry || (before && unchanged(before, log, index))) continue
      const key = `${String(index)}.${String(entry.term)}`
      const previous = termIn(log, index - 1)
      const known = this.#entries.get(key)
      if (!known) this.#entries.set(key, { entry, before: previous })
      else if (
        !sameCommand(known.entry, entry) ||
        (previous !== known.before && index > log.base.index + 1)
      ) {
        const name = `index ${String(index)} and term ${String(entry.term)}`
        const what = sameCommand(known.entry, entry)
          ? `follows an entry of term ${String(known.before)} in one log, and of term ${String(previous)} in that of ${id}`
          : `has command ${show(known.entry.command)} in one log, and ${show(entry.command)} in that of ${id}`
        broken(
          "Log Matching (Figure 3): index and term name an entry and all before it",
          `the entry with ${name} ${what}`,
        )
      }
    }
  }

  /** Figure 3: a committed entry is in the logs of the leaders of all later terms. */
  #leaderCompleteness(node: RaftNode): void {
    for (const [index, { entry, in: term }] of this.#committed) {
      if (term >= node.currentTerm || index <= node.log.base.index) continue
      if (termIn(node.log, index) === entry.term) continue
      broken(
        "Leader Completeness (Figure 3): a committed entry is in the log of every later leader",
        `entry ${String(index)} of term ${String(entry.term)} was committed in term ${String(term)}, but ${node.id} leads in term ${String(node.currentTerm)} with a ${tellLog(node.log)}`,
      )
    }
  }

  /** Figure 3, State Machine Safety: whoever settles an index settles it for all. */
  #commit(from: Index, node: RaftNode): void {
    if (node.commitIndex > endOf(node.log)) {
      broken(
        "commitIndex is never past the end of the log",
        `${node.id} has commitIndex ${String(node.commitIndex)} and a ${tellLog(node.log)}`,
      )
    }
    for (let index = Math.max(from, node.log.base.index) + 1; index <= node.commitIndex; index++) {
      const entry = entryIn(node.log, index)
      if (!entry) continue
      const known = this.#committed.get(index)
      if (!known) this.#committed.set(index, { entry, in: node.currentTerm })
      else if (known.entry.term !== entry.term || !sameCommand(known.entry, entry)) {
        broken(
          "State Machine Safety (Figure 3): no two servers apply different entries for the same index",
          `at index ${String(index)}, an entry of term ${String(known.entry.term)} was committed, and ${node.id} now takes one of term ${String(entry.term)} for committed`,
        )
      }
    }
  }

  #vote({ id, currentTerm, votedFor }: RaftNode): void {
    if (votedFor === null) return
    const key = `${id} ${String(currentTerm)}`
    const known = this.#votes.get(key) ?? votedFor
    this.#votes.set(key, known)
    if (known !== votedFor) {
      broken(
        "One vote in a term (section 5.2)",
        `in term ${String(currentTerm)}, ${id} voted for ${known} and then for ${votedFor}`,
      )
    }
  }

  /** Whether a message says what is true of its sender. */
  #honest(before: RaftNode, after: RaftNode, message: Message): void {
    const wrong = envelopeFault(before, after, message) ?? this.#contentFault(before, after, message)
    if (wrong === undefined) return
    broken("A message tells the truth about its sender (Figure 2)", `${wrong}: ${tellMessage(message)}`)
  }

  #contentFault(before: RaftNode, after: RaftNode, message: Message): string | undefined {
    switch (message.type) {
      case "AppendEntries":
        return entriesFault(before, after, message)
      case "AppendEntriesResponse":
        return message.success ? this.#matchFault(after, message.matchIndex) : undefined
      case "RequestVote": {
        const { lastLogIndex, lastLogTerm } = message
        if (lastLogIndex !== endOf(after.log)) return "lastLogIndex is not the index of its last entry"
        if (lastLogTerm !== termIn(after.log, endOf(after.log)))
          return "lastLogTerm is not the term of its last entry"
        return after.votedFor === after.id ? undefined : "it asks for votes and has not voted for itself"
      }
      case "RequestVoteResponse":
        if (!message.voteGranted || after.votedFor === message.to) return undefined
        return "it grants a vote that it did not note in votedFor"
    }
  }

  /** An acknowledgement is a promise: up to there, the follower has what the leader has. */
  #matchFault(after: RaftNode, matchIndex: Index): string | undefined {
    const leading = this.#leaders.get(after.currentTerm)
    if (!leading) return undefined
    const { log } = leading.node
    if (matchIndex > endOf(after.log)) return "matchIndex is past the end of its log"
    const both = Math.max(log.base.index, after.log.base.index)
    if (matchIndex <= both || termIn(log, matchIndex) === termIn(after.log, matchIndex)) return undefined
    return `matchIndex is not true: the leader has a ${tellLog(log)}, it has a ${tellLog(after.log)}`
  }
}

/** Every proposal is answered, once, and nothing else is. Nobody needs a snapshot of what is still there. */
function answersTo(event: RaftEvent, { id, log }: RaftNode, effects: readonly Done[]): void {
  const answers = effects.filter(({ type }) => type === "accepted" || type === "refused")
  const due = event.type === "propose" ? 1 : 0
  if (answers.length !== due) {
    broken(
      "A proposal is accepted or refused, once (project 5)",
      `${id} got ${event.type} and answered ${show(answers)}`,
    )
  }
  if (log.base.index > 0 || !effects.some(({ type }) => type === "needSnapshot")) return
  broken(
    "needSnapshot is for entries that are gone (project 5)",
    `${id} asks for one, and its log has its beginning`,
  )
}

function nothingGoesBack(before: RaftNode, after: RaftNode): void {
  for (const field of ["currentTerm", "commitIndex", "lastApplied"] as const) {
    if (after[field] >= before[field]) continue
    broken(
      `${field} never goes back`,
      `${after.id} went from ${String(before[field])} to ${String(after[field])}`,
    )
  }
  for (let index = firstKept(before, after); index <= before.commitIndex; index++) {
    if (after.log === before.log || termIn(after.log, index) === termIn(before.log, index)) continue
    broken(
      "What is committed stays (section 5.3)",
      `${after.id} had committed entry ${String(index)} of its ${tellLog(before.log)}, and now has a ${tellLog(after.log)}`,
    )
  }
}

/** Each entry once, in order, none skipped, and exactly those that are committed. */
function applied(before: RaftNode, after: RaftNode, effects: readonly Done[]): void {
  let last = before.lastApplied
  for (const effect of effects) {
    if (effect.type === "restore") last = effect.snapshot.lastIncludedIndex
    if (effect.type !== "apply") continue
    const { index, entry } = effect
    if (index !== last + 1) {
      broken(
        "Every committed entry is applied once, in order (Figure 2)",
        `${after.id} had applied up to ${String(last)} and then applied entry ${String(index)}`,
      )
    }
    const mine = entryIn(after.log, index)
    if (!sameEntry(mine, entry)) {
      broken("What is applied is the log's entry", `${after.id} applied something else at ${String(index)}`)
    }
    last = index
  }
  if (after.lastApplied === last && last <= after.commitIndex) return
  broken(
    "lastApplied says what was applied, and that was committed (Figure 2)",
    `${after.id} applied up to ${String(last)}, with lastApplied ${String(after.lastApplied)} and commitIndex ${String(after.commitIndex)}`,
  )
}

/** What is behind the base was thrown away (project 11), not overwritten. */
function firstKept(before: RaftNode, after: RaftNode): Index {
  return Math.max(before.log.base.index, after.log.base.index) + 1
}

/** Whether the entry at `index`, and the one before it, are the very ones that were checked already. */
function unchanged({ log: old }: RaftNode, log: RaftNode["log"], index: Index): boolean {
  const stands = (at: Index) => entryIn(old, at) === entryIn(log, at)
  return stands(index) && (index - 1 <= log.base.index || stands(index - 1))
}

function broken(property: string, what: string): never {
  throw new CheckFailure({ kind: "broken", summary: what, expected: property, got: what })
}
