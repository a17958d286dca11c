import { isDeepStrictEqual } from "node:util"
import { lastIndex, termAt } from "#04-the-log"
import type { Entry, Index, Log, RaftNode } from "../../projects/03-planning/contract.ts"
import type { Always, Moment, Property, Sometimes, Violation } from "../../projects/08-testing/contract.ts"
import { tellLog } from "./words.ts"

/** Figure 3: at most one leader can be elected in a given term. */
const electionSafety: Always = {
  kind: "always",
  name: "Election Safety",
  of: "state",
  broken: ({ after: { id, role, currentTerm }, history }) => {
    const first = history.leaders[currentTerm]
    if (role !== "leader" || first === undefined || first === id) return null
    return `${first} led in term ${String(currentTerm)}, and so does ${id}`
  },
}

/** Figure 3: a leader never overwrites or deletes entries in its log; it only appends new entries. */
const leaderAppendOnly: Always = {
  kind: "always",
  name: "Leader Append-Only",
  of: "step",
  broken: (moment) => {
    const { before, after } = moment
    if (!staysInOffice(moment)) return null
    const kept = Math.max(firstChange(moment), after.log.base.index + 1)
    for (let index = kept; index <= lastIndex(before.log); index++) {
      if (sameEntry(entryAt(after.log, index), entryAt(before.log, index))) continue
      return `${after.id}, leader of term ${String(after.currentTerm)}, no longer has its entry ${String(index)}: ${tellLog(before.log)} became ${tellLog(after.log)}`
    }
    return null
  },
}

/** Figure 3: two logs that have an entry of the same index and term are the same in all entries up to there. */
const logMatching: Always = {
  kind: "always",
  name: "Log Matching",
  of: "state",
  // The others' logs have not changed in this moment, and matched each other before it.
  broken: (moment) => {
    const { before, after, nodes } = moment
    if (before.log === after.log) return null
    const changed = firstChange(moment)
    for (const other of nodes) {
      if (other.id === after.id) continue
      const wrong = mismatch(after, other, changed)
      if (wrong !== null) return wrong
    }
    return null
  },
}

/**
 * From the end: below the last entry that both have with the same term, everything must be the same. Once that entry is
 * one that was there before the change, it was so already.
 */
function mismatch(a: RaftNode, b: RaftNode, changed: Index): string | null {
  const base = Math.max(a.log.base.index, b.log.base.index)
  let same: Index | null = null
  for (let index = Math.min(lastIndex(a.log), lastIndex(b.log)); index > base; index--) {
    const [mine, theirs] = [entryAt(a.log, index), entryAt(b.log, index)]
    const sameTerm = mine?.term === theirs?.term
    if (sameTerm && index < changed) return null
    if (sameTerm) same ??= index
    if (same === null || sameEntry(mine, theirs)) continue
    const both = `${a.id} and ${b.id} both have an entry ${String(same)} of term ${String(entryAt(a.log, same)?.term)}`
    return same === index
      ? `${both}, with different commands`
      : `${both}, but their entries ${String(index)} differ: ${a.id} has ${tellLog(a.log)}, ${b.id} has ${tellLog(b.log)}`
  }
  return null
}

/** Figure 3: an entry committed in some term is in the logs of the leaders of all later terms. */
const leaderCompleteness: Always = {
  kind: "always",
  name: "Leader Completeness",
  of: "state",
  broken: (moment) => {
    const { before, after, nodes, history } = moment
    const what = incomplete(after, history, staysInOffice(moment) ? firstChange(moment) : 1)
    if (what !== null || after.commitIndex <= before.commitIndex) return what
    return firstOf(nodes, (node) => incomplete(node, history, before.commitIndex + 1))
  },
}

/** Looks from an index on. */
function incomplete(leader: RaftNode, { committed }: Moment["history"], from: Index): string | null {
  if (leader.role !== "leader") return null
  const { log, currentTerm, id } = leader
  for (let index = Math.max(from, log.base.index + 1); index <= committed.length; index++) {
    const entry = committed[index - 1]
    if (!entry || entry.by >= currentTerm || sameEntry(entryAt(log, index), entry)) continue
    return `entry ${String(index)} of term ${String(entry.term)} was committed in term ${String(entry.by)}, but ${id} leads term ${String(currentTerm)} without it: it has ${tellLog(log)}`
  }
  return null
}

/** Figure 3: if a server has applied an entry at an index, no other ever applies a different one for that index. */
const stateMachineSafety: Always = {
  kind: "always",
  name: "State Machine Safety",
  of: "state",
  broken: (moment) => {
    const { before, after, history } = moment
    const { log, lastApplied, id } = after
    const from = Math.max(Math.min(before.lastApplied + 1, firstChange(moment)), log.base.index + 1)
    for (let index = Math.min(lastApplied, lastIndex(log)); index >= from; index--) {
      const [mine, first] = [entryAt(log, index), history.applied[index - 1]]
      if (first === undefined || sameEntry(mine, first)) continue
      return `at index ${String(index)} an entry of term ${String(first.term)} was applied, but ${id} has applied one of term ${String(mine?.term)}`
    }
    return null
  },
}

/**
 * Not in Figure 3, which says what must never be seen. This says why it is not: Figure 2's matchIndex is "known to be
 * replicated", so what a leader counts is there. A mistake breaks this at once, and Figure 3 only when the rest goes
 * wrong, too.
 */
const leadersCountWhatIsThere: Always = {
  kind: "always",
  name: "leaders count what is there",
  of: "state",
  broken: ({ before, after, nodes }) => {
    if (before.log === after.log && before.matchIndex === after.matchIndex) return null
    return after.role === "leader"
      ? firstOf(nodes, (follower) => miscounted(after, follower))
      : firstOf(nodes, (leader) => miscounted(leader, after))
  },
}

/** One that is in a later term may have lost what the leader counted: it follows another one now. */
function miscounted(leader: RaftNode, follower: RaftNode): string | null {
  if (leader.role !== "leader" || leader.id === follower.id || follower.currentTerm > leader.currentTerm)
    return null
  const index = leader.matchIndex[follower.id] ?? 0
  if (index === 0 || index <= Math.max(leader.log.base.index, follower.log.base.index)) return null
  const [counted, there] = [entryAt(leader.log, index), entryAt(follower.log, index)]
  if (counted !== undefined && counted.term === there?.term) return null
  return `${leader.id}, leader of term ${String(leader.currentTerm)}, counts entry ${String(index)} as replicated on ${follower.id}, which has ${tellLog(follower.log)}; its own log is ${tellLog(leader.log)}`
}

const somebodyLeads: Sometimes = {
  kind: "sometimes",
  name: "a leader is elected",
  of: "step",
  happens: ({ after }) => after.role === "leader",
}

const somethingIsCommitted: Sometimes = {
  kind: "sometimes",
  name: "an entry is committed",
  of: "step",
  happens: ({ after }) => after.commitIndex > 0,
}

const laterLeadersCommit: Sometimes = {
  kind: "sometimes",
  name: "entries are committed in two terms",
  of: "state",
  happens: ({ history: { committed } }) => committed.some(({ by }) => by !== committed[0]?.by),
}

const aLogIsMended: Sometimes = {
  kind: "sometimes",
  name: "a follower loses an entry that was never committed",
  of: "step",
  happens: ({ before, after }) =>
    before.log !== after.log &&
    before.log.entries.length > 0 &&
    termAt(after.log, lastIndex(before.log)) !== before.log.entries.at(-1)?.term,
}

export const properties: readonly Property[] = [
  electionSafety,
  leaderAppendOnly,
  logMatching,
  leaderCompleteness,
  stateMachineSafety,
  somebodyLeads,
  somethingIsCommitted,
  laterLeadersCommit,
  aLogIsMended,
  leadersCountWhatIsThere,
]

export function inspect(properties: readonly Property[], moment: Moment): Violation | null {
  for (const property of properties) {
    if (property.kind !== "always") continue
    const what = property.broken(moment)
    if (what !== null) return { property: property.name, what }
  }
  return null
}

/** It leads the term that it led before. */
function staysInOffice({ before, after }: Moment): boolean {
  return before.role === "leader" && after.role === "leader" && before.currentTerm === after.currentTerm
}

/**
 * The first index at which the server's log may be another one than before. What held up to there still holds: looking
 * at whole logs at every moment would take most of the time, once they are long.
 */
function firstChange({ before: { log: old }, after: { log } }: Moment): Index {
  if (old === log) return Infinity
  if (old !== compared.old || log !== compared.log) compared = { old, log, changed: compareLogs(old, log) }
  return compared.changed
}

/** The two logs that were compared last: several properties ask about the same moment. */
let compared: { readonly old?: Log; readonly log?: Log; readonly changed: Index } = { changed: Infinity }

function compareLogs(old: Log, log: Log): Index {
  if (old.base.index !== log.base.index) return 1
  const [were, are] = [old.entries, log.entries]
  let same = 0
  while (same < were.length && were[same] === are[same]) same++
  return log.base.index + 1 + same
}

function firstOf<T>(list: readonly T[], wrong: (each: T) => string | null): string | null {
  for (const each of list) {
    const what = wrong(each)
    if (what !== null) return what
  }
  return null
}

function entryAt(log: Log, index: Index): Entry | undefined {
  return log.entries[index - log.base.index - 1]
}

function sameEntry(a: Entry | undefined, b: Entry | undefined): boolean {
  return a === b || (a?.term === b?.term && isDeepStrictEqual(a?.command, b?.command))
}
