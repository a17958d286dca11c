import type { Moment, Property, Violation } from "../../../projects/08-testing/contract.ts"
import { inspect } from "../properties.ts"
import { at } from "./arena.ts"
import type { Space } from "./space.ts"

/** Holds what happens to the properties, and notes which of the `sometimes` ones have not happened yet. */
export class Judge {
  readonly #space: Space
  readonly #ofStates: readonly Property[]
  readonly #awaited: Set<Property>

  constructor(space: Space, properties: readonly Property[]) {
    this.#space = space
    this.#ofStates = properties.filter((property) => property.of === "state")
    this.#awaited = new Set(properties.filter(({ kind }) => kind === "sometimes"))
  }

  get never(): readonly string[] {
    return [...this.#awaited].filter((each) => !this.#space.idle.has(each)).map(({ name }) => name)
  }

  /** What one server's step breaks: known since the step was computed. */
  step(number: number): Violation | null {
    const { violation, happens } = this.#space.transition(number)
    if (this.#awaited.size > 0) for (const property of happens) this.#awaited.delete(property)
    return violation
  }

  /** What a state breaks that a server's transition led to. All was well before it. */
  state(row: Int32Array, number: number): Violation | null {
    const moment = this.#moment(row, number)
    if (this.#awaited.size > 0) {
      for (const property of this.#ofStates)
        if (property.kind === "sometimes" && property.happens(moment)) this.#awaited.delete(property)
    }
    return inspect(this.#ofStates, moment)
  }

  #moment(row: Int32Array, number: number): Moment {
    const { nodes, histories, ids } = this.#space
    const { before, after, effects } = this.#space.transition(number)
    return {
      before: nodes.value(before),
      after: nodes.value(after),
      effects,
      nodes: ids.map((_, i) => nodes.value(at(row, i))),
      history: histories.value(at(row, ids.length)),
    }
  }
}
