import type { Message, RaftEvent, RaftNode } from "../../projects/03-planning/contract.ts"
import type { Bounds, History, Moment, Property, Raft } from "../../projects/08-testing/contract.ts"
import { beat } from "../../workshop/suite/watchdog.ts"
import { endOf, sent } from "../cluster/build.ts"
import { begin, firstBroken, remember, textOf } from "./model.ts"

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
    const key = `${String(forms.number(node))} ${textOnce(event)}`
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
      beat()
      for (const move of movesOf(state, bounds, step, raft, idleCrashes)) {
        if (move === "throws") return answer(within.length)
        const { moment } = move
        const reached = { ...move.state, nodes: move.state.nodes.map(forms.same) }
        if (reached.inFlight.length > bounds.messages) continue
        if (moment) {
          if (firstBroken(properties, moment)) return answer(within.length)
          for (const each of awaited)
            if (each.kind === "sometimes" && each.happens(moment)) awaited.delete(each)
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
  const underWay = new Map([...inFlight, ...sent(effects)].map((message) => [textOnce(message), message]))
  return {
    state: { ...state, nodes, inFlight: [...underWay.values()], history },
    moment: { before, after, effects, nodes, history },
  }
}

const texts = new WeakMap<object, string>()

function textOnce(part: object): string {
  const text = texts.get(part) ?? textOf(part)
  texts.set(part, text)
  return text
}

/** States as texts, the same for all that count as one. Their parts have numbers: the text of a part is long. */
class Forms {
  readonly #renamings: readonly (readonly string[])[]
  readonly #names: readonly string[]
  readonly #texts: string[] = []
  readonly #numbers = new Map<string, number>()
  readonly #numberOf = new WeakMap<object, number>()
  readonly #nodes = new Map<number, RaftNode>()
  /** For each renaming: the number of a part under its new names, by its number. */
  readonly #renamed: readonly Map<number, number>[]

  constructor(renamings: readonly (readonly string[])[], names: readonly string[]) {
    this.#renamings = renamings
    this.#names = names
    this.#renamed = renamings.map(() => new Map<number, number>())
  }

  /** The same object for the same server's state. */
  readonly same = (node: RaftNode): RaftNode => {
    const number = this.number(node)
    const known = this.#nodes.get(number) ?? node
    this.#nodes.set(number, known)
    return known
  }

  /** The same number for parts that say the same; in lists of servers, the order says nothing. */
  number(part: object): number {
    const number = this.#numberOf.get(part) ?? this.#intern(this.#normal(part))
    this.#numberOf.set(part, number)
    return number
  }

  key({ nodes, inFlight, history, crashes }: State): string {
    const numbers = nodes.map((node) => this.number(node))
    const messages = inFlight.map((message) => this.number(message))
    const past = this.number(history)
    let smallest = ""
    for (const [i, renaming] of this.#renamings.entries()) {
      const servers = this.#names.map((name) => this.#rename(i, numbers[renaming.indexOf(name)] ?? 0))
      const sent = messages.map((message) => this.#rename(i, message)).toSorted((a, b) => a - b)
      const key = `${servers.join()} ${sent.join()} ${String(this.#rename(i, past))} ${String(crashes)}`
      if (smallest === "" || key < smallest) smallest = key
    }
    return smallest
  }

  /** The number of a part under new names. */
  #rename(i: number, number: number): number {
    const known = this.#renamed[i]?.get(number)
    if (known !== undefined) return known
    const renaming = this.#renamings[i] ?? []
    const text = (this.#texts[number] ?? "").replace(/"(n\d+)"/g, (_, name: string) =>
      JSON.stringify(renaming[this.#names.indexOf(name)] ?? name),
    )
    const renamed = this.#intern(this.#normal(JSON.parse(text) as object))
    this.#renamed[i]?.set(number, renamed)
    return renamed
  }

  #intern(text: string): number {
    const number = this.#numbers.get(text) ?? this.#texts.push(text) - 1
    this.#numbers.set(text, number)
    return number
  }

  #normal(part: object): string {
    const isSet = (list: readonly unknown[]) => list.every((name) => this.#names.includes(name as string))
    const sorted: unknown = JSON.parse(JSON.stringify(part), (_, each: unknown) =>
      Array.isArray(each) && isSet(each) ? each.toSorted() : each,
    )
    return textOf(sorted)
  }
}

function permutations<T>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length === 0) return [[]]
  return list.flatMap((first, i) => permutations(list.toSpliced(i, 1)).map((rest) => [first, ...rest]))
}
