import type { Variant } from "#suite"

const file = "commitment.ts"

export const variants: readonly Variant[] = [
  {
    id: "sorted-match",
    what: "takes the median of matchIndex instead of trying indexes",
    why: "the contract speaks of the result only (with one list of voters; two are left to the loop)",
    edit: {
      file,
      find: "  for (const n of ends) {",
      replace: `  if (node.oldVoters.length === 0) {
    const copies = node.voters.map((id) => (id === node.id ? lastIndex(node.log) : (node.matchIndex[id] ?? 0)))
    const n = copies.toSorted((a, b) => b - a)[Math.floor(copies.length / 2)] ?? 0
    return n > node.commitIndex && termAt(node.log, n) === node.currentTerm ? { set: { commitIndex: n } } : undefined
  }
  for (const n of ends) {`,
    },
  },
  {
    id: "downwards",
    what: "tries every index, from the log's end down",
    why: "Figure 2 as it is written",
    edit: {
      file,
      find: "for (const n of ends) {",
      replace: "if (ends.length === 0) return undefined\n  for (let n = lastIndex(node.log); n > 0; n--) {",
    },
  },
  {
    id: "upwards",
    what: "tries indexes upwards, one at a time, in as many rounds of the rule as it takes",
    why: "committing in one jump or step by step, within a step",
    edit: {
      file,
      find: "for (const n of ends) {\n    if (n <= node.commitIndex) return undefined\n    if (termAt(node.log, n) !== node.currentTerm) return undefined // and what comes before is older still",
      replace:
        "if (ends.length === 0) return undefined\n  for (let n = node.commitIndex + 1; n <= lastIndex(node.log); n++) {\n    if (termAt(node.log, n) !== node.currentTerm) continue",
    },
  },
  {
    id: "apply-one-by-one",
    what: "the rule applies one entry in a round",
    why: "Figure 2 says it one by one",
    edit: [
      {
        file,
        find: "entriesFrom(log, lastApplied + 1, commitIndex - lastApplied)",
        replace: "entriesFrom(log, lastApplied + 1, 1)",
      },
      { file, find: "set: { lastApplied: commitIndex },", replace: "set: { lastApplied: lastApplied + 1 }," },
    ],
  },
  {
    id: "apply-first",
    what: "applies before it looks for what else can be committed",
    why: "the order of rules is free: they run until none has anything to do",
    edit: {
      file,
      find: "rules: { advanceCommitIndex, applyCommitted }",
      replace: "rules: { applyCommitted, advanceCommitIndex }",
    },
  },
  {
    id: "asks-for-prev",
    what: "looks at the previous entry instead of the last new one to know whether the message fitted",
    why: "the same after replication has handled it",
    edit: {
      file,
      find: "const matches = termAt(node.log, lastNewIndex) === lastNewTerm",
      replace:
        "const matches = termAt(node.log, prevLogIndex) === prevLogTerm || termAt(node.log, lastNewIndex) === lastNewTerm",
    },
  },
  {
    id: "table-by-index",
    what: "keeps those who wait sorted, the newest first",
    why: "in any order",
    edit: {
      file: "service.ts",
      find: "waiting = [...waiting, { index, term, proposal: required(proposal, effect) }]",
      replace: "waiting = [{ index, term, proposal: required(proposal, effect) }, ...waiting]",
    },
  },
]
