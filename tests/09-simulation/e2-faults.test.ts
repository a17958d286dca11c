import { check, group, holds, same, show } from "#suite"
import type { Raft } from "../../projects/08-testing/contract.ts"
import type { Fault, FaultPlan } from "../../projects/09-simulation/contract.ts"
import { server } from "../cluster/build.ts"
import { always, between, crash, every, linesOf, pause, run, times, type Run } from "./runs.ts"
import { counter, gossip, note, noting, saving, sender, stepsOf, toy, type Seen } from "./toys.ts"

const beats = "heartbeatTimeout"
const elections = "electionTimeout"
const notes = "RequestVoteResponse"

group("9e", "The run", () => {
  check(
    "9e.15",
    [30, 33],
    "a server that comes back starts both timers; while it is down, it does nothing",
    () => {
      const timers = { heartbeat: 100, election: always(130) }
      const result = run({ node: counter, duration: 890, timers, faults: [crash("n1", 250, 300)] })
      const scenario = "heartbeat 100 ms, election timer 130 ms; n1 is down from 250 to 550"
      same(times(result, "n1", beats), [100, 200, 650, 750, 850], `${scenario}: its heartbeats`)
      same(times(result, "n1", elections), [130, 680, 810], `${scenario}: its election timeouts`)
      same(times(result, "n2", beats), every(100, 100, 800), `${scenario}: the heartbeats of n2`)
    },
  )

  check("9e.16", [33], "after a crash a server is what `restart` makes of it", () => {
    const seen: Seen[] = []
    const initialNode: Raft["initialNode"] = (id, voters) => server(id, { voters, nextIndex: { luck: 13 } })
    const changing = toy(({ log, currentTerm }) => ({
      save: true,
      set: {
        votedFor: "n2",
        log: { ...log, entries: [...log.entries, { term: currentTerm + 1, command: "x" }] },
        role: "leader",
        leader: "n1",
        commitIndex: 1,
        lastApplied: 1,
        votesGranted: ["n1"],
        matchIndex: { n2: 1 },
      },
    }))
    const node = noting({ ...changing, initialNode }, seen)
    const timers = { heartbeat: 100 }
    run({ node, servers: 1, duration: 500, timers, faults: [crash("n1", 250, 50)] })
    const log = { base: { index: 0, term: 0 }, entries: [1, 2].map((term) => ({ term, command: "x" })) }
    const persistent = { voters: ["n1"], currentTerm: 2, votedFor: "n2", log, nextIndex: { luck: 13 } }
    const scenario =
      "n1 changes all of its state at 100 and 200, and crashes at 250: what its next step is given"
    const got = seen[2]?.before ?? server("n1")
    same(got, server("n1", persistent), scenario)
    same(
      [stepsOf(got), Object.keys(got.matchIndex).length],
      [0, 0],
      `${scenario}: what it had counted, and in matchIndex`,
    )
  })

  check(
    "9e.17",
    [32, 33],
    "a crash takes the step that is being saved, its messages, and all that waits",
    () => {
      const seen: Seen[] = []
      const node = toy((self, { type }) => {
        if (self.id === "n1") return { send: type === beats ? [note("n1", "n2", stepsOf(self))] : [] }
        return {
          save: self.id === "n2" && type === notes,
          send: self.id === "n2" && type === notes ? [note("n2", "n3", 7)] : [],
        }
      })
      const faults = [crash("n2", 340, 30)]
      const timers = { heartbeat: 100 }
      const scenario =
        "notes from n1 reach n2 at 105, 205, …; n2 needs 250 ms to save each, then tells n3; n2 is down from 340 to 370"
      const result = run({ node: noting(node, seen), timers, disk: always(250), faults, duration: 900 })
      // Saved at 355: no. Then 405 + 250.
      same(times(result, "n2", notes), [655], `${scenario}: when n2 has saved one`)
      same(times(result, "n3", notes), [660], `${scenario}: when n3 hears of one`)
      const own = seen.filter(({ before, event }) => before.id === "n2" && event.type === notes)
      const numbers = own.flatMap(({ event }) => ("from" in event ? [event.term] : []))
      same(numbers, [0, 3, 4], `${scenario}: which notes it handles, counted from 0`)
      same(own[0]?.before.currentTerm, 0, `${scenario}: n2's term before the first step`)
      same(
        own[1]?.before.currentTerm,
        0,
        `${scenario}: its term after the crash; the one that it wanted to save was 1`,
      )
      same(own.length, 3, `${scenario}: steps of n2 about a note (at 105, at 405, and at 655 the one of 505)`)
    },
  )

  check(
    "9e.18",
    [31, 33],
    "what arrives at a server that is down is missed; what is under way from it is not",
    () => {
      const scenario = "n1 sends to n2 and n3 at every heartbeat (100 ms), and notes take 30 ms"
      const network = { latency: always(30) }
      const timers = { heartbeat: 100 }
      const receiver = run({
        node: sender("n2", "n3"),
        timers,
        network,
        faults: [crash("n2", 220, 120)],
        duration: 580,
      })
      same(
        times(receiver, "n2", notes),
        [130, 430, 530],
        `${scenario}; n2 is down from 220 to 340: what n2 gets`,
      )
      same(
        missed(receiver),
        [
          [230, "down"],
          [330, "down"],
        ],
        `${scenario}; n2 is down from 220 to 340: what is missed`,
      )
      const sending = run({
        node: sender("n2", "n3"),
        timers,
        network,
        faults: [crash("n1", 210, 15)],
        duration: 400,
      })
      same(
        times(sending, "n2", notes),
        [130, 230, 355],
        `${scenario}; n1 is down from 210 to 225: what n2 gets`,
      )
      const under = run({
        node: sender("n2", "n3"),
        timers,
        network,
        faults: [crash("n2", 210, 10)],
        duration: 290,
      })
      same(
        times(under, "n2", notes),
        [130, 230],
        `${scenario}; n2 is down from 210 to 220, while one is under way: what n2 gets`,
      )
    },
  )

  check("9e.19", [34], "during a pause all that comes in waits, and is handled in order", () => {
    const seen: Seen[] = []
    const node = toy(({ id }, { type }) =>
      id === "n2" || type !== beats ? undefined : { send: [1, 2].map((n) => note(id, "n2", n)) },
    )
    const network = { latency: always(5), links: { "n3>n2": { latency: always(12) } } }
    const timers = { heartbeat: 100 }
    const faults = [pause("n2", 102, 300)]
    const result = run({ node: noting(node, seen), timers, network, faults, duration: 450 })
    const scenario =
      "notes reach n2 from n1 at 105, 205 and 305, from n3 at 112, 212 and 312; n2 pauses from 102 to 402"
    same(
      times(result, "n2", notes).slice(0, 12),
      Array.from({ length: 12 }, () => 402),
      `${scenario}: when they are handled`,
    )
    const order = seen.flatMap(({ before, event }) =>
      before.id === "n2" && "from" in event ? [`${event.from}: ${String(event.term)}`] : [],
    )
    const round = ["n1: 1", "n1: 2", "n3: 1", "n3: 2"]
    same(order.slice(0, 12), [...round, ...round, ...round], `${scenario}: in which order`)
    same(missed(result), [], `${scenario}: what is missed`)
    same(times(result, "n1", beats), [100, 200, 300, 400], `${scenario}: heartbeats of n1`)
  })

  check(
    "9e.20",
    [34],
    "the disk pauses, too: what would be saved during the pause is saved at its end",
    () => {
      const node = toy(({ id }, { type }) => ({
        save: type === beats,
        send: type === beats ? [note(id, "n2", 1)] : [],
      }))
      const scenario = "n1 begins to save at 100 what it sends to n2 (latency 5 ms); n1 pauses"
      for (const [disk, from, to, saved] of [
        [50, 120, 300, 300],
        [50, 149, 151, 151],
      ] as const) {
        const options = { timers: { heartbeat: 100 }, disk: always(disk), servers: 2, duration: 600 }
        const result = run({ node, ...options, faults: [pause("n1", from, to - from)] })
        const told = `${scenario} from ${String(from)} to ${String(to)}; saving takes ${String(disk)} ms: `
        same(times(result, "n1", beats)[0], saved, `${told}when it is saved`)
        const arrived = linesOf(result.events, "step").find(
          ({ sent, server }) => server === "n1" && sent.length > 0,
        )
        same(arrived?.sent[0]?.arrives, [saved + 5], `${told}when its note arrives`)
      }
    },
  )

  check(
    "9e.21",
    [34],
    "what is handled after a pause can be saved, and the next thing waits for that",
    () => {
      const node = saving(notes)
      const sending = sender("n2")
      const chosen = (id: string) => (id === "n1" ? sending : node)
      const faults = [pause("n2", 150, 200)]
      const result = run({ node: chosen, timers: { heartbeat: 50 }, disk: always(30), faults, duration: 460 })
      const scenario =
        "notes reach n2 at 55, 105, …, each takes 30 ms to be saved; n2 pauses from 150 to 350: saved at"
      same(times(result, "n2", notes), [85, 135, 380, 410, 440], scenario)
    },
  )

  check("9e.22", [35, 38], "a slow disk takes so much longer for each save that begins meanwhile", () => {
    const slow = (at: number, time: number, extra: number): Fault => ({
      kind: "slowDisk",
      server: "n1",
      at,
      for: time,
      extra: always(extra),
    })
    const options = { node: saving(beats), timers: { heartbeat: 200 }, duration: 1_150 }
    const result = run({ ...options, disk: always(10), faults: [slow(300, 305, 100)] })
    const scenario =
      "n1 saves at 200, 400, 600, …, which takes 10 ms; its disk takes 100 ms longer from 300 to 605"
    same(times(result, "n1"), [210, 510, 710, 810, 1_010], `${scenario}: saved at`)
    same(times(result, "n2"), [210, 410, 610, 810, 1_010], `${scenario}: n2 has saved at`)
    const both = run({ ...options, faults: [slow(300, 500.5, 30), slow(500, 250, 60)] })
    const overlap = "a disk of 0 ms; 30 ms longer from 300 to 800.5, and 60 ms longer from 500 to 750"
    same(times(both, "n1"), [200, 430, 690, 830, 1_000], `${overlap}: what begins at 200, 400, … is saved at`)
    const idle = run({ ...options, node: counter, faults: [slow(300, 600, 100)] })
    same(
      times(idle, "n1"),
      every(200, 200, 1_000),
      "a slow disk, and nothing to save: heartbeats (200 ms) at",
    )
  })

  check("9e.23", [36], "timers that start while the clock drifts take 1 / rate of their time", () => {
    const drift = (rate: number, at: number, time: number): Fault => ({
      kind: "drift",
      server: "n1",
      at,
      for: time,
      rate,
    })
    const options = { node: counter, timers: { heartbeat: 100, election: always(120) }, duration: 795 }
    const fast = run({ ...options, faults: [drift(2, 150, 290)] })
    const scenario = "heartbeat 100 ms, election timer 120 ms; the clock of n1 runs at rate 2 from 150 to 440"
    same(
      times(fast, "n1", beats),
      [100, 200, 250, 300, 350, 400, 450, 550, 650, 750],
      `${scenario}: heartbeats of n1`,
    )
    same(
      times(fast, "n1", elections),
      [120, 240, 300, 360, 420, 480, 600, 720],
      `${scenario}: its election timeouts`,
    )
    same(times(fast, "n2", beats), every(100, 100, 700), `${scenario}: heartbeats of n2`)
    const slow = run({ ...options, faults: [drift(0.5, 150, 290)] })
    same(times(slow, "n1", beats), [100, 200, 400, 600, 700], "the same at rate 0.5: heartbeats of n1")
    const both = run({ ...options, faults: [drift(2, 150, 400), drift(2.5, 190, 100)] })
    const told = "heartbeat 100 ms; rate 2 from 150 to 550, and 2.5 from 190 to 290: together 5"
    same(
      times(both, "n1", beats).slice(0, 9).map(Math.round),
      [100, 200, 220, 240, 260, 280, 300, 350, 400],
      told,
    )
  })

  check(
    "9e.24",
    [37],
    "a partition keeps messages between inside and outside away, either way, and no others",
    () => {
      const fault: Fault = { kind: "partition", inside: ["n1", "n3"], at: 250, for: 200 }
      const { events } = run({
        node: gossip,
        servers: 4,
        timers: { heartbeat: 100 },
        faults: [fault],
        duration: 590,
      })
      const scenario =
        "all send to all each 100 ms (latency 5 ms); n1 and n3 are cut off from n2 and n4 from 250 to 450"
      same(whoHeard(events, 205), allPairs, `${scenario}: who hears whom at 205`)
      const within = allPairs.filter((pair) => ["n1>n3", "n3>n1", "n2>n4", "n4>n2"].includes(pair))
      for (const at of [305, 405])
        same(whoHeard(events, at), within, `${scenario}: who hears whom at ${String(at)}`)
      same(whoHeard(events, 505), allPairs, `${scenario}: who hears whom at 505`)
    },
  )

  check("9e.25", [37, 38], "a one-way cut leaves the other way open, and cuts add up", () => {
    const oneWay: Fault = { kind: "oneWay", from: ["n1"], to: ["n2", "n4"], at: 250, for: 300 }
    const partition: Fault = { kind: "partition", inside: ["n1"], at: 350, for: 100 }
    const options = { node: gossip, servers: 4, timers: { heartbeat: 100 }, duration: 690 }
    const { events } = run({ ...options, faults: [oneWay, partition] })
    const scenario =
      "n1 is not heard by n2 and n4 from 250 to 550, and a partition around n1 lasts from 350 to 450"
    const one = allPairs.filter((pair) => !["n1>n2", "n1>n4"].includes(pair))
    same(whoHeard(events, 305), one, `${scenario}: who hears whom at 305`)
    same(
      whoHeard(events, 405),
      allPairs.filter((pair) => !pair.includes("n1")),
      `${scenario}: who hears whom at 405`,
    )
    same(whoHeard(events, 505), one, `${scenario}: who hears whom at 505`)
    same(whoHeard(events, 605), allPairs, `${scenario}: who hears whom at 605`)
  })

  check(
    "9e.26",
    [31, 37],
    "a cut counts when a message is sent, and when it would arrive, and not between",
    () => {
      const cut = (at: number, time: number): Fault => ({ kind: "partition", inside: ["n1"], at, for: time })
      const options = {
        node: sender("n2"),
        timers: { heartbeat: 100 },
        network: { latency: always(30) },
        duration: 190,
      }
      const scenario = "n1 sends to n2 at 100, latency 30 ms, and they are cut off from each other"
      for (const [at, time, heard, lost] of [
        [90, 20, [], []],
        [110, 80, [], [[130, "cut"]]],
        [110, 10, [130], []],
      ] as const) {
        const result = run({ ...options, faults: [cut(at, time)] })
        const told = `${scenario} from ${String(at)} to ${String(at + time)}: `
        same(times(result, "n2", notes), heard, `${told}when n2 hears it`)
        same(missed(result), lost, `${told}what is missed`)
      }
    },
  )

  check("9e.27", [38], "a server is down, or paused, as long as any fault keeps it so", () => {
    const options = { node: counter, timers: { heartbeat: 100 }, duration: 990 }
    const crashes = run({ ...options, faults: [crash("n1", 250, 300), crash("n1", 400, 350)] })
    same(
      times(crashes, "n1"),
      [100, 200, 850, 950],
      "heartbeat 100 ms; n1 is down from 250 to 550, and from 400 to 750",
    )
    const inner = run({ ...options, faults: [crash("n1", 250, 500), crash("n1", 400, 50)] })
    same(
      times(inner, "n1"),
      [100, 200, 850, 950],
      "heartbeat 100 ms; n1 is down from 250 to 750, and from 400 to 450",
    )
    const pauses = run({ ...options, faults: [pause("n1", 250, 300), pause("n1", 400, 350)] })
    same(
      times(pauses, "n1"),
      [100, 200, 750, 850, 950],
      "heartbeat 100 ms; n1 pauses from 250 to 550, and from 400 to 750",
    )
    const first = run({ ...options, faults: [crash("n1", 250, 100), pause("n1", 220, 400)] })
    const told = "heartbeat 100 ms; n1 pauses from 220 to 620, and crashes meanwhile from 250 to 350"
    same(times(first, "n1"), [100, 200, 620, 720, 820, 920], told)
    const last = run({ ...options, faults: [crash("n1", 250, 400), pause("n1", 220, 100)] })
    same(
      times(last, "n1"),
      [100, 200, 750, 850, 950],
      "heartbeat 100 ms; n1 pauses from 220 to 320, and is down from 250 to 650",
    )
  })

  check("9e.28", [39], "listed faults happen as listed", () => {
    const faults = [pause("n2", 300, 100), crash("n1", 100, 350), crash("n3", 120, 800)]
    const { events } = run({ node: counter, faults })
    const told = linesOf(events, "fault").map(({ at, begins, fault }) => [at, begins, fault])
    const [second, first, third] = faults
    const expected = [
      [100, true, first],
      [120, true, third],
      [300, true, second],
      [400, false, second],
      [450, false, first],
      [920, false, third],
    ]
    same(
      told,
      expected,
      "a crash of n1 at 100 for 350, of n3 at 120 for 800, a pause of n2 at 300 for 100: faults in the trace",
    )
  })

  check("9e.29", [39], "a plan's faults are drawn from the seed, the servers and the plan alone", () => {
    const perMinute = { partition: 20, oneWay: 20, pause: 20, crash: 20, slowDisk: 20, drift: 20 }
    const plan: FaultPlan = { from: 2_000, until: 20_000, perMinute, lasting: between(100, 900) }
    const options = { node: counter, faults: plan, duration: 21_000 }
    const drawn = (result: Run) => linesOf(result.events, "fault").filter(({ begins }) => begins)
    const some = drawn(run(options))
    const scenario = "20 faults of each kind a minute, from 2,000 to 20,000 ms: "
    holds(some.length > 10 && some.length < 80, `${scenario}how many begin`, "about 36", String(some.length))
    same(new Set(some.map(({ fault }) => fault.kind)).size, 6, `${scenario}how many kinds there are (seed 1)`)
    for (const { at, fault } of some) {
      const isWithin = fault.at === at && at >= 2_000 && at + fault.for <= 20_000.001
      holds(
        isWithin,
        `${scenario}when one begins`,
        "at its time, and within the plan",
        `at ${String(at)}: ${show(fault)}`,
      )
    }
    const other = run({
      ...options,
      node: gossip,
      timers: { heartbeat: 1_300 },
      network: { loss: 0.3 },
      disk: between(0, 9),
      workload: { clients: 1 },
    })
    same(
      drawn(other),
      some,
      `${scenario}another protocol, timers, network, disk and clients, the same faults`,
    )
    const seed2 = drawn(run({ ...options, seed: 2 }))
    holds(show(seed2) !== show(some), `${scenario}another seed`, "other faults", "the same")
  })
})

/** The messages that did not arrive, though the network had not lost them. */
function missed({ events }: Run): readonly (readonly [number, string])[] {
  return linesOf(events, "missed").map(({ at, why }) => [at, why] as const)
}

const four = ["n1", "n2", "n3", "n4"]
const allPairs = four.flatMap((from) => four.filter((to) => to !== from).map((to) => `${from}>${to}`))

/** `n1>n2` if something from n1 reached n2 at that time. */
function whoHeard(events: Run["events"], at: number): readonly string[] {
  const sent = new Map(
    linesOf(events, "step").flatMap((step) => step.sent.map(({ id, message }) => [id, message] as const)),
  )
  const heard = linesOf(events, "step").flatMap((step) => {
    const message = step.at === at && step.message !== undefined ? sent.get(step.message) : undefined
    return message ? [`${message.from}>${step.server}`] : []
  })
  return heard.sort()
}
