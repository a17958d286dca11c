import type { ServerId } from "../03-planning/contract.ts"
import type { Answer } from "../06-consensus/contract.ts"
import type { Distribution, Millis, Operation, Random, VirtualClock, Workload } from "./contract.ts"
import { sample } from "./distribution.ts"
import type { Proposal } from "./server.ts"
import type { Command, Result } from "./store.ts"

/** What clients stand on, and who is told what they do. */
export interface Surroundings {
  readonly clock: VirtualClock
  /** The client's own numbers. */
  readonly random: Random
  readonly workload: Workload
  readonly servers: readonly ServerId[]
  /** Between a client and a server, either way. */
  readonly latency: Distribution
  /** A request reaches a server. */
  deliver(server: ServerId, proposal: Proposal): void
  /** @returns to be told what the client learned, which is nothing when it gave up */
  onInvoke(operation: Operation): (learned: Operation) => void
}

/** A request that waits for its answer. */
interface Pending {
  readonly operation: Operation
  readonly command: Command
  readonly cancelPatience: () => void
  readonly onReturn: (learned: Operation) => void
  refusals: number
}

/**
 * Given. Asks for one thing after the other. A request that was refused, or whose entry was overwritten, was not carried
 * out: it is sent again. One that it gave up on may have been, or may yet be: that is never sent again.
 */
export class Client {
  readonly #name: string
  readonly #world: Surroundings
  /** Who leads, as far as it knows. */
  #leader: ServerId | null = null
  /** What it saw last in each key: a cas that expects just anything would never succeed. */
  readonly #seen = new Map<string, string | null>()
  #asked = 0
  #pending: Pending | null = null

  constructor(name: string, world: Surroundings) {
    this.#name = name
    this.#world = world
    this.#think()
  }

  #think(): void {
    const { workload, random } = this.#world
    this.#later(sample(workload.think, random), () => {
      this.#ask()
    })
  }

  #ask(): void {
    const { clock, workload } = this.#world
    if (clock.now > workload.until) return
    const command = this.#choose()
    const operation = started(this.#name, command, clock.now)
    const cancelPatience = this.#later(workload.patience, () => {
      this.#leader = null
      this.#end(operation)
    })
    const onReturn = this.#world.onInvoke(operation)
    this.#pending = { operation, command, cancelPatience, onReturn, refusals: 0 }
    this.#send(this.#pending)
  }

  #choose(): Command {
    const { random, workload } = this.#world
    const id = `${this.#name}-${String(++this.#asked)}`
    const key = `k${String(1 + random.below(workload.keys))}`
    const { read, write, cas } = workload.mix
    const dice = random.next() * (read + write + cas)
    if (dice < read) return { id, type: "read", key }
    if (dice < read + write) return { id, type: "write", key, value: id }
    return { id, type: "cas", key, expected: this.#seen.get(key) ?? null, value: id }
  }

  #send(pending: Pending): void {
    const { random, servers, latency } = this.#world
    const server = this.#leader ?? random.pick(servers)
    const reply = (answer: Answer<Proposal, Result>) => {
      this.#later(sample(latency, random), () => {
        if (this.#pending === pending) this.#hear(pending, server, answer)
      })
    }
    this.#later(sample(latency, random), () => {
      this.#world.deliver(server, { command: pending.command, reply })
    })
  }

  #hear(pending: Pending, server: ServerId, answer: Answer<Proposal, Result>): void {
    switch (answer.type) {
      case "applied":
        this.#leader = server
        this.#end(finished(pending.operation, answer.result, this.#world.clock.now))
        return
      case "overwritten":
        this.#send(pending)
        return
      case "refused":
        this.#leader = answer.leader
        // Two servers may name each other, and neither leads: after the first hint, it takes its time.
        if (answer.leader !== null && pending.refusals++ === 0) this.#send(pending)
        else
          this.#later(sample(beforeNextTry, this.#world.random), () => {
            if (this.#pending === pending) this.#send(pending)
          })
    }
  }

  #end(operation: Operation): void {
    const pending = this.#pending
    if (!pending) return
    pending.cancelPatience()
    this.#pending = null
    this.#learn(operation)
    pending.onReturn(operation)
    this.#think()
  }

  #learn(operation: Operation): void {
    const { key, returned } = operation
    if (returned === null) return
    if (operation.type === "read") this.#seen.set(key, operation.result)
    else if (operation.type === "write" || operation.done === true) this.#seen.set(key, operation.value)
  }

  #later(time: Millis, callback: () => void): () => void {
    const { clock } = this.#world
    return clock.at(clock.now + time, callback)
  }
}

const beforeNextTry: Distribution = { kind: "uniform", from: 10, to: 50 }

/** An operation as long as nothing is known of it. */
function started(client: string, command: Command, invoked: Millis): Operation {
  const asked = { client, key: command.key, invoked, returned: null }
  switch (command.type) {
    case "read":
      return { ...asked, type: "read", result: null }
    case "write":
      return { ...asked, type: "write", value: command.value }
    case "cas":
      return { ...asked, type: "cas", expected: command.expected, value: command.value, done: null }
  }
}

function finished(operation: Operation, result: Result, returned: Millis): Operation {
  switch (operation.type) {
    case "read":
      return { ...operation, returned, result: typeof result === "string" ? result : null }
    case "write":
      return { ...operation, returned }
    case "cas":
      return { ...operation, returned, done: result === true }
  }
}
