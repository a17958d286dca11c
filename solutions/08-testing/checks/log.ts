import type { Index, Log, Term } from "../../../projects/04-the-log/contract.ts"
import type { Check, RaftUnderTest } from "../../../projects/08-testing/contract.ts"
import { base, entries, log } from "./build.ts"
import { freeze, refuses, same, table } from "./check.ts"

// Project 4. Logs are written as the terms of their entries.

const empty = log([])
const short = log([1, 1])
const long = log([1, 1, 2, 2, 2])
const based = log([2, 4], base)
const bare = log([], base)

type Append = readonly [
  log: Log,
  prevIndex: Index,
  prevTerm: Term,
  news: readonly Term[],
  then: readonly Term[] | "refused" | "unchanged",
]

function append(raft: RaftUnderTest, [before, prevIndex, prevTerm, news, then]: Append): void {
  const { success, log: after } = raft.log.appendEntries(
    before,
    prevIndex,
    prevTerm,
    freeze(entries(news, prevIndex)),
  )
  same(success, then !== "refused", "success")
  same(after, typeof then === "string" ? before : log(then, before.base), "the log")
  if (typeof then === "string") same(after === before, true, "the very log that was given")
}

const consistencyCheck: Readonly<Record<string, Append>> = {
  "the start of an empty log": [empty, 0, 0, [1, 1], [1, 1]],
  "nothing, to an empty log": [empty, 0, 0, [], "unchanged"],
  "an empty log has no entry 1": [empty, 1, 1, [1], "refused"],
  "nor for a heartbeat": [empty, 1, 1, [], "refused"],
  "index 0 has term 0": [short, 0, 1, [1], "refused"],
  "one place past the end": [short, 3, 1, [1], "refused"],
  "far past the end": [short, 9, 1, [1], "refused"],
  "a heartbeat past the end": [short, 3, 1, [], "refused"],
  "a later term before": [short, 2, 2, [2], "refused"],
  "an earlier term before": [long, 5, 1, [2], "refused"],
  "no term before": [short, 2, 0, [2], "refused"],
  "a heartbeat with a later term before": [short, 2, 2, [], "refused"],
  "a heartbeat with an earlier term before": [long, 3, 1, [], "refused"],
  "another term in the middle": [long, 3, 1, [3], "refused"],
}

const taking: Readonly<Record<string, Append>> = {
  "behind the end": [short, 2, 1, [2], [1, 1, 2]],
  "several behind the end": [short, 2, 1, [1, 3], [1, 1, 1, 3]],
  "a heartbeat at the end": [short, 2, 1, [], "unchanged"],
  "a heartbeat in the middle": [long, 2, 1, [], "unchanged"],
  "a heartbeat at the start": [long, 0, 0, [], "unchanged"],
  "the same again": [long, 2, 1, [2, 2, 2], "unchanged"],
  "all of it again": [long, 0, 0, [1, 1, 2, 2, 2], "unchanged"],
  "late and shorter": [long, 2, 1, [2], "unchanged"],
  "late and shorter, from the start": [long, 0, 0, [1], "unchanged"],
  overlapping: [long, 3, 2, [2, 2, 3], [1, 1, 2, 2, 2, 3]],
  "overlapping, from the start": [short, 0, 0, [1, 1, 2], [1, 1, 2]],
  "a conflict at once": [long, 2, 1, [3, 3], [1, 1, 3, 3]],
  "a conflict, and the log was longer": [long, 2, 1, [3], [1, 1, 3]],
  "a conflict behind what is there": [long, 2, 1, [2, 3], [1, 1, 2, 3]],
  "a conflict in the last entry": [long, 3, 2, [2, 4], [1, 1, 2, 2, 4]],
  "a conflict in the first entry": [short, 0, 0, [2], [2]],
  "a conflict, then terms that agree": [log([1, 2, 3]), 0, 0, [1, 1, 3], [1, 1, 3]],
  "a conflict with an older leader's entry": [log([1, 4, 4]), 1, 1, [2, 5], [1, 2, 5]],
}

/** Figure 7: what becomes of the six followers when the leader adds an entry 11 of term 8. */
const figure7: Readonly<Record<string, Append>> = {
  a: [log([1, 1, 1, 4, 4, 5, 5, 6, 6]), 10, 6, [8], "refused"],
  b: [log([1, 1, 1, 4]), 10, 6, [8], "refused"],
  c: [log([1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6]), 10, 6, [8], [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8]],
  d: [log([1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7]), 10, 6, [8], [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8]],
  e: [log([1, 1, 1, 4, 4, 4, 4]), 3, 1, [4, 4, 5, 5, 6, 6, 6], [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]],
  f: [log([1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]), 10, 6, [8], "refused"],
}

const acrossTheBase: Readonly<Record<string, Append>> = {
  "right behind the base": [bare, 3, 2, [2], [2]],
  "another term at the base": [bare, 3, 1, [2], "refused"],
  "a heartbeat at the base": [based, 3, 2, [], "unchanged"],
  "a heartbeat that is wrong about the base": [based, 3, 3, [], "refused"],
  "past the end": [bare, 4, 2, [2], "refused"],
  "behind the last entry": [based, 5, 4, [4], [2, 4, 4]],
  "a conflict above the base": [based, 4, 2, [5], [2, 5]],
  "a conflict right above the base": [based, 3, 2, [3], [3]],
  "from below, over the base": [based, 1, 1, [1, 2, 2, 4, 4], [2, 4, 4]],
  "from below, with a conflict above": [based, 2, 2, [2, 3], [3]],
  "from below, with what is there": [based, 2, 2, [2, 2], "unchanged"],
  "from the start, over the base": [bare, 0, 0, [1, 1, 2, 3], [3]],
  "from below, wrong about the base": [based, 2, 2, [3, 3], "refused"],
  "from below, an earlier term at the base": [based, 1, 1, [1, 1, 5], "refused"],
  "ends at the base": [based, 1, 1, [1, 2], "unchanged"],
  "ends at the base, with another term": [based, 1, 1, [1, 3], "refused"],
  "ends below the base": [based, 0, 0, [1], "unchanged"],
  "ends below the base, with its term": [based, 0, 0, [2], "unchanged"],
  "ends below the base, of a later term": [based, 0, 0, [1, 3], "refused"],
  "a heartbeat below the base": [based, 1, 1, [], "unchanged"],
  "a heartbeat at the start, below the base": [based, 0, 0, [], "unchanged"],
  "a heartbeat below the base, with its term": [based, 2, 2, [], "unchanged"],
  "a heartbeat below the base, of a later term": [based, 2, 3, [], "refused"],
}

type Ends = readonly [log: Log, lastIndex: Index, lastTerm: Term, terms: readonly (Term | null)[]]

const reading = table<Ends>(
  "a log is read by its indexes",
  {
    empty: [empty, 0, 0, [0, null, null]],
    whole: [log([1, 1, 3]), 3, 3, [0, 1, 1, 3, null, null]],
    "without entries": [bare, 3, 2, [null, null, null, 2, null]],
    "without its beginning": [based, 5, 4, [null, null, null, 2, 2, 4, null]],
  },
  (raft, [log, index, term, terms]) => {
    same(raft.log.lastIndex(log), index, "lastIndex")
    same(raft.log.lastTerm(log), term, "lastTerm")
    same(
      terms.map((_, i) => raft.log.termAt(log, i)),
      terms,
      "termAt, from index 0 on",
    )
  },
)

type From = readonly [log: Log, index: Index, max: number | undefined, terms: readonly Term[]]

const suffixes = table<From>(
  "entriesFrom gives what follows",
  {
    all: [long, 1, undefined, [1, 1, 2, 2, 2]],
    "from the middle": [long, 3, undefined, [2, 2, 2]],
    "the last": [long, 5, undefined, [2]],
    "behind the last": [long, 6, undefined, []],
    "at most two": [long, 2, 2, [1, 2]],
    "at most one": [long, 1, 1, [1]],
    "none, please": [long, 2, 0, []],
    "more than there are": [long, 4, 9, [2, 2]],
    "of an empty log": [empty, 1, undefined, []],
    "from the base": [based, 4, undefined, [2, 4]],
    "above the base": [based, 5, 1, [4]],
    "at most one from the base": [based, 4, 1, [2]],
    "behind the end, with a base": [based, 6, 1, []],
    "of a log without entries": [bare, 4, undefined, []],
  },
  (raft, [log, index, max, terms]) => {
    const got = max === undefined ? raft.log.entriesFrom(log, index) : raft.log.entriesFrom(log, index, max)
    same(got, entries(terms, index - 1), "entries")
  },
)

const sameEntry: Check = {
  name: "index and term name an entry, not its command",
  run: (raft) => {
    const news = freeze([{ term: 1, command: "another" }])
    same(raft.log.appendEntries(short, 1, 1, news).log, short, "a log that has the entry already")
    const { log } = raft.log.appendEntries(empty, 0, 0, freeze([{ term: 1, command: false }, ...news]))
    same(log.entries, [{ term: 1, command: false }, ...news], "the commands that came")
  },
}

const commands = [0, false, "", "x", [], { set: "x" }, null]

const newCommand: Check = {
  name: "a command becomes one entry at the end",
  run: (raft) => {
    same(raft.log.emptyLog, { base: { index: 0, term: 0 }, entries: [] }, "emptyLog")
    for (const before of [empty, short, based, bare]) {
      for (const command of commands) {
        const after = raft.log.appendNewCommand(before, 4, command)
        same(after, { ...before, entries: [...before.entries, { term: 4, command }] }, "the log")
      }
    }
    same(
      raft.log.appendNewCommand(short, 1, "x").entries.length,
      3,
      "entries, when the term is the last one's",
    )
    for (const [log, term] of [[long, 1] as const, [bare, 1] as const])
      refuses(() => raft.log.appendNewCommand(log, term, "x"), RangeError, "term", "a term that goes down")
  },
}

const nonsense: Check = {
  name: "nonsense is refused by name",
  run: (raft) => {
    const no = (word: string, call: () => unknown) => {
      refuses(call, RangeError, word, "nonsense")
    }
    for (const odd of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      no("index", () => raft.log.termAt(short, odd))
      no("index", () => raft.log.entriesFrom(short, odd))
      if (odd < 1) no("max", () => raft.log.entriesFrom(short, 3, odd))
      no("term", () => raft.log.appendNewCommand(empty, odd, "x"))
      no("prevIndex", () => raft.log.appendEntries(short, odd, 1, []))
      no("prevTerm", () => raft.log.appendEntries(short, 9, odd, []))
      no("prevTerm", () => raft.log.appendEntries(based, 0, odd, []))
      no("entries", () => raft.log.appendEntries(short, 9, 1, [{ term: odd, command: "x" }]))
      no("entries", () => raft.log.appendEntries(based, 0, 0, [{ term: odd, command: "x" }]))
      no("entries", () => raft.log.appendEntries(short, 2, 1, [...entries([1]), { term: odd, command: "x" }]))
    }
    no("index", () => raft.log.entriesFrom(short, 0))
    no("index", () => raft.log.entriesFrom(short, 4))
    no("index", () => raft.log.entriesFrom(based, 3))
    no("index", () => raft.log.entriesFrom(based, 7))
  },
}

export const logChecks: readonly Check[] = [
  reading,
  suffixes,
  newCommand,
  table("what does not fit is refused", consistencyCheck, append),
  table("what fits is taken; only a conflict removes", taking, append),
  table("Figure 7", figure7, append),
  table("a log whose beginning is gone", acrossTheBase, append),
  sameEntry,
  nonsense,
]
