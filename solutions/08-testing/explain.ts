import { lastIndex } from "#04-the-log"
import type { Property, Raft, Schedule, World } from "../../projects/08-testing/contract.ts"
import { properties as figure3 } from "./properties.ts"
import { tellAction, tellReaction } from "./words.ts"
import { attempt, begin, replay } from "./world.ts"

export function explain(raft: Raft, schedule: Schedule, properties: readonly Property[] = figure3): string {
  const { violation, schedule: taken } = replay(raft, schedule, properties)
  const size = `${String(taken.actions.length)} actions, in a cluster of ${String(taken.servers)}`
  const title = violation
    ? [`${violation.property}: broken after ${size}.`, violation.what]
    : [`Nothing is broken by these ${size}.`]
  return [...title, "", ...story(raft, taken, properties)].join("\n")
}

/** A numbered line for every action; a table of the logs whenever somebody begins to lead, and at the end. */
function story(
  raft: Raft,
  { servers, actions }: Schedule,
  properties: readonly Property[],
): readonly string[] {
  const lines: string[] = []
  const width = String(actions.length).length
  let world = begin(raft, servers)
  let tables = 0
  for (const [i, action] of actions.entries()) {
    const attempted = attempt(raft, world, action, properties)
    if (attempted === null) continue
    const { moment, violation } = attempted
    world = attempted.world
    const reaction = moment ? tellReaction(moment) : (violation?.what ?? "It is lost.")
    lines.push(`${String(i + 1).padStart(width)}. ${tellAction(action)}. ${reaction}`)
    const elected = moment?.after.role === "leader" && moment.before.role !== "leader"
    if (!elected && i < actions.length - 1) continue
    lines.push("", ...table(world, tables++).map((row) => " ".repeat(width + 2) + row), "")
  }
  return lines
}

/** As in Figure 8: a row a server, its entries' terms under their indexes; in brackets what it takes for committed. */
function table({ nodes }: World, number: number): readonly string[] {
  const name = number < 26 ? `(${String.fromCharCode(97 + number)})` : `(${String(number + 1)})`
  const indexes = Array.from({ length: Math.max(...nodes.map(({ log }) => lastIndex(log))) }, (_, i) => i + 1)
  const cells = (texts: readonly string[]) => texts.map((text) => text.padStart(5)).join("")
  const widest = Math.max(...nodes.map(({ id }) => id.length), name.length)
  const rows = nodes.map(({ id, log, role, currentTerm, commitIndex }) => {
    const terms = indexes.map((index) => {
      const term = log.entries[index - log.base.index - 1]?.term
      if (term === undefined) return index <= log.base.index ? "· " : ""
      return index <= commitIndex ? `[${String(term)}]` : `${String(term)} `
    })
    return `${id.padEnd(widest)} |${cells(terms)}   ${role}, term ${String(currentTerm)}`
  })
  return [`${name.padEnd(widest)}  ${cells(indexes.map((index) => `${String(index)} `))}`.trimEnd(), ...rows]
}
