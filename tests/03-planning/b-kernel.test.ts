import { check, group, holds, same, show } from "#suite"
import type { Feature, RaftNode, Stepped } from "../../projects/03-planning/contract.ts"
import { fresh, project, refuses } from "./project.ts"

// The kernel is given, and its laws are what the later projects stand on. Its features here work on a server of
// theirs, and know two events: `go` and `stay`.

type Go = { readonly type: "go"; readonly by: number } | { readonly type: "stay" }
type Part = Feature<RaftNode, Go, string>

const go = { type: "go", by: 1 } as const
const stay = { type: "stay" } as const
const idle = { go: () => undefined, stay: () => undefined }
const atTerm = (where: string, { currentTerm }: RaftNode): string => `${where} in term ${String(currentTerm)}`

/** A feature whose every part says what term it saw, and makes it one more. */
function talkative(name: string): Part {
  const speak = (where: string) => (state: RaftNode) => ({
    set: { currentTerm: state.currentTerm + 1 },
    effects: [atTerm(`${name} ${where}`, state)],
  })
  return {
    name,
    guards: { first: speak("guard 1"), second: speak("guard 2") },
    handlers: { go: speak("handler"), stay: () => undefined },
  }
}

/** A rule that brings `commitIndex` up to `target`, one at a time. */
const climb = (name: string, target: number): Part => ({
  name,
  handlers: idle,
  rules: {
    climb: (state) =>
      state.commitIndex < target
        ? {
            set: { commitIndex: state.commitIndex + 1 },
            effects: [`${name} ${String(state.commitIndex + 1)}`],
          }
        : undefined,
  },
})

/** A rule that applies what is committed, one at a time: it has work whenever `climb` had. */
const apply: Part = {
  name: "apply",
  handlers: idle,
  rules: {
    next: ({ commitIndex, lastApplied }) =>
      lastApplied < commitIndex
        ? { set: { lastApplied: lastApplied + 1 }, effects: [`apply ${String(lastApplied + 1)}`] }
        : undefined,
  },
}

function sameStep(got: Stepped<RaftNode, string>, expected: object, scenario: string): void {
  const { commitIndex, lastApplied, currentTerm } = got.state
  const { effects, because } = got
  same({ commitIndex, lastApplied, currentTerm, effects, because }, expected, scenario)
}

group("3b", "The kernel", () => {
  check(
    "3b.1",
    [7, 9],
    "all features' guards come before any handler, each part sees what came before",
    () => {
      const node = fresh()
      const step = project.compose<RaftNode, string, [Go, Go]>(talkative("a"), talkative("b"))
      const { effects } = step(node, go)
      const order = ["a guard 1", "a guard 2", "b guard 1", "b guard 2", "a handler", "b handler"]
      same(
        effects,
        order.map((where, i) => `${where} in term ${String(i)}`),
        "two features with two guards and a handler each",
      )
    },
  )

  check("3b.2", [7], "guards see every event, also those that their feature does not handle", () => {
    const node = fresh()
    const watchman: Part = {
      name: "watchman",
      guards: { watch: (_, event) => ({ effects: [`saw ${event.type}`] }) },
      handlers: idle,
    }
    const other: Feature<RaftNode, { readonly type: "elsewhere" }, string> = {
      name: "other",
      handlers: { elsewhere: () => ({ effects: ["handled"] }) },
    }
    const step = project.compose<RaftNode, string, [{ readonly type: "elsewhere" }, Go]>(other, watchman)
    same(
      step(node, { type: "elsewhere" }).effects,
      ["saw elsewhere", "handled"],
      "an event of another feature",
    )
  })

  check(
    "3b.3",
    [8],
    "a guard that stops keeps the event from handlers and later guards; the rules still run",
    () => {
      const node = fresh()
      const strict: Part = {
        name: "strict",
        guards: {
          stop: (_, event) =>
            event.type === "go" ? { stop: true, set: { currentTerm: 9 }, effects: ["refused"] } : undefined,
        },
        handlers: idle,
      }
      const step = project.compose<RaftNode, string, [Go, Go, Go]>(strict, talkative("a"), climb("climb", 1))
      sameStep(
        step(node, go),
        {
          commitIndex: 1,
          lastApplied: 0,
          currentTerm: 9,
          effects: ["refused", "climb 1"],
          because: ["strict.stop", "climb.climb"],
        },
        "the first feature's guard stops the event",
      )
      const late = project.compose<RaftNode, string, [Go, Go]>(talkative("a"), strict)
      same(
        late(node, go).effects,
        ["a guard 1 in term 0", "a guard 2 in term 1", "refused"],
        "the second feature's guard stops the event: no handler sees it",
      )
      holds(
        late(node, stay).because.includes("a.first"),
        "another event, which it lets pass",
        "the others act",
        "they do not",
      )
    },
  )

  check("3b.4", [9], "handlers react to their own type of event, in the order of the features", () => {
    const node = fresh()
    const adder = (name: string): Part => ({
      name,
      handlers: {
        go: (state, { by }) => ({
          set: { currentTerm: state.currentTerm * 10 + by },
          effects: [`${name} goes`],
        }),
        stay: () => ({ effects: [`${name} stays`] }),
      },
    })
    const step = project.compose<RaftNode, string, [Go, Go]>(adder("b"), adder("a"))
    same(step(node, stay).effects, ["b stays", "a stays"], "the event stay")
    const went = step(node, { type: "go", by: 3 })
    same(went.effects, ["b goes", "a goes"], "the event go")
    same(went.state.currentTerm, 33, "each handler adds a digit to what the other one left")
  })

  check("3b.5", [10], "rules run until a whole round of them has nothing to do", () => {
    const node = fresh()
    // `apply` comes first in each round, so its work is only there in the round after `climb` had some.
    const step = project.compose<RaftNode, string, [Go, Go]>(apply, climb("climb", 2))
    const expected = {
      commitIndex: 2,
      lastApplied: 2,
      currentTerm: 0,
      effects: ["climb 1", "apply 1", "climb 2", "apply 2"],
      because: ["climb.climb", "apply.next", "climb.climb", "apply.next"],
    }
    sameStep(step(node, stay), expected, "a rule that gives another one work, twice")
  })

  check(
    "3b.6",
    [10],
    "after a step the rules are at rest: an event nobody reacts to changes nothing at all",
    () => {
      const node = fresh()
      const step = project.compose<RaftNode, string, [Go, Go]>(climb("climb", 3), apply)
      const { state } = step(node, stay)
      const again = step(state, stay)
      holds(
        again.state === state,
        "the same step again",
        "the same state, the very object",
        show(again.state),
      )
      same(
        { effects: again.effects, because: again.because },
        { effects: [], because: [] },
        "the same step again",
      )
    },
  )

  check("3b.7", [11], "rules that never come to rest end with an error that names them", () => {
    const node = fresh()
    const flip: Part = {
      name: "flip",
      handlers: idle,
      rules: { flop: ({ currentTerm }) => ({ set: { currentTerm: 1 - currentTerm } }) },
    }
    const step = project.compose<RaftNode, string, [Go, Go]>(climb("climb", 1), flip)
    refuses(() => step(node, stay), ["flip.flop"], "a rule that always finds something to do")
  })

  check("3b.8", [12], "because names the parts that acted, and no others", () => {
    const node = fresh()
    const half: Part = {
      name: "half",
      guards: { never: () => undefined, always: () => ({}) },
      handlers: { go: () => ({ effects: ["x"] }), stay: () => undefined },
      rules: { rest: () => undefined },
    }
    const step = project.compose<RaftNode, string, [Go, Go, Go]>(half, climb("climb", 1), apply)
    same(
      step(node, go).because,
      ["half.always", "half.go", "climb.climb", "apply.next"],
      "a guard that does nothing, one that acts, a handler, and rules",
    )
    const { state } = step(node, go)
    same(
      step(state, stay).because,
      ["half.always"],
      "an event whose handler does nothing, with the rules at rest",
    )
  })

  check("3b.9", [13], "a step changes nothing that it was given, and answers the same to the same", () => {
    const node = fresh()
    const before = show(node)
    const step = project.compose<RaftNode, string, [Go, Go, Go]>(talkative("a"), climb("climb", 2), apply)
    const first = step(node, go)
    same(show(node), before, "the state that was given, after the step")
    same(show(step(node, go)), show(first), "the same step once more")
    const other = project.compose<RaftNode, string, [Go, Go, Go]>(talkative("a"), climb("climb", 2), apply)
    same(show(other(node, go)), show(first), "the same features, composed anew")
  })

  check("3b.10", [13], "a field that nobody sets keeps its value, the very object", () => {
    const node = fresh()
    const step = project.compose<RaftNode, string, [Go]>(talkative("a"))
    const { state } = step(node, go)
    holds(
      state.log === node.log && state.voters === node.voters,
      "a step that sets the term",
      "log and voters as they were",
      "others",
    )
  })

  check("3b.11", [7], "isMessage tells messages from other events", () => {
    const { id } = fresh()
    const message = { type: "RequestVote", from: "n2", to: id, term: 1, lastLogIndex: 0, lastLogTerm: 0 }
    same(project.isMessage(message), true, "isMessage of a RequestVote")
    same(project.isMessage({ type: "electionTimeout" }), false, "isMessage of an electionTimeout")
    const propose: { type: string; command: object } = { type: "propose", command: { term: 1 } }
    same(project.isMessage(propose), false, "isMessage of a propose")
  })
})
