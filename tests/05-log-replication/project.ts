import { holds, same, show, subject } from "#suite"
import type { Effect, RaftNode, ServerId, Stepped } from "../../projects/03-planning/contract.ts"
import type { Project, ReplicationEvent } from "../../projects/05-log-replication/contract.ts"
import { change, stepped } from "../cluster/shapes.ts"
import { Cluster } from "../cluster/cluster.ts"
import { differing, scene } from "../cluster/words.ts"

const exports = { maxEntries: "value", lead: "function", replication: "value", step: "function" } as const

export const project = subject<Project>({ exports, returns: { lead: change, step: stepped } })

/** The same, without a look at every answer's shape: for the many steps of random schedules. */
export const quick = subject<Project>({ exports })

export function step(node: RaftNode, event: ReplicationEvent): Stepped<RaftNode, Effect> {
  return project.step(node, event)
}

/** Checks that an event leaves a server as it was, and calls forth nothing. */
export function ignores(node: RaftNode, event: ReplicationEvent): void {
  const { state, effects } = step(node, event)
  const scenario = scene(node, event)
  same(effects, [], `${scenario}\nthe effects`)
  const { got, expected } = differing(state, node)
  same(got, expected, `${scenario}\nwhat has changed of the state`)
}

/** A cluster in which the suite has decreed that this server leads. */
export function led(leader: ServerId, nodes: readonly RaftNode[]): Cluster {
  const cluster = new Cluster(quick, nodes)
  const { set = {}, effects = [] } = project.lead(cluster.node(leader))
  cluster.decree(leader, "is made leader", { ...cluster.node(leader), ...set }, effects)
  return cluster
}

/**
 * One more command (entries behind the leader's last one go only when another takes their place), then heartbeats, with
 * nothing lost, until all logs are the same. Fails when they never are.
 */
export function bringLevel(cluster: Cluster, leader: ServerId, rounds = 60): void {
  cluster.propose(leader, "one more")
  cluster.settleOrFail()
  for (let round = 0; round < rounds && !cluster.isLevel(); round++) {
    cluster.heartbeat(leader)
    cluster.settleOrFail()
  }
  holds(
    cluster.isLevel(),
    `a command, ${String(rounds)} heartbeats, and every message arrives\n${cluster.story()}`,
    `the leader's log on every server: ${show(cluster.node(leader).log.entries.map(({ term }) => term))}`,
    cluster.tell(),
  )
}
