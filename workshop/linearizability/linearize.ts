import { weaken, type Claim, type Model, type Problem } from "./model.ts"
import { Search, type Found, type GaveUp } from "./search.ts"

export type Linearized<State, Op> =
  | Extract<Found<State, Op>, { found: true }>
  /** These have no order, even if any of the others may have happened or not. In the order of their returns. */
  | { readonly found: false; readonly part: readonly Claim<Op>[] }

/**
 * Looks for an order that explains what happened, and always answers.
 *
 * Where there is an order, the search mostly runs straight into it. Where there is none it must try them all, and a few
 * unanswered requests are enough to make that hopeless; while the reason mostly lies close to where it is stuck. So it
 * stops now and then, and looks whether a few operations before that place have no order even by themselves.
 * (The question is NP-complete. There are histories that take for ever.)
 */
export function linearize<State, Op>(
  model: Model<State, Op>,
  problem: Problem<State, Op>,
): Linearized<State, Op> {
  const whole = new Search(model, problem)
  for (let patience = 1000 + 4 * problem.claims.length; ; patience *= 2) {
    const result = whole.run(patience)
    if (result.found === true) return result
    const part = suspects(model, problem, result, patience / 10)
    if (part) return { found: false, part }
    if (result.found === false) return { found: false, part: requiredUpTo(result.stuck, problem) }
  }
}

/** A small part that has no order, if there is one around the place where the search is stuck. */
function suspects<State, Op>(
  model: Model<State, Op>,
  problem: Problem<State, Op>,
  result: Exclude<Found<State, Op>, { found: true }> | GaveUp<Op>,
  patience: number,
): readonly Claim<Op>[] | undefined {
  const stuck = result.found === false ? result.stuck : result.reached
  const before = requiredUpTo(stuck, problem).slice(0, -1)
  // What was over when the stuck one was asked for: with many clients, the last returns are all concurrent with it.
  const over = before.filter(({ returned }) => returned !== null && returned < stuck.invoked)
  for (let size = 0; size <= before.length; size = Math.max(1, size * 2)) {
    for (const list of [over, before]) {
      const part = [...(size === 0 ? [] : list.slice(-size)), stuck]
      if (new Search(model, weaken(model, problem, new Set(part))).run(patience).found === false) return part
    }
  }
  return undefined
}

/** What must have happened, in the order of returns; `last` is the last of them. */
function requiredUpTo<State, Op>(last: Claim<Op>, { claims }: Problem<State, Op>): readonly Claim<Op>[] {
  const end = last.returned ?? Infinity
  const until = claims.filter(
    (claim) => claim.required && claim !== last && claim.returned !== null && claim.returned <= end,
  )
  return [...until.sort((a, b) => (a.returned ?? Infinity) - (b.returned ?? Infinity)), last]
}
