import type { Millis } from "../../projects/09-simulation/contract.ts"
import { Broken } from "./broken.ts"

/** More messages than this do not come from clients and timers any more, but from each other. */
const storm = 10_000

/** Given. Without events from outside, messages die down (project 5). If they do not, a simulation might never end. */
export class CalmJudge {
  #underWay = 0
  #now: Millis = 0
  #sentNow = 0

  /** @param arrivals  how often the message will arrive */
  sent(arrivals: number, now: Millis): void {
    // Where messages take no time, none is under way for long, and time stands still.
    if (now !== this.#now) this.#sentNow = 0
    this.#now = now
    this.#sentNow += arrivals
    this.#underWay += arrivals
    if (this.#underWay <= storm && this.#sentNow <= storm) return
    throw new Broken("Messages die down", `more than ${String(storm)} messages are under way`)
  }

  arrived(): void {
    this.#underWay--
  }
}
