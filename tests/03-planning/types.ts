/**
 * Nothing here runs. It is compiled with everything else (`npm test`), and each line that must not compile says so: an
 * event without a handler is found by the compiler, not by a check.
 */
import type { Feature, Project, RaftEvent, RaftNode } from "../../projects/03-planning/contract.ts"

interface Up {
  readonly type: "up"
  readonly by: number
}
interface Down {
  readonly type: "down"
}

declare const compose: Project["compose"]

const whole = {
  name: "whole",
  handlers: {
    up: (state, { by }) => ({ set: { commitIndex: state.commitIndex + by } }),
    down: () => undefined,
  },
} satisfies Feature<RaftNode, Up | Down, never>

export const forgotten = {
  name: "forgotten",
  // @ts-expect-error: `down` has no handler
  handlers: { up: () => undefined },
} satisfies Feature<RaftNode, Up | Down, never>

export const invented = {
  name: "invented",
  // @ts-expect-error: there is no event `sideways`
  handlers: { up: () => undefined, down: () => undefined, sideways: () => undefined },
} satisfies Feature<RaftNode, Up | Down, never>

export const wrong = {
  name: "wrong",
  // @ts-expect-error: `commitIndex` is a number
  handlers: { up: () => ({ set: { commitIndex: "7" } }), down: () => undefined },
} satisfies Feature<RaftNode, Up | Down, never>

const step = compose<RaftNode, never, [Up | Down]>(whole)
declare const node: RaftNode
step(node, { type: "up", by: 1 })
// @ts-expect-error: nobody handles `sideways`
step(node, { type: "sideways" })
// @ts-expect-error: an `up` without `by`
step(node, { type: "up" })
// @ts-expect-error: a state is read-only
node.currentTerm = 1

/** Every event of Raft has a type, and none two. */
export const kinds: Readonly<Record<RaftEvent["type"], true>> = {
  AppendEntries: true,
  AppendEntriesResponse: true,
  RequestVote: true,
  RequestVoteResponse: true,
  propose: true,
  heartbeatTimeout: true,
  electionTimeout: true,
}
