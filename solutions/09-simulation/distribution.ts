import type { Distribution, Millis, Random } from "../../projects/09-simulation/contract.ts"
import { requireDistribution } from "./check.ts"

export function sample(distribution: Distribution, random: Random): Millis {
  requireDistribution("distribution", distribution)
  switch (distribution.kind) {
    case "constant":
      return distribution.ms
    case "uniform":
      return between(distribution.from, distribution.to, random.next())
    case "quantiles":
      return quantile(distribution.points, random.next())
  }
}

/** So many of all take at most this long. */
function quantile(points: readonly (readonly [number, Millis])[], fraction: number): Millis {
  let [before, least] = [0, 0]
  for (const [after, most] of points) {
    // The first point beyond it: so the two differ, and nothing is divided by 0.
    if (fraction < after) return between(least, most, (fraction - before) / (after - before))
    ;[before, least] = [after, most]
  }
  return least
}

/** Rounding must not lead beyond the end. */
function between(from: Millis, to: Millis, fraction: number): Millis {
  return Math.min(to, from + (to - from) * fraction)
}
