import { setTimeout as wait } from "node:timers/promises"
import { Random } from "../../tests/cluster/random.ts"
import type { Servers } from "./servers.ts"

const kinds = [
  "kill",
  "kill",
  "kill",
  "kill all",
  "pause",
  "pause",
  "cut off",
  "cut off",
  "cut one way",
] as const

export type FaultKind = (typeof kinds)[number]

/** From the beginning to the end of a fault, and then to the next one: at least and at most, in milliseconds. */
const lasts = [200, 3_000] as const
const calm = [300, 2_500] as const

/** One fault after the other, each on as many servers as can fail at once, or fewer; but for `kill all`. */
export class Faults {
  readonly counts = new Map<FaultKind, number>()
  /** The last ones, in words. */
  readonly story: string[] = []
  readonly #servers: Servers
  readonly #random: Random
  readonly #now: () => number

  constructor(servers: Servers, seed: number, now: () => number) {
    this.#servers = servers
    this.#random = new Random(seed)
    this.#now = now
  }

  /** Until it is told to stop. In the end everybody runs, and everything is connected. */
  async run(over: AbortSignal): Promise<void> {
    for (;;) {
      await this.#pass(calm, over)
      if (over.aborted) return
      await this.#happen(over)
    }
  }

  async #happen(over: AbortSignal): Promise<void> {
    const kind = this.#random.pick(kinds)
    const victims = await this.#victims(kind)
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
    this.#tell(`${kind}: ${victims.join(", ")}`)
    this.#begin(kind, victims)
    await this.#pass(lasts, over)
    this.#end(kind, victims)
    this.#tell(`${kind} is over`)
  }

  #begin(kind: FaultKind, victims: readonly string[]): void {
    for (const id of victims) {
      if (kind === "kill" || kind === "kill all") this.#servers.kill(id)
      else if (kind === "pause") this.#servers.pause(id)
      else this.#cut(kind, id, victims, true)
    }
  }

  #end(kind: FaultKind, victims: readonly string[]): void {
    for (const id of victims) {
      if (kind === "cut off" || kind === "cut one way") this.#cut(kind, id, victims, false)
      else this.#servers.start(id)
    }
  }

  /** Victims still reach each other. One way: they hear nothing, but are heard. */
  #cut(kind: FaultKind, id: string, victims: readonly string[], isCut: boolean): void {
    for (const other of this.#servers.ids) {
      if (victims.includes(other)) continue
      this.#servers.cut(other, id, isCut)
      if (kind === "cut off") this.#servers.cut(id, other, isCut)
    }
  }

  /** Half of the time, the leader is among them. */
  async #victims(kind: FaultKind): Promise<readonly string[]> {
    const { ids } = this.#servers
    const leader = await this.#servers.leader()
    if (kind === "kill all") return ids
    const most = Math.floor((ids.length - 1) / 2)
    const count = 1 + this.#random.below(most)
    const keyed = ids.map((id) => ({ id, key: this.#random.next() }))
    const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ id }) => id)
    const leaderFirst = this.#random.chance(0.5) && leader !== undefined
    return (leaderFirst ? [leader, ...shuffled.filter((id) => id !== leader)] : shuffled).slice(0, count)
  }

  async #pass([least, most]: readonly [number, number], over: AbortSignal): Promise<void> {
    const ms = least + this.#random.next() * (most - least)
    await wait(ms, undefined, { signal: over }).catch(() => undefined)
  }

  #tell(what: string): void {
    this.story.push(`${(this.#now() / 1000).toFixed(3)} s  ${what}`)
    if (this.story.length > 1_000) this.story.shift()
  }
}
