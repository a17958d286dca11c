import { lastIndex, lastTerm, appendNewCommand } from "#04-the-log"
import type { Feature, Typed } from "../03-planning/contract.ts"
import type { FullEffect, FullMessage, FullNode } from "./contract.ts"

/** What a chapter adds to `step`: it handles these events. */
export type Part<I extends Typed> = Feature<FullNode, I, FullEffect>

/**
 * Section 8: a leader begins its term with an entry of its own. Before that is committed, it does not know what is
 * committed: nothing may be read, and no membership be changed.
 */
export const ownEntry: Part<never> = {
  name: "ownEntry",
  handlers: {},
  rules: {
    begin: ({ role, log, currentTerm }) =>
      role === "leader" && lastTerm(log) < currentTerm
        ? { set: { log: appendNewCommand(log, currentTerm, null) } }
        : undefined,
  },
}

export function send(message: FullMessage): FullEffect {
  return { type: "send", message }
}

/** Section 5.4.1, of a candidate's log and this server's. */
export function isUpToDate(
  { log }: FullNode,
  { lastLogIndex, lastLogTerm }: { readonly lastLogIndex: number; readonly lastLogTerm: number },
): boolean {
  if (lastLogTerm !== lastTerm(log)) return lastLogTerm > lastTerm(log)
  return lastLogIndex >= lastIndex(log)
}
