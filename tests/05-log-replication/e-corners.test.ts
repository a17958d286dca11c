import { isDeepStrictEqual } from "node:util"
import { check, forAll, group, holds, same, show } from "#suite"
import fc from "fast-check"
import type { RaftNode } from "../../projects/03-planning/contract.ts"
import type { ReplicationEvent } from "../../projects/05-log-replication/contract.ts"
import {
  accepted,
  appendEntries,
  candidate,
  compacted,
  leader,
  logOf,
  rejected,
  sentOf,
  server,
  servers,
  termIn,
} from "../cluster/build.ts"
import { scene } from "../cluster/words.ts"
import { ignores, project, quick, step } from "./project.ts"

const heartbeat = { type: "heartbeatTimeout" } as const
const propose = { type: "propose", command: "set x 1" } as const
const boss = (...terms: readonly number[]) => leader("n1", { currentTerm: 5, log: logOf(...terms) })

/** Fields that an event may not touch. */
function keeps(node: RaftNode, event: ReplicationEvent, ...fields: readonly (keyof RaftNode)[]): void {
  const { state } = step(node, event)
  for (const field of fields) same(state[field], node[field], `${scene(node, event)}\n${field} afterwards`)
}

group("5h", "Corners", () => {
  check("5h.1", [1, 20], "lead: what it does not say stays", () => {
    const node = server("n1", {
      currentTerm: 3,
      log: logOf(1, 2, 2),
      votedFor: "n1",
      commitIndex: 2,
      lastApplied: 2,
      voters: ["n1", "n2"],
      oldVoters: ["n1", "n3", "n4"],
    })
    const { set = {} } = project.lead(node)
    const state = { ...node, ...set }
    for (const field of [
      "currentTerm",
      "votedFor",
      "commitIndex",
      "lastApplied",
      "voters",
      "oldVoters",
    ] as const)
      same(state[field], node[field], `lead: ${field}`)
    for (const peer of ["n2", "n3", "n4"])
      same(state.matchIndex[peer], 0, `lead with commitIndex 2, oldVoters: matchIndex of ${peer}`)
  })
  check("5h.2", [2, 5], "the first message is of the new leadership, to all of seven", () => {
    const voters = servers(7)
    const stale = (index: number) => Object.fromEntries(voters.slice(1).map((id) => [id, index]))
    const node = server("n1", {
      currentTerm: 5,
      voters,
      log: logOf(1, 1, 2),
      nextIndex: stale(9),
      matchIndex: stale(8),
    })
    const { effects = [] } = project.lead(node)
    for (const peer of voters.slice(1))
      holds(
        sentOf(effects, "AppendEntries", peer).length > 0,
        "lead after an earlier leadership",
        `an AppendEntries to ${peer}`,
        show(effects),
      )
  })
  check("5h.3", [3], "any JSON value is a command", () => {
    for (const command of [0, "", false, { set: { x: [1, null] } }, ["a", 1]]) {
      const node = leader("n1", { currentTerm: 2, log: logOf(1), matchIndex: { n2: 1, n3: 1 } })
      const event = { type: "propose", command } as const
      const { state, effects } = step(node, event)
      same(state.log.entries[1], { term: 2, command }, `${scene(node, event)}\nthe last entry`)
      same(
        effects.find(({ type }) => type === "accepted"),
        { type: "accepted", index: 2, term: 2 },
        `${scene(node, event)}\nthe answer`,
      )
      const beaten = step(state, heartbeat)
      const messages = [
        ...sentOf(effects, "AppendEntries", "n2"),
        ...sentOf(beaten.effects, "AppendEntries", "n2"),
      ]
      holds(
        messages.some((message) =>
          message.entries.some((entry) => isDeepStrictEqual(entry, { term: 2, command })),
        ),
        `${scene(node, event)}, then a heartbeatTimeout`,
        "the very entry to n2",
        show(messages),
      )
    }
  })
  check("5h.4", [4, 20], "a refusal changes nothing, and votedFor is no leader", () => {
    for (const node of [
      server("n1", { currentTerm: 2, log: logOf(1), leader: "n2", votedFor: "n3" }),
      server("n1", { currentTerm: 2, log: logOf(1), votedFor: "n3" }),
      candidate("n1", { currentTerm: 2 }),
    ]) {
      const { state, effects } = step(node, propose)
      same(effects, [{ type: "refused", leader: node.leader }], `${scene(node, propose)}\nthe effects`)
      same(state, node, `${scene(node, propose)}\nthe state afterwards`)
    }
  })
  check("5h.5", [15, 20], "what a leader's events do not say stays", () => {
    const node = leader("n1", {
      currentTerm: 5,
      log: logOf(1, 5, 5),
      commitIndex: 1,
      lastApplied: 1,
      nextIndex: { n2: 3, n3: 4 },
      matchIndex: { n2: 1, n3: 3 },
    })
    const kept = ["currentTerm", "votedFor", "role", "leader", "voters", "oldVoters"] as const
    for (const event of [propose, heartbeat, accepted("n2", "n1", 5, 2), rejected("n2", "n1", 5)]) {
      keeps(node, event, ...kept)
      if (event.type !== "propose") keeps(node, event, "log")
      const { state } = step(node, event)
      for (const peer of ["n2", "n3"])
        holds(
          (state.matchIndex[peer] ?? 0) >= (node.matchIndex[peer] ?? 0),
          `${scene(node, event)}\nmatchIndex of ${peer}`,
          "no less than before",
          show(state.matchIndex),
        )
    }
  })
  check("5h.6", [7], "nobody else sends AppendEntries, whatever is left over", () => {
    const left = {
      currentTerm: 5,
      log: logOf(1, 1, 2),
      nextIndex: { n2: 2, n3: 3 },
      matchIndex: { n2: 1, n3: 2 },
    }
    for (const node of [server("n1", left), candidate("n1", left)]) {
      for (const event of [
        heartbeat,
        propose,
        accepted("n2", "n1", 5, 2),
        rejected("n2", "n1", 5),
        appendEntries(leader("n2", { currentTerm: 5, log: logOf(1, 1, 2) }), "n1", 3),
      ])
        same(sentOf(step(node, event).effects, "AppendEntries"), [], `${scene(node, event)}\nAppendEntries`)
      ignores(node, accepted("n2", "n1", 5, 3))
      ignores(node, rejected("n2", "n1", 5))
    }
  })
  check("5h.7", [7], "every heartbeat, also the same one again, and after a proposal", () => {
    const node = leader("n1", { log: logOf(1), matchIndex: { n2: 1, n3: 1 } })
    let { state } = step(node, propose)
    for (let times = 0; times < 4; times++) {
      const beaten = step(state, heartbeat)
      same(
        [...new Set(sentOf(beaten.effects, "AppendEntries").map(({ to }) => to))].toSorted(),
        ["n2", "n3"],
        `a proposal, then heartbeatTimeout number ${String(times + 1)}: who gets an AppendEntries`,
      )
      same(
        beaten.effects.some(({ type }) => type === "needSnapshot"),
        false,
        "needSnapshot, where nothing is gone",
      )
      state = beaten.state
    }
  })
  check("5h.8", [5], "leaderCommit is the commitIndex, also to whom lacks it", () => {
    const node = leader("n1", {
      currentTerm: 4,
      log: logOf(1, 1, 2, 4, 4),
      commitIndex: 4,
      lastApplied: 4,
      nextIndex: { n2: 2, n3: 6 },
      matchIndex: { n2: 1, n3: 5 },
    })
    for (const { leaderCommit } of sentOf(step(node, heartbeat).effects, "AppendEntries"))
      same(leaderCommit, 4, `${scene(node, heartbeat)}\nleaderCommit`)
  })
  check(
    "5h.9",
    [9],
    "whoever needs a snapshot is told of again and again, and gets no AppendEntries meanwhile",
    () => {
      for (const [next, match] of [
        [3, 2],
        [5, 4],
        [3, 0],
      ] as const) {
        let node: RaftNode = leader("n1", {
          currentTerm: 4,
          log: compacted(5, 3, 4),
          nextIndex: { n2: next, n3: 7 },
          matchIndex: { n2: match, n3: 6 },
        })
        for (let times = 0; times < 3; times++) {
          const { state, effects } = step(node, heartbeat)
          same(
            sentOf(effects, "AppendEntries", "n2"),
            [],
            `${scene(node, heartbeat)}\nAppendEntries to n2, whose next entry is gone`,
          )
          holds(
            effects.some((effect) => effect.type === "needSnapshot" && effect.to === "n2"),
            scene(node, heartbeat),
            "needSnapshot for n2",
            show(effects),
          )
          node = state
        }
      }
    },
  )
  check(
    "5h.10",
    [10, 11],
    "answers go to the sender; below the base and below commitIndex it is answered by project 4's rules",
    () => {
      const known = server("n2", {
        currentTerm: 5,
        log: logOf(1, 1),
        leader: "n3",
        commitIndex: 1,
        lastApplied: 1,
      })
      for (const [message, success, matchIndex] of [
        [appendEntries(boss(1, 1, 5), "n2", 2), true, 3],
        [appendEntries(boss(1, 1, 5), "n2", 0), true, 3],
        [appendEntries(boss(1, 1, 3, 5), "n2", 3), false, 0],
      ] as const) {
        const [answer] = sentOf(step(known, message).effects, "AppendEntriesResponse")
        same(
          [answer?.to, answer?.success, answer?.matchIndex],
          ["n1", success, matchIndex],
          `${scene(known, message)}\nto, success and matchIndex of the answer`,
        )
      }
      const short = server("n2", { currentTerm: 5, log: compacted(4, 2, 2), commitIndex: 4, lastApplied: 4 })
      for (const [prev, count, end] of [
        [2, 4, 6],
        [0, 6, 6],
        [3, 2, 5],
      ] as const) {
        const message = appendEntries(boss(1, 1, 2, 2, 2, 5), "n2", prev, count)
        const { state, effects } = step(short, message)
        const [answer] = sentOf(effects, "AppendEntriesResponse")
        same(
          [answer?.success, answer?.matchIndex],
          [true, end],
          `${scene(short, message)}\nsuccess and matchIndex`,
        )
        same(
          state.log,
          end === 6 ? compacted(4, 2, 2, 5) : short.log,
          `${scene(short, message)}\nthe log afterwards`,
        )
      }
      const old = appendEntries(boss(1, 1, 2, 2), "n2", 1, 1)
      const [answer] = sentOf(step(short, old).effects, "AppendEntriesResponse")
      holds(
        answer?.success === true && answer.matchIndex >= 2 && answer.matchIndex <= 4,
        scene(short, old),
        "success",
        show(answer),
      )
    },
  )
  check("5h.11", [12], "a heartbeat tells who leads, too", () => {
    for (const known of [null, "n3"]) {
      const node = server("n2", { currentTerm: 5, log: logOf(1), leader: known })
      for (const message of [appendEntries(boss(1), "n2", 1, 0), appendEntries(boss(1, 1), "n2", 2, 0)])
        same(step(node, message).state.leader, "n1", `${scene(node, message)}\nleader`)
    }
  })
  check("5h.12", [13], "a leader acknowledges nothing of its own term", () => {
    const node = leader("n2", { currentTerm: 5, log: logOf(1, 5) })
    const message = appendEntries(boss(1, 4, 5), "n2", 1)
    for (const { success } of sentOf(step(node, message).effects, "AppendEntriesResponse"))
      same(success, false, `${scene(node, message)}\nsuccess of the answer`)
  })
  check("5h.13", [16], "the guess goes back below the leader's commitIndex", () => {
    let follower: RaftNode = server("n2", { currentTerm: 3 })
    let chief: RaftNode = leader("n1", {
      currentTerm: 3,
      log: logOf(1, 1, 2, 3, 3),
      commitIndex: 4,
      lastApplied: 4,
      matchIndex: { n3: 5 },
    })
    for (let beat = 0; beat < 10; beat++) {
      const beaten = step(chief, heartbeat)
      chief = beaten.state
      let [message] = sentOf(beaten.effects, "AppendEntries", "n2")
      for (let turns = 0; turns < 20 && message; turns++) {
        const taken = step(follower, message)
        follower = taken.state
        const [answer] = sentOf(taken.effects, "AppendEntriesResponse")
        if (!answer) break
        const told = step(chief, answer)
        chief = told.state
        ;[message] = sentOf(told.effects, "AppendEntries", "n2")
      }
    }
    same(
      follower.log,
      chief.log,
      "a leader with commitIndex 4, an empty follower, ten heartbeats: the follower's log",
    )
  })
  check("5h.14", [10], "for any two logs: the log afterwards", () => {
    const terms = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 7 }).map((steps) => {
      let term = 1
      return steps.map((up) => (term += up))
    })
    forAll(
      fc.record({ shared: terms, mine: terms, theirs: terms, prev: fc.nat(10), count: fc.nat(5) }),
      ({ shared, mine, theirs, prev, count }) => {
        const top = (shared.at(-1) ?? 1) + 1
        const a = [...shared, ...mine.map((term) => 2 * (top + term))]
        const b = [...shared, ...theirs.map((term) => 2 * (top + term) + 1)]
        const chief = leader("n1", { currentTerm: 99, log: logOf(...b) })
        const node = server("n2", { currentTerm: 99, log: logOf(...a) })
        const message = appendEntries(chief, "n2", Math.min(prev, b.length), count)
        const end = message.prevLogIndex + message.entries.length
        const fits = termIn(node.log, message.prevLogIndex) === message.prevLogTerm
        const keepsTail = a.slice(0, end).every((term, i) => term === b[i])
        const expected = !fits || (keepsTail && a.length >= end) ? a : b.slice(0, end)
        same(step(node, message).state.log, logOf(...expected), `${scene(node, message)}\nthe log afterwards`)
      },
      ({ shared }) => `shared ${String(shared)}`,
      300,
    )
  })
  check(
    "5h.15",
    [11],
    "a full message is acknowledged in full; a refusal by one who has committed is 0",
    () => {
      const node = server("n2", { currentTerm: 5, log: logOf(1, 1, 2), commitIndex: 2, lastApplied: 2 })
      const no = appendEntries(boss(1, 1, 3, 5), "n2", 3)
      same(
        sentOf(step(node, no).effects, "AppendEntriesResponse")[0]?.matchIndex,
        0,
        `${scene(node, no)}\nmatchIndex of the answer`,
      )
      const many = appendEntries(boss(...Array.from({ length: 100 }, () => 1)), "n2", 0)
      same(
        sentOf(step(server("n2", { currentTerm: 5 }), many).effects, "AppendEntriesResponse")[0]?.matchIndex,
        100,
        "an AppendEntries with 100 entries: matchIndex of the answer",
      )
    },
  )
  check(
    "5h.16",
    [20],
    "nothing by the way: the same call at another time, the same answer; and the state is JSON",
    () => {
      const calls: (readonly [RaftNode, ReplicationEvent, string])[] = []
      const plain = (value: unknown) => JSON.stringify(value)
      const one = (node: RaftNode, event: ReplicationEvent): RaftNode => {
        const { state, effects } = quick.step(node, event)
        holds(
          isDeepStrictEqual(JSON.parse(JSON.stringify(state)), state),
          scene(node, event),
          "plain JSON data",
          show(state),
        )
        calls.push([node, event, plain([state, effects])])
        return state
      }
      const fresh = server("n1", { currentTerm: 3, log: logOf(1) })
      const made = { ...fresh, ...project.lead(fresh).set }
      holds(isDeepStrictEqual(JSON.parse(JSON.stringify(made)), made), "lead", "plain JSON data", show(made))
      for (const me of ["n1", "n3"]) {
        let node: RaftNode = leader(me, { currentTerm: 5, log: logOf(1, 1, 5), nextIndex: { n2: 4 } })
        const other = me === "n1" ? "n3" : "n1"
        for (const event of [
          heartbeat,
          heartbeat,
          propose,
          rejected("n2", me, 5),
          rejected(other, me, 5),
          heartbeat,
          accepted("n2", me, 5, 3),
          accepted(other, me, 5, 4),
          propose,
          propose,
          heartbeat,
          accepted("n2", me, 5, 4),
          rejected("n2", me, 5),
        ])
          node = one(node, event)
        let follower: RaftNode = server("n2", { currentTerm: 5, log: logOf(1) })
        const chief = leader(me, { currentTerm: 5, log: logOf(1, 1, 5) })
        for (const event of [
          appendEntries(chief, "n2", 2),
          appendEntries(chief, "n2", 1),
          appendEntries(chief, "n2", 1),
          appendEntries(chief, "n2", 3),
          appendEntries(chief, "n2", 3),
          propose,
          heartbeat,
        ])
          follower = one(follower, event)
      }
      for (const [node, event, told] of calls.toReversed()) {
        const { state, effects } = quick.step(node, event)
        same(
          plain([state, effects]),
          told,
          `${scene(node, event)}, once more, after other calls\nstate and effects`,
        )
      }
    },
  )
})
