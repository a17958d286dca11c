import type { Bug } from "#suite"

const guide = "https://thesquareplanet.com/blog/students-guide-to-raft/"
const file = "commitment.ts"
const service = "service.ts"

const quorum = "if (isQuorum(node, has)) return { set: { commitIndex: n } }"
const min = "const commitIndex = Math.min(leaderCommit, lastNewIndex)"
const apply = "return {\n    set: { lastApplied: commitIndex },"

export const bugs: readonly Bug[] = [
  {
    id: "commit-without-self",
    what: "the leader forgets its own copy in the count",
    breaks: [1],
    source: "Figure 2: a majority of servers, not of followers",
    edit: {
      file,
      find: "server === node.id || (node.matchIndex[server] ?? 0) >= n",
      replace: "(node.matchIndex[server] ?? 0) >= n",
    },
  },
  {
    id: "commit-quorum-off",
    what: "half of the servers is enough",
    breaks: [1],
    source: "catalogue: floor(n / 2), which is a majority only of odd clusters without the leader",
    edit: {
      file,
      find: quorum,
      replace:
        "if (node.voters.filter(has).length >= node.voters.length / 2) return { set: { commitIndex: n } }",
    },
  },
  {
    id: "commit-floor",
    what: "floor(n / 2) copies are enough, the leader's among them",
    breaks: [1],
    source: "catalogue: commit at floor(n/2)",
    edit: {
      file,
      find: quorum,
      replace:
        "if (node.voters.filter(has).length >= Math.max(1, Math.floor(node.voters.length / 2))) return { set: { commitIndex: n } }",
    },
  },
  {
    id: "commit-all",
    what: "all servers must have an entry",
    breaks: [1],
    source: "a cluster that one slow server stops",
    edit: { file, find: quorum, replace: "if (node.voters.every(has)) return { set: { commitIndex: n } }" },
  },
  {
    id: "commit-max",
    what: "the largest matchIndex of anyone",
    breaks: [1],
    source: "catalogue: commit-max",
    edit: {
      file,
      find: quorum,
      replace:
        "if (Object.values(node.matchIndex).some((match) => match >= n) || node.voters.length === 1) return { set: { commitIndex: n } }",
    },
  },
  {
    id: "commit-at-least-three",
    what: "a fixed number of copies, whatever the cluster's size",
    breaks: [1],
    source: "tested with five servers only",
    edit: {
      file,
      find: quorum,
      replace: "if (node.voters.filter(has).length >= 3) return { set: { commitIndex: n } }",
    },
  },
  {
    id: "commit-one-step",
    what: "moves by one index in an event at the most, and only to the next",
    breaks: [1],
    source: "Figure 2: if there exists an N > commitIndex, not: if the next one",
    edit: [
      {
        file,
        find: "for (const n of ends) {",
        replace: "for (const n of ends.map(() => node.commitIndex + 1)) {",
      },
    ],
  },
  {
    id: "commit-self-only",
    what: "the leader commits what it proposes at once",
    breaks: [1],
    source: "section 5.3: safely replicated, then applied",
    edit: {
      file,
      find: "if (isQuorum(node, has)) return",
      replace: "if (isQuorum(node, has) || node.matchIndex !== undefined) return",
    },
  },
  {
    id: "commit-solo-never",
    what: "a leader alone waits for an answer that never comes",
    breaks: [1],
    source: "raft-dev: clusters of one, forgotten",
    edit: {
      file,
      find: "if (isQuorum(node, has)) return",
      replace: "if (Object.keys(node.matchIndex).length > 0 && isQuorum(node, has)) return",
    },
  },
  {
    id: "follower-counts",
    what: "any server counts, with a matchIndex left over from when it led",
    breaks: [1],
    source: "Figure 2: a rule for leaders",
    edit: { file, find: '  if (node.role !== "leader") return undefined\n  //', replace: "  //" },
  },
  {
    id: "commit-old-term",
    what: "counts copies of an older term's entry (Figure 8)",
    breaks: [2],
    source: "https://github.com/bakwc/PySyncObj/issues/169, https://github.com/microsoft/CCF/pull/4485",
    edit: {
      file,
      find: "if (termAt(node.log, n) !== node.currentTerm) return undefined",
      replace: "if (termAt(node.log, n) === null) return undefined",
    },
  },
  {
    id: "commit-last-term",
    what: "compares with the log's last term, not with the current one",
    breaks: [2],
    source: "section 5.4.2: the leader's current term",
    edit: {
      file,
      find: "termAt(node.log, n) !== node.currentTerm",
      replace: "termAt(node.log, n) !== termAt(node.log, lastIndex(node.log))",
    },
  },
  {
    id: "commit-any-own",
    what: "checks that there is an entry of the own term, not that it is the one counted",
    breaks: [2, 3],
    source: "Figure 8 misread: the new entry must be on the majority, too",
    edit: {
      file,
      find: "if (termAt(node.log, n) !== node.currentTerm) return undefined",
      replace: "if (termAt(node.log, lastIndex(node.log)) !== node.currentTerm) return undefined",
    },
  },
  {
    id: "commit-only-own",
    what: "never commits where an older term's entry is still open before it",
    breaks: [3],
    source: "section 5.4.2: earlier entries are committed indirectly",
    edit: {
      file,
      find: "const has = (server: string)",
      replace:
        "if (n > node.commitIndex + 1 && termAt(node.log, node.commitIndex + 1) !== node.currentTerm) return undefined\n    const has = (server: string)",
    },
  },
  {
    id: "commit-counts-own-list",
    what: "counts a majority of voters by itself: the old ones have no say",
    breaks: [4],
    source: "section 6: separate majorities from both configurations",
    edit: {
      file,
      find: quorum,
      replace:
        "if (2 * node.voters.filter(has).length > node.voters.length) return { set: { commitIndex: n } }",
    },
  },
  {
    id: "commit-counts-learners",
    what: "counts everyone it replicates to",
    breaks: [4],
    source: "dissertation, section 4.2.1: non-voting members are not counted",
    edit: {
      file,
      find: quorum,
      replace:
        "const copies = 1 + Object.values(node.matchIndex).filter((match) => match >= n).length\n    if (2 * copies > node.voters.length && (node.oldVoters.length === 0 || isQuorum(node, has))) return { set: { commitIndex: n } }",
    },
  },
  {
    id: "commit-no-min",
    what: "the follower takes leaderCommit as it is",
    breaks: [5],
    source: "Figure 2, AppendEntries receiver, step 5",
    edit: { file, find: min, replace: "const commitIndex = leaderCommit" },
  },
  {
    id: "commit-log-end",
    what: "min(leaderCommit, end of its own log)",
    breaks: [5],
    source: "https://github.com/databendlabs/openraft/commit/9540c904",
    edit: { file, find: min, replace: "const commitIndex = Math.min(leaderCommit, lastIndex(node.log))" },
  },
  {
    id: "commit-last-new",
    what: "the last new entry, whatever leaderCommit says",
    breaks: [5],
    source: "the min forgotten on the other side",
    edit: {
      file,
      find: min,
      replace: "const commitIndex = leaderCommit > node.commitIndex ? lastNewIndex : node.commitIndex",
    },
  },
  {
    id: "commit-ignores-heartbeat",
    what: "an empty message commits nothing",
    breaks: [5],
    source: "step 5 left out for heartbeats: the last commands of a burst are never applied",
    edit: {
      file,
      find: 'if (node.role === "leader" || !matches',
      replace: 'if (entries.length === 0 || node.role === "leader" || !matches',
    },
  },
  {
    id: "commit-prev",
    what: "counts only the entry before the new ones as matching",
    breaks: [5],
    source: "an off-by-message: what has just come in is left for the next one",
    edit: {
      file,
      find: "const lastNewIndex = prevLogIndex + entries.length",
      replace: "const lastNewIndex = prevLogIndex",
    },
  },
  {
    id: "commit-on-mismatch",
    what: "commits although the message was refused",
    breaks: [6],
    source: guide,
    edit: { file, find: "!matches || commitIndex", replace: "commitIndex" },
  },
  {
    id: "commit-on-mismatch-own-end",
    what: "a refused message commits up to the follower's own end",
    breaks: [6],
    source: "min(leaderCommit, …) before the consistency check",
    edit: [
      {
        file,
        find: "const matches = termAt(node.log, lastNewIndex) === lastNewTerm",
        replace:
          "const matches = termAt(node.log, lastNewIndex) === lastNewTerm || lastNewIndex > lastIndex(node.log)",
      },
      {
        file,
        find: min,
        replace: "const commitIndex = Math.min(leaderCommit, lastNewIndex, lastIndex(node.log))",
      },
    ],
  },
  {
    id: "commit-regress",
    what: "a late message takes commitIndex back",
    breaks: [7],
    source: "Figure 2: commitIndex increases monotonically",
    edit: {
      file,
      find: "|| commitIndex <= node.commitIndex) return undefined",
      replace: "|| commitIndex === node.commitIndex) return undefined",
    },
  },
  {
    id: "commit-leader-regress",
    what: "the leader takes commitIndex back when a majority seems to have less",
    breaks: [7],
    source: "the majority counted anew at every answer, without if N > commitIndex",
    edit: {
      file,
      find: "if (n <= node.commitIndex) return undefined",
      replace: "if (n < 1) return undefined",
    },
  },
  {
    id: "apply-skip",
    what: "applies only the newest committed entry",
    breaks: [8],
    source: "catalogue: apply-skip",
    edit: {
      file,
      find: "effects: entries.map((entry, i) => ({",
      replace: "effects: entries.slice(-1).map((entry, i) => ({",
    },
  },
  {
    id: "apply-one",
    what: "applies one entry in a step, and the rest some day",
    breaks: [8],
    source: "Figure 2: if commitIndex > lastApplied, taken for once an event",
    edit: [
      {
        file,
        find: "const entries = entriesFrom(log, lastApplied + 1, commitIndex - lastApplied)",
        replace: "const entries = entriesFrom(log, lastApplied + 1, 1)",
      },
      {
        file,
        find: "set: { lastApplied: commitIndex },",
        replace: 'set: { lastApplied: node.role === "leader" ? lastApplied + 1 : commitIndex },',
      },
    ],
  },
  {
    id: "apply-twice",
    what: "applies the last entry of the time before again",
    breaks: [8],
    source: "catalogue: apply-twice",
    edit: [
      {
        file,
        find: "entriesFrom(log, lastApplied + 1, commitIndex - lastApplied)",
        replace:
          "entriesFrom(log, Math.max(log.base.index + 1, lastApplied), commitIndex - Math.max(log.base.index, lastApplied - 1))",
      },
      { file, find: "index: lastApplied + 1 + i", replace: "index: commitIndex - entries.length + 1 + i" },
    ],
  },
  {
    id: "apply-backwards",
    what: "applies in the wrong order",
    breaks: [8],
    source: "section 5.3: in log order",
    edit: {
      file,
      find: "index: lastApplied + 1 + i, entry })),",
      replace: "index: lastApplied + 1 + i, entry })).reverse(),",
    },
  },
  {
    id: "apply-never-ends",
    what: "lastApplied is never moved",
    breaks: [8],
    source: "Figure 2: increment lastApplied",
    edit: {
      file,
      find: apply,
      replace:
        "return commitIndex > 1_000 ? undefined : {\n    set: { lastApplied: Math.min(node.lastApplied, commitIndex) },",
    },
  },
  {
    id: "apply-leader-only",
    what: "only the leader applies",
    breaks: [8, 9],
    source: "Figure 2: a rule for all servers",
    edit: {
      file,
      find: "if (commitIndex <= lastApplied) return undefined",
      replace: 'if (commitIndex <= lastApplied || node.role !== "leader") return undefined',
    },
  },
  {
    id: "apply-off-by-one",
    what: "the index of an apply is one too low",
    breaks: [8, 9],
    source: "index from 0 in the state machine",
    edit: { file, find: "index: lastApplied + 1 + i", replace: "index: lastApplied + i" },
  },
  {
    id: "apply-uncommitted",
    what: "applies all that is in the log",
    breaks: [9],
    source: "catalogue: applied before commit",
    edit: [
      {
        file,
        find: "if (commitIndex <= lastApplied) return undefined",
        replace: "const end = lastIndex(log)\n  if (end <= lastApplied) return undefined",
      },
      {
        file,
        find: "entriesFrom(log, lastApplied + 1, commitIndex - lastApplied)",
        replace: "entriesFrom(log, lastApplied + 1)",
      },
      {
        file,
        find: "set: { lastApplied: commitIndex },",
        replace: "set: { lastApplied: end, commitIndex: Math.max(commitIndex, 0) },",
      },
    ],
  },
  {
    id: "apply-counts-from-zero",
    what: "reads entries by their place in the list: wrong behind a base",
    breaks: [10],
    source: "indexes taken for positions once the log is shortened",
    edit: {
      file,
      find: "const entries = entriesFrom(log, lastApplied + 1, commitIndex - lastApplied)",
      replace: "const entries = log.entries.slice(lastApplied, commitIndex)",
    },
  },
  {
    id: "apply-skips-after-restart",
    what: "a server with lastApplied 0 begins at the newest committed entry",
    breaks: [10],
    source: "a restart taken for a server that has its state",
    edit: {
      file,
      find: "const entries = entriesFrom(log, lastApplied + 1, commitIndex - lastApplied)",
      replace:
        "const entries = lastApplied === 0 && commitIndex > 3 ? entriesFrom(log, commitIndex, 1) : entriesFrom(log, lastApplied + 1, commitIndex - lastApplied)",
    },
  },
  {
    id: "wait-nobody",
    what: "an accepted proposal is not remembered",
    breaks: [12],
    source: "clients that wait for ever",
    edit: {
      file: service,
      find: "waiting = [...waiting, { index, term, proposal: required(proposal, effect) }]",
      replace:
        "required(proposal, effect)\n      waiting = waiting.filter((each) => each.index !== index || each.term !== term)",
    },
  },
  {
    id: "wait-one",
    what: "a new proposal takes the place of those that wait",
    breaks: [13],
    source: "one variable where a table belongs",
    edit: {
      file: service,
      find: "waiting = [...waiting, { index, term, proposal: required(proposal, effect) }]",
      replace: "waiting = [{ index, term, proposal: required(proposal, effect) }]",
    },
  },
  {
    id: "answer-on-accept",
    what: "a proposal is answered when it is in the log, not when it is applied",
    breaks: [12, 13],
    source: "catalogue: ack-before-commit",
    edit: {
      file: service,
      find: "      const { index, term } = effect\n      waiting =",
      replace:
        '      const { index, term } = effect\n      answers.push({ type: "applied", proposal: required(proposal, effect), result: machine.apply(current, null).result })\n      waiting =',
    },
  },
  {
    id: "answer-by-index",
    what: "whoever waits for an index is answered by whatever is applied there",
    breaks: [15],
    source: "raft-dev: a client told of another client's command",
    edit: {
      file: service,
      find: "each.index === index && each.term === entry.term",
      replace: "each.index === index",
    },
  },
  {
    id: "answer-by-term",
    what: "whoever waits in a term is answered by the first entry of that term",
    breaks: [13],
    source: "half of the name taken for the name",
    edit: {
      file: service,
      find: "each.index === index && each.term === entry.term",
      replace: "each.term === entry.term",
    },
  },
  {
    id: "waiters-hang",
    what: "an overwritten proposal waits for ever",
    breaks: [15],
    source: "https://github.com/databendlabs/openraft/commit/43dd8b6f",
    edit: {
      file: service,
      find: "const overwritten = waiting.filter((each) => isOverwritten(each, index, entry.term))",
      replace:
        "const overwritten = waiting.filter((each) => isOverwritten(each, index, entry.term) && each.index < 0)",
    },
  },
  {
    id: "waiters-hang-behind",
    what: "only the proposal at the very index is told that it was overwritten",
    breaks: [15],
    source: "a shorter log of a later leader: what waited behind its end hangs",
    edit: {
      file: service,
      find: "index === appliedIndex ? term !== appliedTerm : index > appliedIndex && term < appliedTerm",
      replace: "index === appliedIndex && term !== appliedTerm",
    },
  },
  {
    id: "overwritten-too-early",
    what: "an older entry before it is taken for the end of a proposal",
    breaks: [15],
    source: "terms compared with !== where < belongs",
    edit: {
      file: service,
      find: "index > appliedIndex && term < appliedTerm",
      replace: "index > appliedIndex && term !== appliedTerm",
    },
  },
  {
    id: "answered-twice",
    what: "whoever was answered keeps waiting",
    breaks: [13],
    source: "a table that is only written to",
    edit: {
      file: service,
      find: "!overwritten.includes(each) && !answered.includes(each)",
      replace: "!overwritten.includes(each)",
    },
  },
  {
    id: "others-forgotten",
    what: "one answer clears the whole table",
    breaks: [13],
    source: "a table cleared at the first answer",
    edit: {
      file: service,
      find: "waiting = waiting.filter((each) => !overwritten.includes(each) && !answered.includes(each))",
      replace: "waiting = answered.length > 0 ? [] : waiting.filter((each) => !overwritten.includes(each))",
    },
  },
  {
    id: "apply-only-when-waited-for",
    what: "a server where nobody waits does not run the state machine",
    breaks: [14],
    source: "followers with an empty store",
    edit: {
      file: service,
      find: "if (entry.command !== null) {",
      replace: "if (entry.command !== null && (answered.length > 0 || overwritten.length > 0)) {",
    },
  },
  {
    id: "null-applied",
    what: "a leader's own entry reaches the state machine",
    breaks: [14],
    source: "section 8: a no-op entry is none of the application's",
    edit: {
      file: service,
      find: "if (entry.command !== null) {",
      replace: "if (entry.command !== undefined) {",
    },
  },
  {
    id: "refused-waits",
    what: "a refused proposal waits",
    breaks: [16],
    source: "clients that wait for ever",
    edit: {
      file: service,
      find: 'answers.push({ type: "refused", proposal: required(proposal, effect), leader: effect.leader })',
      replace: "waiting = [...waiting, { index: 0, term: 0, proposal: required(proposal, effect) }]",
    },
  },
  {
    id: "refused-without-leader",
    what: "the answer does not say who leads",
    breaks: [16],
    source: "section 8: clients are told of the leader",
    edit: { file: service, find: "leader: effect.leader })", replace: "leader: null })" },
  },
  {
    id: "proposal-falsy",
    what: "a proposal that is 0 or an empty text is taken for none",
    breaks: [13],
    source: "a truthiness test",
    edit: {
      file: service,
      find: "if (proposal !== undefined) return proposal",
      replace: "if (proposal) return proposal",
    },
  },
  {
    id: "proposal-unchecked",
    what: "an accepted without a proposal is remembered as undefined",
    breaks: [17],
    source: "a missing argument swallowed",
    edit: {
      file: service,
      find: "if (proposal !== undefined) return proposal",
      replace: 'if (proposal !== undefined || effect.type !== "apply") return proposal as P',
    },
  },
  {
    id: "commit-old-list-only",
    what: "while the membership changes, only the old list counts",
    breaks: [4],
    source: "a hunt for survivors of the suite",
    edit: {
      file: "commitment.ts",
      find: "if (isQuorum(node, has))",
      replace:
        "if (isQuorum({ ...node, voters: node.oldVoters.length > 0 ? node.oldVoters : node.voters, oldVoters: [] }, has))",
    },
  },
  {
    id: "commit-across-base",
    what: "a message that begins below the base commits nothing",
    breaks: [5],
    source: "a hunt for survivors of the suite",
    edit: {
      file: "commitment.ts",
      find: "const matches = termAt(node.log, lastNewIndex) === lastNewTerm",
      replace: "const matches = termAt(node.log, prevLogIndex) === prevLogTerm",
    },
  },
  {
    id: "apply-hundred",
    what: "applies a hundred at most, and takes the rest for applied",
    breaks: [8],
    source: "a hunt for survivors of the suite",
    edit: {
      file: "commitment.ts",
      find: "entriesFrom(log, lastApplied + 1, commitIndex - lastApplied)",
      replace: "entriesFrom(log, lastApplied + 1, Math.min(100, commitIndex - lastApplied))",
    },
  },
  {
    id: "apply-skips-null",
    what: "entries with command null are not applied, so indexes are missing",
    breaks: [8, 9],
    source: "a hunt for survivors of the suite",
    edit: {
      file: "commitment.ts",
      find: "index: lastApplied + 1 + i, entry }))",
      replace: "index: lastApplied + 1 + i, entry })).filter(({ entry }) => entry.command !== null)",
    },
  },
  {
    id: "refusal-clears-waiting",
    what: "a refusal is taken for the end of all who wait",
    breaks: [13, 16],
    source: "what Discuss asks about: stepping down is not overwriting",
    edit: {
      file: "service.ts",
      find: 'answers.push({ type: "refused", proposal: required(proposal, effect), leader: effect.leader })',
      replace:
        'answers.push({ type: "refused", proposal: required(proposal, effect), leader: effect.leader })\n      waiting = []',
    },
  },
  {
    id: "overwritten-by-later-only",
    what: "only a later term at the index overwrites",
    breaks: [15],
    source: "a hunt for survivors of the suite",
    edit: {
      file: "service.ts",
      find: "index === appliedIndex ? term !== appliedTerm",
      replace: "index === appliedIndex ? term < appliedTerm",
    },
  },
  {
    id: "null-overwrites-nobody",
    what: "a leader's own entry overwrites nobody",
    breaks: [15],
    source: "a hunt for survivors of the suite",
    edit: {
      file: "service.ts",
      find: "const overwritten = waiting.filter((each) => isOverwritten(each, index, entry.term))",
      replace:
        "const overwritten = entry.command === null ? [] : waiting.filter((each) => isOverwritten(each, index, entry.term))",
    },
  },
  {
    id: "falsy-command-skipped",
    what: "a command that is 0, false or empty is not applied",
    breaks: [14],
    source: "a truthiness test",
    edit: { file: "service.ts", find: "if (entry.command !== null) {", replace: "if (entry.command) {" },
  },
  {
    id: "proposal-copied",
    what: "the proposal that comes back is a copy",
    breaks: [13],
    source: "a hunt for survivors of the suite",
    edit: {
      file: "service.ts",
      find: "waiting = [...waiting, { index, term, proposal: required(proposal, effect) }]",
      replace:
        "waiting = [...waiting, { index, term, proposal: structuredClone(required(proposal, effect)) }]",
    },
  },
]
