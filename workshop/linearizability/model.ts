/** What the search knows of the object it looks at, and of what happened to it. */

/**
 * - `observes`: never changes the state, but not every state allows it (a read)
 * - `overwrites`: every state allows it, and what comes out is the same for all of them (a write)
 * - `changes`: anything else
 *
 * `changes` is right for every operation. The others let the search skip what cannot matter.
 */
export type Role = "observes" | "overwrites" | "changes"

/** What must be so for an operation to have the outcome that it had. */
export type Need<State> =
  | { readonly kind: "nothing" }
  | { readonly kind: "state"; readonly state: State }
  /** Any but this one. */
  | { readonly kind: "another state"; readonly state: State }

/** What an object does when one operation comes after another. A state is never `undefined`. */
export interface Model<State, Op> {
  readonly initial: State
  /** The state after the operation; `undefined` if it cannot have the outcome that it had here. */
  readonly step: (state: State, operation: Op) => State | undefined
  /** The same for equal states only. */
  readonly key: (state: State) => string
  readonly role: (operation: Op) => Role
  /** The same only for operations that do the same in every state. */
  readonly label: (operation: Op) => string
  /** The state after it, if that is the same for all states that allow it. */
  readonly leaves: (operation: Op) => State | undefined
  /** Which states allow it. */
  readonly needs: (operation: Op) => Need<State>
}

/** What is claimed of an operation. */
export interface Claim<Op> {
  readonly operation: Op
  readonly invoked: number
  /** `null`: never. */
  readonly returned: number | null
  /** Whether it must have taken effect, between the two. Otherwise it may have, or not. If it never returned: `false`. */
  readonly required: boolean
}

/** A state in which the object may have been at the start. */
export interface Start<State, Op> {
  readonly state: State
  /** What may have put it there. */
  readonly by: Op | undefined
}

/** Is there an order for these, from one of those? */
export interface Problem<State, Op> {
  readonly claims: readonly Claim<Op>[]
  readonly starts: readonly Start<State, Op>[]
}

/**
 * A weaker problem, in which only these must have happened. If even that has no order, the problem has none.
 *
 * Of the others, those that observe are gone, and those that change something may have happened or not. What was over
 * before the first of `kept` was asked for counts only by the state that it may have left: this makes problems small.
 */
export function weaken<State, Op>(
  model: Model<State, Op>,
  { claims, starts }: Problem<State, Op>,
  kept: ReadonlySet<Claim<Op>>,
): Problem<State, Op> {
  let begin = Infinity
  let end = -Infinity
  for (const { invoked, returned } of kept) {
    begin = Math.min(begin, invoked)
    end = Math.max(end, returned ?? Infinity)
  }
  const left = new Map(starts.map((start) => [model.key(start.state), { start, since: -1 }]))
  const others: Claim<Op>[] = []
  let known = true
  for (const claim of claims) {
    const { operation, invoked, returned } = claim
    if (kept.has(claim) || invoked > end || model.role(operation) === "observes") continue
    others.push({ ...claim, required: false })
    if (returned === null || returned >= begin) continue
    const state = model.leaves(operation)
    if (state === undefined) known = false
    else if ((left.get(model.key(state))?.since ?? -1) < returned)
      left.set(model.key(state), { start: { state, by: operation }, since: returned })
  }
  if (!known) return { claims: [...others, ...kept], starts }
  return {
    claims: [...others.filter(({ returned }) => returned === null || returned >= begin), ...kept],
    starts: [...left.values()].sort((a, b) => b.since - a.since).map(({ start }) => start),
  }
}
