import type { Item } from "./timeline.ts"

/** Which operations are left, a bit each. */
interface Left {
  /** Those that can still change something. */
  readonly can: bigint
  /** Those that must still happen. */
  readonly must: bigint
}

/**
 * Where the search has been. Lowe remembers the pair of the operations taken and the state. This goes a little
 * further: nothing new comes out where more must still happen, and less can, than where the search has been in the
 * same state and with the same next return.
 */
export class Memo {
  readonly #seen = new Map<string, Left[]>()

  /** `open`: all that is open there. */
  isNew<Op>(place: string, open: readonly Item<Op>[]): boolean {
    let can = 0n
    let must = 0n
    for (const item of open) {
      if (item.role !== "observes") can |= item.bit
      if (item.must) must |= item.bit
    }
    const seen = this.#seen.get(place)
    if (!seen) {
      this.#seen.set(place, [{ can, must }])
      return true
    }
    if (seen.some((other) => (can & other.can) === can && (must & other.must) === other.must)) return false
    seen.push({ can, must })
    return true
  }
}
