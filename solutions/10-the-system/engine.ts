import type { Cluster, Message, RaftNode } from "../../projects/03-planning/contract.ts"
import type { Input, Journal, Replica, RespValue, Request } from "../../projects/10-the-system/contract.ts"
import { error } from "./machine.ts"
import { handle, startReplica } from "./replica.ts"
import type { Timers } from "./timers.ts"

/** A client's request that waits for its answer. */
export interface Ticket {
  readonly answer: (reply: RespValue) => void
  readonly deadline: NodeJS.Timeout
}

/** What an engine acts on. */
export interface Hands {
  readonly cluster: Cluster
  readonly journal: Journal
  readonly timers: Pick<Timers, "start" | "restart" | "stop">
  /** In milliseconds. */
  readonly patience: number
  readonly send: (message: Message) => void
  /** A step of Raft, or the disk, threw: this server must not go on. */
  readonly onBroken: (error: unknown) => void
}

/**
 * One queue, one loop. All that comes in, from the network, from clients and from the timers, waits in line; one input
 * at a time is handled, and all that follows from it is done before the next one is looked at.
 */
export class Engine {
  readonly #hands: Hands
  readonly #queue: Input<Ticket>[] = []
  #replica: Replica<Ticket>
  #state: "running" | "paused" | "over" = "running"
  #busy = false

  constructor(hands: Hands) {
    this.#hands = hands
    this.#replica = startReplica(hands.journal.node)
    hands.timers.start()
  }

  get node(): RaftNode {
    return this.#replica.node
  }

  put(input: Input<Ticket>): void {
    if (this.#state === "over") return
    this.#queue.push(input)
    this.#work()
  }

  /** Calls `answer` once. */
  request(request: Request, answer: (reply: RespValue) => void): void {
    if (this.#state === "over") {
      answer(error("CLUSTERDOWN this server is stopping"))
      return
    }
    const deadline = setTimeout(() => {
      this.put({ type: "giveUp", client })
    }, this.#hands.patience)
    const client: Ticket = { answer, deadline }
    this.put({ type: "request", client, request })
  }

  pause(): void {
    if (this.#state !== "running") return
    this.#state = "paused"
    this.#hands.timers.stop()
  }

  resume(): void {
    if (this.#state !== "paused") return
    this.#state = "running"
    this.#hands.timers.start()
    this.#work()
  }

  close(): void {
    if (this.#state === "over") return
    this.#state = "over"
    this.#hands.timers.stop()
    const queued = this.#queue.splice(0).flatMap((input) => (input.type === "request" ? [input.client] : []))
    for (const ticket of [...queued, ...this.#replica.service.waiting.map(({ proposal }) => proposal)])
      settle(ticket, error("UNKNOWN this server is stopping; it may still be done, or not"))
  }

  /** An answer may bring the next request at once: it waits in line like all others. */
  #work(): void {
    if (this.#busy) return
    this.#busy = true
    try {
      while (this.#state === "running") {
        const input = this.#queue.shift()
        if (!input) break
        this.#handle(input)
      }
    } catch (broken) {
      this.close()
      this.#hands.onBroken(broken)
    } finally {
      this.#busy = false
    }
  }

  #handle(input: Input<Ticket>): void {
    const { cluster, journal, timers, send } = this.#hands
    const { replica, outputs } = handle(cluster, this.#replica, input)
    this.#replica = replica
    for (const output of outputs) {
      switch (output.type) {
        case "save":
          journal.save(output.before, output.after)
          break
        case "send":
          send(output.message)
          break
        case "reply":
          settle(output.client, output.reply)
          break
        case "resetElectionTimer":
          timers.restart("electionTimeout")
          break
      }
    }
  }
}

function settle({ answer, deadline }: Ticket, reply: RespValue): void {
  clearTimeout(deadline)
  answer(reply)
}
