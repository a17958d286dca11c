import { holds } from "#suite"
import type { ServerId } from "../../projects/03-planning/contract.ts"
import type {
  Configuration,
  FullEffect,
  FullNode,
  Saved,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { servers } from "../cluster/build.ts"
import { FullCluster } from "./cluster.ts"
import { isConfiguration } from "./configurations.ts"
import { project, stepWith } from "./project.ts"

/** Clusters whose membership changes, and what can be said of them. */

export const chapter = () => stepWith(["membership"])

/** A cluster with this chapter alone; n1 leads, and all know it. */
export function led(voters: number, spare = 0): FullCluster {
  const cluster = unled(voters, spare)
  cluster.elect("n1")
  cluster.beat("n1")
  return cluster
}

export function unled(voters: number, spare = 0): FullCluster {
  return new FullCluster(servers(voters + spare), {
    step: chapter(),
    voters: servers(voters),
  })
}

export function change(
  cluster: FullCluster,
  id: ServerId,
  ...voters: readonly ServerId[]
): readonly FullEffect[] {
  return cluster.handle(id, { type: "changeMembership", voters })
}

/** The configurations in a log, in order. */
export function configurations({ log }: FullNode): readonly Configuration[] {
  return log.entries
    .map(({ command }) => command)
    .filter(isConfiguration)
    .map(({ voters, oldVoters }) => ({ voters, oldVoters }))
}

export function isDeclined(effects: readonly FullEffect[]): boolean {
  return effects.some(
    (effect) => effect.type === "declined" && effect.what === "changeMembership" && effect.why !== "",
  )
}

export const inForce = ({ voters, oldVoters }: FullNode): Configuration => ({ voters, oldVoters })
export const only = (...voters: readonly ServerId[]): Configuration => ({ voters, oldVoters: [] })

export function declines(cluster: FullCluster, id: ServerId, voters: readonly ServerId[], why: string): void {
  const before = cluster.node(id)
  const effects = change(cluster, id, ...voters)
  holds(
    isDeclined(effects) &&
      cluster.node(id).log === before.log &&
      configurations(cluster.node(id)).length === configurations(before).length,
    `${why}\n${cluster.story()}`,
    "declined, with a reason, and nothing in the log",
    cluster.tell(),
  )
}

/** What a server has saved whose log ends with a change that is not over, or is just over. */
export function saved(
  configuration: { voters: readonly ServerId[]; oldVoters: readonly ServerId[] },
  first: readonly ServerId[],
): Saved {
  const base = project.firstSaved(first)
  const command = {
    type: "configuration",
    voters: [...configuration.voters],
    oldVoters: [...configuration.oldVoters],
  }
  return {
    ...base,
    currentTerm: 1,
    log: {
      ...base.log,
      entries: [
        { term: 1, command: null },
        { term: 1, command },
      ],
    },
  }
}

/** n1 to n6, all of them on the way from n1, n2, n3 to n4, n5, n6: no server is in both lists. */
export function apart(): FullCluster {
  const first = servers(3)
  const all = servers(6)
  const joint = saved({ voters: ["n4", "n5", "n6"], oldVoters: first }, first)
  return new FullCluster(all, {
    step: chapter(),
    voters: first,
    saved: Object.fromEntries(all.map((id) => [id, joint])),
  })
}

/** Delivers only what goes between these servers. */
export function among(cluster: FullCluster, ...ids: readonly ServerId[]): void {
  cluster.deliverWhere(({ from, to }) => ids.includes(from) && ids.includes(to))
}

export const roleOf = (cluster: FullCluster, id: ServerId) => cluster.node(id).role
