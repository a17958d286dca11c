import { groupBy } from "./history.ts"
import type { Claim, Model, Problem } from "./model.ts"

/**
 * What must have happened, and of the rest what may explain it. Where every value is written once, of all the requests
 * without an answer only those are left whose value somebody saw.
 *
 * An order that holds with the others holds without them. What needs one state has it from the operation that changed
 * the state last; that one is kept. What needs any state but one has it from something that overwrites, and all that
 * overwrites is kept; or from something that changed just that state, which is kept, too; and whatever else changed the
 * state found one that would do.
 */
export function usefulClaims<State, Op>(
  model: Model<State, Op>,
  { claims, starts }: Problem<State, Op>,
): readonly Claim<Op>[] {
  const useful = new Set(claims.filter(({ required }) => required))
  const optional = claims.filter(
    ({ required, operation }) => !required && model.role(operation) !== "observes",
  )
  const leaving = groupBy(optional, ({ operation }) => nameOf(model, model.leaves(operation)))
  const changing = groupBy(optional, ({ operation }) => nameOf(model, neededBy(model, operation)))
  const known = new Set(claims.map(({ operation }) => nameOf(model, model.leaves(operation))))
  for (const { state } of starts) known.add(model.key(state))

  const add = (more: readonly Claim<Op>[] = []) => {
    for (const claim of more) useful.add(claim)
  }
  add(leaving.get(undefined))
  // The set grows while it is gone through: what is useful makes useful what it needs.
  for (const { operation } of useful) {
    const need = model.needs(operation)
    switch (need.kind) {
      case "nothing":
        break
      case "state":
        add(leaving.get(model.key(need.state)))
        break
      case "another state":
        if (!known.has(model.key(need.state))) break
        add(changing.get(model.key(need.state)))
        add(changing.get(undefined)) // what overwrites is among these
        break
    }
  }
  return claims.filter((claim) => useful.has(claim))
}

function neededBy<State, Op>(model: Model<State, Op>, operation: Op): State | undefined {
  const need = model.needs(operation)
  return need.kind === "state" ? need.state : undefined
}

function nameOf<State, Op>({ key }: Model<State, Op>, state: State | undefined): string | undefined {
  return state === undefined ? undefined : key(state)
}
