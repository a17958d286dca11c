import type { Variant } from "#suite"

const rule = `      const sent = ready.map(([peer, next]) => [peer, Math.min(next + maxEntries, last + 1)] as const)
      return {
        set: { nextIndex: { ...node.nextIndex, ...Object.fromEntries(sent) } },
        effects: ready.map(([peer]) => sendEntries(node, peer)),
      }`

export const variants: readonly Variant[] = [
  {
    id: "at-the-heartbeat",
    what: "sends nothing at once: news and retries wait for the next heartbeat",
    why: "Figure 2 does not say how soon",
    edit: [
      {
        find: "if (ready.length === 0) return undefined",
        replace: "if (ready.length >= 0) return undefined",
      },
      { find: "next - 1 > match + 1 ? [sendEntries(back, from)] : []", replace: "[]" },
    ],
  },
  {
    id: "one-entry",
    what: "one entry in a message",
    why: "any batch size up to maxEntries",
    edit: [
      { find: "Math.min(next + maxEntries, last + 1)", replace: "Math.min(next + 1, last + 1)" },
      { find: "entriesFrom(node.log, next, maxEntries)", replace: "entriesFrom(node.log, next, 1)" },
    ],
  },
  {
    id: "whole-term-back",
    what: "a refusal walks nextIndex back to the beginning of a term",
    why: "backing off by entry or by term (end of section 5.3)",
    edit: {
      find: "const back = { ...node, nextIndex: { ...node.nextIndex, [from]: next - 1 } }",
      replace:
        "let to = next - 1\n      while (to > match + 1 && termAt(node.log, to) === termAt(node.log, next - 1)) to--\n      const back = { ...node, nextIndex: { ...node.nextIndex, [from]: to } }",
    },
  },
  {
    id: "straight-back",
    what: "a refusal walks straight back to what is known to match",
    why: "how far to walk back is free, down to matchIndex + 1",
    edit: {
      find: "const back = { ...node, nextIndex: { ...node.nextIndex, [from]: next - 1 } }",
      replace: "const back = { ...node, nextIndex: { ...node.nextIndex, [from]: match + 1 } }",
    },
  },
  {
    id: "hints",
    what: "a refusal says where the follower's log conflicts, and the leader jumps there",
    why: "section 5.3: the conflict's term and first index",
    edit: [
      {
        find: "const answer = { from: node.id, to: from, term: node.currentTerm, success, matchIndex }",
        replace:
          "const conflict = { term: null, index: Math.min(prevLogIndex, lastIndex(node.log) + 1) }\n      const answer = { from: node.id, to: from, term: node.currentTerm, success, matchIndex, ...(success ? {} : { conflict }) }",
      },
      {
        find: "AppendEntriesResponse: (node, { from, success, matchIndex }) =>",
        replace: "AppendEntriesResponse: (node, { from, success, matchIndex, conflict }) =>",
      },
      {
        find: "[from]: next - 1 } }",
        replace: "[from]: Math.max(match + 1, Math.min(next - 1, conflict?.index ?? next - 1)) } }",
      },
    ],
  },
  {
    id: "pipelining",
    what: "sends every new entry at once, whatever is still unanswered; a refusal walks straight back",
    why: "the leader need not wait for answers",
    edit: [
      {
        find: "next === (node.matchIndex[peer] ?? 0) + 1 && next > node.log.base.index && next <= last,",
        replace:
          "((node.matchIndex[peer] ?? 0) > 0 || next === 1) && next > node.log.base.index && next <= last,",
      },
      {
        find: "const back = { ...node, nextIndex: { ...node.nextIndex, [from]: next - 1 } }",
        replace:
          "const back = { ...node, nextIndex: { ...node.nextIndex, [from]: match > 0 ? match + 1 : next - 1 } }",
      },
    ],
  },
  {
    id: "sent-twice",
    what: "every batch of news is sent twice",
    why: "entries may be sent again at any time",
    edit: {
      find: rule,
      replace: rule.replace(
        "ready.map(([peer]) => sendEntries(node, peer))",
        "ready.flatMap(([peer]) => [sendEntries(node, peer), sendEntries(node, peer)])",
      ),
    },
  },
  {
    id: "no-kernel",
    what: "a step of one's own instead of the kernel's",
    why: "the suites test `step` and nothing inside it",
    edit: {
      find: "export const step: Step<RaftNode, ReplicationEvent, Effect> = compose(replication)",
      replace: `const composed = compose(replication)
export const step: Step<RaftNode, ReplicationEvent, Effect> = (node, event) => {
  const { state, effects } = composed(node, event)
  return { state: { ...state, ...{ note: "a field of its own" } }, effects, because: [] }
}`,
    },
  },
  {
    id: "eager-straight-back",
    what: "sends whatever is unsent after any event; a refusal goes straight back to what matches",
    why: "sending at once, pipelining, and how far to walk back are free",
    edit: [
      {
        find: "next === (node.matchIndex[peer] ?? 0) + 1 && next > node.log.base.index && next <= last,",
        replace: "next > node.log.base.index && next <= last,",
      },
      { find: "[from]: next - 1 } }", replace: "[from]: match + 1 } }" },
      {
        find: "effects: next - 1 > match + 1 ? [sendEntries(back, from)] : [] }",
        replace: "effects: match + 1 <= node.log.base.index ? [sendEntries(back, from)] : [] }",
      },
    ],
  },
  {
    id: "lead-noop-next-behind-all",
    what: "a new leader adds an empty entry, and expects followers to have that, too",
    why: "a no-op on election or not; nextIndex is a guess",
    edit: [
      {
        find: "  return { set: leading, effects: heartbeats(leading) }",
        replace:
          "  const log = appendNewCommand(node.log, node.currentTerm, null)\n  return { set: { ...leading, log, nextIndex: forAll(others(node), lastIndex(log) + 1) }, effects: heartbeats({ ...leading, log }) }",
      },
    ],
  },
  {
    id: "hb-empty-plus-entries",
    what: "a heartbeat is an empty message and, beside it, one with entries",
    why: "extra heartbeats do no harm",
    edit: [
      {
        find: '(node.role === "leader" ? { effects: heartbeats(node) } : undefined)',
        replace:
          '(node.role === "leader" ? { effects: heartbeats(node).flatMap((e) => e.type === "send" && e.message.type === "AppendEntries" && e.message.entries.length > 0 ? [{ ...e, message: { ...e.message, entries: [] } }, e] : [e]) } : undefined)',
      },
    ],
  },
]
