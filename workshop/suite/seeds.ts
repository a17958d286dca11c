import { inject } from "vitest"
import { CheckFailure, retell, withCall } from "./failure.ts"
import { beat } from "./watchdog.ts"

/** Whether the person asked for one seed: then everything about it is told. */
export const oneSeed = inject("run").seed !== null

/**
 * Runs `body` with each seed from `first` on, or only with the one that was asked for (`workshop test N --seed S`). A
 * failure tells how to see that very run again.
 */
export function forSeeds(first: number, count: number, body: (seed: number) => void): void {
  const { seed: asked, seedShift, stage, thoroughness } = inject("run")
  const seeds =
    asked === null ? Array.from({ length: count * thoroughness }, (_, i) => first + seedShift + i) : [asked]
  for (const seed of seeds) {
    beat() // many seeds may take long, none does
    try {
      body(seed)
    } catch (thrown) {
      const failure = thrown instanceof CheckFailure ? withCall(thrown) : thrown
      const again = `npx workshop test ${String(stage)} --seed ${String(seed)}`
      retell(failure, `random schedule, seed ${String(seed)} (the whole story: ${again})`)
    }
  }
}
