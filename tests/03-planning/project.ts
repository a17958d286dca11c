import * as z from "zod"
import { CheckFailure, holds, show, subject } from "#suite"
import type { Packet, Project, RaftNode, ServerId } from "../../projects/03-planning/contract.ts"

const address = z.object({ host: z.string(), port: z.number() })
const servers = z.array(z.string())
const indexes = z.record(z.string(), z.number())

const node = z.object({
  id: z.string(),
  voters: servers,
  oldVoters: servers,
  currentTerm: z.number(),
  votedFor: z.string().nullable(),
  log: z.object({ base: z.object({ index: z.number(), term: z.number() }), entries: z.array(z.unknown()) }),
  commitIndex: z.number(),
  lastApplied: z.number(),
  role: z.enum(["follower", "candidate", "leader"]),
  leader: z.string().nullable(),
  votesGranted: servers,
  nextIndex: indexes,
  matchIndex: indexes,
})

export const project = subject<Project>({
  exports: {
    compose: "function",
    isMessage: "function",
    initialNode: "function",
    isQuorum: "function",
    others: "function",
    describe: "function",
    parseCluster: "function",
    encodeMessage: "function",
    decodeMessage: "function",
    startRaftNet: "function",
    netCommands: "function",
    runLine: "function",
  },
  returns: {
    isMessage: z.boolean(),
    initialNode: node,
    isQuorum: z.boolean(),
    others: servers,
    describe: z.string(),
    parseCluster: z.record(z.string(), z.object({ raft: address, client: address })),
    encodeMessage: z.instanceof(Uint8Array),
    decodeMessage: z.looseObject({ type: z.string() }),
    netCommands: z.object({ commands: z.record(z.string(), z.unknown()), onPing: z.function() }),
  },
})

/** `n1`, `n2`, … */
export const named = (count: number): readonly ServerId[] =>
  Array.from({ length: count }, (_, i) => `n${String(i + 1)}`)

/** A fresh server of theirs among `n1`, `n2`, `n3`. */
export const fresh = (): RaftNode => project.initialNode("n1", named(3))

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Their encoding, as JSON. */
export const wireOf = (packet: Packet): unknown =>
  JSON.parse(new TextDecoder().decode(project.encodeMessage(packet)))

/** One packet of each kind, with every field that it can have. */
export const packets: readonly Packet[] = [
  {
    type: "AppendEntries",
    from: "n1",
    to: "n2",
    term: 3,
    prevLogIndex: 7,
    prevLogTerm: 2,
    entries: [
      { term: 2, command: null },
      { term: 3, command: { put: ["x", 1, true] } },
      { term: 3, command: "grüß dich €" },
    ],
    leaderCommit: 6,
  },
  {
    type: "AppendEntriesResponse",
    from: "n2",
    to: "n1",
    term: 3,
    success: false,
    matchIndex: 0,
    conflict: { term: 1, index: 4 },
  },
  { type: "RequestVote", from: "n3", to: "n1", term: 4, lastLogIndex: 9, lastLogTerm: 3 },
  { type: "RequestVoteResponse", from: "n1", to: "n3", term: 4, voteGranted: true },
  { type: "Ping", from: "n1", to: "n2", nonce: 17 },
  { type: "Pong", from: "n2", to: "n1", nonce: 17 },
]

/**
 * Checks that `call` throws an error whose message has all these words. The spec promises an `Error` and leaves its class
 * free: a `RangeError`, or one of the person's own.
 */
export function refuses(call: () => unknown, mentions: readonly string[], scenario: string): Error {
  const words = mentions.map((word) => show(word)).join(" and ")
  const expected = mentions.length === 0 ? "an error" : `an error that names ${words}`
  let answer: unknown
  try {
    answer = call()
  } catch (thrown) {
    const wrapped = thrown instanceof CheckFailure && thrown.failure.kind === "threw"
    const error = wrapped ? thrown.cause : thrown
    if (!(error instanceof Error) || error instanceof CheckFailure) throw thrown
    const said = error.message.toLowerCase()
    const all = mentions.every((word) => said.includes(word.toLowerCase()))
    holds(all, scenario, expected, `${error.name}: ${error.message}`)
    return error
  }
  holds(false, scenario, expected, `an answer: ${show(answer)}`)
  return new Error()
}
