import { check, group, holds, refuses, same, show } from "#suite"
import type { Effect, RaftNode } from "../../projects/03-planning/contract.ts"
import type { Always, Moment, Property } from "../../projects/08-testing/contract.ts"
import type { Distribution, Fault, SimulateOptions } from "../../projects/09-simulation/contract.ts"
import { project } from "./project.ts"
import { always, between, crash, linesOf, never, pause, run, type Run } from "./runs.ts"
import { applied, counter, note, silent, stepsOf, toy } from "./toys.ts"

const leads = (node: RaftNode): Partial<RaftNode> => ({ role: "leader", leader: node.id })

/** A property that is broken when `broken` says so. */
function property(name: string, broken: (moment: Moment) => string | null): Always {
  return { kind: "always", name, of: "state", broken }
}

group("9e", "The run", () => {
  check("9e.42", [45], "the first property that is broken ends the run, at once", () => {
    const third = ({ after }: Moment) =>
      after.id === "n2" && stepsOf(after) === 3 ? `broken at ${after.id}` : null
    const properties: readonly Property[] = [
      { kind: "sometimes", name: "never", of: "state", happens: () => false },
      property("fine", () => null),
      property("first", third),
      property("second", third),
    ]
    const { violation, events } = run({ node: counter, timers: { heartbeat: 100 }, properties })
    const scenario = "two properties are broken by the third heartbeat (100 ms) of n2"
    same(violation, { property: "first", what: "broken at n2", at: 300 }, `${scenario}: violation`)
    const late = linesOf(events, "step").filter(
      ({ at, server }) => at > 300 || (at === 300 && server === "n3"),
    )
    same(events.at(-1)?.at, 300, `${scenario}: when the run ends`)
    same(
      late.filter(({ at }) => at > 300),
      [],
      `${scenario}: steps after that`,
    )
    const fine = run({ node: counter, timers: { heartbeat: 100 }, properties: properties.slice(0, 2) })
    same(
      fine.violation,
      null,
      "a `sometimes` property that never happens, and an `always` property that holds: violation",
    )
  })

  check(
    "9e.43",
    [45],
    "a moment is one server before and after, its effects, all servers as they are, and the history",
    () => {
      const moments: Moment[] = []
      const watch = property("watch", (moment) => {
        moments.push(moment)
        return null
      })
      const effect: Effect = { type: "resetElectionTimer" }
      const node = toy((self, { type }) => {
        if (type !== "heartbeatTimeout") return undefined
        return { save: true, set: leads(self), send: [note(self.id, "n1", 1)], effects: [effect] }
      })
      const faults = [crash("n1", 50, 5_000), crash("n2", 150, 1)]
      run({ node, servers: 2, timers: { heartbeat: 100 }, properties: [watch], faults, duration: 190 })
      const scenario =
        "n1 crashes at 50; n2 has a heartbeat at 100, where it becomes leader of term 1, and crashes at 150"
      const told = moments.map(({ before, after }) => [
        before.id,
        before.currentTerm,
        after.currentTerm,
        after.role,
      ])
      const expected = [
        ["n1", 0, 0, "follower"],
        ["n2", 0, 1, "leader"],
        ["n2", 1, 1, "follower"],
      ]
      same(
        told,
        expected,
        `${scenario}: the moments that properties see: whose, term before, term and role after`,
      )
      const [down, step, over] = moments
      same(down?.effects, [], `${scenario}: the effects of n1's crash`)
      same(
        step?.effects,
        [effect, { type: "send", message: note("n2", "n1", 1) }],
        `${scenario}: the effects of the heartbeat`,
      )
      same(over?.effects, [], `${scenario}: the effects of n2's crash`)
      same(
        step?.nodes.map(({ id, role }) => [id, role]),
        [
          ["n1", "follower"],
          ["n2", "leader"],
        ],
        `${scenario}: all servers at the heartbeat`,
      )
      same(
        over?.nodes.map(({ id, role }) => [id, role]),
        [
          ["n1", "follower"],
          ["n2", "follower"],
        ],
        `${scenario}: all servers at n2's crash`,
      )
      same(step?.history.leaders, { 1: "n2" }, `${scenario}: who has led, in the history at the heartbeat`)
    },
  )

  check("9e.44", [45], "a crash is judged as well, and without `properties` those of project 8 are", () => {
    const stale = property("keeps its role", ({ before, after }) =>
      before.role === "leader" && after.role !== "leader" ? "it does not lead any more" : null,
    )
    const node = toy((self) => ({ set: leads(self) }))
    const options = { node, servers: 1, timers: { heartbeat: 100 } }
    const { violation } = run({ ...options, properties: [stale], faults: [crash("n1", 250, 100)] })
    const expected = { property: "keeps its role", what: "it does not lead any more", at: 250 }
    same(violation, expected, "a leader crashes at 250, and a property does not like it: violation")

    const lines: string[] = []
    const both = toy((self) => ({ set: { ...leads(self), currentTerm: 1 } }))
    const judged = project.simulate({
      seed: 1,
      servers: 3,
      duration: 1_000,
      node: both,
      timers: { election: always(never), heartbeat: 100 },
      workload: null,
      onTrace: (line) => lines.push(line),
    })
    const told = "three servers become leaders of term 1 at 100, and no `properties` are given: violation"
    same([judged.violation?.property, judged.violation?.at], ["Election Safety", 100], told)
  })

  check("9e.45", [46], "a step that throws, or whose effects make no sense, is found out", () => {
    const throwing = toy((self, { type }) => {
      if (self.id === "n2" && type === "heartbeatTimeout" && stepsOf(self) === 2)
        throw new TypeError("no such luck")
      return undefined
    })
    const { violation, events } = run({ node: throwing, timers: { heartbeat: 100 } })
    const scenario = "n2's step throws a TypeError `no such luck` at its third heartbeat (100 ms)"
    same([violation?.property, violation?.at], ["step throws", 300], `${scenario}: violation`)
    const what = violation?.what ?? ""
    holds(what.includes("no such luck"), `${scenario}: what`, "the error's message", what)
    same(events.at(-1)?.at, 300, `${scenario}: when the run ends`)
    const accepting = toy((_, { type }) =>
      type === "heartbeatTimeout" ? { effects: [{ type: "accepted", index: 1, term: 1 }] } : undefined,
    )
    const accepted = run({ node: accepting, timers: { heartbeat: 100 } })
    const told =
      "a heartbeat (at 100) is answered with `accepted`, though nobody proposed anything: violation"
    same([accepted.violation?.property, accepted.violation?.at], ["step throws", 100], told)
    const said = accepted.violation?.what ?? ""
    holds(said.includes("proposal"), told, "the message of `serve`, which names `proposal`", said)
  })

  check("9e.46", [47], "without a leader in time after the last fault, the run ends: Recovery", () => {
    const options = { node: counter, timers: { heartbeat: 100 }, recovery: 500, duration: 3_000 }
    same(told(run(options)), ["Recovery", 500], "nobody ever leads, no faults, recovery 500 ms: violation")
    const faults = [crash("n1", 100, 1_500), crash("n2", 300, 200)]
    const scenario = "nobody ever leads, recovery 500 ms, the last fault is over at 1,600: violation"
    same(told(run({ ...options, faults })), ["Recovery", 2_100], scenario)
    const short = run({ ...options, faults, duration: 2_000 })
    same(short.violation, null, "the same, and the simulation ends at 2,000: violation")
    const bare = { seed: 1, servers: 3, duration: 6_000, node: counter, workload: null }
    same(
      told(project.simulate(bare)),
      ["Recovery", 5_000],
      "nobody ever leads, no faults, `recovery` is not given: violation",
    )
  })

  check("9e.47", [47], "a leader at some time since the end of the last fault is enough", () => {
    const options = { timers: { heartbeat: 100 }, recovery: 500, duration: 3_000, servers: 1 }
    const brief = toy((self) => ({ set: stepsOf(self) === 12 ? leads(self) : { role: "follower" } }))
    const first = run({ ...options, node: brief, faults: [pause("n1", 850, 10), pause("n1", 950, 10)] })
    same(
      first.violation,
      null,
      "the last fault is over at 960, n1 leads from 1,300 to 1,400, recovery 500 ms: violation",
    )
    const late = toy((self) => ({ set: stepsOf(self) >= 15 ? leads(self) : {} }))
    const second = run({ ...options, node: late, faults: [pause("n1", 950, 10)] })
    same(
      told(second),
      ["Recovery", 1_460],
      "the last fault is over at 960, n1 leads from 1,600 on, recovery 500 ms: violation",
    )
    const steady = toy((self) => ({ set: leads(self) }))
    same(
      run({ ...options, node: steady }).violation,
      null,
      "n1 leads from 100 on, recovery 500 ms: violation",
    )
    const old = run({ ...options, node: steady, faults: [pause("n1", 950, 10)] })
    same(old.violation, null, "n1 leads from 100 on, but for a pause that is over at 960: violation")
    // Its log tells that it has led before.
    const once = toy((self) => ({ set: self.currentTerm === 0 ? { ...leads(self), currentTerm: 1 } : {} }))
    const gone = run({ ...options, node: once, faults: [crash("n1", 950, 10)] })
    same(
      told(gone),
      ["Recovery", 1_460],
      "n1 leads from 100 until it crashes at 950, is up at 960, and leads no more: violation",
    )
  })

  check(
    "9e.48",
    [48],
    "a client that has given up too often in a row ends the run: Every client is answered",
    () => {
      const workload = { clients: 1, think: always(100), patience: 1_000, until: 40_000 }
      const options = { node: silent, servers: 1, timers: { heartbeat: 500 }, workload, duration: 40_000 }
      const scenario = "no request is ever answered; one client thinks 100 ms, "
      const usual = `${scenario}patience 1,000 ms, recovery 5,000 ms: violation`
      same(told(run({ ...options, recovery: 5_000 })), ["Every client is answered", 11_000], usual)
      const faults = [pause("n1", 100, 1_400)]
      const after = run({ ...options, recovery: 5_000, faults })
      same(told(after), ["Every client is answered", 12_100], `${usual}; the last fault is over at 1,500`)
      const patient = { ...options, workload: { ...workload, patience: 2_600 }, recovery: 5_000 }
      same(
        told(run(patient)),
        ["Every client is answered", 10_800],
        `${scenario}patience 2,600 ms, recovery 5,000 ms: violation`,
      )
      same(
        run({ ...options, recovery: 5_000, duration: 10_900 }).violation,
        null,
        `${usual}; the end is at 10,900`,
      )
    },
  )

  check("9e.49", [48], "an answer between is enough, and what happened before is no matter", () => {
    // Of five requests, one is answered.
    const node = toy((self, event) => {
      const set = {
        ...leads(self),
        matchIndex: { n: (self.matchIndex.n ?? 0) + (event.type === "propose" ? 1 : 0) },
      }
      const due = event.type === "propose" && set.matchIndex.n % 5 === 0 ? applied(self, event) : undefined
      return { ...due, set: { ...due?.set, ...set } }
    })
    const workload = { clients: 1, think: always(100), patience: 1_000, until: 60_000 }
    const options = {
      node,
      servers: 1,
      timers: { heartbeat: 500 },
      workload,
      duration: 60_000,
      recovery: 5_000,
    }
    const { violation, statistics } = run(options)
    const scenario = "one of five requests is answered; patience 1,000 ms, recovery 5,000 ms"
    same(violation, null, `${scenario}: violation`)
    holds(
      statistics.operations.answered > 5,
      scenario,
      "that some are answered",
      String(statistics.operations.answered),
    )
    const busy = run({ ...options, workload: { ...workload, clients: 4 }, node: silent, duration: 10_000 })
    same(
      busy.violation,
      null,
      "no request of four clients is ever answered, for 10,000 ms: violation (each must give up five)",
    )
  })

  check("9e.50", [49], "a storm of messages ends the run: Messages die down", () => {
    const doubling = toy(({ id }, { type }) => {
      const other = id === "n1" ? "n2" : "n1"
      if (type === "heartbeatTimeout") return { send: id === "n1" ? [note(id, other, 1)] : [] }
      return { send: [note(id, other, 1), note(id, other, 2)] }
    })
    const options = { servers: 2, timers: { heartbeat: 100 }, duration: 195 }
    const { violation } = run({ ...options, node: doubling })
    const scenario = "each message is answered with two, latency 5 ms; the first leaves at 100"
    same(
      told({ violation }),
      ["Messages die down", 170],
      `${scenario}, so 8,192 leave at 165, and 16,384 at 170: violation`,
    )
  })

  check("9e.51", [49], "so do messages that take no time and never end, and fewer do not", () => {
    const endless = toy(({ id }, { type }) => {
      const other = id === "n1" ? "n2" : "n1"
      return { send: type === "heartbeatTimeout" && id === "n2" ? [] : [note(id, other, 1)] }
    })
    const options = { servers: 2, timers: { heartbeat: 100 }, duration: 195 }
    const zero = run({ ...options, node: endless, network: { latency: always(0) } })
    same(
      told(zero),
      ["Messages die down", 100],
      "each message is answered with one, and takes no time; the first leaves at 100: violation",
    )
    const many = toy(({ id }, { type }) =>
      id === "n1" && type === "heartbeatTimeout"
        ? { send: Array.from({ length: 3_000 }, (_, i) => note("n1", "n2", i)) }
        : undefined,
    )
    const fine = run({ ...options, node: many, network: { latency: always(250) }, duration: 390 })
    same(fine.violation, null, "n1 sends 3,000 messages at 100, 200 and 300, which take 250 ms: violation")
    const storm = run({ ...options, node: many, network: { latency: always(350) }, duration: 490 })
    same(
      told(storm),
      ["Messages die down", 400],
      "n1 sends 3,000 messages at 100, 200, 300 and 400, which take 350 ms: violation",
    )
    const doubled = run({
      ...options,
      node: many,
      network: { latency: always(250), duplicate: 1 },
      duration: 390,
    })
    same(
      told(doubled),
      ["Messages die down", 200],
      "n1 sends 3,000 messages at 100 and at 200, each arrives twice, 250 ms later: violation",
    )
    const lost = run({ ...options, node: many, network: { latency: always(350), loss: 1 }, duration: 690 })
    same(lost.violation, null, "n1 sends 3,000 messages each 100 ms, all of which are lost: violation")
  })

  check("9e.52", [50], "options that make no sense are refused before anything happens", () => {
    const backwards: Distribution = { kind: "uniform", from: 5, to: 1 }
    const zero = always(0)
    const plan = { from: 0, until: 100, perMinute: { crash: 1 }, lasting: always(5) }
    const fault = (fault: Partial<Fault>): readonly Fault[] => [
      { kind: "crash", server: "n1", at: 0, for: 10, ...fault } as Fault,
    ]
    const wrong: readonly (readonly [string, Partial<SimulateOptions>])[] = [
      ["seed", { seed: 0.5 }],
      ["seed", { seed: -1 }],
      ["servers", { servers: 0 }],
      ["servers", { servers: 1.5 }],
      ["duration", { duration: -1 }],
      ["duration", { duration: Number.NaN }],
      ["timers.election", { timers: { election: zero } }],
      ["timers.election", { timers: { election: backwards } }],
      ["timers.heartbeat", { timers: { heartbeat: 0 } }],
      ["network.loss", { network: { loss: 1.5 } }],
      ["network.duplicate", { network: { duplicate: -0.1 } }],
      ["network.reorder", { network: { reorder: Number.NaN } }],
      ["network.latency", { network: { latency: backwards } }],
      ["network.links", { network: { links: { "n1>n2": { loss: 2 } } } }],
      ["disk", { disk: backwards }],
      ["workload.clients", { workload: { clients: -1 } }],
      ["workload.keys", { workload: { keys: 0 } }],
      ["workload.mix", { workload: { mix: { read: -1, write: 2, cas: 1 } } }],
      ["workload.think", { workload: { think: zero } }],
      ["workload.patience", { workload: { patience: -1 } }],
      ["workload.until", { workload: { until: Number.NaN } }],
      ["recovery", { recovery: -1 }],
      ["faults", { faults: fault({ at: -1 }) }],
      ["faults", { faults: fault({ for: Number.NaN }) }],
      ["faults", { faults: [crash("n4", 0, 10)] }],
      ["faults", { faults: [{ kind: "partition", inside: ["n1", "n9"], at: 0, for: 10 }] }],
      ["faults", { faults: [{ kind: "oneWay", from: ["n1"], to: ["n9"], at: 0, for: 10 }] }],
      ["faults", { faults: [{ kind: "drift", server: "n1", rate: 0, at: 0, for: 10 }] }],
      ["faults", { faults: [{ kind: "slowDisk", server: "n1", extra: backwards, at: 0, for: 10 }] }],
      ["faults.until", { faults: { ...plan, from: 200 } }],
      ["faults.perMinute", { faults: { ...plan, perMinute: { crash: -1 } } }],
      ["faults.lasting", { faults: { ...plan, lasting: backwards } }],
    ]
    for (const [path, options] of wrong) {
      let lines = 0
      const all = { seed: 1, servers: 3, duration: 100, node: counter, onTrace: () => lines++, ...options }
      refuses(() => project.simulate(all), "RangeError", [path], `three servers, and ${show(options)}`)
      same(lines, 0, `three servers, and ${show(options)}: lines of the trace`)
    }
    const odd = { seed: 2 ** 53 - 1, servers: 1, duration: 0, disk: between(0, 0), faults: [] }
    same(run({ node: counter, ...odd }).violation, null, `what makes sense: ${show(odd)}`)
  })
})

/** What was broken, and when. */
function told({ violation }: Pick<Run, "violation">): readonly unknown[] {
  return [violation?.property, violation?.at]
}
