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
  const overwriting = optional.filter(({ operation }) => model.role(operation) === "overwrites")
  const leaving = groupBy(optional, (operation) => model.leaves(operation), model)
  const changing = groupBy(optional, (operation) => neededBy(model, operation), model)
  const known = new Set(groupBy(claims, (operation) => model.leaves(operation), model).keys())
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
        add(overwriting)
        add(changing.get(model.key(need.state)))
        add(changing.get(undefined))
        break
    }
  }
  return claims.filter((claim) => useful.has(claim))
}

function neededBy<State, Op>(model: Model<State, Op>, operation: Op): State | undefined {
  const need = model.needs(operation)
  return need.kind === "state" ? need.state : undefined
}

function groupBy<State, Op>(
  claims: readonly Claim<Op>[],
  stateOf: (operation: Op) => State | undefined,
  { key }: Model<State, Op>,
): ReadonlyMap<string | undefined, readonly Claim<Op>[]> {
  const groups = new Map<string | undefined, Claim<Op>[]>()
  for (const claim of claims) {
    const state = stateOf(claim.operation)
    const name = state === undefined ? undefined : key(state)
    const group = groups.get(name)
    if (group) group.push(claim)
    else groups.set(name, [claim])
  }
  return groups
}
