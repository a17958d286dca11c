import { others } from "#03-planning"
import { appendNewCommand, lastIndex, termAt } from "#04-the-log"
import type { Change, Index, ServerId } from "../../projects/03-planning/contract.ts"
import type { ChangeMembership, FullEffect, FullNode } from "../../projects/11-the-rest-of-raft/contract.ts"
import { configurationAt, isStill, latest } from "./configuration.ts"
import type { Part } from "./parts.ts"

type Changed = Change<FullNode, FullEffect> | undefined

/** Section 6: joint consensus. */
export const membership: Part<ChangeMembership> = {
  name: "membership",
  guards: {
    /**
     * Who has no vote disturbs nobody: removed servers, and those that are yet to come. But as long as that is not
     * committed, a server that is to go may be the only one that can still lead (dissertation, 4.2.2): its log has the
     * entry that says so, and those who have a vote may not.
     */
    noVote: ({ id, voters, oldVoters, configured, commitIndex }, { type }) => {
      if (type !== "electionTimeout" && type !== "TimeoutNow") return undefined
      const isSettled = configured.index <= commitIndex
      return isSettled && !voters.includes(id) && !oldVoters.includes(id) ? { stop: true } : undefined
    },
  },
  handlers: {
    changeMembership: (node, { voters }) => {
      const why = whyNot(node, voters)
      if (why !== undefined) return { effects: [declined(why)] }
      // Nothing of it is in the log as long as new servers are catching up: they may never come.
      const effects = node.change === null ? [] : [declined("another change took its place")]
      return { set: { change: { voters, upTo: lastIndex(node.log) } }, effects }
    },
  },
  rules: { followLog, trackServers, enterJoint, leaveJoint, giveUpChange },
}

function whyNot(node: FullNode, voters: readonly ServerId[]): string | undefined {
  const { id, role, leader, log, commitIndex, currentTerm, configured, oldVoters } = node
  const twice = voters.find((voter, i) => voters.indexOf(voter) !== i)
  if (role !== "leader") return `${id} does not lead; ${leader ?? "nobody it knows"} does`
  if (voters.length === 0) return "a cluster has at least one voter"
  if (twice !== undefined) return `${twice} is named twice`
  if (oldVoters.length > 0 || configured.index > commitIndex) return "the last change is not committed yet"
  // Otherwise a leader of an earlier term may have begun one that only it knows: found in the dissertation's
  // single-server changes, https://groups.google.com/g/raft-dev/c/t4xj6dJTP6E
  if (termAt(log, commitIndex) !== currentTerm) return "no entry of this term is committed yet"
  return undefined
}

/** Section 6: "a server always uses the latest configuration in its log, regardless of whether the entry is committed". */
function followLog(node: FullNode): Changed {
  const { log, configured } = node
  const upTo = lastIndex(log)
  const term = termAt(log, upTo) ?? 0
  if (configured.upTo === upTo && configured.term === term && configured.index >= log.base.index)
    return undefined
  // Only what is new need be looked at, as long as what was looked at is still there.
  const found = isStill(log, configured) ? latest(log, upTo, configured.upTo) : configurationAt(node)
  return {
    set: { ...found?.configuration, configured: { upTo, term, index: found?.index ?? configured.index } },
  }
}

/** A leader keeps track of all others that have a vote, and of those that are to have one: they get its log. */
function trackServers(node: FullNode): Changed {
  if (node.role !== "leader") return undefined
  const known = Object.keys(node.nextIndex)
  const wanted = new Set(
    [...others(node), ...(node.change?.voters ?? [])].filter((server) => server !== node.id),
  )
  if (known.length === wanted.size && known.every((server) => wanted.has(server))) return undefined
  const all = (values: FullNode["nextIndex"], first: Index): FullNode["nextIndex"] =>
    Object.fromEntries([...wanted].map((server) => [server, values[server] ?? first]))
  return {
    set: { nextIndex: all(node.nextIndex, lastIndex(node.log) + 1), matchIndex: all(node.matchIndex, 0) },
  }
}

/** Section 6: new servers come up to date before they count. Then both majorities decide, from this entry on. */
function enterJoint(node: FullNode): Changed {
  const { role, id, change, voters, matchIndex } = node
  if (role !== "leader" || change === null) return undefined
  const isThere = (server: ServerId) =>
    server === id || voters.includes(server) || (matchIndex[server] ?? 0) >= change.upTo
  if (!change.voters.every(isThere)) return undefined
  return { set: { ...configure(node, change.voters, voters), change: null } }
}

/** Once both majorities have agreed to that, the old one is not needed any more; whoever leads by then sees to it. */
function leaveJoint(node: FullNode): Changed {
  const { role, id, voters, oldVoters, configured, commitIndex } = node
  if (role !== "leader" || configured.index > commitIndex) return undefined
  if (oldVoters.length > 0) return { set: configure(node, voters, []) }
  // It led servers to which it does not belong until they had agreed on that; now they can do without it.
  return voters.includes(id) ? undefined : { set: { role: "follower", leader: null } }
}

/** A leader's new configuration holds from the moment in which it is in its log: also for this very entry. */
function configure(
  node: FullNode,
  voters: readonly ServerId[],
  oldVoters: readonly ServerId[],
): Pick<FullNode, "log" | "configured" | "voters" | "oldVoters"> {
  const command = { type: "configuration", voters: [...voters], oldVoters: [...oldVoters] }
  const log = appendNewCommand(node.log, node.currentTerm, command)
  const index = lastIndex(log)
  return { log, voters, oldVoters, configured: { upTo: index, term: node.currentTerm, index } }
}

function giveUpChange({ role, change }: FullNode): Changed {
  if (role === "leader" || change === null) return undefined
  return { set: { change: null }, effects: [declined("it does not lead any more")] }
}

function declined(why: string): FullEffect {
  return { type: "declined", what: "changeMembership", why }
}
