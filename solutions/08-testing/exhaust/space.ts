import type {
  Effect,
  Message,
  RaftEvent,
  RaftNode,
  ServerId,
} from "../../../projects/03-planning/contract.ts"
import type { Bounds, History, Property, Raft, Violation } from "../../../projects/08-testing/contract.ts"
import { lastIndex } from "#04-the-log"
import { emptyHistory, remember } from "../history.ts"
import { inspect } from "../properties.ts"
import { begin, messageOf, restart } from "../world.ts"
import { at } from "./arena.ts"
import { Interned, memo } from "./intern.ts"
import { normal } from "./normal.ts"

/** What one event does to one server: always the same, since `step` is pure. States and messages by number. */
export interface Transition {
  readonly action: "timeout" | "heartbeat" | "propose" | "crash" | "deliver"
  readonly before: number
  readonly after: number
  readonly effects: readonly Effect[]
  /** Each once, in the order of their numbers. */
  readonly sent: readonly number[]
  /** A property of one server's step that is broken here, or the step's own error. */
  readonly violation: Violation | null
  /** The `sometimes` properties of one server's step that happen here. */
  readonly happens: readonly Property[]
}

/** The command of every proposal. One is enough: entries of different leaders differ in their terms. */
export const command = "x"

/**
 * All states of servers, messages and histories that have come up, by number, and what leads from which to which: every
 * step is computed once.
 */
export class Space {
  readonly ids: readonly ServerId[]
  /** Where things are in a row. */
  readonly history: number
  readonly crashes: number
  readonly inFlight: number
  readonly nodes = new Interned<RaftNode>()
  readonly messages = new Interned<Message>()
  readonly histories = new Interned<History>()
  /** The number of a message's receiver. */
  readonly receivers: number[] = []
  readonly transitions: Transition[] = []
  /** The `sometimes` properties that happen in steps which change nothing. */
  readonly idle = new Set<Property>()
  /** The transition of a server in this state that gets this message. */
  readonly delivery: (node: number, message: number) => number
  /** The history with a server in this state in it. */
  readonly remembered: (history: number, node: number) => number
  readonly #raft: Raft
  readonly #bounds: Bounds
  readonly #properties: readonly Property[]
  readonly #names: ReadonlyMap<ServerId, ServerId>
  readonly #logs = new Interned<RaftNode["log"]>()
  readonly #locals: (readonly number[])[] = []

  constructor(raft: Raft, bounds: Bounds, properties: readonly Property[]) {
    this.#raft = raft
    this.#bounds = bounds
    this.#properties = properties.filter((each) => each.of === "step")
    this.ids = begin(raft, bounds.servers).nodes.map(({ id }) => id)
    this.history = this.ids.length
    this.crashes = this.history + 1
    this.inFlight = this.crashes + 1
    this.#names = new Map(this.ids.map((id) => [id, id]))
    this.delivery = memo((node, message) => this.#step(node, "deliver", this.messages.value(message)))
    this.remembered = memo((history, node) =>
      this.historyId(remember(this.histories.value(history), this.nodes.value(node))),
    )
  }

  /** Equal logs become the very same object: whoever asks whether a log has changed compares two references. */
  nodeId(node: RaftNode, names = this.#names): number {
    const named = normal(node, names)
    return this.nodes.id({ ...named, log: this.#logs.value(this.#logs.id(named.log)) })
  }

  messageId(message: Message, names = this.#names): number {
    const id = this.messages.id(normal(message, names))
    this.receivers[id] ??= this.ids.indexOf(this.messages.value(id).to)
    return id
  }

  historyId(history: History, names = this.#names): number {
    return this.histories.id(normal(history, names))
  }

  /**
   * The row of a new cluster. A row has the numbers of the servers' states, of the history (at `history`), the crashes
   * that are left (behind it), and from `inFlight` on those of the messages under way plus one, ascending; 0: no more.
   */
  begin(): Int32Array {
    const { messages, crashes } = this.#bounds
    const nodes = this.ids.map((id) => this.nodeId(this.#raft.initialNode(id, this.ids)))
    return Int32Array.of(...nodes, this.historyId(emptyHistory), crashes, ...Array<number>(messages).fill(0))
  }

  /** A server's transition in a row, but for its messages. False when there are no crashes left for it. */
  take(row: Int32Array, server: number, transition: number): boolean {
    const { action, after } = this.transition(transition)
    const { history, crashes } = this
    if (action === "crash") {
      if (row[crashes] === 0) return false
      row[crashes] = at(row, crashes) - 1
    }
    row[server] = after
    row[history] = this.remembered(at(row, history), after)
    return true
  }

  /** What can happen to a server in this state by itself, within the bounds, and makes a difference. */
  local(node: number): readonly number[] {
    return (this.#locals[node] ??= this.#localTransitions(node))
  }

  #localTransitions(id: number): readonly number[] {
    const node = this.nodes.value(id)
    const { terms, entries } = this.#bounds
    const transitions: number[] = []
    if (node.currentTerm < terms) transitions.push(this.#step(id, "timeout", { type: "electionTimeout" }))
    transitions.push(this.#step(id, "heartbeat", { type: "heartbeatTimeout" }))
    if (lastIndex(node.log) < entries)
      transitions.push(this.#step(id, "propose", { type: "propose", command }))
    transitions.push(this.#note(id, "crash", restart(this.#raft, node), []))
    return transitions.filter((each) => this.matters(each))
  }

  /** Whether it leads anywhere. What does not is never followed, but it happens. */
  matters(transition: number): boolean {
    const { before, after, sent, violation, happens } = this.transition(transition)
    if (after !== before || sent.length > 0 || violation !== null) return true
    for (const property of happens) this.idle.add(property)
    return false
  }

  transition(number: number): Transition {
    const transition = this.transitions[number]
    if (!transition) throw new RangeError(`there is no transition ${String(number)}`)
    return transition
  }

  #step(id: number, action: Transition["action"], event: RaftEvent): number {
    try {
      const { state, effects } = this.#raft.step(this.nodes.value(id), event)
      return this.#note(id, action, state, effects)
    } catch (error) {
      const violation = { property: "step throws", what: messageOf(error) }
      const nothing = { before: id, after: id, effects: [], sent: [], happens: [] }
      return this.transitions.push({ action, ...nothing, violation }) - 1
    }
  }

  #note(id: number, action: Transition["action"], state: RaftNode, effects: readonly Effect[]): number {
    const sent = effects.flatMap((effect) => (effect.type === "send" ? [this.messageId(effect.message)] : []))
    const after = this.nodeId(state)
    const [was, is] = [this.nodes.value(id), this.nodes.value(after)]
    const moment = { before: was, after: is, effects, nodes: [is], history: emptyHistory }
    return (
      this.transitions.push({
        action,
        before: id,
        after,
        effects,
        sent: [...new Set(sent)].toSorted((a, b) => a - b),
        violation: inspect(this.#properties, moment),
        happens: this.#properties.filter((each) => each.kind === "sometimes" && each.happens(moment)),
      }) - 1
    )
  }
}
