import type { Bug } from "#suite"

export const bugs: readonly Bug[] = [
  {
    id: "log-gap",
    what: "appends past the end of the log, leaving a hole",
    breaks: [7],
    source: "section 5.3: the consistency check",
    edit: {
      find: "if (termAt(log, prevIndex) !== prevTerm)",
      replace: "if (prevIndex <= lastIndex(log) && termAt(log, prevIndex) !== prevTerm)",
    },
  },
  {
    id: "log-gap-by-one",
    what: "`>` where `>=` belongs: a hole of one entry is let through",
    breaks: [7],
    source: "an off-by-one in the hole check",
    edit: {
      find: "if (termAt(log, prevIndex) !== prevTerm)",
      replace: "if (prevIndex !== lastIndex(log) + 1 && termAt(log, prevIndex) !== prevTerm)",
    },
  },
  {
    id: "log-prev-term-ignored",
    what: "checks that the previous entry exists, but not its term",
    breaks: [8],
    source: "Figure 2, AppendEntries receiver, step 2",
    edit: {
      find: "if (termAt(log, prevIndex) !== prevTerm)",
      replace: "if (termAt(log, prevIndex) === null)",
    },
  },
  {
    id: "log-prev-term-older-ok",
    what: "takes any previous term that is not newer than ours",
    breaks: [8],
    source: "`<` where `!==` belongs",
    edit: {
      find: "if (termAt(log, prevIndex) !== prevTerm)",
      replace: "if ((termAt(log, prevIndex) ?? -1) < prevTerm)",
    },
  },
  {
    id: "log-prev0-unchecked",
    what: "does not look at prevTerm when prevIndex is 0",
    breaks: [8],
    source: "a special case for the start of the log",
    edit: {
      find: "if (termAt(log, prevIndex) !== prevTerm)",
      replace: "if (prevIndex !== 0 && termAt(log, prevIndex) !== prevTerm)",
    },
  },
  {
    id: "log-prev0",
    what: "refuses everything at the start of the log",
    breaks: [9],
    source: "catalogue: index 0 taken for a missing entry",
    edit: {
      find: "if (termAt(log, prevIndex) !== prevTerm)",
      replace: "if (prevIndex === 0 || termAt(log, prevIndex) !== prevTerm)",
    },
  },
  {
    id: "log-truncate-always",
    what: "cuts the log after prevIndex although the entries match: a late, shorter message loses entries",
    breaks: [14],
    source: "https://thesquareplanet.com/blog/students-guide-to-raft/",
    edit: [
      {
        find: "if (conflict === -1) return { success: true, log }",
        replace: "if (entries.length === 0) return { success: true, log }",
      },
      { find: "log.entries.slice(0, from + conflict)", replace: "log.entries.slice(0, from)" },
      { find: "...entries.slice(conflict)]", replace: "...entries]" },
    ],
  },
  {
    id: "log-heartbeat-truncates",
    what: "an empty message cuts the log after prevIndex",
    breaks: [11],
    source: "https://thesquareplanet.com/blog/students-guide-to-raft/",
    edit: {
      find: "if (conflict === -1) return { success: true, log }",
      replace:
        "if (entries.length === 0) return { success: true, log: { ...log, entries: log.entries.slice(0, from) } }\n  if (conflict === -1) return { success: true, log }",
    },
  },
  {
    id: "log-heartbeat-unchecked",
    what: "an empty message succeeds without the check of the previous entry",
    breaks: [11],
    source: "https://thesquareplanet.com/blog/students-guide-to-raft/",
    edit: {
      find: "if (termAt(log, prevIndex) !== prevTerm)",
      replace:
        "if (entries.length === 0) return { success: true, log }\n  if (termAt(log, prevIndex) !== prevTerm)",
    },
  },
  {
    id: "log-conflict-keeps-tail",
    what: "overwrites the conflicting entries in place and keeps the old ones behind them",
    breaks: [13],
    source: "Figure 7",
    edit: {
      find: "[...kept, ...entries.slice(conflict)]",
      replace: "[...kept, ...entries.slice(conflict), ...log.entries.slice(from + entries.length)]",
    },
  },
  {
    id: "log-conflict-first-only",
    what: "looks only at the first new entry for a conflict",
    breaks: [13],
    source: "a loop that returns too early",
    edit: {
      find: "entries.findIndex(({ term }, i) => log.entries[from + i]?.term !== term)",
      replace:
        "entries.findIndex(({ term }, i) => i >= log.entries.length - from || (i === 0 && log.entries[from]?.term !== term))",
    },
  },
  {
    id: "log-dup-append",
    what: "a repeated message appends its entries once more",
    breaks: [14],
    source: "https://github.com/willemt/raft/issues/118",
    edit: {
      find: "const kept = log.entries.slice(0, from + conflict)",
      replace: "const kept = log.entries",
    },
  },
  {
    id: "log-index-is-equality",
    what: "takes an entry at the same index for the same entry, whatever its term",
    breaks: [13],
    source: "section 5.3: a conflict is the same index with another term",
    edit: {
      find: "log.entries[from + i]?.term !== term)",
      replace: "from + i >= log.entries.length)",
    },
  },
  {
    id: "log-append-at-end",
    what: "appends the missing entries at the end instead of behind prevIndex",
    breaks: [12, 13, 14],
    source: "an entry pushed without looking at its index",
    edit: [
      { find: "if (conflict === -1)", replace: "if (entries.length === 0)" },
      {
        find: "[...kept, ...entries.slice(conflict)]",
        replace: "[...log.entries, ...entries.slice(Math.max(0, log.entries.length - from))]",
      },
      { find: "const kept = log.entries.slice(0, from + conflict)\n", replace: "void conflict\n" },
    ],
  },
  {
    id: "log-refusal-truncates",
    what: "a refusal throws the conflicting previous entry away",
    breaks: [10],
    source: "step 3 of Figure 2 done before step 2 is answered",
    edit: {
      find: "!== prevTerm) return { success: false, log }",
      replace:
        "!== prevTerm) return { success: false, log: { ...log, entries: log.entries.slice(0, Math.max(0, position(log, prevIndex))) } }",
    },
  },
  {
    id: "log-success-lost",
    what: "says no when nothing was missing",
    breaks: [14, 15],
    source: "success taken to mean that the log changed",
    edit: {
      find: "if (conflict === -1) return { success: true, log }",
      replace: "if (conflict === -1) return { success: entries.length === 0, log }",
    },
  },
  {
    id: "log-commands-compared",
    what: "compares commands as well, so that an equal entry read from the network counts as a conflict",
    breaks: [16],
    source: "section 5.3, Log Matching: index and term name an entry",
    edit: {
      find: "entries.findIndex(({ term }, i) => log.entries[from + i]?.term !== term)",
      replace:
        "entries.findIndex((entry, i) => JSON.stringify(log.entries[from + i]) !== JSON.stringify(entry))",
    },
  },
  {
    id: "log-copy-always",
    what: "makes a new log though nothing changed",
    breaks: [18],
    source: "contract: an unchanged log is the same object",
    edit: {
      find: "if (conflict === -1) return { success: true, log }",
      replace: "if (conflict === -1) return { success: true, log: { ...log } }",
    },
  },
  {
    id: "log-mutates",
    what: "pushes onto the array it was given",
    breaks: [4],
    source: "rule 18",
    edit: {
      find: "return { ...log, entries: [...log.entries, { term, command }] }",
      replace:
        "const all = log.entries as Entry[]\n  all.push({ term, command })\n  return { ...log, entries: all }",
    },
  },
  {
    id: "log-base-forgotten",
    what: "reads entries by their index as if nothing was ever thrown away",
    breaks: [2],
    source: "section 7: indexes go on after compaction",
    edit: { find: "return index - log.base.index - 1", replace: "return index - 1" },
  },
  {
    id: "log-base-term-unchecked",
    what: "takes any term for the entry at the base",
    breaks: [17],
    source: "section 7, lastIncludedTerm",
    edit: {
      find: "return appendEntries(log, log.base.index, lastGoneTerm, entries.slice(gone))",
      replace: "return appendEntries(log, log.base.index, log.base.term, entries.slice(gone))",
    },
  },
  {
    id: "log-below-base-refused",
    what: "refuses every message that starts below the base",
    breaks: [17],
    source: "a follower with a snapshot that never hears its leader again",
    edit: {
      find: "if (prevIndex < log.base.index) return appendAcrossBase(log, prevIndex, prevTerm, entries)\n",
      replace: "if (prevIndex < log.base.index) return { success: false, log }\n",
    },
  },
  {
    id: "log-below-base-strict",
    what: "refuses a message that ends below the base when its last term is the base's",
    breaks: [17],
    source: "`<` for `<=`; found by a reader of the spec",
    edit: { find: "lastGoneTerm <= log.base.term", replace: "lastGoneTerm < log.base.term" },
  },
  {
    id: "log-nonsense-after-refusal",
    what: "looks at the entries' terms only when the message fits",
    breaks: [6],
    source: "rule 6: before anything else",
    edit: [
      { find: '  for (const { term } of entries) requireNatural("entries: a term", term)\n', replace: "" },
      {
        find: "  const from = position(log, prevIndex + 1)\n",
        replace:
          '  for (const { term } of entries) requireNatural("entries: a term", term)\n  const from = position(log, prevIndex + 1)\n',
      },
    ],
  },
  {
    id: "log-below-base-whole",
    what: "appends entries that reach across the base from their first one on",
    breaks: [17],
    source: "section 7: the part that the snapshot covers is there already",
    edit: {
      find: "lastGoneTerm, entries.slice(gone))",
      replace: "lastGoneTerm, entries)",
    },
  },
  {
    id: "log-term-may-fall",
    what: "lets a leader append with a term older than the log's",
    breaks: [5],
    source: "section 5.4.1 relies on terms that never go down",
    edit: { find: "if (term < lastTerm(log))", replace: "if (term < log.base.term)" },
  },
  {
    id: "log-last-is-length",
    what: "lastIndex forgets the base",
    breaks: [1],
    source: "section 7",
    edit: { find: "return base.index + entries.length", replace: "return entries.length" },
  },
  {
    id: "log-max-ignored",
    what: "entriesFrom ignores a `max` of 0",
    breaks: [3],
    source: "0 is falsy",
    edit: { find: "if (max === undefined)", replace: "if (!max)" },
  },
]
