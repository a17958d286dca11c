import { check, group, refuses, same } from "#suite"
import {
  accepts,
  append,
  compacted,
  declines,
  entries,
  logOf,
  project,
  sameLog,
  sameObject,
  told,
  toldCall,
  unchanged,
} from "./logs.ts"

group("4c", "A follower refuses what does not fit", () => {
  check("4c.1", [9], "the start of the log always works", () => {
    accepts(logOf(), 0, 0, [1], logOf(1))
    accepts(logOf(), 0, 0, [1, 1, 2], logOf(1, 1, 2))
    accepts(logOf(1), 0, 0, [1, 1], logOf(1, 1))
  })

  check("4c.2", [7], "no holes: the entry before the new ones must be there", () => {
    declines(logOf(), 1, 1, [1])
    declines(logOf(1, 1), 3, 1, [1])
    declines(logOf(1, 1), 10, 1, [2, 2])
    declines(compacted(3, 2, 2), 5, 2, [2])
  })

  check("4c.3", [8], "the entry before the new ones must have the right term", () => {
    declines(logOf(1, 1, 2), 3, 3, [3])
    declines(logOf(1, 1, 2), 3, 1, [3])
    declines(logOf(1, 2, 2), 1, 2, [2])
    declines(logOf(1, 2), 1, 0, [2])
  })

  check("4c.4", [8], "that holds at the start, too: before index 1 there is only term 0", () => {
    declines(logOf(), 0, 3, [3])
    declines(logOf(1, 1), 0, 1, [1])
  })

  check(
    "4c.5",
    [10],
    "a refusal changes nothing, also where the new entries would conflict with old ones",
    () => {
      declines(logOf(1, 1, 2, 2, 2), 3, 1, [4, 4])
      declines(logOf(1, 1, 2, 2, 2), 6, 2, [4])
      const log = logOf(1, 1, 2)
      unchanged(log, 2, 9, [9])
      unchanged(log, 7, 2, [9])
    },
  )

  check("4c.6", [11], "no entries at all: answers whether they would fit", () => {
    declines(logOf(1, 1), 3, 1, [])
    declines(logOf(1, 1), 2, 2, [])
    accepts(logOf(1, 1), 2, 1, [], logOf(1, 1))
    accepts(logOf(), 0, 0, [], logOf())
  })

  check("4c.7", [11], "no entries at all never change the log: what follows prevIndex stays", () => {
    accepts(logOf(1, 1, 2, 3), 2, 1, [], logOf(1, 1, 2, 3))
    accepts(logOf(1, 1, 2, 3), 0, 0, [], logOf(1, 1, 2, 3))
  })

  check("4c.8", [6], "an index or a term that is not a natural number is a RangeError that names it", () => {
    const log = logOf(1, 1)
    for (const bad of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const text = String(bad)
      const index = () => project.appendEntries(log, bad, 1, [])
      refuses(index, "RangeError", ["prevIndex"], `appendEntries with prevIndex ${text}`)
      const term = () => project.appendEntries(log, 1, bad, [])
      refuses(term, "RangeError", ["prevTerm"], `appendEntries with prevTerm ${text}`)
      const inside = () => project.appendEntries(log, 2, 1, entries(3, [1, bad]))
      refuses(inside, "RangeError", ["entries"], `appendEntries with an entry of term ${text}`)
      const refused = () => project.appendEntries(log, 7, 1, entries(8, [bad]))
      refuses(refused, "RangeError", ["entries"], `appendEntries past the end, with an entry of term ${text}`)
      const below = () => project.appendEntries(compacted(5, 3), 1, 1, entries(2, [bad, 2]))
      refuses(below, "RangeError", ["entries"], `appendEntries below the base, with an entry of term ${text}`)
      const belowTerm = () => project.appendEntries(compacted(5, 3), 1, bad, [])
      refuses(belowTerm, "RangeError", ["prevTerm"], `appendEntries below the base, with prevTerm ${text}`)
    }
  })
})

group("4d", "A follower takes what fits", () => {
  check("4d.1", [12], "new entries go behind the entry before them", () => {
    accepts(logOf(1), 1, 1, [1], logOf(1, 1))
    accepts(logOf(1, 1), 2, 1, [2, 3, 3], logOf(1, 1, 2, 3, 3))
  })

  check("4d.2", [13], "a conflicting entry goes, and all that follow it", () => {
    accepts(logOf(1, 1, 2, 2, 2), 2, 1, [3], logOf(1, 1, 3))
    accepts(logOf(1, 1, 2, 2, 2), 1, 1, [1, 3], logOf(1, 1, 3))
    accepts(logOf(2, 2), 0, 0, [1], logOf(1))
    accepts(logOf(1, 3, 3, 3), 1, 1, [2, 2], logOf(1, 2, 2))
  })

  check("4d.3", [14], "entries that are there already stay, and what follows them stays", () => {
    accepts(logOf(1, 1, 2, 3), 0, 0, [1, 1], logOf(1, 1, 2, 3))
    accepts(logOf(1, 1, 2, 3), 1, 1, [1, 2], logOf(1, 1, 2, 3))
    accepts(logOf(1, 1, 2, 3), 3, 2, [3], logOf(1, 1, 2, 3))
  })

  check("4d.4", [12, 14], "entries that are there in part: only the missing ones are added", () => {
    accepts(logOf(1, 1), 0, 0, [1, 1, 2], logOf(1, 1, 2))
    accepts(logOf(1, 1, 2), 1, 1, [1, 2, 2, 2], logOf(1, 1, 2, 2, 2))
  })

  check("4d.5", [14], "late messages do no harm: three messages, delivered in the wrong order", () => {
    const messages: readonly [number, number, readonly number[]][] = [
      [0, 0, [1, 1]],
      [2, 1, [1, 2]],
      [4, 2, [2]],
    ]
    const delivered = messages.toReversed()
    const before = logOf(1, 1, 1, 2, 2)
    let log = before
    for (const [prevIndex, prevTerm, terms] of delivered) log = append(log, prevIndex, prevTerm, terms).log
    const heard = delivered.map(
      ([prevIndex, prevTerm, terms]) =>
        `(prevIndex ${String(prevIndex)}, prevTerm ${String(prevTerm)}, terms ${terms.join(" ")})`,
    )
    const scenario = `a log with ${told(before)} hears the leader's last three messages again, the latest first`
    sameLog(log, before, `${scenario}: ${heard.join(", then ")}`)
  })

  check("4d.6", [15], "the same message twice does what it does once", () => {
    for (const before of [logOf(1), logOf(1, 2, 2), logOf(1, 1, 1, 1)]) {
      const once = append(before, 1, 1, [1, 3]).log
      const twice = append(once, 1, 1, [1, 3])
      const scenario = `${toldCall(before, 1, 1, entries(2, [1, 3]))}, twice`
      same(twice.success, true, scenario)
      sameLog(twice.log, once, scenario)
    }
  })

  check("4d.7", [16, 18], "same index and term is the same entry: the command is not looked at", () => {
    const mine = { base: { index: 0, term: 0 }, entries: [{ term: 1, command: { a: 1, b: [2] } }] }
    const copy = { term: 1, command: { b: [2], a: 1 } }
    const result = project.appendEntries(mine, 0, 0, [copy])
    same(
      result.success,
      true,
      "an entry that is there already, its command with the properties in another order",
    )
    sameObject(result.log, mine, "that entry, and the log that was given")
  })

  check("4d.8", [16], "same index, other term is another entry, even with the same command", () => {
    const mine = {
      base: { index: 0, term: 0 },
      entries: [
        { term: 1, command: "x" },
        { term: 1, command: "y" },
      ],
    }
    const result = project.appendEntries(mine, 0, 0, [{ term: 2, command: "x" }])
    same(result.log.entries, [{ term: 2, command: "x" }], "terms 1 1 hears of an entry of term 2 for index 1")
  })

  check("4d.9", [18], "a log that did not change is the same object", () => {
    const log = logOf(1, 1, 2)
    for (const [prevIndex, prevTerm, terms] of [
      [3, 2, []],
      [1, 1, [1]],
      [0, 0, [1, 1, 2]],
    ] as const) {
      unchanged(log, prevIndex, prevTerm, terms)
    }
  })

  check("4d.10", [18], "the log that was given stays as it was", () => {
    const log = logOf(1, 1, 2, 2)
    append(log, 2, 1, [5, 5])
    project.appendNewCommand(log, 7, "go")
    project.entriesFrom(log, 1)
    sameLog(log, logOf(1, 1, 2, 2), "a log after appendEntries and appendNewCommand made new ones from it")
  })
})

group("4e", "The paper's figures", () => {
  const leader = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]

  const figure7 = {
    a: [1, 1, 1, 4, 4, 5, 5, 6, 6],
    b: [1, 1, 1, 4],
    c: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
    d: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
    e: [1, 1, 1, 4, 4, 4, 4],
    f: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
  }

  const fits = { a: true, b: false, c: true, d: true, e: false, f: false }

  for (const [number, name] of (["a", "b", "c", "d", "e", "f"] as const).entries()) {
    const terms = figure7[name]
    const rules = fits[name] ? [12, 14] : name === "f" ? [8, 10] : [7, 10]
    check(
      `4e.${String(number + 1)}`,
      rules,
      `Figure 7 (${name}): the leader's entry for index 10, term 6`,
      () => {
        const before = logOf(...terms)
        if (!fits[name]) declines(before, 9, 6, [6])
        else accepts(before, 9, 6, [6], logOf(...(name === "a" ? leader : terms)))
      },
    )
  }

  check("4e.7", [13, 14], "Figure 7: the new leader's first entry of term 8 behind index 10", () => {
    declines(logOf(...figure7.a), 10, 6, [8])
    declines(logOf(...figure7.b), 10, 6, [8])
    accepts(logOf(...figure7.c), 10, 6, [8], logOf(...leader, 8))
    accepts(logOf(...figure7.d), 10, 6, [8], logOf(...leader, 8))
    declines(logOf(...figure7.e), 10, 6, [8])
    declines(logOf(...figure7.f), 10, 6, [8])
  })

  check("4e.8", [7, 8, 13], "Figure 7: walking back one entry at a time brings every follower level", () => {
    for (const [name, terms] of Object.entries(figure7)) {
      let log = logOf(...terms)
      for (let prev = leader.length; prev >= 0; prev--) {
        const result = append(log, prev, leader[prev - 1] ?? 0, [...leader.slice(prev), 8])
        log = result.log
        if (result.success) break
      }
      sameLog(log, logOf(...leader, 8), `follower (${name}), after prevIndex 10, 9, … until it fits`)
    }
  })

  check("4e.9", [7, 12, 14], "Figure 6: the leader's whole log levels each of the four followers", () => {
    const whole = [1, 1, 1, 2, 3, 3, 3, 3]
    for (const length of [5, 8, 2, 7]) accepts(logOf(...whole.slice(0, length)), 0, 0, whole, logOf(...whole))
    declines(logOf(1, 1), 7, 3, [3])
    accepts(logOf(...whole.slice(0, 7)), 7, 3, [3], logOf(...whole))
  })
})

group("4f", "A log whose beginning is gone", () => {
  check("4f.1", [17], "the base is the entry before the first: its term must match", () => {
    accepts(compacted(3, 2), 3, 2, [2, 4], compacted(3, 2, 2, 4))
    declines(compacted(3, 2), 3, 1, [2])
    declines(compacted(3, 2, 2), 3, 3, [3])
    accepts(compacted(3, 2, 2, 2), 4, 2, [3], compacted(3, 2, 2, 3))
  })

  check("4f.2", [17], "entries that reach across the base: the part above it counts", () => {
    accepts(compacted(3, 2), 1, 1, [2, 2, 4], compacted(3, 2, 4))
    accepts(compacted(3, 2, 4, 4), 0, 0, [1, 2, 2, 4], compacted(3, 2, 4, 4))
    accepts(compacted(3, 2, 4, 4), 2, 2, [2, 5], compacted(3, 2, 5))
  })

  check("4f.3", [17], "an entry for the base's own index with another term is refused", () => {
    declines(compacted(3, 2, 2), 2, 2, [3, 3])
    declines(compacted(3, 2, 2), 1, 1, [1, 1])
    declines(compacted(3, 2), 0, 0, [1, 1, 1, 2])
  })

  check("4f.4", [17], "entries that end below the base change nothing, and are fine", () => {
    accepts(compacted(5, 3, 3), 1, 1, [1, 2], compacted(5, 3, 3))
    accepts(compacted(5, 3, 3), 2, 2, [], compacted(5, 3, 3))
    accepts(compacted(5, 3, 3), 2, 2, [3, 3], compacted(5, 3, 3))
    accepts(compacted(5, 3, 4), 3, 3, [], compacted(5, 3, 4))
    accepts(compacted(5, 3), 0, 0, [1, 1, 2, 2, 3], compacted(5, 3))
  })

  check("4f.5", [17], "entries below the base with a term above the base's cannot be right", () => {
    declines(compacted(5, 3, 3), 1, 1, [4, 4])
    declines(compacted(5, 3, 3), 1, 1, [2, 4])
    declines(compacted(5, 3, 3), 2, 4, [])
  })

  check("4f.6", [17, 18], "the base never moves, and an unchanged log is the same object", () => {
    const log = compacted(5, 3, 3)
    for (const [prevIndex, prevTerm, terms] of [
      [1, 1, [1, 2]],
      [3, 3, [3, 3]],
      [2, 3, [3, 3, 3]],
      [1, 4, [4]],
      [9, 3, [3]],
      [4, 3, [3, 3]],
      [4, 3, [4]],
    ] as const) {
      unchanged(log, prevIndex, prevTerm, terms)
    }
    sameLog(log, compacted(5, 3, 3), `a log with ${told(log)}, after three messages`)
  })
})
