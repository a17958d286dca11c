import type {
  Effect,
  Json,
  Message,
  RaftEvent,
  RaftNode,
  ServerId,
  Stepped,
} from "../../projects/03-planning/contract.ts"
import { CheckFailure, fail, oneSeed, retell, show } from "#suite"
import { accepted, endOf, restarted, sent, termIn } from "./build.ts"
import { History } from "./history.ts"
import { stepped } from "./shapes.ts"
import { differing, tellEvent, tellNode } from "./words.ts"

/** What a project's `step` is here: one that takes fewer kinds of events will do (methods are checked leniently). */
export interface Stepper {
  step(node: RaftNode, event: RaftEvent): Stepped<RaftNode, Effect>
}

interface Delivery {
  readonly keep?: boolean
  readonly entries?: number | undefined
}

/**
 * Some servers and the messages under way between them, moved on one event at a time by a check. After every step the
 * properties of `History` are checked. Nothing is sent, lost or doubled unless the check says so.
 */
export class Cluster {
  readonly history = new History()
  /** Messages under way, the oldest first. */
  inFlight: readonly Message[] = []
  readonly #project: Stepper
  readonly #terms: "project" | "decree"
  readonly #nodes = new Map<ServerId, RaftNode>()
  readonly #story: string[] = []
  #cut: readonly ServerId[] = []
  readonly #past: Message[] = []

  /** @param terms  who settles terms: the project's own guards, or (before project 7) this network */
  constructor(project: Stepper, nodes: readonly RaftNode[], terms: "project" | "decree" = "project") {
    this.#project = project
    this.#terms = terms
    for (const node of nodes) {
      this.#nodes.set(node.id, node)
      this.history.begin(node)
      this.#story.push(tellNode(node))
    }
  }

  get ids(): readonly ServerId[] {
    return [...this.#nodes.keys()]
  }

  get nodes(): readonly RaftNode[] {
    return [...this.#nodes.values()]
  }

  node(id: ServerId): RaftNode {
    const node = this.#nodes.get(id)
    if (!node) throw new Error(`there is no server ${id}`)
    return node
  }

  /** What led here, in words: the servers at the start, then what happened, the last lines of it. */
  story(lines = oneSeed ? 10_000 : 14): string {
    const start = this.#story.slice(0, this.#nodes.size)
    const events = this.#story.slice(this.#nodes.size)
    const left = events.length > lines ? [`… ${String(events.length - lines)} steps …`] : []
    return [...start, ...left, ...events.slice(-lines)].join("\n")
  }

  /** One event happens to one server. */
  handle(id: ServerId, event: RaftEvent): readonly Effect[] {
    this.#story.push(`${id} gets ${tellEvent(event)}`)
    const before = this.node(id)
    let answer: Stepped<RaftNode, Effect> | undefined
    try {
      answer = this.#project.step(before, event)
      const { state, effects } = answer
      this.#nodes.set(id, state)
      this.history.step(before, state, effects, event)
      this.inFlight = [...this.inFlight, ...sent(effects)]
      return effects
    } catch (failure) {
      // Shapes are not looked at while all goes well: there are too many steps.
      return retell(failure instanceof CheckFailure ? failure : (misshapen(answer) ?? failure), this.story())
    }
  }

  /** The suite's own doing: this is what the server is from now on. */
  decree(id: ServerId, what: string, node: RaftNode, effects: readonly Effect[] = []): void {
    this.#story.push(`${id} ${what}`)
    const before = this.node(id)
    this.#nodes.set(id, node)
    try {
      this.history.step(before, node, effects)
    } catch (failure) {
      retell(failure, this.story())
    }
    this.inFlight = [...this.inFlight, ...sent(effects)]
  }

  propose(id: ServerId, command: Json): readonly Effect[] {
    return this.handle(id, { type: "propose", command })
  }

  heartbeat(id: ServerId): void {
    this.handle(id, { type: "heartbeatTimeout" })
  }

  timeout(id: ServerId): void {
    this.handle(id, { type: "electionTimeout" })
  }

  /**
   * Delivers the message at this place of `inFlight`.
   * @param keep     a copy stays under way
   * @param entries  an AppendEntries is cut to so many entries: its leader could have sent just that
   */
  deliver(at = 0, { keep = false, entries }: Delivery = {}): void {
    const message = this.inFlight[at]
    if (!message) return
    if (!keep) this.lose(at)
    this.#past.push(message)
    if (entries !== undefined && message.type === "AppendEntries") {
      this.#deliver({ ...message, entries: message.entries.slice(0, entries) })
    } else this.#deliver(message)
  }

  /** Delivers a message once more that was delivered before, so many deliveries ago. */
  deliverAgain(ago: number): void {
    const message = this.#past.at(-1 - ago)
    if (message) this.#deliver(message)
  }

  #deliver(message: Message): void {
    const node = this.#nodes.get(message.to)
    if (!node || this.#isCut(message)) return
    if (this.#terms === "decree" && message.term !== node.currentTerm) {
      if (message.term < node.currentTerm) return // what happens to it is project 7's business
      this.decree(node.id, `hears of term ${String(message.term)}`, inTerm(node, message.term))
    }
    this.handle(message.to, message)
  }

  lose(at: number): void {
    this.inFlight = this.inFlight.toSpliced(at, 1)
  }

  loseAll(): void {
    this.inFlight = []
  }

  /** From now on, these servers hear only each other, and nobody else hears them. An empty list heals everything. */
  cut(...servers: readonly ServerId[]): void {
    this.#story.push(
      servers.length === 0 ? "the network heals" : `${servers.join(", ")} cut off from the rest`,
    )
    this.#cut = servers
  }

  /** Delivers in order until nothing is under way. False when there is no end to it. */
  settle(most = 5_000): boolean {
    for (let delivered = 0; delivered < most; delivered++) {
      if (this.inFlight.length === 0) return true
      this.deliver()
    }
    return false
  }

  /** `settle`, where there must be an end. */
  settleOrFail(): void {
    if (this.settle()) return
    fail("broken", "the servers never come to rest: messages call forth messages without end", {
      scenario: this.story(),
      expected: "no message under way after a while, with no event from outside",
      got: `still ${String(this.inFlight.length)} under way after 5,000 deliveries`,
    })
  }

  /**
   * Whether the rules have nothing left to do on any server: an event that is none of its business (an answer from
   * somewhere else) must change nothing and call forth nothing. Returns the server on which they have, and what.
   */
  unrest(): string | undefined {
    for (const node of this.nodes) {
      const { state, effects } = this.#project.step(node, accepted("elsewhere", node.id, node.currentTerm, 0))
      if (effects.length > 0) return `${node.id} still has effects: ${show(effects)}`
      const { got } = differing(state, node)
      if (Object.keys(got).length > 0) return `${tellNode(node)}\nbecomes ${tellNode(state)}`
    }
    return undefined
  }

  /** The server loses all but what is persistent. Messages under way stay under way. */
  restart(id: ServerId): void {
    this.#story.push(`${id} crashes and comes back`)
    this.#nodes.set(id, restarted(this.node(id)))
  }

  /** The leader of the latest term that has one now. */
  leader(): RaftNode | undefined {
    return this.nodes
      .filter(({ role }) => role === "leader")
      .toSorted((a, b) => b.currentTerm - a.currentTerm)[0]
  }

  /** Whether all logs are the same. */
  isLevel(): boolean {
    const [first, ...rest] = this.nodes
    return rest.every((node) => first !== undefined && sameLogs(first, node))
  }

  /** All servers, as they are now. */
  tell(): string {
    return this.nodes.map(tellNode).join("\n")
  }

  #isCut({ from, to }: Message): boolean {
    return this.#cut.includes(from) !== this.#cut.includes(to)
  }
}

/** What is wrong with the shape of a step's answer, if anything is. */
function misshapen(answer: unknown): CheckFailure | undefined {
  const issue = stepped.safeParse(answer).error?.issues[0]
  if (!issue) return undefined
  const summary = `\`step\` answered in the wrong shape, at ${issue.path.join(".") || "its top"}: ${issue.message}`
  return new CheckFailure({ kind: "shape", summary })
}

/** A follower that has just heard of this term. */
export function inTerm(node: RaftNode, term: number): RaftNode {
  return { ...node, currentTerm: term, votedFor: null, role: "follower", leader: null, votesGranted: [] }
}

/** Log Matching holds at every step, so the last entry tells everything. */
export function sameLogs(a: RaftNode, b: RaftNode): boolean {
  return endOf(a.log) === endOf(b.log) && termIn(a.log, endOf(a.log)) === termIn(b.log, endOf(b.log))
}
