import type { Bug } from "#suite"

const guide = "https://thesquareplanet.com/blog/students-guide-to-raft/"

const newer = "isMessage(event) && event.term > node.currentTerm"
const older = "isMessage(event) && event.term < node.currentTerm"
const upToDate =
  "if (lastLogTerm !== lastTerm(log)) return lastLogTerm > lastTerm(log)\n  return lastLogIndex >= lastIndex(log)"
const quorum = "isQuorum(node, (server) => node.votesGranted.includes(server))"
const heard = '{ set: { role: "follower", leader: from }, effects: [resetElectionTimer] }'

export const bugs: readonly Bug[] = [
  {
    id: "term-ignored-in-reply",
    what: "a newer term in an answer is overlooked",
    breaks: [1],
    source: "Figure 2: if an RPC request or response contains a newer term",
    edit: { find: newer, replace: `${newer} && !event.type.endsWith("Response")` },
  },
  {
    id: "term-ignored-in-refusal",
    what: "only votes bring a newer term: AppendEntries' refusals do not",
    breaks: [1],
    source: "a deposed leader that goes on for ever",
    edit: { find: newer, replace: `${newer} && event.type !== "AppendEntriesResponse"` },
  },
  {
    id: "term-ignored-in-request-vote",
    what: "a RequestVote whose log is not up to date does not bring its term",
    breaks: [1],
    source: "the log compared before the term is taken",
    edit: {
      find: newer,
      replace: `${newer} && !("lastLogTerm" in event && Number(event.lastLogTerm) < lastTerm(node.log))`,
    },
  },
  {
    id: "newer-term-keeps-role",
    what: "a candidate or leader takes the newer term and stays what it is",
    breaks: [1],
    source: "Figure 2: convert to follower",
    edit: {
      find: 'currentTerm: event.term, role: "follower"',
      replace: "currentTerm: event.term, role: node.role",
    },
  },
  {
    id: "leader-keeps-leading",
    what: "a candidate steps down, a leader does not",
    breaks: [1],
    source: "Figure 2: convert to follower, all servers",
    edit: {
      find: 'currentTerm: event.term, role: "follower"',
      replace: 'currentTerm: event.term, role: node.role === "leader" ? "leader" : "follower"',
    },
  },
  {
    id: "newer-term-only",
    what: "steps down without taking the term",
    breaks: [1],
    source: "Figure 2: set currentTerm = T",
    edit: {
      find: 'currentTerm: event.term, role: "follower"',
      replace: 'currentTerm: node.currentTerm, role: "follower"',
    },
  },
  {
    id: "term-plus-one",
    what: "a newer term is taken as the next one",
    breaks: [1],
    source: "increment where Figure 2 sets",
    edit: {
      find: 'currentTerm: event.term, role: "follower"',
      replace: 'currentTerm: node.currentTerm + 1, role: "follower"',
    },
  },
  {
    id: "vote-not-cleared",
    what: "votedFor is kept into a new term",
    breaks: [1, 6],
    source: "Figure 2: votedFor is the candidate of the current term",
    edit: {
      find: "const nothingDecided = { votedFor: null, leader: null,",
      replace: "const nothingDecided = { leader: null,",
    },
  },
  {
    id: "leader-not-cleared",
    what: "the leader of the old term is taken for that of the new one",
    breaks: [1],
    source: "clients sent to a leader that was",
    edit: {
      find: "const nothingDecided = { votedFor: null, leader: null,",
      replace: "const nothingDecided = { votedFor: null,",
    },
  },
  {
    id: "term-check-after",
    what: "a message of a newer term brings the term and is then thrown away",
    breaks: [2],
    source: "catalogue: the term check after instead of before handling",
    edit: {
      find: "...nothingDecided } }\n        : undefined,\n\n",
      replace: "...nothingDecided }, stop: true }\n        : undefined,\n\n",
    },
  },
  {
    id: "newer-vote-counts",
    what: "a vote of a newer term counts for the candidacy of the older one",
    breaks: [2],
    source: "the term taken, and the message handled by what the server was before",
    edit: [
      {
        find: newer,
        replace: `${newer} && !(node.role === "candidate" && "voteGranted" in event && event.voteGranted === true)`,
      },
    ],
  },
  {
    id: "rep-old-ae",
    what: "AppendEntries of an older term is accepted",
    breaks: [3],
    source: "Figure 2, AppendEntries receiver, step 1",
    edit: { find: older, replace: `${older} && event.type !== "AppendEntries"` },
  },
  {
    id: "old-request-vote",
    what: "a RequestVote of an older term can get a vote",
    breaks: [3],
    source: "Figure 2, RequestVote receiver, step 1",
    edit: { find: older, replace: `${older} && event.type !== "RequestVote"` },
  },
  {
    id: "old-ae-deposes-candidate",
    what: "a leader of an older term makes a candidate a follower",
    breaks: [3],
    source: "section 5.2: if the term in the RPC is at least as large as the candidate's",
    edit: {
      find: "? { stop: true, effects: refusal(node, event) }",
      replace:
        '? { stop: true, set: event.type === "AppendEntries" && node.role === "candidate" ? { role: "follower" } : {}, effects: refusal(node, event) }',
    },
  },
  {
    id: "rep-reply-no-term",
    what: "an older request is refused in the older term",
    breaks: [3],
    source: "Figure 2: reply with currentTerm, for the leader to update itself",
    edit: {
      find: "function refusal(node: RaftNode, { type, from }: Envelope): readonly Effect[] {\n  const answer = { from: node.id, to: from, term: node.currentTerm }",
      replace:
        "function refusal(node: RaftNode, { type, from, term }: Envelope): readonly Effect[] {\n  const answer = { from: node.id, to: from, term }",
    },
  },
  {
    id: "old-request-granted",
    what: "an older RequestVote is answered with a yes",
    breaks: [3],
    source: "a flag the wrong way round",
    edit: {
      find: "...answer, voteGranted: false })]",
      replace: "...answer, voteGranted: node.votedFor === null })]",
    },
  },
  {
    id: "old-ae-success",
    what: "an older AppendEntries is answered with success",
    breaks: [3],
    source: "a flag the wrong way round",
    edit: { find: "success: false, matchIndex: 0 })]", replace: "success: true, matchIndex: 0 })]" },
  },
  {
    id: "count-old-votes",
    what: "votes of an earlier term count",
    breaks: [4],
    source: guide,
    edit: { find: older, replace: `${older} && event.type !== "RequestVoteResponse"` },
  },
  {
    id: "rep-old-reply",
    what: "answers to an earlier leadership count",
    breaks: [4],
    source: guide,
    edit: { find: older, replace: `${older} && event.type !== "AppendEntriesResponse"` },
  },
  {
    id: "term-goes-back",
    what: "any other term is taken, also an older one",
    breaks: [3, 5],
    source: "!== where > belongs",
    edit: { find: newer, replace: "isMessage(event) && event.term !== node.currentTerm" },
  },
  {
    id: "vote-cleared-same-term",
    what: "a message of the current term clears the vote",
    breaks: [5],
    source: ">= where > belongs",
    edit: {
      find: 'set: { role: "follower", leader: from }, effects',
      replace: 'set: { role: "follower", leader: from, votedFor: null }, effects',
    },
  },
  {
    id: "vote-cleared-by-refusal",
    what: "a candidate that is refused gives its own vote free",
    breaks: [5],
    source: "votedFor taken for a sign of candidacy",
    edit: {
      find: 'if (node.role !== "candidate" || !voteGranted ||',
      replace:
        'if (node.role === "candidate" && !voteGranted) return { set: { votedFor: null } }\n      if (node.role !== "candidate" || !voteGranted ||',
    },
  },
  {
    id: "equal-term-steps-down",
    what: "a message of the same term makes a follower of anyone",
    breaks: [5, 14, 20],
    source: ">= where > belongs",
    edit: {
      find: newer,
      replace:
        'isMessage(event) && (event.term > node.currentTerm || (event.term === node.currentTerm && event.type === "RequestVote" && node.role !== "follower"))',
    },
  },
  {
    id: "vote-twice",
    what: "every candidate gets a vote",
    breaks: [6],
    source: "section 5.2: at most one candidate in a term",
    edit: {
      find: "const free = node.votedFor === null || node.votedFor === request.from",
      replace: "const free = node.votedFor !== node.id",
    },
  },
  {
    id: "vote-newest",
    what: "a later candidate of the same term with a longer log takes the vote over",
    breaks: [6],
    source: "first-come-first-served, forgotten (section 5.2)",
    edit: {
      find: "const free = node.votedFor === null ||",
      replace: "const free = request.lastLogIndex > lastIndex(node.log) + 1 || node.votedFor === null ||",
    },
  },
  {
    id: "vote-once-only",
    what: "the candidate it voted for is refused when it asks again",
    breaks: [6],
    source: "Figure 2: null or candidateId",
    edit: {
      find: "const free = node.votedFor === null || node.votedFor === request.from",
      replace: "const free = node.votedFor === null",
    },
  },
  {
    id: "vote-not-noted",
    what: "a vote is granted and not noted",
    breaks: [6],
    source: "Figure 2: votedFor",
    edit: {
      find: "{ set: { votedFor: request.from }, effects: [reply, resetElectionTimer] }",
      replace: "{ effects: [reply, resetElectionTimer] }",
    },
  },
  {
    id: "vote-noted-on-refusal",
    what: "whoever asks first is noted, also when it is refused",
    breaks: [9],
    source: "votedFor set before the log is compared",
    edit: {
      find: ": { effects: [reply] }",
      replace: ": { set: { votedFor: node.votedFor ?? request.from }, effects: [reply] }",
    },
  },
  {
    id: "vote-any-log",
    what: "the candidate's log is not looked at",
    breaks: [7, 8],
    source: "section 5.4.1",
    edit: {
      find: "const voteGranted = free && isUpToDate(node, request)",
      replace: "const voteGranted = free",
    },
  },
  {
    id: "vote-length-only",
    what: "only the length of the logs counts",
    breaks: [7],
    source: guide,
    edit: {
      find: "if (lastLogTerm !== lastTerm(log)) return lastLogTerm > lastTerm(log)\n",
      replace: "if (lastLogTerm < 0) return false\n",
    },
  },
  {
    id: "vote-term-only",
    what: "only the last term counts",
    breaks: [8],
    source: "section 5.4.1: same term, longer log",
    edit: { find: "return lastLogIndex >= lastIndex(log)", replace: "return lastLogIndex >= 0" },
  },
  {
    id: "vote-both",
    what: "both the last term and the length must be at least as great",
    breaks: [7],
    source: "and where the paper says or",
    edit: {
      find: "return lastLogTerm > lastTerm(log)",
      replace: "return lastLogTerm > lastTerm(log) && lastLogIndex >= lastIndex(log)",
    },
  },
  {
    id: "vote-either",
    what: "a later last term or a longer log",
    breaks: [7],
    source: "or where the paper says then",
    edit: {
      find: "return lastLogTerm > lastTerm(log)",
      replace: "return lastLogTerm > lastTerm(log) || lastLogIndex > lastIndex(log)",
    },
  },
  {
    id: "vote-strict",
    what: "a log that is equal is refused",
    breaks: [8],
    source: "section 5.4.1: at least as up-to-date",
    edit: { find: "return lastLogIndex >= lastIndex(log)", replace: "return lastLogIndex > lastIndex(log)" },
  },
  {
    id: "vote-current-term",
    what: "compares the candidate's last term with the voter's current term",
    breaks: [7, 8],
    source: "the wrong one of three terms",
    edit: {
      find: upToDate,
      replace:
        "if (lastLogTerm !== node_term) return lastLogTerm > node_term\n  return lastLogIndex >= lastIndex(log)".replaceAll(
          "node_term",
          "(lastIndex(log) === 0 ? 0 : Math.max(lastTerm(log), lastLogTerm))",
        ),
    },
  },
  {
    id: "vote-entries-length",
    what: "takes the number of entries for the last index: wrong behind a base",
    breaks: [8],
    source: "length taken for index once the log is shortened",
    edit: {
      find: "return lastLogIndex >= lastIndex(log)",
      replace: "return lastLogIndex >= log.entries.length",
    },
  },
  {
    id: "candidate-same-term",
    what: "stands without a new term",
    breaks: [10],
    source: "Figure 2: increment currentTerm",
    edit: {
      find: "const term = node.currentTerm + 1",
      replace: "const term = Math.max(1, node.currentTerm)",
    },
  },
  {
    id: "candidate-no-own-vote",
    what: "a candidate does not note its own vote",
    breaks: [10],
    source: "Figure 2: vote for self",
    edit: {
      find: "set: { currentTerm: term, votedFor: node.id,",
      replace: "set: { currentTerm: term, votedFor: null,",
    },
  },
  {
    id: "candidate-keeps-votes",
    what: "votes of the last candidacy are carried into the next",
    breaks: [10, 14],
    source: "votesGranted cleared only when stepping down",
    edit: {
      find: "votesGranted: [node.id] },",
      replace: "votesGranted: [...new Set([...node.votesGranted, node.id])] },",
    },
  },
  {
    id: "candidate-keeps-leader",
    what: "a candidate goes on sending clients to the old leader",
    breaks: [10],
    source: "the leader of an older term",
    edit: { find: 'role: "candidate", leader: null,', replace: 'role: "candidate",' },
  },
  {
    id: "candidate-waits",
    what: "a candidate whose election timed out does not try again",
    breaks: [10],
    source: "Figure 2: if election timeout elapses, start new election",
    edit: {
      find: 'electionTimeout: (node) => (node.role === "leader" ?',
      replace: 'electionTimeout: (node) => (node.role !== "follower" ?',
    },
  },
  {
    id: "asks-itself",
    what: "asks all servers, itself among them",
    breaks: [11],
    source: "a message to oneself",
    edit: { find: "...others(node).map((to)", replace: "...[node.id, ...others(node)].map((to)" },
  },
  {
    id: "asks-new-voters-only",
    what: "while the membership changes, only the new servers are asked",
    breaks: [11],
    source: "section 6: both configurations",
    edit: {
      find: "...others(node).map((to)",
      replace: "...node.voters.filter((id) => id !== node.id).map((to)",
    },
  },
  {
    id: "ballot-commit",
    what: "tells commitIndex instead of the last index",
    breaks: [11],
    source: "section 5.4.1: the candidate's last log entry",
    edit: {
      find: "lastLogIndex: lastIndex(node.log), lastLogTerm",
      replace: "lastLogIndex: node.commitIndex, lastLogTerm",
    },
  },
  {
    id: "ballot-current-term",
    what: "tells its new term as the term of its last entry",
    breaks: [11],
    source: "the wrong one of three terms",
    edit: { find: "lastLogTerm: lastTerm(node.log) }", replace: "lastLogTerm: term }" },
  },
  {
    id: "ballot-old-term",
    what: "asks for votes in the term before",
    breaks: [11],
    source: "the term read before it is raised",
    edit: {
      find: "const ballot = { from: node.id, term,",
      replace: "const ballot = { from: node.id, term: node.currentTerm,",
    },
  },
  {
    id: "timer-leader-campaigns",
    what: "a leader whose election timer fires stands for election",
    breaks: [12],
    source: "catalogue: timer-leader-campaigns",
    edit: {
      find: 'electionTimeout: (node) => (node.role === "leader" ? undefined : campaign(node))',
      replace: "electionTimeout: (node) => campaign(node)",
    },
  },
  {
    id: "campaign-silent",
    what: "campaign raises the term but asks nobody: the timeout does that by itself",
    breaks: [13],
    source: "half of the work in another place",
    edit: [
      {
        find: "export function campaign(node: RaftNode): Change<RaftNode, Effect> {\n",
        replace:
          "export function campaign(node: RaftNode): Change<RaftNode, Effect> {\n  return { ...stand(node), effects: [] }\n}\n\nfunction stand(node: RaftNode): Change<RaftNode, Effect> {\n",
      },
      { find: "undefined : campaign(node)),", replace: "undefined : stand(node))," },
    ],
  },
  {
    id: "count-dup-votes",
    what: "a vote that comes twice counts twice",
    breaks: [14],
    source: guide,
    edit: [
      { find: "|| node.votesGranted.includes(from)) return undefined", replace: ") return undefined" },
      {
        find: quorum,
        replace: "2 * node.votesGranted.length > node.voters.length && node.oldVoters.length === 0",
      },
    ],
  },
  {
    id: "count-refusals",
    what: "every answer is a vote",
    breaks: [14],
    source: "voteGranted not looked at",
    edit: {
      find: 'if (node.role !== "candidate" || !voteGranted ||',
      replace: 'if (node.role !== "candidate" || voteGranted === undefined ||',
    },
  },
  {
    id: "count-strangers",
    what: "votes from outside the cluster count",
    breaks: [14],
    source: "a count where a quorum is asked for",
    edit: {
      find: quorum,
      replace:
        "2 * node.votesGranted.length > node.voters.length && (node.oldVoters.length === 0 || isQuorum(node, (server) => node.votesGranted.includes(server)))",
    },
  },
  {
    id: "follower-counts-votes",
    what: "a follower counts votes, and may come to lead a term that has a leader",
    breaks: [14, 19],
    source: "catalogue: votes after stepping down",
    edit: [
      {
        find: 'if (node.role !== "candidate" || !voteGranted ||',
        replace: 'if (node.role === "leader" || !voteGranted ||',
      },
      { find: `node.role === "candidate" && ${quorum}`, replace: `node.role !== "leader" && ${quorum}` },
    ],
  },
  {
    id: "leader-elected-again",
    what: "a late vote makes a leader begin afresh",
    breaks: [14],
    source: "becoming leader at every vote beyond the majority",
    edit: [
      {
        find: 'if (node.role !== "candidate" || !voteGranted || node.votesGranted.includes(from)) return undefined',
        replace:
          'if (node.role === "follower" || !voteGranted) return undefined\n      if (node.role === "leader") return { set: { role: "candidate" } }',
      },
    ],
  },
  {
    id: "elect-half",
    what: "half of the votes is enough",
    breaks: [15],
    source: "catalogue: elect-half",
    edit: {
      find: quorum,
      replace:
        "2 * node.voters.filter((server) => node.votesGranted.includes(server)).length >= node.voters.length && (node.oldVoters.length === 0 || isQuorum(node, (server) => node.votesGranted.includes(server)))",
    },
  },
  {
    id: "elect-all",
    what: "all votes are needed",
    breaks: [15],
    source: "a cluster that one dead server stops",
    edit: { find: quorum, replace: "node.voters.every((server) => node.votesGranted.includes(server))" },
  },
  {
    id: "elect-new-list",
    what: "a majority of the new voters is enough",
    breaks: [15],
    source: "section 6: separate majorities from both",
    edit: {
      find: quorum,
      replace:
        "2 * node.voters.filter((server) => node.votesGranted.includes(server)).length > node.voters.length",
    },
  },
  {
    id: "elected-later",
    what: "becomes leader only at its next event",
    breaks: [15, 17],
    source: "the count made before the vote is noted",
    edit: [
      {
        find: "return { set: { votesGranted: [...node.votesGranted, from] } }",
        replace:
          "return isQuorum(node, (server) => node.votesGranted.includes(server)) ? lead(node) : { set: { votesGranted: [...node.votesGranted, from] } }",
      },
      {
        find: `node.role === "candidate" && ${quorum}`,
        replace: 'node.role === "candidate" && node.voters.length === 1',
      },
    ],
  },
  {
    id: "no-announcement",
    what: "a new leader says nothing until its first heartbeat",
    breaks: [16],
    source: "section 5.2: it then sends heartbeats to all, to prevent new elections",
    edit: { find: "? lead(node)\n", replace: "? { ...lead(node), effects: [] }\n" },
  },
  {
    id: "next-not-reinit",
    what: "nextIndex and matchIndex are left from an earlier leadership",
    breaks: [16],
    source: "https://github.com/eliben/raft/commit/65fc436",
    edit: {
      find: "? lead(node)\n",
      replace:
        "? { ...lead(node), set: { ...lead(node).set, nextIndex: { ...lead(node).set?.nextIndex, ...node.nextIndex }, matchIndex: { ...lead(node).set?.matchIndex, ...node.matchIndex } } }\n",
    },
  },
  {
    id: "solo-never-leads",
    what: "a server alone waits for votes that never come",
    breaks: [17],
    source: "https://github.com/etcd-io/raft: single-node clusters",
    edit: {
      find: `node.role === "candidate" && ${quorum}`,
      replace: `node.role === "candidate" && node.votesGranted.length > 1 && ${quorum}`,
    },
  },
  {
    id: "elected-commits",
    what: "a new leader takes for committed what a majority has",
    breaks: [18],
    source: "section 5.4.2, Figure 8",
    edit: {
      find: "? lead(node)\n",
      replace: "? { ...lead(node), set: { ...lead(node).set, commitIndex: lastIndex(node.log) } }\n",
    },
  },
  {
    id: "cand-ignores-leader",
    what: "a candidate stays one when the leader of its term speaks",
    breaks: [19],
    source: "section 5.2: recognizes the leader as legitimate",
    edit: { find: heard, replace: "{ set: { leader: from }, effects: [resetElectionTimer] }" },
  },
  {
    id: "cand-returns-on-entries",
    what: "a candidate heeds the leader only when its entries fit",
    breaks: [19],
    source: "the role changed after the consistency check",
    edit: [
      {
        find: "AppendEntries: (node, { from }) =>",
        replace: "AppendEntries: (node, { from, prevLogIndex }) =>",
      },
      {
        find: heard,
        replace:
          '{ set: prevLogIndex > lastIndex(node.log) ? { leader: from } : { role: "follower", leader: from }, effects: [resetElectionTimer] }',
      },
    ],
  },
  {
    id: "leader-deposed",
    what: "a leader gives way to AppendEntries of its own term",
    breaks: [20],
    source: "catalogue: deposed by an equal-term message",
    edit: {
      find: '      node.role === "leader"\n        ? undefined\n        : { set: { role: "follower", leader: from }',
      replace:
        '      node.role === "leader" && from === node.id\n        ? undefined\n        : { set: { role: "follower", leader: from }',
    },
  },
  {
    id: "leader-gives-up",
    what: "a leader whose AppendEntries is refused steps down, whatever the term",
    breaks: [20],
    source: "every refusal taken for a newer term",
    edit: {
      find: newer,
      replace:
        'isMessage(event) && (event.term > node.currentTerm || (event.type === "AppendEntriesResponse" && "success" in event && event.success === false && event.term === node.currentTerm))',
    },
  },
  {
    id: "timer-not-reset-on-grant",
    what: "granting a vote does not restart the timer",
    breaks: [21],
    source: guide,
    edit: { find: "effects: [reply, resetElectionTimer] }", replace: "effects: [reply] }" },
  },
  {
    id: "timer-not-reset-on-ae",
    what: "hearing the leader does not restart the timer",
    breaks: [21],
    source: "Figure 2: without receiving AppendEntries from current leader",
    edit: { find: heard, replace: '{ set: { role: "follower", leader: from } }' },
  },
  {
    id: "timer-not-reset-on-campaign",
    what: "starting an election does not restart the timer",
    breaks: [21],
    source: "Figure 2: on conversion to candidate, reset election timer",
    edit: { find: "effects: [resetElectionTimer, ...others(node)", replace: "effects: [...others(node)" },
  },
  {
    id: "timer-reset-on-refusal",
    what: "a refused vote restarts the timer",
    breaks: [22],
    source: guide,
    edit: { find: ": { effects: [reply] }", replace: ": { effects: [reply, resetElectionTimer] }" },
  },
  {
    id: "timer-reset-on-stale-ae",
    what: "a leader of an older term restarts the timer",
    breaks: [22],
    source: guide,
    edit: {
      find: "? { stop: true, effects: refusal(node, event) }",
      replace: "? { stop: true, effects: [resetElectionTimer, ...refusal(node, event)] }",
    },
  },
  {
    id: "timer-reset-on-newer-term",
    what: "every newer term restarts the timer",
    breaks: [22],
    source: guide,
    edit: {
      find: "...nothingDecided } }\n",
      replace: "...nothingDecided }, effects: [resetElectionTimer] }\n",
    },
  },
  {
    id: "timer-reset-on-heartbeat",
    what: "a leader's answers restart its timer",
    breaks: [22],
    source: "catalogue: the timer reset by any message",
    edit: {
      find: 'if (node.role !== "candidate" || !voteGranted || node.votesGranted.includes(from)) return undefined',
      replace:
        'if (node.role !== "candidate" || !voteGranted || node.votesGranted.includes(from)) return { effects: [resetElectionTimer] }',
    },
  },
  {
    id: "timer-reset-once",
    what: "only the first message of a leader restarts the timer",
    breaks: [21],
    source: "a hunt for survivors of the suite",
    edit: {
      find: '{ set: { role: "follower", leader: from }, effects: [resetElectionTimer] }',
      replace:
        '{ set: { role: "follower", leader: from }, effects: node.leader !== from ? [resetElectionTimer] : [] }',
    },
  },
  {
    id: "old-ae-of-leader",
    what: "an older message of the present leader is handled as new",
    breaks: [3],
    source: "a hunt for survivors of the suite",
    edit: {
      find: "isMessage(event) && event.term < node.currentTerm",
      replace:
        'isMessage(event) && event.term < node.currentTerm && !(event.type === "AppendEntries" && event.from === node.leader)',
    },
  },
  {
    id: "old-request-of-voted",
    what: "an older request of the one it voted for is granted",
    breaks: [3],
    source: "a hunt for survivors of the suite",
    edit: {
      find: "isMessage(event) && event.term < node.currentTerm",
      replace:
        'isMessage(event) && event.term < node.currentTerm && !(event.type === "RequestVote" && node.votedFor === event.from)',
    },
  },
  {
    id: "winning-accepts",
    what: "winning answers a proposal that nobody made",
    breaks: [16, 18],
    source: "a no-op made by calling propose",
    edit: {
      find: "        ? lead(node)\n",
      replace:
        '        ? { ...lead(node), effects: [...(lead(node).effects ?? []), { type: "accepted", index: lastIndex(node.log), term: node.currentTerm }] }\n',
    },
  },
  {
    id: "voted-for-leads",
    what: "whom it votes for is taken for the leader",
    breaks: [6],
    source: "a hunt for survivors of the suite",
    edit: {
      find: "set: { votedFor: request.from }",
      replace: "set: { votedFor: request.from, leader: request.from }",
    },
  },
  {
    id: "timer-reset-on-vote",
    what: "every vote that comes restarts the timer",
    breaks: [22],
    source: "a hunt for survivors of the suite",
    edit: {
      find: "return { set: { votesGranted: [...node.votesGranted, from] } }",
      replace:
        "return { set: { votesGranted: [...node.votesGranted, from] }, effects: [resetElectionTimer] }",
    },
  },
  {
    id: "refusing-forgets-votes",
    what: "a candidate that refuses a vote forgets its own",
    breaks: [9],
    source: "a hunt for survivors of the suite",
    edit: {
      find: ": { effects: [reply] }",
      replace: ': { set: { votesGranted: node.role === "candidate" ? [node.id] : [] }, effects: [reply] }',
    },
  },
  {
    id: "known-types-only",
    what: "a newer term counts only in the four messages that are known so far",
    breaks: [1],
    source: "project 11 brings more",
    edit: {
      find: "isMessage(event) && event.term > node.currentTerm",
      replace:
        'isMessage(event) && ["AppendEntries", "AppendEntriesResponse", "RequestVote", "RequestVoteResponse"].includes(event.type) && event.term > node.currentTerm',
    },
  },
  {
    id: "strangers-term-ignored",
    what: "a newer term counts only from a voter",
    breaks: [1],
    source: "a hunt for survivors of the suite",
    edit: {
      find: "isMessage(event) && event.term > node.currentTerm",
      replace: "isMessage(event) && node.voters.includes(event.from) && event.term > node.currentTerm",
    },
  },
  {
    id: "campaign-without-reset",
    what: "campaign leaves the reset to the timeout",
    breaks: [13],
    source: "a hunt for survivors of the suite",
    edit: [
      { find: "effects: [resetElectionTimer, ...others(node)", replace: "effects: [...others(node)" },
      {
        find: '(node.role === "leader" ? undefined : campaign(node))',
        replace:
          '(node.role === "leader" ? undefined : { ...campaign(node), effects: [resetElectionTimer, ...(campaign(node).effects ?? [])] })',
      },
    ],
  },
]
