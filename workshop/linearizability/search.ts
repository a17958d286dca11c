import { Memo } from "./memo.ts"
import type { Claim, Model, Problem, Start } from "./model.ts"
import { Timeline, type Item } from "./timeline.ts"
import { usefulClaims } from "./useful.ts"

export type Found<State, Op> =
  /** An order of operations; those that are not required may be missing. */
  | { readonly found: true; readonly start: Start<State, Op>; readonly order: readonly Op[] }
  /** All that must return before this one has an order. With this one, there is none. */
  | { readonly found: false; readonly stuck: Claim<Op> }

export interface GaveUp<Op> {
  readonly found: undefined
  /** All that must return before this one has an order. Whether there is one with it is not known yet. */
  readonly reached: Claim<Op>
}

/** The next thing to try: an operation takes effect, or passes by without (it is hidden, or never happened). */
interface Move<State, Op> {
  readonly item: Item<Op>
  readonly takes: boolean
  readonly state: State
  /** Whether something that does not overwrite must come next: otherwise this need not have been taken yet. */
  readonly owes: boolean
}

/** Where the search is: what it has done, and what else there is to try. */
interface Frame<State, Op> {
  /** What was taken on arrival because it only observes. */
  readonly observed: readonly Item<Op>[]
  readonly moves: readonly Move<State, Op>[]
  /** How many of the moves have been made. The last of them is in force. */
  tried: number
  /** What the move in force may hide. */
  hidden: readonly Item<Op>[]
}

/** What can be taken now. */
interface View<Op> {
  /** All that is invoked before the first return. */
  readonly open: readonly Item<Op>[]
  /** The one that returns first. */
  readonly front: Item<Op>
}

/**
 * Looks for an order that explains what happened: operations take effect one at a time, each between its invocation and
 * its return.
 *
 * This is the search of Wing and Gong, with Lowe's list and memory: take an operation that is invoked before anything
 * has returned, lift it out of the list, go on; where nothing goes on, put it back and try another. Five more things
 * keep it short. Each passes over an order only where another one, that is tried, does as well:
 *
 * 1. What only observes is taken as soon as the state allows it: it is in nobody's way.
 * 2. What overwrites, and is not observed, may as well have happened just before something else that overwrites. So what
 *    is open while something else overwrites need not be taken any more: it may be hidden. It still can be taken.
 * 3. What overwrites is taken as late as possible: just before something that does not, or at its own return.
 * 4. The same goes for what need not have happened at all. Requests without an answer stay open for ever: if they could
 *    be taken at any moment, each would double the work.
 * 5. Of those that do the same, the one that ends first is taken.
 *
 * Wing and Gong, "Testing and verifying concurrent objects", 1993: https://doi.org/10.1006/jpdc.1993.1015
 * Lowe, "Testing for linearizability", 2017: https://doi.org/10.1002/cpe.3928
 */
export class Search<State, Op> {
  readonly #model: Model<State, Op>
  readonly #starts: readonly Start<State, Op>[]
  readonly #timeline: Timeline<Op>
  readonly #memo = new Memo()
  readonly #frames: Frame<State, Op>[] = []
  /** How many of the starts have been tried; the last of them is where the search is. */
  #started = 0
  #furthest: Item<Op> | undefined

  constructor(model: Model<State, Op>, problem: Problem<State, Op>) {
    this.#model = model
    this.#starts = problem.starts
    this.#timeline = new Timeline(usefulClaims(model, problem), model)
  }

  /** Gives up after so many steps; called again, it goes on from there. */
  run(patience: number): Found<State, Op> | GaveUp<Op> {
    for (let steps = 0; steps < patience; steps++) {
      const next = this.#nextMove() ?? this.#nextStart()
      if (!next) return { found: false, stuck: this.#reached() }
      const start = this.#starts[this.#started - 1]
      if (this.#arrive(next.state, next.owes) && start) return { found: true, start, order: this.#order() }
    }
    return { found: undefined, reached: this.#reached() }
  }

  #nextStart(): Pick<Move<State, Op>, "state" | "owes"> | undefined {
    const start = this.#starts[this.#started++]
    return start && { state: start.state, owes: false }
  }

  #reached(): Claim<Op> {
    if (!this.#furthest) throw new Error("a search from nowhere, or with no patience at all")
    return this.#furthest.claim
  }

  /** Whether all that must be in the order is. */
  #arrive(state: State, owes: boolean): boolean {
    const observed = this.#observe(state)
    const view = this.#view()
    let moves: readonly Move<State, Op>[] = []
    if (view) {
      if (!this.#furthest || view.front.end > this.#furthest.end) this.#furthest = view.front
      const owesStill = owes && observed.length === 0
      const place = `${String(view.front.end)} ${owesStill ? "owes" : "free"} ${this.#model.key(state)}`
      if (this.#memo.isNew(place, view.open)) moves = this.#moves(view, state, owesStill)
    }
    this.#frames.push({ observed, moves, tried: 0, hidden: [] })
    return view === undefined
  }

  #observe(state: State): readonly Item<Op>[] {
    const observed: Item<Op>[] = []
    for (let entry = this.#timeline.first; entry?.isCall; entry = entry.after) {
      const { item } = entry
      if (item.role !== "observes" || !this.#allows(state, item)) continue
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

  /** In the order in which they look promising. */
  #moves({ open, front }: View<Op>, state: State, owes: boolean): readonly Move<State, Op>[] {
    const waiting = open.filter(({ role }) => role !== "overwrites")
    const ranked: { readonly move: Move<State, Op>; readonly rank: number }[] = []
    for (const item of firstOfEachKind(open)) {
      if (owes && item.role === "overwrites") continue
      const next = this.#model.step(state, item.claim.operation)
      if (next === undefined) continue
      const must = item.role === "changes" && item.must
      const paid = must || item === front
      if (!paid && !waiting.some((other) => other !== item && this.#allows(next, other))) continue
      // What must happen some time and can now; then what lets the first return go; unanswered requests last.
      const helps = item !== front && front.role !== "overwrites" && this.#allows(next, front)
      const rank = (must ? 0 : item.return ? 2 : 4) - (helps ? 1 : 0)
      ranked.push({ move: { item, takes: true, state: next, owes: !paid }, rank })
    }
    const moves = ranked
      .sort((a, b) => a.rank - b.rank || a.move.item.end - b.move.item.end)
      .map(({ move }) => move)
    return owes || front.must ? moves : [...moves, { item: front, takes: false, state, owes: false }]
  }

  #allows(state: State, item: Item<Op>): boolean {
    return this.#model.step(state, item.claim.operation) !== undefined
  }

  /** Takes back what led nowhere, then makes the next move that there is. */
  #nextMove(): Move<State, Op> | undefined {
    for (let frame = this.#frames.at(-1); frame; frame = this.#frames.at(-1)) {
      const last = frame.moves[frame.tried - 1]
      if (last) this.#undo(frame, last)
      const move = frame.moves[frame.tried]
      if (move) {
        frame.tried++
        frame.hidden = move.takes ? this.#hide(move.item) : []
        this.#timeline.lift(move.item)
        return move
      }
      for (const item of frame.observed.toReversed()) this.#timeline.unlift(item)
      this.#frames.pop()
    }
    return undefined
  }

  /** What may be hidden from now on, if this is taken. */
  #hide(item: Item<Op>): readonly Item<Op>[] {
    const hidden: Item<Op>[] = []
    if (item.role !== "overwrites") return hidden
    for (let entry = this.#timeline.first; entry?.isCall; entry = entry.after) {
      const other = entry.item
      if (other === item || other.role !== "overwrites" || !other.must) continue
      other.must = false
      other.hiddenBy = item
      hidden.push(other)
    }
    return hidden
  }

  #undo({ hidden }: Frame<State, Op>, { item }: Move<State, Op>): void {
    this.#timeline.unlift(item)
    for (const other of hidden) {
      other.must = true
      other.hiddenBy = undefined
    }
  }

  /** As they were taken; what passed by hidden comes just before what hid it. */
  #order(): readonly Op[] {
    const taken: Item<Op>[] = []
    const hidden = new Map<Item<Op>, Item<Op>[]>()
    for (const { observed, moves, tried } of this.#frames) {
      taken.push(...observed)
      const move = moves[tried - 1]
      if (!move) continue
      const { hiddenBy } = move.item
      if (move.takes) taken.push(move.item)
      else if (hiddenBy) hidden.set(hiddenBy, [...(hidden.get(hiddenBy) ?? []), move.item])
    }
    return taken.flatMap((item) => [...(hidden.get(item) ?? []), item]).map(({ claim }) => claim.operation)
  }
}

/** Of several that do the same, the one that ends first: the others can still do it later. */
function firstOfEachKind<Op>(open: readonly Item<Op>[]): readonly Item<Op>[] {
  const first = new Map<string | number, Item<Op>>()
  for (const item of open) {
    if (item.role === "observes") continue
    // What must happen and what need not are two kinds, unless taking the one spares the other.
    const kind = item.role === "changes" && item.must ? `must ${String(item.kind)}` : item.kind
    const other = first.get(kind)
    if (!other || item.end < other.end) first.set(kind, item)
  }
  return [...first.values()]
}
