import { check, group, holds, same, show } from "#suite"
import type { RaftNode } from "../../projects/03-planning/contract.ts"
import type { Raft } from "../../projects/08-testing/contract.ts"
import { logOf, server } from "../cluster/build.ts"
import { always, between, every, never, pause, run, steps, times } from "./runs.ts"
import { counter, gossip, note, noting, reset, saving, sender, stepsOf, toy, type Seen } from "./toys.ts"

const beats = "heartbeatTimeout"
const elections = "electionTimeout"

group("9e", "The run", () => {
  check("9e.1", [26], "the servers are n1, n2, …, and begin with what `initialNode` says", () => {
    const asked: (readonly [string, readonly string[]])[] = []
    const seen: Seen[] = []
    const first = { leader: "n3", nextIndex: { luck: 13 } }
    const initialNode: Raft["initialNode"] = (id, voters) => {
      asked.push([id, voters])
      return server(id, { voters, ...first })
    }
    run({ servers: 4, node: noting({ ...counter, initialNode }, seen), timers: { heartbeat: 600 } })
    const all = ["n1", "n2", "n3", "n4"]
    same(
      [...new Set(asked.map(([id]) => id))].sort(),
      all,
      "four servers: who was asked for by `initialNode`",
    )
    const scenario = "four servers: `initialNode(id, …)` is given the names of all of them"
    for (const [, voters] of asked) same(voters, all, scenario)
    same(seen.map(({ before }) => before.id).sort(), all, "the first heartbeat of each of four servers")
    for (const { before } of seen) {
      same(before, server(before.id, { voters: all, ...first }), "the state that the first `step` is given")
    }
  })

  check("9e.2", [26], "`node` may choose a Raft for each server", () => {
    const seen: Readonly<Record<string, Seen[]>> = { n1: [], n2: [], n3: [] }
    const node = (id: string): Raft =>
      noting(
        { ...counter, initialNode: (self, voters) => server(self, { voters, leader: `L-${id}` }) },
        seen[id] ?? [],
      )
    run({ node, timers: { heartbeat: 400 } })
    for (const [id, own] of Object.entries(seen)) {
      const scenario = `\`node\` is a function: the Raft that it gives for ${id} gets the heartbeats of`
      same(
        own.map(({ before }) => before.id),
        [id, id],
        scenario,
      )
      same(
        own[0]?.before.leader,
        `L-${id}`,
        `${id} begins with what its own Raft's \`initialNode\` says: leader`,
      )
    }
  })

  check("9e.3", [28], "every server, whatever its role, gets a heartbeat at a steady rate", () => {
    const roles = ["follower", "candidate", "leader"] as const
    const changing = toy((node) => ({ set: { role: roles[stepsOf(node) % 3] ?? "follower" } }))
    const result = run({ node: changing, duration: 1_040, timers: { heartbeat: 50 } })
    for (const id of ["n1", "n2", "n3"]) {
      same(
        times(result, id, beats),
        every(50, 50, 1_000),
        `heartbeat 50 ms, the role changes each time: when ${id} gets one`,
      )
    }
    const later = run({ node: saving(beats), duration: 950, timers: { heartbeat: 100 }, disk: always(30) })
    const scenario =
      "heartbeat 100 ms, and each takes 30 ms to be saved (the timer started when it was handled): saved at"
    same(times(later, "n2", beats), every(100, 130, 930), scenario)
  })

  check("9e.4", [29], "an `electionTimeout` comes again and again, whatever else the server does", () => {
    const busy = toy((node, { type }) => {
      if (type !== beats) return { set: { role: "candidate" } }
      return { save: true, set: { role: "leader", leader: node.id, votedFor: "n1", log: logOf(1) } }
    })
    const result = run({ node: busy, timers: { heartbeat: 70, election: always(150) } })
    const scenario =
      "election timer 150 ms; heartbeats every 70 ms change term, vote, log and role, but reset nothing"
    same(times(result, "n1", elections), every(150, 150, 900), scenario)
    const listening = run({ node: gossip, timers: { heartbeat: 70, election: always(150) } })
    same(
      times(listening, "n2", elections),
      every(150, 150, 900),
      "the same, with messages from all others that reset nothing",
    )
  })

  check("9e.5", [29], "`resetElectionTimer` starts the election timer anew, and no other", () => {
    const second = toy((node, { type }) => {
      if (type !== beats) return undefined
      const count = node.votesGranted.length + 1
      return {
        set: { votesGranted: Array.from({ length: count }, () => "n1") },
        effects: count % 2 === 0 ? [reset] : [],
      }
    })
    const result = run({ node: second, timers: { heartbeat: 70, election: always(100) } })
    const scenario =
      "election timer 100 ms, heartbeat 70 ms: every second heartbeat (140, 280, …) asks for resetElectionTimer"
    same(times(result, "n1", elections), [100, 240, 380, 520, 660, 800, 940], scenario)
    same(times(result, "n1", beats), every(70, 70, 980), `${scenario}: the heartbeats go on as before`)
    const own = toy((_, { type }) => ({ effects: type === elections ? [reset] : [] }))
    const other = run({ node: own, timers: { heartbeat: 70, election: always(100) } })
    same(
      times(other, "n1", beats),
      every(70, 70, 980),
      "election timeouts (100 ms) that reset: heartbeats (70 ms)",
    )
    const silence = run({
      node: toy(() => ({ effects: [reset] })),
      timers: { heartbeat: 70, election: always(100) },
    })
    same(times(silence, "n1", elections), [], "every heartbeat (70 ms) resets the election timer (100 ms)")
  })

  check("9e.6", [29], "the election timer takes a new sample each time it starts", () => {
    const timers = { election: between(100, 200), heartbeat: never }
    const result = run({ node: counter, duration: 60_000, timers })
    const gaps = ["n1", "n2", "n3"].map((id) => differences([0, ...times(result, id)]))
    const scenario = "election timer uniform from 100 to 200 ms, a minute long"
    for (const each of gaps) {
      const wrong = each.find((gap) => gap < 99.999 || gap > 200.001)
      holds(wrong === undefined, scenario, "from 100 to 200 ms between two timeouts", String(wrong))
      const few = new Set(each.map((gap) => gap.toFixed(6))).size
      holds(
        few > each.length * 0.9,
        scenario,
        "another time each",
        `${String(few)} different ones of ${String(each.length)}`,
      )
      const mean = each.reduce((sum, gap) => sum + gap, 0) / each.length
      holds(mean > 140 && mean < 160, scenario, "150 ms on average", String(mean))
    }
    const firsts = gaps.map(([gap]) => gap)
    holds(new Set(firsts).size === 3, scenario, "first timeouts of three servers that differ", show(firsts))
  })

  check("9e.7", [29], "so does one that is reset", () => {
    const node = toy((_, { type }) => ({ effects: type === beats ? [reset] : [] }))
    const timers = { heartbeat: 1_000, election: between(400, 1_200) }
    const result = run({ node, duration: 60_500, timers })
    const timeouts = times(result, "n1", elections)
    const after = every(1_000, 1_000, 59_000).flatMap((from) => {
      const first = timeouts.find((time) => time > from && time < from + 1_000)
      return first === undefined ? [] : [first - from]
    })
    const scenario =
      "election timer uniform from 400 to 1,200 ms, reset every 1,000 ms: times from a reset to the timeout"
    holds(
      after.every((time) => time > 399.999),
      scenario,
      "400 ms or more",
      show(after),
    )
    const different = new Set(after.map((time) => time.toFixed(3)))
    holds(different.size > 20, scenario, "many different ones", show([...different].slice(0, 10)))
  })

  check("9e.8", [30], "timers start again when they are handled: of each, one waits at most", () => {
    const scenario = "heartbeat 100 ms, election timer 80 ms, n1 pauses from 150 to 650"
    const timers = { heartbeat: 100, election: always(80) }
    const result = run({ node: counter, duration: 870, timers, faults: [pause("n1", 150, 500)] })
    same(times(result, "n1", beats), [100, 650, 750, 850], `${scenario}: its heartbeats`)
    same(times(result, "n1", elections), [80, 650, 730, 810], `${scenario}: its election timeouts`)
    const busy = run({ node: saving(beats), duration: 1_300, timers: { heartbeat: 100 }, disk: always(250) })
    same(
      times(busy, "n1", beats),
      [350, 600, 850, 1_100],
      "heartbeat 100 ms, and each takes 250 ms to be saved: saved at",
    )
  })

  check("9e.9", [30], "a reset takes back an `electionTimeout` that waits", () => {
    const node = toy((_, { type }) => (type === beats ? { save: true, effects: [reset] } : undefined))
    const timers = { heartbeat: 1_000, election: always(1_100) }
    const result = run({ node, duration: 4_000, timers, disk: always(250) })
    const scenario =
      "a heartbeat each 1,000 ms takes 250 ms to be saved and resets the election timer; it was due (1,100 ms) meanwhile"
    same(times(result, "n1", elections), [], `${scenario}: when election timeouts were handled`)
    same(times(result, "n1", beats), [1_250, 2_250, 3_250], `${scenario}: when heartbeats were handled`)
    const kept = run({ node: saving(beats), duration: 2_300, timers, disk: always(250) })
    same(
      times(kept, "n1", elections),
      [1_250],
      "the same without a reset: the timeout waits until it is saved",
    )
  })

  check("9e.10", [31], "a message goes to whom it is for, once for each effect, by the network", () => {
    const seen: Seen[] = []
    const node = toy(({ id }, { type }) =>
      id === "n1" && type === beats
        ? { send: [note("n1", "n2", 1), note("n1", "n3", 2), note("n1", "n2", 1)] }
        : undefined,
    )
    const network = { latency: always(5), links: { "n1>n3": { latency: always(40) } } }
    const result = run({ node: noting(node, seen), duration: 199, timers: { heartbeat: 100 }, network })
    const scenario =
      "n1 sends note 1 to n2, note 2 to n3 and note 1 to n2 once more at 100; latency 5 ms, to n3 40 ms"
    const got = (id: string) => seen.filter(({ before, event }) => before.id === id && event.type !== beats)
    same(times(result, "n2", "RequestVoteResponse"), [105, 105], `${scenario}: when n2 gets something`)
    same(times(result, "n3", "RequestVoteResponse"), [140], `${scenario}: when n3 gets something`)
    same(
      got("n2").map(({ event }) => event),
      [note("n1", "n2", 1), note("n1", "n2", 1)],
      `${scenario}: what n2 gets`,
    )
    same(
      got("n3").map(({ event }) => event),
      [note("n1", "n3", 2)],
      `${scenario}: what n3 gets`,
    )
    same(got("n1"), [], `${scenario}: what n1 gets`)
  })

  check(
    "9e.11",
    [27],
    "`step` gets the state that its last step left, and events in the order in which they came",
    () => {
      const seen: Seen[] = []
      const node = toy((self, event) => {
        if (event.type === beats && self.id !== "n2")
          return { send: [1, 2, 3].map((n) => note(self.id, "n2", n)) }
        return { save: event.type !== beats }
      })
      const network = { latency: always(5), links: { "n3>n2": { latency: always(8) } } }
      const timers = { heartbeat: 100 }
      const result = run({ node: noting(node, seen), duration: 195, timers, network, disk: always(10) })
      const scenario =
        "three notes from n1 reach n2 at 105, three from n3 at 108; each takes n2 10 ms to be saved"
      same(times(result, "n2", "RequestVoteResponse"), every(10, 115, 165), `${scenario}: saved at`)
      const own = seen.filter(({ before }) => before.id === "n2")
      const order = own.flatMap(({ event }) => ("from" in event ? [[event.from, event.term]] : []))
      same(
        order,
        ["n1", "n3"].flatMap((from) => [1, 2, 3].map((n) => [from, n])),
        `${scenario}: their order`,
      )
      let last: RaftNode | undefined
      for (const { before, after } of own) {
        if (last)
          same(
            before,
            last,
            `${scenario}: the state that \`step\` is given is the one that the last step left`,
          )
        last = after
      }
    },
  )

  check("9e.12", [32], "only a step that changed the term, the vote or the log takes time", () => {
    const entry = { term: 1, command: "x" }
    const changes: readonly (readonly [string, number, (node: RaftNode) => Partial<RaftNode>])[] = [
      ["nothing but a counter", 0, () => ({})],
      ["the term", 40, (node) => ({ currentTerm: node.currentTerm + 1 })],
      [
        "role, leader and votes granted",
        0,
        () => ({ role: "candidate", leader: "n2", votesGranted: ["n1"] }),
      ],
      ["the vote", 40, () => ({ votedFor: "n2" })],
      ["the log: an entry more", 40, ({ log }) => ({ log: { ...log, entries: [...log.entries, entry] } })],
      [
        "nothing: the log is replaced by an equal copy",
        0,
        ({ log }) => ({ log: { ...log, entries: [...log.entries] } }),
      ],
      [
        "the log: another entry instead of its last",
        40,
        ({ log }) => ({ log: { ...log, entries: [{ term: 2, command: "y" }] } }),
      ],
      ["the log: no entry any more", 40, ({ log }) => ({ log: { ...log, entries: [] } })],
      ["the commit index", 0, () => ({ commitIndex: 1, lastApplied: 1 })],
    ]
    const node = toy((self, { type }) =>
      self.id === "n1" && type === beats
        ? { set: changes[stepsOf(self)]?.[2](self) ?? {}, send: [note("n1", "n2", stepsOf(self))] }
        : undefined,
    )
    const result = run({ node, servers: 2, timers: { heartbeat: 100 }, disk: always(40), duration: 995 })
    const leave = times(result, "n1", beats)
    const arrive = times(result, "n2", "RequestVoteResponse")
    for (const [i, [what, time]] of changes.entries()) {
      const begin = 100 * (i + 1)
      const scenario = `a disk that takes 40 ms; n1's step at ${String(begin)} changes ${what}`
      same(leave[i], begin + time, `${scenario}: when it is over`)
      same(arrive[i], begin + time + 5, `${scenario}, and sends a note (5 ms): when it arrives`)
    }
  })

  check("9e.13", [32], "until a step is saved its state does not count, and each save takes a sample", () => {
    const nodesSeen: (readonly [string, readonly number[]])[] = []
    const property = {
      kind: "always",
      name: "watch",
      of: "state",
      broken: ({ after, nodes }: { readonly after: RaftNode; readonly nodes: readonly RaftNode[] }) => {
        nodesSeen.push([after.id, nodes.map(({ currentTerm }) => currentTerm)])
        return null
      },
    } as const
    const node = toy(({ id }, { type }) => {
      if (type === beats && id === "n1") return { send: [note("n1", "n2", 0)], save: true }
      return undefined
    })
    const timers = { heartbeat: 100 }
    run({ node, servers: 2, timers, disk: always(50), duration: 170, properties: [property] })
    const scenario =
      "at 100 n1 begins a step that counts its term up, saved at 150, and n2 has a heartbeat, too: the terms that a property sees"
    same(
      nodesSeen,
      [
        ["n2", [0, 0]],
        ["n1", [1, 0]],
        ["n2", [1, 0]],
      ],
      scenario,
    )

    const disk = between(10, 30)
    const many = run({ node: saving(beats), servers: 1, timers: { heartbeat: 100 }, disk, duration: 20_050 })
    const took = times(many, "n1").map((time, i) => time - 100 * (i + 1))
    const told = "heartbeats each 100 ms that have to be saved, on a disk that takes from 10 to 30 ms"
    holds(
      took.every((time) => time > 9.999 && time < 30.001),
      told,
      "10 to 30 ms each",
      show(took.slice(0, 10)),
    )
    const different = new Set(took.map((time) => time.toFixed(6))).size
    holds(different > 150, told, "another time for each of 200", `${String(different)} different ones`)
  })

  check(
    "9e.14",
    [27, 28],
    "when nothing keeps the servers, what comes at one time is handled at that time",
    () => {
      const result = run({
        node: sender("n2", "n3"),
        duration: 950,
        timers: { heartbeat: 100 },
        network: { latency: always(100) },
      })
      const scenario = "n1 sends at every heartbeat (100 ms), and each note takes 100 ms, too"
      for (const id of ["n2", "n3"]) {
        same(
          times(result, id, "RequestVoteResponse"),
          every(100, 200, 900),
          `${scenario}: when ${id} gets them`,
        )
        same(times(result, id, beats), every(100, 100, 900), `${scenario}: heartbeats of ${id}`)
      }
      const ids = steps(result.events, "n1").flatMap(({ sent }) => sent.map(({ message }) => message.to))
      same(ids.slice(0, 4), ["n2", "n3", "n2", "n3"], `${scenario}: to whom, in order`)
    },
  )
})

function differences(times: readonly number[]): readonly number[] {
  return times.slice(1).map((time, i) => time - (times[i] ?? 0))
}
