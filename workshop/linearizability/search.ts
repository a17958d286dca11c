import { Memo } from "./memo.ts"
import { Timeline, type Claim, type Item, type Role } from "./timeline.ts"

export type { Claim, Role } from "./timeline.ts"

/** What an object does when one operation comes after another. A state is never `undefined`. */
export interface Model<State, Op> {
  readonly initial: State
  /** The state after the operation, with the outcome it had; `undefined` if it cannot have that outcome here. */
  readonly step: (state: State, operation: Op) => State | undefined
  /** The same for equal states only. */
  readonly key: (state: State) => string
  readonly role: (operation: Op) => Role
  /** The same only for operations that do the same in every state. */
  readonly label: (operation: Op) => string
}

export type Found<Op> =
  /** An order of operations; those that are not required may be missing. */
  | { readonly found: true; readonly order: readonly Op[] }
  /** All that must return before this one has an order. With this one, there is none. */
  | { readonly found: false; readonly stuck: Claim<Op> }

/** All that must return before that one has an order. Whether there is one with it is not known yet. */
export interface GaveUp<Op> {
  readonly found: undefined
  readonly reached: Claim<Op>
}

/**
 * Looks for an order that explains the history: operations take effect one at a time, each between its invocation and
 * its return.
 *
 * This is the search of Wing and Gong, with Lowe's list and memory: take an operation that is invoked before anything
 * has returned, lift it out of the list, go on; where nothing goes on, put it back, and try another. And five things
 * that keep it short. Each of them passes over orders only when another one, that is tried, does as well:
 *
 * 1. What only observes is taken as soon as the state allows it: it is in nobody's way.
 * 2. What overwrites, and nobody observes, could have happened just before the next thing that overwrites. So whatever
 *    is open while something else overwrites need not be taken any more ("hidden"); it still can be.
 * 3. So it is taken as late as possible: just before something that is not overwriting, or at its own return.
 * 4. The same for what need not happen. Otherwise a few dozen requests without an answer would double the
 *    work each: they stay open for ever.
 * 5. Of those that do the same, the one that ends first is taken.
 *
 * Wing and Gong, "Testing and verifying concurrent objects", 1993: https://doi.org/10.1006/jpdc.1993.1015
 * Lowe, "Testing for linearizability", 2017: https://doi.org/10.1002/cpe.3928
 */
export function search<State, Op>(
  model: Model<State, Op>,
  claims: readonly Claim<Op>[],
  patience: number,
): Found<Op> | GaveUp<Op> {
  return new Search(model, claims).run(patience)
}

/** The next thing to try: an operation takes effect, or passes by without (it was hidden, or never happened). */
interface Move<State, Op> {
  readonly item: Item<Op>
  readonly takes: boolean
  readonly state: State
  /** Whether something that does not overwrite must come next: otherwise this need not have been taken, or not yet. */
  readonly owes: boolean
}

interface Frame<State, Op> {
  /** What was taken on arrival because it only observes. */
  readonly observed: readonly Item<Op>[]
  readonly moves: readonly Move<State, Op>[]
  /** How many of the moves have been made. */
  tried: number
  /** What the present move hid. */
  hidden: readonly Item<Op>[]
}

/** What can be taken now. */
interface View<Op> {
  /** All that is invoked before the first return. */
  readonly open: readonly Item<Op>[]
  /** The one that returns first. */
  readonly front: Item<Op>
}

class Search<State, Op> {
  readonly #model: Model<State, Op>
  readonly #timeline: Timeline<Op>
  readonly #memo = new Memo()
  readonly #frames: Frame<State, Op>[] = []
  #furthest: Item<Op> | undefined

  constructor(model: Model<State, Op>, claims: readonly Claim<Op>[]) {
    this.#model = model
    // What only observes and need not be there explains nothing.
    const useful = claims.filter(({ required, operation }) => required || model.role(operation) !== "observes")
    this.#timeline = new Timeline(useful, model.role, model.label)
  }

  run(patience: number): Found<Op> | GaveUp<Op> {
    let arrived = this.#arrive(this.#model.initial, false)
    for (let steps = 0; !arrived; steps++) {
      const reached = this.#furthest?.claim
      if (reached && steps >= patience) return { found: undefined, reached }
      const move = this.#nextMove()
      if (!move && reached) return { found: false, stuck: reached }
      if (move) arrived = this.#arrive(move.state, move.owes)
    }
    return { found: true, order: this.#order() }
  }

  /** Whether all that must be in the order is. */
  #arrive(state: State, owes: boolean): boolean {
    const observed = this.#observe(state)
    const view = this.#view()
    const stillOwes = owes && observed.length === 0
    const frame: Frame<State, Op> = { observed, moves: [], tried: 0, hidden: [] }
    if (!view) {
      this.#frames.push(frame)
      return true
    }
    if (!this.#furthest || view.front.end > this.#furthest.end) this.#furthest = view.front
    const place = `${String(view.front.end)} ${stillOwes ? "owes" : ""} ${this.#model.key(state)}`
    const moves = this.#memo.isNew(place, view.open) ? this.#moves(view, state, stillOwes) : []
    this.#frames.push({ ...frame, moves })
    return false
  }

  #observe(state: State): readonly Item<Op>[] {
    const observed: Item<Op>[] = []
    for (let entry = this.#timeline.first; entry?.isCall; entry = entry.after) {
      const { item } = entry
      if (item.role !== "observes" || this.#model.step(state, item.claim.operation) === undefined) continue
      this.#timeline.lift(item)
      observed.push(item)
    }
    return observed
  }

  #view(): View<Op> | undefined {
    const open: Item<Op>[] = []
    let entry = this.#timeline.first
    for (; entry?.isCall; entry = entry.after) open.push(entry.item)
    return entry && { open, front: entry.item }
  }

  #moves({ open, front }: View<Op>, state: State, owes: boolean): readonly Move<State, Op>[] {
    const moves: Move<State, Op>[] = []
    if (!owes && !front.must) moves.push({ item: front, takes: false, state, owes: false })
    const waiting = open.filter(({ role }) => role !== "overwrites")
    for (const item of firstOfEachKind(open)) {
      if (owes && item.role === "overwrites") continue
      const next = this.#model.step(state, item.claim.operation)
      if (next === undefined) continue
      const paid = item === front || (item.role === "changes" && item.must)
      if (!paid && !waiting.some((other) => other !== item && this.#allows(next, other))) continue
      moves.push({ item, takes: true, state: next, owes: !paid })
    }
    return moves
  }

  #allows(state: State, item: Item<Op>): boolean {
    return this.#model.step(state, item.claim.operation) !== undefined
  }

  /** Undoes what has been tried; then makes the next move that there is. */
  #nextMove(): Move<State, Op> | undefined {
    for (let frame = this.#frames.at(-1); frame; frame = this.#frames.at(-1)) {
      const last = frame.moves[frame.tried - 1]
      if (last) this.#undo(frame, last)
      const move = frame.moves[frame.tried]
      if (move) {
        frame.tried++
        frame.hidden = this.#make(move)
        return move
      }
      for (const item of frame.observed.toReversed()) this.#timeline.unlift(item)
      this.#frames.pop()
    }
    return undefined
  }

  /** What it hides. */
  #make({ item, takes }: Move<State, Op>): readonly Item<Op>[] {
    const hidden: Item<Op>[] = []
    if (takes && item.role === "overwrites") {
      for (let entry = this.#timeline.first; entry?.isCall; entry = entry.after) {
        const other = entry.item
        if (other === item || other.role !== "overwrites" || !other.must) continue
        other.must = false
        other.hiddenBy = item
        hidden.push(other)
      }
    }
    this.#timeline.lift(item)
    return hidden
  }

  #undo({ hidden }: Frame<State, Op>, { item }: Move<State, Op>): void {
    this.#timeline.unlift(item)
    for (const other of hidden) {
      other.must = true
      other.hiddenBy = undefined
    }
  }

  /** As it was taken, with what passed by hidden just before what hid it. */
  #order(): readonly Op[] {
    const taken: Item<Op>[] = []
    const hidden = new Map<Item<Op>, Item<Op>[]>()
    for (const { observed, moves, tried } of this.#frames) {
      taken.push(...observed)
      const move = moves[tried - 1]
      if (!move) continue
      if (move.takes) taken.push(move.item)
      else if (move.item.hiddenBy)
        hidden.set(move.item.hiddenBy, [...(hidden.get(move.item.hiddenBy) ?? []), move.item])
    }
    return taken.flatMap((item) => [...(hidden.get(item) ?? []), item]).map(({ claim }) => claim.operation)
  }
}

/** Of several that do the same, that which ends first: the others can still do it later. */
function firstOfEachKind<Op>(open: readonly Item<Op>[]): readonly Item<Op>[] {
  const first = new Map<number, Item<Op>>()
  for (const item of open) {
    if (item.role === "observes") continue
    // One that must happen and one that need not are not the same, unless taking the one hides the other.
    const kind = item.role === "changes" && item.must ? -1 - item.kind : item.kind
    const other = first.get(kind)
    if (!other || item.end < other.end) first.set(kind, item)
  }
  return [...first.values()].sort((a, b) => (a.end < b.end ? -1 : 1))
}
