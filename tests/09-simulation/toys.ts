import type { Effect, Message, RaftEvent, RaftNode } from "../../projects/03-planning/contract.ts"
import type { Raft } from "../../projects/08-testing/contract.ts"
import { endOf, server, vote } from "../cluster/build.ts"

/**
 * Tiny protocols that are no Raft: what they do, and when, can be worked out by hand. Every step counts in `nextIndex`
 * (which is volatile), so that every step changes something, and has its line in the trace.
 */

export interface Reaction {
  readonly set?: Partial<RaftNode>
  /** Whether something persistent changes: the term goes up. */
  readonly save?: boolean
  readonly send?: readonly Message[]
  readonly effects?: readonly Effect[]
  readonly because?: readonly string[]
}

export type React = (node: RaftNode, event: RaftEvent) => Reaction | undefined

export function toy(react: React, first: Partial<RaftNode> = {}): Raft {
  return {
    initialNode: (id, voters) => server(id, { voters, ...first }),
    step: (node, event) => {
      const { set = {}, save = false, send = [], effects = [], because = [] } = react(node, event) ?? {}
      const nextIndex = { ...node.nextIndex, steps: stepsOf(node) + 1 }
      const currentTerm = node.currentTerm + (save ? 1 : 0)
      const messages = send.map((message): Effect => ({ type: "send", message }))
      return {
        state: { ...node, nextIndex, currentTerm, ...set },
        effects: [...effects, ...messages],
        because,
      }
    },
  }
}

/** How many steps a toy has taken since it started. */
export function stepsOf(node: RaftNode): number {
  return node.nextIndex.steps ?? 0
}

/** Only counts. */
export const counter = toy(() => undefined)

export const reset: Effect = { type: "resetElectionTimer" }

/** Changes something persistent whenever one of these events comes. */
export function saving(...types: readonly RaftEvent["type"][]): Raft {
  return toy((_, { type }) => ({ save: types.includes(type) }))
}

/** A small message with a number. */
export function note(from: string, to: string, n: number): Message {
  return vote(from, to, n)
}

/** At every heartbeat the server n1 sends to these, and the others listen. */
export function sender(...to: readonly string[]): Raft {
  return toy((node, { type }) =>
    node.id === "n1" && type === "heartbeatTimeout"
      ? { send: to.map((each) => note("n1", each, stepsOf(node))) }
      : undefined,
  )
}

/** At every heartbeat every server sends to all others. */
export const gossip = toy((node, { type }) =>
  type === "heartbeatTimeout"
    ? { send: node.voters.filter((to) => to !== node.id).map((to) => note(node.id, to, stepsOf(node))) }
    : undefined,
)

/** What a server that has no others does with a command: it is in the log, and applied, at once. */
export function applied(node: RaftNode, event: RaftEvent, at = endOf(node.log) + 1): Reaction | undefined {
  if (event.type !== "propose") return undefined
  const entry = { term: node.currentTerm, command: event.command }
  return {
    set: { log: { ...node.log, entries: [...node.log.entries, entry] } },
    effects: [
      { type: "accepted", index: at, term: entry.term },
      { type: "apply", index: at, entry },
    ],
  }
}

/** Carries out whatever is proposed at once. */
export const notary = toy((node, event) => applied(node, event))

/** Leads from its first event on, and takes every proposal; nothing ever comes of them. */
export const silent = toy((node, event) => {
  const set = { role: "leader", leader: node.id } as const
  if (event.type !== "propose") return { set }
  return { set, effects: [{ type: "accepted", index: stepsOf(node) + 1, term: 1 }] }
})

/** What a server was given, and what it made of it. */
export interface Seen {
  readonly before: RaftNode
  readonly event: RaftEvent
  readonly after: RaftNode
}

/** The same Raft; what it is asked is noted. */
export function noting(raft: Raft, seen: Seen[]): Raft {
  return {
    initialNode: (id, voters) => raft.initialNode(id, voters),
    step: (before, event) => {
      const stepped = raft.step(before, event)
      seen.push({ before, event, after: stepped.state })
      return stepped
    },
  }
}
