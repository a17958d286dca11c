import { unwrittenProject, type CheckOutcome, type Outcome } from "../runner/outcome.ts"
import type { Stage } from "../stages.ts"

/** What can be tried out. Made-up outcomes will do for a test. */
export interface Lab {
  /** Runs the failing stage's suite with the reference in the place of these stages under it, the rest the person's. */
  run(reference: readonly Stage[]): Promise<Outcome>
  /** Runs a culprit's own suite, on the person's own projects but for the other culprits. */
  ownSuite(stage: Stage, others: readonly Stage[]): Promise<Outcome>
}

/** A stage that is to blame, and what its own suite says of it: if it passes, that suite has a hole. */
export interface Culprit {
  readonly stage: Stage
  readonly suite: Outcome
}

/** Whose fault it is. */
export type Verdict =
  | { readonly type: "nobody" }
  /** This stage is not written yet: the failing one itself, or one under it. `own` fails on the reference, too. */
  | {
      readonly type: "unwritten"
      readonly stage: Stage
      readonly first: CheckOutcome
      readonly own: readonly CheckOutcome[]
    }
  /** The failing stage itself: on the reference it fails just the same, like this. */
  | { readonly type: "itself"; readonly outcome: Outcome }
  /** These stages: with the reference in their place, these checks pass. What fails even then is the stage's own. */
  | {
      readonly type: "below"
      readonly culprits: readonly Culprit[]
      readonly cured: readonly CheckOutcome[]
      readonly own: CheckOutcome | undefined
    }

/**
 * Finds out which of a person's own projects makes a stage's suite fail, by plugging in the reference under it: all of it
 * first, then one stage at a time, then (when no single one explains it) several.
 * @param below  the stages that it stands on, the earliest first
 */
export async function findCulprit(stage: Stage, below: readonly Stage[], lab: Lab): Promise<Verdict> {
  const mine = await lab.run([])
  const failing = failures(mine)
  const [first] = failing
  if (!first) return { type: "nobody" }
  const unwritten = unwrittenStage(failing, below)
  if (unwritten) return { type: "unwritten", ...unwritten, own: failures(await lab.run(below)) }
  if (failing.every(({ failure }) => failure?.kind === "not-written"))
    return { type: "unwritten", stage, first, own: [] }
  if (below.length === 0) return { type: "itself", outcome: mine }

  const best = await lab.run(below)
  const still = failures(best)
  const cured = failing.filter(({ id }) => !still.some((check) => check.id === id))
  if (cured.length === 0) return { type: "itself", outcome: best }
  return { type: "below", culprits: await findCulprits(below, cured, lab), cured, own: still[0] }
}

/** The fewest stages whose replacement makes all these checks pass. */
async function findCulprits(
  below: readonly Stage[],
  cured: readonly CheckOutcome[],
  lab: Lab,
): Promise<readonly Culprit[]> {
  const accuse = async (stage: Stage, others: readonly Stage[] = []): Promise<Culprit> => ({
    stage,
    suite: await lab.ownSuite(stage, others),
  })
  /** How many of the checks pass in this run. */
  const share = ({ checks }: Outcome): number =>
    cured.filter(({ id }) => checks.some((check) => check.id === id && !check.failure)).length
  const [only] = below
  if (only && below.length === 1) return [await accuse(only)]

  const shares = new Map<Stage, number>()
  let suspect: Culprit | undefined
  for (let i = 0; i < below.length; i += 2) {
    const pair = below.slice(i, i + 2) // side by side: there are two cores nearly everywhere
    const outcomes = await Promise.all(pair.map((stage) => lab.run([stage])))
    for (const [j, outcome] of outcomes.entries()) {
      const stage = pair[j]
      if (!stage) continue
      shares.set(stage, share(outcome))
      if (share(outcome) < cured.length) continue
      const culprit = await accuse(stage)
      if (failures(culprit.suite).length > 0) return [culprit]
      // Perhaps it is right, and a stage above it asks it for something that its spec leaves open: look further.
      suspect ??= culprit
    }
  }
  if (suspect) return [suspect]
  const cures = async (stages: readonly Stage[]) => share(await lab.run(stages)) === cured.length
  const guilty = await smallestCure(below, shares, cures)
  const culprits: Culprit[] = []
  for (const stage of guilty) {
    culprits.push(
      await accuse(
        stage,
        guilty.filter((each) => each !== stage),
      ),
    )
  }
  return culprits
}

/** All of them together are a cure, and no single one is. Leaves out what can be left out, the least useful first. */
async function smallestCure(
  below: readonly Stage[],
  shares: ReadonlyMap<Stage, number>,
  cures: (stages: readonly Stage[]) => Promise<boolean>,
): Promise<readonly Stage[]> {
  const shareOf = (stage: Stage): number => shares.get(stage) ?? 0
  const useless = below.filter((stage) => shareOf(stage) === 0)
  const oneByOne = below.toSorted((a, b) => shareOf(a) - shareOf(b)).map((stage) => [stage])
  let needed = below
  for (const part of useless.length > 1 ? [useless, ...oneByOne] : oneByOne) {
    const without = needed.filter((stage) => !part.includes(stage))
    if (without.length < 2 || without.length === needed.length) continue
    if (await cures(without)) needed = without
  }
  return needed
}

export function failures({ checks }: Outcome): readonly CheckOutcome[] {
  return checks.filter(({ failure }) => failure)
}

/** A stage under the failing one of which a skeleton's function was called. */
function unwrittenStage(
  failing: readonly CheckOutcome[],
  below: readonly Stage[],
): { readonly stage: Stage; readonly first: CheckOutcome } | undefined {
  for (const first of failing) {
    if (first.failure?.kind !== "not-written") continue
    const stage = below.find(({ n }) => n === unwrittenProject(first))
    if (stage) return { stage, first }
  }
  return undefined
}
