import { search, type Claim, type Found, type Model } from "./search.ts"

/**
 * Looks for an order that explains the history, and always answers.
 *
 * Where there is an order, the search mostly runs right into it. Where there is none, it must try all there are, and a
 * few unanswered requests are enough to make that hopeless; while the reason is mostly close to where it is stuck. So
 * it stops after a while. Then a weaker history is tried, in which only the last few operations must have happened: if
 * even that has no order, there is none.
 */
export function linearize<State, Op>(model: Model<State, Op>, claims: readonly Claim<Op>[]): Found<Op> {
  for (let patience = 1000 + 8 * claims.length; ; patience *= 4) {
    const result = search(model, claims, patience)
    if (result.found !== undefined) return result
    const { reached } = result
    const { required } = upTo(reached, claims)
    for (let size = 1; size < required.length; size *= 2) {
      const weaker = search(model, weaken(model, claims, new Set(required.slice(-size))), patience)
      if (weaker.found === false) return { found: false, stuck: reached }
      if (weaker.found === undefined) break
    }
  }
}

/** What must have happened, in the order of returns, up to that one. */
function upTo<Op>(last: Claim<Op>, claims: readonly Claim<Op>[]): { required: readonly Claim<Op>[] } {
  const required = claims.filter((c) => c.required && c.returned !== null && c.returned <= (last.returned ?? Infinity))
  return { required: required.filter((c) => c !== last).sort((a, b) => (a.returned ?? 0) - (b.returned ?? 0)).concat([last]) }
}

function weaken<State, Op>(model: Model<State, Op>, claims: readonly Claim<Op>[], kept: ReadonlySet<Claim<Op>>): readonly Claim<Op>[] {
  return claims.flatMap((c) => kept.has(c) ? [c] : model.role(c.operation) === "observes" ? [] : [{ ...c, required: false }])
}
