import { lastIndex, termAt } from "#04-the-log"
import type {
  AppendEntriesResponse,
  Conflict,
  Envelope,
  Index,
  Log,
  Term,
  Typed,
  Verdict,
} from "../../projects/03-planning/contract.ts"
import type { FullEffect, FullNode, FullStep } from "../../projects/11-the-rest-of-raft/contract.ts"
import type { Part } from "./parts.ts"

/**
 * The end of section 5.3, on followers: a refusal says what is there instead. Project 5 makes the refusal; around the
 * whole step is the one place where it can be completed without another line there.
 */
export function withConflicts(step: FullStep): FullStep {
  return (node, event) => {
    const stepped = step(node, event)
    if (event.type !== "AppendEntries" || event.term < node.currentTerm) return stepped
    const conflict = conflictAt(node.log, event.prevLogIndex)
    const effects = stepped.effects.map((effect): FullEffect =>
      effect.type === "send" && isRefusal(effect.message)
        ? { type: "send", message: { ...effect.message, conflict } }
        : effect,
    )
    return { ...stepped, effects }
  }
}

function conflictAt(log: Log, index: Index): Conflict {
  const term = termAt(log, index)
  return term === null ? { term, index: lastIndex(log) + 1 } : { term, index: firstOf(log, term, index) }
}

/** The first index of this term, below one that is of it. What is gone was committed: it is no conflict. */
function firstOf(log: Log, term: Term, index: Index): Index {
  let first = index
  while (first - 1 > log.base.index && termAt(log, first - 1) === term) first--
  return first
}

/** On leaders: one step for a whole term, instead of one for every entry. */
export const backtracking: Part<never> = {
  name: "backtracking",
  guards: {
    skip: (node, event) =>
      node.role === "leader" && isRefusal(event) && event.conflict
        ? skip(node, event.from, event.conflict)
        : undefined,
  },
  handlers: {},
}

function skip(node: FullNode, from: string, conflict: Conflict): Verdict<FullNode, FullEffect> | undefined {
  const next = node.nextIndex[from]
  const match = node.matchIndex[from]
  if (next === undefined || match === undefined) return undefined
  // The handler of project 5 takes one step back, and tries again: it is left the last one to take.
  const target = Math.max(nextFor(node.log, conflict), match + 1) + 1
  return target < next ? { set: { nextIndex: { ...node.nextIndex, [from]: target } } } : undefined
}

/**
 * Behind the last entry that both may have: the leader's own last of that term, or else what comes before that term. The
 * entry at the base will do as well: whoever has it needs no snapshot.
 */
function nextFor(log: Log, { term, index }: Conflict): Index {
  if (term === null) return index
  for (let last = lastIndex(log); last >= log.base.index; last--) {
    const mine = termAt(log, last) ?? 0
    if (mine === term) return last + 1
    if (mine < term) break // terms in a log never go down
  }
  return index
}

function isRefusal(event: Typed | Envelope): event is AppendEntriesResponse {
  return event.type === "AppendEntriesResponse" && "success" in event && event.success === false
}
