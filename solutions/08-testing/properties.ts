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
  broken: ({ before, after }) => {
    if (before.log === after.log || before.currentTerm !== after.currentTerm) return null
    if (before.role !== "leader" || after.role !== "leader") return null
    const lost = before.log.entries.findIndex((entry, i) => {
      const index = before.log.base.index + 1 + i
      return index > after.log.base.index && !sameEntry(entryAt(after.log, index), entry)
    })
    if (lost === -1) return null
    const where = `entry ${String(before.log.base.index + 1 + lost)}`
    return `${after.id}, leader of term ${String(after.currentTerm)}, no longer has its ${where}: ${tellLog(before.log)} became ${tellLog(after.log)}`
  },
}

/** Figure 3: two logs that have an entry of the same index and term are the same in all entries up to there. */
const logMatching: Always = {
  kind: "always",
  name: "Log Matching",
  of: "state",
  // The others' logs have not changed in this moment, and matched each other before it.
  broken: ({ before, after, nodes }) => {
    if (before.log === after.log) return null
    for (const other of nodes) {
      if (other.id === after.id) continue
      const wrong = mismatch(after, other)
      if (wrong !== null) return wrong
    }
    return null
  },
}

/** From the end: below the last entry that both have with the same term, everything must be the same. */
function mismatch(a: RaftNode, b: RaftNode): string | null {
  const base = Math.max(a.log.base.index, b.log.base.index)
  let same: Index | null = null
  for (let index = Math.min(lastIndex(a.log), lastIndex(b.log)); index > base; index--) {
    const [mine, theirs] = [entryAt(a.log, index), entryAt(b.log, index)]
    if (mine === theirs && same !== null) continue
    const sameTerm = mine?.term === theirs?.term
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
  broken: ({ before, after, nodes, history }) => {
    if (after.commitIndex > before.commitIndex) return firstOf(nodes, (node) => incomplete(node, history))
    const same = before.role === "leader" && before.currentTerm === after.currentTerm
    return same && before.log === after.log ? null : incomplete(after, history)
  },
}

function incomplete(leader: RaftNode, { committed }: Moment["history"]): string | null {
  if (leader.role !== "leader") return null
  const { log, currentTerm, id } = leader
  const missing = committed.findIndex(
    (entry, i) => entry.by < currentTerm && i + 1 > log.base.index && !sameEntry(entryAt(log, i + 1), entry),
  )
  const entry = committed[missing]
  if (!entry) return null
  return `entry ${String(missing + 1)} of term ${String(entry.term)} was committed in term ${String(entry.by)}, but ${id} leads term ${String(currentTerm)} without it: it has ${tellLog(log)}`
}

/** Figure 3: if a server has applied an entry at an index, no other ever applies a different one for that index. */
const stateMachineSafety: Always = {
  kind: "always",
  name: "State Machine Safety",
  of: "state",
  broken: ({ before, after, history }) => {
    if (after.lastApplied <= before.lastApplied && before.log === after.log) return null
    const { log, lastApplied, id } = after
    for (let index = Math.min(lastApplied, lastIndex(log)); index > log.base.index; index--) {
      const [mine, first] = [entryAt(log, index), history.applied[index - 1]]
      if (mine === first || first === undefined || sameEntry(mine, first)) continue
      return `at index ${String(index)} an entry of term ${String(first.term)} was applied, but ${id} has applied one of term ${String(mine?.term)}`
    }
    return null
  },
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
]

export function inspect(properties: readonly Property[], moment: Moment): Violation | null {
  for (const property of properties) {
    if (property.kind !== "always") continue
    const what = property.broken(moment)
    if (what !== null) return { property: property.name, what }
  }
  return null
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
