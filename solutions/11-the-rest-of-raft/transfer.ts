import { lastIndex } from "#04-the-log"
import { campaign } from "#07-leader-election"
import type { ElectionTimeout, ServerId } from "../../projects/03-planning/contract.ts"
import type {
  FullEffect,
  FullNode,
  TimeoutNow,
  TransferLeadership,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { send, type Part } from "./parts.ts"

/** Section 3.10 of the dissertation. */
export const transfer: Part<TransferLeadership | TimeoutNow | ElectionTimeout> = {
  name: "transfer",
  guards: {
    /** What is proposed now would have to be brought to its successor first, and again, and again. */
    takeNothingNew: ({ role, transfer }, { type }) =>
      role === "leader" && transfer !== null && type === "propose"
        ? { stop: true, effects: [{ type: "refused", leader: null }] }
        : undefined,
  },
  handlers: {
    transferLeadership: (node, { to }) => {
      const why = whyNot(node, to)
      if (why !== undefined) return { effects: [declined(why)] }
      return { set: { transfer: { to, told: false } }, effects: [{ type: "resetElectionTimer" }] }
    },

    /** As if its timeout had come. It says why, since all others still hear the leader. */
    TimeoutNow: (node) => {
      if (node.role === "leader") return undefined
      const { set, effects = [] } = campaign(node)
      return { ...(set && { set }), effects: effects.map(flagged) }
    },

    /** It does not lead by now, so it never may: this leader goes on. */
    electionTimeout: ({ role, transfer }) =>
      role === "leader" && transfer !== null
        ? { set: { transfer: null }, effects: [declined(`${transfer.to} has not taken over in time`)] }
        : undefined,
  },
  rules: {
    /** Whoever lacks an entry could not win, or would lose it. */
    handOver: (node) => {
      const { role, transfer, matchIndex, log, id, currentTerm } = node
      if (role !== "leader" || transfer === null || transfer.told) return undefined
      if (matchIndex[transfer.to] !== lastIndex(log)) return undefined
      const message = { type: "TimeoutNow", from: id, to: transfer.to, term: currentTerm } as const
      return { set: { transfer: { ...transfer, told: true }, toldIn: currentTerm }, effects: [send(message)] }
    },

    isOver: ({ role, transfer }) =>
      role !== "leader" && transfer !== null ? { set: { transfer: null } } : undefined,
  },
}

function whyNot(node: FullNode, to: ServerId): string | undefined {
  const { id, role, leader, voters, oldVoters } = node
  if (role !== "leader") return `${id} does not lead; ${leader ?? "nobody it knows"} does`
  if (to === id) return `${id} leads already`
  if (!voters.includes(to) || (oldVoters.length > 0 && !oldVoters.includes(to)))
    return `${to} is none of the voters (${voters.join(", ")})`
  return node.transfer === null ? undefined : `it hands over to ${node.transfer.to} already`
}

function flagged(effect: FullEffect): FullEffect {
  return effect.type === "send" && effect.message.type === "RequestVote"
    ? send({ ...effect.message, leadershipTransfer: true })
    : effect
}

function declined(why: string): FullEffect {
  return { type: "declined", what: "transferLeadership", why }
}
