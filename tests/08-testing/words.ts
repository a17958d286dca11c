import type { Action, Moment, Schedule } from "../../projects/08-testing/contract.ts"
import { show } from "#suite"
import { tellMessage, tellNode } from "../cluster/words.ts"

/** Moments and schedules in words, for a person who has to find out what went wrong. */

export function tellMoment({ before, after, nodes, history }: Moment): string {
  const { leaders, committed, applied } = history
  const led = Object.entries(leaders).map(([term, id]) => `term ${term} by ${id}`)
  const lists = [
    ["committed", committed.map(({ term, by }) => `${String(term)} (by ${String(by)})`)],
    ["applied", applied.map(({ term }) => String(term))],
  ] as const
  return [
    tellNode(before),
    `becomes ${tellNode(after)}${tellApplied(after)}`,
    ...nodes.filter(({ id }) => id !== after.id).map((node) => `${tellNode(node)}${tellApplied(node)}`),
    ...(led.length === 0 ? [] : [`history: led: ${led.join(", ")}`]),
    ...lists.flatMap(([name, terms]) =>
      terms.length === 0 ? [] : [`history: terms of what was ${name}: ${terms.join(", ")}`],
    ),
  ].join("\n")
}

function tellApplied({ lastApplied }: Moment["after"]): string {
  return lastApplied === 0 ? "" : `, lastApplied ${String(lastApplied)}`
}

export function tellAction(action: Action): string {
  if ("message" in action) return `${action.type} ${tellMessage(action.message)}`
  return action.type === "propose"
    ? `propose ${show(action.command)} to ${action.server}`
    : `${action.type} ${action.server}`
}

/** The last lines of a schedule; all of it when it is short. */
export function tellSchedule({ servers, actions }: Schedule, lines = 25): string {
  const left = actions.length > lines ? [`… ${String(actions.length - lines)} actions …`] : []
  const told = actions.slice(-lines).map(tellAction)
  return [`a new cluster of ${String(servers)}`, ...left, ...told].join("\n")
}
