import type { Link, Millis, Network, NetworkOptions, Random } from "../../projects/09-simulation/contract.ts"
import type { ServerId } from "../../projects/03-planning/contract.ts"
import { requireLink } from "./check.ts"
import { sample } from "./distribution.ts"

export function createNetwork(options: NetworkOptions, random: Random): Network {
  const { links = {}, ...everywhere } = options
  requireLink("", everywhere)
  for (const [name, own] of Object.entries(links)) requireLink(`links.${name}.`, { ...everywhere, ...own })
  return new SimulatedNetwork(options, random)
}

class SimulatedNetwork implements Network {
  readonly #options: NetworkOptions
  readonly #random: Random
  /** By sender and receiver. */
  readonly #ways = new Map<ServerId, Map<ServerId, Way>>()

  constructor(options: NetworkOptions, random: Random) {
    this.#options = options
    this.#random = random
  }

  send(from: ServerId, to: ServerId, now: Millis): readonly Millis[] {
    return this.#way(from, to).travel(now)
  }

  cut(from: readonly ServerId[], to: readonly ServerId[]): () => void {
    let ways = from.flatMap((a) => to.map((b) => this.#way(a, b)))
    for (const way of ways) way.cuts++
    return () => {
      for (const way of ways) way.cuts--
      ways = [] // once is enough
    }
  }

  isCut(from: ServerId, to: ServerId): boolean {
    return this.#way(from, to).cuts > 0
  }

  #way(from: ServerId, to: ServerId): Way {
    let ways = this.#ways.get(from)
    if (!ways) this.#ways.set(from, (ways = new Map<ServerId, Way>()))
    let way = ways.get(to)
    if (!way) {
      const name = `${from}>${to}`
      way = new Way({ ...this.#options, ...this.#options.links?.[name] }, this.#random.fork(name))
      ways.set(to, way)
    }
    return way
  }
}

/** From one server to another. Its numbers are its own: what others send does not change its luck. */
class Way {
  cuts = 0
  readonly #link: Link
  readonly #random: Random
  /** When the last of those arrives that keep their order. */
  #last: Millis = 0

  constructor(link: Link, random: Random) {
    this.#link = link
    this.#random = random
  }

  travel(now: Millis): readonly Millis[] {
    const last = this.#last
    const arrivals = this.#arrivals(now)
    if (this.cuts === 0) return arrivals
    // Its numbers are drawn all the same, so that a cut changes no other message's luck. But it holds nobody up.
    this.#last = last
    return []
  }

  #arrivals(now: Millis): readonly Millis[] {
    const { loss, duplicate } = this.#link
    if (this.#random.chance(loss)) return []
    return this.#random.chance(duplicate) ? [this.#arrival(now), this.#arrival(now)] : [this.#arrival(now)]
  }

  #arrival(now: Millis): Millis {
    const time = now + sample(this.#link.latency, this.#random)
    if (this.#random.chance(this.#link.reorder)) return time
    return (this.#last = Math.max(this.#last, time))
  }
}
