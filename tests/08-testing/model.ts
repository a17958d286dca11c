import type { Entry, Message, RaftEvent, RaftNode } from "../../projects/03-planning/contract.ts"
import type {
  Acted,
  Action,
  Always,
  History,
  Moment,
  Property,
  Raft,
  Replayed,
  Schedule,
  Sometimes,
  Violation,
  World,
} from "../../projects/08-testing/contract.ts"
import { endOf, entryIn, sent, servers as names } from "../cluster/build.ts"
import { Random } from "../cluster/random.ts"

/**
 * The suite's own project 8, as far as it needs one: written by the spec's words, without any of the person's code, and
 * without any thought of speed.
 */

export const nothingYet: History = { leaders: {}, committed: [], applied: [] }

/** The same text for the same data, whatever the order of properties. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

export function sameData(a: unknown, b: unknown): boolean {
  return a === b || textOf(a) === textOf(b)
}

export function remember(history: History, after: RaftNode): History {
  const { id, role, log, currentTerm, commitIndex, lastApplied } = after
  const committed = [...history.committed]
  const applied = [...history.applied]
  for (let index = committed.length + 1; index <= commitIndex; index++) {
    const entry = entryIn(log, index)
    if (!entry) break
    committed.push({ ...entry, by: currentTerm })
  }
  for (let index = applied.length + 1; index <= lastApplied; index++) {
    const entry = entryIn(log, index)
    if (!entry) break
    applied.push(entry)
  }
  const first = role === "leader" && history.leaders[currentTerm] === undefined
  const more = committed.length > history.committed.length || applied.length > history.applied.length
  if (!first && !more) return history
  const leaders = first ? { ...history.leaders, [currentTerm]: id } : history.leaders
  return { leaders, committed, applied }
}

export function begin(raft: Raft, servers: number): World {
  const ids = names(servers)
  return { nodes: ids.map((id) => raft.initialNode(id, ids)), inFlight: [], history: nothingYet }
}

export function act(raft: Raft, world: World, action: Action): Acted | null {
  switch (action.type) {
    case "timeout":
      return give(raft, world, action.server, { type: "electionTimeout" })
    case "heartbeat":
      return give(raft, world, action.server, { type: "heartbeatTimeout" })
    case "propose":
      return give(raft, world, action.server, { type: "propose", command: action.command })
    case "crash": {
      const before = world.nodes.find(({ id }) => id === action.server)
      if (!before) return null
      const { currentTerm, votedFor, log, voters, oldVoters } = before
      const fresh = raft.initialNode(before.id, voters)
      return turn(world, before, { ...fresh, oldVoters, currentTerm, votedFor, log })
    }
    case "deliver":
    case "duplicate":
    case "drop": {
      const at = placeOf(world, action.message)
      if (at === -1) return null
      const left = { ...world, inFlight: world.inFlight.toSpliced(at, 1) }
      if (action.type === "drop") return { world: left, moment: null }
      const message = world.inFlight[at] ?? action.message
      return give(raft, action.type === "deliver" ? left : world, message.to, message)
    }
  }
}

function placeOf({ inFlight }: World, message: Message): number {
  const same = inFlight.indexOf(message)
  return same === -1 ? inFlight.findIndex((each) => sameData(each, message)) : same
}

function give(raft: Raft, world: World, id: string, event: RaftEvent): Acted | null {
  const before = world.nodes.find((node) => node.id === id)
  if (!before) return null
  const { state, effects } = raft.step(before, event)
  return turn(world, before, state, effects)
}

/** One server has changed: the world after that, and the moment. */
export function turn(
  { nodes, inFlight, history }: World,
  before: RaftNode,
  after: RaftNode,
  effects: Moment["effects"] = [],
): { readonly world: World; readonly moment: Moment } {
  const world: World = {
    nodes: nodes.map((node) => (node.id === after.id ? after : node)),
    inFlight: [...inFlight, ...sent(effects)],
    history: remember(history, after),
  }
  return { world, moment: { before, after, effects, nodes: world.nodes, history: world.history } }
}

export function firstBroken(properties: readonly Property[], moment: Moment): Violation | null {
  for (const property of properties) {
    const what = property.kind === "always" ? property.broken(moment) : null
    if (what !== null) return { property: property.name, what }
  }
  return null
}

export function replay(raft: Raft, schedule: Schedule, properties: readonly Property[]): Replayed {
  let world = begin(raft, schedule.servers)
  const actions: Action[] = []
  const taken = { servers: schedule.servers, actions }
  for (const action of schedule.actions) {
    let acted: Acted | null
    try {
      acted = act(raft, world, action)
    } catch (error) {
      actions.push(action)
      return { world, violation: { property: "step throws", what: String(error) }, schedule: taken }
    }
    if (acted === null) continue
    actions.push(action)
    world = acted.world
    const violation = acted.moment && firstBroken(properties, acted.moment)
    if (violation) return { world, violation, schedule: taken }
  }
  return { world, violation: null, schedule: taken }
}

// ---- Figure 3, word for word. -----------------------------------------------------------------------------------------

const electionSafety: Always = {
  kind: "always",
  name: "Election Safety",
  of: "state",
  broken: ({ nodes, history }) => {
    const second = leading(nodes).find(({ id, currentTerm }) => (history.leaders[currentTerm] ?? id) !== id)
    return second ? `${second.id} leads term ${String(second.currentTerm)}, too` : null
  },
}

const leaderAppendOnly: Always = {
  kind: "always",
  name: "Leader Append-Only",
  of: "step",
  broken: ({ before, after }) => {
    const leads = before.role === "leader" && after.role === "leader"
    if (!leads || before.currentTerm !== after.currentTerm || before.log === after.log) return null
    const from = Math.max(before.log.base.index, after.log.base.index)
    for (let index = from + 1; index <= endOf(before.log); index++) {
      const same = sameEntry(entryIn(before.log, index), entryIn(after.log, index))
      if (!same) return `${after.id} no longer has its entry ${String(index)}`
    }
    return null
  },
}

const logMatching: Always = {
  kind: "always",
  name: "Log Matching",
  of: "state",
  broken: ({ nodes }) => {
    for (const [i, a] of nodes.entries()) {
      for (const b of nodes.slice(i + 1)) if (!match(a, b)) return `${a.id} and ${b.id} do not match`
    }
    return null
  },
}

function match({ log: a }: RaftNode, { log: b }: RaftNode): boolean {
  if (a === b) return true
  const first = Math.max(a.base.index, b.base.index) + 1
  let last = Math.min(endOf(a), endOf(b))
  while (last >= first && entryIn(a, last)?.term !== entryIn(b, last)?.term) last--
  for (let index = first; index <= last; index++) {
    if (!sameEntry(entryIn(a, index), entryIn(b, index))) return false
  }
  return true
}

const leaderCompleteness: Always = {
  kind: "always",
  name: "Leader Completeness",
  of: "state",
  broken: ({ nodes, history }) => {
    for (const { id, log, currentTerm } of leading(nodes)) {
      for (const [i, entry] of history.committed.entries()) {
        if (entry.by >= currentTerm || i + 1 <= log.base.index) continue
        if (!sameEntry(entryIn(log, i + 1), entry)) return `${id} leads without entry ${String(i + 1)}`
      }
    }
    return null
  },
}

const stateMachineSafety: Always = {
  kind: "always",
  name: "State Machine Safety",
  of: "state",
  broken: ({ nodes, history }) => {
    for (const { id, log, lastApplied } of nodes) {
      const last = Math.min(lastApplied, endOf(log), history.applied.length)
      for (let index = log.base.index + 1; index <= last; index++) {
        if (!sameEntry(entryIn(log, index), history.applied[index - 1])) {
          return `${id} has applied something else at ${String(index)}`
        }
      }
    }
    return null
  },
}

export const figure3: readonly Always[] = [
  electionSafety,
  leaderAppendOnly,
  logMatching,
  leaderCompleteness,
  stateMachineSafety,
]

function leading(nodes: readonly RaftNode[]): readonly RaftNode[] {
  return nodes.filter(({ role }) => role === "leader")
}

function sameEntry(a: Entry | undefined, b: Entry | undefined): boolean {
  if (a === b) return true
  if (a?.term !== b?.term) return false
  return a?.command === b?.command || sameData(a?.command, b?.command)
}

// ---- Properties for one check. ----------------------------------------------------------------------------------------

/** A property of where the cluster is: broken when some server is so. */
export function noServer(name: string, is: (node: RaftNode) => boolean): Always {
  const broken = ({ nodes }: Moment) => {
    const bad = nodes.find(is)
    return bad ? `${bad.id} is not as it should be` : null
  }
  return { kind: "always", name, of: "state", broken }
}

export function happens(name: string, of: Sometimes["of"], is: (moment: Moment) => boolean): Sometimes {
  return { kind: "sometimes", name, of, happens: is }
}

// ---- Random schedules of the suite's own. -----------------------------------------------------------------------------

/**
 * Takes random actions, each of which can happen, and shows what comes of them. Stops when `see` answers true.
 * @returns what was done
 */
export function wander(
  raft: Raft,
  servers: number,
  seed: number,
  length: number,
  see: (acted: Acted, before: World, action: Action) => boolean | undefined,
): Schedule {
  const random = new Random(seed)
  const [loss, disorder, timeouts] = [
    random.pick([2, 10, 25]),
    random.pick([0.1, 0.5, 1]),
    random.pick([3, 6, 12]),
  ]
  const actions: Action[] = []
  let world = begin(raft, servers)
  while (actions.length < length) {
    const action = choose(world, random, loss, disorder, timeouts, actions.length)
    const acted = act(raft, world, action)
    if (!acted) continue
    actions.push(action)
    if (see(acted, world, action) === true) break
    world = acted.world
  }
  return { servers, actions }
}

function choose(
  { nodes, inFlight }: World,
  random: Random,
  loss: number,
  disorder: number,
  timeouts: number,
  count: number,
): Action {
  const [oldest] = inFlight
  const { id } = random.pick(nodes)
  const leader = random.pick(leading(nodes).length > 0 ? leading(nodes) : nodes).id
  let dice = random.below(100)
  const is = (chance: number): boolean => (dice -= chance) < 0
  if (!oldest || is(timeouts)) return { type: "timeout", server: id }
  if (inFlight.length > 25) return { type: "drop", message: oldest }
  if (is(6)) return { type: "heartbeat", server: leader }
  if (is(6)) return { type: "propose", server: leader, command: `c${String(count)}` }
  if (is(2)) return { type: "crash", server: id }
  const message = random.chance(disorder) ? random.pick(inFlight) : oldest
  return { type: is(loss) ? "drop" : is(3) ? "duplicate" : "deliver", message }
}
