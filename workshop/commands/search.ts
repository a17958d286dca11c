import type { Found, Project as Testing, Raft } from "../../projects/08-testing/contract.ts"
import { linkTesting } from "../link/link.ts"
import { refuseUnwritten, withRaft, type ToolChoice } from "../link/session.ts"
import { natural } from "../text/numbers.ts"
import { rewriting } from "../text/live.ts"
import { parseStage } from "../stages.ts"
import { bold, count, cyan, dim, green, red, wrap, yellow } from "../text/style.ts"

export interface SearchOptions extends ToolChoice {
  readonly servers: string
}

export interface RandomOptions extends SearchOptions {
  readonly seed: string
  readonly schedules: string
  readonly actions: string
}

export interface ExhaustOptions extends SearchOptions {
  readonly terms: string
  readonly entries: string
  readonly messages: string
  readonly crashes: string
  readonly rounds?: boolean
}

/** `workshop search`: random schedules until a property breaks; then the shortest story of how. True when none does. */
export async function search(options: RandomOptions): Promise<boolean> {
  const servers = natural("--servers", options.servers, 1, 9)
  const seed = natural("--seed", options.seed, 0, 1e9)
  const schedules = natural("--schedules", options.schedules, 1, 1e9)
  const actions = natural("--actions", options.actions, 1, 1e6)
  return withTesting("Search", options, (raft, testing, again) => {
    const line = rewriting()
    const started = performance.now()
    const result = testing.search({
      raft,
      servers,
      seed,
      schedules,
      actions,
      onProgress: (progress) => {
        line.show(() => `… ${progressOf(progress, performance.now() - started)}`)
      },
    })
    line.clear()
    const took = performance.now() - started
    if (!result.found) return tellNothing(`${progressOf(result, took)}: no violation.`, result.never)
    refuseUnwritten(result.found.violation)
    say(`${bold(red("Found"))} in ${progressOf(result, took)}, with seed ${String(result.found.seed)}.`)
    tell(raft, testing, result.found)
    const length = options.actions === "250" ? "" : ` --actions ${options.actions}`
    const command = `npx workshop search --servers ${String(servers)} --seed ${String(result.found.seed)}${length}`
    say(`${dim("The same again:")} ${cyan(command + again)}`)
    return false
  })
}

/** `workshop exhaust`: every schedule within bounds. True when no property breaks. */
export async function exhaust(options: ExhaustOptions): Promise<boolean> {
  const bounds = {
    servers: natural("--servers", options.servers, 1, 7),
    terms: natural("--terms", options.terms, 0, 100),
    entries: natural("--entries", options.entries, 0, 100),
    messages: natural("--messages", options.messages, 0, 100),
    crashes: natural("--crashes", options.crashes, 0, 100),
  }
  return withTesting("Exhaustive search", options, (raft, testing) => {
    const line = rewriting()
    const started = performance.now()
    const result = testing.exhaust({
      raft,
      bounds,
      mode: options.rounds ? "rounds" : "messages",
      onProgress: ({ states, depth }) => {
        line.show(() => `… ${number(states)} states, ${String(depth)} away`)
      },
    })
    line.clear()
    const seconds = (performance.now() - started) / 1000
    const what = `${count(result.states, "state").replace(/^\d+/, number(result.states))} up to ${String(result.depth)} away, in ${seconds.toFixed(1)} s`
    if (!result.found) {
      const all = result.complete ? "These are all within the bounds" : "There are more"
      return tellNothing(`${what}. ${all}: no violation.`, result.never)
    }
    refuseUnwritten(result.found.violation)
    say(`${bold(red("Found"))} after ${what}: the nearest violation there is within the bounds.`)
    tell(raft, testing, result.found)
    return false
  })
}

/** As `withRaft`, with the functions of project 8. */
function withTesting(
  title: string,
  options: SearchOptions,
  work: (raft: Raft, testing: Testing, again: string) => boolean,
): Promise<boolean> {
  const heading = `${title} · ${options.servers} servers`
  return withRaft(heading, parseStage("8"), options, async ({ raft, again }, tools) =>
    work(raft, await linkTesting(tools), again),
  )
}

function tell(raft: Raft, testing: Testing, found: Omit<Found, "seed">): void {
  const started = performance.now()
  const smallest = testing.shrink(raft, found.schedule)
  const took = ((performance.now() - started) / 1000).toFixed(2)
  say(
    `Shrunk from ${count(found.schedule.actions.length, "action")} to ${String(smallest.actions.length)} in ${took} s.\n`,
  )
  say(testing.explain(raft, smallest))
}

function tellNothing(text: string, never: readonly string[]): boolean {
  say(`${green("✔")} ${wrap(text, 2)}`)
  if (never.length > 0) {
    const what = `But this never happened: ${never.join("; ")}. What was not reached was not tested.`
    say(`${yellow("!")} ${wrap(what, 2)}`)
  }
  return true
}

function progressOf({ schedules, actions }: { schedules: number; actions: number }, ms: number): string {
  const rate = ms < 50 ? "" : `, ${number(Math.round((actions / ms) * 1000))} a second`
  const plural = (n: number, what: string) => `${number(n)} ${what}${n === 1 ? "" : "s"}`
  return `${plural(schedules, "schedule")} (${plural(actions, "action")}, ${(ms / 1000).toFixed(1)} s${rate})`
}

function number(n: number): string {
  return n.toLocaleString("en-US")
}

function say(text: string): void {
  process.stdout.write(text + "\n")
}
