import { weaken, type Claim, type Model, type Problem } from "./model.ts"
import { Search, type Found } from "./search.ts"

/**
 * Looks for an order that explains what happened, and always answers.
 *
 * Where there is an order, the search mostly runs straight into it. Where there is none it must try them all, and a few
 * unanswered requests are enough to make that hopeless; while the reason mostly lies close to where it is stuck. So it
 * stops now and then, and looks whether the last few operations before that place have no order even by themselves.
 * (The question is NP-complete. There are histories that take for ever.)
 */
export function linearize<State, Op>(model: Model<State, Op>, problem: Problem<State, Op>): Found<State, Op> {
  const whole = new Search(model, problem)
  for (let patience = 1000 + 4 * problem.claims.length; ; patience *= 2) {
    const result = whole.run(patience)
    if (result.found !== undefined) return result
    const { reached } = result
    const required = requiredUpTo(reached, problem)
    for (let size = 1; size < required.length; size *= 2) {
      const last = new Set(required.slice(-size))
      const weaker = new Search(model, weaken(model, problem, last)).run(patience / 10)
      if (weaker.found === false) return { found: false, stuck: reached }
      if (weaker.found === undefined) break
    }
  }
}

/** What must have happened, in the order of returns; `last` is the last of them. */
export function requiredUpTo<State, Op>(
  last: Claim<Op>,
  { claims }: Problem<State, Op>,
): readonly Claim<Op>[] {
  const end = last.returned ?? Infinity
  const until = claims.filter(
    (claim) => claim.required && claim !== last && claim.returned !== null && claim.returned <= end,
  )
  return [...until.sort((a, b) => (a.returned ?? Infinity) - (b.returned ?? Infinity)), last]
}
