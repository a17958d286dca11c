import { check, group, holds, same } from "#suite"
import type { RaftNode } from "../../projects/03-planning/contract.ts"
import type { Action, Property, Raft, Schedule } from "../../projects/08-testing/contract.ts"
import { requestVote, vote } from "../cluster/build.ts"
import { figure3, firstBroken, noServer, replay, wander } from "./model.ts"
import { concerned, isIn, project } from "./project.ts"
import { correct, withBug } from "./rafts.ts"
import { counters, notebooks, toy } from "./toys.ts"
import { tellAction, tellSchedule } from "./words.ts"

const twice = await withBug("vote-twice")
const gap = await withBug("log-gap")

/** A text's lines; those of the actions, found one after the other by their numbers; and what stands before and after. */
interface Story {
  readonly before: readonly string[]
  readonly actions: readonly string[]
  readonly after: readonly string[]
}

function readStory(text: string, count: number, scenario: string): Story {
  const lines = text.split("\n")
  const places: number[] = []
  for (let number = 1; number <= count; number++) {
    const from = places.at(-1) ?? -1
    const at = lines.findIndex((line, i) => i > from && startsWith(line, number))
    holds(
      at !== -1,
      `${scenario}\nexplain:\n${text}`,
      `a line that begins with "${String(number)}."`,
      "none, in this order",
    )
    places.push(at)
  }
  const [first = 0, last = -1] = [places[0], places.at(-1)]
  return {
    before: lines.slice(0, count === 0 ? lines.length : first),
    actions: places.map((at) => lines[at] ?? ""),
    after: lines.slice(last + 1),
  }
}

function startsWith(line: string, number: number): boolean {
  return new RegExp(`^\\s*${String(number)}\\.(\\s|$)`).test(line)
}

/** Explains, and checks all of rules 30 to 32. `schedule` has nothing in it that cannot happen. */
function explains(raft: Raft, schedule: Schedule, properties: readonly Property[], what: string): string {
  const { world, violation, schedule: taken } = replay(raft, schedule, properties)
  const text = project.explain(raft, schedule, properties)
  const scenario = `${what}\n${tellSchedule(schedule)}`
  const { before, actions, after } = readStory(text, taken.actions.length, scenario)
  const told = `${scenario}\nexplain:\n${text}`
  const head = before.join("\n")
  holds(head.trim() !== "", told, "what is broken, or that nothing is, before the first action", "nothing")
  if (violation) {
    holds(head.includes(violation.property), told, `"${violation.property}" at the beginning`, head)
    if (violation.property !== "step throws")
      holds(head.includes(violation.what), told, `"${violation.what}" at the beginning`, head)
  } else {
    const named = properties.filter(({ name }) => head.includes(name)).map(({ name }) => name)
    same(named, [], `${told}\nnothing is broken; properties named at the beginning`)
  }
  for (const [i, action] of taken.actions.entries()) {
    const line = actions[i] ?? ""
    holds(
      isIn(concerned(action), line),
      told,
      `${concerned(action)} in the line of action ${String(i + 1)}`,
      line,
    )
  }
  const more = after.find((line) => startsWith(line, taken.actions.length + 1))
  same(more ?? null, null, `${told}\na line for one action more than there were`)
  for (const node of world.nodes) hasRow(node, after, told)
  return text
}

/** Looks for a server's row in the tables: its name, the terms of its log in order, its role. */
function hasRow({ id, log, role }: RaftNode, lines: readonly string[], told: string): void {
  const terms = log.entries.map(({ term }) => term)
  const fits = lines.some((line) => {
    const row = line.trim()
    if (!row.startsWith(id) || /^[\w-]/.test(row.slice(id.length))) return false
    const end = row.lastIndexOf(role)
    if (end === -1) return false
    const numbers = (row.slice(id.length, end).match(/(?<![\w.])\d+/g) ?? []).map(Number)
    let at = 0
    for (const number of numbers) if (number === terms[at]) at++
    return at === terms.length
  })
  const expected = `a line behind the last action that begins with ${id}, has the terms ${terms.join(" ") || "(none)"}, and then ${role}`
  holds(fits, told, expected, lines.filter((line) => line.includes(id)).join("\n") || "no line with its name")
}

const elect: readonly Action[] = [
  { type: "timeout", server: "n1" },
  { type: "deliver", message: requestVote("n1", "n3", 1) },
  { type: "deliver", message: vote("n3", "n1", 1) },
]

group("8e", "Explain", () => {
  check("8e.1", [30, 31, 32], "a schedule that breaks nothing", () => {
    const schedule: Schedule = {
      servers: 3,
      actions: [
        ...elect,
        { type: "propose", server: "n1", command: "x" },
        { type: "drop", message: requestVote("n1", "n2", 1) },
        { type: "crash", server: "n2" },
        { type: "heartbeat", server: "n1" },
      ],
    }
    explains(correct, schedule, figure3, "a correct Raft")
  })

  check("8e.2", [30], "it begins with the property that is broken, and what it tells", () => {
    const second: readonly Action[] = [
      { type: "timeout", server: "n2" },
      { type: "deliver", message: requestVote("n2", "n3", 1) },
      { type: "deliver", message: vote("n3", "n2", 1) },
    ]
    const schedule: Schedule = { servers: 3, actions: [...elect, ...second] }
    explains(twice, schedule, figure3, "planted: vote-twice")
    const many = noServer("not too many", ({ commitIndex }) => commitIndex >= 2)
    const beats: Schedule = {
      servers: 2,
      actions: ["n1", "n2", "n2"].map((server) => ({ type: "heartbeat", server })),
    }
    explains(counters(9), beats, [many], "servers that count heartbeats; two are too many")
    const failing = toy((_, { type }) => {
      if (type === "propose") throw new RangeError("no proposals today")
      return undefined
    })
    const thrown: Schedule = {
      servers: 2,
      actions: [...beats.actions, { type: "propose", server: "n2", command: 1 }],
    }
    const text = explains(failing, thrown, figure3, "a step that throws at a proposal")
    const head = text.split("\n").slice(
      0,
      text.split("\n").findIndex((line) => startsWith(line, 1)),
    )
    holds(
      head.join("\n").includes("no proposals today"),
      `a step that throws "no proposals today"\nexplain:\n${text}`,
      "the error's message at the beginning",
      head.join("\n"),
    )
  })

  check("8e.3", [30, 31], "unless told otherwise, it goes by `properties`", () => {
    const schedule: Schedule = {
      servers: 3,
      actions: [
        ...elect,
        { type: "timeout", server: "n2" },
        { type: "deliver", message: requestVote("n2", "n3", 1) },
        { type: "deliver", message: vote("n3", "n2", 1) },
      ],
    }
    const text = project.explain(twice, schedule)
    same(
      text,
      project.explain(twice, schedule, project.properties),
      `planted: vote-twice\n${tellSchedule(schedule)}\nexplain, without and with \`properties\``,
    )
    const { property = "" } = replay(twice, schedule, project.properties).violation ?? {}
    const head = text
      .split("\n")
      .slice(
        0,
        text.split("\n").findIndex((line) => startsWith(line, 1)),
      )
      .join("\n")
    holds(
      head.includes(property),
      `planted: vote-twice\nexplain:\n${text}`,
      `"${property}" at the beginning`,
      head,
    )
  })

  check("8e.4", [31], "every kind of action is a line, with its number and the server it happens to", () => {
    const ask = (to: string) => requestVote("n1", to, 1)
    const actions: readonly Action[] = [
      { type: "timeout", server: "n1" },
      { type: "duplicate", message: ask("n2") },
      { type: "drop", message: ask("n3") },
      { type: "heartbeat", server: "n3" },
      { type: "deliver", message: ask("n2") },
      { type: "crash", server: "n2" },
      { type: "propose", server: "n3", command: { put: ["k", "v"] } },
      { type: "timeout", server: "n1" },
      { type: "timeout", server: "n3" },
      { type: "heartbeat", server: "n2" },
      { type: "drop", message: requestVote("n1", "n3", 2) },
    ]
    explains(correct, { servers: 3, actions }, figure3, "a correct Raft")
    for (const action of actions.slice(0, 1)) {
      explains(
        correct,
        { servers: 3, actions: [action] },
        figure3,
        `a correct Raft, only: ${tellAction(action)}`,
      )
    }
  })

  check("8e.5", [32], "the tables show the terms of the logs as they are in the end", () => {
    const note = (server: string): Action => ({ type: "propose", server, command: "a command" })
    const timeouts = (server: string, n: number) =>
      Array.from({ length: n }, (): Action => ({ type: "timeout", server }))
    const both = toy((node, event) => {
      if (event.type === "electionTimeout")
        return { set: { currentTerm: node.currentTerm + 1, role: "candidate" } }
      if (event.type === "heartbeatTimeout") return { set: { role: "leader" } }
      return notebooks.step(node, event).state === node
        ? undefined
        : { set: notebooks.step(node, event).state }
    })
    const actions = [
      ...timeouts("n1", 31),
      note("n1"),
      note("n1"),
      ...timeouts("n1", 4),
      note("n1"),
      ...timeouts("n2", 33),
      note("n2"),
      { type: "heartbeat", server: "n1" } as const,
    ]
    explains(
      both,
      { servers: 3, actions },
      [],
      "servers that note every command, and count timeouts as terms",
    )
  })

  check("8e.6", [30, 31, 32], "what was found in random schedules", () => {
    for (const [raft, seed] of [
      [gap, 5],
      [twice, 26],
      [gap, 2],
    ] as const) {
      const schedule = wander(
        raft,
        3,
        seed,
        250,
        ({ moment }) => moment !== null && firstBroken(figure3, moment) !== null,
      )
      explains(raft, schedule, figure3, `a planted bug, random schedule ${String(seed)}`)
    }
    const schedule = wander(correct, 5, 3, 120, () => false)
    explains(correct, schedule, figure3, "a correct Raft of five servers, a random schedule")
  })
})
