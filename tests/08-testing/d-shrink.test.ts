import { check, forSeeds, group, holds, refuses, same } from "#suite"
import type { Json } from "../../projects/03-planning/contract.ts"
import type { Action, Always, Property, Raft, Schedule } from "../../projects/08-testing/contract.ts"
import { requestVote } from "../cluster/build.ts"
import { Random } from "../cluster/random.ts"
import { figure3, firstBroken, noServer, replay, wander } from "./model.ts"
import { project } from "./project.ts"
import { correct, withBug } from "./rafts.ts"
import { counters, notebooks, toy } from "./toys.ts"
import { tellAction, tellSchedule } from "./words.ts"

const figure8 = await withBug("commit-old-term")

/** Planted bugs, and seeds with which the suite's own random schedules break something. */
const planted = await Promise.all(
  (
    [
      ["vote-twice", [6, 26]],
      ["log-gap", [2, 5]],
      ["rep-match-guess", [1, 6]],
      ["count-refusals", [6, 7]],
      ["elected-commits", [2, 8]],
      ["vote-length-only", [33]],
    ] as const
  ).map(async ([id, seeds]) => ({ id, seeds, raft: await withBug(id) })),
)

const heartbeat = (server: string): Action => ({ type: "heartbeat", server })
const propose = (server: string, command: Json): Action => ({ type: "propose", server, command })

/** A random schedule up to its first violation. */
function violating(raft: Raft, seed: number): Schedule {
  const schedule = wander(
    raft,
    3,
    seed,
    250,
    ({ moment }) => moment !== null && firstBroken(figure3, moment) !== null,
  )
  if (replay(raft, schedule, figure3).violation) return schedule
  throw new Error(`seed ${String(seed)} breaks nothing any more: look for another one`)
}

/**
 * Shrinks, and checks by the suite's own replay that the same property is broken, and that nothing can be left out.
 * @returns what is left
 */
function shrinks(raft: Raft, schedule: Schedule, properties: readonly Property[], what: string): Schedule {
  const whole = replay(raft, schedule, properties)
  if (!whole.violation) throw new Error(`${what}: the schedule breaks nothing`)
  const { property } = whole.violation
  const small = project.shrink(raft, schedule, properties)
  const scenario = `${what}\n${tellSchedule(schedule, 12)}\nwhich breaks "${property}", shrunk to\n${tellSchedule(small)}`
  const again = replay(raft, small, properties)
  same(small.servers, schedule.servers, `${scenario}\nthe number of servers`)
  same(again.violation?.property ?? null, property, `${scenario}\nthe property that it breaks`)
  same(
    again.schedule.actions.length,
    small.actions.length,
    `${scenario}\nactions that can be taken, up to the violation`,
  )
  for (const [i, action] of small.actions.entries()) {
    const without = { ...small, actions: small.actions.toSpliced(i, 1) }
    holds(
      replay(raft, without, properties).violation?.property !== property,
      scenario,
      "that every action is needed",
      `number ${String(i + 1)} is not: ${tellAction(action)}`,
    )
  }
  return small
}

/**
 * Servers that note commands; broken when n1 notes the command "now" and what it has noted before passes a test. So a
 * schedule can be any puzzle.
 */
function puzzle(passes: (noted: ReadonlySet<Json>) => boolean): Always {
  return noServer("the puzzle", ({ id, log }) => {
    const noted = log.entries.map(({ command }) => command)
    return id === "n1" && noted.at(-1) === "now" && passes(new Set(noted.slice(0, -1)))
  })
}

function proposals(commands: readonly Json[]): Schedule {
  return { servers: 2, actions: [...commands, "now"].map((command) => propose("n1", command)) }
}

group("8d", "Shrink", () => {
  check("8d.1", [27, 28], "what has nothing to do with it goes", () => {
    const three = noServer("two heartbeats at most", ({ commitIndex }) => commitIndex >= 3)
    const [h1, h2, other] = [heartbeat("n1"), heartbeat("n2"), propose("n1", "x")]
    const schedule = {
      servers: 2,
      actions: [h2, other, h1, other, h1, h2, { type: "timeout", server: "n2" } as const, h1],
    }
    const small = shrinks(counters(9), schedule, [three], "servers that count heartbeats")
    same(
      small.actions,
      [h1, h1, h1],
      `${tellSchedule(schedule)}\nwhat is left when two heartbeats are allowed`,
    )
  })

  check("8d.2", [28], "what is behind the violation goes, and what cannot happen", () => {
    const three = noServer("two heartbeats at most", ({ commitIndex }) => commitIndex >= 3)
    const h1 = heartbeat("n1")
    const impossible: Action = { type: "drop", message: requestVote("n1", "n2", 5) }
    const actions = [impossible, h1, h1, heartbeat("n5"), h1, h1, heartbeat("n2"), impossible, h1]
    const small = shrinks(counters(9), { servers: 2, actions }, [three], "servers that count heartbeats")
    same(small.actions, [h1, h1, h1], "what is left when two heartbeats are allowed")
  })

  check("8d.3", [28], "a schedule that has nothing too much stays as it is", () => {
    const three = noServer("two heartbeats at most", ({ commitIndex }) => commitIndex >= 3)
    const actions = [heartbeat("n2"), heartbeat("n2"), heartbeat("n2")]
    same(
      project.shrink(counters(9), { servers: 2, actions }, [three]).actions,
      actions,
      "three heartbeats of n2",
    )
    const one = noServer("no heartbeat at all", ({ commitIndex }) => commitIndex >= 1)
    same(
      project.shrink(counters(9), { servers: 1, actions: [heartbeat("n1")] }, [one]).actions.length,
      1,
      "one action",
    )
  })

  check(
    "8d.4",
    [28],
    "an action that can go only when another is gone goes, too, in whatever order they stand",
    () => {
      const n = 12
      /** 1 can always go, 2 when 1 is gone, and so on. */
      const chain = puzzle((noted) =>
        Array.from({ length: n - 1 }, (_, i) => i + 1).every((i) => !noted.has(i) || noted.has(i + 1)),
      )
      const up = Array.from({ length: n }, (_, i) => i + 1)
      const scattered = up.map((_, i) => (i % 2 === 0 ? n - i / 2 : (i + 1) / 2))
      for (const commands of [up, up.toReversed(), scattered, scattered.toReversed()]) {
        const what = `servers that note commands; number k can be left out once all below k are: ${commands.join(", ")}`
        const small = shrinks(notebooks, proposals(commands), [chain], what)
        same(small.actions.length, 1, `${what}\nhow many are left`)
      }
    },
  )

  check(
    "8d.5",
    [27, 28],
    "random puzzles",
    () => {
      forSeeds(850, 60, (seed) => {
        const random = new Random(seed)
        const n = 4 + random.below(12)
        const clauses = Array.from(
          { length: n },
          () => [1 + random.below(n), 1 + random.below(n), random.below(3)] as const,
        )
        const property = puzzle((noted) =>
          clauses.every(([a, b, kind]) =>
            kind === 0 ? noted.has(a) || noted.has(b) : !noted.has(a) || noted.has(b),
          ),
        )
        const told = clauses.map(
          ([a, b, kind]) => `${String(a)} ${kind === 0 ? "or" : "only with"} ${String(b)}`,
        )
        const commands = Array.from({ length: n }, (_, i) => i + 1).toSorted(() => random.next() - 0.5)
        shrinks(
          notebooks,
          proposals(commands),
          [property],
          `servers that note commands; needed: ${told.join(", ")}`,
        )
      })
    },
    { slow: 6 },
  )

  check("8d.6", [27], "it does not shrink to another violation", () => {
    const patient = toy((node, { type }) => {
      if (type === "heartbeatTimeout") return { set: { commitIndex: node.commitIndex + 1 } }
      if (type === "electionTimeout" && node.commitIndex === 0) return { set: { role: "leader" } }
      return undefined
    })
    const three = noServer("two heartbeats at most", ({ commitIndex }) => commitIndex >= 3)
    const nobody = noServer("nobody leads", ({ role }) => role === "leader")
    const timeout: Action = { type: "timeout", server: "n2" }
    const [h1, h2] = [heartbeat("n1"), heartbeat("n2")]
    for (const properties of [
      [three, nobody],
      [nobody, three],
    ]) {
      const schedule = { servers: 2, actions: [h2, timeout, h1, timeout, h1, timeout, h1] }
      const what = "servers that lead when they time out before their first heartbeat"
      const small = shrinks(patient, schedule, properties, what)
      same(small.actions, [h1, h1, h1], `${what}\n${tellSchedule(schedule)}\nwhat is left`)
    }
  })

  check("8d.7", [27, 28], "a step that throws", () => {
    const failing = toy((node, { type }) => {
      if (type === "electionTimeout" && node.commitIndex === 2) throw new RangeError("the clock is broken")
      return type === "heartbeatTimeout" ? { set: { commitIndex: node.commitIndex + 1 } } : undefined
    })
    const [h1, h2, t1]: readonly Action[] = [
      heartbeat("n1"),
      heartbeat("n2"),
      { type: "timeout", server: "n1" },
    ]
    if (!h1 || !h2 || !t1) return
    const schedule = { servers: 2, actions: [t1, h2, h1, t1, h2, h1, h2, t1] }
    const what = "a step that throws at a timeout after two heartbeats"
    const small = shrinks(failing, schedule, figure3, what)
    same(small.actions, [h1, h1, t1], `${what}\n${tellSchedule(schedule)}\nwhat is left`)
  })

  check("8d.8", [27, 28], "a copy that is needed stays", () => {
    const asked = toy((node, event) => {
      if (event.type === "electionTimeout" && node.currentTerm === 0) {
        return { set: { currentTerm: 1 }, send: [requestVote(node.id, "n2", 1)] }
      }
      return event.type === "RequestVote" ? { set: { commitIndex: node.commitIndex + 1 } } : undefined
    })
    const twice = noServer("nobody is asked three times", ({ commitIndex }) => commitIndex === 3)
    const message = requestVote("n1", "n2", 1)
    const actions: readonly Action[] = [
      { type: "timeout", server: "n1" },
      { type: "heartbeat", server: "n2" },
      { type: "duplicate", message },
      { type: "crash", server: "n3" },
      { type: "duplicate", message },
      { type: "deliver", message },
    ]
    const small = shrinks(asked, { servers: 3, actions }, [twice], "a message that arrives three times")
    same(small.actions.length, 4, "a message that arrives three times: how many actions are left")
  })

  check("8d.9", [29], "nothing to shrink is refused", () => {
    const schedule = { servers: 3, actions: [heartbeat("n1"), { type: "timeout", server: "n2" } as const] }
    refuses(
      () => project.shrink(correct, schedule),
      "Error",
      [],
      `a correct Raft\n${tellSchedule(schedule)}\nshrink`,
    )
    refuses(
      () => project.shrink(correct, { servers: 3, actions: [] }),
      "Error",
      [],
      "an empty schedule: shrink",
    )
    const three = noServer("two heartbeats at most", ({ commitIndex }) => commitIndex >= 3)
    const two = { servers: 2, actions: [heartbeat("n1"), heartbeat("n1")] }
    const scenario = `servers that count; two heartbeats are allowed\n${tellSchedule(two)}\nshrink`
    refuses(() => project.shrink(counters(9), two, [three]), "Error", [], scenario)
  })

  check(
    "8d.10",
    [27, 28],
    "long random schedules of Rafts with planted bugs: in the end, every action is needed",
    () => {
      for (const { id, seeds, raft } of planted) {
        for (const seed of seeds) {
          const schedule = violating(raft, seed)
          shrinks(raft, schedule, figure3, `planted: ${id}, random schedule ${String(seed)}`)
        }
      }
    },
    { slow: 10 },
  )

  check(
    "8d.11",
    [27, 28],
    "Figure 8",
    () => {
      const schedule = violating(figure8, 118)
      const small = shrinks(
        figure8,
        schedule,
        figure3,
        "planted: counts copies of an older term's entry (Figure 8)",
      )
      const read = JSON.parse(JSON.stringify(schedule)) as Schedule
      shrinks(figure8, read, figure3, "Figure 8, the schedule read from a file")
      const again = shrinks(figure8, small, figure3, "Figure 8, shrunk once more")
      holds(
        again.actions.length <= small.actions.length,
        "Figure 8, shrunk twice",
        `at most ${String(small.actions.length)} actions`,
        String(again.actions.length),
      )
    },
    { slow: 5, points: 2 },
  )

  check(
    "8d.12",
    [27, 28],
    "unless told otherwise, by `properties`; and what was given stays as it was",
    () => {
      const [first] = planted
      if (!first) return
      const schedule = violating(first.raft, 26)
      const text = JSON.stringify(schedule)
      const small = project.shrink(first.raft, schedule)
      const told = `planted: ${first.id}\n${tellSchedule(schedule, 12)}\nshrunk to\n${tellSchedule(small)}`
      same(
        small,
        project.shrink(first.raft, schedule, project.properties),
        `${told}\nthe same by \`properties\``,
      )
      const { violation } = replay(first.raft, small, project.properties)
      holds(violation !== null, `${told}\nthe property that it breaks`, "one of `properties`", "none")
      same(JSON.stringify(schedule), text, `${told}\nthe schedule that was given`)
      same(project.shrink(first.raft, schedule), small, `${told}\nthe same once more`)
    },
  )
})
