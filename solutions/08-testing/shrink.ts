import type { Message } from "../../projects/03-planning/contract.ts"
import type { Property, Raft, Replayed, Schedule } from "../../projects/08-testing/contract.ts"
import { properties as figure3 } from "./properties.ts"
import { follow, replay } from "./world.ts"

/**
 * Leaves actions out, many at once and then fewer, for as long as the rest still breaks the same property. In the end
 * each single one was tried in vain.
 */
export function shrink(raft: Raft, schedule: Schedule, properties: readonly Property[] = figure3): Schedule {
  const whole = replay(raft, schedule, properties)
  if (!whole.violation) throw new Error("there is nothing to shrink: this schedule breaks no property")
  const { property } = whole.violation
  const broken = ({ violation }: Replayed): boolean => violation?.property === property
  let smallest = whole.schedule
  for (let size = smallest.actions.length >> 1; size > 0;) {
    const before = smallest.actions.length
    // From the end: what comes last has the fewest consequences.
    for (let at = smallest.actions.length - size; at > -size; at -= size) {
      const actions = smallest.actions.toSpliced(Math.max(at, 0), Math.min(size, at + size))
      const rest = { ...smallest, actions }
      const shorter = [replay, replayLoosely].map((again) => again(raft, rest, properties)).find(broken)
      if (shorter && shorter.schedule.actions.length < smallest.actions.length) smallest = shorter.schedule
    }
    const progress = smallest.actions.length < before
    if (size > 1) size >>= 1
    else if (!progress) break
  }
  return withoutCopies(raft, smallest, properties, broken)
}

/** A message that stays under way for nothing need not stay. */
function withoutCopies(
  raft: Raft,
  schedule: Schedule,
  properties: readonly Property[],
  broken: (replayed: Replayed) => boolean,
): Schedule {
  let simplest = schedule
  for (const [at, action] of schedule.actions.entries()) {
    if (action.type !== "duplicate") continue
    const actions = simplest.actions.with(at, { type: "deliver", message: action.message })
    const simpler = replay(raft, { ...simplest, actions }, properties)
    if (broken(simpler) && simpler.schedule.actions.length === actions.length) simplest = simpler.schedule
  }
  return simplest
}

/**
 * Replays what is meant rather than what is written. Without an election that led to nothing, all later terms are
 * smaller by one, and no message that was under way is under way any more; but one like it is.
 */
function replayLoosely(raft: Raft, schedule: Schedule, properties: readonly Property[]): Replayed {
  return follow(raft, schedule, properties, (action, { inFlight }) =>
    "message" in action ? { ...action, message: alike(inFlight, action.message) } : action,
  )
}

/** The same message; else the latest of its kind between the same two; else itself, which is not under way. */
function alike(inFlight: readonly Message[], wanted: Message): Message {
  if (inFlight.includes(wanted)) return wanted
  const { type, from, to } = wanted
  return inFlight.findLast((each) => each.type === type && each.from === from && each.to === to) ?? wanted
}
