import type { CheckOutcome, Outcome } from "../runner/outcome.ts"
import type { Stage } from "../stages.ts"

/** A run of the failing stage's suite: which of the stages under it came from the reference, and what came out. */
export interface Trial {
  readonly reference: readonly Stage[]
  readonly outcome: Outcome
}

/** Whose fault it is. */
export type Verdict =
  | { readonly type: "nobody" }
  /** This stage is not written yet: the failing one itself, or one under it. */
  | { readonly type: "unwritten"; readonly stage: Stage; readonly first: CheckOutcome }
  /** The failing stage itself: it fails on the reference just the same. */
  | { readonly type: "itself"; readonly first: CheckOutcome }
  /** These stages: with the reference in their place, these checks pass. What fails even then is the stage's own. */
  | {
      readonly type: "below"
      readonly stages: readonly Stage[]
      readonly cured: readonly CheckOutcome[]
      readonly own: CheckOutcome | undefined
    }

/** Runs the failing stage's suite with the reference in the place of these stages. */
export type Run = (reference: readonly Stage[]) => Promise<Outcome>

/**
 * Finds out which of a person's own projects makes a stage's suite fail, by plugging in the reference under it: all of it
 * first, then one stage at a time, then (when no single one explains it) more and more of them.
 * @param below  the stages that it stands on, the earliest first
 */
export async function findCulprit(stage: Stage, below: readonly Stage[], run: Run): Promise<Verdict> {
  const failing = failures(await run([]))
  const [first] = failing
  if (!first) return { type: "nobody" }
  const unwritten = unwrittenStage(failing, below)
  if (unwritten) return { type: "unwritten", ...unwritten }
  if (failing.every(({ failure }) => failure?.kind === "not-written"))
    return { type: "unwritten", stage, first }
  if (below.length === 0) return { type: "itself", first }

  const still = failures(await run(below))
  const cured = failing.filter(({ id }) => !still.some((check) => check.id === id))
  const [own] = still
  if (cured.length === 0) return { type: "itself", first: own ?? first }

  const cures = async (stages: readonly Stage[]): Promise<boolean> => {
    const { checks } = await run(stages)
    return cured.every(({ id }) => checks.some((check) => check.id === id && !check.failure))
  }
  return { type: "below", stages: await smallestCure(below, cures), cured, own }
}

async function smallestCure(
  below: readonly Stage[],
  cures: (stages: readonly Stage[]) => Promise<boolean>,
): Promise<readonly Stage[]> {
  if (below.length === 1) return below
  for (const stage of below) if (await cures([stage])) return [stage]
  // All together do. Leave out what can be left out.
  let needed = below
  for (const stage of below) {
    const without = needed.filter((each) => each !== stage)
    if (without.length > 1 && (await cures(without))) needed = without
  }
  return needed
}

function failures({ checks }: Outcome): readonly CheckOutcome[] {
  return checks.filter(({ failure }) => failure)
}

/** A stage under the failing one of which a skeleton's function was called. */
function unwrittenStage(
  failing: readonly CheckOutcome[],
  below: readonly Stage[],
): { readonly stage: Stage; readonly first: CheckOutcome } | undefined {
  for (const first of failing) {
    if (first.failure?.kind !== "not-written") continue
    const number = /README of project (\d+)/.exec(first.failure.summary)?.[1]
    const stage = below.find(({ n }) => String(n) === number)
    if (stage) return { stage, first }
  }
  return undefined
}
