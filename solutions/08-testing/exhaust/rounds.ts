import type { Message } from "../../../projects/03-planning/contract.ts"
import type { Action } from "../../../projects/08-testing/contract.ts"
import { at } from "./arena.ts"
import type { Moves, Visitor } from "./moves.ts"
import { command, type Space } from "./space.ts"

/** Deliveries in one round at most. A leader and a follower that have more to say to each other go on in the next. */
const most = 100

/**
 * The coarse grain: a move is a whole election, or a whole exchange between a leader and some of the others. Nothing is
 * under way before and after it: what does not arrive in its round is lost.
 */
export class Rounds implements Moves {
  readonly #space: Space
  readonly #next: Int32Array
  #actions: Action[] = []

  constructor(space: Space) {
    this.#space = space
    this.#next = space.begin()
  }

  expand(row: Int32Array, visitor: Visitor): boolean {
    return this.#space.ids.some((_, server) =>
      this.#space.local(at(row, server)).some((transition) => this.#from(row, server, transition, visitor)),
    )
  }

  actions(): readonly Action[] {
    return this.#actions
  }

  /** Every move that begins with this transition: whom its messages reach is for the network to choose. */
  #from(row: Int32Array, server: number, transition: number, visitor: Visitor): boolean {
    const { ids } = this.#space
    const { action } = this.#space.transition(transition)
    const others =
      action === "timeout" || action === "heartbeat" ? ids.map((_, i) => i).filter((i) => i !== server) : []
    return subsets(others).some((reached) => this.#round(row, server, transition, reached, visitor))
  }

  #round(
    row: Int32Array,
    server: number,
    first: number,
    reached: readonly number[],
    visitor: Visitor,
  ): boolean {
    const space = this.#space
    const { action, sent } = space.transition(first)
    this.#next.set(row)
    this.#actions = [local(action, space.ids[server] ?? "")]
    if (action === "crash" && row[space.crashes] === 0) return false
    if (this.#take(server, first, visitor)) return true
    const talks = new Set([server, ...reached])
    const queue = [...sent]
    for (let delivered = 0; delivered < most; delivered++) {
      const id = queue.shift()
      if (id === undefined) break
      const message = space.messages.value(id)
      const receiver = space.receivers[id] ?? -1
      if (!talks.has(receiver) || !belongs(message, action)) continue
      const transition = space.delivery(at(this.#next, receiver), id)
      this.#actions.push({ type: "deliver", message })
      if (this.#take(receiver, transition, visitor)) return true
      queue.push(...space.transition(transition).sent)
    }
    return visitor.arrived(this.#next, -1)
  }

  #take(server: number, transition: number, visitor: Visitor): boolean {
    this.#space.take(this.#next, server, transition)
    return visitor.passing(this.#next, transition)
  }
}

/** An election is over when the votes are counted: the new leader's heartbeats are a round of their own. */
function belongs({ type }: Message, action: string): boolean {
  return action !== "timeout" || type === "RequestVote" || type === "RequestVoteResponse"
}

function local(action: string, server: string): Action {
  switch (action) {
    case "timeout":
    case "heartbeat":
    case "crash":
      return { type: action, server }
    default:
      return { type: "propose", server, command }
  }
}

function subsets<T>(list: readonly T[]): readonly (readonly T[])[] {
  return list.reduce<readonly (readonly T[])[]>(
    (all, each) => [...all, ...all.map((set) => [...set, each])],
    [[]],
  )
}
