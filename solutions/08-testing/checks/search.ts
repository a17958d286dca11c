import type { Always, Check, Moment, Property, World } from "../../../projects/08-testing/contract.ts"
import { exhaust } from "../exhaust/exhaust.ts"
import { properties as figure3 } from "../properties.ts"
import { search } from "../search.ts"
import { termAt } from "./build.ts"
import { elect, level } from "./cluster.ts"
import { watched } from "./laws.ts"

// Everything else: whatever can happen, and after it whether the cluster recovers.

/** What is known of others is so. A server of a later term may have forgotten what it once acknowledged. */
const knowledge: Always = {
  kind: "always",
  name: "what a leader knows is so",
  of: "state",
  broken: ({ nodes }) => {
    for (const leader of nodes) {
      if (leader.role !== "leader") continue
      for (const { id, currentTerm, log } of nodes) {
        const match = leader.matchIndex[id] ?? 0
        if (currentTerm !== leader.currentTerm || termAt(log, match) === termAt(leader.log, match)) continue
        return `${leader.id} leads term ${String(currentTerm)} and knows that ${id} matches up to ${String(match)}, but it does not`
      }
    }
    return null
  },
}

/** Once committed, an entry stays on a majority: from the moment on in which the first server takes it for committed. */
const onAMajority: Always = {
  kind: "always",
  name: "what is committed is on a majority",
  of: "state",
  broken: ({ after: { id, log, commitIndex }, nodes }) => {
    const term = termAt(log, commitIndex)
    const copies = nodes.filter((node) => termAt(node.log, commitIndex) === term).length
    return commitIndex === 0 || copies * 2 > nodes.length
      ? null
      : `${id} takes entry ${String(commitIndex)} of term ${String(term)} for committed: it is on ${String(copies)} of ${String(nodes.length)}`
  },
}

/** Leaders are elected: a majority has voted, or is in a later term by now. */
const byMajority: Always = {
  kind: "always",
  name: "a leader has a majority's votes",
  of: "state",
  broken: ({ after: { id, role, currentTerm }, nodes }) => {
    if (role !== "leader") return null
    const votes = nodes.filter(
      (node) => node.currentTerm > currentTerm || (node.currentTerm === currentTerm && node.votedFor === id),
    )
    return votes.length * 2 > nodes.length
      ? null
      : `${id} leads term ${String(currentTerm)} with ${String(votes.length)} votes of ${String(nodes.length)}`
  },
}

const knownLeader: Always = {
  kind: "always",
  name: "who is known to lead does",
  of: "state",
  broken: ({ after: { id, leader, currentTerm }, history }) =>
    leader === null || history.leaders[currentTerm] === leader
      ? null
      : `${id} takes ${leader} for the leader of term ${String(currentTerm)}`,
}

const properties: readonly Property[] = [...figure3, knowledge, onAMajority, byMajority, knownLeader]

/** The world as it was when last looked at, with nothing under way. A property sees every moment; this one only looks. */
function lastSeen(): { readonly property: Property; readonly world: () => World | null } {
  let last: World | null = null
  const happens = ({ nodes, history }: Moment): boolean => {
    last = { nodes, history, inFlight: [] }
    return false
  }
  return {
    property: { kind: "sometimes", name: "it is looked at", of: "state", happens },
    world: () => last,
  }
}

/** A schedule for each seed. In the end all that is under way is lost; from then on nothing is, and the cluster recovers. */
function searching(servers: number, seeds: number): Check {
  return {
    name: `random schedules of ${String(servers)} servers, and recovery`,
    run: (raft) => {
      const safe = watched(raft)
      for (let seed = 1; seed <= seeds; seed++) {
        const { property, world } = lastSeen()
        const limits = { servers, seed, schedules: 1, actions: 200 }
        const { found } = search({ raft: safe, ...limits, properties: [...properties, property] })
        const seen = found ? null : world()
        if (found)
          throw new Error(`seed ${String(seed)}: ${found.violation.property}: ${found.violation.what}`)
        if (seen) level(safe, elect(safe, seen))
      }
    },
  }
}

const all: Check = {
  name: "all that two servers can do in two terms, with a crash",
  run: (raft) => {
    const bounds = { servers: 2, terms: 2, entries: 1, messages: 1, crashes: 1 }
    // Bounds for those who never come to an end: a correct Raft has some hundred states here.
    const { found } = exhaust({ raft: watched(raft), bounds, properties, maxStates: 2_000 })
    if (found) throw new Error(`${found.violation.property}: ${found.violation.what}`)
  },
}

export const searchChecks: readonly Check[] = [
  searching(3, 16),
  searching(5, 10),
  searching(4, 6),
  searching(2, 4),
  all,
]
