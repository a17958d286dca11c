import { check, group, holds, same, show } from "#suite"
import { compacted, endOf } from "../cluster/build.ts"
import { project } from "./project.ts"
import {
  collect,
  compactedAgain,
  leading,
  maxPart,
  nextPart,
  offsets,
  sending,
  untilPart,
} from "./sending.ts"
import { messages, only, textOf } from "./server.ts"

group("11c", "Snapshots", () => {
  check("11c.25", [12], "who needs entries that are gone gets the snapshot", () => {
    const { n1, effects } = leading("all up to 5")
    const first = untilPart(n1, "n2", effects)
    const which = {
      lastIncludedIndex: 5,
      lastIncludedTerm: 3,
      configuration: { voters: ["n1", "n2", "n3"], oldVoters: [] },
    }
    const what = { offset: 0, data: "all up to 5" }
    const expected = { from: "n1", to: "n2", term: 5, ...which, ...what }
    same(first, expected, `${n1.story}\nthe part`)
  })

  check("11c.26", [12], "nobody else does: not who has the entry where the log begins", () => {
    const { n1, effects } = leading("all up to 5")
    const all = [...effects]
    for (let tries = 0; tries < 40 && (n1.node.nextIndex.n3 ?? 0) > 6; tries++)
      all.push(...n1.refusal("n3"), ...n1.beat())
    all.push(...n1.success("n3", 5))
    for (let tries = 0; tries < 3; tries++) all.push(...n1.beat())
    untilPart(n1, "n2", effects)
    all.push(...n1.beat())
    same(offsets(all, "n3"), [], `${n1.story}\nthe parts that n3 was sent`)
    const [append] = messages(all.slice(-8), "AppendEntries", "n3")
    holds((append?.prevLogIndex ?? 0) >= 5, n1.story, "entries for n3, as always", show(append))
  })

  check("11c.27", [12], "in parts of at most maxPart characters, which are the whole", () => {
    same(project.maxPart, maxPart, "maxPart")
    for (const length of [0, 1, maxPart - 1, maxPart, maxPart + 1, 2 * maxPart, 2.5 * maxPart]) {
      const data = textOf("five", length)
      const { n1, effects } = leading(data)
      const parts = collect(n1, untilPart(n1, "n2", effects))
      const scenario = `a snapshot of ${String(length)} characters, each part acknowledged`
      const sizes = parts.map(({ data }) => data.length)
      holds(
        Math.max(...sizes) <= maxPart,
        scenario,
        `parts of at most ${String(maxPart)} characters`,
        show(sizes),
      )
      holds(
        parts.map(({ data }) => data).join("") === data,
        scenario,
        "all parts together are the snapshot's data",
        `parts of ${show(sizes)} characters that are something else`,
      )
      let end = 0
      for (const part of parts) {
        same(
          part,
          { offset: end, lastIncludedIndex: 5, lastIncludedTerm: 3, term: 5 },
          `${scenario}: a part behind ${String(end)} characters`,
        )
        end += part.data.length
      }
      same(
        parts.map(({ done }) => done),
        parts.map((_, i) => i === parts.length - 1),
        `${scenario}: which part is the last one (done)`,
      )
    }
  })

  check("11c.28", [12], "one after the other: no second part before the first was acknowledged", () => {
    const { n1 } = sending()
    const effects = [
      ...n1.propose("x"),
      ...n1.beat(),
      ...n1.success("n3", 7),
      ...n1.beat(),
      ...n1.received("n3", 5, maxPart),
    ]
    same(
      offsets(effects).filter((offset) => offset > 0),
      [],
      `${n1.story}\nparts to n2 that begin later than at 0`,
    )
  })

  check("11c.29", [12], "once it is installed, entries follow, from behind it", () => {
    const { n1, effects } = leading("all up to 5")
    untilPart(n1, "n2", effects)
    const more = [...n1.received("n2", 5, 11, true), ...n1.beat()]
    same(n1.node.matchIndex.n2, 5, `${n1.story}\nmatchIndex of n2`)
    const [first] = messages(more, "AppendEntries", "n2")
    same(first, { prevLogIndex: 5, prevLogTerm: 3 }, `${n1.story}\nthe next message to n2`)
    holds((first?.entries.length ?? 0) > 0, n1.story, "entries in it", show(first))
    same(offsets([...n1.beat(), ...n1.beat()]), [], `${n1.story}\nmore parts for n2`)
  })

  check(
    "11c.30",
    [12],
    "also where nothing is behind it; and it counts towards a majority from then on",
    () => {
      const { n1, effects } = leading("all up to 5", compacted(5, 3))
      untilPart(n1, "n2", effects)
      const beats = [...n1.received("n2", 5, 11, true), ...n1.beat(), ...n1.beat()]
      same(offsets(beats), [], `${n1.story}\nmore parts for n2`)
      n1.propose("x")
      const last = endOf(n1.node.log)
      const more = [...n1.beat(), ...n1.success("n2", last)]
      const appends = messages(more, "AppendEntries", "n2")
      holds(
        appends.every(({ prevLogIndex }) => prevLogIndex >= 5),
        n1.story,
        "messages from behind 5",
        show(appends),
      )
      same(n1.node.commitIndex, last, `${n1.story}\ncommitIndex, once n2 has entry ${String(last)}`)
    },
  )

  check("11c.31", [12], "two that need it get it each at its own pace", () => {
    const data = textOf("five", 3 * maxPart)
    const { n1, effects } = leading(data)
    untilPart(n1, "n2", effects)
    const second = nextPart(n1, "n2", n1.received("n2", 5, maxPart))
    same(second.offset, maxPart, `${n1.story}\nwhere n2's next part begins`)
    same(untilPart(n1, "n3", effects).offset, 0, `${n1.story}\nwhere n3's first part begins`)
    const beat = n1.beat()
    same(
      [offsets(beat, "n2"), offsets(beat, "n3")],
      [[maxPart], [0]],
      `${n1.story}\nwhere the parts under way begin, for n2 and n3`,
    )
    n1.received("n2", 5, 2 * maxPart)
    n1.received("n2", 5, 3 * maxPart, true)
    same(offsets(n1.beat(), "n3"), [0], `${n1.story}\nwhere n3's part begins`)
  })

  check("11c.32", [17], "with every heartbeat the part under way is sent again", () => {
    const { n1, data, first } = sending()
    for (let beats = 0; beats < 3; beats++)
      same(nextPart(n1, "n2", n1.beat()), first, `${n1.story}\nthe part`)
    const second = nextPart(n1, "n2", n1.received("n2", 5, first.data.length))
    same(second.offset, first.data.length, `${n1.story}\nwhere the next part begins`)
    same(
      only(messages(n1.beat(), "InstallSnapshot", "n2"), n1.story, "a part"),
      second,
      `${n1.story}\nthe part`,
    )
    holds(
      second.data === data.slice(second.offset, second.offset + second.data.length),
      n1.story,
      "data from there",
      "something else",
    )
  })

  check(
    "11c.33",
    [17],
    "the leader goes on where the follower is: back, when it has lost what it had",
    () => {
      const { n1, data, first } = sending()
      const end = first.data.length
      nextPart(n1, "n2", n1.received("n2", 5, end))
      const back = nextPart(n1, "n2", n1.received("n2", 5, 0))
      same(back, first, `${n1.story}\nthe next part`)
      const some = nextPart(n1, "n2", n1.received("n2", 5, 100))
      same([some.offset, some.data.slice(0, 50)], [100, data.slice(100, 150)], `${n1.story}\nthe next part`)
    },
  )

  check("11c.34", [17], "and forwards, when an answer comes that is ahead", () => {
    const { n1 } = sending()
    const far = 2 * maxPart
    const next = nextPart(n1, "n2", n1.received("n2", 5, far))
    same(next, { offset: far, lastIncludedIndex: 5 }, `${n1.story}\nthe next part`)
    same(offsets(n1.beat()), [far], `${n1.story}\nwhere the part under way begins`)
  })

  check("11c.35", [17], "an answer that comes twice moves nothing twice", () => {
    const { n1, first } = sending()
    const end = first.data.length
    const effects = [...n1.received("n2", 5, end), ...n1.received("n2", 5, end), ...n1.beat()]
    same(offsets(effects), [end], `${n1.story}\nwhere the parts begin`)
    n1.received("n2", 5, 3 * maxPart, true)
    n1.success("n2", 7)
    const more = [...n1.received("n2", 5, 3 * maxPart, true), ...n1.received("n2", 5, end), ...n1.beat()]
    holds(
      (n1.node.matchIndex.n2 ?? 0) >= 7,
      n1.story,
      "matchIndex of n2 still at least 7",
      show(n1.node.matchIndex),
    )
    holds((n1.node.nextIndex.n2 ?? 0) > 7, n1.story, "nextIndex of n2 above 7", show(n1.node.nextIndex))
    same(offsets(more), [], `${n1.story}\nmore parts for n2`)
  })

  check(
    "11c.36",
    [17],
    "compacted again meanwhile: the new snapshot, from its start, and nothing mixed",
    () => {
      const { n1, first } = sending()
      nextPart(n1, "n2", n1.received("n2", 5, first.data.length))
      const { data, effects } = compactedAgain(n1)
      const part = nextPart(n1, "n2", [...effects, ...n1.received("n2", 5, 0)])
      same(
        [part.lastIncludedIndex, part.offset],
        [7, 0],
        `${n1.story}\nthe next part: of which snapshot, and where it begins`,
      )
      same(
        collect(n1, part)
          .map(({ data }) => data)
          .join("") === data,
        true,
        `${n1.story}\nwhether all parts from then on are the new snapshot`,
      )
    },
  )

  check("11c.37", [17], "an answer to the old snapshot says nothing of the new one", () => {
    for (const installed of [false, true]) {
      const { n1, first } = sending()
      const { effects } = compactedAgain(n1)
      const late = [...effects, ...n1.received("n2", 5, first.data.length, installed), ...n1.beat()]
      const news = messages(late, "InstallSnapshot", "n2").filter(
        (part) => part.lastIncludedIndex === 7 && part.offset > 0,
      )
      same(
        news.map(({ offset }) => offset),
        [],
        `${n1.story}\nparts of the new snapshot that begin later than at 0`,
      )
      holds(
        (n1.node.matchIndex.n2 ?? 0) <= 5,
        n1.story,
        "matchIndex of n2 at most 5",
        show(n1.node.matchIndex),
      )
      same(offsets(n1.beat()), [0], `${n1.story}\nwhere the part under way begins`)
    }
  })

  check("11c.38", [12, 17], "a new leadership begins at the start", () => {
    const { n1, first } = sending()
    nextPart(n1, "n2", n1.received("n2", 5, first.data.length))
    n1.handle({ type: "RequestVote", from: "n3", to: "n1", term: 6, lastLogIndex: 0, lastLogTerm: 0 })
    same(offsets(n1.beat()), [], `${n1.story}\nparts sent by a follower`)
    same(offsets(n1.received("n2", 5, 0)), [], `${n1.story}\nparts sent by a follower`)
    const again = untilPart(n1, "n2", n1.elect())
    same([again.term, again.offset], [7, 0], `${n1.story}\nterm and offset of the first part`)
    same(offsets(n1.beat()), [0], `${n1.story}\nwhere the part under way begins`)
  })

  check("11c.39", [12, 17], "answers from others say nothing, and those of an older term neither", () => {
    const { n1, first } = sending()
    n1.received("n9", 5, 0)
    n1.received("n9", 5, 11, true)
    const end = first.data.length
    const which = { lastIncludedIndex: 5, received: end, installed: true } as const
    n1.handle({ type: "InstallSnapshotResponse", from: "n2", to: "n1", term: 4, ...which })
    same(n1.node.matchIndex.n2, 0, `${n1.story}\nmatchIndex of n2`)
    same(Object.keys(n1.node.matchIndex).toSorted(), ["n2", "n3"], `${n1.story}\nwho has a matchIndex`)
    same(offsets(n1.beat()), [0], `${n1.story}\nwhere the part under way begins`)
  })
})
