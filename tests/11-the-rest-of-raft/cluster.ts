import { fail, oneSeed, retell } from "#suite"
import type { Index, Json, Message, ServerId } from "../../projects/03-planning/contract.ts"
import type {
  FullEffect,
  FullEvent,
  FullMessage,
  FullNode,
  FullStep,
  Saved,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { History } from "../cluster/history.ts"
import { Machines } from "./machines.ts"
import { project, stepWith } from "./project.ts"
import { isOld, tellFullEvent, tellFullNode } from "./words.ts"

export interface ClusterOptions {
  readonly step?: FullStep
  /** Who has a vote at the beginning. Default: all. */
  readonly voters?: readonly ServerId[]
  /** What each of them had saved, where it is not what a new server has. */
  readonly saved?: Readonly<Record<ServerId, Saved>>
}

/**
 * Some servers, their state machines and the messages under way between them, moved on one event at a time by a check.
 * After every step, what must hold of any cluster is checked, whichever chapters there are.
 */
export class FullCluster {
  readonly history = new History()
  readonly machines: Machines
  /** Messages under way, the oldest first. */
  inFlight: readonly FullMessage[] = []
  readonly #step: FullStep
  readonly #nodes = new Map<ServerId, FullNode>()
  readonly #story: string[] = []
  readonly #past: FullMessage[] = []
  #cut: readonly ServerId[] = []
  #reads = 0

  constructor(
    ids: readonly ServerId[],
    { step = stepWith(), voters = ids, saved = {} }: ClusterOptions = {},
  ) {
    this.#step = step
    this.machines = new Machines(ids)
    for (const id of ids) {
      const node = project.startNode(id, saved[id] ?? project.firstSaved(voters))
      this.#nodes.set(id, node)
      this.machines.restart(node)
      this.history.begin(node)
      this.#story.push(tellFullNode(node))
    }
  }

  get ids(): readonly ServerId[] {
    return [...this.#nodes.keys()]
  }

  get nodes(): readonly FullNode[] {
    return [...this.#nodes.values()]
  }

  node(id: ServerId): FullNode {
    const node = this.#nodes.get(id)
    if (!node) throw new Error(`there is no server ${id}`)
    return node
  }

  /** What led here, in words: the servers at the start, then what happened, the last lines of it. */
  story(lines = oneSeed ? 10_000 : 16): string {
    const start = this.#story.slice(0, this.#nodes.size)
    const events = this.#story.slice(this.#nodes.size)
    const left = events.length > lines ? [`… ${String(events.length - lines)} steps …`] : []
    return [...start, ...left, ...events.slice(-lines)].join("\n")
  }

  tell(): string {
    return this.nodes.map(tellFullNode).join("\n")
  }

  /** One event happens to one server. */
  handle(id: ServerId, event: FullEvent): readonly FullEffect[] {
    this.#story.push(`${id} gets ${tellFullEvent(event)}`)
    const before = this.node(id)
    try {
      const { state, effects } = this.#step(before, event)
      this.#nodes.set(id, state)
      this.history.step(before, state, effects.flatMap(toDone), isOld(event) ? event : undefined)
      this.machines.step(before, state, effects)
      this.inFlight = [...this.inFlight, ...sentBy(effects)]
      return effects
    } catch (failure) {
      return retell(failure, this.story())
    }
  }

  propose(id: ServerId, command: Json): readonly FullEffect[] {
    return this.handle(id, { type: "propose", command })
  }

  heartbeat(id: ServerId): readonly FullEffect[] {
    return this.handle(id, { type: "heartbeatTimeout" })
  }

  /** Nothing was heard for long enough: first for the shortest time, then for all of it. */
  timeout(id: ServerId): readonly FullEffect[] {
    return [
      ...this.handle(id, { type: "minimumElectionTimeout" }),
      ...this.handle(id, { type: "electionTimeout" }),
    ]
  }

  /** A client reads. @returns the number of the read */
  read(id: ServerId, now?: number): number {
    const read = ++this.#reads
    this.machines.asked(read, this.nodes)
    this.handle(id, { type: "read", read, ...(now !== undefined && { now }) })
    return read
  }

  /** The server's state machine is written out, and its log cut there. */
  compact(id: ServerId, index: Index = this.node(id).lastApplied): readonly FullEffect[] {
    return this.handle(id, { type: "compact", index, data: this.machines.dataAt(id, index) })
  }

  /** Delivers the message at this place of `inFlight`. @param keep  a copy stays under way */
  deliver(at = 0, keep = false): void {
    const message = this.inFlight[at]
    if (!message) return
    if (!keep) this.lose(at)
    this.#past.push(message)
    this.#arrive(message)
  }

  /** Delivers a message once more that was delivered before, so many deliveries ago. */
  deliverAgain(ago: number): void {
    const message = this.#past.at(-1 - ago)
    if (message) this.#arrive(message)
  }

  /** Delivers those that are asked for, in order, also what they call forth. */
  deliverWhere(wanted: (message: FullMessage) => boolean, most = 1_000): void {
    for (let delivered = 0; delivered < most; delivered++) {
      const at = this.inFlight.findIndex(wanted)
      if (at === -1) return
      this.deliver(at)
    }
  }

  loseWhere(unwanted: (message: FullMessage) => boolean): void {
    this.inFlight = this.inFlight.filter((message) => !unwanted(message))
  }

  lose(at: number): void {
    this.inFlight = this.inFlight.toSpliced(at, 1)
  }

  /** From now on, these servers hear only each other, and nobody else hears them. An empty list heals everything. */
  cut(...servers: readonly ServerId[]): void {
    this.#story.push(
      servers.length === 0 ? "the network heals" : `${servers.join(", ")} cut off from the rest`,
    )
    this.#cut = servers
  }

  /** Delivers in order until nothing is under way. */
  settle(most = 10_000): void {
    for (let delivered = 0; delivered < most; delivered++) {
      if (this.inFlight.length === 0) return
      this.deliver()
    }
    fail("broken", "the servers never come to rest: messages call forth messages without end", {
      scenario: this.story(),
      expected: "no message under way after a while, with no event from outside",
      got: `still ${String(this.inFlight.length)} under way after ${String(most)} deliveries`,
    })
  }

  /** The server loses all but what is persistent. Messages under way stay under way. */
  restart(id: ServerId): void {
    this.#story.push(`${id} crashes and comes back`)
    const { currentTerm, votedFor, log, snapshot } = this.node(id)
    const node = project.startNode(id, { currentTerm, votedFor, log, snapshot })
    this.#nodes.set(id, node)
    this.machines.restart(node)
  }

  /** Times out until it leads; everything that follows is delivered. */
  elect(id: ServerId, tries = 3): void {
    for (let round = 0; round < tries && this.node(id).role !== "leader"; round++) {
      for (const other of this.ids) this.handle(other, { type: "minimumElectionTimeout" })
      this.handle(id, { type: "electionTimeout" })
      this.settle()
    }
    if (this.node(id).role === "leader") return
    fail(
      "broken",
      `${id} times out ${String(tries)} times, nobody else hears a leader, all messages arrive, and it does not lead`,
      {
        scenario: this.story(),
        expected: `${id} leads`,
        got: this.tell(),
      },
    )
  }

  /** Heartbeats of a leader, until nothing is under way. */
  beat(id: ServerId, times = 3): void {
    for (let round = 0; round < times; round++) {
      this.heartbeat(id)
      this.settle()
    }
  }

  /** The leader of the latest term that has one now. */
  leader(): FullNode | undefined {
    return this.nodes
      .filter(({ role }) => role === "leader")
      .toSorted((a, b) => b.currentTerm - a.currentTerm)[0]
  }

  #arrive(message: FullMessage): void {
    if (!this.#nodes.has(message.to) || this.#isCut(message)) return
    this.handle(message.to, message)
  }

  #isCut({ from, to }: FullMessage): boolean {
    return this.#cut.includes(from) !== this.#cut.includes(to)
  }
}

export function sentBy(effects: readonly FullEffect[]): readonly FullMessage[] {
  return effects.flatMap((effect) => (effect.type === "send" ? [effect.message] : []))
}

type Done = Parameters<History["step"]>[2][number]

/** What the history of projects 5 to 7 knows how to judge. */
export function toDone(effect: FullEffect): readonly Done[] {
  switch (effect.type) {
    case "send":
      return isOldMessage(effect.message) ? [{ type: "send", message: effect.message }] : []
    case "declined":
    case "readable":
    case "notReadable":
      return []
    default:
      return [effect]
  }
}

function isOldMessage(message: FullMessage): message is Message {
  return isOld(message)
}
