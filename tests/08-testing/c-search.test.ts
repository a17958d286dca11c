import { check, group, holds, same, show } from "#suite"
import type { RaftEvent, RaftNode } from "../../projects/03-planning/contract.ts"
import type {
  Action,
  Always,
  Found,
  Moment,
  Property,
  Raft,
  SearchOptions,
  SearchProgress,
  Searched,
} from "../../projects/08-testing/contract.ts"
import { endOf, servers } from "../cluster/build.ts"
import { figure3, happens, noServer, replay, textOf } from "./model.ts"
import { concerned, project } from "./project.ts"
import { correct, withBug } from "./rafts.ts"
import { clocks } from "./toys.ts"
import { tellSchedule } from "./words.ts"

const figure8 = await withBug("commit-old-term")

/** Planted bugs that break Figure 3, and are found soon in a cluster of so many servers. */
const soon: readonly (readonly [servers: number, ids: readonly string[]])[] = [
  [
    3,
    [
      "log-gap",
      "log-prev-term-ignored",
      "log-truncate-always",
      "log-heartbeat-unchecked",
      "log-dup-append",
      "follower-takes-commands",
      "rep-ack-log-end",
      "rep-match-guess",
      "vote-twice",
      "vote-length-only",
      "candidate-same-term",
      "count-old-votes",
    ],
  ],
  [2, ["elect-half"]],
  [5, ["log-conflict-keeps-tail", "commit-max", "count-dup-votes"]],
]
const planted = await Promise.all(
  soon.flatMap(([n, ids]) => ids.map(async (id) => ({ id, servers: n, raft: await withBug(id) }))),
)
const brisk = planted.filter(({ id, servers }) => servers === 3 && id !== "log-truncate-always")
const few = planted.filter(({ id }) => ["log-dup-append", "candidate-same-term", "vote-twice"].includes(id))
const quick = planted.filter(({ id }) => ["log-gap", "rep-match-guess", "vote-twice"].includes(id))

/** Broken in any schedule that gets anywhere, after some dozen actions. */
const busy = noServer("nobody gets far", ({ log, currentTerm }) => currentTerm + endOf(log) >= 10)

/** The same Raft; `see` is shown all that happens to its servers, and what they become. */
function watched(raft: Raft, see: (event: RaftEvent, before: RaftNode, after: RaftNode) => void): Raft {
  return {
    initialNode: (id, voters) => raft.initialNode(id, voters),
    step: (node, event) => {
      const stepped = raft.step(node, event)
      see(event, node, stepped.state)
      return stepped
    },
  }
}

/** A property that always holds, and is shown every moment. */
function witness(see: (moment: Moment) => void): Always {
  const broken = (moment: Moment) => {
    see(moment)
    return null
  }
  return { kind: "always", name: "a witness", of: "state", broken }
}

function told({ raft: _, properties, onProgress: __, ...numbers }: SearchOptions): string {
  const names = properties ? `, properties: ${properties.map(({ name }) => name).join(", ")}` : ""
  return `search with ${show(numbers)}${names}`
}

function finds(options: SearchOptions, what: string): { readonly found: Found; readonly searched: Searched } {
  const searched = project.search(options)
  const { found } = searched
  holds(
    found !== null,
    `${what}\n${told(options)}`,
    "a violation",
    `none in ${String(searched.schedules)} schedules`,
  )
  if (found) return { found, searched }
  throw new Error("unreachable")
}

/** Checks, by the suite's own replay, that a schedule is what was found: all of it possible, and the violation last. */
function isProof(
  raft: Raft,
  { schedule, violation }: Omit<Found, "seed">,
  properties: readonly Property[],
  what: string,
) {
  const scenario = `${what}\n${tellSchedule(schedule)}`
  const again = replay(raft, schedule, properties)
  same(
    again.violation?.property,
    violation.property,
    `${scenario}\nreplayed by the suite: the violated property`,
  )
  const taken = again.schedule.actions.length
  same(
    taken,
    schedule.actions.length,
    `${scenario}\nreplayed by the suite: actions that could be taken, up to the violation`,
  )
}

group("8c", "Search", () => {
  check(
    "8c.1",
    [20],
    "the same options give the same answer",
    () => {
      for (const { id, raft, servers } of quick) {
        for (const seed of [1, 77]) {
          const options = { raft, servers, seed, schedules: 300, properties: figure3 }
          const first = project.search(options)
          project.search({ ...options, seed: 5, schedules: 2 })
          const second = project.search(options)
          same(
            textOf(second),
            textOf(first),
            `planted: ${id}\n${told(options)}, and again after another search`,
          )
        }
      }
      const options = { raft: correct, servers: 3, seed: 9, schedules: 4 }
      const first = project.search(options)
      same(project.search(options), first, `a correct Raft\n${told(options)}, twice`)
    },
    { slow: 6 },
  )

  check(
    "8c.2",
    [20, 22],
    "another seed, another schedule",
    () => {
      const schedules = [1, 2, 3, 4, 5, 6].map((seed) => {
        const events: string[] = []
        const raft = watched(correct, (event, { id }) => events.push(`${id} ${textOf(event)}`))
        project.search({ raft, servers: 3, seed, schedules: 1, actions: 60 })
        return events.join()
      })
      same(
        new Set(schedules).size,
        6,
        "six searches of one schedule each, with seeds 1 to 6: different schedules",
      )
      const events: string[] = []
      let last = 0
      const each: string[] = []
      const raft = watched(correct, (event, { id }) => events.push(`${id} ${textOf(event)}`))
      const onProgress = () => {
        each.push(events.slice(last).join())
        last = events.length
      }
      project.search({ raft, servers: 3, seed: 1, schedules: 6, actions: 60, onProgress })
      same(new Set(each).size, 6, "a search of six schedules: different schedules")
    },
    { slow: 6 },
  )

  check(
    "8c.3",
    [20],
    "found.seed alone finds it again, in the first schedule",
    () => {
      for (const { id, raft, servers } of few) {
        for (const seed of [1, 4000]) {
          const options = { raft, servers, seed, schedules: 5000, properties: figure3 }
          const { found, searched } = finds(options, `planted: ${id}`)
          const scenario = `planted: ${id}\n${told(options)}: found with seed ${String(found.seed)}`
          same(
            found.seed,
            seed + searched.schedules - 1,
            `${scenario}\nthe seed of the last schedule that was tried`,
          )
          const alone = project.search({ ...options, seed: found.seed, schedules: 1 })
          same(alone.found, found, `${scenario}\na search that begins with that seed, of one schedule`)
          if (searched.schedules === 1) continue
          const short = project.search({ ...options, schedules: searched.schedules - 1 })
          same(short.found, null, `${scenario}\nthe first search, one schedule shorter`)
          const later = project.search({ ...options, seed: seed + 1 })
          same(later.found, found, `${scenario}\na search that begins one seed later`)
        }
      }
    },
    { slow: 8 },
  )

  check(
    "8c.4",
    [21],
    "what was found can be replayed: all of it possible, the violation at its end",
    () => {
      for (const { id, raft, servers } of brisk) {
        const options = { raft, servers, seed: 300, schedules: 5000, properties: figure3 }
        const { found } = finds(options, `planted: ${id}`)
        const scenario = `planted: ${id}\n${told(options)}`
        same(found.schedule.servers, servers, `${scenario}\nthe schedule's number of servers`)
        isProof(raft, found, figure3, scenario)
        const again = project.replay(raft, found.schedule, figure3)
        same(
          again.violation,
          found.violation,
          `${scenario}\n${tellSchedule(found.schedule)}\nthe violation, replayed`,
        )
        same(again.schedule, found.schedule, `${scenario}\nthe schedule that was taken, replayed`)
      }
    },
    { slow: 6 },
  )

  check("8c.5", [21], "also from a file", () => {
    for (const { id, raft, servers } of quick) {
      const { found } = finds({ raft, servers, seed: 31, schedules: 5000 }, `planted: ${id}`)
      const read = JSON.parse(JSON.stringify(found)) as Found
      const again = project.replay(raft, read.schedule)
      same(
        again.violation,
        read.violation,
        `planted: ${id}\n${tellSchedule(read.schedule)}\nwritten to a file, read, replayed`,
      )
      same(
        again.schedule.actions.length,
        read.schedule.actions.length,
        "the number of actions that could be taken",
      )
    }
  })

  check(
    "8c.6",
    [22],
    "every kind of action happens, on every server",
    () => {
      for (const n of [3, 5]) {
        const seen = new Set<string>()
        for (let seed = 1; seed <= 300; seed++) {
          const { found } = project.search({
            raft: correct,
            servers: n,
            seed,
            schedules: 1,
            properties: [busy],
          })
          for (const action of found?.schedule.actions ?? []) seen.add(`${action.type} ${concerned(action)}`)
          if (found && seed <= 10) isProof(correct, found, [busy], `a correct Raft, seed ${String(seed)}`)
        }
        const kinds = [
          "timeout",
          "heartbeat",
          "propose",
          "crash",
          "deliver",
          "duplicate",
          "drop",
        ] satisfies Action["type"][]
        const missing = kinds
          .flatMap((kind) => servers(n).map((id) => `${kind} ${id}`))
          .filter((each) => !seen.has(each))
        holds(
          missing.length === 0,
          `300 searches of one schedule each, on ${String(n)} servers of a correct Raft, that end when somebody gets far`,
          "every kind of action on every server",
          `never: ${missing.join(", ")}`,
        )
      }
    },
    { slow: 8 },
  )

  check(
    "8c.7",
    [22],
    "messages of all four types arrive everywhere, late and repeatedly, too",
    () => {
      const seen = new Set<string>()
      const raft = watched(correct, (event, { id }) => seen.add(`${event.type} at ${id}`))
      project.search({ raft, servers: 3, seed: 50, schedules: 300 })
      const types = ["AppendEntries", "AppendEntriesResponse", "RequestVote", "RequestVoteResponse"]
      const events = [...types, "electionTimeout", "heartbeatTimeout", "propose"]
      const missing = events
        .flatMap((type) => servers(3).map((id) => `${type} at ${id}`))
        .filter((each) => !seen.has(each))
      holds(
        missing.length === 0,
        "a search of 300 schedules on 3 servers of a correct Raft: what happened to its servers",
        "every kind of event on every server",
        `never: ${missing.join(", ")}`,
      )
    },
    { slow: 6 },
  )

  check(
    "8c.8",
    [22, 24],
    "with a correct Raft, leaders are elected and entries committed in two terms",
    () => {
      for (const n of [3, 5]) {
        const { found, never, schedules } = project.search({
          raft: correct,
          servers: n,
          seed: 1,
          schedules: 300,
        })
        const scenario = `a search of 300 schedules on ${String(n)} servers of a correct Raft`
        same(found, null, `${scenario}: what was found`)
        same(schedules, 300, `${scenario}: schedules`)
        const three = ["a leader is elected", "an entry is committed", "entries are committed in two terms"]
        same(
          never.filter((name) => three.includes(name)),
          [],
          `${scenario}: never`,
        )
      }
    },
    { slow: 6 },
  )

  check(
    "8c.9",
    [23],
    "at most so many schedules of so many actions",
    () => {
      for (const [schedules, actions] of [
        [1, 1],
        [4, 7],
        [9, 40],
      ] as const) {
        for (const raft of [correct, clocks]) {
          let moments = 0
          const properties = [witness(() => moments++)]
          const lengths: SearchProgress[] = []
          const onProgress = (progress: SearchProgress) => lengths.push({ ...progress })
          const options = { raft, servers: 3, seed: 1, schedules, actions, properties, onProgress }
          const searched = project.search(options)
          const scenario = `${raft === correct ? "a correct Raft" : "servers that count their timeouts, and send nothing"}\n${told(options)}`
          same(searched.schedules, schedules, `${scenario}\nschedules`)
          const diffs = lengths.map((progress, i) => progress.actions - (lengths[i - 1]?.actions ?? 0))
          holds(
            diffs.every((length) => length > 0 && length <= actions),
            `${scenario}\nactions of each schedule, by onProgress`,
            `1 to ${String(actions)} each`,
            diffs.join(", "),
          )
          holds(
            searched.actions >= moments && (raft === correct || searched.actions === moments),
            `${scenario}\nactions, and the moments that a property was asked about`,
            raft === correct ? "as many, or more when messages were lost" : "as many",
            `${String(searched.actions)} actions, ${String(moments)} moments`,
          )
        }
      }
    },
    { slow: 8 },
  )

  check(
    "8c.10",
    [23],
    "onProgress is told after every schedule, of all so far",
    () => {
      const progress: SearchProgress[] = []
      const options = { raft: correct, servers: 3, seed: 7, schedules: 12, actions: 30 }
      const searched = project.search({
        ...options,
        onProgress: ({ schedules, actions }) => progress.push({ schedules, actions }),
      })
      const scenario = told(options)
      same(
        progress.map(({ schedules }) => schedules),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        `${scenario}: \`schedules\` that onProgress was told`,
      )
      same(
        progress.at(-1)?.actions,
        searched.actions,
        `${scenario}: \`actions\` that onProgress was told last, and the answer's`,
      )
      for (const { id, raft } of quick) {
        const each: SearchProgress[] = []
        const { found, searched } = finds(
          {
            raft,
            servers: 3,
            seed: 60,
            schedules: 5000,
            onProgress: ({ schedules, actions }) => each.push({ schedules, actions }),
          },
          `planted: ${id}`,
        )
        const { schedules, actions } = searched
        same(
          each.at(-1),
          { schedules, actions },
          `planted: ${id}: what onProgress was told last, and the answer`,
        )
        same(each.length, schedules, `planted: ${id}: how often onProgress was called`)
        const before = each.at(-2)?.actions ?? 0
        const length = found.schedule.actions.length
        same(
          actions - before,
          length,
          `planted: ${id}: actions of the last schedule, by onProgress, and by what was found`,
        )
      }
    },
    { slow: 6 },
  )

  check(
    "8c.11",
    [23],
    "the first violation ends the search, whenever it comes",
    () => {
      const late = [1, 3, 6, 9, 12, 15].flatMap((most) => [
        { what: `term ${String(most)}`, is: ({ currentTerm }: RaftNode) => currentTerm >= most },
        { what: `an entry ${String(most)}`, is: ({ log }: RaftNode) => log.entries.length >= most },
      ])
      for (const { what, is } of late) {
        const reached: RaftNode[] = []
        const raft = watched(correct, (_, __, after) => {
          if (is(after)) reached.push(after)
        })
        const property = noServer(`no ${what}`, is)
        const options = { raft, servers: 3, seed: 4, schedules: 40, properties: [property] }
        const { found } = project.search(options)
        holds(
          reached.length === 0 || found !== null,
          `a correct Raft\n${told(options)}\nsome server came to ${what}`,
          "that it was found",
          "null",
        )
        if (!found) continue
        same(found.violation.property, property.name, `${told(options)}\nthe violated property`)
        isProof(correct, found, [property], told(options))
      }
    },
    { slow: 6 },
  )

  check(
    "8c.12",
    [23],
    "unless told otherwise: 1,000 schedules of at most 250 actions, held to `properties`",
    () => {
      const lengths: number[] = []
      let before = 0
      const { schedules } = project.search({
        raft: correct,
        servers: 3,
        seed: 1,
        onProgress: ({ actions }) => {
          lengths.push(actions - before)
          before = actions
        },
      })
      same(schedules, 1000, "a search with default options, of a correct Raft: schedules")
      const longest = Math.max(...lengths)
      holds(
        longest <= 250 && longest > 125,
        "a search with default options: actions in the longest schedule",
        "250",
        String(longest),
      )
      for (const { id, raft } of quick) {
        const { found } = finds({ raft, servers: 3, seed: 12 }, `planted: ${id}; default options`)
        const explicit = project.search({ raft, servers: 3, seed: 12, properties: project.properties })
        same(found, explicit.found, `planted: ${id}; a search with default options, and with \`properties\``)
      }
    },
    { slow: 6 },
  )

  check(
    "8c.13",
    [24],
    "never names what did not happen in the whole search",
    () => {
      const conditions: readonly (readonly [string, (moment: Moment) => boolean])[] = [
        ["term 4", ({ after }) => after.currentTerm >= 4],
        ["term 9", ({ after }) => after.currentTerm >= 9],
        ["term 14", ({ after }) => after.currentTerm >= 14],
        ["n3 leads term 1", ({ history }) => history.leaders[1] === "n3"],
        ["n2 leads term 2", ({ history }) => history.leaders[2] === "n2"],
        ["two leaders at once", ({ nodes }) => nodes.filter(({ role }) => role === "leader").length > 1],
        ["a log of 8", ({ after }) => endOf(after.log) >= 8],
        ["five committed", ({ history }) => history.committed.length >= 5],
        [
          "a leader crashes",
          ({ before, after, effects }) =>
            before.role === "leader" &&
            after.role === "follower" &&
            effects.length === 0 &&
            before.currentTerm === after.currentTerm,
        ],
        ["term minus one", ({ after }) => after.currentTerm === -1],
      ]
      for (let seed = 1; seed <= 16; seed++) {
        const happened = new Set<string>()
        const watch = witness((moment) => {
          for (const [name, is] of conditions) if (is(moment)) happened.add(name)
        })
        const rare = conditions.map(([name, is], i) => happens(name, i % 2 === 0 ? "step" : "state", is))
        const options = {
          raft: correct,
          servers: 3,
          seed,
          schedules: 1 + (seed % 5),
          actions: 90,
          properties: [watch, ...rare],
        }
        const { never } = project.search(options)
        const expected = conditions.map(([name]) => name).filter((name) => !happened.has(name))
        same(never.toSorted(), expected.toSorted(), `${told(options)}: never`)
      }
      const quiet = project.search({
        raft: clocks,
        servers: 2,
        seed: 1,
        schedules: 3,
        properties: project.properties.filter(({ kind }) => kind === "sometimes"),
      })
      const three = ["a leader is elected", "an entry is committed", "entries are committed in two terms"]
      const missing = three.filter((name) => !quiet.never.includes(name))
      same(missing, [], "a protocol in which nobody ever leads: which of the three are missing in `never`")
    },
    { slow: 6 },
  )

  check("8c.14", [25], "a step that throws is found", () => {
    for (const [what, is] of [
      [
        "stands in term 3",
        (node: RaftNode, type: string) => node.currentTerm === 2 && type === "electionTimeout",
      ],
      [
        "gets a proposal as a leader",
        (node: RaftNode, type: string) => node.role === "leader" && type === "propose",
      ],
      ["gets an answer to its entries", (_: RaftNode, type: string) => type === "AppendEntriesResponse"],
    ] as const) {
      const raft: Raft = {
        initialNode: (id, voters) => correct.initialNode(id, voters),
        step: (node, event) => {
          if (is(node, event.type)) throw new RangeError(`lost my way, ${node.id}`)
          return correct.step(node, event)
        },
      }
      const scenario = `a Raft whose step throws when a server ${what}`
      const { found } = finds({ raft, servers: 3, seed: 1, schedules: 200 }, scenario)
      same(found.violation.property, "step throws", `${scenario}\nthe violated property`)
      holds(
        found.violation.what.includes("lost my way"),
        `${scenario}\nwhat`,
        "the error's message, lost my way",
        found.violation.what,
      )
      isProof(raft, found, figure3, scenario)
    }
  })

  check(
    "8c.15",
    [26],
    "Figure 8 is found, with 3 servers, within 10,000 schedules",
    () => {
      const what = "planted: counts copies of an older term's entry (Figure 8)"
      const { found } = finds({ raft: figure8, servers: 3, seed: 1, schedules: 10_000 }, what)
      isProof(figure8, found, project.properties, what)
    },
    { slow: 8, points: 3 },
  )

  check(
    "8c.16",
    [26],
    "so are other planted bugs that break Figure 3, within 5,000 schedules",
    () => {
      for (const { id, servers, raft } of planted) {
        const what = `planted: ${id}; ${String(servers)} servers`
        const { found } = finds({ raft, servers, seed: 1, schedules: 5000 }, what)
        isProof(raft, found, project.properties, what)
      }
    },
    { slow: 8, points: 2 },
  )
})
