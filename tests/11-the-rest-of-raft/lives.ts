import { isDeepStrictEqual } from "node:util"
import { holds, show, wrapInstance } from "#suite"
import type { Entry, Index, Log, ServerId, Term } from "../../projects/03-planning/contract.ts"
import type { Folder, Saved, Snapshot, Storage } from "../../projects/11-the-rest-of-raft/contract.ts"
import { entries, servers } from "../cluster/build.ts"
import type { Disk } from "./disk.ts"
import { project } from "./project.ts"

/** What servers save in the course of their lives, and how to tell what came back. */

export const where = "/data/of-a-server"

export function openOn(disk: Disk, voters: readonly ServerId[] = servers(3)): Storage {
  return openFrom(disk.open(), voters)
}

export function openFrom(folder: Folder, voters: readonly ServerId[] = servers(3), place = where): Storage {
  return wrapInstance("storage", project.openStorage({ folder, where: place, voters }))
}

const known = new Map<string, Entry>()

/** The entry of that index and term: always the very same one, as in a server, which copies none. */
function entry(index: Index, term: Term): Entry {
  const name = `${String(index)}.${String(term)}`
  const [made] = entries(index, [term])
  const found = known.get(name) ?? made
  if (!found) throw new Error("one term, one entry")
  known.set(name, found)
  return found
}

const logs = new Map<string, Log>()

/** The log with entries of these terms: the same object for the same log, as in a server that has not changed it. */
export function logBehind(base: Log["base"], ...terms: readonly Term[]): Log {
  const name = [base.index, base.term, ...terms].join()
  const log = logs.get(name) ?? { base, entries: terms.map((term, i) => entry(base.index + 1 + i, term)) }
  logs.set(name, log)
  return log
}

function snapshotAt(
  base: Log["base"],
  data: string,
  voters: readonly ServerId[] = servers(3),
  oldVoters: readonly ServerId[] = [],
): Snapshot {
  const { index: lastIncludedIndex, term: lastIncludedTerm } = base
  return { lastIncludedIndex, lastIncludedTerm, configuration: { voters, oldVoters }, data }
}

const start = { index: 0, term: 0 }
const third = { index: 3, term: 3 }
const far = { index: 20, term: 5 }
const next = { index: 21, term: 6 }

/** What came with `firstSaved(servers(3))`. */
const first = snapshotAt(start, "")
const compacted = snapshotAt(third, "all up to the third".repeat(20))
const installed = snapshotAt(far, "all up to the twentieth", ["n2", "n4"], servers(3))
const last = snapshotAt(next, "…", ["n2", "n4"])

/** States that follow each other, as a server's do. */
export const life: readonly Saved[] = [
  { currentTerm: 0, votedFor: null, log: logBehind(start), snapshot: first },
  { currentTerm: 1, votedFor: "n2", log: logBehind(start), snapshot: first },
  { currentTerm: 1, votedFor: "n2", log: logBehind(start, 1), snapshot: first },
  { currentTerm: 1, votedFor: "n2", log: logBehind(start, 1, 1, 1), snapshot: first },
  { currentTerm: 2, votedFor: null, log: logBehind(start, 1, 1, 1), snapshot: first },
  // Entries that were not committed make room for others: more, as many, fewer.
  { currentTerm: 2, votedFor: "n3", log: logBehind(start, 1, 2), snapshot: first },
  { currentTerm: 3, votedFor: "n1", log: logBehind(start, 1, 3, 3, 3, 3), snapshot: first },
  // The log is compacted, and what is behind the snapshot goes on.
  { currentTerm: 3, votedFor: "n1", log: logBehind(third, 3, 3), snapshot: compacted },
  { currentTerm: 3, votedFor: "n1", log: logBehind(third, 3, 3, 3), snapshot: compacted },
  { currentTerm: 4, votedFor: null, log: logBehind(third, 3, 4, 4), snapshot: compacted },
  { currentTerm: 5, votedFor: null, log: logBehind(third, 5), snapshot: compacted },
  // A leader has sent a snapshot, with another configuration in it: all of the log goes.
  { currentTerm: 6, votedFor: "n4", log: logBehind(far), snapshot: installed },
  { currentTerm: 6, votedFor: "n4", log: logBehind(far, 6, 6), snapshot: installed },
  { currentTerm: 6, votedFor: "n4", log: logBehind(next, 6), snapshot: last },
  { currentTerm: 7, votedFor: null, log: logBehind(next, 6), snapshot: last },
  { currentTerm: 7, votedFor: "n2", log: logBehind(next, 6, 7), snapshot: last },
]

/** `life` in pairs: a state, and the one that is saved after it. */
export const steps = life.slice(1).flatMap((after, i) => {
  const before = life[i]
  return before ? [{ before, after, count: i + 1 }] : []
})

/** Saves this life up to there. */
export function live(storage: Storage, count = steps.length): void {
  for (const { before, after } of steps.slice(0, count)) storage.save(before, after)
}

/** Only the four parts, and of these only what the contract names. */
function partsOf({ currentTerm, votedFor, log, snapshot }: Saved): Saved {
  const { base, entries } = log
  const { lastIncludedIndex, lastIncludedTerm, configuration, data } = snapshot
  const { voters, oldVoters } = configuration
  return {
    currentTerm,
    votedFor,
    log: {
      base: { index: base.index, term: base.term },
      entries: entries.map(({ term, command }) => ({ term, command })),
    },
    snapshot: { lastIncludedIndex, lastIncludedTerm, configuration: { voters, oldVoters }, data },
  }
}

export function isSame(got: Saved, expected: Saved): boolean {
  return isDeepStrictEqual(partsOf(got), partsOf(expected))
}

/** What came back is one of these. */
export function comesBack(got: Saved, allowed: readonly Saved[], scenario: string): void {
  if (allowed.some((each) => isSame(got, each))) return
  holds(false, scenario, allowed.map((each) => show(partsOf(each))).join("\nor "), show(partsOf(got)))
}

export function tellSaves(count: number): string {
  return `${String(count)} states saved, one after the other`
}
