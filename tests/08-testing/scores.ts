import { Script } from "node:vm"
import * as z from "zod"
import { deepFreeze, fail, show, type Bug } from "#suite"
import type { RaftUnderTest } from "../../projects/08-testing/contract.ts"
import { linkRaft, reference } from "../../workshop/link/link.ts"
import { linkMutant, privateBugs, raftMutants } from "../../workshop/link/mutants.ts"
import type { Stage } from "../../workshop/stages.ts"
import { beat } from "../../workshop/suite/watchdog.ts"
import { listed } from "./listed.ts"
import { lively } from "./lively.ts"
import { project } from "./project.ts"

/** The person's checks, put to the test: on correct Rafts, and on Rafts with planted bugs. */

export interface Specimen {
  /** The number of the project that it is a mutant of. */
  readonly stage: number
  readonly id: string
  readonly what: string
  readonly raft: RaftUnderTest
}

export const ours: RaftUnderTest = deepFreeze(lively(await linkRaft(reference)))
const mutants = await raftMutants()

/** Correct Rafts that are not like ours. */
export const rightOnes: readonly (Specimen & { readonly why: string })[] = await Promise.all(
  mutants.flatMap(({ stage, variants }) =>
    variants.map(async (variant) => {
      const { id, what, why } = variant
      return { stage: stage.n, id, what, why, raft: deepFreeze(lively(await linkMutant(stage, variant))) }
    }),
  ),
)

/** Rafts with a planted bug: those that the catalogue tells of, and the others. */
export const [told, untold] = await plantedOnes()

/** Those of an instructor's own, if whoever grades has any. */
export const own: readonly Specimen[] = await Promise.all(
  (await privateBugs()).map(({ stage, bug }) => planted(stage, bug)),
)

async function planted(stage: Stage, bug: Bug): Promise<Specimen> {
  const { id, what } = bug
  return { stage: stage.n, id, what, raft: deepFreeze(lively(await linkMutant(stage, bug))) }
}

async function plantedOnes(): Promise<readonly [told: readonly Specimen[], untold: readonly Specimen[]]> {
  const all = await Promise.all(mutants.flatMap(({ stage, bugs }) => bugs.map((bug) => planted(stage, bug))))
  const isTold = ({ stage, id }: Specimen) => listed[stage]?.includes(id) === true
  return [all.filter(isTold), all.filter((each) => !isTold(each))]
}

/** What the person's checks say of a Raft; `null` when all pass. */
export interface Alarm {
  readonly check: string
  readonly message: string
  readonly hung: boolean
}

/** In milliseconds, for all checks on one Raft. The spec asks for one second of computing; but machines are busy. */
const patience = 5_000

declare global {
  var workshopScored: (() => void) | undefined
}

const script = new Script("globalThis.workshopScored()")

/** Runs the person's checks on a Raft up to the first that throws, or does not come back. */
export function alarm(raft: RaftUnderTest): Alarm | null {
  const checks = allChecks()
  let running = ""
  globalThis.workshopScored = () => {
    for (const check of checks) {
      running = check.name
      beat()
      check.run(raft)
    }
  }
  try {
    script.runInThisContext({ timeout: patience, displayErrors: false })
    return null
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === "NotImplemented") throw thrown
    const hung = thrown instanceof Error && "code" in thrown && thrown.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
    const message = hung ? `no end after ${String(patience / 1000)} s` : tellThrown(thrown)
    return { check: running, message, hung }
  } finally {
    globalThis.workshopScored = undefined
  }
}

function tellThrown(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : show(thrown)
}

const shape = z.array(
  z.looseObject({
    name: z.string(),
    run: z.custom((value) => typeof value === "function", "it must be a function"),
  }),
)

function allChecks(): typeof project.checks {
  const { checks } = project
  const [issue] = shape.safeParse(checks).error?.issues ?? []
  if (!issue) return checks
  return fail(
    "shape",
    `\`checks\` has the wrong shape, at ${issue.path.join(".") || "its top"}: ${issue.message}`,
  )
}

// ---- How many of the bugs that are not told are caught. ----------------------------------------------------------------

/** In another order than in their lists, so that the first ones tell something about all. */
const shuffled = untold.toSorted((a, b) => spread(a) - spread(b))
const caught = new Map<Specimen, boolean>()

function spread({ id }: Specimen): number {
  let hash = 7
  for (const letter of id) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0
  return Math.imul(hash, 0x9e3779b1)
}

export interface Score {
  readonly caught: number
  readonly tried: number
  readonly all: number
  /** `project 4: 12 of 20`, and so on: of those that were tried. */
  readonly told: string
}

/**
 * Tries the person's checks on one bug after the other, until so many are caught, or all are tried, or the time is up.
 * What was tried once is known from then on.
 */
export function score(enough: number, milliseconds: number): Score {
  const end = Date.now() + milliseconds
  for (const specimen of shuffled) {
    if (countCaught() >= enough || Date.now() > end) break
    if (!caught.has(specimen)) caught.set(specimen, alarm(specimen.raft) !== null)
  }
  const projects = [...new Set(untold.map(({ stage }) => stage))].map((stage) => {
    const tried = [...caught].filter(([specimen]) => specimen.stage === stage)
    const yes = tried.filter(([, isCaught]) => isCaught)
    return `project ${String(stage)}: ${String(yes.length)} of ${String(tried.length)}`
  })
  return { caught: countCaught(), tried: caught.size, all: untold.length, told: projects.join(", ") }
}

function countCaught(): number {
  return [...caught.values()].filter(Boolean).length
}
