import { isQuorum, others } from "#03-planning"
import { termAt } from "#04-the-log"
import type { Change, HeartbeatTimeout } from "../../projects/03-planning/contract.ts"
import type {
  Confirm,
  ConfirmResponse,
  FullEffect,
  FullNode,
  Read,
  Reading,
  WaitingRead,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { send, type Part } from "./parts.ts"

type Changed = Change<FullNode, FullEffect> | undefined

/**
 * How long a majority's word is good for. Whoever has heard the leader takes part in no election for the shortest
 * election timeout, by its own clock; the leader's may be the slower one.
 */
export function leaseFor(shortest: number, drift: number): number {
  return shortest / (1 + drift)
}

/** Sections 8 of the paper and 6.4 of the dissertation: reads that are in no log. */
export function reads(lease: number | null): Part<Read | Confirm | ConfirmResponse | HeartbeatTimeout> {
  return {
    name: "reads",
    handlers: {
      read: (node, { read, now }) => {
        if (node.role !== "leader") return { effects: [{ type: "notReadable", read, leader: node.leader }] }
        const { reading } = node
        // A round that is under way may have been answered before this read came, by servers that follow another now.
        const round = isLeased(node, now) ? reading.confirmed : reading.round + 1
        const waiting = [...reading.waiting, { read, round, index: null, now: now ?? null }]
        return { set: { reading: { ...reading, waiting } } }
      },

      Confirm: (node, { from, round }) =>
        node.role === "leader"
          ? undefined
          : {
              set: { role: "follower", leader: from },
              effects: [
                { type: "resetElectionTimer" },
                send({ type: "ConfirmResponse", from: node.id, to: from, term: node.currentTerm, round }),
              ],
            },

      ConfirmResponse: (node, { from, round }) => {
        const { reading } = node
        const counts = node.role === "leader" && isUnderWay(reading) && round === reading.round
        if (!counts || reading.acks.includes(from)) return undefined
        return { set: { reading: { ...reading, acks: [...reading.acks, from] } } }
      },

      heartbeatTimeout: (node) =>
        node.role === "leader" && isUnderWay(node.reading)
          ? { effects: questions(node, node.reading.round) }
          : undefined,
    },
    rules: { giveUp, noteIndex, ask, confirm: (node) => confirm(node, lease), release },
  }
}

/** Servers that were told to stand are given votes by those who still hear this leader: then nothing is certain. */
function isLeased({ reading, currentTerm, toldIn }: FullNode, now: number | undefined): boolean {
  return now !== undefined && now < reading.leaseUntil && toldIn !== currentTerm
}

function isUnderWay({ round, confirmed }: Reading): boolean {
  return round > confirmed
}

function questions(node: FullNode, round: number): readonly FullEffect[] {
  return others(node).map((to) => send({ type: "Confirm", from: node.id, to, term: node.currentTerm, round }))
}

/** Section 6.4: what is committed when the read comes, or later. Before an entry of its term is, a leader cannot know. */
function noteIndex(node: FullNode): Changed {
  const { role, reading, log, commitIndex, currentTerm } = node
  if (role !== "leader" || reading.waiting.every(({ index }) => index !== null)) return undefined
  if (termAt(log, commitIndex) !== currentTerm) return undefined
  const waiting = reading.waiting.map((each) =>
    each.index === null ? { ...each, index: commitIndex } : each,
  )
  return { set: { reading: { ...reading, waiting } } }
}

/** One round for all that have come while the one before it was under way. */
function ask(node: FullNode): Changed {
  const { role, id, reading } = node
  const round = reading.round + 1
  const first = reading.waiting.find((each) => each.round === round)
  if (role !== "leader" || isUnderWay(reading) || first === undefined) return undefined
  return {
    set: { reading: { ...reading, round, acks: [id], began: first.now } },
    effects: questions(node, round),
  }
}

function confirm(node: FullNode, lease: number | null): Changed {
  const { role, reading } = node
  if (role !== "leader" || !isUnderWay(reading)) return undefined
  if (!isQuorum(node, (server) => reading.acks.includes(server))) return undefined
  const leaseUntil = lease === null || reading.began === null ? reading.leaseUntil : reading.began + lease
  return { set: { reading: { ...reading, confirmed: reading.round, leaseUntil } } }
}

function release({ role, reading, lastApplied }: FullNode): Changed {
  const isReady = ({ round, index }: WaitingRead) =>
    round <= reading.confirmed && index !== null && index <= lastApplied
  const ready = reading.waiting.filter(isReady)
  if (role !== "leader" || ready.length === 0) return undefined
  return {
    set: { reading: { ...reading, waiting: reading.waiting.filter((each) => !isReady(each)) } },
    effects: ready.map(({ read }) => ({ type: "readable", read })),
  }
}

function giveUp({ role, leader, reading }: FullNode): Changed {
  const { waiting, round, leaseUntil } = reading
  if (role === "leader" || (waiting.length === 0 && !isUnderWay(reading) && leaseUntil === 0))
    return undefined
  return {
    set: { reading: { waiting: [], round, confirmed: round, acks: [], began: null, leaseUntil: 0 } },
    effects: waiting.map(({ read }) => ({ type: "notReadable", read, leader })),
  }
}
