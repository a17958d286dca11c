import { check, group, holds, same, show } from "#suite"
import type { AppendEntriesResponse, RaftNode } from "../../projects/03-planning/contract.ts"
import { accepted, compacted, leader, logOf, rejected, sentOf, servers } from "../cluster/build.ts"
import { scene } from "../cluster/words.ts"
import { step } from "./project.ts"

const propose = { type: "propose", command: "set x 1" } as const
const heartbeat = { type: "heartbeatTimeout" } as const

/** A leader of five entries, which has n2 at these indexes, and n3 level. */
function tracking(next: number, match: number): RaftNode {
  return leader("n1", {
    currentTerm: 3,
    log: logOf(1, 1, 2, 3, 3),
    nextIndex: { n2: next, n3: 6 },
    matchIndex: { n2: match, n3: 5 },
  })
}

/** What the leader believes of n2 after an answer, and after the rules had their say. */
function believes(
  node: RaftNode,
  event: AppendEntriesResponse,
): { readonly next: number; readonly match: number } {
  const { state } = step(node, event)
  return { next: state.nextIndex.n2 ?? -1, match: state.matchIndex.n2 ?? -1 }
}

function nextAtLeast(node: RaftNode, event: AppendEntriesResponse, least: number): void {
  const { next } = believes(node, event)
  holds(next >= least, `${scene(node, event)}\nnextIndex of n2`, `at least ${String(least)}`, show(next))
}

group("5e", "What a leader learns from answers", () => {
  check("5e.1", [14], "success: up to matchIndex the follower has everything", () => {
    for (const [next, match, told] of [
      [6, 0, 5],
      [4, 0, 3],
      [4, 2, 5],
      [6, 3, 4],
    ] as const) {
      const event = accepted("n2", "n1", 3, told)
      same(
        believes(tracking(next, match), event).match,
        told,
        `${scene(tracking(next, match), event)}\nmatchIndex of n2`,
      )
      nextAtLeast(tracking(next, match), event, told + 1)
    }
  })

  check("5e.2", [14], "it believes the answer, not its own log: the answer may be to an old message", () => {
    const event = accepted("n2", "n1", 3, 2)
    same(believes(tracking(6, 0), event).match, 2, `${scene(tracking(6, 0), event)}\nmatchIndex of n2`)
    same(believes(tracking(3, 0), event).match, 2, `${scene(tracking(3, 0), event)}\nmatchIndex of n2`)
  })

  check("5e.3", [15], "a late success takes nothing back", () => {
    for (const told of [0, 2, 4]) {
      const event = accepted("n2", "n1", 3, told)
      const scenario = scene(tracking(6, 4), event)
      same(believes(tracking(6, 4), event).match, 4, `${scenario}\nmatchIndex of n2`)
      nextAtLeast(tracking(6, 4), event, 5)
    }
  })

  check("5e.4", [16], "a refusal walks nextIndex back", () => {
    for (const [next, match] of [
      [6, 0],
      [4, 1],
      [3, 0],
    ] as const) {
      const event = rejected("n2", "n1", 3)
      const { match: matched } = believes(tracking(next, match), event)
      const scenario = scene(tracking(next, match), event)
      same(matched, match, `${scenario}\nmatchIndex of n2`)
      const messages = sentOf(
        [
          ...step(tracking(next, match), event).effects,
          ...step(step(tracking(next, match), event).state, heartbeat).effects,
        ],
        "AppendEntries",
        "n2",
      )
      holds(
        messages.some(({ prevLogIndex }) => prevLogIndex < next - 1),
        `${scenario}, then a heartbeatTimeout\nwhat n2 gets`,
        `an AppendEntries with prevLogIndex below ${String(next - 1)}`,
        messages.map(({ prevLogIndex }) => `prevLogIndex ${String(prevLogIndex)}`).join(", ") || "nothing",
      )
    }
  })

  check("5e.5", [16], "a refusal never moves matchIndex", () => {
    const event = { ...rejected("n2", "n1", 3), matchIndex: 5 }
    same(believes(tracking(6, 2), event).match, 2, `${scene(tracking(6, 2), event)}\nmatchIndex of n2`)
    same(
      believes(tracking(6, 5), rejected("n2", "n1", 3)).match,
      5,
      `${scene(tracking(6, 5), rejected("n2", "n1", 3))}\nmatchIndex of n2`,
    )
  })

  check("5e.6", [17], "never below matchIndex + 1: what matched once matches for good", () => {
    const event = rejected("n2", "n1", 3)
    for (const [next, match] of [
      [4, 3],
      [5, 3],
      [6, 5],
    ] as const) {
      let node = tracking(next, match)
      for (let times = 0; times < 5; times++) {
        nextAtLeast(node, event, match + 1)
        node = step(node, event).state
      }
    }
  })

  check("5e.7", [17], "never below 1: the start of the log always works", () => {
    nextAtLeast(tracking(1, 0), rejected("n2", "n1", 3), 1)
    const empty = leader("n1", { currentTerm: 3 })
    nextAtLeast(empty, rejected("n2", "n1", 3), 1)
    let node = tracking(3, 0)
    for (let times = 0; times < 6; times++) {
      nextAtLeast(node, rejected("n2", "n1", 3), 1)
      node = step(node, rejected("n2", "n1", 3)).state
    }
    const after = step(node, heartbeat)
    for (const { prevLogIndex } of sentOf(after.effects, "AppendEntries", "n2")) {
      holds(
        prevLogIndex >= 0,
        "after six refusals, a heartbeatTimeout",
        "prevLogIndex of at least 0",
        show(prevLogIndex),
      )
    }
  })

  check("5e.8", [14, 16], "each follower by itself: an answer of one says nothing about another", () => {
    const node = leader("n1", {
      voters: servers(4),
      currentTerm: 3,
      log: logOf(1, 2, 3),
      nextIndex: { n2: 3, n3: 4, n4: 4 },
    })
    for (const event of [accepted("n2", "n1", 3, 2), rejected("n2", "n1", 3)]) {
      const { state } = step(node, event)
      for (const other of ["n3", "n4"]) {
        same(
          [state.nextIndex[other], state.matchIndex[other]],
          [4, 0],
          `${scene(node, event)}\nnextIndex and matchIndex of ${other}`,
        )
      }
    }
  })

  check("5e.9", [8], "after a success the leader goes on with what comes next", () => {
    const node = leader("n1", {
      currentTerm: 3,
      log: logOf(1, 1, 2, 3, 3),
      nextIndex: { n2: 3, n3: 6 },
      matchIndex: { n2: 0, n3: 5 },
    })
    const event = accepted("n2", "n1", 3, 3)
    const after = step(node, event)
    const messages = sentOf(
      [...after.effects, ...step(after.state, heartbeat).effects],
      "AppendEntries",
      "n2",
    )
    holds(
      messages.some(({ prevLogIndex, entries }) => prevLogIndex === 3 && entries.length > 0),
      `${scene(node, event)}, then a heartbeatTimeout\nwhat n2 gets`,
      "an AppendEntries with entries from index 4 on",
      show(messages.map(({ prevLogIndex, entries }) => ({ prevLogIndex, entries: entries.length }))),
    )
  })

  check("5e.10", [6], "a message carries at most maxEntries entries", () => {
    const terms = Array.from({ length: 250 }, () => 1)
    const node = leader("n1", { log: logOf(...terms), nextIndex: { n2: 1, n3: 1 } })
    const after = step(node, heartbeat)
    const again = step(after.state, accepted("n2", "n1", 1, 10))
    const proposed = step(again.state, propose)
    for (const { effects } of [after, again, proposed]) {
      for (const message of sentOf(effects, "AppendEntries")) {
        holds(
          message.entries.length <= 100,
          "a follower that lacks 250 entries",
          "at most 100 entries in one AppendEntries",
          String(message.entries.length),
        )
      }
    }
  })

  check("5e.11", [9], "a follower that falls back behind the log's beginning, too", () => {
    const node = leader("n1", {
      currentTerm: 4,
      log: compacted(5, 3, 4, 4),
      nextIndex: { n2: 6, n3: 8 },
      matchIndex: { n2: 0, n3: 7 },
    })
    const refused = step(node, rejected("n2", "n1", 4))
    const beaten = step(refused.state, heartbeat)
    const proposed = step(beaten.state, propose)
    const effects = [...refused.effects, ...beaten.effects]
    same(
      sentOf([...effects, ...proposed.effects], "AppendEntries", "n2"),
      [],
      `${scene(node, rejected("n2", "n1", 4))}, then a heartbeatTimeout and a proposal\nAppendEntries to n2`,
    )
    holds(
      effects.some((effect) => effect.type === "needSnapshot" && effect.to === "n2"),
      `${scene(node, rejected("n2", "n1", 4))}, then a heartbeatTimeout`,
      "needSnapshot for n2 among the effects",
      show(effects),
    )
  })

  check("5e.12", [7, 8], "whoever has a nextIndex gets the log, with a vote or without", () => {
    const node = leader("n1", {
      currentTerm: 2,
      log: logOf(1, 2),
      nextIndex: { n2: 3, n3: 3, n9: 3 },
      matchIndex: { n2: 2, n3: 2, n9: 0 },
    })
    const beaten = step(node, heartbeat)
    same(
      sentOf(beaten.effects, "AppendEntries", "n9").length > 0,
      true,
      `${scene(node, heartbeat)}\nn9, which has no vote, gets an AppendEntries`,
    )
    const answered = step(beaten.state, accepted("n9", "n1", 2, 2))
    same(answered.state.matchIndex.n9, 2, `${scene(node, heartbeat)}, then n9 answers\nmatchIndex of n9`)
    const proposed = step(answered.state, propose)
    const messages = sentOf(
      [...proposed.effects, ...step(proposed.state, heartbeat).effects],
      "AppendEntries",
      "n9",
    )
    same(
      messages.some(({ entries }) => entries.some(({ command }) => command === "set x 1")),
      true,
      `then a proposal and a heartbeatTimeout\nn9 gets the new entry`,
    )
  })
})
