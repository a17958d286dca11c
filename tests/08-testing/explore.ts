import type { Message, RaftEvent, RaftNode } from "../../projects/03-planning/contract.ts"
import type { Bounds, History, Moment, Property, Raft, World } from "../../projects/08-testing/contract.ts"
import { endOf, sent } from "../cluster/build.ts"
import { begin, crashed, firstBroken, remember, textOf } from "./model.ts"

/** What the suite's own exhaustive search found out, for `mode: "messages"`. */
export interface Explored {
  readonly states: number
  readonly depth: number
  /** How many states are at most 0, 1, 2, … moves away. */
  readonly within: readonly number[]
  /** The number of moves to the nearest violation; then all else is what was found so far. */
  readonly violation: number | null
  readonly never: readonly string[]
}

interface Options {
  readonly symmetry?: boolean
  readonly properties?: readonly Property[]
  /** A crash that changes nothing but the number of crashes that are left: a move (by the letter of rule 33), or none. */
  readonly idleCrashes?: boolean
  readonly most?: number
}

/** A state of the search: what rule 34 says that it is. */
interface State {
  readonly nodes: readonly RaftNode[]
  readonly inFlight: readonly Message[]
  readonly history: History
  readonly crashes: number
}

/** Breadth first, by text; `null` when there are more than `most` states. */
export function explore(
  raft: Raft,
  bounds: Bounds,
  { symmetry = true, properties = [], idleCrashes = true, most = 20_000 }: Options = {},
): Explored | null {
  const { nodes, history } = begin(raft, bounds.servers)
  const names = nodes.map(({ id }) => id)
  const forms = new Forms(symmetry ? permutations(names) : [names], names)
  const first: State = { nodes: nodes.map(forms.same), inFlight: [], history, crashes: bounds.crashes }
  const seen = new Set([forms.key(first)])
  const awaited = new Set(properties.filter(({ kind }) => kind === "sometimes"))
  const within = [1]
  const steps = new Map<string, ReturnType<Raft["step"]>>()
  const step = (node: RaftNode, event: RaftEvent) => {
    const key = `${forms.text(node)} ${textOf(event)}`
    const known = steps.get(key) ?? raft.step(node, event)
    steps.set(key, known)
    return known
  }
  const answer = (violation: number | null): Explored => ({
    states: seen.size,
    depth: within.length - 1,
    within,
    violation,
    never: [...awaited].map(({ name }) => name),
  })
  for (let level = [first]; level.length > 0;) {
    const next: State[] = []
    for (const state of level) {
      for (const move of movesOf(state, bounds, step, raft, idleCrashes)) {
        if (move === "throws") return answer(within.length)
        const { moment } = move
        const reached = { ...move.state, nodes: move.state.nodes.map(forms.same) }
        if (new Set(reached.inFlight.map(textOf)).size > bounds.messages) continue
        if (moment) {
          if (firstBroken(properties, moment)) return answer(within.length)
          for (const each of awaited) if (each.kind === "sometimes" && each.happens(moment)) awaited.delete(each)
        }
        const key = forms.key(reached)
        if (seen.has(key)) continue
        seen.add(key)
        if (seen.size > most) return null
        next.push(reached)
      }
    }
    if (next.length > 0) within.push(seen.size)
    level = next
  }
  return answer(null)
}

interface Move {
  readonly state: State
  readonly moment: Moment | null
}

/** All that can happen next, by rule 33. */
function* movesOf(
  state: State,
  { terms, entries }: Bounds,
  step: Raft["step"],
  raft: Raft,
  idleCrashes: boolean,
): Generator<Move | "throws"> {
  for (const node of state.nodes) {
    const events: RaftEvent[] = [{ type: "heartbeatTimeout" }]
    if (node.currentTerm < terms) events.push({ type: "electionTimeout" })
    if (endOf(node.log) < entries) events.push({ type: "propose", command: "a command" })
    for (const event of events) yield given(state, node, event, step, state.inFlight)
    if (state.crashes === 0) continue
    const { currentTerm, votedFor, log, voters, oldVoters } = node
    const after = { ...raft.initialNode(node.id, voters), oldVoters, currentTerm, votedFor, log }
    if (!idleCrashes && textOf(after) === textOf(node)) continue
    const { state: reached, moment } = changed(state, node, after, [], state.inFlight)
    yield { state: { ...reached, crashes: state.crashes - 1 }, moment }
  }
  for (const message of state.inFlight) {
    const rest = state.inFlight.filter((each) => each !== message)
    yield { state: { ...state, inFlight: rest }, moment: null }
    const receiver = state.nodes.find(({ id }) => id === message.to)
    if (!receiver) continue
    yield given(state, receiver, message, step, rest)
    yield given(state, receiver, message, step, state.inFlight)
  }
}

function given(
  state: State,
  node: RaftNode,
  event: RaftEvent,
  step: Raft["step"],
  inFlight: readonly Message[],
): Move | "throws" {
  try {
    const stepped = step(node, event)
    return changed(state, node, stepped.state, stepped.effects, inFlight)
  } catch {
    return "throws"
  }
}

function changed(
  state: State,
  before: RaftNode,
  after: RaftNode,
  effects: Moment["effects"],
  inFlight: readonly Message[],
): Move {
  const nodes = state.nodes.map((node) => (node.id === after.id ? after : node))
  const history = remember(state.history, after)
  const known = new Set(inFlight.map(textOf))
  const fresh = sent(effects).filter((message) => !known.has(textOf(message)) && known.add(textOf(message)))
  return {
    state: { ...state, nodes, inFlight: [...inFlight, ...fresh], history },
    moment: { before, after, effects, nodes, history },
  }
}

/** States as texts, the same for all that count as one. */
class Forms {
  readonly #renamings: readonly (readonly string[])[]
  readonly #names: readonly string[]
  readonly #texts = new WeakMap<object, string>()
  readonly #nodes = new Map<string, RaftNode>()
  readonly #renamed = new Map<string, string>()
  readonly #ids = new Map<string, number>()

  constructor(renamings: readonly (readonly string[])[], names: readonly string[]) {
    this.#renamings = renamings
    this.#names = names
  }

  /** The same object for the same server's state. */
  readonly same = (node: RaftNode): RaftNode => {
    const text = this.text(node)
    const known = this.#nodes.get(text)
    if (!known) this.#nodes.set(text, node)
    return known ?? node
  }

  /** A part of a state, lists of servers in the order of their names. */
  text(part: object): string {
    const known = this.#texts.get(part) ?? this.#normal(part)
    this.#texts.set(part, known)
    return known
  }

  key({ nodes, inFlight, history, crashes }: State): string {
    const keys = this.#renamings.map((renaming) => {
      const at = (old: number) => renaming.indexOf(this.#names[old] ?? "")
      const servers = nodes.map((_, i) => this.#id(nodes[at(i)] ?? {}, renaming))
      const messages = inFlight.map((message) => this.#id(message, renaming)).toSorted((a, b) => a - b)
      return `${servers.join()} ${messages.join()} ${String(this.#id(history, renaming))} ${String(crashes)}`
    })
    return keys.toSorted()[0] ?? ""
  }

  /** A number for a part under new names. */
  #id(part: object, renaming: readonly string[]): number {
    const text = this.text(part)
    const key = `${renaming.join()} ${text}`
    const renamed = this.#renamed.get(key) ?? this.#rename(text, renaming)
    this.#renamed.set(key, renamed)
    const id = this.#ids.get(renamed) ?? this.#ids.size
    this.#ids.set(renamed, id)
    return id
  }

  #rename(text: string, renaming: readonly string[]): string {
    const renamed = text.replace(/"(n\d+)"/g, (_, name: string) =>
      JSON.stringify(renaming[this.#names.indexOf(name)] ?? name),
    )
    return this.#normal(JSON.parse(renamed) as object)
  }

  #normal(part: object): string {
    return textOf(
      JSON.parse(JSON.stringify(part), (_, each: unknown) =>
        Array.isArray(each) && each.every((name) => this.#names.includes(name as string)) ? each.toSorted() : each,
      ),
    )
  }
}

function permutations<T>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length === 0) return [[]]
  return list.flatMap((first, i) => permutations(list.toSpliced(i, 1)).map((rest) => [first, ...rest]))
}

/** A world with the messages under way as a set. */
export type { World }
void crashed
