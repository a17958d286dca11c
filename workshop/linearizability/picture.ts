import { tellOperation } from "./explain.ts"
import type { Operation } from "./history.ts"

/** Columns for the whole time that a history takes. */
const columns = 72

/**
 * A history for a terminal: a line for each client with its operations on a common axis of time, from `[` to `]`, or to
 * `…` when there never was an answer; below it, each operation in words, by its number in the picture.
 */
export function tellHistory(history: readonly Operation[]): string {
  if (history.length === 0) return "nothing was asked for"
  const ends = history.flatMap(({ invoked, returned }) => [invoked, ...(returned === null ? [] : [returned])])
  const [start, end] = [Math.min(...ends), Math.max(...ends)]
  const column = (time: number) => Math.round(((time - start) / Math.max(end - start, 1e-9)) * (columns - 1))
  const clients = [...new Set(history.map(({ client }) => client))]
  const widest = Math.max(...clients.map(({ length }) => length))
  const lines = clients.map((client) => {
    const line = Array<string>(columns).fill(" ")
    for (const [i, operation] of history.entries()) {
      if (operation.client === client) draw(line, operation, String(i + 1), column)
    }
    return `${client.padEnd(widest)} ${line.join("").trimEnd()}`
  })
  const words = history.map((operation, i) => `${String(i + 1)}. ${tellOperation(operation)}`)
  return [...lines, "", ...words].join("\n")
}

function draw(
  line: string[],
  { invoked, returned }: Operation,
  name: string,
  column: (time: number) => number,
): void {
  const from = column(invoked)
  const to = returned === null ? columns - 1 : column(returned)
  for (let at = from; at <= to; at++) line[at] = "-"
  for (let i = 0; i < name.length && from + 1 + i < to; i++) line[from + 1 + i] = name.charAt(i)
  line[to] = returned === null ? "…" : "]"
  line[from] = "["
}
