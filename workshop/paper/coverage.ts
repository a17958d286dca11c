import { rmSync } from "node:fs"
import { join } from "node:path"
import { listed } from "../../tests/08-testing/listed.ts"
import { readDocument } from "../docs/markdown.ts"
import { Hunter } from "../hunt/hunter.ts"
import { readSpec } from "../spec.ts"
import { root, scratch, stages, type Stage } from "../stages.ts"
import type { Bug } from "../suite/mutants.ts"
import type { CheckInfo } from "../suite/protocol.ts"
import { loadMutants } from "../link/mutants.ts"
import { parts, type Part, type PaperRule } from "./rules.ts"

/** A section of a spec, and which of its rules are meant. */
export interface Place {
  readonly stage: Stage
  readonly section: string
  readonly anchor: string
  readonly rules: readonly number[]
}

/** What there is to a rule of the paper. */
export interface Covered {
  readonly says: string
  readonly places: readonly Place[]
  readonly checks: readonly CheckInfo[]
  readonly bugs: readonly Bug[]
  /** Those bugs that a person may be told of: project 8 scores checks by the bugs of 4 to 7 that are in no list. */
  readonly told: readonly Bug[]
}

export interface CoveredPart {
  readonly title: string
  readonly rules: readonly Covered[]
}

/** What a stage says of itself. */
interface Known {
  readonly stage: Stage
  readonly sections: readonly Omit<Place, "stage">[]
  readonly checks: readonly CheckInfo[]
  readonly bugs: readonly Bug[]
}

/** Asks the specs for their sections, the suites for their checks and the lists of bugs for what they break. */
export async function coverage(): Promise<readonly CoveredPart[]> {
  const numbers = new Set(
    parts.flatMap(({ rules }) => rules.flatMap(([, spec]) => Object.keys(spec).map(Number))),
  )
  const known: Known[] = []
  // One after the other: each bundles its suite, which takes all of a processor.
  for (const stage of stages.filter(({ n }) => numbers.has(n))) known.push(await learn(stage))
  return parts.map(({ title, rules }) => ({ title, rules: rules.map((rule) => cover(rule, known)) }))
}

async function learn(stage: Stage): Promise<Known> {
  const to = join(scratch, "list", `${stage.name}-${String(process.pid)}`)
  try {
    const [checks, { bugs }] = await Promise.all([new Hunter(to).list(stage), loadMutants(stage)])
    return { stage, sections: sectionsOf(stage), checks, bugs }
  } finally {
    rmSync(to, { recursive: true, force: true })
  }
}

/** The headings below "Rules", each with the rules that stand under it. */
function sectionsOf(stage: Stage): readonly Omit<Place, "stage">[] {
  const { path, rules } = readSpec(stage)
  const { headings } = readDocument(root, path)
  return headings.map(({ line, text, anchor }, i) => {
    const end = headings[i + 1]?.line ?? Infinity
    const own = rules.filter((rule) => rule.line > line && rule.line < end)
    return { section: text, anchor, rules: own.map(({ number }) => number) }
  })
}

function cover([says, wanted]: PaperRule, known: readonly Known[]): Covered {
  const concerned = known.flatMap((each) => {
    const rules = wanted[each.stage.n]
    return rules ? [{ ...each, wanted: rules }] : []
  })
  const checks = concerned.flatMap((each) => each.checks.filter(({ rules }) => meet(rules, each.wanted)))
  const bugs = concerned.map((each) => ({
    n: each.stage.n,
    bugs: each.bugs
      .filter(({ breaks }) => meet(breaks, each.wanted))
      .toSorted((a, b) => a.breaks.length - b.breaks.length),
  }))
  return {
    says,
    places: concerned.flatMap((each) => placesOf(each, each.wanted)),
    checks,
    bugs: bugs.flatMap((each) => each.bugs),
    told: inTurns(bugs.map((each) => each.bugs.filter(({ id }) => mayBeTold(each.n, id)))),
  }
}

/** @throws Error when the spec does not have one of the rules */
function placesOf({ stage, sections }: Known, wanted: readonly number[]): readonly Place[] {
  const missing = wanted.find((rule) => !sections.some(({ rules }) => rules.includes(rule)))
  if (missing !== undefined)
    throw new Error(`workshop/paper/rules.ts: project ${String(stage.n)} has no rule ${String(missing)}`)
  return sections
    .map((section) => ({ ...section, stage, rules: section.rules.filter((rule) => wanted.includes(rule)) }))
    .filter(({ rules }) => rules.length > 0)
}

function mayBeTold(stage: number, id: string): boolean {
  return listed[stage]?.includes(id) ?? true
}

function meet(a: readonly number[], b: readonly number[]): boolean {
  return a.some((each) => b.includes(each))
}

/** The first of each list, then the second of each, and so on. */
function inTurns<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat()
}

/** The rules of these parts that no check or no bug covers, a line each. */
export function uncovered(covered: readonly CoveredPart[], wanted: readonly Part[]): readonly string[] {
  const titles = wanted.map(({ title }) => title)
  return covered
    .filter(({ title }) => titles.includes(title))
    .flatMap(({ title, rules }) =>
      rules.flatMap(({ says, checks, bugs }) => [
        ...(checks.length === 0 ? [`${title}: ${says}: no check names any of its rules`] : []),
        ...(bugs.length === 0 ? [`${title}: ${says}: no planted bug breaks any of its rules`] : []),
      ]),
    )
}
