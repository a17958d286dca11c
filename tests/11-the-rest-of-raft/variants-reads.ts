import type { Variant } from "#suite"

const inReads = (find: string, replace: string) => ({ file: "reads.ts", find, replace })
const inPrevote = (find: string, replace: string) => ({ file: "prevote.ts", find, replace })
const inTransfer = (find: string, replace: string) => ({ file: "transfer.ts", find, replace })

export const variants: readonly Variant[] = [
  {
    id: "reads-with-heartbeats",
    what: "rounds are asked for with the heartbeats only, and are numbered in steps of seven",
    why: "sending at once or later is free, and so is what a round is called",
    edit: [
      inReads(
        "isLeased(node, now) ? reading.confirmed : reading.round + 1",
        "isLeased(node, now) ? reading.confirmed : reading.round + 7",
      ),
      inReads("  const round = reading.round + 1\n", "  const round = reading.round + 7\n"),
      inReads("    effects: questions(node, round),\n", "    effects: [],\n"),
    ],
  },
  {
    id: "all-twice",
    what: "questions and answers are sent twice, and in the reverse order",
    why: "extra and doubled messages are free, and so is their order",
    edit: [
      inReads(
        "return others(node).map((to) => send",
        "return [...others(node), ...others(node)].reverse().map((to) => send",
      ),
      inReads(
        '                send({ type: "ConfirmResponse", from: node.id, to: from, term: node.currentTerm, round }),\n',
        '                send({ type: "ConfirmResponse", from: node.id, to: from, term: node.currentTerm, round }),\n                send({ type: "ConfirmResponse", from: node.id, to: from, term: node.currentTerm, round }),\n',
      ),
      inPrevote(
        "...others(node).map((to) => send({ ...question, to }))",
        "...[...others(node), ...others(node)].reverse().map((to) => send({ ...question, to }))",
      ),
      inPrevote(
        "        answer(node, question, question.proposedTerm",
        "        answer(node, question, question.proposedTerm > node.currentTerm && isUpToDate(node, question)),\n        answer(node, question, question.proposedTerm",
      ),
    ],
  },
  {
    id: "careful-leases",
    what: "a lease is a little shorter than it could be; the last reads are answered first; who steps down names nobody",
    why: "the margin is a lower bound, the order of answers is free, and a name may not be known yet",
    edit: [
      inReads("return shortest / (1 + drift)", "return (shortest * (1 - drift)) / (1 + drift / 2)"),
      inReads(
        'effects: ready.map(({ read }) => ({ type: "readable", read })),',
        'effects: [...ready].reverse().map(({ read }) => ({ type: "readable", read })),',
      ),
      inReads(
        'effects: waiting.map(({ read }) => ({ type: "notReadable", read, leader })),',
        'effects: [...waiting].reverse().map(({ read }) => ({ type: "notReadable", read, leader: leader === "nobody" ? leader : null })),',
      ),
    ],
  },
  {
    id: "asks-as-follower",
    what: "who asks is a follower again and still names its last leader; whoever said yes before is not forgotten when it asks for the same term once more",
    why: "only term and vote must stay; and an answer is for a term, not for a question",
    edit: [
      inPrevote(
        "set: { heard: false, leader: null, preVote: { term, granted: [node.id] } },",
        'set: { heard: false, role: "follower", votesGranted: [], preVote: { term, granted: node.preVote.term === term ? [...new Set([...node.preVote.granted, node.id])] : [node.id] } },',
      ),
    ],
  },
  {
    id: "quorum-with-grace",
    what: "a new leader has all servers' word for its first period, and late votes are answers, too",
    why: "its first period is no whole one",
    edit: [
      inPrevote(
        'node.role !== "leader" && node.active.length > 0 ? { set: { active: [] } } : undefined',
        'node.role !== "leader" && node.active.length !== others(node).length ? { set: { active: others(node) } } : undefined',
      ),
    ],
  },
  {
    id: "transfer-with-heartbeats",
    what: "the successor is told with a heartbeat; a leader that steps down says that its transfer is over, in other words",
    why: "sending at once or later is free, and the words are",
    edit: [
      inTransfer(
        "  handlers: {\n",
        "  handlers: {\n    heartbeatTimeout: (node: FullNode) => handOver(node),\n",
      ),
      inTransfer(
        "    handOver: (node) => {\n      const { role, transfer, matchIndex, log, id, currentTerm } = node\n",
        "    later: () => undefined,\n",
      ),
      inTransfer(
        `      if (role !== "leader" || transfer === null || transfer.told) return undefined
      if (matchIndex[transfer.to] !== lastIndex(log)) return undefined
      const message = { type: "TimeoutNow", from: id, to: transfer.to, term: currentTerm } as const
      return { set: { transfer: { ...transfer, told: true }, toldIn: currentTerm }, effects: [send(message)] }
    },
`,
        "",
      ),
      inTransfer(
        "function whyNot(",
        `function handOver(node: FullNode) {
  const { role, transfer, matchIndex, log, id, currentTerm } = node
  if (role !== "leader" || transfer === null || transfer.told) return undefined
  if (matchIndex[transfer.to] !== lastIndex(log)) return undefined
  const message = { type: "TimeoutNow", from: id, to: transfer.to, term: currentTerm } as const
  return { set: { transfer: { ...transfer, told: true }, toldIn: currentTerm }, effects: [send(message)] }
}

function whyNot(`,
      ),
      inTransfer(
        'role !== "leader" && transfer !== null ? { set: { transfer: null } } : undefined',
        'role !== "leader" && transfer !== null ? { set: { transfer: null }, effects: [declined("another one leads")] } : undefined',
      ),
    ],
  },
]
