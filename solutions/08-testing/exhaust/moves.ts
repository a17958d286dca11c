import type { Action } from "../../../projects/08-testing/contract.ts"
import { at, copy } from "./arena.ts"
import { command, type Space } from "./space.ts"
import { insert } from "./symmetry.ts"

/** Shown what a move does. True ends the expansion. Rows are only lent: the next move writes over them. */
export interface Visitor {
  /** One transition of a longer move, and the row after it. */
  passing(row: Int32Array, transition: number): boolean
  /** The end of a move. `transition`: that of a move with just one, not shown before; otherwise -1. */
  arrived(row: Int32Array, transition: number): boolean
}

/** All that can happen next. */
export interface Moves {
  /** Makes every row that one move leads to, and shows it. True when the visitor ended it. */
  expand(row: Int32Array, visitor: Visitor): boolean
  /** The actions of the move that was shown last. */
  actions(): readonly Action[]
}

/** The finest grain: every move is one action. */
export class Fine implements Moves {
  readonly #space: Space
  readonly #next: Int32Array
  #last: { readonly type: Action["type"]; readonly server: number; readonly message: number } | undefined

  constructor(space: Space) {
    this.#space = space
    this.#next = space.begin()
  }

  expand(row: Int32Array, visitor: Visitor): boolean {
    for (let server = 0; server < this.#space.ids.length; server++) {
      for (const transition of this.#space.local(at(row, server))) {
        if (this.#take(row, server, transition, -1, visitor)) return true
      }
    }
    for (let place = this.#space.inFlight; place < row.length && at(row, place) !== 0; place++) {
      if (this.#message(row, place, visitor)) return true
    }
    return false
  }

  /** A message is lost, arrives, or arrives and stays under way. */
  #message(row: Int32Array, place: number, visitor: Visitor): boolean {
    const message = at(row, place) - 1
    const server = this.#space.receivers[message] ?? -1
    copy(row, this.#next)
    remove(this.#next, place)
    if (this.#show("drop", server, message, -1, visitor)) return true
    if (server === -1) return false
    const transition = this.#space.delivery(at(row, server), message)
    if (!this.#space.matters(transition)) return false // as good as lost
    if (this.#take(row, server, transition, place, visitor)) return true
    return this.#take(row, server, transition, -1, visitor, message)
  }

  /** A server takes a transition, perhaps by the message at a place of the row, which is gone then. */
  #take(
    row: Int32Array,
    server: number,
    transition: number,
    place: number,
    visitor: Visitor,
    kept = -1,
  ): boolean {
    const space = this.#space
    const { action, sent } = space.transition(transition)
    const next = this.#next
    copy(row, next)
    if (!space.take(next, server, transition)) return false
    if (place !== -1) remove(next, place)
    for (const message of sent) if (!add(next, space.inFlight, message + 1)) return false // out of bounds
    const message = place === -1 ? kept : at(row, place) - 1
    return this.#show(kept === -1 ? action : "duplicate", server, message, transition, visitor)
  }

  #show(
    type: Action["type"],
    server: number,
    message: number,
    transition: number,
    visitor: Visitor,
  ): boolean {
    this.#last = { type, server, message }
    return visitor.arrived(this.#next, transition)
  }

  actions(): readonly Action[] {
    if (!this.#last) return []
    const { type, server, message } = this.#last
    const id = this.#space.ids[server] ?? ""
    switch (type) {
      case "timeout":
      case "heartbeat":
      case "crash":
        return [{ type, server: id }]
      case "propose":
        return [{ type, server: id, command }]
      case "deliver":
      case "duplicate":
      case "drop":
        return [{ type, message: this.#space.messages.value(message) }]
    }
  }
}

function remove(row: Int32Array, place: number): void {
  for (let i = place; i < row.length - 1; i++) row[i] = at(row, i + 1)
  row[row.length - 1] = 0
}

/** Adds to the ascending numbers from `start` on, unless it is there. False when there is no room. */
function add(row: Int32Array, start: number, number: number): boolean {
  let end = start
  for (; end < row.length && at(row, end) !== 0; end++) if (at(row, end) === number) return true
  if (end === row.length) return false
  insert(row, start, end, number)
  return true
}
