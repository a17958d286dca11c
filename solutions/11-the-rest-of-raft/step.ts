import { compose } from "#03-planning"
import { replication, type ReplicationEvent } from "#05-log-replication"
import { commitment } from "#06-consensus"
import { election, type ElectionEvent } from "#07-leader-election"
import type { AppendEntries, Change, Feature, Step, Typed } from "../../projects/03-planning/contract.ts"
import type {
  Chapter,
  FullEffect,
  FullEvent,
  FullNode,
  FullStep,
  ProposeAll,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { backtracking, withConflicts } from "./backtracking.ts"
import { flow, withRoom } from "./flow.ts"
import { membership } from "./membership.ts"
import { ownEntry } from "./parts.ts"
import { prevote } from "./prevote.ts"
import { reads } from "./reads.ts"
import { snapshots } from "./snapshots.ts"
import { transfer } from "./transfer.ts"

export const chapters: readonly Chapter[] = [
  "backtracking",
  "snapshots",
  "membership",
  "reads",
  "prevote",
  "transfer",
  "flow",
]

/**
 * Given. The order matters in two places. Whoever has no vote, and whoever hears a leader, must be asked before the
 * guards of project 7 see a term in the message; and who has a vote must be known before any rule counts votes.
 */
export function stepWith(wanted: readonly Chapter[], lease: number | null = null): FullStep {
  const has = (...any: readonly Chapter[]): boolean => any.some((chapter) => wanted.includes(chapter))
  const features = compose<FullNode, FullEffect, Events>(
    only(has("membership"), membership),
    only(has("prevote"), prevote),
    only(has("transfer"), transfer),
    election,
    only(has("backtracking"), backtracking),
    only(has("membership", "reads"), ownEntry),
    only(has("snapshots"), snapshots),
    replication,
    only(has("flow"), flow),
    commitment,
    only(has("reads"), reads(lease)),
  )
  const step = withBatches(features)
  const completed = has("backtracking") ? withConflicts(step) : step
  return has("flow") ? withRoom(completed) : completed
}

/** What a step of all features takes. */
type Single = Exclude<FullEvent, ProposeAll>

/**
 * A leader's log grows by all commands before the rules look at it: so they go out in one message. That is as if nobody
 * had looked in between, and needs nothing of any chapter: whether proposals are taken shows in what becomes of the last.
 */
function withBatches(step: Step<FullNode, Single, FullEffect>): FullStep {
  return (node, event) => {
    if (event.type !== "proposeAll") return step(node, event)
    const { commands } = event
    const propose = { type: "propose", command: commands.at(-1) ?? null } as const
    if (node.role === "leader") {
      const before = commands.slice(0, -1).map((command) => ({ term: node.currentTerm, command }))
      const log = { ...node.log, entries: [...node.log.entries, ...before] }
      const stepped = step({ ...node, log }, propose)
      const accepted = stepped.effects.find((effect) => effect.type === "accepted")
      if (accepted) {
        const first = accepted.index - before.length
        const all = before.map((_, i): FullEffect => ({ ...accepted, index: first + i }))
        return { ...stepped, effects: [...all, ...stepped.effects] }
      }
    }
    const stepped = step(node, propose)
    const refused = stepped.effects.filter(({ type }) => type === "refused")
    return { ...stepped, effects: [...commands.slice(1).flatMap(() => refused), ...stepped.effects] }
  }
}

/** The events of these features, in their order. */
type Events = readonly [
  EventOf<typeof membership>,
  EventOf<typeof prevote>,
  EventOf<typeof transfer>,
  ElectionEvent,
  EventOf<typeof backtracking>,
  never,
  EventOf<typeof snapshots>,
  ReplicationEvent,
  EventOf<typeof flow>,
  AppendEntries,
  EventOf<ReturnType<typeof reads>>,
]

type EventOf<F> = F extends Feature<FullNode, infer I, FullEffect> ? I : never

type Handlers<I extends Typed> = {
  [K in I["type"]]: (
    state: FullNode,
    event: Extract<I, { readonly type: K }>,
  ) => Change<FullNode, FullEffect> | undefined
}

/** A chapter that is not wanted reacts to nothing. */
function only<I extends Typed>(
  isWanted: boolean,
  feature: Feature<FullNode, I, FullEffect>,
): Feature<FullNode, I, FullEffect> {
  if (isWanted) return feature
  const handlers: Handlers<I> = { ...feature.handlers }
  for (const type of Object.keys(handlers)) if (isKeyOf(handlers, type)) handlers[type] = () => undefined
  return { name: feature.name, handlers }
}

function isKeyOf<T extends object>(object: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(object, key)
}
