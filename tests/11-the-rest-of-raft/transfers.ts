import { fail, holds } from "#suite"
import type { ServerId } from "../../projects/03-planning/contract.ts"
import type {
  FullEvent,
  FullMessage,
  FullNode,
  FullStep,
  Snapshot,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { endOf, servers } from "../cluster/build.ts"
import { Random } from "../cluster/random.ts"
import { sentBy } from "./cluster.ts"
import { project } from "./project.ts"
import { savedWith, textOf } from "./server.ts"
import { tellFullEvent, tellFullNode } from "./words.ts"

/**
 * Three servers that compact with data of several parts, each in words of its own, on a network that loses, doubles and
 * reorders: no server may ever have a snapshot that nobody has written.
 */
export class Transfers {
  readonly #step: FullStep
  readonly #random: Random
  readonly #nodes = new Map<ServerId, FullNode>()
  readonly #written = new Map<string, string>()
  readonly #story: string[] = []
  #inFlight: readonly FullMessage[] = []
  #steps = 0

  constructor(step: FullStep, seed: number) {
    this.#step = step
    this.#random = new Random(seed)
    for (const id of servers(3)) this.#nodes.set(id, project.startNode(id, savedWith({})))
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step++) this.#act()
    this.#recover()
  }

  get #all(): readonly FullNode[] {
    return [...this.#nodes.values()]
  }

  #act(): void {
    const random = this.#random
    const leaders = this.#all.filter(({ role }) => role === "leader")
    const { id } = random.pick(leaders.length > 0 ? leaders : this.#all)
    let dice = random.below(100)
    const is = (chance: number): boolean => (dice -= chance) < 0
    if (is(6)) this.#handle(id, { type: "propose", command: this.#steps })
    else if (is(12)) this.#handle(id, { type: "heartbeatTimeout" })
    else if (is(leaders.length === 0 ? 40 : 2))
      this.#handle(random.pick(this.#all).id, { type: "electionTimeout" })
    else if (is(8)) this.#compact(random.chance(0.7) ? id : random.pick(this.#all).id)
    else if (is(2)) this.#restart(random.pick(this.#all).id)
    else if (is(5)) this.#inFlight = this.#inFlight.filter(() => random.chance(0.4))
    else if (this.#inFlight.length > 0)
      this.#deliver(random.chance(0.25) ? random.below(this.#inFlight.length) : 0)
  }

  #deliver(at: number): void {
    const message = this.#inFlight[at]
    if (!message) return
    if (!this.#random.chance(0.1)) this.#inFlight = this.#inFlight.toSpliced(at, 1)
    if (!this.#random.chance(0.08)) this.#handle(message.to, message)
  }

  #compact(id: ServerId): void {
    const { lastApplied, log } = this.#node(id)
    if (lastApplied <= log.base.index) return
    const data = textOf(`${id} ${String(lastApplied)}`, 150_000)
    this.#written.set(`${id} ${String(lastApplied)}`, data)
    this.#handle(id, { type: "compact", index: lastApplied, data })
  }

  #restart(id: ServerId): void {
    const { currentTerm, votedFor, log, snapshot } = this.#node(id)
    this.#nodes.set(id, project.startNode(id, { currentTerm, votedFor, log, snapshot }))
    this.#story.push(`${id} crashes and comes back`)
  }

  #handle(id: ServerId, event: FullEvent): void {
    this.#steps++
    this.#story.push(`${id} gets ${tellFullEvent(event)}`)
    const { state, effects } = this.#step(this.#node(id), event)
    this.#nodes.set(id, state)
    this.#genuine(id, state.snapshot)
    for (const effect of effects) if (effect.type === "restore") this.#genuine(id, effect.snapshot)
    this.#inFlight = [...this.#inFlight, ...sentBy(effects)].slice(-60)
  }

  /** Somebody has written it, all of it, and in one piece. */
  #genuine(id: ServerId, { lastIncludedIndex, data }: Snapshot): void {
    const known = this.#all.some(
      (node) => this.#written.get(`${node.id} ${String(lastIncludedIndex)}`) === data,
    )
    if (known || (lastIncludedIndex === 0 && data === "")) return
    holds(
      false,
      this.#tell(),
      "every snapshot is one that a server has written",
      `${id} has one up to ${String(lastIncludedIndex)} of ${String(data.length)} characters that is none of those`,
    )
  }

  /** No more faults: one of them comes to lead, and all come to have what it has. */
  #recover(): void {
    this.#inFlight = []
    for (let round = 0; round < 12; round++) {
      const id = servers(3)[round % 3] ?? ""
      this.#handle(id, { type: "electionTimeout" })
      this.#settle()
      if (this.#node(id).role !== "leader") continue
      this.#handle(id, { type: "propose", command: "after all faults" })
      for (let beats = 0; beats < 80 && !this.#isLevel(id); beats++) {
        this.#handle(id, { type: "heartbeatTimeout" })
        this.#settle()
      }
      if (this.#isLevel(id)) return
    }
    fail("broken", "the servers never come to have the same", {
      scenario: this.#tell(),
      expected: "a leader, and all that it has committed on all of them",
      got: this.#all.map(tellFullNode).join("\n"),
    })
  }

  #settle(): void {
    for (let delivered = 0; delivered < 2_000; delivered++) {
      const [message, ...rest] = this.#inFlight
      if (!message) return
      this.#inFlight = rest
      this.#handle(message.to, message)
    }
  }

  #isLevel(id: ServerId): boolean {
    const end = endOf(this.#node(id).log)
    return this.#all.every(({ log, commitIndex }) => endOf(log) === end && commitIndex === end)
  }

  #node(id: ServerId): FullNode {
    const node = this.#nodes.get(id)
    if (!node) throw new Error(`there is no server ${id}`)
    return node
  }

  #tell(): string {
    return [...this.#all.map(tellFullNode), "the last events:", ...this.#story.slice(-16)].join("\n")
  }
}
