import { check, deepFreeze, forSeeds, group, holds, refuses, same, show } from "#suite"
import type { Effect, Message, RaftEvent, RaftNode } from "../../projects/03-planning/contract.ts"
import type { Acted, Action, Raft, Schedule, World } from "../../projects/08-testing/contract.ts"
import { candidate, leader, logOf, requestVote, server, servers, vote } from "../cluster/build.ts"
import { tellMessage, tellNode } from "../cluster/words.ts"
import * as model from "./model.ts"
import { nothingYet, sameData, textOf, wander } from "./model.ts"
import { project } from "./project.ts"
import { correct, withBug, withVariant } from "./rafts.ts"
import { counters, notebooks, toy } from "./toys.ts"
import { tellAction, tellSchedule } from "./words.ts"

const twice = await withBug("vote-twice")
const own = await withVariant("own-structure")

/** Notes every event that a server gets. */
const seen: RaftEvent[] = []
const recorder = toy((node, event) => {
  seen.push(event)
  return { set: { commitIndex: node.commitIndex + 1 } }
})

const [m1, m2, m3] = [requestVote("n1", "n2", 1), requestVote("n1", "n3", 1), vote("n2", "n1", 1)] as const

function worldOf(
  inFlight: readonly Message[],
  nodes: readonly RaftNode[] = servers(3).map((id) => server(id)),
): World {
  return { nodes, inFlight, history: nothingYet }
}

/** The world after an action that is possible. */
function acts(raft: Raft, world: World, action: Action): Acted {
  const acted = project.act(raft, world, action)
  holds(acted !== null, `${tellWorld(world)}\n${tellAction(action)}`, "what came of it", "null")
  return acted ?? { world, moment: null }
}

function tellWorld({ nodes, inFlight }: World): string {
  const messages = inFlight.length === 0 ? "nothing" : inFlight.map(tellMessage).join("; ")
  return `${nodes.map(tellNode).join("\n")}\nunder way: ${messages}`
}

/** Checks what is under way, and in which order, as far as that says anything. */
function underWay(world: World, action: Action, got: World, expected: readonly Message[]): void {
  same(got.inFlight, expected, `${tellWorld(world)}\nthen ${tellAction(action)}: what is under way`)
}

group("8b", "The cluster", () => {
  check("8b.1", [12], "begin: servers n1 to nN by initialNode, nothing under way, an empty history", () => {
    for (const n of [1, 2, 3, 5]) {
      const world = project.begin(correct, n)
      same(
        world,
        {
          nodes: servers(n).map((id) => server(id, { voters: servers(n) })),
          inFlight: [],
          history: nothingYet,
        },
        `begin, ${String(n)} servers`,
      )
    }
    const begun = project.begin(
      toy(() => undefined, { currentTerm: 17 }),
      2,
    )
    same(
      begun.nodes.map(({ currentTerm }) => currentTerm),
      [17, 17],
      "a protocol whose initialNode begins in term 17: the servers' terms",
    )
  })

  check("8b.2", [12], "a number of servers that makes no sense is refused", () => {
    for (const n of [0, -3, 1.5, Number.NaN]) {
      refuses(() => project.begin(correct, n), "RangeError", [String(n)], `begin, ${String(n)} servers`)
    }
  })

  check("8b.3", [13], "restart keeps what is persistent; all else is as on the first day", () => {
    const log = logOf(2, 7)
    const voters = ["n1", "n2", "n4"]
    const persistent = { voters, oldVoters: ["n1", "n3"], currentTerm: 7, votedFor: "n1", log }
    const before = leader("n1", {
      ...persistent,
      commitIndex: 2,
      lastApplied: 1,
      matchIndex: { n2: 2 },
    })
    for (const node of [before, candidate("n1", persistent), server("n1", { ...persistent, leader: "n2" })]) {
      const scenario = `${tellNode(node)}\nrestart`
      const after = project.restart(correct, node)
      same(after, server("n1", persistent), scenario)
      same(
        textOf(after.nextIndex) + textOf(after.matchIndex),
        "{}{}",
        `${scenario}: nextIndex and matchIndex`,
      )
    }
    const voted = server("n1", { ...persistent, votedFor: "n4", leader: "n4" })
    same(project.restart(correct, voted).votedFor, "n4", `${tellNode(voted)}\nrestart: votedFor`)
    const other: Raft = toy(() => undefined, {
      commitIndex: 5,
      leader: "n9",
      currentTerm: 3,
      votesGranted: ["n1"],
    })
    const { commitIndex, leader: led, currentTerm, votesGranted } = project.restart(other, before)
    same(
      { commitIndex, led, currentTerm, votesGranted },
      { commitIndex: 5, led: "n9", currentTerm: 7, votesGranted: ["n1"] },
      "another protocol, whose initialNode begins with commitIndex 5, leader n9, term 3 and n1's vote: restart in term 7",
    )
  })

  check("8b.4", [13, 14], "also fields that only this Raft has", () => {
    const fresh = own.initialNode("n2", servers(3))
    const withMore = { ...fresh, ...{ steps: 12 }, currentTerm: 4 }
    holds(
      !("steps" in project.restart(own, withMore)),
      "a Raft that counts its steps in a field of its own, which is not there on the first day; restart",
      "no such field",
      show(project.restart(own, withMore)),
    )
    const kept: Raft = toy(() => undefined)
    const counting: Raft = {
      ...kept,
      initialNode: (id, voters) => ({ ...server(id, { voters }), ...{ mine: 0 } }),
    }
    const node = { ...counting.initialNode("n1", servers(3)), ...{ mine: 8 } }
    same(
      project.restart(counting, node),
      { ...server("n1"), mine: 0 },
      "a Raft that has a field of its own, 0 on the first day and 8 now; restart",
    )
  })

  check("8b.5", [14], "timeout, heartbeat and propose give the server an event", () => {
    const world = worldOf([])
    const cases: readonly (readonly [Action, RaftEvent])[] = [
      [{ type: "timeout", server: "n2" }, { type: "electionTimeout" }],
      [{ type: "heartbeat", server: "n3" }, { type: "heartbeatTimeout" }],
      [
        { type: "propose", server: "n1", command: { set: ["x", 1] } },
        { type: "propose", command: { set: ["x", 1] } },
      ],
    ]
    for (const [action, event] of cases) {
      seen.length = 0
      const { world: after } = acts(recorder, world, action)
      same(seen, [event], `${tellAction(action)}: the events that servers got`)
      const expected = world.nodes.map((node) =>
        "server" in action && node.id === action.server ? { ...node, commitIndex: 1 } : node,
      )
      same(
        after.nodes,
        expected,
        `${tellAction(action)}, to a server that counts its events: the servers afterwards`,
      )
    }
  })

  check("8b.6", [14], "what a server sends is under way afterwards, behind the rest, in its order", () => {
    const effects: readonly Effect[] = [
      { type: "send", message: m2 },
      { type: "resetElectionTimer" },
      { type: "send", message: m1 },
      { type: "refused", leader: null },
      { type: "send", message: m2 },
    ]
    const talker = toy(() => ({ effects }))
    for (const inFlight of [[], [m3], [m1, m3]]) {
      for (const action of [
        { type: "timeout", server: "n1" },
        { type: "heartbeat", server: "n2" },
        { type: "propose", server: "n3", command: 1 },
      ] as const) {
        const world = worldOf(inFlight)
        underWay(world, action, acts(talker, world, action).world, [...inFlight, m2, m1, m2])
      }
    }
    const world = worldOf([m3, m1])
    const action = { type: "deliver", message: m1 } as const
    underWay(world, action, acts(talker, world, action).world, [m3, m2, m1, m2])
  })

  check("8b.7", [13, 14, 16], "crash restarts the server; messages stay under way", () => {
    const before = leader("n2", { currentTerm: 7, log: logOf(7, 7), commitIndex: 2, lastApplied: 2 })
    const world = worldOf([m1, m3], [server("n1"), before, server("n3")])
    const action = { type: "crash", server: "n2" } as const
    const { world: after, moment } = acts(correct, world, action)
    const restarted = server("n2", { currentTerm: 7, votedFor: "n2", log: logOf(7, 7) })
    same(after.nodes, [server("n1"), restarted, server("n3")], `${tellWorld(world)}\ncrash n2: the servers`)
    underWay(world, action, after, [m1, m3])
    same(moment?.before, before, `${tellWorld(world)}\ncrash n2: \`before\` of the moment`)
    same(moment?.after, restarted, `${tellWorld(world)}\ncrash n2: \`after\` of the moment`)
    same(moment?.effects, [], `${tellWorld(world)}\ncrash n2: the effects`)
  })

  check("8b.8", [15], "deliver takes the message out and gives it to its receiver", () => {
    for (const message of [m1, m2, m3]) {
      const world = worldOf([m1, m2, m3])
      seen.length = 0
      const action = { type: "deliver", message } as const
      const { world: after, moment } = acts(recorder, world, action)
      same(seen, [message], `${tellWorld(world)}\n${tellAction(action)}: the events that servers got`)
      same(moment?.after.id, message.to, `${tellAction(action)}: who got it`)
      underWay(
        world,
        action,
        after,
        world.inFlight.filter((each) => each !== message),
      )
    }
  })

  check("8b.9", [15], "duplicate gives it and leaves it", () => {
    for (const message of [m1, m2, m3]) {
      const world = worldOf([m1, m2, m3])
      seen.length = 0
      const action = { type: "duplicate", message } as const
      const { world: after, moment } = acts(recorder, world, action)
      same(seen, [message], `${tellWorld(world)}\n${tellAction(action)}: the events that servers got`)
      same(moment?.after.id, message.to, `${tellAction(action)}: who got it`)
      const got = after.inFlight.map(textOf).toSorted()
      same(
        got,
        world.inFlight.map(textOf).toSorted(),
        `${tellWorld(world)}\n${tellAction(action)}: what is under way`,
      )
    }
  })

  check("8b.10", [15], "drop takes it out, and nobody notices", () => {
    for (const message of [m1, m2, m3]) {
      const world = worldOf([m1, m2, m3])
      seen.length = 0
      const action = { type: "drop", message } as const
      const { world: after, moment } = acts(recorder, world, action)
      same(seen, [], `${tellWorld(world)}\n${tellAction(action)}: the events that servers got`)
      same(moment, null, `${tellAction(action)}: the moment`)
      same(after.nodes, world.nodes, `${tellAction(action)}: the servers`)
      underWay(
        world,
        action,
        after,
        world.inFlight.filter((each) => each !== message),
      )
    }
  })

  check("8b.11", [15], "of equal messages, one", () => {
    for (const type of ["deliver", "drop", "duplicate"] as const) {
      for (const inFlight of [
        [m1, m1],
        [m1, m3, m1],
        [{ ...m1 }, m3, { ...m1 }, m1],
      ]) {
        const world = worldOf(inFlight)
        seen.length = 0
        const { world: after } = acts(recorder, world, { type, message: m1 })
        const left = after.inFlight.filter((message) => sameData(message, m1)).length
        const copies = inFlight.length - inFlight.filter((message) => message === m3).length
        const scenario = `${tellWorld(world)}\n${type} the first one`
        same(left, type === "duplicate" ? copies : copies - 1, `${scenario}: how many like it are left`)
        same(seen.length, type === "drop" ? 0 : 1, `${scenario}: how often it arrived`)
      }
    }
  })

  check("8b.12", [15], "a message from a file is the one under way that says the same", () => {
    const message: Message = {
      type: "AppendEntries",
      from: "n1",
      to: "n2",
      term: 3,
      prevLogIndex: 0,
      prevLogTerm: 0,
      entries: [{ term: 3, command: { op: "set", args: ["x", null] } }],
      leaderCommit: 0,
    }
    const other = { ...message, entries: [{ term: 3, command: { op: "set", args: ["y", null] } }] }
    for (const type of ["deliver", "drop", "duplicate"] as const) {
      const world = worldOf([other, message, m3])
      const action = JSON.parse(JSON.stringify({ type, message })) as Action
      const { world: after } = acts(recorder, world, action)
      const expected = type === "duplicate" ? [other, message, m3] : [other, m3]
      same(
        after.inFlight.map(textOf).toSorted(),
        expected.map(textOf).toSorted(),
        `${tellWorld(world)}\n${tellAction(action)}, read from a file: what is under way`,
      )
      const none = project.act(recorder, worldOf([other, m3]), action)
      same(
        none,
        null,
        `${tellAction(action)}, when only a message like it is under way, with another command`,
      )
    }
  })

  check("8b.13", [16], "the moment: before, after, effects, all servers, and the history with it", () => {
    const voters = servers(3)
    const stands = candidate("n1", { currentTerm: 7, log: logOf(2) })
    const world: World = {
      nodes: [stands, server("n2", { currentTerm: 6 }), server("n3")],
      inFlight: [m3, vote("n2", "n1", 7)],
      history: { leaders: { 2: "n3" }, committed: [], applied: [] },
    }
    const action = { type: "deliver", message: vote("n2", "n1", 7) } as const
    const { world: after, moment } = acts(correct, world, action)
    const scenario = `${tellWorld(world)}\n${tellAction(action)}`
    const expected = model.act(correct, world, action)
    same(moment, expected?.moment, `${scenario}: the moment`)
    same(moment?.history.leaders, { 2: "n3", 7: "n1" }, `${scenario}: who led, by the moment's history`)
    same(after.history, expected?.world.history, `${scenario}: the history of the world`)
    same(moment?.effects, expected?.moment?.effects, `${scenario}: the effects`)
    same(after.nodes, moment?.nodes, `${scenario}: the servers of the moment are those of the world`)
    same(world.nodes.length, voters.length, `${scenario}: the number of servers`)
    const started = acts(correct, worldOf([]), { type: "timeout", server: "n2" })
    holds(
      (started.moment?.effects ?? []).some(({ type }) => type === "resetElectionTimer"),
      "a timeout of n2 in a new cluster: the effects of the moment",
      "all of them, resetElectionTimer among them",
      show(started.moment?.effects),
    )
  })

  check("8b.14", [17], "what cannot happen is null", () => {
    const stranger = requestVote("n1", "n9", 1)
    const world = worldOf([m1, stranger])
    const impossible: readonly Action[] = [
      { type: "timeout", server: "n4" },
      { type: "heartbeat", server: "n0" },
      { type: "propose", server: "N1", command: 1 },
      { type: "crash", server: "" },
      { type: "deliver", message: m2 },
      { type: "duplicate", message: m2 },
      { type: "drop", message: m2 },
      { type: "deliver", message: { ...m1, term: 2 } },
      { type: "deliver", message: stranger },
      { type: "duplicate", message: stranger },
    ]
    for (const action of impossible) {
      same(project.act(correct, world, action), null, `${tellWorld(world)}\n${tellAction(action)}`)
    }
    const lost = acts(correct, world, { type: "drop", message: stranger })
    same(lost.moment, null, `${tellWorld(world)}\nthe message to n9 is lost: the moment`)
    underWay(world, { type: "drop", message: stranger }, lost.world, [m1])
  })

  check("8b.15", [18], "act is pure: the world before stays, and the same again gives the same", () => {
    const world = deepFreeze(worldOf([m1, m2, m1, m3]))
    const text = textOf(world)
    const actions: readonly Action[] = [
      { type: "timeout", server: "n1" },
      { type: "crash", server: "n2" },
      { type: "deliver", message: m1 },
      { type: "duplicate", message: m2 },
      { type: "drop", message: m3 },
    ]
    for (const action of actions) {
      const [one, two] = [project.act(correct, world, action), project.act(correct, world, action)]
      same(one, two, `${tellWorld(world)}\n${tellAction(action)}, twice from the same world`)
      same(textOf(world), text, `${tellAction(action)}: the world before it`)
    }
  })

  check("8b.16", [18], "what step throws, act throws", () => {
    const failing = toy((_, { type }) => {
      if (type === "heartbeatTimeout") return undefined
      throw new RangeError(`no ${type} today`)
    })
    const world = worldOf([m1])
    for (const [action, event] of [
      [{ type: "timeout", server: "n1" }, "electionTimeout"],
      [{ type: "propose", server: "n3", command: 1 }, "propose"],
      [{ type: "deliver", message: m1 }, "RequestVote"],
      [{ type: "duplicate", message: m1 }, "RequestVote"],
    ] as const) {
      const scenario = `a step that throws "no ${event} today": ${tellAction(action)}`
      refuses(() => project.act(failing, world, action), "RangeError", [`no ${event} today`], scenario)
    }
  })

  check("8b.17", [19], "replay takes the actions in order, and leaves out what cannot happen", () => {
    const propose = (server: string, command: string): Action => ({ type: "propose", server, command })
    const actions = [
      propose("n1", "a"),
      propose("n7", "b"),
      propose("n2", "c"),
      { type: "deliver", message: m1 },
      propose("n1", "d"),
      { type: "crash", server: "n2" },
    ] as const satisfies readonly Action[]
    const schedule: Schedule = { servers: 2, actions }
    const { world, violation, schedule: taken } = project.replay(notebooks, schedule, [])
    const scenario = `servers that note every command\n${tellSchedule(schedule)}\nreplay`
    same(
      world.nodes.map(({ log }) => log.entries.map(({ command }) => command)),
      [["a", "d"], ["c"]],
      `${scenario}: the commands in the logs`,
    )
    same(violation, null, `${scenario}: violation`)
    same(
      taken,
      { servers: 2, actions: [actions[0], actions[2], actions[4], actions[5]] },
      `${scenario}: the schedule in the answer, the actions that could be taken`,
    )
    const nothing = project.replay(notebooks, { servers: 3, actions: [] }, [])
    same(nothing.world, project.begin(notebooks, 3), "replay of an empty schedule: the world")
  })

  check("8b.18", [19], "it stops after the first action that breaks a property", () => {
    const heartbeat = (server: string): Action => ({ type: "heartbeat", server })
    const actions = ["n1", "n2", "n1", "n2", "n1"].map(heartbeat)
    const schedule: Schedule = { servers: 2, actions }
    const many = model.noServer("not too many", ({ commitIndex }) => commitIndex >= 2)
    const more = model.noServer("not even more", ({ commitIndex }) => commitIndex >= 3)
    const scenario = `servers that count heartbeats\n${tellSchedule(schedule)}\nreplay`
    const replayed = project.replay(counters(9), schedule, [more, many])
    same(replayed.violation?.property, "not too many", `${scenario}; two is too many: the violated property`)
    same(
      replayed.violation?.what,
      "n1 is not as it should be",
      `${scenario}; two is too many: \`what\`, which is what the property told`,
    )
    same(replayed.schedule.actions.length, 3, `${scenario}; two is too many: how many actions were taken`)
    same(
      replayed.world.nodes.map(({ commitIndex }) => commitIndex),
      [2, 1],
      `${scenario}; two is too many: what the servers have counted at the end`,
    )
    const whole = project.replay(counters(9), schedule, [])
    same(
      [whole.violation, whole.schedule.actions.length],
      [null, 5],
      `${scenario}, no properties: violation, actions taken`,
    )
  })

  check("8b.19", [19], "a step that throws is a violation, too", () => {
    const failing = toy((node, { type }) => {
      if (type === "electionTimeout" && node.commitIndex === 2) throw new RangeError("the clock is broken")
      return type === "heartbeatTimeout" ? { set: { commitIndex: node.commitIndex + 1 } } : undefined
    })
    const [beat, timeout]: readonly Action[] = [
      { type: "heartbeat", server: "n1" },
      { type: "timeout", server: "n1" },
    ]
    if (!beat || !timeout) return
    const schedule: Schedule = { servers: 1, actions: [timeout, beat, timeout, beat, timeout, beat] }
    const { violation, schedule: taken } = project.replay(failing, schedule, [])
    const scenario = `a step that throws "the clock is broken" at a timeout after two heartbeats\n${tellSchedule(schedule)}`
    same(violation?.property, "step throws", `${scenario}\nreplay: the violated property`)
    holds(
      violation?.what.includes("the clock is broken") === true,
      `${scenario}\nreplay: \`what\``,
      'something with "the clock is broken"',
      show(violation?.what),
    )
    same(taken.actions.length, 5, `${scenario}\nreplay: the actions taken, the one that throws included`)
  })

  check("8b.20", [19], "unless told otherwise, it holds a schedule to `properties`", () => {
    const ask = (from: string, term: number) => requestVote(from, "n3", term)
    const schedule: Schedule = {
      servers: 3,
      actions: [
        { type: "timeout", server: "n1" },
        { type: "timeout", server: "n2" },
        { type: "deliver", message: ask("n1", 1) },
        { type: "deliver", message: ask("n2", 1) },
        { type: "deliver", message: vote("n3", "n1", 1) },
        { type: "deliver", message: vote("n3", "n2", 1) },
        { type: "heartbeat", server: "n1" },
      ],
    }
    const { violation, schedule: taken } = project.replay(twice, schedule)
    const scenario = `a Raft in which everybody gets a vote\n${tellSchedule(schedule)}\nreplay`
    const explicit = project.replay(twice, schedule, project.properties)
    holds(violation !== null, `${scenario}: the violation`, "two leaders of one term, at the latest", "null")
    same(
      { violation, taken },
      { violation: explicit.violation, taken: explicit.schedule },
      `${scenario}, without and with \`properties\``,
    )
    const safety = project.properties.slice(0, 1)
    const second = project.replay(twice, schedule, safety)
    same(
      [second.violation?.property, second.schedule.actions.length],
      ["Election Safety", 6],
      `${scenario}, Election Safety only: the violated property, the number of actions taken`,
    )
    const right = project.replay(correct, { ...schedule, actions: schedule.actions.slice(0, 5) })
    same(
      right.violation,
      null,
      `a correct Raft\n${tellSchedule(schedule)}, up to the first leader: violation`,
    )
  })

  check(
    "8b.21",
    [14, 15, 16, 19],
    "random schedules: every world is what the actions make of the one before",
    () => {
      forSeeds(820, 12, (seed) => {
        const raft = seed % 2 === 0 ? correct : own
        const taken = wander(raft, seed % 3 === 0 ? 5 : 3, seed, 120, (expected, before, action) => {
          const acted = acts(raft, before, action)
          const scenario = `${tellWorld(before)}\n${tellAction(action)}`
          same(acted.world.nodes, expected.world.nodes, `${scenario}: the servers`)
          same(
            acted.world.inFlight.map(textOf).toSorted(),
            expected.world.inFlight.map(textOf).toSorted(),
            `${scenario}: what is under way`,
          )
          same(acted.world.history, expected.world.history, `${scenario}: the history`)
          same(acted.moment, expected.moment, `${scenario}: the moment`)
        })
        const strewn = taken.actions.flatMap((action, i) =>
          i % 7 === 0 ? [{ type: "crash", server: "n9" } as const, action] : [action],
        )
        const replayed = project.replay(raft, { ...taken, actions: strewn })
        same(
          replayed.schedule.actions,
          taken.actions,
          `a random schedule with impossible actions in between, replayed`,
        )
      })
    },
    { slow: 6 },
  )
})
