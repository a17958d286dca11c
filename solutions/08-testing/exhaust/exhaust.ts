import type { Action, Exhausted, ExhaustOptions, Violation } from "../../../projects/08-testing/contract.ts"
import { properties as figure3 } from "../properties.ts"
import { replay } from "../world.ts"
import { Arena } from "./arena.ts"
import { Judge } from "./judge.ts"
import { Fine, type Moves, type Visitor } from "./moves.ts"
import { Rounds } from "./rounds.ts"
import { Space } from "./space.ts"
import { asItIs, upToNames, type Canonical } from "./symmetry.ts"

export function exhaust({
  raft,
  bounds,
  mode = "messages",
  symmetry = true,
  properties = figure3,
  maxStates = Number.POSITIVE_INFINITY,
  onProgress,
}: ExhaustOptions): Exhausted {
  const space = new Space(raft, bounds, properties)
  const moves = mode === "rounds" ? new Rounds(space) : new Fine(space)
  const judge = new Judge(space, properties)
  const breadth = new Breadth(moves, symmetry ? upToNames(space) : asItIs, judge, space.begin(), maxStates)
  const depth = breadth.run(onProgress)
  const { violation } = breadth
  const schedule = violation && { servers: bounds.servers, actions: breadth.wayToViolation() }
  return {
    states: breadth.states,
    depth,
    complete: breadth.complete && violation === null,
    // Told by the names that servers have in the schedule.
    found: schedule && { schedule, violation: replay(raft, schedule, properties).violation ?? violation },
    never: judge.never,
  }
}

/** All states one move away, then two, and so on: the first violation that comes up is one of the nearest. */
class Breadth implements Visitor {
  violation: Violation | null = null
  complete = true
  readonly #moves: Moves
  readonly #canonical: Canonical
  readonly #judge: Judge
  readonly #first: Int32Array
  readonly #maxStates: number
  readonly #arena: Arena
  /** The state being followed, its number, and the form of the one it led to last. */
  readonly #row: Int32Array
  readonly #form: Int32Array
  #number = 0

  constructor(moves: Moves, canonical: Canonical, judge: Judge, first: Int32Array, maxStates: number) {
    this.#moves = moves
    this.#canonical = canonical
    this.#judge = judge
    this.#first = first
    this.#maxStates = maxStates
    this.#arena = new Arena(first.length)
    this.#row = first.slice()
    this.#form = first.slice()
  }

  get states(): number {
    return this.#arena.size
  }

  /** @returns how far away the last of the states is that were found */
  run(onProgress: ExhaustOptions["onProgress"]): number {
    this.#canonical(this.#first, this.#form)
    this.#arena.add(this.#form, -1, this.#maxStates)
    for (let depth = 0; ; depth++) {
      const end = this.#arena.size
      for (; this.#number < end; this.#number++) {
        this.#arena.read(this.#number, this.#row)
        if (this.#moves.expand(this.#row, this)) return this.#arena.size > end ? depth + 1 : depth
      }
      onProgress?.({ states: this.#arena.size, depth })
      if (this.#arena.size === end) return depth
    }
  }

  passing(row: Int32Array, transition: number): boolean {
    this.violation = this.#judge.step(transition) ?? this.#judge.state(row, transition)
    return this.violation !== null
  }

  arrived(row: Int32Array, transition: number): boolean {
    if (transition !== -1) this.violation = this.#judge.step(transition)
    if (this.violation) return true
    this.#canonical(row, this.#form)
    switch (this.#arena.add(this.#form, this.#number, this.#maxStates)) {
      case "known":
        return false
      case "full":
        this.complete = false
        return true
      case "new":
        if (transition !== -1) this.violation = this.#judge.state(row, transition)
        return this.violation !== null
    }
  }

  /**
   * The actions that lead to the violation. The states' forms are known from the first one on, but on the way from one
   * form to the next servers were renamed: so each move is looked for again, from a world whose names stay as they are.
   */
  wayToViolation(): readonly Action[] {
    const forms: Int32Array[] = []
    for (let number = this.#number; number > 0; number = this.#arena.parent(number)) {
      const form = this.#first.slice()
      this.#arena.read(number, form)
      forms.push(form)
    }
    const actions: Action[] = []
    let row = this.#first
    for (const goal of forms.reverse()) {
      row = this.#follow(row, (next) => {
        this.#canonical(next, this.#form)
        return this.#form.every((number, i) => number === goal[i])
      })
      actions.push(...this.#moves.actions())
    }
    this.#follow(row, () => false)
    return [...actions, ...this.#moves.actions()]
  }

  /** Moves on until the goal is reached, or the violation. */
  #follow(row: Int32Array, isGoal: (next: Int32Array) => boolean): Int32Array {
    const wrong = (next: Int32Array, transition: number) =>
      transition !== -1 && (this.#judge.step(transition) ?? this.#judge.state(next, transition)) !== null
    let reached = row
    this.#moves.expand(row, {
      passing: wrong,
      arrived: (next, transition) => {
        if (!isGoal(next) && !wrong(next, transition)) return false
        reached = next.slice()
        return true
      },
    })
    return reached
  }
}
