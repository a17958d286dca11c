import { check, group, holds, same } from "#suite"
import type {
  Always,
  Bounds,
  Exhausted,
  ExhaustOptions,
  ExhaustProgress,
  Moment,
  Property,
  Raft,
} from "../../projects/08-testing/contract.ts"
import { explore, type Explored } from "./explore.ts"
import { figure3, happens, noServer, replay } from "./model.ts"
import { isIn, project } from "./project.ts"
import { correct, withBug } from "./rafts.ts"
import {
  balls,
  callers,
  clocks,
  counters,
  crowns,
  heralds,
  nonsense,
  notebooks,
  pollers,
  rallies,
  rings,
  toy,
} from "./toys.ts"
import { tellSchedule } from "./words.ts"

const figure8 = await withBug("commit-old-term")
const twice = await withBug("vote-twice")
const refusals = await withBug("count-refusals")
const selfish = await withBug("commit-self-only")
const anyLog = await withBug("vote-any-log")

/** Bounds within which only what is named can happen. */
function within(servers: number, more: Partial<Bounds> = {}): Bounds {
  return { servers, terms: 0, entries: 0, messages: 0, crashes: 0, ...more }
}

function told({ bounds, mode = "messages", symmetry = true, maxStates }: ExhaustOptions): string {
  const { servers, terms, entries, messages, crashes } = bounds
  const limit = maxStates === undefined ? "" : `, maxStates ${String(maxStates)}`
  const numbers = `servers: ${String(servers)}, terms: ${String(terms)}, entries: ${String(entries)}, messages: ${String(messages)}, crashes: ${String(crashes)}`
  return `exhaust with ${numbers}; mode ${mode}, ${symmetry ? "with" : "without"} symmetry${limit}`
}

/** Checks the numbers of a search that ends by itself. */
function counts(options: ExhaustOptions, states: number, depth: number, what: string): void {
  const { found, ...got } = project.exhaust({ properties: [], ...options })
  const expected = { states, depth, complete: true }
  same(
    { states: got.states, depth: got.depth, complete: got.complete },
    expected,
    `${what}\n${told(options)}`,
  )
  same(found, null, `${what}\n${told(options)}\nwhat was found`)
}

/** Checks that what was found is a proof: possible, of so many actions, with the violation at its end. */
function proves(
  { raft, ...options }: ExhaustOptions,
  got: Exhausted,
  length: number | null,
  what: string,
): void {
  const scenario = `${what}\n${told({ raft, ...options })}`
  const { found } = got
  holds(found !== null, scenario, "a violation", "null")
  if (!found) return
  same(got.complete, false, `${scenario}\ncomplete, when a violation was found`)
  const { schedule, violation } = found
  const proof = `${scenario}\n${tellSchedule(schedule)}`
  same(schedule.servers, options.bounds.servers, `${proof}\nthe schedule's number of servers`)
  const again = replay(raft, schedule, options.properties ?? project.properties)
  same(
    again.violation?.property ?? null,
    violation.property,
    `${proof}\nexhaust found ${violation.property}; replayed by the suite, what is broken`,
  )
  if (violation.property !== "step throws") {
    same(again.violation?.what, violation.what, `${proof}\nreplayed by the suite: what the property tells`)
  }
  same(
    again.schedule.actions.length,
    schedule.actions.length,
    `${proof}\nreplayed by the suite: actions taken`,
  )
  if (length !== null) same(schedule.actions.length, length, `${proof}\nits length; no shorter one exists`)
}

/** Compares with the suite's own search, without symmetry and with it. */
function agrees(
  raft: Raft,
  bounds: Bounds,
  properties: readonly Property[],
  what: string,
  symmetries: readonly boolean[] = [false, true],
): void {
  for (const symmetry of symmetries) {
    const options = { raft, bounds, symmetry, properties }
    const got = project.exhaust(options)
    const scenario = `${what}\n${told(options)}`
    const expected = explore(raft, bounds, { symmetry, properties })
    const lean =
      bounds.crashes === 0 ? expected : explore(raft, bounds, { symmetry, properties, idleCrashes: false })
    if (!expected || !lean) throw new Error(`${what}: too large for the suite's own search`)
    if (expected.violation !== null) {
      proves(options, got, expected.violation, what)
      continue
    }
    same(got.found, null, `${scenario}\nwhat was found`)
    const numbers = ({ states, depth, never }: Explored | Exhausted) => ({
      states,
      depth,
      never: never.toSorted(),
    })
    const isLean = got.states === lean.states && got.depth === lean.depth // whether idle crashes are moves is all the same
    same(
      { ...numbers(got), complete: got.complete },
      { ...numbers(isLean ? lean : expected), complete: true },
      `${scenario}\nstates, depth, complete and never`,
    )
  }
}

/** For the checks that are not about symmetry. */
const plain = [false]

const power = (base: number, exponent: number) => base ** exponent

group("8f", "Exhaust", () => {
  check("8f.1", [33], "it counts: servers that count their timeouts, up to the last term", () => {
    const what = "servers that count their timeouts as terms, and send nothing"
    for (const [servers, terms] of [
      [1, 0],
      [1, 5],
      [2, 1],
      [2, 3],
      [3, 4],
    ] as const) {
      const options = { raft: clocks, bounds: within(servers, { terms }), symmetry: false }
      counts(options, power(terms + 1, servers), terms * servers, what)
    }
  })

  check("8f.2", [33], "proposals end at `entries`, and are always of the same command", () => {
    const what = "servers that note every command in their logs, and send nothing"
    for (const [servers, entries] of [
      [1, 0],
      [1, 4],
      [2, 3],
      [3, 1],
    ] as const) {
      const options = { raft: notebooks, bounds: within(servers, { entries }), symmetry: false }
      counts(options, power(entries + 1, servers), entries * servers, what)
    }
  })

  check("8f.3", [33], "a heartbeat can happen to any server, at any time", () => {
    counts({ raft: counters(4), bounds: within(1) }, 5, 4, "a server that counts heartbeats up to 4")
    counts(
      { raft: counters(4), bounds: within(2), symmetry: false },
      25,
      8,
      "servers that count heartbeats up to 4",
    )
    counts(
      { raft: rings(6), bounds: within(2), symmetry: false },
      36,
      10,
      "servers that count heartbeats up to 5 and begin again",
    )
    counts(
      { raft: toy(() => undefined), bounds: within(3, { terms: 3, entries: 3, messages: 3 }) },
      1,
      0,
      "servers that do nothing",
    )
  })

  check(
    "8f.4",
    [33, 34],
    "messages: delivered, lost, or delivered with a copy that stays; sent twice is once",
    () => {
      agrees(
        callers,
        within(2, { terms: 1, messages: 1 }),
        [],
        "servers that note who asked them for a vote",
        plain,
      )
      agrees(
        callers,
        within(2, { terms: 2, messages: 2 }),
        [],
        "servers that note who asked them for a vote",
        plain,
      )
      agrees(balls(3), within(2, { messages: 2 }), [], "servers that pass a ball on, three times", plain)
      agrees(balls(3), within(3, { messages: 2 }), [], "servers that pass a ball on, three times", plain)
      agrees(
        pollers,
        within(2, { messages: 3 }),
        [],
        "servers that note who sent a heartbeat, and who answered",
        plain,
      )
    },
    { slow: 8 },
  )

  check(
    "8f.5",
    [33],
    "a move after which too many different messages would be under way is not taken",
    () => {
      const what = "servers that ask all others for a vote when they time out"
      counts(
        { raft: callers, bounds: within(3, { terms: 2, messages: 1 }) },
        1,
        0,
        `${what}: two messages at once`,
      )
      counts({ raft: callers, bounds: within(2, { terms: 3, messages: 0 }) }, 1, 0, `${what}: one message`)
      agrees(callers, within(3, { terms: 1, messages: 2 }), [], what, plain)
      for (const messages of [1, 2, 3])
        agrees(rallies(4), within(2, { messages }), [], "servers that play ball", plain)
    },
    { slow: 8 },
  )

  check(
    "8f.6",
    [33, 34],
    "crashes: so many in all; how many are left is part of the state",
    () => {
      for (const crashes of [1, 2]) {
        agrees(
          counters(3),
          within(2, { crashes }),
          [],
          "servers that count heartbeats, and forget the number when they crash",
          plain,
        )
        agrees(
          clocks,
          within(2, { terms: 2, crashes }),
          [],
          "servers that count timeouts as terms, which survive a crash",
          plain,
        )
      }
      agrees(
        callers,
        within(2, { terms: 2, messages: 2, crashes: 1 }),
        [],
        "servers that note who asked them for a vote",
        plain,
      )
      const fell: Property = {
        kind: "always",
        name: "nothing is forgotten",
        of: "step",
        broken: ({ before, after }) => (after.commitIndex < before.commitIndex ? `${after.id} forgot` : null),
      }
      for (const symmetry of [true, false]) {
        const options = { raft: counters(3), bounds: within(2, { crashes: 1 }), symmetry, properties: [fell] }
        proves(
          options,
          project.exhaust(options),
          2,
          "servers that forget what they have counted when they crash",
        )
      }
    },
    { slow: 8 },
  )

  check("8f.7", [34], "the history is part of the state", () => {
    const what = "servers that lead or follow, in turns, in the same term"
    counts({ raft: crowns, bounds: within(1) }, 3, 2, what)
    for (const servers of [2, 3]) agrees(crowns, within(servers), [], what, plain)
  })

  check(
    "8f.8",
    [34],
    "lists of servers are sets; other lists are not",
    () => {
      agrees(
        callers,
        within(3, { terms: 1, messages: 2 }),
        [],
        "servers that note who asked them for a vote, in that order",
        plain,
      )
      const ordered = toy((node, { type }) => {
        const add = (term: number) => ({
          set: { log: { ...node.log, entries: [...node.log.entries, { term, command: null }] } },
        })
        if (node.log.entries.length === 3) return undefined
        return type === "heartbeatTimeout" ? add(1) : type === "electionTimeout" ? add(2) : undefined
      })
      counts(
        { raft: ordered, bounds: within(1, { terms: 1 }) },
        15,
        3,
        "a server that notes heartbeats and timeouts in its log, three at most",
      )
    },
    { slow: 8 },
  )

  check(
    "8f.9",
    [34],
    "a hundred thousand states: no two are taken for one",
    () => {
      const what = "servers that count their timeouts as terms, and send nothing"
      const bounds = within(6, { terms: 6 })
      counts({ raft: clocks, bounds, symmetry: false }, power(7, 6), 36, what)
    },
    { slow: 8 },
  )

  check(
    "8f.10",
    [33, 34, 35, 36, 39],
    "protocols that do nothing sensible: states, distances and violations are right",
    () => {
      const crown = noServer(
        "no leader with a note",
        ({ commitIndex, role, votesGranted }) =>
          commitIndex === 1 && role === "leader" && votesGranted.length > 0,
      )
      const back = ({ before, after, effects }: Moment) =>
        before.commitIndex === 1 && after.commitIndex === 0 && effects.length > 0
      const properties = [
        crown,
        happens("a step back", "step", back),
        happens("all lead", "state", ({ nodes }) => nodes.every(({ role }) => role === "leader")),
      ]
      for (const seed of [9, 11, 54, 57, 73, 113]) {
        const crashes = seed % 3 === 0 ? 1 : 0
        const bounds = within(2, { terms: 1, entries: 1, messages: 2, crashes })
        agrees(nonsense(seed), bounds, properties, `a random protocol (seed ${String(seed)})`)
      }
      for (const seed of [18, 28, 35, 72, 91]) {
        const bounds = within(3, { terms: 1, messages: seed === 18 || seed === 35 ? 2 : 1 })
        agrees(nonsense(seed), bounds, properties, `a random protocol (seed ${String(seed)})`)
      }
    },
    { slow: 10 },
  )

  check(
    "8f.11",
    [33, 34, 35],
    "our own Raft",
    () => {
      const bounds = within(2, { terms: 2, entries: 1, messages: 2 })
      // As the spec's example says; `explore` counts the same.
      counts({ raft: correct, bounds }, 1718, 18, "a correct Raft (ours)")
      counts({ raft: correct, bounds, symmetry: false }, 3429, 18, "a correct Raft (ours)")
      agrees(correct, within(2, { terms: 2, entries: 2, messages: 1 }), figure3, "a correct Raft (ours)")
    },
    { slow: 8 },
  )

  check(
    "8f.12",
    [35],
    "symmetry: states that differ only in the servers' names count as one",
    () => {
      const multisets = (kinds: number, n: number) =>
        Array.from({ length: n }, (_, i) => (kinds + i) / (i + 1)).reduce((a, b) => a * b, 1)
      for (const servers of [2, 3, 4]) {
        counts(
          { raft: clocks, bounds: within(servers, { terms: 3 }) },
          multisets(4, servers),
          3 * servers,
          "servers that count their timeouts as terms",
        )
      }
      counts(
        { raft: clocks, bounds: within(3, { terms: 3 }), symmetry: true },
        20,
        9,
        "servers that count their timeouts as terms",
      )
      agrees(
        pollers,
        within(3, { messages: 2 }),
        [],
        "servers that note who sent a heartbeat, and who answered",
      )
      agrees(callers, within(3, { terms: 1, messages: 2 }), [], "servers that note who asked them for a vote")
    },
    { slow: 8 },
  )

  check("8f.13", [36], "the nearest violation: no schedule is shorter", () => {
    const jumping = toy(({ commitIndex: at }, { type }) => {
      if (type === "heartbeatTimeout" && at < 9) return { set: { commitIndex: at + 1 } }
      if (type === "electionTimeout" && at === 2) return { set: { commitIndex: 7 } }
      return undefined
    })
    const not = (n: number) => noServer(`never ${String(n)}`, ({ commitIndex }) => commitIndex === n)
    const cases: readonly (readonly [Always, number])[] = [
      [not(6), 6],
      [not(8), 4],
      [not(9), 5],
      [not(1), 1],
    ]
    for (const servers of [1, 2, 3]) {
      for (const [property, length] of cases) {
        for (const symmetry of [true, false]) {
          const options = {
            raft: jumping,
            bounds: within(servers, { terms: 1 }),
            symmetry,
            properties: [property],
          }
          const what = `servers that count heartbeats, from 2 to 7 at a timeout; ${property.name}`
          proves(options, project.exhaust(options), length, what)
        }
      }
    }
    const options = { raft: jumping, bounds: within(2, { terms: 1 }), properties: [not(9), not(8)] }
    proves(options, project.exhaust(options), 4, "the same; never 8, never 9")
  })

  check(
    "8f.14",
    [33, 35, 36],
    "what is found is the same with and without symmetry, and replays",
    () => {
      for (const [what, raft, bounds] of [
        ["vote-twice", twice, within(3, { terms: 1, messages: 3 })],
        ["count-refusals", refusals, within(3, { terms: 2, entries: 1, messages: 2 })],
        ["commit-self-only", selfish, within(3, { terms: 2, entries: 1, messages: 2 })],
      ] as const) {
        const options = { raft, bounds, properties: figure3 }
        const [one, two] = [true, false].map((symmetry) => project.exhaust({ ...options, symmetry }))
        if (!one || !two) return
        proves(options, one, two.found?.schedule.actions.length ?? null, `planted: ${what}`)
        proves({ ...options, symmetry: false }, two, null, `planted: ${what}`)
        same(
          one.found?.violation.property,
          two.found?.violation.property,
          `planted: ${what}\n${told(options)}\nwhat is broken, with symmetry and without`,
        )
      }
      const options = { raft: twice, bounds: within(3, { terms: 1, messages: 3 }) }
      const got = project.exhaust(options)
      proves(options, got, null, "planted: vote-twice, default properties")
      const explicit = project.exhaust({ ...options, properties: project.properties })
      same(
        got.found,
        explicit.found,
        `planted: vote-twice; ${told(options)}, without and with \`properties\``,
      )
    },
    { slow: 6 },
  )

  check("8f.15", [36], "what is told of the violation is what its schedule leads to", () => {
    const shout: Always = {
      kind: "always",
      name: "nobody has two callers",
      of: "state",
      broken: ({ nodes }) => {
        const called = nodes.filter(({ votesGranted }) => votesGranted.length === 2)
        return called.length === 0 ? null : `${called.map(({ id }) => id).join(" and ")}, called by two`
      },
    }
    const options = {
      raft: callers,
      bounds: within(3, { terms: 1, messages: 4 }),
      symmetry: false,
      properties: [shout],
    }
    const { found, ...rest } = project.exhaust(options)
    const what = "servers that note who asked them for a vote; nobody may be asked by two"
    proves(options, { found, ...rest }, 4, what)
    if (!found) return
    same(
      replay(callers, found.schedule, [shout]).violation,
      found.violation,
      `${what}\n${tellSchedule(found.schedule)}\nthe violation, replayed by the suite`,
    )
    const renamed = project.exhaust({ ...options, symmetry: true })
    proves({ ...options, symmetry: true }, renamed, 4, what)
    holds(
      ["n1", "n2", "n3"].some((id) => isIn(id, renamed.found?.violation.what ?? "")),
      `${what}\n${told({ ...options, symmetry: true })}\nwhat is wrong`,
      "what the property told",
      renamed.found?.violation.what ?? "nothing",
    )
  })

  check("8f.16", [37], "what a step breaks is found also when it leads to a state that is known", () => {
    const back: Always = {
      kind: "always",
      name: "never back to 0",
      of: "step",
      broken: ({ before, after }) =>
        after.commitIndex < before.commitIndex ? `${after.id} went back` : null,
    }
    for (const servers of [1, 2]) {
      for (const symmetry of [true, false]) {
        const options = { raft: rings(4), bounds: within(servers), symmetry, properties: [back] }
        proves(
          options,
          project.exhaust(options),
          4,
          "servers that count heartbeats up to 3 and begin again; never back",
        )
      }
    }
    const loud: Always = {
      kind: "always",
      name: "no timer is set anew by a heartbeat",
      of: "step",
      broken: ({ after, effects }) =>
        effects.length > 0 && after.commitIndex === 2 ? `${after.id} sets its timer` : null,
    }
    const still = toy(({ commitIndex }, { type }) => {
      if (type === "electionTimeout" && commitIndex < 2) return { set: { commitIndex: commitIndex + 1 } }
      return type === "heartbeatTimeout" ? { effects: [{ type: "resetElectionTimer" }] } : undefined
    })
    const options = { raft: still, bounds: within(2, { terms: 1 }), properties: [loud] }
    proves(
      options,
      project.exhaust(options),
      3,
      "servers that set their timers anew at each heartbeat, and change nothing",
    )
  })

  check("8f.17", [36, 37], "a step that throws", () => {
    const failing = toy((node, event) => {
      if (event.type === "RequestVote" && node.commitIndex === 2) throw new RangeError("lost my way")
      if (event.type === "heartbeatTimeout" && node.commitIndex < 3)
        return { set: { commitIndex: node.commitIndex + 1 } }
      return callers.step(node, event).state === node
        ? undefined
        : { set: callers.step(node, event).state, effects: callers.step(node, event).effects }
    })
    for (const symmetry of [true, false]) {
      const options = {
        raft: failing,
        bounds: within(2, { terms: 1, messages: 1 }),
        symmetry,
        properties: [],
      }
      const got = project.exhaust(options)
      const what = "a step that throws when a server that had two heartbeats is asked for a vote"
      proves(options, got, 4, what)
      same(got.found?.violation.property, "step throws", `${what}\nwhat is broken`)
      holds(
        got.found?.violation.what.includes("lost my way") === true,
        what,
        "the error's message, lost my way",
        got.found?.violation.what ?? "nothing",
      )
    }
  })

  check("8f.18", [38], "rounds: an election happens at once, and reaches any of the others", () => {
    const rounds = { mode: "rounds", symmetry: false } as const
    const what = "servers that note who asked them for a vote"
    counts({ raft: callers, bounds: within(2, { terms: 1, messages: 4 }), ...rounds }, 9, 2, what)
    counts({ raft: callers, bounds: within(3, { terms: 1, messages: 6 }), ...rounds }, 125, 3, what)
    const granted = (n: number) =>
      noServer(`nobody has ${String(n)} votes`, ({ votesGranted }) => votesGranted.length === n)
    for (const n of [1, 2]) {
      const options = {
        raft: heralds,
        bounds: within(3, { terms: 1, messages: 8 }),
        mode: "rounds",
        properties: [granted(n)],
      } as const
      proves(
        options,
        project.exhaust(options),
        null,
        `servers that grant every vote; nobody may have ${String(n)}`,
      )
    }
    const hears = happens("somebody hears who won", "step", ({ after }) => after.leader !== null)
    const votes = happens("somebody has two votes", "step", ({ after }) => after.votesGranted.length === 2)
    const options = {
      raft: heralds,
      bounds: within(3, { terms: 1, messages: 8 }),
      mode: "rounds",
      properties: [hears, votes],
    } as const
    const { never, complete } = project.exhaust(options)
    same(
      { never, complete },
      { never: [hears.name], complete: true },
      `servers that tell all others of every vote they got: that is no vote, and is lost\n${told(options)}\nnever, complete`,
    )
  })

  check(
    "8f.19",
    [38],
    "rounds: an exchange goes on until nothing is under way, with any of the others",
    () => {
      const rounds = { mode: "rounds", symmetry: false } as const
      const what = "servers that note who sent a heartbeat, and who answered"
      counts({ raft: pollers, bounds: within(2, { messages: 4 }), ...rounds }, 4, 2, what)
      counts({ raft: pollers, bounds: within(3, { messages: 6 }), ...rounds }, 64, 3, what)
      const play = "servers that play ball: to and fro five times"
      counts({ raft: rallies(5), bounds: within(2, { messages: 4 }), ...rounds }, 3, 1, play)
      const five = noServer("nobody counts 5", ({ commitIndex }) => commitIndex === 5)
      const options = { raft: rallies(5), bounds: within(2, { messages: 4 }), ...rounds, properties: [five] }
      proves(options, project.exhaust(options), 6, play)
    },
  )

  check("8f.20", [38], "rounds: proposals and crashes, and what sends nothing, as with messages", () => {
    const rounds = { mode: "rounds", symmetry: false } as const
    counts(
      { raft: clocks, bounds: within(2, { terms: 3, messages: 2 }), ...rounds },
      16,
      6,
      "servers that count their timeouts as terms",
    )
    counts(
      { raft: notebooks, bounds: within(2, { entries: 3, messages: 2 }), ...rounds },
      16,
      6,
      "servers that note every command",
    )
    counts(
      { raft: counters(4), bounds: within(2, { messages: 2 }), ...rounds },
      25,
      8,
      "servers that count heartbeats up to 4",
    )
    const fell: Property = {
      kind: "always",
      name: "nothing is forgotten",
      of: "step",
      broken: ({ before, after }) => (after.commitIndex < before.commitIndex ? `${after.id} forgot` : null),
    }
    const crashing = {
      raft: counters(3),
      bounds: within(2, { crashes: 1, messages: 2 }),
      ...rounds,
      properties: [fell],
    }
    proves(
      crashing,
      project.exhaust(crashing),
      2,
      "servers that forget what they have counted when they crash",
    )
    const never = { ...crashing, bounds: within(2, { messages: 2 }) }
    same(project.exhaust(never).found, null, `the same without crashes\n${told(never)}\nwhat was found`)
  })

  check(
    "8f.21",
    [38],
    "rounds find Figure 8, with 3 servers, 4 terms and 1 entry",
    () => {
      const options = {
        raft: figure8,
        bounds: { servers: 3, terms: 4, entries: 1, messages: 4, crashes: 0 },
        mode: "rounds",
        properties: figure3,
        maxStates: 400_000,
      } as const
      const got = project.exhaust(options)
      const what = "planted: counts copies of an older term's entry (Figure 8)"
      proves(options, got, null, what)
      const names = ["Leader Completeness", "State Machine Safety", "Log Matching"]
      const { property = "nothing" } = got.found?.violation ?? {}
      holds(
        names.includes(property),
        `${what}\n${told(options)}\nwhat is broken`,
        "Leader Completeness",
        property,
      )
    },
    { slow: 8, points: 3 },
  )

  check(
    "8f.22",
    [10, 33, 38],
    "a correct Raft: nothing is found, all was followed",
    () => {
      for (const options of [
        {
          raft: correct,
          bounds: { servers: 3, terms: 2, entries: 1, messages: 4, crashes: 0 },
          mode: "rounds",
        },
        { raft: correct, bounds: { servers: 3, terms: 1, entries: 1, messages: 2, crashes: 0 } },
      ] as const) {
        const { found, complete, never } = project.exhaust(options)
        same(
          { found, complete },
          { found: null, complete: true },
          `a correct Raft (ours)\n${told(options)}\nfound, complete`,
        )
        const two = ["a leader is elected", "an entry is committed"].filter((name) => never.includes(name))
        same(two, [], `a correct Raft (ours)\n${told(options)}\nnever`)
      }
      const lax = {
        raft: anyLog,
        bounds: within(3, { terms: 3, entries: 1, messages: 4 }),
        mode: "rounds",
      } as const
      proves(lax, project.exhaust(lax), null, "planted: vote-any-log")
    },
    { slow: 6 },
  )

  check("8f.23", [39], "never names what does not happen anywhere", () => {
    const reaches = (n: number, of: "step" | "state") =>
      happens(`${String(n)} is reached`, of, ({ after, nodes }) =>
        of === "step" ? after.commitIndex === n : nodes.some(({ commitIndex }) => commitIndex === n),
      )
    const properties = [
      reaches(1, "step"),
      reaches(3, "step"),
      reaches(4, "step"),
      reaches(2, "state"),
      reaches(5, "state"),
    ]
    for (const servers of [1, 2, 3]) {
      for (const mode of ["messages", "rounds"] as const) {
        const options = { raft: counters(3), bounds: within(servers, { messages: 2 }), mode, properties }
        const { never } = project.exhaust(options)
        same(
          never.toSorted(),
          ["4 is reached", "5 is reached"],
          `servers that count heartbeats up to 3\n${told(options)}\nnever`,
        )
      }
    }
    const still = happens(
      "a heartbeat changes nothing",
      "step",
      ({ before, after }) => before.commitIndex === after.commitIndex,
    )
    for (const mode of ["messages", "rounds"] as const) {
      const idle = { raft: toy(() => undefined), bounds: within(2), mode, properties: [still] }
      same(
        project.exhaust(idle).never,
        [],
        `servers that do nothing; must happen: ${still.name}\n${told(idle)}\nnever`,
      )
    }
    const own = project.properties.filter(({ kind }) => kind === "sometimes")
    const options = { raft: clocks, bounds: within(2, { terms: 1 }), properties: own }
    const { never } = project.exhaust(options)
    const three = ["a leader is elected", "an entry is committed", "entries are committed in two terms"]
    same(
      three.filter((name) => !never.includes(name)),
      [],
      `nobody ever leads\n${told(options)}\nwhich of the three are missing in \`never\``,
    )
  })

  check("8f.24", [40], "a limit of states ends the search, and the answer says so", () => {
    const bounds = within(3, { terms: 4 })
    const what = "servers that count their timeouts as terms: 125 states in all"
    for (const [maxStates, complete] of [
      [1, false],
      [4, false],
      [60, false],
      [124, false],
      [125, true],
      [126, true],
    ] as const) {
      const options = { raft: clocks, bounds, symmetry: false, maxStates, properties: [] }
      const got = project.exhaust(options)
      const expected = { states: Math.min(maxStates, 125), complete, found: null }
      same(
        { states: got.states, complete: got.complete, found: got.found },
        expected,
        `${what}\n${told(options)}`,
      )
    }
    // One state at the beginning, three at distance 1, six at distance 2.
    for (const [maxStates, depth] of [
      [1, 0],
      [2, 1],
      [4, 1],
      [5, 2],
      [10, 2],
      [11, 3],
    ] as const) {
      const options = { raft: clocks, bounds, symmetry: false, maxStates, properties: [] }
      same(
        project.exhaust(options).depth,
        depth,
        `${what}: 1, 3 and 6 at distances 0, 1 and 2\n${told(options)}\ndepth`,
      )
    }
    const ninth = noServer("never 9", ({ commitIndex }) => commitIndex === 9)
    const options = { raft: counters(100), bounds: within(1), maxStates: 10, properties: [ninth] }
    proves(
      options,
      project.exhaust(options),
      9,
      "a server that counts heartbeats up to 100; the tenth state is wrong",
    )
    const endless = { raft: counters(1e9), bounds: within(2), maxStates: 500, properties: [] }
    same(
      project.exhaust(endless).states,
      500,
      `servers that count heartbeats without end\n${told(endless)}\nstates`,
    )
  })

  check("8f.25", [40], "onProgress is told after each distance, of all states so far", () => {
    const cases: readonly (readonly [string, Raft, Bounds, boolean])[] = [
      ["servers that count their timeouts as terms", clocks, within(3, { terms: 2 }), false],
      ["servers that count their timeouts as terms", clocks, within(3, { terms: 2 }), true],
      ["servers that note who asked them for a vote", callers, within(2, { terms: 2, messages: 2 }), false],
      ["servers that do nothing", toy(() => undefined), within(2), true],
    ]
    for (const [what, raft, bounds, symmetry] of cases) {
      const progress: ExhaustProgress[] = []
      const options = { raft, bounds, symmetry, properties: [] }
      const { depth } = project.exhaust({
        ...options,
        onProgress: ({ states, depth: at }) => progress.push({ states, depth: at }),
      })
      const levels = explore(raft, bounds, { symmetry })?.within ?? []
      const expected = levels.map((_, i) => ({ states: levels[i + 1] ?? levels.at(-1) ?? 0, depth: i }))
      same(progress, expected, `${what}\n${told(options)}\nwhat onProgress was told`)
      same(depth, levels.length - 1, `${what}\n${told(options)}\ndepth`)
    }
  })
})
