import type { Effect, Entry, Index, Json, ServerId, Term } from "../../../projects/03-planning/contract.ts"
import type { Answer, Service, StateMachine, Waiting } from "../../../projects/06-consensus/contract.ts"
import type { Check, RaftUnderTest } from "../../../projects/08-testing/contract.ts"
import { freeze, refuses, same, table } from "./check.ts"

// Project 6, the application's side. The machine remembers all its commands; a result tells how many there were.

type Machine = readonly Json[]
type Proposal = string | number | boolean | null
type Told = Answer<Proposal, string>

const machine: StateMachine<Machine, string> = {
  initial: freeze(["first"]),
  apply: (state, command) => ({ state: [...state, command], result: `result ${String(state.length)}` }),
}

const accepted = (index: Index, term: Term): Effect => ({ type: "accepted", index, term })
const refused = (leader: ServerId | null): Effect => ({ type: "refused", leader })
const apply = (index: Index, term: Term, command: Entry["command"] = `c${String(index)}`): Effect => ({
  type: "apply",
  index,
  entry: { term, command },
})
const waits = (index: Index, term: Term, proposal: Proposal): Waiting<Proposal> => ({ index, term, proposal })
const applied = (proposal: Proposal, result: number): Told => ({
  type: "applied",
  proposal,
  result: `result ${String(result)}`,
})
const refusedTo = (proposal: Proposal, leader: ServerId | null): Told => ({
  type: "refused",
  proposal,
  leader,
})
const overwritten = (proposal: Proposal): Told => ({ type: "overwritten", proposal })

/** Who waits before, the effects of a step, what is told, and who waits then. */
interface Serving {
  readonly waiting?: readonly Waiting<Proposal>[]
  readonly effects: readonly Effect[]
  readonly proposal?: Proposal
  /** In this order, but for those that become known at once: they may come in any. */
  readonly tells?: readonly Told[]
  readonly atOnce?: boolean
  readonly left?: readonly Waiting<Proposal>[]
}

const a = waits(1, 1, "a")
const b = waits(2, 1, "b")
const newB = waits(2, 2, "new b")

const proposing: Readonly<Record<string, Serving>> = {
  "a proposal waits": { effects: [accepted(1, 1)], proposal: "a", left: [a] },
  "another one waits": { waiting: [a], effects: [accepted(2, 1)], proposal: "b", left: [a, b] },
  "it is 0": { effects: [accepted(1, 1)], proposal: 0, left: [waits(1, 1, 0)] },
  "it is false": { effects: [accepted(1, 1)], proposal: false, left: [waits(1, 1, false)] },
  "it is empty": { effects: [accepted(1, 1)], proposal: "", left: [waits(1, 1, "")] },
  "it is null": { effects: [refused("n2")], proposal: null, tells: [refusedTo(null, "n2")] },
  "it is refused": { effects: [refused("n2")], proposal: "a", tells: [refusedTo("a", "n2")] },
  "it is refused, others wait": {
    waiting: [a],
    effects: [refused(null)],
    proposal: 0,
    tells: [refusedTo(0, null)],
    left: [a],
  },
  "it is applied at once": {
    effects: [accepted(1, 1), apply(1, 1)],
    proposal: "a",
    tells: [applied("a", 1)],
  },
  "nothing comes of it": { waiting: [a], effects: [], proposal: "b", left: [a] },
  "other effects": {
    waiting: [a, b],
    effects: [{ type: "resetElectionTimer" }, { type: "needSnapshot", to: "n2" }],
    left: [a, b],
  },
}

const applying: Readonly<Record<string, Serving>> = {
  "one of two": { waiting: [a, b], effects: [apply(1, 1)], tells: [applied("a", 1)], left: [b] },
  both: { waiting: [a, b], effects: [apply(1, 1), apply(2, 1)], tells: [applied("a", 1), applied("b", 2)] },
  "both, in the order of the log": {
    waiting: [b, a],
    effects: [apply(1, 1), apply(2, 1)],
    tells: [applied("a", 1), applied("b", 2)],
  },
  "the same command twice": {
    waiting: [a, b],
    effects: [apply(1, 1, "x"), apply(2, 1, "x")],
    tells: [applied("a", 1), applied("b", 2)],
  },
  "nobody waits": { effects: [apply(1, 1), apply(2, 1)] },
  "somebody waits for a later one": { waiting: [b], effects: [apply(1, 1)], left: [b] },
  "falsy commands": { effects: [apply(1, 1, 0), apply(2, 1, false), apply(3, 1, "")] },
  "a leader's own entry": { effects: [apply(1, 1, null), apply(2, 1)] },
}

const overwriting: Readonly<Record<string, Serving>> = {
  "a later term at its index": { waiting: [a], effects: [apply(1, 2)], tells: [overwritten("a")] },
  "an earlier term at its index": { waiting: [newB], effects: [apply(2, 1)], tells: [overwritten("new b")] },
  "a leader's own entry at its index": {
    waiting: [a],
    effects: [apply(1, 2, null)],
    tells: [overwritten("a")],
  },
  "a later term before it": { waiting: [b], effects: [apply(1, 2)], tells: [overwritten("b")] },
  "a leader's own entry before it": { waiting: [b], effects: [apply(1, 2, null)], tells: [overwritten("b")] },
  "its own term before it": { waiting: [newB], effects: [apply(1, 2)], left: [newB] },
  "an earlier term before it": { waiting: [newB], effects: [apply(1, 1)], left: [newB] },
  "several, at once": {
    waiting: [a, b],
    effects: [apply(1, 2)],
    tells: [overwritten("a"), overwritten("b")],
    atOnce: true,
  },
  "one of two at an index": {
    waiting: [b, newB],
    effects: [apply(2, 2)],
    tells: [overwritten("b"), applied("new b", 1)],
    atOnce: true,
  },
  "one, then another is applied": {
    waiting: [a, newB],
    effects: [apply(1, 2), apply(2, 2)],
    tells: [overwritten("a"), applied("new b", 2)],
  },
}

function serve(raft: RaftUnderTest, row: Serving): void {
  const { waiting = [], effects, proposal, tells = [], atOnce = false, left = [] } = row
  const service: Service<Machine, Proposal> = freeze({ machine: machine.initial, waiting })
  const served =
    proposal === undefined
      ? raft.consensus.serve(machine, service, freeze(effects))
      : raft.consensus.serve(machine, service, freeze(effects), proposal)
  const order = (told: readonly Told[]) => (atOnce ? told.toSorted(byProposal) : told)
  same(order(served.answers), order(tells), "who is told what")
  const commands = effects.flatMap((effect) => (effect.type === "apply" ? [effect.entry.command] : []))
  const seen = [...machine.initial, ...commands.filter((command) => command !== null)]
  same(served.service.machine, seen, "what the machine has seen")
  const byIndex = (one: Waiting<Proposal>, other: Waiting<Proposal>) => one.index - other.index
  same(served.service.waiting.toSorted(byIndex), left, "who waits")
}

function byProposal(one: Told, other: Told): number {
  return String(one.proposal) < String(other.proposal) ? -1 : 1
}

const alone: Check = {
  name: "a service begins with nobody waiting, and tells only those who asked",
  run: ({ consensus }) => {
    same(consensus.startService(machine), { machine: machine.initial, waiting: [] }, "startService")
    const service: Service<Machine, Proposal> = freeze({ machine: machine.initial, waiting: [a, b] })
    for (const effect of [accepted(3, 1), refused(null)])
      refuses(() => consensus.serve(machine, service, [effect]), Error, "proposal", "nobody to tell")
  },
}

const nothingToTell: Check = {
  name: "a result may be nothing at all",
  run: ({ consensus }) => {
    const silent: StateMachine<null, undefined> = {
      initial: null,
      apply: () => ({ state: null, result: undefined }),
    }
    const service: Service<null, Proposal> = freeze({ machine: null, waiting: [a] })
    const { answers, service: after } = consensus.serve(silent, service, [apply(1, 1)])
    same(
      answers.map(({ type, proposal }) => [type, proposal]),
      [["applied", "a"]],
      "the answers",
    )
    same(after.waiting, [], "who waits")
  },
}

export const serviceChecks: readonly Check[] = [
  alone,
  table("a proposal waits, or is refused", proposing, serve),
  table("what is applied is told to whoever proposed it", applying, serve),
  table("what is overwritten is told, and nothing else", overwriting, serve),
  nothingToTell,
]
