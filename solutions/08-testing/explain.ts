import { lastIndex } from "#04-the-log"
import type { RaftNode } from "../../projects/03-planning/contract.ts"
import type { Action, Moment, Property, Raft, Schedule, World } from "../../projects/08-testing/contract.ts"
import { properties as figure3 } from "./properties.ts"
import { attempt, begin, replay } from "./world.ts"
import { entries, tellMessage } from "./words.ts"

export function explain(raft: Raft, schedule: Schedule, properties: readonly Property[] = figure3): string {
  const { violation, schedule: taken } = replay(raft, schedule, properties)
  const { servers, actions } = taken
  const count = `after ${String(actions.length)} actions, in a cluster of ${String(servers)} servers`
  const title = violation
    ? `${violation.property} is broken ${count}:\n${violation.what}`
    : `Nothing is broken ${count}.`
  return [title, "", ...story(raft, taken, properties), ""].join("\n")
}

/** A numbered line for every action; a table whenever a new leader comes, and at the end. */
function story(raft: Raft, { servers, actions }: Schedule, properties: readonly Property[]): readonly string[] {
  const lines: string[] = []
  const width = String(actions.length).length + 2
  let world = begin(raft, servers)
  let tables = 0
  for (const [i, action] of actions.entries()) {
    const attempted = attempt(raft, world, action, properties)
    if (attempted === null) continue
    const { moment, violation } = attempted
    world = attempted.world
    const did = moment ? reaction(moment) : violation ? violation.what : "it is lost"
    lines.push(`${String(i + 1).padStart(width)}. ${cause(action)}: ${did}.`)
    const elected = moment?.after.role === "leader" && moment.before.role !== "leader"
    if (!elected && i < actions.length - 1) continue
    lines.push("", ...table(world, letter(tables++)).map((row) => " ".repeat(width + 2) + row), "")
  }
  return lines
}

function letter(n: number): string {
  return n < 26 ? `(${String.fromCharCode(97 + n)})` : `(${String(n + 1)})`
}

function cause(action: Action): string {
  switch (action.type) {
    case "timeout":
      return `${action.server}'s election timer fires`
    case "heartbeat":
      return `${action.server}'s heartbeat timer fires`
    case "propose":
      return `${action.server} is asked to propose ${JSON.stringify(action.command)}`
    case "crash":
      return `${action.server} crashes and comes back`
    case "deliver":
      return `${action.message.to} gets ${tellMessage(action.message)}`
    case "duplicate":
      return `${action.message.to} gets ${tellMessage(action.message)}, of which a copy stays under way`
    case "drop":
      return `${action.message.to} does not get ${tellMessage(action.message)}`
  }
}

/** What a server made of it: every change that a reader needs to follow the story. */
function reaction({ before, after, effects }: Moment): string {
  const said: string[] = []
  const { currentTerm, role, votedFor, log, commitIndex } = after
  const moved = currentTerm !== before.currentTerm || role !== before.role
  if (moved) said.push(`is ${role} in term ${String(currentTerm)}`)
  if (votedFor !== null && votedFor !== after.id && (votedFor !== before.votedFor || currentTerm !== before.currentTerm))
    said.push(`votes for ${votedFor}`)
  if (log !== before.log) said.push(logChange(before, after))
  if (commitIndex > before.commitIndex) said.push(`takes entry ${String(commitIndex)} for committed`)
  const learned = Object.keys(after.matchIndex).filter(
    (peer) => role === "leader" && (after.matchIndex[peer] ?? 0) > (before.matchIndex[peer] ?? 0),
  )
  for (const peer of learned) said.push(`knows that ${peer} has entry ${String(after.matchIndex[peer])}`)
  for (const sent of new Set(effects.flatMap((effect) => (effect.type === "send" ? [sentLine(effect.message)] : []))))
    said.push(sent)
  return said.length === 0 ? "nothing changes" : said.join(", ")
}

function sentLine(message: { readonly type: string; readonly to: string }): string {
  return `sends ${message.type} to ${message.to}`
}

function logChange(before: RaftNode, after: RaftNode): string {
  const [old, now] = [entries(before.log), entries(after.log)]
  if (now === old) return "keeps its log"
  const grown = lastIndex(after.log) > lastIndex(before.log) && now.startsWith(old)
  return grown ? `its log grows to ${now}` : `its log ${old === "" ? "" : `(${old}) `}becomes ${now === "" ? "empty" : now}`
}

/** As in Figure 8: a row a server, its entries' terms under their indexes; those it takes for committed in brackets. */
function table({ nodes }: World, name: string): readonly string[] {
  const last = Math.max(...nodes.map(({ log }) => lastIndex(log)))
  const indexes = Array.from({ length: last }, (_, i) => i + 1)
  const cells = (texts: readonly string[]) => texts.map((text) => text.padStart(5)).join("")
  const heading = `${name.padEnd(6)}${cells(indexes.map((i) => `${String(i)} `))}`
  const rows = nodes.map((node) => {
    const { id, log, role, currentTerm, commitIndex } = node
    const terms = indexes.map((index) => {
      const term = log.entries[index - log.base.index - 1]?.term
      if (term === undefined) return index <= log.base.index ? "· " : ""
      return index <= commitIndex ? `[${String(term)}]` : `${String(term)} `
    })
    return `${id.padEnd(4)} │${cells(terms)}   ${role}, term ${String(currentTerm)}`
  })
  return [heading.trimEnd(), ...rows]
}
