import fc from "fast-check"
import { check, forAll, group, holds, same } from "#suite"
import type { Entry, Log } from "../../projects/04-the-log/contract.ts"
import { compacted, entries, project, sameLog, told, toldCall } from "./logs.ts"

interface Example {
  readonly before: Log
  readonly prevIndex: number
  readonly prevTerm: number
  readonly sent: readonly Entry[]
}

/** Terms that never go down, starting at `from` or later. */
function risingTerms(from: number, maxLength: number): fc.Arbitrary<readonly number[]> {
  return fc.array(fc.integer({ min: 0, max: 2 }), { maxLength }).map((steps) => {
    let term = from
    return steps.map((step) => (term += step))
  })
}

/** A log, and a message that mostly fits it: real messages share a beginning with the log they reach. */
const examples: fc.Arbitrary<Example> = fc
  .record({
    baseIndex: fc.constantFrom(0, 0, 1, 4),
    own: risingTerms(1, 8),
    cut: fc.nat({ max: 9 }),
    share: fc.nat({ max: 6 }),
    fresh: risingTerms(1, 4),
    wrong: fc.constantFrom(0, 0, 0, 0, 1, -1),
  })
  .map(({ baseIndex, own, cut, share, fresh, wrong }) => {
    const before = compacted(baseIndex, baseIndex === 0 ? 0 : 1, ...own)
    const at = Math.min(cut, own.length + 1)
    const shared = own.slice(at, at + share)
    const prevTerm = own[at - 1] ?? before.base.term
    const last = shared.at(-1) ?? prevTerm
    const claimed = Math.max(0, prevTerm + wrong)
    // No leader sends terms that go down, so no example does.
    const terms = [...shared, ...fresh.map((term) => Math.max(term, last))].map((term) =>
      Math.max(term, claimed),
    )
    const prevIndex = baseIndex + at
    return { before, prevIndex, prevTerm: claimed, sent: entries(prevIndex + 1, terms) }
  })

const tell = ({ before, prevIndex, prevTerm, sent }: Example) => toldCall(before, prevIndex, prevTerm, sent)

function run({ before, prevIndex, prevTerm, sent }: Example) {
  return project.appendEntries(before, prevIndex, prevTerm, sent)
}

/** The term at an index, read off the data: the suite trusts nothing it tests. */
function termIn({ base, entries }: Log, index: number): number | undefined {
  return index === base.index ? base.term : entries[index - base.index - 1]?.term
}

group("4g", "What holds for every log and every message", () => {
  check("4g.1", [7, 8, 9], "success means: the entry before the new ones is there with that term", () => {
    forAll(
      examples,
      (example) => {
        const fits = termIn(example.before, example.prevIndex) === example.prevTerm
        same(run(example).success, fits, "does it fit")
      },
      tell,
      1000,
    )
  })

  check(
    "4g.2",
    [12, 13],
    "after success, the new entries are in the log, right behind the one before them",
    () => {
      forAll(
        examples,
        (example) => {
          const { success, log } = run(example)
          if (!success) return
          const from = example.prevIndex - log.base.index
          same(
            log.entries.slice(from, from + example.sent.length),
            example.sent,
            "the log at the new entries' indexes",
          )
        },
        tell,
        1000,
      )
    },
  )

  check("4g.3", [10, 12], "what is at or before prevIndex never changes", () => {
    forAll(
      examples,
      (example) => {
        const { log } = run(example)
        const upTo = example.prevIndex - example.before.base.index
        same(log.base, example.before.base, "the base")
        same(log.entries.slice(0, upTo), example.before.entries.slice(0, upTo), "the entries up to prevIndex")
      },
      tell,
      500,
    )
  })

  check("4g.4", [13, 14], "what follows goes when there is a conflict, and only then", () => {
    forAll(
      examples,
      (example) => {
        const { success, log } = run(example)
        if (!success) return
        const conflict = example.sent.some(({ term }, i) => {
          const mine = termIn(example.before, example.prevIndex + 1 + i)
          return mine !== undefined && mine !== term
        })
        const sentEnd = example.prevIndex + example.sent.length
        const oldEnd = example.before.base.index + example.before.entries.length
        const end = conflict ? sentEnd : Math.max(sentEnd, oldEnd)
        same(project.lastIndex(log), end, "the log's last index afterwards")
        if (!conflict) {
          const kept = example.before.entries
          same(log.entries.slice(0, kept.length), kept, "the entries that were there before")
        }
      },
      tell,
      1000,
    )
  })

  check("4g.5", [15], "twice is once, for every message", () => {
    forAll(
      examples,
      (example) => {
        const once = run(example)
        const twice = run({ ...example, before: once.log })
        same(twice.success, once.success, "the second time")
        sameLog(twice.log, once.log, "the second time")
      },
      tell,
      500,
    )
  })

  check("4g.6", [16], "Log Matching: same index and term in two logs, same entries up to there", () => {
    const leaders = fc.tuple(risingTerms(1, 6), risingTerms(1, 6), fc.nat({ max: 6 }))
    forAll(
      leaders,
      ([first, second, from]) => {
        const one = compacted(0, 0, ...first)
        // Another leader's log: shares a beginning with the first one, then goes on with later terms.
        const top = Math.max(0, ...first)
        const shared = first.slice(0, from)
        const other = compacted(0, 0, ...shared, ...second.map((term) => term + top))
        const { success, log } = project.appendEntries(one, 0, 0, other.entries)
        same(success, true, "sending a whole log from its beginning")
        for (let index = project.lastIndex(log); index > 0; index--) {
          if (termIn(log, index) !== termIn(other, index)) continue
          same(
            log.entries.slice(0, index),
            other.entries.slice(0, index),
            `both logs up to index ${String(index)}`,
          )
          break
        }
        holds(
          project.lastIndex(log) >= other.entries.length,
          "sending a whole log from its beginning",
          "all of it to be there",
          told(log),
        )
      },
      ([first, second, from]) =>
        `logs made from terms ${String(first)} and ${String(second)}, sharing ${String(from)}`,
    )
  })

  check("4g.7", [1, 2, 3, 4, 12, 13], "a log of thousands of entries is a log like any other", () => {
    const terms = Array.from({ length: 3000 }, (_, i) => 1 + Math.floor(i / 100))
    for (const base of [0, 5000]) {
      const before = compacted(base, base === 0 ? 0 : 1, ...terms)
      const end = base + 3000
      same(project.lastIndex(before), end, `a log of 3,000 entries behind base ${String(base)}: lastIndex`)
      for (const at of [base + 1, base + 301, base + 1500, end]) {
        same(project.termAt(before, at), termIn(before, at), `termAt(${String(at)})`)
      }
      same(project.entriesFrom(before, end - 1).length, 2, "entriesFrom the last but one: how many")
      const longer = project.appendNewCommand(before, 40, "new")
      same(project.lastIndex(longer), end + 1, "after appendNewCommand: lastIndex")
      const { success, log } = project.appendEntries(before, end, 30, entries(end + 1, [40, 40]))
      same(
        [success, project.lastIndex(log)],
        [true, end + 2],
        "two more entries from the leader: success and lastIndex",
      )
      const cut = project.appendEntries(before, base + 1000, 10, entries(base + 1001, [50]))
      same(
        [cut.success, project.lastIndex(cut.log)],
        [true, base + 1001],
        "a conflict in the middle: success and lastIndex",
      )
    }
  })
})
