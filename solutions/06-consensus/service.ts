import type { Effect } from "../../projects/03-planning/contract.ts"
import type { Answer, Served, Service, StateMachine, Waiting } from "../../projects/06-consensus/contract.ts"

export function startService<M, R, P>(machine: StateMachine<M, R>): Service<M, P> {
  return { machine: machine.initial, waiting: [] }
}

export function serve<M, R, P>(
  machine: StateMachine<M, R>,
  service: Service<M, P>,
  effects: readonly Effect[],
  proposal?: P,
): Served<M, P, R> {
  let current = service.machine
  let waiting = service.waiting
  const answers: Answer<P, R>[] = []
  for (const effect of effects) {
    if (effect.type === "accepted") {
      const { index, term } = effect
      waiting = [...waiting, { index, term, proposal: required(proposal, effect) }]
    } else if (effect.type === "refused") {
      answers.push({ type: "refused", proposal: required(proposal, effect), leader: effect.leader })
    } else if (effect.type === "apply") {
      const { index, entry } = effect
      const overwritten = waiting.filter((each) => isOverwritten(each, index, entry.term))
      for (const { proposal } of overwritten) answers.push({ type: "overwritten", proposal })
      const answered = waiting.filter((each) => each.index === index && each.term === entry.term)
      if (entry.command !== null) {
        const { state, result } = machine.apply(current, entry.command)
        current = state
        for (const { proposal } of answered) answers.push({ type: "applied", proposal, result })
      }
      waiting = waiting.filter((each) => !overwritten.includes(each) && !answered.includes(each))
    }
  }
  return { service: { machine: current, waiting }, answers }
}

/**
 * The entry that was applied has the place of the one that is waited for; or it comes before it and is of a later term:
 * terms never go down in a log, so the older entry cannot follow it.
 */
function isOverwritten<P>({ index, term }: Waiting<P>, appliedIndex: number, appliedTerm: number): boolean {
  return index === appliedIndex ? term !== appliedTerm : index > appliedIndex && term < appliedTerm
}

function required<P>(proposal: P | undefined, effect: Effect): P {
  if (proposal !== undefined) return proposal
  throw new Error(`proposal is missing: the effects have "${effect.type}", which answers one`)
}
