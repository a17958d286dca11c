import { readFileSync } from "node:fs"
import { join } from "node:path"
import { initial, lights, step } from "#02-traffic-light"
import { root } from "../stages.ts"
import { agree, tell } from "./agree.ts"
import { loadSpec } from "./quint.ts"

/**
 * Compares a crossing with its specification: your own, or with `-C reference-02` ours. Only what the lights show is
 * compared, since your state is your own. `npx tsx workshop/tla/crossing.ts`
 */
try {
  const path = join(root, "docs/tla/TrafficLight.qnt")
  const spec = loadSpec(path, readFileSync(path, "utf8"))
  const agreement = agree(spec, { initial, step }, { spec: ({ light }) => light ?? null, crossing: lights })
  console.log(tell(agreement))
  process.exitCode = agreement.agree ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error) // not written yet, for example
  process.exitCode = 1
}
