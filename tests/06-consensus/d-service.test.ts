import { check, group, refuses, same } from "#suite"
import type { Effect, Json } from "../../projects/03-planning/contract.ts"
import type { Service, StateMachine } from "../../projects/06-consensus/contract.ts"
import { project } from "./project.ts"

/** Remembers every command; answers with how many there were. */
const machine: StateMachine<readonly Json[], number> = {
  initial: [],
  apply: (state, command) => ({ state: [...state, command], result: state.length + 1 }),
}

type Diary = Service<readonly Json[], string>

const fresh = (): Diary => project.startService(machine)
const accept = (index: number, term = 1): Effect => ({ type: "accepted", index, term })
const apply = (index: number, command: Json, term = 1): Effect => ({
  type: "apply",
  index,
  entry: { term, command },
})
const serve = (service: Diary, effects: readonly Effect[], proposal?: string) =>
  proposal === undefined
    ? project.serve(machine, service, effects)
    : project.serve(machine, service, effects, proposal)

/** A service with these proposals waiting, each as `[proposal, index, term]`. */
function waitingFor(...waiting: readonly (readonly [string, number, number])[]): Diary {
  let service = fresh()
  for (const [proposal, index, term] of waiting)
    ({ service } = serve(service, [accept(index, term)], proposal))
  return service
}

group("6e", "The application", () => {
  check("6e.1", [12], "a service begins with the machine's first state, and nobody waits", () => {
    same(fresh(), { machine: [], waiting: [] }, "startService")
  })

  check("6e.2", [12], "an accepted proposal waits", () => {
    const { service, answers } = serve(fresh(), [accept(1)], "p")
    same(answers, [], "an accepted proposal: the answers")
    same(service.waiting, [{ index: 1, term: 1, proposal: "p" }], "an accepted proposal: who waits")
    same(service.machine, [], "an accepted proposal: the machine")
  })

  check("6e.3", [13], "when its entry is applied, it is answered with the result", () => {
    const { service, answers } = serve(waitingFor(["p", 1, 1]), [apply(1, "set x 1")])
    same(answers, [{ type: "applied", proposal: "p", result: 1 }], "its entry is applied: the answers")
    same(service, { machine: ["set x 1"], waiting: [] }, "its entry is applied: the service afterwards")
  })

  check("6e.4", [13], "accepted and applied in one step, as in a cluster of one", () => {
    const { service, answers } = serve(fresh(), [accept(1), apply(1, "set x 1")], "p")
    same(
      answers,
      [{ type: "applied", proposal: "p", result: 1 }],
      "accepted and applied in one step: the answers",
    )
    same(service.waiting, [], "accepted and applied in one step: who waits")
  })

  check("6e.5", [13], "many wait: each is told of its own entry, once, in the order of the log", () => {
    const many = waitingFor(["a", 1, 1], ["b", 2, 1], ["c", 3, 1])
    const first = serve(many, [apply(1, "A"), apply(2, "B")])
    same(
      first.answers,
      [
        { type: "applied", proposal: "a", result: 1 },
        { type: "applied", proposal: "b", result: 2 },
      ],
      "a, b and c wait; entries 1 and 2 are applied: the answers",
    )
    same(first.service.waiting, [{ index: 3, term: 1, proposal: "c" }], "who still waits")
    same(
      serve(first.service, [apply(3, "C")]).answers,
      [{ type: "applied", proposal: "c", result: 3 }],
      "entry 3 is applied: the answers",
    )
  })

  check("6e.6", [14], "on a server where nobody waits, commands are applied all the same, in order", () => {
    const { service, answers } = serve(fresh(), [apply(1, "A"), apply(2, "B"), apply(3, "C")])
    same(service.machine, ["A", "B", "C"], "three entries applied: the machine")
    same(answers, [], "three entries applied, and nobody waits: the answers")
  })

  check("6e.7", [14], "the command null is none: the machine does not see it", () => {
    const { service, answers } = serve(waitingFor(["p", 2, 3]), [apply(1, null, 3), apply(2, "A", 3)])
    same(service.machine, ["A"], "entries with commands null and A: the machine")
    same(
      answers,
      [{ type: "applied", proposal: "p", result: 1 }],
      "entries with commands null and A: the answers",
    )
  })

  check("6e.8", [15], "another leader's entry at its index: the proposal is overwritten, and told so", () => {
    const { service, answers } = serve(waitingFor(["p", 2, 1]), [apply(1, "A"), apply(2, "B", 2)])
    same(
      answers,
      [{ type: "overwritten", proposal: "p" }],
      "p waits for index 2 of term 1; index 2 is applied with term 2: the answers",
    )
    same(service, { machine: ["A", "B"], waiting: [] }, "the service afterwards")
  })

  check("6e.9", [15], "an entry of a later term before its index: it can never come, and is told so", () => {
    const { service, answers } = serve(waitingFor(["p", 5, 1], ["q", 6, 1]), [apply(2, "B", 2)])
    const told = answers.map(({ type, proposal }) => [type, proposal])
    same(
      told.toSorted(),
      [
        ["overwritten", "p"],
        ["overwritten", "q"],
      ],
      "p and q wait for 5 and 6 of term 1; index 2 is applied with term 2: the answers",
    )
    same(service.waiting, [], "who still waits")
  })

  check("6e.10", [15], "an entry of an earlier or the same term before its index says nothing yet", () => {
    const { service, answers } = serve(waitingFor(["p", 5, 3]), [
      apply(2, "A", 1),
      apply(3, "B", 2),
      apply(4, "C", 3),
    ])
    same(answers, [], "p waits for index 5 of term 3; older entries are applied: the answers")
    same(service.waiting.length, 1, "how many still wait")
  })

  check(
    "6e.11",
    [13, 15],
    "two wait for the same index, of different terms: one is answered, the other overwritten",
    () => {
      const both = waitingFor(["old", 5, 1], ["new", 5, 4])
      const { service, answers } = serve(both, [apply(5, "A", 4)])
      const told = answers.map(({ type, proposal }) => [type, proposal])
      same(
        told.toSorted(),
        [
          ["applied", "new"],
          ["overwritten", "old"],
        ],
        "the answers",
      )
      same(service.waiting, [], "who still waits")
      const other = serve(both, [apply(5, "B", 1)])
      same(
        other.answers.map(({ type, proposal }) => [type, proposal]).find(([type]) => type === "applied"),
        ["applied", "old"],
        "should index 5 be applied with term 1: who is answered",
      )
    },
  )

  check("6e.12", [16], "a refused proposal is told who leads, and does not wait", () => {
    for (const known of ["n3", null]) {
      const { service, answers } = serve(fresh(), [{ type: "refused", leader: known }], "p")
      same(
        answers,
        [{ type: "refused", proposal: "p", leader: known }],
        `refused, leader ${String(known)}: the answers`,
      )
      same(service.waiting, [], "refused: who waits")
    }
  })

  check("6e.13", [16], "what is none of its business is left alone", () => {
    const before = waitingFor(["p", 1, 1])
    const { service, answers } = serve(before, [
      { type: "resetElectionTimer" },
      { type: "needSnapshot", to: "n2" },
    ])
    same([service, answers], [before, []], "effects that have nothing to do with the application")
  })

  check("6e.14", [17], "an answer for nobody is a mistake of the caller's, and named", () => {
    refuses(
      () => serve(fresh(), [accept(1)]),
      "Error",
      ["proposal"],
      "serve with accepted among the effects, and no proposal",
    )
    refuses(
      () => serve(fresh(), [{ type: "refused", leader: null }]),
      "Error",
      ["proposal"],
      "serve with refused among the effects, and no proposal",
    )
  })

  check("6e.15", [13], "any proposal will do, also 0, null or an empty text", () => {
    for (const proposal of [0, null, "", false]) {
      let service: Service<readonly Json[], unknown> = project.startService(machine)
      ;({ service } = project.serve(machine, service, [accept(1)], proposal))
      const { answers } = project.serve(machine, service, [apply(1, "A")])
      same(
        answers,
        [{ type: "applied", proposal, result: 1 }],
        `the proposal is ${JSON.stringify(proposal)}: the answers`,
      )
    }
  })
})
