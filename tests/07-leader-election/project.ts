import { holds, same, subject } from "#suite"
import type { Effect, RaftEvent, RaftNode, Stepped } from "../../projects/03-planning/contract.ts"
import type { Project } from "../../projects/07-leader-election/contract.ts"
import type { Cluster } from "../cluster/cluster.ts"
import { change, stepped } from "../cluster/shapes.ts"
import { differing, scene } from "../cluster/words.ts"

const exports = { campaign: "function", election: "value", step: "function" } as const

export const project = subject<Project>({ exports, returns: { campaign: change, step: stepped } })

/** The same, without a look at every answer's shape: for the many steps of random schedules. */
export const quick = subject<Project>({ exports })

export function step(node: RaftNode, event: RaftEvent): Stepped<RaftNode, Effect> {
  return project.step(node, event)
}

/** Checks some fields of the state after an event. */
export function becomes(node: RaftNode, event: RaftEvent, fields: Partial<RaftNode>): void {
  const { state } = step(node, event)
  const names = Object.keys(fields) as readonly (keyof RaftNode)[]
  const got = Object.fromEntries(names.map((name) => [name, state[name]]))
  same(got, fields, `${scene(node, event)}\n${names.join(", ")} afterwards`)
}

export function resets(node: RaftNode, event: RaftEvent): boolean {
  return step(node, event).effects.some(({ type }) => type === "resetElectionTimer")
}

/** Checks that an event changes nothing of what a server knows, asks for nothing, and is not granted anything. */
export function ignores(node: RaftNode, event: RaftEvent): void {
  const { state, effects } = step(node, event)
  const { got, expected } = differing(state, node)
  same(got, expected, `${scene(node, event)}\nwhat has changed of the state`)
  const yes = effects.filter((effect) => !isRefusal(effect, node.currentTerm))
  same(yes, [], `${scene(node, event)}\nthe effects (a refusal in the server's own term may be among them)`)
}

/** Whether this is an answer that says no, and in which term. */
function isRefusal(effect: Effect, term: number): boolean {
  if (effect.type !== "send" || effect.message.term !== term) return false
  const { message } = effect
  if (message.type === "AppendEntriesResponse") return !message.success
  return message.type === "RequestVoteResponse" && !message.voteGranted
}

/** A server times out, and everything that follows is delivered; it must lead then, at the last try. */
export function elect(cluster: Cluster, id: string, tries = 1): void {
  for (let round = 0; round < tries && cluster.node(id).role !== "leader"; round++) {
    cluster.timeout(id)
    cluster.settleOrFail()
  }
  holds(
    cluster.node(id).role === "leader",
    `${id} times out, and all messages arrive\n${cluster.story()}`,
    `${id} leads`,
    cluster.tell(),
  )
}

/** Heartbeats of a leader, until nothing is under way. */
export function beat(cluster: Cluster, id: string, times = 8): void {
  for (let round = 0; round < times; round++) {
    cluster.heartbeat(id)
    cluster.settleOrFail()
  }
}

/** The commands in a log that clients proposed: a leader may put entries with command null among them. */
export function commands(node: RaftNode): readonly unknown[] {
  return node.log.entries.map(({ command }) => command).filter((command) => command !== null)
}
