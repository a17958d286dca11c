import { check, group, holds, same, show } from "#suite"
import { compacted, endOf, leader, logOf, sent, sentOf, server, servers, termIn } from "../cluster/build.ts"
import { scene, tellMessage, tellNode } from "../cluster/words.ts"
import { ignores, project, step } from "./project.ts"

const heartbeat = { type: "heartbeatTimeout" } as const
const propose = { type: "propose", command: "set x 1" } as const

/** `lead`, applied to a server. */
function made(node: ReturnType<typeof server>) {
  const { set = {}, effects = [] } = project.lead(node)
  return { state: { ...node, ...set }, effects }
}

group("5a", "Leading by decree", () => {
  check("5a.1", [1], "a new leader knows that it leads", () => {
    const node = server("n1", { currentTerm: 3, log: logOf(1, 2) })
    const { state } = made(node)
    same([state.role, state.leader], ["leader", "n1"], `lead of ${tellNode(node)}: role and leader`)
    same(state.currentTerm, 3, "lead: currentTerm stays")
    same(state.voters, node.voters, "lead: the voters stay")
  })

  check(
    "5a.2",
    [1],
    "it expects every follower to have its whole log, and knows of none that it does",
    () => {
      for (const log of [logOf(), logOf(1, 1, 2), compacted(4, 2, 2, 3)]) {
        const node = server("n2", { currentTerm: 3, log, voters: servers(5) })
        const { state } = made(node)
        const next = endOf(log) + (endOf(state.log) - endOf(node.log)) + 1
        for (const peer of ["n1", "n3", "n4", "n5"]) {
          holds(
            state.nextIndex[peer] === next || state.nextIndex[peer] === endOf(log) + 1,
            `lead of ${tellNode(node)}: nextIndex of ${peer}`,
            `${String(endOf(log) + 1)}, the index behind its last entry`,
            show(state.nextIndex[peer]),
          )
          same(state.matchIndex[peer], 0, `lead of ${tellNode(node)}: matchIndex of ${peer}`)
        }
      }
    },
  )

  check("5a.3", [1], "what it knew from an earlier leadership is forgotten", () => {
    const node = server("n1", {
      currentTerm: 5,
      log: logOf(1, 1, 2, 4),
      nextIndex: { n2: 2, n3: 9 },
      matchIndex: { n2: 1, n3: 8 },
    })
    const { state } = made(node)
    const next = state.nextIndex.n2 === 5 ? 5 : endOf(state.log) + 1 // with an entry of its own, as in 5a.2
    same(state.nextIndex, { n2: next, n3: next }, `lead of ${tellNode(node)} that led before: nextIndex`)
    same(state.matchIndex, { n2: 0, n3: 0 }, `lead of ${tellNode(node)} that led before: matchIndex`)
  })

  check("5a.4", [2], "it lets every other server know at once", () => {
    const node = server("n3", { currentTerm: 2, log: logOf(1, 1), voters: servers(4) })
    const { effects } = made(node)
    for (const peer of ["n1", "n2", "n4"]) {
      holds(
        sentOf(effects, "AppendEntries", peer).length > 0,
        `lead of ${tellNode(node)}`,
        `an AppendEntries to ${peer} among the effects`,
        sent(effects).map(tellMessage).join("; ") || "no messages",
      )
    }
  })

  check("5a.5", [1, 5], "the servers of the configuration before a change are led, too", () => {
    const node = server("n1", { currentTerm: 2, voters: ["n1", "n2"], oldVoters: ["n1", "n3", "n4"] })
    const { state, effects } = made(node)
    same(
      Object.keys(state.nextIndex).toSorted(),
      ["n2", "n3", "n4"],
      "lead, with oldVoters: who has a nextIndex",
    )
    same(sentOf(effects, "AppendEntries", "n4").length > 0, true, "lead, with oldVoters: n4 gets a message")
  })
})

group("5b", "Commands", () => {
  check("5b.1", [3], "a leader puts a command at the end of its log, in its own term", () => {
    const node = leader("n1", { currentTerm: 4, log: logOf(1, 3) })
    const { state, effects } = step(node, propose)
    const scenario = scene(node, propose)
    same(
      state.log.entries,
      [...node.log.entries, { term: 4, command: "set x 1" }],
      `${scenario}\nthe log afterwards`,
    )
    const answers = effects.filter(({ type }) => type === "accepted" || type === "refused")
    same(answers, [{ type: "accepted", index: 3, term: 4 }], `${scenario}\nthe answer among the effects`)
  })

  check("5b.2", [3], "the same command twice is two entries", () => {
    const once = step(leader("n1"), propose).state
    const { state, effects } = step(once, propose)
    same(state.log.entries.length, 2, "the same command proposed twice: entries in the log")
    const answer = effects.find(({ type }) => type === "accepted")
    same(answer, { type: "accepted", index: 2, term: 1 }, "the second answer")
  })

  check("5b.3", [3], "indexes count on from the base of a shortened log", () => {
    const node = leader("n1", { currentTerm: 4, log: compacted(7, 3, 3) })
    const { effects } = step(node, propose)
    const answer = effects.find(({ type }) => type === "accepted")
    same(answer, { type: "accepted", index: 9, term: 4 }, `${scene(node, propose)}\nthe answer`)
  })

  check("5b.4", [4], "a follower refuses, and names the leader if it knows it", () => {
    for (const known of ["n2", null]) {
      const node = server("n1", { currentTerm: 2, log: logOf(1), leader: known })
      const { state, effects } = step(node, propose)
      same(effects, [{ type: "refused", leader: known }], `${scene(node, propose)}\nthe effects`)
      same(state.log, node.log, `${scene(node, propose)}\nthe log afterwards`)
    }
  })

  check("5b.5", [4], "a candidate refuses as well", () => {
    const node = server("n1", { currentTerm: 2, role: "candidate" })
    const { state, effects } = step(node, propose)
    same(effects, [{ type: "refused", leader: null }], `${scene(node, propose)}\nthe effects`)
    same(state.log, node.log, `${scene(node, propose)}\nthe log afterwards`)
  })
})

/** Checks every AppendEntries among the effects against the leader's state. */
function checkHonest(
  node: ReturnType<typeof leader>,
  messages: ReturnType<typeof sent>,
  scenario: string,
): void {
  for (const message of messages) {
    if (message.type !== "AppendEntries") continue
    const where = `${scenario}\nthe ${tellMessage(message)}`
    same([message.from, message.term], [node.id, node.currentTerm], `${where}: from and term`)
    same(message.prevLogTerm, termIn(node.log, message.prevLogIndex), `${where}: prevLogTerm`)
    const from = message.prevLogIndex - node.log.base.index
    const own = node.log.entries.slice(from, from + message.entries.length)
    same(message.entries, own, `${where}: the entries, which must be those behind prevLogIndex in its log`)
    same(message.leaderCommit, node.commitIndex, `${where}: leaderCommit`)
  }
}

group("5c", "What a leader sends", () => {
  check("5c.1", [7], "at every heartbeat, every follower hears from it", () => {
    for (const n of [2, 3, 5]) {
      const level = (index: number) =>
        Object.fromEntries(
          servers(n)
            .slice(1)
            .map((id) => [id, index]),
        )
      const node = leader("n1", {
        voters: servers(n),
        log: logOf(1),
        nextIndex: level(2),
        matchIndex: level(n === 3 ? 0 : 1),
      })
      const { effects } = step(node, heartbeat)
      const to = [...new Set(sentOf(effects, "AppendEntries").map((message) => message.to))].toSorted()
      same(to, servers(n).slice(1), `${scene(node, heartbeat)}\nwho gets an AppendEntries`)
    }
  })

  check("5c.2", [7], "nobody else sends heartbeats", () => {
    ignores(
      server("n1", {
        currentTerm: 2,
        leader: "n2",
        nextIndex: { n2: 1, n3: 1 },
        matchIndex: { n2: 0, n3: 0 },
      }),
      heartbeat,
    )
    ignores(server("n1", { currentTerm: 2, role: "candidate" }), heartbeat)
  })

  check("5c.3", [5], "what it sends tells the truth: previous entry, entries, term, commitIndex", () => {
    const node = leader("n1", {
      currentTerm: 4,
      log: logOf(1, 1, 2, 4, 4),
      commitIndex: 2,
      lastApplied: 2,
      nextIndex: { n2: 3, n3: 6 },
    })
    const { state, effects } = step(node, heartbeat)
    checkHonest(state, sent(effects), scene(node, heartbeat))
    const next = leader("n1", { log: logOf(1, 1), nextIndex: { n2: 1 } })
    checkHonest(step(next, heartbeat).state, sent(step(next, heartbeat).effects), scene(next, heartbeat))
  })

  check("5c.4", [5], "also where the log's beginning is gone", () => {
    const node = leader("n1", {
      currentTerm: 4,
      log: compacted(3, 2, 4, 4),
      nextIndex: { n2: 4, n3: 5 },
      commitIndex: 3,
      lastApplied: 3,
    })
    const { state, effects } = step(node, heartbeat)
    checkHonest(state, sent(effects), scene(node, heartbeat))
    const to2 = sentOf(effects, "AppendEntries", "n2")[0]
    same(
      [to2?.prevLogIndex, to2?.prevLogTerm],
      [3, 2],
      `${scene(node, heartbeat)}\nwhat n2 gets: prevLogIndex and prevLogTerm`,
    )
  })

  check("5c.5", [8], "a heartbeat brings a follower what it is believed to lack", () => {
    const node = leader("n1", { currentTerm: 2, log: logOf(1, 1, 2), nextIndex: { n2: 2, n3: 1 } })
    const { effects } = step(node, heartbeat)
    for (const [peer, next] of [
      ["n2", 2],
      ["n3", 1],
    ] as const) {
      const messages = sentOf(effects, "AppendEntries", peer)
      holds(
        messages.some(({ prevLogIndex, entries }) => prevLogIndex === next - 1 && entries.length > 0),
        `${scene(node, heartbeat)}\nwhat ${peer} gets`,
        `an AppendEntries with prevLogIndex ${String(next - 1)} and at least entry ${String(next)}`,
        messages.map(tellMessage).join("; ") || "nothing",
      )
    }
  })

  check("5c.6", [8], "a new command reaches the followers with the next heartbeat at the latest", () => {
    const node = leader("n1", {
      voters: servers(3),
      log: logOf(1),
      nextIndex: { n2: 2, n3: 2 },
      matchIndex: { n2: 1, n3: 1 },
    })
    const proposed = step(node, propose)
    const beaten = step(proposed.state, heartbeat)
    const messages = [...sent(proposed.effects), ...sent(beaten.effects)]
    for (const peer of ["n2", "n3"]) {
      const carried = messages.some(
        (message) =>
          message.type === "AppendEntries" &&
          message.to === peer &&
          message.entries.some(({ command }) => command === "set x 1"),
      )
      holds(
        carried,
        `${scene(node, propose)}, then a heartbeatTimeout`,
        `a message to ${peer} with the new entry`,
        messages.map(tellMessage).join("; "),
      )
    }
  })

  check("5c.7", [9], "entries that are gone cannot be sent: it says who needs a snapshot instead", () => {
    const node = leader("n1", {
      currentTerm: 4,
      log: compacted(5, 3, 4),
      nextIndex: { n2: 3, n3: 7 },
      matchIndex: { n2: 2, n3: 6 },
    })
    const { effects } = step(node, heartbeat)
    same(
      sentOf(effects, "AppendEntries", "n2"),
      [],
      `${scene(node, heartbeat)}\nAppendEntries to n2, whose next entry is gone`,
    )
    holds(
      effects.some((effect) => effect.type === "needSnapshot" && effect.to === "n2"),
      scene(node, heartbeat),
      "needSnapshot for n2 among the effects",
      show(effects),
    )
    same(
      effects.some((effect) => effect.type === "needSnapshot" && effect.to === "n3"),
      false,
      `${scene(node, heartbeat)}\nneedSnapshot for n3, which lacks nothing that is gone`,
    )
  })
})
