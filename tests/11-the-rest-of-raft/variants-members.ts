import type { Variant } from "#suite"

const membership = "membership.ts"

export const variants: readonly Variant[] = [
  {
    id: "members-patient",
    what: "new servers must have the whole log, as it is now; their logs are asked for from the first entry on; the log is searched anew every time",
    why: "section 6 only says that new servers catch up first; 4.2.1 of the dissertation has rounds",
    edit: [
      {
        file: membership,
        find: "(matchIndex[server] ?? 0) >= change.upTo",
        replace: "(matchIndex[server] ?? 0) >= lastIndex(node.log)",
      },
      {
        file: membership,
        find: "all(node.nextIndex, lastIndex(node.log) + 1)",
        replace: "all(node.nextIndex, node.log.base.index + 1)",
      },
      {
        file: membership,
        find: "isStill(log, configured) ? latest(log, upTo, configured.upTo) : configurationAt(node)",
        replace:
          "isStill(log, configured) && upTo < 0 ? latest(log, upTo, configured.upTo) : configurationAt(node)",
      },
    ],
  },
  {
    id: "members-leave-later",
    what: "a leader that was taken out steps down with its next heartbeat",
    why: "the paper has it step down once the new configuration is committed, and not in which step",
    edit: [
      {
        file: membership,
        find: 'if (type !== "electionTimeout" && type !== "TimeoutNow") return undefined',
        replace: [
          'if (type === "heartbeatTimeout" && role === "leader" && !voters.includes(id) && oldVoters.length === 0 && configured.index <= commitIndex)',
          '        return { stop: true, set: { role: "follower", leader: null } }',
          '      if (type !== "electionTimeout" && type !== "TimeoutNow") return undefined',
        ].join("\n"),
      },
      {
        file: membership,
        find: "noVote: ({ id, voters, oldVoters, configured, commitIndex }, { type }) => {",
        replace: "noVote: ({ id, role, voters, oldVoters, configured, commitIndex }, { type }) => {",
      },
      {
        file: membership,
        find: 'return voters.includes(id) ? undefined : { set: { role: "follower", leader: null } }',
        replace: "return undefined",
      },
    ],
  },
]
