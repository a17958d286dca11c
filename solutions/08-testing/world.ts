import { isDeepStrictEqual } from "node:util"
import type { Effect, Message, RaftEvent, RaftNode } from "../../projects/03-planning/contract.ts"
import type {
  Acted,
  Action,
  Moment,
  Property,
  Raft,
  Replayed,
  Schedule,
  Violation,
  World,
} from "../../projects/08-testing/contract.ts"
import { emptyHistory, remember } from "./history.ts"
import { inspect, properties as figure3 } from "./properties.ts"

export function begin(raft: Raft, servers: number): World {
  if (!Number.isSafeInteger(servers) || servers < 1) {
    throw new RangeError(`servers must be a number from 1 on, not ${String(servers)}`)
  }
  const ids = Array.from({ length: servers }, (_, i) => `n${String(i + 1)}`)
  return { nodes: ids.map((id) => raft.initialNode(id, ids)), inFlight: [], history: emptyHistory }
}

export function restart(raft: Raft, node: RaftNode): RaftNode {
  const { id, voters, oldVoters, currentTerm, votedFor, log } = node
  return { ...raft.initialNode(id, voters), oldVoters, currentTerm, votedFor, log }
}

export function act(raft: Raft, world: World, action: Action): Acted | null {
  switch (action.type) {
    case "timeout":
      return happen(raft, world, action.server, { type: "electionTimeout" })
    case "heartbeat":
      return happen(raft, world, action.server, { type: "heartbeatTimeout" })
    case "propose":
      return happen(raft, world, action.server, { type: "propose", command: action.command })
    case "crash": {
      const at = world.nodes.findIndex(({ id }) => id === action.server)
      const before = world.nodes[at]
      return before ? become(world, at, before, restart(raft, before), []) : null
    }
    case "duplicate":
      if (find(world, action.message) === -1) return null
      return happen(raft, world, action.message.to, action.message)
    case "deliver":
    case "drop": {
      const at = find(world, action.message)
      if (at === -1) return null
      const { nodes, inFlight, history } = world
      const rest = { nodes, inFlight: inFlight.toSpliced(at, 1), history }
      return action.type === "drop"
        ? { world: rest, moment: null }
        : happen(raft, rest, action.message.to, action.message)
    }
  }
}

/** One event happens to one server. */
function happen(raft: Raft, world: World, server: string, event: RaftEvent): Acted | null {
  const at = world.nodes.findIndex(({ id }) => id === server)
  const before = world.nodes[at]
  if (!before) return null
  const { state, effects } = raft.step(before, event)
  return become(world, at, before, state, effects)
}

function become(
  { nodes, inFlight, history }: World,
  at: number,
  before: RaftNode,
  after: RaftNode,
  effects: readonly Effect[],
): Acted {
  const sent = messagesIn(effects)
  const world: World = {
    nodes: nodes.map((node, i) => (i === at ? after : node)),
    inFlight: sent.length === 0 ? inFlight : inFlight.concat(sent),
    history: remember(history, after),
  }
  return { world, moment: { before, after, effects, nodes: world.nodes, history: world.history } }
}

function messagesIn(effects: readonly Effect[]): readonly Message[] {
  const messages: Message[] = []
  for (const effect of effects) if (effect.type === "send") messages.push(effect.message)
  return messages
}

/** Where a message is under way: the very object, or one that says the same. */
function find({ inFlight }: World, message: Message): number {
  const at = inFlight.indexOf(message)
  return at === -1 ? inFlight.findIndex((each) => isDeepStrictEqual(each, message)) : at
}

export function replay(raft: Raft, schedule: Schedule, properties: readonly Property[] = figure3): Replayed {
  return follow(raft, schedule, properties, (action) => action)
}

/** Replays what `read` makes of each action, in the world in which it is to happen. */
export function follow(
  raft: Raft,
  schedule: Schedule,
  properties: readonly Property[],
  read: (action: Action, world: World) => Action,
): Replayed {
  let world = begin(raft, schedule.servers)
  const actions: Action[] = []
  let violation: Violation | null = null
  for (const written of schedule.actions) {
    const action = read(written, world)
    const acted = attempt(raft, world, action, properties)
    if (acted === null) continue
    actions.push(action)
    world = acted.world
    violation = acted.violation
    if (violation) break
  }
  return { world, violation, schedule: { servers: schedule.servers, actions } }
}

export interface Attempt {
  readonly world: World
  readonly moment: Moment | null
  readonly violation: Violation | null
}

/** An action, and what is broken by it: a property, or the step itself, when it throws. */
export function attempt(
  raft: Raft,
  world: World,
  action: Action,
  properties: readonly Property[],
): Attempt | null {
  let acted: Acted | null
  try {
    acted = act(raft, world, action)
  } catch (error) {
    return { world, moment: null, violation: { property: "step throws", what: messageOf(error) } }
  }
  if (acted === null) return null
  const violation = acted.moment && inspect(properties, acted.moment)
  return { world: acted.world, moment: acted.moment, violation }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
