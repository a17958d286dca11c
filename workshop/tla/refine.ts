import type { Message, RaftEvent, RaftNode } from "../../projects/03-planning/contract.ts"
import type { Raft } from "../../projects/08-testing/contract.ts"
import { canonical, literal, type Spec, type SpecState } from "./quint.ts"

export const servers = ["n1", "n2", "n3"] as const
export type Server = (typeof servers)[number]

/** An action of the specification, and its arguments. */
type Call = readonly [action: string, ...args: readonly unknown[]]

/** What each part that reacts to a message is called in the specification. */
const receipts: Readonly<Record<string, string>> = {
  "election.newerTerm": "NewerTerm",
  "election.olderTerm": "OlderTerm",
  "election.RequestVote": "HandleRequestVote",
  "election.RequestVoteResponse": "HandleRequestVoteResponse",
  // election's and commitment's handlers have their share in the same action
  "replication.AppendEntries": "HandleAppendEntries",
  "replication.AppendEntriesResponse": "HandleAppendEntriesResponse",
}

/**
 * Runs the TypeScript and the specification side by side. Whatever the TypeScript does in one step, the specification
 * must be able to do in one or more of its own, and end in the same state: then the one refines the other, at least
 * in the steps that were seen.
 */
export class Refinement {
  readonly #raft: Raft
  readonly #spec: Spec
  readonly #nodes: Record<Server, RaftNode>
  readonly #sent = new Map<string, Message>()
  #state: SpecState
  /** How often each action of the specification was taken. */
  readonly taken = new Map<string, number>()

  constructor(raft: Raft, spec: Spec) {
    this.#raft = raft
    this.#spec = spec
    const node = (id: Server) => raft.initialNode(id, servers)
    this.#nodes = { n1: node("n1"), n2: node("n2"), n3: node("n3") }
    this.#state = this.#only(spec.after(null, "Init"), "Init")
    this.#compare("at the beginning")
  }

  get messages(): readonly Message[] {
    return [...this.#sent.values()]
  }

  /** @throws Error when the specification cannot follow */
  event(id: Server, event: RaftEvent): void {
    const { state, effects, because } = this.#raft.step(this.#nodes[id], event)
    this.#nodes[id] = state
    for (const effect of effects) {
      if (effect.type === "send") this.#sent.set(canonical(effect.message), effect.message)
    }
    for (const part of because) {
      for (const [action, ...args] of this.#actions(id, event, part)) this.#take(action, ...args)
    }
    this.#compare(`${id}, ${event.type}: ${because.join(" ")}`)
  }

  deliver(message: Message): void {
    const receiver = servers.find((id) => id === message.to)
    if (receiver) this.event(receiver, message)
  }

  /** What is persistent stays (Figure 2). */
  restart(id: Server): void {
    const { currentTerm, votedFor, log } = this.#nodes[id]
    this.#nodes[id] = { ...this.#raft.initialNode(id, servers), currentTerm, votedFor, log }
    this.#take("Restart", id)
    this.#compare(`${id}, restart`)
  }

  /** The actions of the specification that one part of a step in TypeScript amounts to. */
  #actions(id: Server, event: RaftEvent, part: string): readonly Call[] {
    const node = this.#nodes[id]
    const others = servers.filter((each) => each !== id)
    const receipt = receipts[part]
    if (receipt !== undefined) {
      const handled: Call = [receipt, id, event]
      return part === "replication.AppendEntriesResponse" ? [handled, ...this.#retry(id, event)] : [handled]
    }
    switch (part) {
      case "election.electionTimeout":
        return [["ElectionTimeout", id]]
      case "election.becomeLeader":
        return [["BecomeLeader", id], ...others.map((peer): Call => ["SendEntries", id, peer])]
      case "replication.propose":
        return event.type === "propose" && node.role === "leader" ? [["Propose", id, event.command]] : []
      case "replication.heartbeatTimeout":
        return others.map((peer): Call => ["SendEntries", id, peer])
      case "replication.sendNewEntries":
        return others
          .map((peer): Call => ["SendNewEntries", id, peer])
          .filter((call) => this.#isPossible(call))
      case "commitment.advanceCommitIndex":
        return [["AdvanceCommitIndex", id, node.commitIndex]]
      default:
        return [] // it has its share in one of the actions above, or the specification does not speak of it
    }
  }

  /** After a refusal the TypeScript tries again at once, unless what comes next is known to fit. */
  #retry(id: Server, event: RaftEvent): readonly Call[] {
    if (event.type !== "AppendEntriesResponse" || event.success) return []
    const index = (name: string) => `${name}.get("${id}").get("${event.from}")`
    const gap = `${index("nextIndex")} - 1 > ${index("matchIndex")} + 1`
    return this.#spec.value(this.#state, gap) === true ? [["SendEntries", id, event.from]] : []
  }

  #isPossible([action, ...args]: Call): boolean {
    return this.#spec.after(this.#state, called(action, args)).length > 0
  }

  #take(action: string, ...args: readonly unknown[]): void {
    const call = called(action, args)
    this.#state = this.#only(this.#spec.after(this.#state, call), call)
    this.taken.set(action, (this.taken.get(action) ?? 0) + 1)
  }

  #only(states: readonly SpecState[], call: string): SpecState {
    const [state] = states
    if (state && states.length === 1) return state
    throw new Error(`the specification cannot follow: ${call} leads to ${String(states.length)} states`)
  }

  #compare(when: string): void {
    const theirs = this.#state.data
    for (const [variable, ours] of Object.entries(this.#inSpecWords())) {
      const [got, expected] = [ours, theirs[variable]].map((value) => this.#visible(variable, value))
      if (canonical(got) === canonical(expected)) continue
      const [here, there] = [without(got, expected), without(expected, got)]
      throw new Error(`${when}: ${variable} is\n  ${here} in TypeScript\n  ${there} in the specification`)
    }
  }

  /** What a server that does not lead has in nextIndex and matchIndex, nobody looks at; nor what a leader has for itself. */
  #visible(variable: string, value: unknown): unknown {
    if (variable !== "nextIndex" && variable !== "matchIndex") return value
    const leaders = servers.filter((id) => this.#nodes[id].role === "leader")
    return leaders.map((id) => servers.filter((peer) => peer !== id).map((peer) => at(at(value, id), peer)))
  }

  /** The refinement mapping: the specification's variables, made from the TypeScript's states. */
  #inSpecWords(): Readonly<Record<string, unknown>> {
    const all = (of: (node: RaftNode) => unknown) => ({
      n1: of(this.#nodes.n1),
      n2: of(this.#nodes.n2),
      n3: of(this.#nodes.n3),
    })
    return {
      currentTerm: all((node) => node.currentTerm),
      votedFor: all((node) => node.votedFor ?? "nobody"),
      role: all((node) => node.role),
      votesGranted: all((node) => node.votesGranted.toSorted()),
      log: all((node) => node.log.entries),
      commitIndex: all((node) => node.commitIndex),
      nextIndex: all((node) => node.nextIndex),
      matchIndex: all((node) => node.matchIndex),
      messages: [...this.#sent].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, message]) => message),
    }
  }
}

function called(action: string, args: readonly unknown[]): string {
  return `${action}(${args.map(literal).join(", ")})`
}

/** Of a long list, such as the messages, only what the other does not have. */
function without(value: unknown, other: unknown): string {
  if (!Array.isArray(value) || !Array.isArray(other)) return canonical(value)
  const known = new Set(other.map(canonical))
  return canonical(value.filter((each) => !known.has(canonical(each))))
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined
}
