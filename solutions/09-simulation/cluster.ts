import type { Effect, Message, ServerId } from "../../projects/03-planning/contract.ts"
import type { Fault, Network, Random, Sent, VirtualClock } from "../../projects/09-simulation/contract.ts"
import { CalmJudge } from "./calm.ts"
import { SafetyJudge } from "./judge.ts"
import { createNetwork } from "./network.ts"
import type { Settings } from "./options.ts"
import { Server, type Did, type Proposal } from "./server.ts"
import type { Tally } from "./statistics.ts"
import { isWorthALine, summary, type Trace } from "./trace.ts"

/** What the cluster stands on, and who is told what happens in it. */
export interface Parts {
  readonly settings: Settings
  readonly random: Random
  readonly clock: VirtualClock
  readonly trace: Trace
  readonly tally: Tally
}

/** The servers, the network between them, and what goes wrong with either. */
export class Cluster {
  readonly #parts: Parts
  readonly #network: Network
  readonly #servers: ReadonlyMap<ServerId, Server>
  readonly #safety: SafetyJudge
  readonly #calm = new CalmJudge()
  #messages = 0

  constructor(parts: Parts) {
    const { settings, random } = parts
    this.#parts = parts
    this.#network = createNetwork(settings.network, random.fork("network"))
    const servers = settings.servers.map((id) => this.#create(id))
    this.#servers = new Map(servers.map((server) => [server.id, server]))
    this.#safety = new SafetyJudge(
      settings.properties,
      servers.map(({ node }) => node),
    )
  }

  /** Entries committed so far. */
  get commits(): number {
    return this.#safety.commits
  }

  /** A client's request arrives. Whoever is down refuses connections. */
  propose(server: ServerId, proposal: Proposal): void {
    const receiver = this.#servers.get(server)
    if (!receiver || receiver.isDown) proposal.reply({ type: "refused", proposal, leader: null })
    else receiver.receive({ event: { type: "propose", command: proposal.command }, proposal })
  }

  /** @returns ends the fault */
  begin(fault: Fault): () => void {
    const end = this.#cause(fault)
    this.#noteLeader()
    return () => {
      end()
      this.#noteLeader()
    }
  }

  #cause(fault: Fault): () => void {
    switch (fault.kind) {
      case "partition": {
        const { inside } = fault
        const outside = this.#parts.settings.servers.filter((server) => !inside.includes(server))
        const ends = [this.#network.cut(inside, outside), this.#network.cut(outside, inside)]
        return () => {
          for (const end of ends) end()
        }
      }
      case "oneWay":
        return this.#network.cut(fault.from, fault.to)
      case "pause":
        return this.#server(fault.server).pause()
      case "crash":
        return this.#server(fault.server).crash()
      case "slowDisk":
        return this.#server(fault.server).slowDown(fault.extra)
      case "drift":
        return this.#server(fault.server).drift(fault.rate)
    }
  }

  #create(id: ServerId): Server {
    const { settings, random, clock } = this.#parts
    const { timers, disk } = settings
    const raft = settings.raftOf(id)
    return new Server(raft.initialNode(id, settings.servers), {
      raft,
      clock,
      timers,
      disk,
      random: random.fork(id),
      onStep: (did) => {
        this.#onStep(id, did)
      },
      onCrash: (before, after) => {
        this.#safety.saw(before, after, [])
      },
    })
  }

  #onStep(server: ServerId, { incoming, before, stepped }: Did): void {
    const { clock, trace, tally } = this.#parts
    const { event, message } = incoming
    const { state, effects, because } = stepped
    tally.steps++
    const sent = this.#send(server, effects)
    if (sent.length > 0 || isWorthALine(before, state)) {
      const which = message === undefined ? {} : { message }
      const node = summary(state)
      trace.write({ at: clock.now, type: "step", server, event: event.type, ...which, because, sent, node })
    }
    this.#safety.saw(before, state, effects)
    if (state.role !== before.role) this.#noteLeader()
  }

  #send(from: ServerId, effects: readonly Effect[]): readonly Sent[] {
    const { clock, tally } = this.#parts
    const sent: Sent[] = []
    for (const effect of effects) {
      if (effect.type !== "send") continue
      const { message } = effect
      const id = ++this.#messages
      const arrives = this.#network.send(from, message.to, clock.now)
      for (const time of arrives) {
        clock.at(time, () => {
          this.#arrive(id, from, message)
        })
      }
      this.#calm.sent(arrives.length, clock.now)
      tally.sent++
      if (arrives.length === 0) tally.lost++
      sent.push({ id, message, arrives })
    }
    return sent
  }

  #arrive(id: number, from: ServerId, message: Message): void {
    const { clock, trace, tally } = this.#parts
    const receiver = this.#servers.get(message.to)
    this.#calm.arrived()
    // It may have been cut while the message was under way.
    if (receiver && !receiver.isDown && !this.#network.isCut(from, message.to)) {
      tally.delivered++
      receiver.receive({ event: message, message: id })
    } else {
      tally.lost++
      const why = this.#network.isCut(from, message.to) ? "cut" : "down"
      trace.write({ at: clock.now, type: "missed", message: id, why })
    }
  }

  #noteLeader(): void {
    const servers = [...this.#servers.values()]
    const exists = servers.some((server) => server.node.role === "leader" && this.#reachesMajority(server))
    this.#parts.tally.leader(exists, this.#parts.clock.now)
  }

  /** Whether it and those with whom it can talk are a majority. Without one, it leads nobody, whatever it believes. */
  #reachesMajority(server: Server): boolean {
    const servers = [...this.#servers.values()]
    const reached = servers.filter(
      ({ id, runs }) => runs && !this.#network.isCut(server.id, id) && !this.#network.isCut(id, server.id),
    )
    return server.runs && 2 * reached.length > servers.length
  }

  #server(id: ServerId): Server {
    const server = this.#servers.get(id)
    if (!server) throw new RangeError(`there is no server ${id}`)
    return server
  }
}
