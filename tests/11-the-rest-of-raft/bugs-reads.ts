import type { Bug } from "#suite"

const paper = "section 8: two extra measures"
const dissertation = "dissertation, 6.4"
const etcd = "https://github.com/etcd-io/etcd/pull/7331"

const inReads = (find: string, replace: string) => ({ file: "reads.ts", find, replace })
const inPrevote = (find: string, replace: string) => ({ file: "prevote.ts", find, replace })
const inTransfer = (find: string, replace: string) => ({ file: "transfer.ts", find, replace })

const ownTerm = "  if (termAt(log, commitIndex) !== currentTerm) return undefined\n"
const nextRound = "const round = isLeased(node, now) ? reading.confirmed : reading.round + 1"
const counted = 'const counts = node.role === "leader" && isUnderWay(reading) && round === reading.round'
const confirmedBy = "isQuorum(node, (server) => reading.acks.includes(server))"
const leasedUntil =
  "const leaseUntil = lease === null || reading.began === null ? reading.leaseUntil : reading.began + lease"
const leased = "return now !== undefined && now < reading.leaseUntil && toldIn !== currentTerm"
const begun = "set: { reading: { ...reading, round, acks: [id], began: first.now } },"
const ready = "round <= reading.confirmed && index !== null && index <= lastApplied"
const gaveUp =
  "set: { reading: { waiting: [], round, confirmed: round, acks: [], began: null, leaseUntil: 0 } },"

const readBugs: readonly Bug[] = [
  {
    id: "read-no-own-commit",
    what: "a new leader takes its commitIndex for all that is committed, before an entry of its own is",
    breaks: [30],
    source: `catalogue; ${paper}`,
    edit: inReads(ownTerm, ""),
  },
  {
    id: "read-no-quorum",
    what: "a leader believes that it leads, and asks nobody",
    breaks: [31],
    source: `catalogue; ${paper}`,
    edit: inReads(confirmedBy, "reading.acks.includes(node.id)"),
  },
  {
    id: "read-reused-ack",
    what: "answers to an earlier round confirm the one under way",
    breaks: [31],
    source: `catalogue; ${etcd}`,
    edit: inReads(
      counted,
      'const counts = node.role === "leader" && isUnderWay(reading) && round <= reading.round',
    ),
  },
  {
    id: "read-same-round",
    what: "a read that comes while a round is under way is answered by that round",
    breaks: [31],
    source: `catalogue (read-reused-ack); ${dissertation}`,
    edit: inReads(
      nextRound,
      "const round = isLeased(node, now) ? reading.confirmed : isUnderWay(reading) ? reading.round : reading.round + 1",
    ),
  },
  {
    id: "read-acks-kept",
    what: "a round begins with those who confirmed the one before it",
    breaks: [31],
    source: "own mistake: a list that is not emptied",
    edit: inReads("acks: [id], began: first.now", "acks: [id, ...reading.acks], began: first.now"),
  },
  {
    id: "read-before-apply",
    what: "a read that waits for the first entry of the term is answered as soon as it is confirmed",
    breaks: [30],
    source: "catalogue; https://github.com/etcd-io/etcd/issues/20418",
    edit: inReads(ready, "round <= reading.confirmed && (index ?? 0) <= lastApplied"),
  },
  {
    id: "read-one-majority",
    what: "in a joint configuration, the new majority confirms by itself",
    breaks: [31],
    source: "section 6: separate majorities",
    edit: inReads(
      confirmedBy,
      "isQuorum({ ...node, oldVoters: [] }, (server) => reading.acks.includes(server))",
    ),
  },
  {
    id: "read-old-majority",
    what: "in a joint configuration, the old majority confirms by itself",
    breaks: [31],
    source: "section 6: separate majorities",
    edit: inReads(
      confirmedBy,
      "isQuorum({ ...node, voters: node.oldVoters.length > 0 ? node.oldVoters : node.voters, oldVoters: [] }, (server) => reading.acks.includes(server))",
    ),
  },
  {
    id: "read-nonvoter",
    what: "whoever confirms counts, with a vote or without",
    breaks: [31],
    source: "answers counted by their number",
    edit: inReads(confirmedBy, "reading.acks.length * 2 > node.voters.length"),
  },
  {
    id: "read-half",
    what: "half of the servers are a majority",
    breaks: [31],
    source: "off by one (catalogue: commit-quorum-off)",
    edit: inReads(
      confirmedBy,
      "reading.acks.filter((server) => node.voters.includes(server)).length * 2 >= node.voters.length && (node.oldVoters.length === 0 || isQuorum(node, (server) => reading.acks.includes(server)))",
    ),
  },
  {
    id: "read-ack-twice",
    what: "an answer that comes twice counts twice",
    breaks: [31],
    source: "catalogue (count-dup-votes)",
    edit: [
      inReads(
        "if (!counts || reading.acks.includes(from)) return undefined",
        "if (!counts) return undefined",
      ),
      inReads(
        confirmedBy,
        "isQuorum(node, (server) => reading.acks.includes(server)) || reading.acks.length * 2 > node.voters.length + node.oldVoters.length",
      ),
    ],
  },
  {
    id: "read-self-missing",
    what: "a leader forgets that it confirms itself",
    breaks: [31],
    source: "own mistake",
    edit: inReads("acks: [id], began: first.now", "acks: [], began: first.now"),
  },
  {
    id: "read-waiters-hang",
    what: "a leader that steps down forgets those that wait",
    breaks: [29, 34],
    source: "catalogue (waiters-hang); https://github.com/databendlabs/openraft/commit/43dd8b6f",
    edit: inReads(
      'effects: waiting.map(({ read }) => ({ type: "notReadable", read, leader })),',
      "effects: [],",
    ),
  },
  {
    id: "read-waits-on",
    what: "a leader that steps down keeps its reads, until it may lead again",
    breaks: [29, 34],
    source: "no rule for stepping down",
    edit: inReads("rules: { giveUp, noteIndex,", "rules: { noteIndex,"),
  },
  {
    id: "read-local",
    what: "a follower answers from what it has",
    breaks: [29],
    source: "catalogue (local-read)",
    edit: inReads(
      'return { effects: [{ type: "notReadable", read, leader: node.leader }] }',
      'return { effects: [node.leader === null ? { type: "notReadable", read, leader: null } : { type: "readable", read }] }',
    ),
  },
  {
    id: "read-leader-unnamed",
    what: "a follower does not say who leads",
    breaks: [29],
    source: "rule 29",
    edit: inReads("read, leader: node.leader }] }", "read, leader: null }] }"),
  },
  {
    id: "read-never-again",
    what: "a lost question is not asked again",
    breaks: [33],
    source: "catalogue (rep-no-retry)",
    edit: inReads(
      'node.role === "leader" && isUnderWay(node.reading)\n          ? { effects',
      'node.role === "leader" && node.reading.round < 0\n          ? { effects',
    ),
  },
  {
    id: "read-again-next-round",
    what: "with every heartbeat the round before is asked for again",
    breaks: [33],
    source: "off by one",
    edit: inReads("questions(node, node.reading.round)", "questions(node, node.reading.confirmed)"),
  },
  {
    id: "read-rounds-pile-up",
    what: "every read begins a round of its own, though one is under way",
    breaks: [32],
    source: "a leader that asks all others for every read",
    edit: [
      inReads(
        'if (role !== "leader" || isUnderWay(reading) || first === undefined) return undefined',
        'if (role !== "leader" || first === undefined) return undefined',
      ),
    ],
  },
  {
    id: "read-left-behind",
    what: "of those that came while a round was under way, only the first is answered by the next",
    breaks: [32, 34],
    source: "own mistake: a queue that is not emptied",
    edit: inReads(
      nextRound,
      "const last = reading.waiting.at(-1)?.round ?? reading.round\n        const round = isLeased(node, now) ? reading.confirmed : reading.waiting.length > 1 ? last + 2 : reading.round + 1",
    ),
  },
  {
    id: "confirm-silent-candidate",
    what: "a candidate does not take the sender of a Confirm for its leader",
    breaks: [31],
    source: "catalogue (cand-ignores-leader)",
    edit: inReads('set: { role: "follower", leader: from },', "set: { leader: from },"),
  },
  {
    id: "confirm-no-timer",
    what: "a Confirm does not restart the election timer",
    breaks: [31],
    source: "rule 31: reads alone would not keep a leader",
    edit: inReads('                { type: "resetElectionTimer" },\n', ""),
  },
  {
    id: "confirm-no-leader",
    what: "a Confirm does not tell who leads",
    breaks: [31],
    source: "rule 31",
    edit: inReads('set: { role: "follower", leader: from },', 'set: { role: "follower" },'),
  },
  {
    id: "confirm-wrong-round",
    what: "a follower answers with a round that it counts itself",
    breaks: [31],
    source: "own mistake",
    edit: inReads(
      "term: node.currentTerm, round }),",
      "term: node.currentTerm, round: node.reading.round }),",
    ),
  },
  {
    id: "own-entry-never",
    what: "a leader has no first entry: reads wait for the next write",
    breaks: [30],
    source: "section 8: a blank no-op entry",
    edit: {
      file: "parts.ts",
      find: 'role === "leader" && lastTerm(log) < currentTerm',
      replace: 'role === "leader" && lastTerm(log) > currentTerm',
    },
  },
]

const leaseBugs: readonly Bug[] = [
  {
    id: "lease-no-margin",
    what: "a lease is as long as the shortest timeout, as if all clocks were one",
    breaks: [35],
    source: `${dissertation}.1: bounded clock drift`,
    edit: inReads("return shortest / (1 + drift)", "return shortest / (1 + 0 * drift)"),
  },
  {
    id: "lease-margin-percent",
    what: "the margin is taken off once too little: shortest less drift milliseconds",
    breaks: [35],
    source: "a unit mistaken",
    edit: inReads("return shortest / (1 + drift)", "return shortest - drift"),
  },
  {
    id: "lease-from-answer",
    what: "a lease is counted from the last read that is there when the answer comes",
    breaks: [35],
    source: `${dissertation}.1: from the time when the round began`,
    edit: inReads(
      leasedUntil,
      leasedUntil.replace(
        "reading.began + lease",
        "Math.max(reading.began, ...reading.waiting.map((each) => each.now ?? 0)) + lease",
      ),
    ),
  },
  {
    id: "lease-extended",
    what: "a read that comes while a round is under way makes its lease longer",
    breaks: [35],
    source: "own mistake",
    edit: inReads(
      "return { set: { reading: { ...reading, waiting } } }\n      },",
      "return { set: { reading: { ...reading, waiting, began: now ?? reading.began } } }\n      },",
    ),
  },
  {
    id: "lease-extended-by-reads",
    what: "reads within a lease make it longer",
    breaks: [35],
    source: "a lease that is never asked for again",
    edit: inReads(
      "return { set: { reading: { ...reading, waiting } } }\n      },",
      "const leaseUntil = isLeased(node, now) && lease !== null ? (now ?? 0) + lease : reading.leaseUntil\n        return { set: { reading: { ...reading, waiting, leaseUntil } } }\n      },",
    ),
  },
  {
    id: "lease-after-told",
    what: "a leader that told somebody to take over goes on with its lease",
    breaks: [35],
    source: `${dissertation}.1; 3.10`,
    edit: inReads(" && toldIn !== currentTerm", " && (toldIn !== currentTerm || currentTerm > 0)"),
  },
  {
    id: "lease-after-transfer",
    what: "when the transfer has come to nothing, the lease holds again",
    breaks: [35],
    source: "own mistake: the one that was told may stand yet",
    edit: inTransfer(
      "{ set: { transfer: null }, effects: [declined(`",
      "{ set: { transfer: null, toldIn: 0 }, effects: [declined(`",
    ),
  },
  {
    id: "lease-never-after-told",
    what: "who once told somebody to take over never has a lease again",
    breaks: [35],
    source: "a reset that is forgotten",
    edit: inReads("toldIn !== currentTerm", "toldIn < Math.min(1, currentTerm)"),
  },
  {
    id: "lease-kept-over-terms",
    what: "a lease survives a deposition",
    breaks: [35],
    source: "a reset that is forgotten",
    edit: inReads(gaveUp, gaveUp.replace("leaseUntil: 0", "leaseUntil")),
  },
  {
    id: "lease-without-now",
    what: "a read without a time of its own takes the lease for granted",
    breaks: [35],
    source: "rule 35: `now` left out, the majority is asked",
    edit: inReads(
      leased,
      "return (now === undefined ? reading.leaseUntil > 0 : now < reading.leaseUntil) && toldIn !== currentTerm",
    ),
  },
  {
    id: "lease-from-nothing",
    what: "a round without a time gives a lease from time 0",
    breaks: [35],
    source: "null taken for 0",
    edit: inReads(
      leasedUntil,
      "const leaseUntil = lease === null ? reading.leaseUntil : (reading.began ?? 0) + lease",
    ),
  },
  {
    id: "lease-one-longer",
    what: "a lease holds at its end, too",
    breaks: [35],
    source: "off by one",
    edit: inReads("now < reading.leaseUntil", "now <= reading.leaseUntil"),
  },
  {
    id: "lease-at-once",
    what: "the lease begins with the question",
    breaks: [35],
    source: "who has not been answered has no lease",
    edit: inReads(
      begun,
      "set: { reading: { ...reading, round, acks: [id], began: first.now, leaseUntil: lease_(first.now, reading.leaseUntil) } },".replace(
        "lease_(first.now, reading.leaseUntil)",
        "first.now === null ? reading.leaseUntil : first.now + 100",
      ),
    ),
  },
  {
    id: "lease-forgets-own-entry",
    what: "a leased read is answered before an entry of the leader's own term is committed",
    breaks: [30, 35],
    source: "rule 30 holds for them as well",
    edit: inReads(
      "const waiting = [...reading.waiting, { read, round, index: null, now: now ?? null }]",
      "const index = isLeased(node, now) ? node.commitIndex : null\n        const waiting = [...reading.waiting, { read, round, index, now: now ?? null }]",
    ),
  },
  {
    id: "lease-always",
    what: "there is a lease where none was wanted",
    breaks: [35],
    source: "rule 35: where `stepWith` was given one",
    edit: inReads(
      leasedUntil,
      "const leaseUntil = reading.began === null ? reading.leaseUntil : reading.began + (lease ?? 100)",
    ),
  },
  {
    id: "lease-never",
    what: "every read asks the majority",
    breaks: [35],
    source: "rule 35: reads before the end need no round",
    edit: inReads(
      leased,
      "return now !== undefined && now < 0 && now < reading.leaseUntil && toldIn !== currentTerm",
    ),
  },
]

const loyal = '(node.role === "leader" || node.heard)'
const asked = 'return role !== "leader" && preVote.granted.length > 0 && preVote.term === currentTerm + 1'
const granted = "question.proposedTerm > node.currentTerm && isUpToDate(node, question)"
const counting = "isQuorum(node, (server) => server === node.id || node.active.includes(server))"
const hearing =
  'if (node.role === "leader" || (node.heard && node.preVote.granted.length === 0)) return undefined'
const question = "set: { heard: false, leader: null, preVote: { term, granted: [node.id] } },"

const preVoteBugs: readonly Bug[] = [
  {
    id: "prevote-raises-term",
    what: "a server that asks takes the proposed term at once",
    breaks: [38],
    source: "dissertation, 9.6: it must not increment its term",
    edit: inPrevote(question, question.replace("set: { ", "set: { currentTerm: term, votedFor: null, ")),
  },
  {
    id: "prevote-raises-voter",
    what: "who is asked takes the proposed term",
    breaks: [39],
    source: "a PreVote handled like a RequestVote",
    edit: inPrevote(
      "PreVote: (node, question) => ({\n",
      "PreVote: (node, question) => ({\n      set: { currentTerm: Math.max(node.currentTerm, question.proposedTerm), votedFor: null },\n",
    ),
  },
  {
    id: "prevote-takes-vote",
    what: "a yes is noted as a vote",
    breaks: [39],
    source: "a PreVote handled like a RequestVote",
    edit: inPrevote(
      "PreVote: (node, question) => ({\n",
      "PreVote: (node, question) => ({\n      set: { votedFor: question.from },\n",
    ),
  },
  {
    id: "prevote-vote-matters",
    what: "who has given its vote in its term says no",
    breaks: [39],
    source: "a PreVote handled like a RequestVote",
    edit: inPrevote(granted, `${granted} && (node.votedFor === null || node.votedFor === question.from)`),
  },
  {
    id: "prevote-restarts-timer",
    what: "a yes restarts the election timer",
    breaks: [39],
    source: "a PreVote handled like a RequestVote",
    edit: inPrevote(
      "        answer(node, question, question.proposedTerm",
      '        { type: "resetElectionTimer" },\n        answer(node, question, question.proposedTerm',
    ),
  },
  {
    id: "prevote-same-term",
    what: "a yes for its own term, too",
    breaks: [39],
    source: "off by one",
    edit: inPrevote("question.proposedTerm > node.currentTerm", "question.proposedTerm >= node.currentTerm"),
  },
  {
    id: "prevote-any-log",
    what: "the log is not compared",
    breaks: [39],
    source: "section 5.4.1",
    edit: inPrevote(granted, "question.proposedTerm > node.currentTerm"),
  },
  {
    id: "prevote-strict-log",
    what: "an equally long log is not up to date",
    breaks: [39],
    source: "catalogue (vote-strict)",
    edit: {
      file: "parts.ts",
      find: "return lastLogIndex >= lastIndex(log)",
      replace: "return lastLogIndex > lastIndex(log)",
    },
  },
  {
    id: "prevote-past-ignored",
    what: "who asks from an older term is not answered, and never gets to know",
    breaks: [39],
    source: "etcd: a node with pre-vote that is stuck in an older term",
    edit: inPrevote("? { stop: true, effects: [answer(node, event, false)] }", "? { stop: true }"),
  },
  {
    id: "prevote-old-answers",
    what: "answers to an older question count",
    breaks: [40],
    source: "catalogue (count-old-votes)",
    edit: inPrevote("voteGranted && proposedTerm === term && isAsked(node)", "voteGranted && isAsked(node)"),
  },
  {
    id: "prevote-void-question",
    what: "a term that came meanwhile does not make the question void",
    breaks: [40],
    source: "own mistake",
    edit: inPrevote(asked, 'return role !== "leader" && preVote.granted.length > 0'),
  },
  {
    id: "prevote-goes-on",
    what: "hearing a leader does not end the question",
    breaks: [40],
    source: "own mistake: a won pre-vote, and a leader that is heard",
    edit: inPrevote(
      "return { set: { heard: true, preVote: { term: 0, granted: [] } } }",
      "return node.heard ? undefined : { set: { heard: true } }",
    ),
  },
  {
    id: "prevote-answer-twice",
    what: "an answer that comes twice counts twice, and so does anybody's",
    breaks: [38],
    source: "catalogue (count-dup-votes)",
    edit: [
      inPrevote(" && !granted.includes(from)", ""),
      inPrevote(
        "isAsked(node) && isQuorum(node, (server) => node.preVote.granted.includes(server))",
        "isAsked(node) && node.preVote.granted.length * 2 > node.voters.length",
      ),
    ],
  },
  {
    id: "prevote-half",
    what: "half would do",
    breaks: [38],
    source: "catalogue (elect-half)",
    edit: inPrevote(
      "isAsked(node) && isQuorum(node, (server) => node.preVote.granted.includes(server))",
      "isAsked(node) && [node.voters, node.oldVoters].every((list) => list.filter((server) => node.preVote.granted.includes(server)).length * 2 >= list.length)",
    ),
  },
  {
    id: "prevote-one-majority",
    what: "in a joint configuration, the new majority is asked, and counts",
    breaks: [38],
    source: "section 6",
    edit: inPrevote(
      "isAsked(node) && isQuorum(node,",
      "isAsked(node) && isQuorum({ ...node, oldVoters: [] },",
    ),
  },
  {
    id: "prevote-self-missing",
    what: "it does not count itself",
    breaks: [38],
    source: "own mistake",
    edit: [inPrevote("preVote: { term, granted: [node.id] } }", 'preVote: { term, granted: [""] } }')],
  },
  {
    id: "prevote-no-election",
    what: "a pre-vote that is won leads to nothing",
    breaks: [38],
    source: "own mistake: the rule forgotten",
    edit: inPrevote(
      "  return { set: { ...set, preVote: { term: 0, granted: [] } }, effects }",
      "  return { set: { preVote: { term: 0, granted: [] } }, effects: set === undefined ? effects : [] }",
    ),
  },
  {
    id: "prevote-no-timer",
    what: "asking does not restart the election timer",
    breaks: [38],
    source: "rule 38",
    edit: inPrevote('effects: [{ type: "resetElectionTimer" }, ...others(node)', "effects: [...others(node)"),
  },
  {
    id: "prevote-wrong-log",
    what: "the question tells the index of the last committed entry",
    breaks: [38],
    source: "own mistake",
    edit: inPrevote("lastLogIndex: lastIndex(node.log)", "lastLogIndex: node.commitIndex"),
  },
  {
    id: "prevote-envelope",
    what: "a question carries the proposed term as its own",
    breaks: [38, 39],
    source: "etcd's MsgPreVote does so: here, `term` is the sender's own",
    edit: inPrevote("term: node.currentTerm,\n    proposedTerm: term,", "term,\n    proposedTerm: term,"),
  },
  {
    id: "deaf-not",
    what: "who hears a leader gives votes all the same",
    breaks: [36],
    source: "section 6: disruptive servers",
    edit: inPrevote(loyal, '(node.role === "leader")'),
  },
  {
    id: "deaf-leader-not",
    what: "a leader takes the term of whoever stands",
    breaks: [36],
    source: "dissertation, 4.2.3",
    edit: inPrevote(loyal, '(node.role !== "leader" && node.heard)'),
  },
  {
    id: "deaf-to-prevote-not",
    what: "only RequestVote is ignored",
    breaks: [36],
    source: "stickiness without the question",
    edit: inPrevote(
      'if (event.type === "PreVote") return true\n',
      'if (event.type === "PreVote") return false\n',
    ),
  },
  {
    id: "deaf-to-transfer",
    what: "a successor that was told to stand is ignored as well",
    breaks: [36],
    source: "dissertation, 4.2.3: the flag",
    edit: inPrevote(' && !("leadershipTransfer" in event && event.leadershipTransfer === true)', ""),
  },
  {
    id: "deaf-term-taken",
    what: "whoever is deaf takes the term, and gives no vote",
    breaks: [36],
    source: "section 6: it does not update its term",
    edit: inPrevote(
      "? { stop: true } : undefined,",
      '? { stop: true, ...("term" in event && typeof event.term === "number" && event.term > node.currentTerm ? { set: { currentTerm: event.term, votedFor: null, role: "follower" as const } } : {}) } : undefined,',
    ),
  },
  {
    id: "deaf-not-at-start",
    what: "a server that has just started votes at once",
    breaks: [37],
    source: "dissertation, 6.4.1: leases and restarts",
    edit: { file: "node.ts", find: "heard: true,", replace: "heard: false," },
  },
  {
    id: "deaf-for-ever",
    what: "deafness never ends",
    breaks: [37],
    source: "a reset that is forgotten",
    edit: inPrevote(
      "(heard ? { set: { heard: false } } : undefined)",
      "(heard ? { set: { heard: true } } : undefined)",
    ),
  },
  {
    id: "deaf-confirm-unheard",
    what: "a Confirm is not heard: so leases rest on nothing",
    breaks: [37],
    source: "own mistake",
    edit: inPrevote("    Confirm: hearLeader,\n", "    Confirm: () => undefined,\n"),
  },
  {
    id: "deaf-snapshot-unheard",
    what: "a leader that sends a snapshot is not heard",
    breaks: [37],
    source: "own mistake",
    edit: inPrevote("    InstallSnapshot: hearLeader,\n", "    InstallSnapshot: () => undefined,\n"),
  },
  {
    id: "deaf-candidate-hears-not",
    what: "only who asks nobody hears a leader",
    breaks: [37, 40],
    source: "a condition turned",
    edit: inPrevote(
      hearing,
      'if (node.role === "leader" || node.heard || node.preVote.granted.length > 0) return undefined',
    ),
  },
]

const quorumBugs: readonly Bug[] = [
  {
    id: "quorum-never",
    what: "a leader that nobody answers leads for ever",
    breaks: [41],
    source: "dissertation, 6.2",
    edit: inPrevote(
      "return answers ? { set: { active: [] } }",
      "return answers || node.voters.length > 0 ? { set: { active: [] } }",
    ),
  },
  {
    id: "quorum-always",
    what: "a leader steps down at every election timeout",
    breaks: [41],
    source: "catalogue (timer-leader-campaigns)",
    edit: inPrevote(
      "return answers ? { set: { active: [] } }",
      "return answers && node.voters.length === 0 ? { set: { active: [] } }",
    ),
  },
  {
    id: "quorum-campaigns",
    what: "a leader that steps down stands for election in the same step, in a newer term",
    breaks: [41],
    source: "own mistake: project 7's handler sees a follower's timeout",
    edit: inPrevote(
      '{ stop: true, set: { role: "follower", leader: null } }',
      '{ set: { role: "follower", leader: null } }',
    ),
  },
  {
    id: "quorum-old-answers",
    what: "whoever has answered once counts for ever",
    breaks: [41],
    source: "a reset that is forgotten",
    edit: inPrevote(
      "return answers ? { set: { active: [] } }",
      "return answers ? { set: { active: node.active } }",
    ),
  },
  {
    id: "quorum-forgets-itself",
    what: "a leader does not count itself",
    breaks: [41],
    source: "off by one",
    edit: inPrevote(counting, "isQuorum(node, (server) => node.active.includes(server))"),
  },
  {
    id: "quorum-counts-all",
    what: "whoever answers counts, with a vote or without",
    breaks: [41],
    source: "answers counted by their number",
    edit: inPrevote(counting, "(node.active.length + 1) * 2 > node.voters.length"),
  },
  {
    id: "quorum-one-majority",
    what: "in a joint configuration, the new majority is enough",
    breaks: [41],
    source: "section 6",
    edit: inPrevote(
      counting,
      "isQuorum({ ...node, oldVoters: [] }, (server) => server === node.id || node.active.includes(server))",
    ),
  },
  {
    id: "quorum-half",
    what: "half of them, itself among them, are enough",
    breaks: [41],
    source: "off by one",
    edit: inPrevote(
      counting,
      "[node.voters, node.oldVoters].every((list) => list.filter((server) => server === node.id || node.active.includes(server)).length * 2 >= list.length)",
    ),
  },
  {
    id: "quorum-append-only",
    what: "only answers to AppendEntries count",
    breaks: [41],
    source: "own mistake: a follower that installs a long snapshot",
    edit: [
      inPrevote(
        "    InstallSnapshotResponse: noteAnswer,\n",
        "    InstallSnapshotResponse: () => undefined,\n",
      ),
      inPrevote("    ConfirmResponse: noteAnswer,\n", "    ConfirmResponse: () => undefined,\n"),
    ],
  },
]

const transferBugs: readonly Bug[] = [
  {
    id: "xfer-lagging",
    what: "a successor is told at once, however far behind it is",
    breaks: [43],
    source: "dissertation, 3.10, step 2",
    edit: inTransfer(
      "if (matchIndex[transfer.to] !== lastIndex(log)) return undefined",
      "if (matchIndex[transfer.to] === undefined || log.base.index < 0 || lastIndex(log) < 0) return undefined",
    ),
  },
  {
    id: "xfer-committed-enough",
    what: "a successor that has what is committed is told",
    breaks: [43],
    source: "commitIndex for the end of the log",
    edit: [
      inTransfer(
        "if (matchIndex[transfer.to] !== lastIndex(log)) return undefined",
        "if ((matchIndex[transfer.to] ?? 0) < Math.min(node.commitIndex, lastIndex(log))) return undefined",
      ),
    ],
  },
  {
    id: "xfer-one-short",
    what: "a successor that lacks one entry is told",
    breaks: [43],
    source: "off by one",
    edit: inTransfer(
      "if (matchIndex[transfer.to] !== lastIndex(log)) return undefined",
      "if ((matchIndex[transfer.to] ?? 0) < lastIndex(log) - 1) return undefined",
    ),
  },
  {
    id: "xfer-to-itself",
    what: "a leader hands over to itself, and takes nothing any more",
    breaks: [42],
    source: "rule 42",
    edit: inTransfer(
      "  if (to === id) return `${id} leads already`\n",
      "  if (to === `${id} itself`) return `${id} leads already`\n",
    ),
  },
  {
    id: "xfer-to-nonvoter",
    what: "a server without a vote is to lead",
    breaks: [42],
    source: "rule 42",
    edit: inTransfer(
      "if (!voters.includes(to) || (oldVoters",
      "if ((!voters.includes(to) && to.length > 5) || (oldVoters",
    ),
  },
  {
    id: "xfer-by-follower",
    what: "a follower begins a transfer, and hands over as soon as it leads",
    breaks: [42],
    source: "rule 42",
    edit: inTransfer('if (role !== "leader") return `', 'if (role === "candidate") return `'),
  },
  {
    id: "xfer-replaced",
    what: "a second transfer takes the place of the first",
    breaks: [42],
    source: "rule 42",
    edit: inTransfer(
      "return node.transfer === null ? undefined :",
      'return node.transfer === null || node.transfer.to !== "" ? undefined :',
    ),
  },
  {
    id: "xfer-accepts-writes",
    what: "a leader that hands over takes proposals",
    breaks: [44],
    source: "catalogue; dissertation, 3.10, step 1",
    edit: inTransfer(
      'role === "leader" && transfer !== null && type === "propose"',
      'role === "leader" && transfer !== null && type === "proposed"',
    ),
  },
  {
    id: "xfer-accepts-until-told",
    what: "proposals are taken until the successor is told",
    breaks: [44],
    source: "own mistake: so it may never catch up",
    edit: inTransfer(
      'transfer !== null && type === "propose"',
      'transfer?.told === true && type === "propose"',
    ),
  },
  {
    id: "xfer-accepts-when-told",
    what: "proposals are taken again once the successor is told",
    breaks: [44],
    source: "own mistake: so it lacks them when it stands",
    edit: inTransfer(
      'transfer !== null && type === "propose"',
      'transfer?.told === false && type === "propose"',
    ),
  },
  {
    id: "xfer-names-itself",
    what: "proposals are refused with the leader's own name: clients come back at once",
    breaks: [44],
    source: "rule 44",
    edit: inTransfer('{ type: "refused", leader: null }', '{ type: "refused", leader: transfer.to }'),
  },
  {
    id: "xfer-never-ends",
    what: "a transfer that comes to nothing goes on for ever",
    breaks: [46],
    source: "catalogue; dissertation, 3.10: about an election timeout",
    edit: inTransfer("{ set: { transfer: null }, effects: [declined(`", "{ effects: [declined(`"),
  },
  {
    id: "xfer-ends-untold-only",
    what: "once the successor is told, the transfer never ends",
    breaks: [46],
    source: "own mistake: TimeoutNow may be lost",
    edit: inTransfer(
      'role === "leader" && transfer !== null\n        ? { set',
      'role === "leader" && transfer !== null && !transfer.told\n        ? { set',
    ),
  },
  {
    id: "xfer-no-timer",
    what: "the timer goes on when a transfer begins: it may be at its end",
    breaks: [46],
    source: "rule 46",
    edit: inTransfer(
      'told: false } }, effects: [{ type: "resetElectionTimer" }] }',
      "told: false } }, effects: [] }",
    ),
  },
  {
    id: "xfer-told-again",
    what: "with every answer, the successor is told again",
    breaks: [43],
    source: "own mistake: it stands, and stands again",
    edit: inTransfer(
      "transfer: { ...transfer, told: true }, toldIn",
      "transfer: { ...transfer, told: node.votesGranted.includes(transfer.to) && log.base.index > 0 }, toldIn",
    ),
  },
  {
    id: "xfer-kept",
    what: "who steps down keeps its transfer, and goes on with it when it leads again",
    breaks: [44, 46],
    source: "a reset that is forgotten",
    edit: inTransfer(
      'role !== "leader" && transfer !== null ? { set: { transfer: null } } : undefined',
      'role !== "leader" && transfer?.to === "" ? { set: { transfer: null } } : undefined',
    ),
  },
  {
    id: "xfer-no-flag",
    what: "who was told to stand does not say so: all others are deaf",
    breaks: [45],
    source: "dissertation, 4.2.3",
    edit: inTransfer(
      "effects: effects.map(flagged) }",
      'effects: effects.map((each) => (each.type === "apply" ? flagged(each) : each)) }',
    ),
  },
  {
    id: "xfer-asks-first",
    what: "who was told to stand asks first, and nobody says yes",
    breaks: [45],
    source: "dissertation, 9.6 and 3.10",
    edit: inTransfer(
      "const { set, effects = [] } = campaign(node)\n      return",
      "if (node.heard) return undefined\n      const { set, effects = [] } = campaign(node)\n      return",
    ),
  },
  {
    id: "xfer-old-order",
    what: "a TimeoutNow of an older term is obeyed",
    breaks: [45],
    source: "Figure 2: the second rule for all servers",
    edit: inTransfer(
      "    takeNothingNew: ({ role, transfer }, { type }) =>\n",
      '    obey: (node, event) => {\n      if (event.type !== "TimeoutNow" || !("term" in event) || Number(event.term) >= node.currentTerm) return undefined\n      const { set, effects = [] } = campaign(node)\n      return { stop: true, ...(set && { set }), effects: effects.map(flagged) }\n    },\n    takeNothingNew: ({ role, transfer }, { type }) =>\n',
    ),
  },
  {
    id: "xfer-waits-for-timeout",
    what: "who was told to stand waits for its next timeout",
    breaks: [45],
    source: "rule 45: at once",
    edit: inTransfer(
      "return { ...(set && { set }), effects: effects.map(flagged) }",
      'return set === undefined ? undefined : { effects: effects.map(flagged).filter((each) => each.type === "resetElectionTimer") }',
    ),
  },
]

export const bugs: readonly Bug[] = [
  ...readBugs,
  ...leaseBugs,
  ...preVoteBugs,
  ...quorumBugs,
  ...transferBugs,
]
