import { holds, show } from "#suite"
import type { Log, ServerId, Term } from "../../projects/03-planning/contract.ts"
import type {
  Chapter,
  Configuration,
  FullEffect,
  FullEvent,
  FullMessage,
  FullNode,
  Saved,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { logOf, servers } from "../cluster/build.ts"
import { FullCluster, sentBy } from "./cluster.ts"
import { project, stepWith } from "./project.ts"
import { tellFullEvent } from "./words.ts"

/** Clusters and single servers that are driven to where a check begins, by events only. */

export interface Past {
  readonly currentTerm?: Term
  readonly votedFor?: ServerId | null
  readonly log?: Log
  readonly voters?: readonly ServerId[]
  /** Default: none, so that the configuration is no joint one. */
  readonly oldVoters?: readonly ServerId[]
}

/** What a server has on its disk, when it is not a new one. */
export function savedAs({
  currentTerm = 5,
  votedFor = null,
  log = logOf(),
  voters = servers(3),
  oldVoters = [],
}: Past = {}): Saved {
  const first = project.firstSaved(voters)
  const configuration: Configuration = { voters, oldVoters }
  return { currentTerm, votedFor, log, snapshot: { ...first.snapshot, configuration } }
}

/** n1 with this past, by itself: what it sends, nobody gets. */
export function alone(chapters: readonly Chapter[], past: Past = {}): FullCluster {
  return new FullCluster(["n1"], { step: stepWith(chapters), saved: { n1: savedAs(past) } })
}

export interface Led {
  readonly servers?: number
  readonly voters?: readonly ServerId[]
  readonly oldVoters?: readonly ServerId[]
  readonly lease?: number | null
}

/** A cluster of three, unless told otherwise, that n1 leads; what it had to say is said and committed. */
export function led(
  chapters: readonly Chapter[],
  { servers: n = 3, voters = servers(n), oldVoters = [], lease = null }: Led = {},
): FullCluster {
  const ids = servers(n)
  const saved = Object.fromEntries(ids.map((id) => [id, savedAs({ currentTerm: 0, voters, oldVoters })]))
  const cluster = new FullCluster(ids, { step: stepWith(chapters, lease), saved })
  cluster.elect("n1")
  cluster.propose("n1", "first")
  cluster.beat("n1")
  return cluster
}

export function isOf<T extends FullMessage["type"]>(type: T) {
  return (message: FullMessage): message is Extract<FullMessage, { readonly type: T }> =>
    message.type === type
}

/** The messages of one type among some effects, perhaps only those to one server. */
export function sentOf<T extends FullMessage["type"]>(
  effects: readonly FullEffect[],
  type: T,
  to?: ServerId,
): readonly Extract<FullMessage, { readonly type: T }>[] {
  return sentBy(effects)
    .filter(isOf(type))
    .filter((message) => to === undefined || message.to === to)
}

export function resetsTimer(effects: readonly FullEffect[]): boolean {
  return effects.some(({ type }) => type === "resetElectionTimer")
}

/** Figure 2's fields that an event which is ignored leaves as they are. */
export function figure2({ currentTerm, votedFor, role, log, commitIndex }: FullNode): object {
  return { currentTerm, votedFor, role, log, commitIndex }
}

/** The event changes nothing of Figure 2, and calls forth no message and no restart of the timer. */
export function ignored(cluster: FullCluster, id: ServerId, event: FullEvent, why: string): void {
  const before = show(figure2(cluster.node(id)))
  const effects = cluster.handle(id, event)
  const after = show(figure2(cluster.node(id)))
  holds(
    before === after && effects.length === 0,
    `${why}\n${cluster.story()}`,
    `${id} does nothing on ${tellFullEvent(event)}`,
    before === after ? `effects ${show(effects)}` : `it is now ${after}; before ${before}`,
  )
}
