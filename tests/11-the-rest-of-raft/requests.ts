import { fail, holds, same, show } from "#suite"
import type { AppendEntries } from "../../projects/03-planning/contract.ts"
import type { Request, RespValue } from "../../projects/10-the-system/contract.ts"
import type { FullInput, FullOutput, InstallSnapshot } from "../../projects/11-the-rest-of-raft/contract.ts"
import { isError, once, open, plain } from "../10-the-system/project.ts"
import { accepted, appendEntries, leader, servers } from "../cluster/build.ts"
import { alone, Server } from "./replicas.ts"

export const none: RespValue = { type: "null" }

/** A word of an error, and why. */
export function isToldWhy(server: Server, client: string, word: string, scenario: string): void {
  const replies = server.answers(client)
  const [reply] = replies
  const isRight = isError(reply, word) && reply?.type === "error" && reply.value.length > word.length + 1
  holds(isRight && replies.length === 1, scenario, `${client} is told ${word} and why, once`, show(replies))
}

/** n1 leads three servers, of which it has heard but n2's vote. */
export function leader3(options: ConstructorParameters<typeof Server>[1] = {}): Server {
  return new Server("n1", options).lead()
}

export const types = (outputs: readonly FullOutput<string>[]) => outputs.map(({ type }) => type)

/** Outputs begin with one save, of these nodes; or there is none. */
export function saves(
  server: Server,
  inputs: readonly FullInput<string>[],
  what: string,
  expected: boolean,
): void {
  const before = server.node
  const outputs = server.handle(...inputs)
  const told = `${what}\nwhat comes out: ${types(outputs).join(", ")}`
  const count = types(outputs).filter((type) => type === "save").length
  same(count, expected ? 1 : 0, `${told}\nhow often it is saved`)
  if (!expected) return
  const [first] = outputs
  if (first?.type !== "save") return fail("broken", "something leaves before the save", { scenario: told })
  same(first.before, before, `${told}\nthe node before, in the save`)
  same(first.after, server.node, `${told}\nthe node after, in the save`)
}

/** n2 has all up to there, and takes n1 for its leader, as often as it is asked. */
export function followed(n1: Server, matchIndex: number): void {
  for (let beat = 0; beat < 3; beat++) {
    n1.handle({ type: "heartbeatTimeout" })
    const round = n1.lastSent("Confirm")?.round ?? 0
    const confirmed = { type: "ConfirmResponse", from: "n2", to: "n1", term: 1, round } as const
    n1.handle(accepted("n2", "n1", 1, matchIndex), confirmed)
  }
}

/** n2's message as leader of this term, whose log has these requests from index 1 on. */
export function fromLeader(term: number, requests: readonly Request[], commitIndex: number): AppendEntries {
  const entries = requests.map((request) => ({
    term,
    command: JSON.parse(JSON.stringify(request)) as string,
  }))
  const log = { base: { index: 0, term: 0 }, entries }
  return appendEntries(leader("n2", { currentTerm: term, log, commitIndex }), "n1", 0)
}

/** n2's snapshot of this machine, as leader of term 2. */
export function snapshotOf(donor: Server, lastIncludedTerm: number): InstallSnapshot {
  const { lastIncludedIndex, data } = donor.node.snapshot
  const configuration = { voters: servers(3), oldVoters: [] }
  const which = { lastIncludedIndex, lastIncludedTerm, configuration }
  return { type: "InstallSnapshot", from: "n2", to: "n1", term: 2, ...which, offset: 0, data, done: true }
}

/** A server alone that was given these, and has a snapshot of some of them; the machine there. */
export function compactedAfter(requests: readonly Request[]): {
  readonly donor: Server
  readonly machine: Server["machine"]
} {
  const donor = alone({ chapters: ["snapshots"], compactAt: 4 })
  const machines: Server["machine"][] = [donor.machine]
  for (const [i, request] of requests.entries()) {
    donor.ask(String(i), request)
    machines.push(donor.machine)
  }
  const machine = machines[donor.node.snapshot.lastIncludedIndex]
  if (donor.node.snapshot.lastIncludedIndex === 0 || !machine)
    return fail("broken", "a log with 4 applied entries and more is not compacted (compactAt 4)", {
      scenario: `${String(requests.length)} requests to a server alone`,
    })
  return { donor, machine }
}

export const inSession = [
  open,
  once("1", 1, "INCR n"),
  ...Array.from({ length: 8 }, (_, i) => plain(`SET k${String(i)} v`)),
]
