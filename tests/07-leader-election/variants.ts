import type { Variant } from "#suite"

export const variants: readonly Variant[] = [
  {
    id: "no-op",
    what: "a new leader puts an empty entry of its own term into the log",
    why: "section 8 suggests it; the rules of section 5 do without",
    edit: [
      {
        find: "        ? lead(node)\n",
        replace: "        ? withNoOp(node)\n",
      },
      {
        find: "const resetElectionTimer: Effect",
        replace: `function withNoOp(node: RaftNode): Change<RaftNode, Effect> {
  const leading = lead(node)
  const entries = [...node.log.entries, { term: node.currentTerm, command: null }]
  return { ...leading, set: { ...leading.set, log: { ...node.log, entries } } }
}

const resetElectionTimer: Effect`,
      },
    ],
  },
  {
    id: "silent-to-the-past",
    what: "messages of an older term are not answered",
    why: "stale messages may be answered or ignored: the newer term gets round by other messages",
    edit: { find: "? { stop: true, effects: refusal(node, event) }", replace: "? { stop: true }" },
  },
  {
    id: "votes-for-the-leader",
    what: "who hears a leader of a new term notes it in votedFor",
    why: "in that term, no other can win any more",
    edit: {
      find: '{ set: { role: "follower", leader: from }, effects: [resetElectionTimer] }',
      replace:
        '{ set: { role: "follower", leader: from, votedFor: node.votedFor ?? from }, effects: [resetElectionTimer] }',
    },
  },
  {
    id: "gives-up",
    what: "a candidate that a majority refuses is a follower again",
    why: "it cannot win any more; the paper lets it wait",
    edit: {
      find: 'if (node.role !== "candidate" || !voteGranted || node.votesGranted.includes(from)) return undefined',
      replace: `if (node.role !== "candidate") return undefined
      if (!voteGranted) {
        const known = "refused" in node ? (node.refused as { term: number; by: string[] }) : { term: 0, by: [] }
        const by = [...new Set([...(known.term === node.currentTerm ? known.by : []), from])]
        if (isQuorum(node, (server) => by.includes(server))) return { set: { role: "follower" } }
        return { set: { ...{ refused: { term: node.currentTerm, by } } } }
      }
      if (node.votesGranted.includes(from)) return undefined`,
    },
  },
  {
    id: "asks-twice",
    what: "every RequestVote is sent twice",
    why: "RequestVote may be sent again",
    edit: {
      find: "...others(node).map((to)",
      replace: "...[...others(node), ...others(node)].map((to)",
    },
  },
  {
    id: "election-last",
    what: "the election feature acts after replication and commitment",
    why: "the order of features is free, once the terms are settled",
    edit: {
      find: "compose(election, replication, commitment)",
      replace: "compose(replication, commitment, election)",
    },
  },
  {
    id: "ids-reversed",
    what: "asks and announces in the reverse order",
    why: "the order of messages is free",
    edit: { find: "...others(node).map((to)", replace: "...[...others(node)].reverse().map((to)" },
  },
  {
    id: "own-structure",
    what: "a step of one's own around the kernel's, with a field of its own in the state",
    why: "the suites test `step` and nothing inside it",
    edit: {
      find: "export const step: Step<RaftNode, RaftEvent, Effect> = compose(election, replication, commitment)",
      replace: `const composed: Step<RaftNode, RaftEvent, Effect> = compose(election, replication, commitment)
export const step: Step<RaftNode, RaftEvent, Effect> = (node, event) => {
  const { state, effects } = composed(node, event)
  return { state: { ...state, ...{ steps: 1 } }, effects, because: [] }
}`,
    },
  },
]
