import type { RaftNode, ServerId } from "../../projects/03-planning/contract.ts"

export function initialNode(id: ServerId, voters: readonly ServerId[]): RaftNode {
  const twice = voters.find((voter, i) => voters.indexOf(voter) !== i)
  if (twice !== undefined) throw new Error(`voters names ${twice} twice: name every server once`)
  if (!voters.includes(id)) {
    throw new Error(
      `${id} is not among the voters (${voters.join(", ")}): a server is one of its cluster's voters`,
    )
  }
  return {
    id,
    voters,
    oldVoters: [],
    currentTerm: 0,
    votedFor: null,
    log: { base: { index: 0, term: 0 }, entries: [] },
    commitIndex: 0,
    lastApplied: 0,
    role: "follower",
    leader: null,
    votesGranted: [],
    nextIndex: {},
    matchIndex: {},
  }
}

export function isQuorum({ voters, oldVoters }: RaftNode, agrees: (server: ServerId) => boolean): boolean {
  const isMajority = (list: readonly ServerId[]): boolean => list.filter(agrees).length * 2 > list.length
  // Two majorities of one list have a server in common; a majority of the old list and one of the new need not.
  return isMajority(voters) && (oldVoters.length === 0 || isMajority(oldVoters))
}

export function others({ id, voters, oldVoters }: RaftNode): readonly ServerId[] {
  return [...new Set([...voters, ...oldVoters])].filter((server) => server !== id)
}

export function describe(node: RaftNode): string {
  const { id, role, currentTerm, leader, log, commitIndex, lastApplied } = node
  const led = leader === null ? "no leader known" : leader === id ? "leads itself" : `led by ${leader}`
  const end = log.base.index + log.entries.length
  return (
    `${id} ${role} in term ${String(currentTerm)}, ${led}; ` +
    `log ends at ${String(end)}, committed ${String(commitIndex)}, applied ${String(lastApplied)}`
  )
}
