import type { Entry, RaftNode, Term } from "../../projects/03-planning/contract.ts"
import type { History, Moment } from "../../projects/08-testing/contract.ts"
import { entries } from "../cluster/build.ts"
import { figure3, firstBroken, nothingYet, turn } from "./model.ts"

/** Moments made by hand. */

interface Past {
  readonly leaders?: History["leaders"]
  /** The term of each entry, and by whose term it was committed. */
  readonly committed?: readonly (readonly [term: Term, by: Term])[]
  readonly applied?: readonly Term[]
}

/** What the cluster has done before. Entries have the commands that `logOf` gives them. */
export function past({ leaders = {}, committed = [], applied = [] }: Past): History {
  const terms = committed.map(([term]) => term)
  const by = committed.map(([, each]) => each)
  return {
    leaders,
    committed: entries(1, terms).map((entry, i) => ({ ...entry, by: by[i] ?? 0 })),
    applied: entries(1, applied),
  }
}

/**
 * One server of a cluster becomes `after`. All was well before: whoever asks only about what has changed gets the same
 * answer.
 */
export function becoming(nodes: readonly RaftNode[], after: RaftNode, history: History = nothingYet): Moment {
  const before = nodes.find(({ id }) => id === after.id)
  if (!before) throw new Error(`there is no ${after.id}`)
  const idle = { before, after: before, effects: [], nodes, history }
  const wrong = firstBroken(figure3, idle)
  if (wrong) throw new Error(`broken before the moment: ${wrong.property}, ${wrong.what}`)
  return turn({ nodes, inFlight: [], history }, before, after).moment
}

/** A log's entry at this place, changed: another command, the same term. */
export function otherCommand(log: RaftNode["log"], place: number): RaftNode["log"] {
  const entry = log.entries[place]
  if (!entry) throw new Error(`no entry at place ${String(place)}`)
  return { ...log, entries: log.entries.with(place, { ...entry, command: "another command" }) }
}

/** The same log, as if it had been read from a file: other objects, and properties in another order. */
export function reread(log: RaftNode["log"]): RaftNode["log"] {
  const turned = ({ term, command }: Entry): Entry => ({ command: turnedAround(command), term })
  return { base: { ...log.base }, entries: log.entries.map(turned) }
}

function turnedAround(command: Entry["command"]): Entry["command"] {
  if (typeof command !== "object" || command === null) return command
  return JSON.parse(
    JSON.stringify(Array.isArray(command) ? command : Object.fromEntries(Object.entries(command).reverse())),
  ) as Entry["command"]
}

/** Entries whose commands are objects. */
export function spelled(...terms: readonly Term[]): RaftNode["log"] {
  const entry = (term: Term, i: number): Entry => ({
    term,
    command: { op: "set", key: "x", value: [i, { term }] },
  })
  return { base: { index: 0, term: 0 }, entries: terms.map(entry) }
}
