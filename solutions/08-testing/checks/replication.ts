import type {
  AppendEntriesResponse,
  Effect,
  Index,
  RaftEvent,
  RaftNode,
  ServerId,
} from "../../../projects/03-planning/contract.ts"
import type { Check, RaftUnderTest } from "../../../projects/08-testing/contract.ts"
import {
  append,
  candidate,
  follower,
  heartbeat,
  lastIndex,
  leader,
  log,
  others,
  refusal,
  sent,
  success,
  type Fields,
  type Known,
} from "./build.ts"
import { fits, freeze, holds, same, table } from "./check.ts"
import { reaction } from "./laws.ts"
import { lie } from "./truth.ts"

// Project 5. The laws watch every step; here are the situations, and what is expected of each beyond the laws.

const base = { index: 3, term: 2 }
const joint: Fields = { voters: ["n1", "n2"], oldVoters: ["n1", "n3"] }

const lead = table<RaftNode>(
  "a new leader begins afresh and lets everyone know",
  {
    "nothing in its log": candidate(),
    "a log": candidate({ log: log([1, 2, 2]), commitIndex: 2 }),
    "a log without its beginning": candidate({ log: log([2, 5], base), commitIndex: 3 }),
    "a log without entries": candidate({ log: log([], base), commitIndex: 3 }),
    "it has led before": { ...leader({ log: log([1]) }, { n2: [1, 2], n3: [7, 9] }), role: "candidate" },
    "the membership changes": candidate(joint),
    alone: candidate({ voters: ["n1"] }),
  },
  ({ replication }, node) => {
    const { set, effects = [] } = replication.lead(node)
    const after = { ...node, ...set }
    const { voters, currentTerm, votedFor, commitIndex } = node
    fits(after, { role: "leader", leader: "n1", voters, currentTerm, votedFor, commitIndex }, "the leader")
    same(Object.keys(after.nextIndex).sort(), others(node), "who has a nextIndex")
    for (const peer of others(node)) {
      // An entry of its own may be there already.
      const fresh = [lastIndex(node.log) + 1, lastIndex(after.log) + 1]
      holds(fresh.includes(after.nextIndex[peer] ?? 0), `nextIndex ${String(after.nextIndex[peer])} of ${peer}`)
      same(after.matchIndex[peer], 0, `matchIndex of ${peer}`)
    }
    same(receivers(effects), others(node), "who gets an AppendEntries")
    same(lie(node, after, effects), null, "what it says that is not so")
  },
)

function receivers(effects: readonly Effect[]): readonly ServerId[] {
  return [...new Set(sent(effects, "AppendEntries").map(({ to }) => to))].sort()
}

const commands = ["x", "x", 0, false, "", [], { set: "x" }]

const proposals = table<RaftNode>(
  "a leader takes commands",
  {
    "an empty log": leader(),
    "older entries": leader({ log: log([1, 2]) }),
    "a log without its beginning": leader({ log: log([2], base), commitIndex: 3 }),
    "it is alone": leader({ voters: ["n1"] }),
    "a follower needs a snapshot": leader({ log: log([2], base), commitIndex: 3 }, { n2: [0, 1] }),
  },
  (raft, first) => {
    let node = first
    for (const command of commands) {
      const end = lastIndex(node.log)
      const { state, effects } = reaction(raft, node, { type: "propose", command })
      fits(state.log.entries.at(-1) ?? {}, { term: 5, command }, "the last entry")
      same(lastIndex(state.log), end + 1, "lastIndex")
      const types = effects.map(({ type }) => type)
      const inOrder = !types.includes("apply") || types.indexOf("accepted") < types.indexOf("apply")
      holds(inOrder, "an entry is accepted before it is applied")
      node = state
    }
  },
)

const refusals = table<RaftNode>(
  "nobody else takes commands",
  {
    "a follower": follower({ leader: "n2", log: log([1]) }),
    "a follower that knows no leader": follower(),
    "a candidate": candidate(),
    "who has led before": { ...leader(), role: "follower", leader: "n3" },
  },
  (raft, node) => {
    const { state, effects } = reaction(raft, node, { type: "propose", command: "x" })
    same(state, node, "the server")
    same(effects, [{ type: "refused", leader: node.leader }], "the effects")
  },
)

interface Heartbeat {
  readonly node: RaftNode
  /** To each follower, prevLogIndex and how many entries at least; `null` for a snapshot. */
  readonly sends: Readonly<Record<ServerId, readonly [prev: Index, atLeast: number] | null>>
}

const oldAndNew = log([2, 2, 5, 5], base) // indexes 4 to 7

const heartbeats = table<Heartbeat>(
  "a leader's heartbeats",
  {
    "followers that have everything": {
      node: leader({ log: log([1, 5]), commitIndex: 2 }, { n2: [2, 3], n3: [2, 3] }),
      sends: { n2: [2, 0], n3: [2, 0] },
    },
    "followers that lack something": {
      node: leader({ log: log([1, 5, 5]), commitIndex: 1 }, { n2: [0, 1], n3: [2, 3] }),
      sends: { n2: [0, 1], n3: [2, 1] },
    },
    "a guess": {
      node: leader({ log: log([1, 2, 5]) }, { n2: [0, 3], n3: [0, 4] }),
      sends: { n2: [2, 1], n3: [3, 0] },
    },
    "far behind": {
      node: leader({ log: log(Array<number>(250).fill(5)) }, { n2: [0, 1], n3: [120, 121] }),
      sends: { n2: [0, 1], n3: [120, 1] },
    },
    "a learner without a vote": { node: leader({}, { n9: [0, 1] }), sends: { n2: [0, 0], n3: [0, 0], n9: [0, 0] } },
    "the membership changes": { node: leader(joint), sends: { n2: [0, 0], n3: [0, 0] } },
    "right behind the base": {
      node: leader({ log: oldAndNew, commitIndex: 3 }, { n2: [3, 4], n3: [5, 6] }),
      sends: { n2: [3, 1], n3: [5, 1] },
    },
    "what is gone": {
      node: leader({ log: oldAndNew, commitIndex: 3 }, { n2: [2, 3], n3: [0, 1] }),
      sends: { n2: null, n3: null },
    },
    "what is gone, and nothing is left": {
      node: leader({ log: log([], base), commitIndex: 3 }, { n2: [0, 2] }),
      sends: { n2: null, n3: [3, 0] },
    },
    "who has led before": {
      node: follower({ nextIndex: { n2: 1, n3: 1 }, matchIndex: { n2: 0, n3: 0 } }),
      sends: {},
    },
    "a follower": { node: follower({ leader: "n2" }), sends: {} },
    "a candidate": { node: candidate(), sends: {} },
  },
  (raft, { node, sends }) => {
    const { state, effects } = reaction(raft, node, heartbeat)
    const snapshots = effects.flatMap((effect) => (effect.type === "needSnapshot" ? [effect.to] : []))
    const expected = Object.entries(sends)
    same(receivers(effects), names(expected.filter(([, message]) => message !== null)), "who is sent to")
    same(names(snapshots.map((to) => [to])), names(expected.filter(([, message]) => message === null)), "needSnapshot")
    for (const message of sent(effects, "AppendEntries")) {
      const [prev, atLeast] = sends[message.to] ?? [0, 0]
      const isFirst = message.prevLogIndex === prev
      if (isFirst) holds(message.entries.length >= atLeast, `${message.to} gets no entries behind ${String(prev)}`)
    }
    for (const [to, message] of expected) {
      const found = sent(effects, "AppendEntries").some(
        ({ to: receiver, prevLogIndex }) => receiver === to && prevLogIndex === message?.[0],
      )
      if (message) holds(found, `${to} gets nothing that begins behind ${String(message[0])}`)
    }
    fits(state, { role: node.role, log: node.log, commitIndex: node.commitIndex }, "the server")
  },
)

function names(list: readonly (readonly [ServerId, ...unknown[]])[]): readonly ServerId[] {
  return [...new Set(list.map(([name]) => name))].sort()
}
