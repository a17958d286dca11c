import type { Bug } from "#suite"

export const bugs: readonly Bug[] = [
  {
    id: "cfg-on-commit",
    what: "a configuration is used only once it is committed",
    breaks: [18],
    source: "catalogue: cfg-on-commit; section 6",
    edit: {
      file: "membership.ts",
      find: "const upTo = lastIndex(log)",
      replace: "const upTo = node.commitIndex",
    },
  },
  {
    id: "cfg-not-reverted",
    what: "a configuration stays in force when its entry is overwritten",
    breaks: [19],
    source: "catalogue: cfg-not-reverted",
    edit: {
      file: "membership.ts",
      find: "isStill(log, configured) ? latest(log, upTo, configured.upTo) : configurationAt(node)",
      replace: "latest(log, upTo, configured.upTo)",
    },
  },
  {
    id: "cfg-same-index",
    what: "an entry that took the place of another one is not looked at",
    breaks: [19],
    source: "only the length of the log is compared",
    edit: {
      file: "membership.ts",
      find: "if (configured.upTo === upTo && configured.term === term &&",
      replace: "if (configured.upTo === upTo &&",
    },
  },
  {
    id: "cfg-jump",
    what: "from the old configuration straight to the new one",
    breaks: [21, 22],
    source: "catalogue: cfg-one-majority; Figure 10",
    edit: {
      file: "membership.ts",
      find: "...configure(node, change.voters, voters)",
      replace: "...configure(node, change.voters, [])",
    },
  },
  {
    id: "cfg-swapped",
    what: "the old voters take the place of the new ones in the joint configuration",
    breaks: [21, 22],
    source: "own mistake",
    edit: {
      file: "membership.ts",
      find: "...configure(node, change.voters, voters)",
      replace: "...configure(node, voters, change.voters)",
    },
  },
  {
    id: "cfg-overlap",
    what: "a second change begins while the first is not committed",
    breaks: [20],
    source: "catalogue: cfg-overlap",
    edit: {
      file: "membership.ts",
      find: "if (oldVoters.length > 0 || configured.index > commitIndex) return",
      replace: "if (false) return",
    },
  },
  {
    id: "cfg-overlap-new",
    what: "a change begins while the new configuration alone is not committed",
    breaks: [20],
    source: "catalogue: cfg-overlap, half of it",
    edit: {
      file: "membership.ts",
      find: "if (oldVoters.length > 0 || configured.index > commitIndex) return",
      replace: "if (oldVoters.length > 0) return",
    },
  },
  {
    id: "cfg-thesis-bug",
    what: "a change begins before an entry of the own term is committed",
    breaks: [20],
    source: "catalogue: cfg-thesis-bug; raft-dev, 2015",
    edit: {
      file: "membership.ts",
      find: "if (termAt(log, commitIndex) !== currentTerm)",
      replace: "if (termAt(log, commitIndex) === null)",
    },
  },
  {
    id: "cfg-nobody",
    what: "an empty list of voters is taken",
    breaks: [20],
    source: "own mistake",
    edit: { file: "membership.ts", find: "if (voters.length === 0)", replace: "if (voters.length < 0)" },
  },
  {
    id: "cfg-twice",
    what: "a server that is named twice has two votes",
    breaks: [20],
    source: "own mistake",
    edit: { file: "membership.ts", find: "if (twice !== undefined)", replace: 'if (twice === "")' },
  },
  {
    id: "cfg-no-catch-up",
    what: "new servers count before they have the log",
    breaks: [21],
    source: "section 6: availability gaps",
    edit: {
      file: "membership.ts",
      find: "if (!change.voters.every(isThere)) return undefined",
      replace: "if (!change.voters.some(isThere)) return undefined",
    },
  },
  {
    id: "cfg-catch-up-some",
    what: "a new server counts as soon as it has answered",
    breaks: [21],
    source: "section 6",
    edit: {
      file: "membership.ts",
      find: "(matchIndex[server] ?? 0) >= change.upTo",
      replace: "(matchIndex[server] ?? 0) > 0",
    },
  },
  {
    id: "cfg-catch-up-all",
    what: "old voters must have answered, too, before a change goes on",
    breaks: [21],
    source: "own mistake",
    edit: {
      file: "membership.ts",
      find: "server === id || voters.includes(server) || (matchIndex",
      replace: "server === id || (matchIndex",
    },
  },
  {
    id: "cfg-not-tracked",
    what: "servers that are to be added are sent nothing",
    breaks: [21, 25],
    source: "own mistake",
    edit: {
      file: "membership.ts",
      find: "[...others(node), ...(node.change?.voters ?? [])]",
      replace: "[...others(node)]",
    },
  },
  {
    id: "cfg-tracked-for-ever",
    what: "servers that were taken out are still sent everything",
    breaks: [25],
    source: "own mistake",
    edit: {
      file: "membership.ts",
      find: "[...others(node), ...(node.change?.voters ?? [])]",
      replace: "[...known, ...others(node), ...(node.change?.voters ?? [])]",
    },
  },
  {
    id: "cfg-leave-early",
    what: "the joint configuration is left before it is committed",
    breaks: [23],
    source: "section 6, Figure 11",
    edit: {
      file: "membership.ts",
      find: 'if (role !== "leader" || configured.index > commitIndex) return undefined',
      replace: 'if (role !== "leader") return undefined',
    },
  },
  {
    id: "cfg-leave-own",
    what: "only the leader that began a change brings it to its end",
    breaks: [23],
    source: 'section 6: "a leader"',
    edit: {
      file: "membership.ts",
      find: 'if (role !== "leader" || configured.index > commitIndex) return undefined',
      replace:
        'if (role !== "leader" || configured.index > commitIndex || termAt(node.log, configured.index) !== node.currentTerm)\n    return undefined',
    },
  },
  {
    id: "cfg-leave-never",
    what: "the joint configuration is never left",
    breaks: [23],
    source: "own mistake",
    edit: {
      file: "membership.ts",
      find: "if (oldVoters.length > 0) return { set: configure(node, voters, []) }",
      replace: "if (oldVoters.length > 0) return undefined",
    },
  },
  {
    id: "cfg-leader-stays",
    what: "a leader that was taken out goes on leading",
    breaks: [24],
    source: "section 6, the second of three issues",
    edit: {
      file: "membership.ts",
      find: 'return voters.includes(id) ? undefined : { set: { role: "follower", leader: null } }',
      replace: "return undefined",
    },
  },
  {
    id: "cfg-leader-goes-early",
    what: "a leader that is to go steps down as soon as it has appended the new configuration",
    breaks: [24],
    source: "section 6, the second of three issues",
    edit: {
      file: "membership.ts",
      find: 'if (role !== "leader" || configured.index > commitIndex) return undefined',
      replace:
        'if (role !== "leader" || (configured.index > commitIndex && (voters.includes(id) || oldVoters.length > 0))) return undefined',
    },
  },
  {
    id: "cfg-onlooker-stands",
    what: "a server without a vote stands for election",
    breaks: [27],
    source: "section 6, the third of three issues",
    edit: {
      file: "membership.ts",
      find: "return isSettled && !voters.includes(id)",
      replace: 'return isSettled && id === "" && !voters.includes(id)',
    },
  },
  {
    id: "cfg-onlooker-told",
    what: "a server without a vote stands for election when it is told to",
    breaks: [27],
    source: "found by a reader of the spec: only `electionTimeout` was thought of",
    edit: {
      file: "membership.ts",
      find: 'if (type !== "electionTimeout" && type !== "TimeoutNow") return undefined',
      replace: 'if (type !== "electionTimeout") return undefined',
    },
  },
  {
    id: "cfg-onlooker-old",
    what: "a server that is only in the old list does not stand, though it has a vote",
    breaks: [27],
    source: "own mistake",
    edit: {
      file: "membership.ts",
      find: "return isSettled && !voters.includes(id) && !oldVoters.includes(id)",
      replace: "return isSettled && !voters.includes(id)",
    },
  },
  {
    id: "cfg-outgoing-never-stands",
    what: "a server that is to go never stands, though nobody else can lead",
    breaks: [28],
    source: "found by random schedules in the reference; dissertation, 4.2.2",
    edit: {
      file: "membership.ts",
      find: "const isSettled = configured.index <= commitIndex",
      replace: "const isSettled = configured.index <= Math.max(commitIndex, lastIndex(log))",
    },
  },
  {
    id: "cfg-change-outlives",
    what: "a change that has not begun outlives the leadership in which it was asked for",
    breaks: [21],
    source: "own mistake",
    edit: {
      file: "membership.ts",
      find: 'if (role === "leader" || change === null) return undefined',
      replace: 'if (role !== "candidate" || change === null) return undefined',
    },
  },
  {
    id: "cfg-replaced-silently",
    what: "a change whose place another one takes is never answered",
    breaks: [21],
    source: "waiters-hang",
    edit: {
      file: "membership.ts",
      find: 'const effects = node.change === null ? [] : [declined("another change took its place")]',
      replace: "const effects: FullEffect[] = []",
    },
  },
  {
    id: "cfg-blocked",
    what: "a change for a server that never comes blocks all others",
    breaks: [21],
    source: "own mistake",
    edit: {
      file: "membership.ts",
      find: 'if (voters.length === 0) return "a cluster',
      replace:
        'if (node.change !== null) return "another change has begun"\n  if (voters.length === 0) return "a cluster',
    },
  },
  {
    id: "cfg-late-for-itself",
    what: "a leader goes by a configuration only after the rules that count votes have run",
    breaks: [18, 22],
    source: "own mistake: a cluster of one",
    edit: {
      file: "membership.ts",
      find: "return { log, voters, oldVoters, configured: { upTo: index, term: node.currentTerm, index } }",
      replace:
        "return { log, voters: node.voters, oldVoters: node.oldVoters, configured: index > 0 ? node.configured : node.configured }",
    },
  },
  {
    id: "cfg-old-forgotten",
    what: "followers take the new list of a joint configuration for all of it",
    breaks: [18, 22],
    source: "catalogue: cfg-one-majority",
    edit: {
      file: "configuration.ts",
      find: "return { index, configuration: { voters, oldVoters } }",
      replace: "return { index, configuration: { voters, oldVoters: oldVoters.slice(oldVoters.length) } }",
    },
  },
  {
    id: "cfg-restart",
    what: "after a crash, the configuration in the log is found only with the next entry",
    breaks: [18],
    source: "found by a check in the reference",
    edit: {
      file: "node.ts",
      find: "const { index, configuration } = configurationAt(saved)",
      replace: "const { index } = configurationAt(saved)\n  const { configuration } = saved.snapshot",
    },
  },
  {
    id: "own-entry-none",
    what: "a leader begins its term without an entry of its own",
    breaks: [26],
    source: "section 8",
    edit: {
      file: "parts.ts",
      find: 'role === "leader" && lastTerm(log) < currentTerm',
      replace: 'role === "leader" && lastTerm(log) > currentTerm',
    },
  },
  {
    id: "own-entry-command",
    what: "a leader's own entry has a command, which state machines are given",
    breaks: [26],
    source: "own mistake",
    edit: {
      file: "parts.ts",
      find: "appendNewCommand(log, currentTerm, null)",
      replace: 'appendNewCommand(log, currentTerm, "")',
    },
  },
]
