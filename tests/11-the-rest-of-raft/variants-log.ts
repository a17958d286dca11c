import type { Variant } from "#suite"

/** 11b, 11c and 11g: other ways to tell conflicts, to send snapshots and to keep much under way. */
export const variants: readonly Variant[] = [
  {
    id: "own-pace-of-parts",
    what: "parts of 20,000 characters, each sent twice, and an empty one at the end",
    why: "parts have at most maxPart characters, and a message may come twice",
    edit: [
      {
        file: "snapshots.ts",
        find: "const data = all.slice(offset, offset + maxPart)\n  const done = offset + data.length === all.length",
        replace: "const data = all.slice(offset, offset + 20_000)\n  const done = data.length === 0",
      },
      {
        file: "snapshots.ts",
        find: "effects: [part(node, to, offset)] }",
        replace: "effects: [part(node, to, offset), part(node, to, offset)] }",
      },
    ],
  },
  {
    id: "parts-by-heartbeat",
    what: "the first part and all that follow go out with the next heartbeat",
    why: "when a message goes out is free",
    edit: [
      {
        file: "snapshots.ts",
        find: "return { set: { installing: { ...node.installing, [to]: installing } }, effects: [part(node, to, offset)] }",
        replace: "return { set: { installing: { ...node.installing, [to]: installing } } }",
      },
    ],
  },
  {
    id: "begins-anew",
    what: "a first part always begins the collecting anew; what was collected for a stale snapshot stays; received tells all characters when it is installed",
    why: "the leader goes on from wherever the follower is; nobody needs received once it is installed",
    edit: [
      {
        file: "snapshots.ts",
        find: 'const before = goesOn ? node.receiving.data : ""',
        replace: 'const before = goesOn && offset > 0 ? node.receiving.data : ""',
      },
      {
        file: "snapshots.ts",
        find: "set: { ...heard, receiving: null }, effects: [timer, answer(0, true)]",
        replace: "set: heard, effects: [timer, answer(offset + message.data.length, true)]",
      },
      { file: "snapshots.ts", find: "answer(data.length, true)]", replace: "answer(0, true)]" },
    ],
  },
  {
    id: "late-installed",
    what: "that an older snapshot is installed is taken for what it is, a fact; a double answer has the part sent again",
    why: "whoever has installed one has all up to there, and that is committed",
    edit: [
      {
        file: "snapshots.ts",
        find: "if (!isUnderWay(node, installing, answer.lastIncludedIndex)) return undefined\n",
        replace: "if (!isUnderWay(node, installing, answer.lastIncludedIndex)) return learn(node, answer)\n",
      },
      {
        file: "snapshots.ts",
        find: "if (answer.received === installing.offset) return undefined // the part under way was lost, or is yet to come\n",
        replace: "",
      },
      {
        file: "snapshots.ts",
        find: "function receive(node: FullNode",
        replace:
          'function learn(node: FullNode, { from, installed, lastIncludedIndex }: InstallSnapshotResponse): Change<FullNode, FullEffect> | undefined {\n  const match = node.matchIndex[from]\n  if (node.role !== "leader" || !installed || match === undefined || match >= lastIncludedIndex) return undefined\n  const next = Math.max(node.nextIndex[from] ?? 1, lastIncludedIndex + 1)\n  return {\n    set: {\n      matchIndex: { ...node.matchIndex, [from]: lastIncludedIndex },\n      nextIndex: { ...node.nextIndex, [from]: next },\n    },\n  }\n}\n\nfunction receive(node: FullNode',
      },
    ],
  },
  {
    id: "other-conflicts",
    what: "a conflict comes with refusals of older terms, too, and may begin at the log's base; the leader looks from the front",
    why: "a refusal because of an older term needs none, and may have one",
    edit: [
      {
        file: "backtracking.ts",
        find: 'event.type !== "AppendEntries" || event.term < node.currentTerm',
        replace: 'event.type !== "AppendEntries"',
      },
      {
        file: "backtracking.ts",
        find: "while (first - 1 > log.base.index &&",
        replace: "while (first - 1 >= Math.max(1, log.base.index) &&",
      },
      {
        file: "backtracking.ts",
        find: "  for (let last = lastIndex(log); last >= log.base.index; last--) {\n    const mine = termAt(log, last) ?? 0\n    if (mine === term) return last + 1\n    if (mine < term) break // terms in a log never go down\n  }\n",
        replace:
          "  // From the front: the first entry of a later term ends it.\n  for (let next = log.base.index + 1; next <= lastIndex(log) + 1; next++) {\n    const before = termAt(log, next - 1) ?? 0\n    const there = termAt(log, next) ?? Number.POSITIVE_INFINITY\n    if (before === term && there > term) return next\n  }\n",
      },
    ],
  },
  {
    id: "careful-flow",
    what: "what would go beyond the bound waits, commas count, the last follower comes first",
    why: "about so much is under way, counted as JSON; the order of messages is free",
    edit: [
      {
        file: "flow.ts",
        find: "  if (underWay(node, to) >= maxInFlight) return undefined\n",
        replace:
          "  const already = underWay(node, to)\n  if (already > 0 && already + bytesOf(entries) > maxInFlight) return undefined\n",
      },
      {
        file: "flow.ts",
        find: "bytes + entryText(entry).length, 0)",
        replace: "bytes + entryText(entry).length + 1, 0)",
      },
      {
        file: "flow.ts",
        find: "underWay(node, message.to) >= maxInFlight",
        replace: "underWay(node, message.to) >= maxInFlight - 2 * worthSending",
      },
      {
        file: "flow.ts",
        find: "for (const peer of Object.keys(node.nextIndex)) {",
        replace: "for (const peer of Object.keys(node.nextIndex).toReversed()) {",
      },
    ],
  },
]
