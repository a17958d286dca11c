import type { Bug } from "#suite"

const guide = "https://thesquareplanet.com/blog/students-guide-to-raft/"

export const bugs: readonly Bug[] = [
  {
    id: "rep-no-reinit-next",
    what: "nextIndex survives from an earlier leadership",
    breaks: [1],
    source: "https://github.com/eliben/raft/commit/65fc436",
    edit: {
      find: "nextIndex: forAll(others(node), lastIndex(node.log) + 1),",
      replace: "nextIndex: { ...forAll(others(node), lastIndex(node.log) + 1), ...node.nextIndex },",
    },
  },
  {
    id: "rep-no-reinit-match",
    what: "matchIndex survives from an earlier leadership",
    breaks: [1],
    source: "Figure 2, State: reinitialized after election",
    edit: {
      find: "matchIndex: forAll(others(node), 0),",
      replace: "matchIndex: { ...forAll(others(node), 0), ...node.matchIndex },",
    },
  },
  {
    id: "rep-next-at-end",
    what: "nextIndex starts at the last entry, not behind it",
    breaks: [1],
    source: "Figure 2, State: an off-by-one in last log index + 1",
    edit: { find: "lastIndex(node.log) + 1),", replace: "Math.max(1, lastIndex(node.log)))," },
  },
  {
    id: "rep-match-optimistic",
    what: "a new leader takes all followers to have its whole log",
    breaks: [1],
    source: guide,
    edit: {
      find: "matchIndex: forAll(others(node), 0),",
      replace: "matchIndex: forAll(others(node), lastIndex(node.log)),",
    },
  },
  {
    id: "lead-unknown",
    what: "a leader does not note that it leads",
    breaks: [1],
    source: "the field that clients are redirected by, forgotten",
    edit: { find: "    leader: node.id,\n", replace: "" },
  },
  {
    id: "no-first-heartbeat",
    what: "a new leader lets nobody know",
    breaks: [2],
    source: "section 5.2; Figure 2, leaders: upon election, send initial empty AppendEntries",
    edit: { find: "effects: heartbeats(leading) }", replace: "effects: [] }" },
  },
  {
    id: "first-heartbeat-to-one",
    what: "a new leader lets only the first follower know",
    breaks: [2],
    source: "a loop left too early",
    edit: { find: "effects: heartbeats(leading) }", replace: "effects: heartbeats(leading).slice(0, 1) }" },
  },
  {
    id: "propose-old-term",
    what: "a command gets the term of the entry before it",
    breaks: [3],
    source: "section 5.3: each entry has the term in which the leader received it",
    edit: {
      find: "appendNewCommand(node.log, node.currentTerm, command)",
      replace: "appendNewCommand(node.log, node.log.entries.at(-1)?.term ?? node.currentTerm, command)",
    },
  },
  {
    id: "propose-index-before",
    what: "the answer to a proposal names the index before it",
    breaks: [3],
    source: "lastIndex taken before the entry is in",
    edit: { find: "index: lastIndex(log), term", replace: "index: lastIndex(node.log), term" },
  },
  {
    id: "propose-counts-entries",
    what: "the answer's index is the number of entries, also behind a base",
    breaks: [3],
    source: "seen in logs that were shortened: length taken for index",
    edit: { find: "index: lastIndex(log), term", replace: "index: log.entries.length, term" },
  },
  {
    id: "propose-dedupes",
    what: "a command equal to the last one is taken for a retry and dropped",
    breaks: [3],
    source: "section 8 read too early: duplicates are the state machine's business",
    edit: {
      find: "const log = appendNewCommand(node.log, node.currentTerm, command)",
      replace:
        "const log = node.log.entries.at(-1)?.command === command ? node.log : appendNewCommand(node.log, node.currentTerm, command)",
    },
  },
  {
    id: "follower-takes-commands",
    what: "any server puts commands into its log",
    breaks: [4],
    source: "section 5.1: clients talk to the leader",
    edit: {
      find: 'if (node.role !== "leader") return { effects: [{ type: "refused", leader: node.leader }] }',
      replace:
        'if (node.role === "follower" && node.leader === null) return { effects: [{ type: "refused", leader: null }] }',
    },
  },
  {
    id: "refuses-without-leader",
    what: "a refusal does not tell who leads",
    breaks: [4],
    source: "section 8: the server supplies information about the most recent leader",
    edit: {
      find: '[{ type: "refused", leader: node.leader }]',
      replace: '[{ type: "refused", leader: null }]',
    },
  },
  {
    id: "refuses-silently",
    what: "a follower says nothing at all to a proposal",
    breaks: [4],
    source: "clients that wait for ever",
    edit: {
      find: 'return { effects: [{ type: "refused", leader: node.leader }] }',
      replace: "return undefined",
    },
  },
  {
    id: "everyone-beats",
    what: "followers send heartbeats, too",
    breaks: [7],
    source: "Figure 2: only leaders send AppendEntries",
    edit: {
      find: '(node.role === "leader" ? { effects: heartbeats(node) } : undefined)',
      replace: "({ effects: heartbeats(node) })",
    },
  },
  {
    id: "heartbeat-skips-level",
    what: "followers that have everything get no heartbeat",
    breaks: [7],
    source: "section 5.2: heartbeats are sent to all followers, always",
    edit: {
      find: "Object.keys(node.nextIndex).map((peer) => sendEntries(node, peer))",
      replace:
        'Object.keys(node.nextIndex).filter((peer) => node.role !== "leader" || node.matchIndex[peer] === 0 || node.matchIndex[peer] !== lastIndex(node.log)).map((peer) => sendEntries(node, peer))',
    },
  },
  {
    id: "voters-only",
    what: "only servers with a vote get the log",
    breaks: [7],
    source: "dissertation, section 4.2.1: new servers catch up before they vote",
    edit: {
      find: "return Object.keys(node.nextIndex).map((peer) => sendEntries(node, peer))",
      replace: "return others(node).map((peer) => sendEntries(node, peer))",
    },
  },
  {
    id: "prev-is-next",
    what: "prevLogIndex is nextIndex, not the one before",
    breaks: [5, 8],
    source: "an off-by-one in Figure 2's prevLogIndex",
    edit: {
      find: "      prevLogIndex: next - 1,\n      prevLogTerm,",
      replace: "      prevLogIndex: Math.min(next, lastIndex(node.log)),\n      prevLogTerm,",
    },
  },
  {
    id: "prev-term-current",
    what: "prevLogTerm is the leader's current term",
    breaks: [5],
    source: "Figure 2: the term of the prevLogIndex entry",
    edit: {
      find: "      prevLogTerm,\n",
      replace: "      prevLogTerm: next === 1 ? 0 : node.currentTerm,\n",
    },
  },
  {
    id: "sends-from-prev",
    what: "the entries begin with the one at prevLogIndex",
    breaks: [5],
    source: "an off-by-one in what is sent",
    edit: {
      find: "entries: entriesFrom(node.log, next, maxEntries)",
      replace: "entries: entriesFrom(node.log, Math.max(node.log.base.index + 1, next - 1), maxEntries)",
    },
  },
  {
    id: "leader-commit-own-end",
    what: "leaderCommit is the end of the leader's log",
    breaks: [5],
    source: "Figure 2: leaderCommit is the leader's commitIndex",
    edit: { find: "leaderCommit: node.commitIndex", replace: "leaderCommit: lastIndex(node.log)" },
  },
  {
    id: "leader-commit-zero",
    what: "leaderCommit is always 0",
    breaks: [5],
    source: "a field left for later",
    edit: { find: "leaderCommit: node.commitIndex", replace: "leaderCommit: 0" },
  },
  {
    id: "unbounded",
    what: "everything a follower lacks goes into one message",
    breaks: [6],
    source: "etcd's MaxSizePerMsg: a message that outgrows what the network takes",
    edit: { find: "entriesFrom(node.log, next, maxEntries)", replace: "entriesFrom(node.log, next)" },
  },
  {
    id: "rep-heartbeat-empty",
    what: "heartbeats are always empty, and nothing is sent again: a lost message is lost for good",
    breaks: [8],
    source: "catalogue: rep-no-retry",
    edit: [
      {
        find: "return Object.keys(node.nextIndex).map((peer) => sendEntries(node, peer))",
        replace:
          'return Object.keys(node.nextIndex).map((peer) => sendEntries(node, peer)).map((effect) => effect.type === "send" && effect.message.type === "AppendEntries" ? { ...effect, message: { ...effect.message, entries: [] } } : effect)',
      },
    ],
  },
  {
    id: "rep-paused-forever",
    what: "a follower to which a batch is under way gets nothing until it answers, not even a heartbeat",
    breaks: [7, 8, 21],
    source: "https://github.com/etcd-io/raft: a follower in the probe state that never resumes",
    edit: {
      find: "return Object.keys(node.nextIndex).map((peer) => sendEntries(node, peer))",
      replace:
        "return Object.keys(node.nextIndex).filter((peer) => node.matchIndex[peer] === 0 || node.nextIndex[peer] === (node.matchIndex[peer] ?? 0) + 1).map((peer) => sendEntries(node, peer))",
    },
  },
  {
    id: "rep-news-only-once",
    what: "after a success, what comes next is neither sent nor remembered as unsent",
    breaks: [8],
    source: "nextIndex moved to the end when a batch is sent, however long the log",
    edit: {
      find: "nextIndex: { ...node.nextIndex, [from]: Math.max(next, matchIndex + 1) }",
      replace: "nextIndex: { ...node.nextIndex, [from]: lastIndex(node.log) + 1 }",
    },
  },
  {
    id: "rep-gone-throws",
    what: "asks the log for entries that are gone",
    breaks: [9],
    source: "https://github.com/etcd-io/etcd: ErrCompacted taken for a bug",
    edit: {
      find: 'if (prevLogTerm === null) return { type: "needSnapshot", to: peer }',
      replace: 'if (prevLogTerm === null) throw new Error("gone")',
    },
  },
  {
    id: "rep-gone-lies",
    what: "where the previous entry is gone, sends what it has with prevLogTerm 0",
    breaks: [9],
    source: "a total function used with ?? 0",
    edit: {
      find: 'if (prevLogTerm === null) return { type: "needSnapshot", to: peer }',
      replace:
        "if (prevLogTerm === null) return sendEntries({ ...node, nextIndex: { ...node.nextIndex, [peer]: node.log.base.index + 1 } }, peer)",
    },
  },
  {
    id: "ae-always-success",
    what: "success is answered on a mismatch",
    breaks: [10],
    source: guide,
    edit: {
      find: "term: node.currentTerm, success, matchIndex }",
      replace: "term: node.currentTerm, success: true, matchIndex }",
    },
  },
  {
    id: "ae-heartbeat-unchecked",
    what: "a heartbeat succeeds without a look at the previous entry",
    breaks: [10],
    source: guide,
    edit: {
      find: "const { success, log } = appendEntries(node.log, prevLogIndex, prevLogTerm, entries)",
      replace:
        "const { success, log } = entries.length === 0 ? { success: true, log: node.log } : appendEntries(node.log, prevLogIndex, prevLogTerm, entries)",
    },
  },
  {
    id: "ae-heartbeat-truncates",
    what: "a heartbeat cuts the follower's log behind prevLogIndex",
    breaks: [10],
    source: guide,
    edit: {
      find: "const { success, log } = appendEntries(node.log, prevLogIndex, prevLogTerm, entries)",
      replace:
        "const { success, log: appended } = appendEntries(node.log, prevLogIndex, prevLogTerm, entries)\n      const log = success && entries.length === 0 ? { ...appended, entries: appended.entries.slice(0, prevLogIndex - appended.base.index) } : appended",
    },
  },
  {
    id: "rep-ack-log-end",
    what: "the follower acknowledges its own last index",
    breaks: [11],
    source: "https://github.com/microsoft/CCF/pull/6001",
    edit: { find: "success ? prevLogIndex + entries.length : 0", replace: "success ? lastIndex(log) : 0" },
  },
  {
    id: "rep-ack-prev",
    what: "the follower acknowledges prevLogIndex only",
    breaks: [11],
    source: "the new entries forgotten in matchIndex",
    edit: { find: "success ? prevLogIndex + entries.length : 0", replace: "success ? prevLogIndex : 0" },
  },
  {
    id: "rep-ack-count",
    what: "the follower acknowledges the number of entries it got",
    breaks: [11],
    source: "a count taken for an index",
    edit: { find: "success ? prevLogIndex + entries.length : 0", replace: "success ? entries.length : 0" },
  },
  {
    id: "rep-match-on-nack-sent",
    what: "a refusal carries a matchIndex, too",
    breaks: [11],
    source: "https://github.com/microsoft/CCF/pull/5326",
    edit: { find: "success ? prevLogIndex + entries.length : 0", replace: "prevLogIndex + entries.length" },
  },
  {
    id: "no-answer-to-heartbeat",
    what: "an empty AppendEntries is not answered",
    breaks: [10],
    source: "heartbeats taken for a message of another kind",
    edit: {
      find: 'effects: [{ type: "send", message: { type: "AppendEntriesResponse", ...answer } }],',
      replace:
        'effects: entries.length === 0 ? [] : [{ type: "send", message: { type: "AppendEntriesResponse", ...answer } }],',
    },
  },
  {
    id: "leader-unknown-to-follower",
    what: "a follower forgets who sent the entries",
    breaks: [12],
    source: "section 8: followers redirect",
    edit: { find: "set: { log, leader: from },", replace: "set: { log }," },
  },
  {
    id: "leader-only-on-success",
    what: "a follower whose log does not fit does not note its leader",
    breaks: [12],
    source: "the field set in the wrong branch",
    edit: { find: "set: { log, leader: from },", replace: "set: success ? { log, leader: from } : { log }," },
  },
  {
    id: "leader-obeys",
    what: "a leader takes entries of its own term from another",
    breaks: [13],
    source: "section 5.2: a term has at most one leader",
    edit: {
      find: '      if (node.role === "leader") return undefined // a term has one leader (section 5.2), and this is it\n',
      replace: "",
    },
  },
  {
    id: "rep-match-guess",
    what: "on success the leader takes the follower to have its own whole log",
    breaks: [14],
    source: guide,
    edit: {
      find: "matchIndex: { ...node.matchIndex, [from]: matchIndex },",
      replace: "matchIndex: { ...node.matchIndex, [from]: lastIndex(node.log) },",
    },
  },
  {
    id: "rep-match-next-1",
    what: "on success matchIndex becomes nextIndex - 1 at the time of the answer",
    breaks: [14],
    source: guide,
    edit: {
      find: "matchIndex: { ...node.matchIndex, [from]: matchIndex },",
      replace: "matchIndex: { ...node.matchIndex, [from]: next - 1 },",
    },
  },
  {
    id: "rep-one-match-for-all",
    what: "an answer of one follower is noted for all",
    breaks: [14],
    source: "one variable where Figure 2 has one for each server",
    edit: {
      find: "matchIndex: { ...node.matchIndex, [from]: matchIndex },",
      replace: "matchIndex: forAll(Object.keys(node.matchIndex), matchIndex),",
    },
  },
  {
    id: "rep-late-success",
    what: "a late success moves matchIndex back",
    breaks: [15],
    source: "Figure 2: matchIndex increases monotonically",
    edit: {
      find: "if (matchIndex <= match) return undefined",
      replace: "if (matchIndex === match) return undefined",
    },
  },
  {
    id: "rep-stuck",
    what: "a refusal changes nothing: nextIndex is stuck",
    breaks: [16],
    source: "Figure 2: if AppendEntries fails, decrement nextIndex and retry",
    edit: {
      find: "const back = { ...node, nextIndex: { ...node.nextIndex, [from]: next - 1 } }",
      replace: "const back = { ...node }",
    },
  },
  {
    id: "rep-match-on-nack",
    what: "a refusal's matchIndex is believed",
    breaks: [16],
    source: "https://github.com/microsoft/CCF/pull/5326",
    edit: { find: "if (success) {\n", replace: "if (success || matchIndex > match) {\n" },
  },
  {
    id: "rep-nack-resets-match",
    what: "a refusal sets matchIndex to 0",
    breaks: [16],
    source: "what is known to match forgotten with the guess",
    edit: {
      find: "const back = { ...node, nextIndex: { ...node.nextIndex, [from]: next - 1 } }",
      replace:
        "const back = { ...node, matchIndex: { ...node.matchIndex, [from]: 0 }, nextIndex: { ...node.nextIndex, [from]: next - 1 } }",
    },
  },
  {
    id: "rep-stale-nack",
    what: "a late refusal drags nextIndex to matchIndex and below",
    breaks: [17],
    source: "https://github.com/etcd-io/etcd/commit/91ff7cd",
    edit: { find: "if (next === match + 1) return undefined", replace: "if (next === 1) return undefined" },
  },
  {
    id: "rep-next-underflow",
    what: "nextIndex walks below 1",
    breaks: [17],
    source: "https://github.com/andreev-io/little-raft/issues/18",
    edit: {
      find: "if (next === match + 1) return undefined",
      replace: "if (next === match + 1 && match > 0) return undefined",
    },
  },
  {
    id: "rep-nack-to-zero",
    what: "a refusal sets nextIndex to 0",
    breaks: [16, 17],
    source: "index 0 taken for the start of the log",
    edit: { find: "[from]: next - 1 } }", replace: "[from]: 0 } }" },
  },
  {
    id: "rep-all-walk-back",
    what: "a refusal of one follower walks all of them back",
    breaks: [16],
    source: "one nextIndex for all",
    edit: {
      find: "nextIndex: { ...node.nextIndex, [from]: next - 1 } }",
      replace: "nextIndex: forAll(Object.keys(node.nextIndex), next - 1) }",
    },
  },
  {
    id: "rep-answers-anyone",
    what: "an answer from a server outside the cluster is noted",
    breaks: [18],
    source: "a message from the network trusted",
    edit: [
      { find: "const next = node.nextIndex[from]\n", replace: "const next = node.nextIndex[from] ?? 1\n" },
      {
        find: "const match = node.matchIndex[from]\n",
        replace: "const match = node.matchIndex[from] ?? 0\n",
      },
    ],
  },
  {
    id: "rep-follower-counts",
    what: "a server that no longer leads goes on with answers",
    breaks: [18],
    source: "raft-dev: answers to a leader that has stepped down",
    edit: { find: 'if (node.role !== "leader" || next === undefined', replace: "if (next === undefined" },
  },
  {
    id: "rep-chatter",
    what: "every success is answered with another heartbeat, without end",
    breaks: [19],
    source: "a heartbeat as the reaction to an answer",
    edit: {
      find: "if (matchIndex <= match) return undefined // late: it tells nothing new",
      replace: "if (matchIndex <= match) return { effects: [sendEntries(node, from)] }",
    },
  },
  {
    id: "forgets-vote",
    what: "taking entries clears votedFor",
    breaks: [20],
    source: "fields reset that belong to others",
    edit: { find: "set: { log, leader: from },", replace: "set: { log, leader: from, votedFor: null }," },
  },
  {
    id: "lead-clears-vote",
    what: "becoming leader clears votedFor",
    breaks: [20],
    source: "a hunt for survivors of the suite",
    edit: { find: "    leader: node.id,\n", replace: "    leader: node.id,\n    votedFor: null,\n" },
  },
  {
    id: "lead-match-commit",
    what: "a new leader takes what it knows to be committed for matched",
    breaks: [1],
    source: "a hunt for survivors of the suite",
    edit: { find: "forAll(others(node), 0)", replace: "forAll(others(node), node.commitIndex)" },
  },
  {
    id: "propose-stringifies",
    what: "a command becomes a string",
    breaks: [3],
    source: "a hunt for survivors of the suite",
    edit: {
      find: "appendNewCommand(node.log, node.currentTerm, command)",
      replace: "appendNewCommand(node.log, node.currentTerm, String(command))",
    },
  },
  {
    id: "propose-falsy",
    what: "a command that is 0, false or empty is refused",
    breaks: [3],
    source: "a truthiness test",
    edit: {
      find: "      const log = appendNewCommand",
      replace:
        '      if (!command) return { effects: [{ type: "refused", leader: node.leader }] }\n      const log = appendNewCommand',
    },
  },
  {
    id: "refused-names-vote",
    what: "whom it voted for is told as the leader",
    breaks: [4],
    source: "a hunt for survivors of the suite",
    edit: { find: "leader: node.leader }] }", replace: "leader: node.leader ?? node.votedFor }] }" },
  },
  {
    id: "ex-leader-sends",
    what: "a server that led once goes on sending",
    breaks: [7],
    source: "a hunt for survivors of the suite",
    edit: {
      find: '      if (node.role !== "leader") return undefined\n      const last',
      replace: "      const last",
    },
  },
  {
    id: "candidate-beats",
    what: "a candidate sends heartbeats",
    breaks: [7],
    source: "a hunt for survivors of the suite",
    edit: {
      find: '(node.role === "leader" ? { effects: heartbeats(node) } : undefined)',
      replace: '(node.role !== "follower" ? { effects: heartbeats(node) } : undefined)',
    },
  },
  {
    id: "candidate-learns",
    what: "a candidate goes on with answers to its earlier leadership",
    breaks: [7, 18],
    source: "a hunt for survivors of the suite",
    edit: {
      find: 'if (node.role !== "leader" || next === undefined',
      replace: 'if (node.role === "follower" || next === undefined',
    },
  },
  {
    id: "next-past-end",
    what: "after a batch, nextIndex is one too far: heartbeats stop",
    breaks: [7],
    source: "a hunt for survivors of the suite",
    edit: { find: "Math.min(next + maxEntries, last + 1)", replace: "Math.min(next + maxEntries, last + 2)" },
  },
  {
    id: "gap-jumped",
    what: "the guess jumps over entries that are gone",
    breaks: [9],
    source: "a hunt for survivors of the suite",
    edit: { find: " && next > node.log.base.index && next <= last", replace: " && next <= last" },
  },
  {
    id: "answers-old-leader",
    what: "the answer goes to the leader it knew before",
    breaks: [10],
    source: "a hunt for survivors of the suite",
    edit: {
      find: "to: from, term: node.currentTerm, success",
      replace: "to: node.leader ?? from, term: node.currentTerm, success",
    },
  },
  {
    id: "refuses-below-commit",
    what: "whatever begins below commitIndex is refused",
    breaks: [10],
    source: "a hunt for survivors of the suite",
    edit: {
      find: "      const { success, log } = appendEntries(node.log, prevLogIndex, prevLogTerm, entries)\n",
      replace:
        "      const taken = appendEntries(node.log, prevLogIndex, prevLogTerm, entries)\n      const { success, log } = prevLogIndex < node.commitIndex ? { success: false, log: node.log } : taken\n",
    },
  },
  {
    id: "leader-by-entries",
    what: "the leader is noted only when entries come",
    breaks: [12],
    source: "a hunt for survivors of the suite",
    edit: {
      find: "set: { log, leader: from },",
      replace: "set: { log, leader: entries.length > 0 ? from : node.leader },",
    },
  },
  {
    id: "guess-stops-at-commit",
    what: "the guess is never moved below the commitIndex: a fresh follower is never brought level",
    breaks: [16],
    source: "a hunt for survivors of the suite",
    edit: [
      { find: "[from]: next - 1 } }", replace: "[from]: Math.max(node.commitIndex + 1, next - 1) } }" },
      {
        find: "if (next === match + 1) return undefined",
        replace: "if (next === match + 1 || next === node.commitIndex + 1) return undefined",
      },
    ],
  },
]
