import { isDeepStrictEqual } from "node:util"
import type { Json, RaftNode, Term } from "../../../projects/03-planning/contract.ts"
import type { Action, Check, Raft, World } from "../../../projects/08-testing/contract.ts"
import { inspect, properties } from "../properties.ts"
import { act, begin } from "../world.ts"
import { follower, joint, lastIndex, leader, log, of, type Known } from "./build.ts"
import { holds, same, table } from "./check.ts"
import { watched } from "./laws.ts"

// Whole clusters, on a good day and on the day after a bad one.

/** One action, watched by the laws and by Figure 3. */
function happens(raft: Raft, world: World, action: Action): World {
  const acted = act(raft, world, action)
  if (!acted) return world
  const violation = acted.moment && inspect(properties, acted.moment)
  if (violation) throw new Error(`${violation.property}: ${violation.what}`)
  return acted.world
}

/** Everything that is under way arrives, and what is sent then, until it is quiet. */
export function settle(raft: Raft, world: World): World {
  let quiet = world
  for (let count = 0; count < 5_000; count++) {
    const [message] = quiet.inFlight
    if (!message) return quiet
    quiet = happens(raft, quiet, { type: "deliver", message })
  }
  throw new Error("messages go on and on, with nothing from outside")
}

function loseAll(world: World): World {
  return { ...world, inFlight: [] }
}

/** Who leads the newest term, and all others follow. */
function leaderOf({ nodes }: World): RaftNode | undefined {
  const newest = Math.max(...nodes.map(({ currentTerm }) => currentTerm))
  const [leader, rival] = nodes.filter(({ role, currentTerm }) => role === "leader" && currentTerm === newest)
  return nodes.every(({ currentTerm }) => currentTerm === newest) && !rival ? leader : undefined
}

/** Servers time out, one after the other, until one leads. Twice round is enough: by then all know the newest term. */
export function elect(raft: Raft, world: World): World {
  let elected = settle(raft, world)
  for (let turn = 0; turn < 3 * world.nodes.length && !leaderOf(elected); turn++) {
    const server = elected.nodes[turn % elected.nodes.length]?.id ?? ""
    elected = settle(raft, happens(raft, elected, { type: "timeout", server }))
  }
  holds(leaderOf(elected) !== undefined, "nobody leads, though all messages arrive and all have timed out")
  return elected
}

const command = "x"

/** A command, and then all have all of it. */
export function level(raft: Raft, world: World): World {
  const server = leaderOf(world)?.id ?? ""
  return catchUp(raft, happens(raft, world, { type: "propose", server, command }))
}

/** As many heartbeats as it takes until all have the same log, committed and applied. */
function catchUp(raft: Raft, world: World): World {
  const server = leaderOf(world)?.id ?? ""
  let now = settle(raft, world)
  const enough = 2 * Math.max(...now.nodes.map(({ log }) => lastIndex(log))) + 5
  for (let count = 0; count < enough && !isLevel(now); count++)
    now = settle(raft, happens(raft, now, { type: "heartbeat", server }))
  const logs = now.nodes.map(({ id, log, commitIndex }) => {
    const terms = log.entries.map(({ term }) => String(term)).join(" ")
    return `${id} has ${terms}, ${String(commitIndex)} of them committed`
  })
  holds(isLevel(now), `the cluster does not get level: ${logs.join("; ")}`)
  return now
}

function isLevel({ nodes }: World): boolean {
  return nodes.every(
    ({ log, commitIndex, lastApplied }) =>
      commitIndex === lastIndex(log) && lastApplied === commitIndex && isDeepStrictEqual(log, nodes[0]?.log),
  )
}

const goodDay = table<number>(
  "a cluster elects a leader, commits and applies",
  { alone: 1, "two servers": 2, three: 3, four: 4, five: 5, seven: 7 },
  (raft, servers) => {
    const safe = watched(raft)
    const worked = level(safe, level(safe, elect(safe, begin(safe, servers))))
    same(applied(worked), [command, command], "the commands that were applied")
    const crash = (world: World, { id }: RaftNode) => happens(safe, world, { type: "crash", server: id })
    const crashed = loseAll(worked.nodes.reduce(crash, worked))
    same(
      applied(level(safe, elect(safe, crashed))),
      [command, command, command],
      "those after all have crashed",
    )
  },
)

/** Without those of leaders. */
function applied({ history }: World): readonly Json[] {
  return history.applied.map(({ command }) => command).filter((command) => command !== null)
}

/** A leader of term 8, and followers that have some log or other. */
function led(terms: readonly Term[], followers: readonly (readonly Term[])[], known?: Known): World {
  const common = { ...of(followers.length + 1), currentTerm: 8 }
  const nodes = followers.map((each, i) => follower({ ...common, id: `n${String(i + 2)}`, log: log(each) }))
  return {
    nodes: [leader({ ...common, log: log(terms) }, known), ...nodes],
    inFlight: [],
    history: { leaders: { 8: "n1" }, committed: [], applied: [] },
  }
}

const figure7 = [
  [1, 1, 1, 4, 4, 5, 5, 6, 6],
  [1, 1, 1, 4],
  [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
  [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
  [1, 1, 1, 4, 4, 4, 4],
  [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
]

const backtracking = table<World>(
  "a leader brings every log to match its own",
  {
    "Figure 7": led([1, 1, 1, 4, 4, 5, 5, 6, 6, 6], figure7),
    "empty logs": led([1, 1, 2], [[], []]),
    "logs that are wrong from the start": led([2, 2, 4], [[1, 1, 1, 1, 1], [3]]),
    "an empty leader": led([], [[1, 2], [3]]),
    "a long way": led(Array<Term>(130).fill(3), [[3], []], { n2: [1, 2], n3: [0, 1] }),
  },
  (raft, world) => {
    level(watched(raft), world)
  },
)

const lost: Check = {
  name: "what is lost is sent again",
  run: (raft) => {
    const safe = watched(raft)
    let world = elect(safe, begin(safe, 3))
    const server = leaderOf(world)?.id ?? ""
    for (const command of ["a", "b", "c"]) {
      world = loseAll(happens(safe, world, { type: "propose", server, command }))
      world = loseAll(happens(safe, world, { type: "heartbeat", server }))
    }
    level(safe, catchUp(safe, world))
  },
}

const changing: Check = {
  name: "a cluster whose membership changes",
  run: (raft) => {
    const safe = watched(raft)
    const world = begin(safe, 5)
    const nodes = world.nodes.map((node) => ({ ...node, ...joint }))
    level(safe, elect(safe, { ...world, nodes }))
  },
}

export const clusterChecks: readonly Check[] = [goodDay, backtracking, lost, changing]
