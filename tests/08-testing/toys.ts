import type { Effect, Message, RaftEvent, RaftNode, ServerId } from "../../projects/03-planning/contract.ts"
import type { Raft } from "../../projects/08-testing/contract.ts"
import { accepted, appendEntries, endOf, requestVote, server, vote } from "../cluster/build.ts"
import { Random } from "../cluster/random.ts"
import { lively } from "./lively.ts"

/**
 * Tiny protocols that are no Raft, but look like one from outside: how many states they have, and how far away they are,
 * can be worked out by hand. What they count, they count in fields that a RaftNode has anyway.
 */

interface Reaction {
  readonly set?: Partial<RaftNode>
  readonly send?: readonly Message[]
  readonly effects?: readonly Effect[]
}

type React = (node: RaftNode, event: RaftEvent) => Reaction | undefined

export function toy(react: React, first: Partial<RaftNode> = {}): Raft {
  return lively({
    initialNode: (id, voters) => server(id, { voters, ...first }),
    step: (node, event) => {
      const { set = {}, send = [], effects = [] } = react(node, event) ?? {}
      const state = Object.keys(set).length === 0 ? node : { ...node, ...set }
      return { state, effects: [...effects, ...send.map(sending)], because: [] }
    },
  })
}

function sending(message: Message): Effect {
  return { type: "send", message }
}

function peers({ id, voters }: RaftNode): readonly ServerId[] {
  return voters.filter((voter) => voter !== id)
}

/** Every timeout counts the term up. No messages: `(terms + 1) ^ servers` states. */
export const clocks = toy((node, { type }) =>
  type === "electionTimeout" ? { set: { currentTerm: node.currentTerm + 1 } } : undefined,
)

/** Every heartbeat counts up to `n` (in commitIndex, which does not survive a crash). No messages. */
export function counters(n: number): Raft {
  return toy((node, { type }) =>
    type === "heartbeatTimeout" && node.commitIndex < n
      ? { set: { commitIndex: node.commitIndex + 1 } }
      : undefined,
  )
}

/** Every heartbeat counts up to `n - 1` and begins again. */
export function rings(n: number): Raft {
  return toy((node, { type }) =>
    type === "heartbeatTimeout" ? { set: { commitIndex: (node.commitIndex + 1) % n } } : undefined,
  )
}

/** Whatever is proposed to any server is in its log. No messages. */
export const notebooks = toy((node, event) =>
  event.type === "propose" ? { set: { log: noted(node, event.command) } } : undefined,
)

function noted({ log, currentTerm }: RaftNode, command: RaftNode["log"]["entries"][number]["command"]) {
  return { ...log, entries: [...log.entries, { term: currentTerm, command }] }
}

/** A timeout asks all others for a vote; who is asked notes by whom, and says nothing. */
export const callers = toy((node, event) => {
  const { id, currentTerm, votesGranted } = node
  if (event.type === "electionTimeout") {
    return {
      set: { currentTerm: currentTerm + 1 },
      send: peers(node).map((to) => requestVote(id, to, currentTerm + 1)),
    }
  }
  if (event.type !== "RequestVote" || votesGranted.includes(event.from)) return undefined
  return { set: { votesGranted: [...votesGranted, event.from] } }
})

/** A heartbeat sends a ball to the next server; who gets it sends it on, until it has gone `n` times. */
export function balls(n: number): Raft {
  const next = ({ id, voters }: RaftNode) => voters[(voters.indexOf(id) + 1) % voters.length] ?? id
  return toy((node, event) => {
    if (event.type === "heartbeatTimeout") return { send: [requestVote(node.id, next(node), 1)] }
    if (event.type !== "RequestVote" || event.term >= n) return undefined
    return { send: [requestVote(node.id, next(node), event.term + 1)] }
  })
}

/** A heartbeat makes a leader of a follower, and a follower of a leader; the term stays 0. */
export const crowns = toy((node, { type }) =>
  type === "heartbeatTimeout" ? { set: { role: node.role === "leader" ? "follower" : "leader" } } : undefined,
)

/** A heartbeat goes to all others, who note from whom it came, and answer; the sender notes who answered. */
export const pollers = toy((node, event) => {
  const { id, votesGranted, matchIndex } = node
  if (event.type === "heartbeatTimeout") return { send: peers(node).map((to) => appendEntries(node, to, 0)) }
  if (event.type === "AppendEntriesResponse")
    return { set: { matchIndex: { ...matchIndex, [event.from]: 1 } } }
  if (event.type !== "AppendEntries") return undefined
  const known = votesGranted.includes(event.from) ? votesGranted : [...votesGranted, event.from]
  return { set: { votesGranted: known }, send: [accepted(id, event.from, 0, 0)] }
})

/** A first heartbeat sends a ball to all others; it goes to and fro `n` times, and everybody counts where it stands. */
export function rallies(n: number): Raft {
  const ball = (from: ServerId, to: ServerId, count: number) => accepted(from, to, 0, count)
  return toy((node, event) => {
    const { id, commitIndex } = node
    if (event.type === "heartbeatTimeout") {
      return commitIndex === 0 ? { send: peers(node).map((to) => ball(id, to, 1)) } : undefined
    }
    if (event.type !== "AppendEntriesResponse" || event.matchIndex > n) return undefined
    const { from, matchIndex } = event
    return { set: { commitIndex: matchIndex }, send: matchIndex < n ? [ball(id, from, matchIndex + 1)] : [] }
  })
}

/** Everybody grants every vote; who has one tells all others at once, and they note it. */
export const heralds = toy((node, event) => {
  const { id, currentTerm, votesGranted } = node
  switch (event.type) {
    case "electionTimeout":
      return {
        set: { currentTerm: currentTerm + 1 },
        send: peers(node).map((to) => requestVote(id, to, currentTerm + 1)),
      }
    case "RequestVote":
      return { send: [vote(id, event.from, event.term)] }
    case "RequestVoteResponse":
      if (votesGranted.includes(event.from)) return undefined
      return {
        set: { votesGranted: [...votesGranted, event.from] },
        send: peers(node).map((to) => appendEntries(node, to, 0)),
      }
    case "AppendEntries":
      return { set: { leader: event.from } }
    default:
      return undefined
  }
})

/** What a server of a random protocol does on an event, in one state. */
interface Row {
  readonly state: number
  readonly term: boolean
  readonly role: RaftNode["role"] | undefined
  readonly note: boolean
  readonly send: "nobody" | "sender" | "all"
  readonly yes: boolean
}

const kinds = ["electionTimeout", "heartbeatTimeout", "propose", "yes", "no"] as const

/** A protocol that does nothing sensible, drawn from a seed; servers' names mean nothing to it. */
export function nonsense(seed: number): Raft {
  const random = new Random(seed)
  const states = 2 + random.below(2)
  const table = Array.from({ length: states }, () => kinds.map(() => rowOf(random, states)))
  return toy((node, event) => {
    const kind = event.type === "RequestVoteResponse" ? (event.voteGranted ? "yes" : "no") : event.type
    const at = kinds.findIndex((each) => each === kind)
    const row = table[node.commitIndex]?.[at]
    if (!row || endOf(node.log) > 3) return undefined
    const from = "from" in event ? event.from : null
    const to = row.send === "all" ? peers(node) : row.send === "sender" && from !== null ? [from] : []
    const notes = row.note && from !== null && !node.votesGranted.includes(from)
    return {
      set: {
        commitIndex: row.state,
        currentTerm: node.currentTerm + (kind === "electionTimeout" && row.term ? 1 : 0),
        role: row.role ?? node.role,
        votesGranted: notes ? [...node.votesGranted, from] : node.votesGranted,
        log: event.type === "propose" && row.note ? noted(node, event.command) : node.log,
      },
      send: to.map((peer) => vote(node.id, peer, 0, row.yes)),
    }
  })
}

function rowOf(random: Random, states: number): Row {
  return {
    state: random.below(states),
    term: random.chance(0.7),
    role: random.chance(0.25) ? random.pick(["leader", "follower", "candidate"]) : undefined,
    note: random.chance(0.5),
    send: random.pick(["nobody", "sender", "all"]),
    yes: random.chance(0.5),
  }
}
