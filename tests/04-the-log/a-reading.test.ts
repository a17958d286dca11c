import { check, group, refuses, same } from "#suite"
import { compacted, entries, logOf, project, told } from "./logs.ts"

const emptyLog = logOf()
const nonsense = [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]

group("4a", "Reading a log", () => {
  check("4a.1", [1], "the empty log ends at index 0, term 0", () => {
    same(project.lastIndex(emptyLog), 0, "lastIndex of the empty log")
    same(project.lastTerm(emptyLog), 0, "lastTerm of the empty log")
    same(project.emptyLog, emptyLog, "emptyLog")
  })

  check("4a.2", [1], "lastIndex and lastTerm are those of the last entry; indexes start at 1", () => {
    same(project.lastIndex(logOf(1)), 1, "lastIndex of a log with one entry")
    same(project.lastIndex(logOf(1, 1, 2)), 3, "lastIndex of a log with terms 1 1 2")
    same(project.lastTerm(logOf(1, 1, 2)), 2, "lastTerm of a log with terms 1 1 2")
  })

  check("4a.3", [1], "with a base, indexes go on from there; without entries the base is the end", () => {
    same(
      project.lastIndex(compacted(3, 2, 2, 4)),
      5,
      `lastIndex of a log with ${told(compacted(3, 2, 2, 4))}`,
    )
    same(project.lastIndex(compacted(3, 2)), 3, "lastIndex of a log with base (3, 2) and no entries")
    same(project.lastTerm(compacted(3, 2)), 2, "lastTerm of a log with base (3, 2) and no entries")
  })

  check("4a.4", [2], "termAt tells the term of every entry", () => {
    const log = logOf(1, 1, 2, 5)
    for (const [i, term] of [1, 1, 2, 5].entries()) {
      same(project.termAt(log, i + 1), term, `termAt index ${String(i + 1)} of a log with ${told(log)}`)
    }
  })

  check("4a.5", [2], "termAt tells the base's term at the base: 0 at index 0 of a whole log", () => {
    same(project.termAt(emptyLog, 0), 0, "termAt index 0 of the empty log")
    same(project.termAt(logOf(3, 3), 0), 0, "termAt index 0 of a log with terms 3 3")
    same(project.termAt(compacted(3, 2, 4), 3), 2, "termAt index 3 of a log with base (3, 2)")
    same(project.termAt(compacted(3, 2, 4), 4), 4, "termAt index 4 of a log with base (3, 2), then term 4")
  })

  check("4a.6", [2], "termAt answers null where the log cannot tell", () => {
    same(project.termAt(logOf(1, 1), 3), null, "termAt index 3 of a log with two entries")
    same(project.termAt(emptyLog, 1), null, "termAt index 1 of the empty log")
    for (const index of [0, 1, 2]) {
      same(
        project.termAt(compacted(3, 2, 2, 2, 2, 2), index),
        null,
        `termAt index ${String(index)} of a log with base (3, 2)`,
      )
    }
    same(
      project.termAt(compacted(3, 2, 2), 5),
      null,
      "termAt index 5 of a log with base (3, 2) and one entry",
    )
  })

  check("4a.7", [3], "entriesFrom gives the entries from an index to the end", () => {
    const log = logOf(1, 1, 2)
    same(project.entriesFrom(log, 1), entries(1, [1, 1, 2]), "entriesFrom index 1 of a log with terms 1 1 2")
    same(project.entriesFrom(log, 3), entries(3, [2]), "entriesFrom index 3 of a log with terms 1 1 2")
    same(
      project.entriesFrom(log, 4),
      [],
      "entriesFrom index 4, just behind the end of a log with three entries",
    )
    same(project.entriesFrom(compacted(3, 2, 2, 4), 5), entries(5, [4]), "entriesFrom index 5, base (3, 2)")
    same(
      project.entriesFrom(compacted(3, 2, 2, 4), 4),
      entries(4, [2, 4]),
      "entriesFrom index 4, base (3, 2)",
    )
  })

  check("4a.8", [3], "entriesFrom gives at most `max` entries, the first ones", () => {
    const log = logOf(1, 1, 2, 3)
    same(project.entriesFrom(log, 2, 2), entries(2, [1, 2]), "entriesFrom index 2, max 2, terms 1 1 2 3")
    same(project.entriesFrom(log, 2, 99), entries(2, [1, 2, 3]), "entriesFrom index 2, max 99, terms 1 1 2 3")
    same(project.entriesFrom(log, 2, 0), [], "entriesFrom index 2, max 0, terms 1 1 2 3")
  })

  check("4a.9", [6], "entriesFrom refuses an index that is not in the log", () => {
    const outside = [
      { log: logOf(1, 1), index: 0 },
      { log: logOf(1, 1), index: 4 },
      { log: compacted(3, 2, 2), index: 3 },
      { log: compacted(3, 2), index: 3 },
      { log: compacted(3, 2, 2), index: 1 },
      { log: compacted(3, 2, 2), index: 6 },
    ]
    for (const { log, index } of outside) {
      const scenario = `entriesFrom index ${String(index)} of a log with ${told(log)}`
      refuses(() => project.entriesFrom(log, index), "RangeError", ["index"], scenario)
    }
  })

  check(
    "4a.10",
    [6],
    "an index or a count that is not a natural number is a RangeError that names it",
    () => {
      const log = logOf(1, 1)
      for (const bad of nonsense) {
        refuses(() => project.termAt(log, bad), "RangeError", ["index"], `termAt index ${String(bad)}`)
        refuses(
          () => project.entriesFrom(log, bad),
          "RangeError",
          ["index"],
          `entriesFrom index ${String(bad)}`,
        )
        if (bad === Number.POSITIVE_INFINITY) continue // "as many as there are": not worth a quarrel
        refuses(
          () => project.entriesFrom(log, 1, bad),
          "RangeError",
          ["max"],
          `entriesFrom, max ${String(bad)}`,
        )
        const behind = () => project.entriesFrom(log, 3, bad)
        refuses(behind, "RangeError", ["max"], `entriesFrom just behind the end, max ${String(bad)}`)
      }
    },
  )
})

group("4b", "A leader appends a command", () => {
  check("4b.1", [4], "the first command becomes the entry at index 1", () => {
    const after = project.appendNewCommand(emptyLog, 1, { put: "x" })
    same(after.entries, [{ term: 1, command: { put: "x" } }], "appendNewCommand on the empty log")
    same(after.base, { index: 0, term: 0 }, "the base after appendNewCommand on the empty log")
  })

  check("4b.2", [4], "each command is one new entry at the end; what was there stays", () => {
    const before = compacted(3, 2, 2, 4)
    const after = project.appendNewCommand(before, 6, "go")
    same(after.base, before.base, "the base after appendNewCommand")
    same(
      after.entries,
      [...before.entries, { term: 6, command: "go" }],
      `appendNewCommand with term 6 on a log with ${told(before)}`,
    )
    const again = project.appendNewCommand(after, 6, "go")
    same(again.entries.length, 4, "the same command once more: a second entry of its own")
  })

  check("4b.3", [4], "a command may be any JSON, null and false too", () => {
    for (const command of [null, false, 0, "", [], { a: [1, null] }]) {
      const { entries: after } = project.appendNewCommand(logOf(1), 1, command)
      same(after.at(-1), { term: 1, command }, "appendNewCommand")
    }
    const first = project.appendNewCommand(emptyLog, 0, "x")
    same(
      project.termAt(first, 1),
      0,
      "term 0 is a term: appendNewCommand with it on the empty log, then termAt index 1",
    )
  })

  check("4b.4", [5], "terms in a log never go down: an older term is refused", () => {
    const scenario = "appendNewCommand with term 2 on a log with terms 1 3"
    refuses(() => project.appendNewCommand(logOf(1, 3), 2, "go"), "RangeError", ["term"], scenario)
    const onBase = "appendNewCommand with term 1 on a log with base (3, 2) and no entries"
    refuses(() => project.appendNewCommand(compacted(3, 2), 1, "go"), "RangeError", ["term"], onBase)
    same(project.lastTerm(project.appendNewCommand(logOf(1, 3), 3, "go")), 3, "the same term again is fine")
  })

  check("4b.5", [6], "a term that is not a natural number is a RangeError that names it", () => {
    for (const bad of nonsense) {
      const scenario = `appendNewCommand with term ${String(bad)}`
      refuses(() => project.appendNewCommand(emptyLog, bad, "go"), "RangeError", ["term"], scenario)
    }
  })
})
