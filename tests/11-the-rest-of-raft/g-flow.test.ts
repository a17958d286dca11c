import { check, forSeeds, group, holds, same, show } from "#suite"
import { compacted, endOf, logOf, servers } from "../cluster/build.ts"
import { FullCluster } from "./cluster.ts"
import {
  appends,
  big,
  leading,
  loaded,
  many,
  maxInFlight,
  sentUpTo,
  sizeOf,
  worthSending,
} from "./flowing.ts"
import { project, stepWith } from "./project.ts"
import { runFullSchedule } from "./schedule.ts"

group("11g", "Flow", () => {
  check("11g.1", [47], "64 Ki characters are sent at once, though the last message is not answered", () => {
    const n1 = leading()
    const effects = n1.propose(big(worthSending))
    same(sentUpTo(effects), endOf(n1.node.log), `${n1.story}\nup to where n2 is sent entries at once`)
    const more = [...n1.propose(big(40_000)), ...n1.propose(big(40_000))]
    same(sentUpTo(more), endOf(n1.node.log), `${n1.story}\nup to where n2 is sent entries at once`)
    for (const { prevLogIndex, prevLogTerm, entries, term } of loaded([...effects, ...more])) {
      const before = n1.node.log.entries[prevLogIndex - 1]
      same([prevLogTerm, term], [before?.term, 5], `${n1.story}\nprevLogTerm and term of a message`)
      same(
        entries,
        n1.node.log.entries.slice(prevLogIndex, prevLogIndex + entries.length),
        `${n1.story}\nits entries`,
      )
    }
  })

  check("11g.2", [47], "so are 500 entries, however small", () => {
    const n1 = leading()
    const before = endOf(n1.node.log)
    const effects = many(500, (i) => n1.propose(String(i)))
    same(sentUpTo(effects), before + 500, `${n1.story}\n500 entries: up to where n2 is sent some`)
  })

  check("11g.3", [47], "less waits for the next answer, and goes then", () => {
    const n1 = leading()
    const before = endOf(n1.node.log)
    const effects = [...many(490, (i) => n1.propose(String(i))), ...n1.propose(big(40_000))]
    same(loaded(effects).length, 0, `${n1.story}\nhow many messages with entries n2 is sent meanwhile`)
    const more = [...n1.success("n2", before), ...n1.beat()]
    holds(
      sentUpTo(more) > before,
      n1.story,
      "entries for n2, now that it has answered",
      show(appends(more).map(({ prevLogIndex }) => prevLogIndex)),
    )
  })

  check("11g.4", [47], "to each follower for itself: one is ahead, another waits", () => {
    const n1 = leading(["n3"])
    const effects = many(5, () => n1.propose(big(70_000)))
    const end = endOf(n1.node.log)
    same(sentUpTo(effects), end, `${n1.story}\nup to where n2 is sent entries`)
    holds(
      loaded(effects, "n3").length <= 1,
      n1.story,
      "n3 has never answered: at most one message with entries",
      String(loaded(effects, "n3").length),
    )
    n1.success("n3", end - 5)
    const more = [...n1.beat(), ...n1.propose(big(70_000))]
    same(
      sentUpTo(more, "n3"),
      end + 1,
      `${n1.story}\nup to where n3 is sent entries, now that it has answered`,
    )
  })

  check("11g.5", [47], "an answer in an earlier term tells nothing", () => {
    const n1 = leading()
    n1.handle({ type: "RequestVote", from: "n3", to: "n1", term: 6, lastLogIndex: 0, lastLogTerm: 0 })
    n1.elect()
    const effects = many(5, () => n1.propose(big(70_000)))
    holds(
      loaded(effects).length <= 1,
      `${n1.story}\nn2 has answered in term 5, not in term 7`,
      "at most one message with entries for n2",
      String(loaded(effects).length),
    )
    n1.success("n2", endOf(n1.node.log) - 5)
    const more = n1.propose(big(70_000))
    same(
      sentUpTo(more),
      endOf(n1.node.log),
      `${n1.story}\nup to where n2 is sent entries, now that it has answered`,
    )
  })

  check("11g.6", [48], "after a refusal, one message at a time", () => {
    const n1 = leading()
    n1.propose(big(70_000))
    const retry = n1.refusal("n2")
    const more = many(5, () => n1.propose(big(70_000)))
    const count = loaded([...retry, ...more]).length
    holds(count <= 1, n1.story, "at most one message with entries for n2 after its refusal", String(count))
    const others = n1.propose(big(70_000))
    same(
      sentUpTo(others, "n3"),
      endOf(n1.node.log),
      `${n1.story}\nup to where n3, which has refused nothing, is sent entries`,
    )
  })

  check("11g.7", [48], "until one succeeds", () => {
    const n1 = leading()
    const end = endOf(n1.node.log)
    n1.propose(big(70_000))
    n1.refusal("n2")
    n1.beat()
    const effects = [...n1.success("n2", end), ...many(4, () => n1.propose(big(70_000)))]
    same(
      sentUpTo([...effects, ...n1.beat()]),
      endOf(n1.node.log),
      `${n1.story}\nup to where n2 is sent entries`,
    )
    holds(
      loaded(effects).length >= 3,
      n1.story,
      "several messages with entries, none of which is answered",
      String(loaded(effects).length),
    )
  })

  check("11g.8", [49], "with maxInFlight characters under way, no more is sent", () => {
    same(project.maxInFlight, maxInFlight, "maxInFlight")
    const n1 = leading()
    const effects = many(20, () => n1.propose(big(100_000)))
    const size = loaded(effects).reduce((sum, { entries }) => sum + sizeOf(entries), 0)
    const scenario = `${n1.story}\n20 entries of 100,000 characters, and n2 does not answer`
    const most = maxInFlight + worthSending + 100_000
    holds(size <= most, scenario, `at most ${String(most)} characters under way`, String(size))
    holds(
      size >= maxInFlight - worthSending - 100_000,
      scenario,
      `about ${String(maxInFlight)} characters under way`,
      String(size),
    )
  })

  check("11g.9", [49], "nor small entries, when there are many", () => {
    const n1 = leading()
    const effects = many(700, () => n1.propose(big(2_000)))
    const size = loaded(effects).reduce((sum, { entries }) => sum + sizeOf(entries), 0)
    const scenario = "700 entries of 2,000 characters, and n2 does not answer"
    const most = maxInFlight + 2 * worthSending
    holds(size <= most, scenario, `at most ${String(most)} characters under way`, String(size))
    holds(
      size >= maxInFlight - 2 * worthSending,
      scenario,
      `about ${String(maxInFlight)} under way`,
      String(size),
    )
  })

  check("11g.10", [49], "and heartbeats to it carry nothing; but they come", () => {
    const n1 = leading()
    for (let i = 0; i < 20; i++) n1.propose(big(100_000))
    for (let beats = 0; beats < 3; beats++) {
      const beat = n1.beat()
      const got = appends(beat)
      holds(got.length > 0, n1.story, "a heartbeat to n2", "none")
      same(loaded(beat).length, 0, `${n1.story}\nhow many of the heartbeats to n2 carry entries`)
      for (const { prevLogIndex, prevLogTerm } of got)
        same(
          prevLogTerm,
          n1.node.log.entries[prevLogIndex - 1]?.term,
          `${n1.story}\nprevLogTerm of a heartbeat to n2`,
        )
    }
  })

  check("11g.11", [49], "other followers do not notice", () => {
    const n1 = leading()
    for (let i = 0; i < 20; i++) {
      n1.propose(big(100_000))
      n1.success("n3", endOf(n1.node.log))
    }
    const end = endOf(n1.node.log)
    same(
      n1.node.commitIndex,
      end,
      "20 entries of 100,000 characters; n2 does not answer, n3 always does: commitIndex",
    )
    const effects = n1.propose(big(100_000))
    same(
      [sentUpTo(effects, "n3"), loaded(effects, "n2").length],
      [end + 1, 0],
      `${n1.story}\nup to where n3 is sent entries, and how many messages n2 gets`,
    )
    n1.propose("small")
    const beat = n1.beat()
    same(sentUpTo(beat, "n3"), end + 2, `${n1.story}\nup to where a heartbeat brings n3`)
  })

  check("11g.12", [49], "what is acknowledged makes room", () => {
    const n1 = leading()
    const first = sentUpTo(many(20, () => n1.propose(big(100_000))))
    const effects = n1.success("n2", first - 5)
    const added = sentUpTo(effects) - first
    holds(
      added >= 3 && added <= 7,
      `${n1.story}\n20 entries of 100,000 characters; n2 acknowledges all but 5 of those that it was sent`,
      "about 5 more sent at once",
      String(added),
    )
    n1.success("n2", sentUpTo(effects))
    n1.success("n2", endOf(n1.node.log))
    const more = many(8, () => n1.propose(big(100_000)))
    same(
      sentUpTo(more),
      endOf(n1.node.log),
      `${n1.story}\nn2 has all: up to where it is sent the next 8 entries`,
    )
  })

  check(
    "11g.13",
    [48, 49],
    "a full follower that has got nothing of it says so, and gets entries again",
    () => {
      const cluster = new FullCluster(servers(3), { step: stepWith(["flow"]) })
      cluster.elect("n1")
      cluster.propose("n1", "a")
      cluster.beat("n1")
      cluster.cut("n3")
      for (let i = 0; i < 14; i++) {
        cluster.propose("n1", `${String(i)}${big(100_000)}`)
        cluster.settle()
      }
      const end = endOf(cluster.node("n1").log)
      same(
        cluster.node("n1").commitIndex,
        end,
        "14 entries of 100,000 characters, n3 is cut off: commitIndex of n1",
      )
      cluster.cut()
      cluster.beat("n1", 20)
      const n3 = cluster.node("n3")
      same(
        [endOf(n3.log), n3.commitIndex],
        [end, end],
        `${cluster.story()}\nend of n3's log, and commitIndex`,
      )
    },
  )

  check("11g.14", [47, 49], "where the log's beginning is gone, also what is under way", () => {
    const n1 = leading([], ["flow", "snapshots"], compacted(5, 2, 3, 4))
    n1.propose(big(70_000))
    const end = endOf(n1.node.log)
    n1.success("n3", end)
    n1.compact(end, "all")
    same(n1.node.log.base.index, end, `${n1.story}\nwhere the log begins`)
    const effects = many(3, () => n1.propose(big(70_000)))
    same(sentUpTo(effects, "n3"), end + 3, `${n1.story}\nup to where n3 is sent entries`)
    const more = [...n1.beat(), ...n1.success("n2", end), ...n1.beat()]
    holds(
      sentUpTo([...effects, ...more]) >= end + 3,
      n1.story,
      "all of it for n2, too",
      String(sentUpTo([...effects, ...more])),
    )
  })

  check("11g.15", [47], "a follower that is far behind is filled up, once it is known where it is", () => {
    const terms = Array.from({ length: 1_300 }, (_, i) => (i < 400 ? 1 : i < 900 ? 2 : 3))
    const n1 = leading(["n2"], ["flow", "backtracking"], logOf(...terms))
    const found = [...n1.refusal("n2", { term: null, index: 5 }), ...n1.beat()]
    const effects = [...n1.success("n2", sentUpTo(found)), ...n1.beat()]
    const end = endOf(n1.node.log)
    holds(
      sentUpTo(effects) > end - 500,
      `${n1.story}\nn2 has 4 of more than 1,300 entries, and takes the first message that fits`,
      `all of them sent but for less than 500: more than up to ${String(end - 500)}`,
      `up to ${String(sentUpTo(effects))}`,
    )
    for (const { prevLogIndex, prevLogTerm } of appends(effects))
      same(
        prevLogTerm,
        n1.node.log.entries[prevLogIndex - 1]?.term,
        `prevLogTerm of a message with prevLogIndex ${String(prevLogIndex)}`,
      )
  })

  check("11g.16", [47, 48], "random schedules, with backtracking and snapshots besides", () => {
    forSeeds(11_700, 6, (seed) => {
      runFullSchedule({ seed, voters: 3, steps: 150, chapters: ["flow"] })
      runFullSchedule({ seed, voters: 3, steps: 150, chapters: ["flow", "backtracking", "snapshots"] })
    })
  })
})
