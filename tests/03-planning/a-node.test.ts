import fc from "fast-check"
import { check, forAll, group, holds, same, show } from "#suite"
import type { RaftNode, ServerId } from "../../projects/03-planning/contract.ts"
import { fresh, named, project, refuses } from "./project.ts"

/** A node of theirs with these lists of voters. */
function between(voters: readonly ServerId[], oldVoters: readonly ServerId[], id = "n1"): RaftNode {
  const node = project.initialNode("n1", ["n1"])
  return { ...node, id, voters, oldVoters }
}

/** The numbers in a line, as words of their own: 12 does not contain 2. */
const numbersIn = (line: string): readonly number[] => (line.match(/\d+/g) ?? []).map(Number)

group("3a", "One server", () => {
  check("3a.1", [1], "a new server is a follower in term 0 that has heard nothing", () => {
    const node = project.initialNode("n2", ["n1", "n2", "n3"])
    const expected: Omit<RaftNode, "voters" | "nextIndex" | "matchIndex"> = {
      id: "n2",
      oldVoters: [],
      currentTerm: 0,
      votedFor: null,
      log: { base: { index: 0, term: 0 }, entries: [] },
      commitIndex: 0,
      lastApplied: 0,
      role: "follower",
      leader: null,
      votesGranted: [],
    }
    same(node, expected, 'initialNode("n2", ["n1", "n2", "n3"])')
    same(node.voters.toSorted(), ["n1", "n2", "n3"], "its voters, sorted")
  })

  check("3a.2", [1], "a cluster may have one server, or seven", () => {
    for (const count of [1, 7]) {
      const node = project.initialNode("n1", named(count))
      same(node.voters.toSorted(), named(count), `the voters of initialNode with ${String(count)} voters`)
    }
  })

  check("3a.3", [1], "the state is plain JSON: stored as text and loaded, it is the same", () => {
    const node = fresh()
    same(JSON.parse(JSON.stringify(node)), node, "a new node, as text and back")
  })

  check("3a.4", [2], "a server that is not among the voters, or a voter named twice, is refused", () => {
    const outside = 'initialNode("n9", ["n1", "n2", "n3"])'
    refuses(() => project.initialNode("n9", named(3)), ["n9"], outside)
    const nobody = 'initialNode("n1", [])'
    refuses(() => project.initialNode("n1", []), ["n1"], nobody)
    const twice = 'initialNode("n1", ["n1", "n2", "n3", "n2"])'
    refuses(() => project.initialNode("n1", ["n1", "n2", "n3", "n2"]), ["n2"], twice)
  })

  check("3a.5", [3], "a quorum is more than half of the voters: of 1 to 7 servers", () => {
    for (let size = 1; size <= 7; size++) {
      const voters = named(size)
      const node = project.initialNode("n1", voters)
      for (let agreeing = 0; agreeing <= size; agreeing++) {
        const yes = voters.slice(0, agreeing)
        const scenario = `${String(agreeing)} of ${String(size)} voters agree: isQuorum`
        same(
          project.isQuorum(node, (server) => yes.includes(server)),
          agreeing > size / 2,
          scenario,
        )
      }
    }
  })

  check("3a.6", [3], "the server itself counts when it agrees, and only then", () => {
    const node = project.initialNode("n1", named(3))
    same(
      project.isQuorum(node, (server) => server !== "n1"),
      true,
      "n2 and n3 agree, n1 itself does not",
    )
    same(
      project.isQuorum(node, (server) => server === "n2"),
      false,
      "of n1, n2, n3 only n2 agrees",
    )
    same(
      project.isQuorum(node, (server) => server !== "n2"),
      true,
      "n1 and n3 agree",
    )
  })

  check("3a.7", [4], "while the membership changes, a majority of either list alone is not enough", () => {
    const node = between(["n1", "n2", "n3"], ["n3", "n4", "n5"])
    const asked = (yes: readonly ServerId[]): boolean =>
      project.isQuorum(node, (server) => yes.includes(server))
    const told = (yes: readonly ServerId[]) =>
      `voters n1 n2 n3, oldVoters n3 n4 n5; ${yes.join(" and ")} agree`
    const cases: readonly (readonly [readonly ServerId[], boolean])[] = [
      [["n1", "n2"], false],
      [["n4", "n5"], false],
      [["n1", "n2", "n4"], false],
      [["n1", "n4", "n5"], false],
      [["n1", "n3", "n4"], true],
      [["n1", "n2", "n4", "n5"], true],
      [["n3"], false],
    ]
    for (const [yes, expected] of cases) same(asked(yes), expected, told(yes))
  })

  check("3a.8", [3, 4], "any two lists: a majority of each of them, and of nothing else", () => {
    const list = fc.subarray([...named(6)], { minLength: 1 })
    const example = fc.record({
      voters: list,
      oldVoters: fc.oneof(fc.constant([]), list),
      yes: fc.subarray([...named(7)]),
    })
    forAll(example, ({ voters, oldVoters, yes }) => {
      const most = (voting: readonly ServerId[]) =>
        voting.filter((each) => yes.includes(each)).length > voting.length / 2
      const expected = most(voters) && (oldVoters.length === 0 || most(oldVoters))
      const node = between(voters, oldVoters)
      same(
        project.isQuorum(node, (server) => yes.includes(server)),
        expected,
        "isQuorum",
      )
    })
  })

  check("3a.9", [5], "others are all servers but this one", () => {
    same(
      project.others(project.initialNode("n2", named(3))).toSorted(),
      ["n1", "n3"],
      "others of n2 among n1, n2, n3",
    )
    same(project.others(project.initialNode("n1", ["n1"])), [], "others of the only server")
  })

  check("3a.10", [5], "while the membership changes, the others of both lists, each once", () => {
    const node = between(["n1", "n2", "n3"], ["n2", "n4", "n1"])
    same(
      project.others(node).toSorted(),
      ["n2", "n3", "n4"],
      "n1 with voters n1 n2 n3 and oldVoters n2 n4 n1",
    )
    const leaving = between(["n2", "n3"], ["n1", "n2"])
    same(
      project.others(leaving).toSorted(),
      ["n2", "n3"],
      "n1, which leaves, with voters n2 n3 and oldVoters n1 n2",
    )
  })

  check("3a.11", [6], "describe is one line with id, role, term, last index and commit index", () => {
    const log = {
      base: { index: 0, term: 0 },
      entries: [1, 1, 3, 3, 3, 3, 3].map((term) => ({ term, command: null })),
    }
    const compacted = { base: { index: 40, term: 2 }, entries: [{ term: 3, command: null }] }
    const nodes: readonly (readonly [RaftNode, number])[] = [
      [{ ...fresh(), role: "leader", leader: "n1", currentTerm: 3, log, commitIndex: 5, lastApplied: 4 }, 7],
      [{ ...fresh(), role: "candidate", currentTerm: 12, votedFor: "n1", votesGranted: ["n1"], log }, 7],
      [{ ...fresh(), currentTerm: 3, log: compacted, commitIndex: 40, lastApplied: 40 }, 41],
    ]
    for (const [node, last] of nodes) {
      const line = project.describe(node)
      const { id, role, currentTerm, commitIndex } = node
      const words = [id, role, `term ${String(currentTerm)}`]
      holds(
        !line.includes("\n") && words.every((word) => line.includes(word)),
        `describe(${show(node)})`,
        `one line with ${words.join(", ")}`,
        show(line),
      )
      const numbers = numbersIn(line)
      holds(
        numbers.includes(last) && numbers.includes(commitIndex),
        `describe(${show(node)})`,
        `the last index ${String(last)} and the commit index ${String(commitIndex)}`,
        show(line),
      )
    }
  })
})
