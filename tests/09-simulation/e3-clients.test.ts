import { check, group, holds, same, show } from "#suite"
import type { Effect } from "../../projects/03-planning/contract.ts"
import type { Fault, Operation, Workload } from "../../projects/09-simulation/contract.ts"
import { endOf } from "../cluster/build.ts"
import { always, between, crash, every, linesOf, pause, run, times } from "./runs.ts"
import { applied, notary, noting, silent, stepsOf, toy, type Seen } from "./toys.ts"

const proposals = "propose"

/** One client of a single server, who thinks 50 ms; requests and answers take 5 ms each. */
const one: Partial<Workload> = { clients: 1, keys: 1, think: always(50), patience: 500, until: 1_000_000 }

const refused = (leader: string | null): Effect => ({ type: "refused", leader })

group("9e", "The run", () => {
  check("9e.30", [40, 41], "a client thinks, asks, and has its answer, one thing at a time", () => {
    const result = run({ node: notary, servers: 1, workload: { ...one, until: 800 } })
    const scenario =
      "one client thinks 50 ms, request and answer take 5 ms each, the server answers at once; until 800"
    same(times(result, "n1", proposals), every(60, 55, 780), `${scenario}: when the server is asked`)
    same(
      result.history.map(({ invoked }) => invoked),
      every(60, 50, 800),
      `${scenario}: invoked`,
    )
    same(
      result.history.map(({ returned }) => returned),
      every(60, 60, 780),
      `${scenario}: returned`,
    )
    same(new Set(result.history.map(({ client, key }) => `${client} ${key}`)), new Set(["c1 k1"]), scenario)
  })

  check(
    "9e.31",
    [40, 43],
    "it thinks after giving up, too; and no request is asked for after `until`",
    () => {
      const result = run({ node: silent, servers: 1, workload: { ...one, patience: 90, until: 700 } })
      const scenario = "one client thinks 50 ms and waits 90 ms for an answer that never comes; until 700"
      same(
        result.history.map(({ invoked }) => invoked),
        every(140, 50, 610),
        `${scenario}: invoked`,
      )
      same(
        result.history.map(({ returned }) => returned),
        [null, null, null, null, null],
        `${scenario}: returned`,
      )
      const returns = linesOf(result.events, "return").map(({ at, answered }) => [at, answered])
      same(
        returns,
        every(140, 140, 700).map((at) => [at, false]),
        `${scenario}: \`return\` lines`,
      )
      same(result.statistics.operations, { answered: 0, gaveUp: 5 }, scenario)
    },
  )

  check(
    "9e.32",
    [40],
    "clients are c1, c2, …; keys are as likely, the mix is by weights, and each value is new",
    () => {
      const workload = {
        clients: 4,
        keys: 3,
        mix: { read: 5, write: 3, cas: 2 },
        think: between(5, 15),
        until: 5_000,
      }
      const { history } = run({
        node: notary,
        servers: 1,
        workload,
        network: { latency: always(0) },
        duration: 5_000,
      })
      const scenario = "four clients, three keys, weights 5 (read), 3 (write) and 2 (cas)"
      const count = (of: (operation: Operation) => string) => {
        const counts: Record<string, number> = {}
        for (const operation of history) counts[of(operation)] = (counts[of(operation)] ?? 0) + 1
        return counts
      }
      const portion = (
        what: string,
        of: (operation: Operation) => string,
        parts: Readonly<Record<string, number>>,
      ) => {
        const counts = count(of)
        same(Object.keys(counts).sort(), Object.keys(parts).sort(), `${scenario}: ${what}`)
        for (const [name, part] of Object.entries(parts)) {
          const got = (counts[name] ?? 0) / history.length
          const expected = `about ${part.toFixed(2)} of all`
          holds(Math.abs(got - part) < 0.06, `${scenario}: ${what} ${name}`, expected, got.toFixed(3))
        }
      }
      holds(
        history.length > 1_500,
        `${scenario}, thinking 5 to 15 ms, 5 seconds`,
        "about 2,000 requests",
        String(history.length),
      )
      portion("client", ({ client }) => client, { c1: 0.25, c2: 0.25, c3: 0.25, c4: 0.25 })
      portion("key", ({ key }) => key, { k1: 1 / 3, k2: 1 / 3, k3: 1 / 3 })
      portion("type", ({ type }) => type, { read: 0.5, write: 0.3, cas: 0.2 })
      const values = history.flatMap((operation) => (operation.type === "read" ? [] : [operation.value]))
      same(new Set(values).size, values.length, `${scenario}: different values among those that are written`)
    },
  )

  check(
    "9e.33",
    [41],
    "answers are the state machine's, request and answer are never lost, and no command is null",
    () => {
      const seen: Seen[] = []
      const workload = {
        clients: 3,
        keys: 2,
        mix: { read: 1, write: 1, cas: 1 },
        think: between(5, 50),
        until: 4_500,
      }
      const network = { latency: always(0), loss: 1, duplicate: 1, reorder: 1 }
      const { history } = run({ node: noting(notary, seen), servers: 1, workload, network, duration: 5_000 })
      const scenario =
        "three clients of a server that carries out each command at once; the network between servers loses all"
      same(
        history.filter(({ returned }) => returned === null),
        [],
        `${scenario}: requests without an answer`,
      )
      const commands = seen.flatMap(({ event }) => (event.type === "propose" ? [event.command] : []))
      same(commands.length, history.length, `${scenario}: commands that are proposed`)
      same(
        commands.filter((command) => command === null),
        [],
        `${scenario}: commands that are null`,
      )
      const values = new Map<string, string>()
      for (const operation of history) {
        const value = values.get(operation.key) ?? null
        const told = `${scenario}, one after the other: ${show(operation)}`
        if (operation.type === "read")
          same(operation.result, value, `${told}, while the value is ${show(value)}: result`)
        if (operation.type === "cas")
          same(
            operation.done,
            operation.expected === value,
            `${told}, while the value is ${show(value)}: done`,
          )
        if (operation.type === "write" || (operation.type === "cas" && operation.done === true))
          values.set(operation.key, operation.value)
      }
    },
  )

  check("9e.34", [41], "a request is answered when its entry is applied, and not before", () => {
    const late = toy((node, event) => {
      if (event.type === "propose") {
        const { effects = [], set } = applied(node, event) ?? {}
        return { ...(set && { set }), effects: effects.slice(0, 1) }
      }
      const entries = node.log.entries.slice(node.lastApplied)
      return {
        set: { lastApplied: endOf(node.log) },
        effects: entries.map((entry, i) => ({ type: "apply", index: node.lastApplied + i + 1, entry })),
      }
    })
    const result = run({ node: late, servers: 1, workload: one, timers: { heartbeat: 200 } })
    const scenario =
      "a server that applies at its heartbeats (200 ms); one client thinks 50 ms, messages take 5 ms"
    same(
      result.history.map(({ invoked }) => invoked),
      [50, 255, 455, 655, 855],
      `${scenario}: invoked`,
    )
    same(
      result.history.map(({ returned }) => returned).slice(0, 4),
      [205, 405, 605, 805],
      `${scenario}: returned`,
    )
  })

  check("9e.35", [42], "who is refused asks the leader that was named", () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
      const asked: string[] = []
      const node = toy((self, event) => {
        if (event.type !== "propose") return undefined
        asked.push(self.id)
        return self.id === "n3" ? applied(self, event) : { effects: [refused("n3")] }
      })
      const { history, statistics } = run({ seed, node, workload: { ...one, until: 2_000 }, duration: 5_000 })
      const scenario = `n1 and n2 refuse and name n3, which carries out everything; one client (seed ${String(seed)})`
      holds(history.length > 10, scenario, "many requests", String(history.length))
      same(statistics.operations, { answered: history.length, gaveUp: 0 }, `${scenario}: operations`)
      const astray = asked.findIndex((id, i) => i > 0 && id !== "n3" && asked[i - 1] !== "n3")
      same(
        astray,
        -1,
        `${scenario}, asked in this order: ${asked.slice(0, 12).join(", ")}: where n3 is not asked after a refusal`,
      )
      same(asked.filter((id) => id === "n3").length, history.length, `${scenario}: how often n3 is asked`)
    }
  })

  check("9e.36", [42], "who is refused without a name asks anywhere", () => {
    const node = toy((self, event) => {
      if (event.type !== "propose") return undefined
      return self.id === "n3" ? applied(self, event) : { effects: [refused(null)] }
    })
    const options = { workload: { ...one, patience: 20_000, until: 20_000 }, duration: 50_000 }
    const { history, statistics } = run({ node, ...options })
    const scenario = "n1 and n2 refuse and name nobody, n3 carries out everything; patience 20,000 ms"
    holds(history.length > 5, scenario, "many requests", String(history.length))
    same(statistics.operations, { answered: history.length, gaveUp: 0 }, `${scenario}: operations`)
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { history: others, statistics: counted } = run({
        seed,
        node: notary,
        ...options,
        faults: [crash("n1", 0.5, 49_000), crash("n2", 0.5, 49_000)],
      })
      holds(
        others.length > 5,
        "n1 and n2 are down, n3 carries out everything",
        "many requests",
        String(others.length),
      )
      const down = "n1 and n2 are down and refuse, n3 carries out everything: operations"
      same(counted.operations, { answered: others.length, gaveUp: 0 }, down)
    }
  })

  check(
    "9e.37",
    [42],
    "what was overwritten is asked again; two servers that name each other do not stop the clock",
    () => {
      let count = 0
      const node = toy((self, event) => {
        if (event.type !== "propose" || count++ % 2 === 1) return applied(self, event)
        const index = endOf(self.log) + 1
        const other = { term: self.currentTerm + 1, command: null }
        return {
          save: true,
          set: { log: { ...self.log, entries: [...self.log.entries, other] } },
          effects: [
            { type: "accepted", index, term: self.currentTerm },
            { type: "apply", index, entry: other },
          ],
        }
      })
      const { history, statistics } = run({
        node,
        servers: 1,
        workload: { ...one, until: 3_000 },
        duration: 5_000,
      })
      const scenario =
        "every second proposal is accepted, and overwritten at once; the others are carried out"
      same(statistics.operations, { answered: history.length, gaveUp: 0 }, `${scenario}: operations`)
      holds(
        count === 2 * history.length && count > 0,
        `${scenario}: proposals`,
        `twice as many as the ${String(history.length)} requests`,
        String(count),
      )

      const quarrel = toy(({ id }, { type }) =>
        type === "propose" ? { effects: [refused(id === "n1" ? "n2" : "n1")] } : undefined,
      )
      const options = { node: quarrel, servers: 2, workload: one, network: { latency: always(0) } }
      const told = "n1 and n2 name each other, and no message takes any time: when the simulation ends"
      same(run(options).events.at(-1)?.at, 1_000, told)
    },
  )

  check("9e.38", [43, 44], "who gave up hears nothing any more, and does not ask again", () => {
    const slow = run({
      node: notary,
      servers: 1,
      workload: { ...one, patience: 30 },
      network: { latency: always(40) },
    })
    const scenario = "request and answer take 40 ms each, patience is 30 ms, thinking 50 ms"
    same(
      slow.history.map(({ invoked }) => invoked),
      every(80, 50, 1_000),
      `${scenario}: invoked`,
    )
    same(
      slow.history.filter(({ returned }) => returned !== null),
      [],
      `${scenario}: requests that returned`,
    )
    same(times(slow, "n1", proposals), every(80, 90, 980), `${scenario}: when the server is asked`)
    const gone = slow.history.flatMap((each) => (each.type === "cas" ? [each.done] : []))
    same(
      gone.filter((done) => done !== null),
      [],
      `${scenario}: what a cas has learned`,
    )

    const refusing = toy((_, { type }) => (type === "propose" ? { effects: [refused(null)] } : undefined))
    const far = run({
      node: refusing,
      servers: 1,
      workload: { ...one, think: always(150), patience: 60 },
      network: { latency: always(40) },
    })
    const told =
      "the server refuses; request and answer take 40 ms each, patience is 60 ms, thinking 150 ms: when the server is asked"
    same(times(far, "n1", proposals), every(210, 190, 820), told)

    const near = run({
      node: refusing,
      servers: 1,
      workload: { ...one, think: always(2_000), patience: 300 },
      duration: 30_000,
    })
    const asked = times(near, "n1", proposals)
    const late = asked.filter((at) => near.history.every(({ invoked }) => at < invoked || at > invoked + 306))
    same(
      late,
      [],
      "the server refuses; messages take 5 ms, patience is 300 ms, thinking 2,000 ms: asked after giving up",
    )
  })

  check("9e.39", [33], "a crash forgets who waits for an answer, and what the state machine knew", () => {
    // A heartbeat applies the whole log.
    const late = toy((node, event) => {
      const entries = node.log.entries.map((entry, i): Effect => ({ type: "apply", index: i + 1, entry }))
      if (event.type === "heartbeatTimeout") return { effects: entries }
      const { set, effects = [] } = applied(node, event) ?? {}
      return { ...(set && { set }), effects: effects.slice(0, 1) }
    })
    const options = {
      servers: 1,
      workload: { ...one, think: always(100), patience: 600 },
      timers: { heartbeat: 200 },
    }
    const { history } = run({ node: late, ...options, faults: [crash("n1", 150, 20)], duration: 690 })
    const scenario =
      "a proposal at 105 is in the log; n1 is down from 150 to 170, forgets who waits, and at 370 applies its whole log again; the client waits until the end"
    same(
      history.map(({ invoked, returned }) => [invoked, returned]),
      [[100, null]],
      `${scenario}: requests, invoked and returned`,
    )

    const workload = { ...one, keys: 1, mix: { read: 3, write: 1, cas: 0 }, until: 9_000 }
    const crashes = [2_960, 5_000, 7_000]
    const faults = crashes.map((at) => crash("n1", at, 10))
    const after = run({ node: notary, servers: 1, workload, duration: 10_000, faults })
    let value: string | null = null
    const told =
      "a server that applies only what is new, and crashes at 2,960, 5,000 and 7,000: its state machine begins anew"
    for (const operation of after.history) {
      if (operation.returned === null) continue
      while (operation.returned > (crashes[0] ?? Infinity)) {
        crashes.shift()
        value = null
      }
      if (operation.type === "write") value = operation.value
      if (operation.type === "read")
        same(operation.result, value, `${told}: a read at ${String(operation.invoked)}`)
    }
  })

  check("9e.40", [33, 34, 37], "clients are kept waiting by a pause, never by a partition", () => {
    const cut: Fault = { kind: "partition", inside: ["n1"], at: 10, for: 900 }
    const oneWay: Fault = { kind: "oneWay", from: ["n1"], to: ["n2"], at: 10, for: 900 }
    const { history } = run({ node: notary, servers: 2, workload: one, faults: [cut, oneWay] })
    const scenario = "n1 and n2 answer every client at once, and are cut off from each other from 10 to 910"
    same(
      history.map(({ invoked }) => invoked),
      every(60, 50, 1_000),
      `${scenario}: invoked`,
    )
    const paused = run({
      node: notary,
      servers: 1,
      workload: one,
      faults: [pause("n1", 100, 200)],
      duration: 320,
    })
    same(
      paused.history.map(({ returned }) => returned),
      [60, 305],
      "thinking 50 ms, messages 5 ms, and the server pauses from 100 to 300: returned",
    )
  })

  check(
    "9e.41",
    [44],
    "the history has every request once, in the order of asking, with the times at the client",
    () => {
      const workload = { clients: 5, keys: 2, think: between(5, 60), patience: 40, until: 2_000 }
      const node = toy((self, event) => (stepsOf(self) % 4 === 3 ? undefined : applied(self, event)))
      const network = { latency: between(1, 30) }
      const { history, events } = run({ node, servers: 1, workload, network, duration: 2_010 })
      const invoked = linesOf(events, "invoke").map(({ at, client, key, what }) => [at, client, key, what])
      const scenario = "five clients of a server that answers three of four requests; some answers are late"
      same(
        history.map(({ invoked, client, key, type }) => [invoked, client, key, type]),
        invoked,
        `${scenario}: the history, and the trace's \`invoke\` lines`,
      )
      const returned = linesOf(events, "return").flatMap(({ at, client, answered }) =>
        answered ? [`${client} at ${String(at)}`] : [],
      )
      const got = [...history]
        .sort((a, b) => (a.returned ?? 0) - (b.returned ?? 0))
        .flatMap(({ client, returned }) => (returned === null ? [] : [`${client} at ${String(returned)}`]))
      same(got, returned, `${scenario}: what returned, and the trace's \`return\` lines`)
      const given = linesOf(events, "return").length - returned.length
      holds(
        given > 3 && returned.length > 20,
        scenario,
        "that some give up, and many have an answer",
        `${String(given)} and ${String(returned.length)}`,
      )
      const ended = run({ node: silent, servers: 1, workload: { ...one, patience: 500 }, duration: 620 })
      const told = "one client thinks 50 ms and gives up after 500 ms; the simulation ends at 620"
      same(
        ended.history.map(({ invoked, returned }) => [invoked, returned]),
        [
          [50, null],
          [600, null],
        ],
        `${told}: requests, invoked and returned`,
      )
      same(
        linesOf(ended.events, "return").map(({ at }) => at),
        [550],
        `${told}: \`return\` lines`,
      )
      same(ended.statistics.operations, { answered: 0, gaveUp: 1 }, told)
    },
  )
})
