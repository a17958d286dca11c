import * as z from "zod"
import { fail, holds, subject } from "#suite"
import type { Action, Always, Moment, Project, Sometimes } from "../../projects/08-testing/contract.ts"
import { deepFreeze } from "#suite"
import { tellMoment } from "./words.ts"

const natural = z.int().nonnegative()
const id = z.string()
const node = z.looseObject({ id, currentTerm: natural })
const message = z.looseObject({ type: z.string(), from: id, to: id })
const entry = z.object({ term: natural, command: z.json() })

const history = z.object({
  leaders: z.record(z.string(), id),
  committed: z.array(entry.extend({ by: natural })),
  applied: z.array(entry),
})
const world = z.object({ nodes: z.array(node), inFlight: z.array(message), history })
const moment = z.object({
  before: node,
  after: node,
  effects: z.array(z.looseObject({ type: z.string() })),
  nodes: z.array(node),
  history,
})

const action = z.discriminatedUnion("type", [
  z.object({ type: z.literal(["timeout", "heartbeat", "crash"]), server: id }),
  z.object({ type: z.literal("propose"), server: id, command: z.json() }),
  z.object({ type: z.literal(["deliver", "duplicate", "drop"]), message }),
])
const schedule = z.object({ servers: natural, actions: z.array(action) })
const violation = z.object({ property: z.string(), what: z.string() })
const found = z.object({ schedule, violation })

export const project = subject<Project>({
  exports: {
    emptyHistory: "value",
    remember: "function",
    properties: "value",
    inspect: "function",
    restart: "function",
    begin: "function",
    act: "function",
    replay: "function",
    search: "function",
    shrink: "function",
    explain: "function",
    exhaust: "function",
    checks: "value",
  },
  returns: {
    remember: history,
    inspect: violation.nullable(),
    restart: node,
    begin: world,
    act: z.object({ world, moment: moment.nullable() }).nullable(),
    replay: z.object({ world, violation: violation.nullable(), schedule }),
    search: z.object({
      schedules: natural,
      actions: natural,
      found: found.extend({ seed: natural }).nullable(),
      never: z.array(z.string()),
    }),
    shrink: schedule,
    explain: z.string(),
    exhaust: z.object({
      states: natural,
      depth: natural,
      complete: z.boolean(),
      found: found.nullable(),
      never: z.array(z.string()),
    }),
  },
})

/** A property of the person's that must always hold, by its name. */
export function always(name: string): Always {
  const property = project.properties.find((each) => each.name === name)
  if (property?.kind === "always") return property
  return fail("broken", `\`properties\` has no property of kind "always" named "${name}"`)
}

export function sometimes(name: string): Sometimes {
  const property = project.properties.find((each) => each.name === name)
  if (property?.kind === "sometimes") return property
  return fail("broken", `\`properties\` has no property of kind "sometimes" named "${name}"`)
}

/** What a property of the person's says of a moment. */
export function says(name: string, moment: Moment): string | null {
  const answer: unknown = always(name).broken(deepFreeze(moment))
  if (answer === null || (typeof answer === "string" && answer !== "")) return answer
  return fail(
    "shape",
    `\`broken\` of "${name}" answered ${JSON.stringify(answer)}: it must be null or a sentence`,
  )
}

/** Checks that a property is broken at this moment. */
export function breaks(name: string, moment: Moment, situation: string): void {
  const answer = says(name, moment)
  holds(answer !== null, `${situation}\n${tellMoment(moment)}`, `"${name}" is broken`, "null: it holds")
}

/** Checks that a property is not broken at this moment. */
export function keeps(name: string, moment: Moment, situation: string): void {
  const answer = says(name, moment)
  holds(
    answer === null,
    `${situation}\n${tellMoment(moment)}`,
    `"${name}" holds: null`,
    `broken: ${answer ?? ""}`,
  )
}

/** Checks that what a property tells names all of these servers and numbers. */
export function tells(name: string, moment: Moment, words: readonly (string | number)[]): void {
  const answer = says(name, moment)
  const missing = words.map(String).filter((word) => !isIn(word, answer ?? ""))
  holds(
    missing.length === 0,
    `${tellMoment(moment)}\nwhat "${name}" tells`,
    `a sentence that names ${words.map(String).join(", ")}`,
    answer === null ? "null" : `"${answer}", without ${missing.join(", ")}`,
  )
}

/** Whether a word or a number stands in a text by itself. */
export function isIn(word: string, text: string): boolean {
  return /^\d+$/.test(word)
    ? new RegExp(`(?<!\\d)${word}(?!\\d)`).test(text)
    : new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text)
}

/** Whom an action happens to. */
export function concerned(happened: Action): string {
  return "server" in happened ? happened.server : happened.message.to
}
