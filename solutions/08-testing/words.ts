import type { Log } from "../../projects/03-planning/contract.ts"

/** A log in a few words: the terms of its entries. */
export function terms({ base, entries }: Log): string {
  const list = entries.map(({ term }) => String(term)).join(" ")
  const behind = base.index === 0 ? "" : ` behind (${String(base.index)}, ${String(base.term)})`
  return entries.length === 0 ? `an empty log${behind}` : `a log with terms ${list}${behind}`
}
