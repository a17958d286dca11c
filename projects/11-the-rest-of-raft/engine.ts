import { lastIndex } from "#04-the-log"
import type { Request, RespValue } from "../10-the-system/contract.ts"
import type {
  FullInput,
  FullMessage,
  FullNode,
  FullOutput,
  FullReplica,
  ReplicaOptions,
  Storage,
} from "./contract.ts"
import { Inbox } from "./inbox.ts"
import { startNode } from "./node.ts"
import { handleAll, startFullReplica } from "./replica.ts"
import { error } from "./replies.ts"
import type { Timers } from "./timers.ts"

/** A client's request that waits for its answer. */
export interface Ticket {
  readonly answer: (reply: RespValue) => void
  readonly deadline: NodeJS.Timeout
}

/** What an engine acts on. */
export interface Hands {
  readonly id: string
  readonly options: ReplicaOptions
  readonly storage: Storage
  readonly timers: Pick<Timers, "start" | "restartElection" | "stop">
  /** In milliseconds. */
  readonly patience: number
  /** Its own clock, in milliseconds, which never goes back; only if reads may be answered by lease. */
  readonly now: (() => number) | null
  readonly send: (message: FullMessage) => void
  readonly tell: (text: string) => void
  /** A step of Raft, or the disk, threw: this server must not go on. */
  readonly onBroken: (error: unknown) => void
}

/**
 * Given. Project 10's queue and loop, but for two things: what has come in is handled together, so that it costs the disk
 * one write; and a leader's entries may be on their way to the other servers while it writes them itself.
 */
export class Engine {
  readonly #hands: Hands
  readonly #inbox = new Inbox<Ticket>(() => {
    this.#wake()
  })
  #replica: FullReplica<Ticket>
  #state: "running" | "paused" | "over" = "running"
  #woken = false

  constructor(hands: Hands) {
    this.#hands = hands
    this.#replica = startFullReplica(startNode(hands.id, hands.storage.saved))
    hands.timers.start()
  }

  get node(): FullNode {
    return this.#replica.node
  }

  put(input: FullInput<Ticket>): void {
    if (this.#state === "over") return
    this.#inbox.put(input)
  }

  /** Calls `answer` once. */
  request(request: Request, answer: (reply: RespValue) => void): void {
    if (this.#state === "over") {
      answer(error("CLUSTERDOWN this server is stopping"))
      return
    }
    const { patience, now } = this.#hands
    const deadline = setTimeout(() => {
      this.put({ type: "giveUp", client })
    }, patience)
    const client: Ticket = { answer, deadline }
    this.put({ type: "request", client, request, ...(now && { now: now() }) })
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
    this.#wake()
  }

  close(): void {
    if (this.#state === "over") return
    this.#state = "over"
    this.#hands.timers.stop()
    const { service, reads } = this.#replica
    const queued = this.#inbox.close()
    const waiting = [
      ...service.waiting.map(({ proposal }) => proposal),
      ...Object.values(reads)
        .flat()
        .map((read) => read.client),
    ]
    for (const ticket of [...queued, ...waiting])
      settle(ticket, error("UNKNOWN this server is stopping; it may still be done, or not"))
  }

  /** Not at once: what comes in at the same time, on all connections, goes together. */
  #wake(): void {
    if (this.#woken) return
    this.#woken = true
    setImmediate(() => {
      this.#woken = false
      this.#work()
    })
  }

  #work(): void {
    if (this.#state !== "running") return
    const { node, service } = this.#replica
    const inputs = this.#inbox.take(node.role === "leader" && service.waiting.length > 0)
    if (inputs.length === 0) return
    try {
      const { replica, outputs } = handleAll(this.#hands.options, this.#replica, inputs)
      this.#replica = replica
      for (const output of inOrder(outputs)) this.#carryOut(output)
      if (replica.node.role === "leader")
        this.#inbox.answered(outputs.filter(({ type }) => type === "reply").length)
    } catch (broken) {
      this.close()
      this.#hands.onBroken(broken)
    }
  }

  #carryOut(output: FullOutput<Ticket>): void {
    const { storage, timers, send, tell } = this.#hands
    switch (output.type) {
      case "save":
        storage.save(output.before, output.after)
        break
      case "send":
        send(output.message)
        break
      case "reply":
        settle(output.client, output.reply)
        break
      case "resetElectionTimer":
        timers.restartElection()
        break
      case "tell":
        tell(output.text)
        break
    }
  }
}

/**
 * The order in which outputs are carried out. The entries that a leader is about to save may be sent before, so that all
 * servers write at the same time (section 10.2.1 of the dissertation): they say nothing about what is on its own disk. They
 * must say nothing that follows from it either: it has committed nothing that is not there yet.
 */
function inOrder(outputs: readonly FullOutput<Ticket>[]): readonly FullOutput<Ticket>[] {
  const [first, ...others] = outputs
  if (first?.type !== "save") return outputs
  const { before, after } = first
  const leads =
    before.role === "leader" && after.role === "leader" && before.currentTerm === after.currentTerm
  if (!leads || after.commitIndex > lastIndex(before.log)) return outputs
  const isEntries = (output: FullOutput<Ticket>) =>
    output.type === "send" && output.message.type === "AppendEntries"
  return [...others.filter(isEntries), first, ...others.filter((output) => !isEntries(output))]
}

function settle({ answer, deadline }: Ticket, reply: RespValue): void {
  clearTimeout(deadline)
  answer(reply)
}
