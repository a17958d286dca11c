import type { Variant } from "#suite"

export const variants: readonly Variant[] = [
  {
    id: "loop",
    what: "compares entry by entry in a loop, appending as it goes",
    why: "the contract speaks of the result only",
    edit: [
      {
        find: "const conflict = entries.findIndex(({ term }, i) => log.entries[from + i]?.term !== term)\n  if (conflict === -1) return { success: true, log }\n",
        replace:
          "let merged: Entry[] | undefined\n  for (const [i, entry] of entries.entries()) {\n    const mine = (merged ?? log.entries)[from + i]\n    if (mine?.term === entry.term) continue\n    merged = [...(merged ?? log.entries).slice(0, from + i), entry]\n  }\n",
      },
      {
        find: "const kept = log.entries.slice(0, from + conflict)\n  return { success: true, log: { ...log, entries: [...kept, ...entries.slice(conflict)] } }",
        replace: "return { success: true, log: merged ? { base: log.base, entries: merged } : log }",
      },
    ],
  },
  {
    id: "richer-result",
    what: "answers with the last index as well",
    why: "more fields than the contract's do no harm",
    edit: {
      find: "return { success: true, log: { ...log, entries: [...kept, ...entries.slice(conflict)] } }",
      replace:
        "return { ...{ matchIndex: prevIndex + entries.length }, success: true, log: { ...log, entries: [...kept, ...entries.slice(conflict)] } }",
    },
  },
  {
    id: "shared-slices",
    what: "hands out the array itself when all entries are asked for",
    why: "read-only data may be shared",
    edit: {
      find: "if (max === undefined) return log.entries.slice(position(log, index))",
      replace:
        "if (max === undefined) return position(log, index) === 0 ? log.entries : log.entries.slice(position(log, index))",
    },
  },
  {
    id: "other-words",
    what: "says its RangeErrors in other words",
    why: "only the kind of the error and the argument's name are promised",
    edit: {
      find: "throw new RangeError(`${name} must be a natural number (0, 1, 2, …), not ${String(value)}`)",
      replace: "throw new RangeError(`bad ${name}`)",
    },
  },
]
