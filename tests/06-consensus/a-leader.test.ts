import { check, group, same } from "#suite"
import type { RaftNode } from "../../projects/03-planning/contract.ts"
import { accepted, compacted, leader, logOf, rejected, servers } from "../cluster/build.ts"
import { commits, step } from "./project.ts"

/** The leader n1 of term 3, which has its followers at these indexes: n2, n3, … */
function leading(matches: readonly number[], fields: Partial<RaftNode> = {}): RaftNode {
  const voters = servers(matches.length + 1)
  const peers = voters.slice(1).map((id, i) => [id, matches[i] ?? 0] as const)
  return leader("n1", {
    voters,
    currentTerm: 3,
    log: logOf(1, 2, 3, 3, 3),
    matchIndex: Object.fromEntries(peers),
    nextIndex: Object.fromEntries(peers.map(([id, match]) => [id, match + 1])),
    ...fields,
  })
}

const propose = { type: "propose", command: "set x 1" } as const

group("6a", "The leader commits", () => {
  check(
    "6a.1",
    [1],
    "three servers: one follower that has it is enough, since the leader has it, too",
    () => {
      commits(leading([0, 0]), accepted("n2", "n1", 3, 4), 4)
      commits(leading([0, 0]), accepted("n3", "n1", 3, 5), 5)
    },
  )

  check("6a.2", [1], "five servers: two followers are enough, one is not", () => {
    commits(leading([0, 0, 0, 0]), accepted("n2", "n1", 3, 4), 0)
    commits(leading([4, 0, 0, 0]), accepted("n5", "n1", 3, 4), 4)
    commits(leading([5, 5, 0, 0], { commitIndex: 0 }), accepted("n4", "n1", 3, 1), 5)
  })

  check("6a.3", [1], "four servers: half is no majority", () => {
    commits(leading([0, 0, 0]), accepted("n2", "n1", 3, 5), 0)
    commits(leading([5, 0, 0]), accepted("n3", "n1", 3, 5), 5)
    commits(leading([0, 0, 4]), accepted("n2", "n1", 3, 4), 4)
  })

  check("6a.4", [1], "two servers: both are needed; seven: four", () => {
    commits(leading([0]), rejected("n2", "n1", 3), 0)
    commits(leading([0]), accepted("n2", "n1", 3, 3), 3)
    commits(leading([4, 4, 0, 0, 0, 0]), accepted("n5", "n1", 3, 4), 4)
    commits(leading([4, 0, 0, 0, 0, 0]), accepted("n5", "n1", 3, 4), 0)
  })

  check("6a.5", [1], "the largest index that a majority has, not the largest that anyone has", () => {
    commits(leading([0, 4, 0, 0]), accepted("n2", "n1", 3, 5), 4)
    commits(leading([0, 3, 0, 0]), accepted("n2", "n1", 3, 5), 3)
    commits(leading([0, 5, 3, 0]), accepted("n2", "n1", 3, 4), 4)
  })

  check("6a.6", [1], "a leader alone commits what it is asked to at once", () => {
    const node = leader("n1", { voters: ["n1"], currentTerm: 1 })
    commits(node, propose, 1)
    commits(step(node, propose).state, propose, 2)
  })

  check("6a.7", [1], "with others, a proposal alone commits nothing", () => {
    commits(leading([0, 0]), propose, 0)
    commits(leading([5, 5], { commitIndex: 5, lastApplied: 5 }), propose, 5)
  })

  check("6a.8", [2], "an entry of an older term is not committed, however many have it (Figure 8)", () => {
    const log = logOf(1, 2, 4)
    commits(leading([0, 2, 0, 0], { currentTerm: 4, log }), accepted("n2", "n1", 4, 2), 0)
    commits(leading([2, 2, 2, 0], { currentTerm: 4, log }), accepted("n5", "n1", 4, 2), 0)
    commits(leading([1, 2, 2, 2], { currentTerm: 4, log: logOf(1, 2) }), accepted("n2", "n1", 4, 2), 0)
  })

  check("6a.9", [2], "also not in a small cluster, nor by a leader alone", () => {
    commits(leading([0, 0], { currentTerm: 3, log: logOf(1, 2, 2) }), accepted("n2", "n1", 3, 3), 0)
    commits(leading([0], { currentTerm: 3, log: logOf(2) }), accepted("n2", "n1", 3, 1), 0)
    const alone = leader("n1", { voters: ["n1"], currentTerm: 5, log: logOf(1, 4) })
    commits(alone, { type: "heartbeatTimeout" }, 0)
  })

  check("6a.10", [3], "once one of its own is, all before it are", () => {
    commits(leading([2, 2, 0, 0], { currentTerm: 4, log: logOf(1, 2, 4) }), accepted("n4", "n1", 4, 3), 0)
    commits(leading([3, 2, 0, 0], { currentTerm: 4, log: logOf(1, 2, 4) }), accepted("n3", "n1", 4, 3), 3)
    const alone = leader("n1", { voters: ["n1"], currentTerm: 5, log: logOf(1, 4) })
    commits(alone, propose, 3)
  })

  check("6a.11", [2, 3], "the own term's entries begin in the middle: not one index before them", () => {
    const node = leading([0, 0], { log: logOf(1, 2, 2, 3, 3) })
    commits(node, accepted("n2", "n1", 3, 3), 0)
    commits(node, accepted("n2", "n1", 3, 4), 4)
  })

  check("6a.12", [1, 2], "where the log's beginning is gone, indexes count on", () => {
    const node = leading([6, 6], {
      log: compacted(6, 2, 3, 3),
      commitIndex: 6,
      lastApplied: 6,
    })
    commits(node, accepted("n2", "n1", 3, 7), 7)
    commits(node, accepted("n2", "n1", 3, 6), 6)
  })

  check("6a.13", [4], "while the membership changes, a majority of both lists is needed", () => {
    const node = leader("n1", {
      voters: ["n1", "n4", "n5"],
      oldVoters: ["n1", "n2", "n3"],
      currentTerm: 3,
      log: logOf(3),
      matchIndex: { n2: 0, n3: 0, n4: 0, n5: 0 },
      nextIndex: { n2: 2, n3: 2, n4: 2, n5: 2 },
    })
    commits(node, accepted("n4", "n1", 3, 1), 0)
    commits({ ...node, matchIndex: { ...node.matchIndex, n4: 1, n5: 1 } }, accepted("n9", "n1", 3, 1), 0)
    commits({ ...node, matchIndex: { ...node.matchIndex, n4: 1 } }, accepted("n2", "n1", 3, 1), 1)
  })

  check("6a.14", [4], "a server without a vote does not count, nor does a leader that has none", () => {
    const node = leader("n1", {
      currentTerm: 3,
      log: logOf(3),
      matchIndex: { n2: 0, n3: 0, n9: 0 },
      nextIndex: { n2: 2, n3: 2, n9: 2 },
    })
    commits(node, accepted("n9", "n1", 3, 1), 0)
    const leaving = leader("n1", { ...node, voters: ["n2", "n3"], matchIndex: { n2: 0, n3: 0 } })
    commits(leaving, accepted("n2", "n1", 3, 1), 0)
    commits({ ...leaving, matchIndex: { n2: 1, n3: 0 } }, accepted("n3", "n1", 3, 1), 1)
  })

  check("6a.15", [7], "late and repeated answers take nothing back", () => {
    const node = leading([4, 0], { commitIndex: 4, lastApplied: 4 })
    commits(node, accepted("n2", "n1", 3, 2), 4)
    commits(node, accepted("n3", "n1", 3, 1), 4)
    commits(node, rejected("n3", "n1", 3), 4)
    commits(node, accepted("n3", "n1", 3, 3), 4)
  })

  check("6a.16", [1], "only a leader counts", () => {
    const { state } = step({ ...leading([5, 0]), role: "follower", leader: "n2" }, accepted("n3", "n1", 3, 5))
    same(state.commitIndex, 0, "a follower gets an answer that would make a majority: commitIndex")
  })
})
