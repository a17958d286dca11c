import { check, group, refuses, same } from "#suite"
import type { Effect, Json } from "../../projects/03-planning/contract.ts"
import type { StateMachine } from "../../projects/06-consensus/contract.ts"
import { accepted, appendEntries, compacted, leader, logOf, server } from "../cluster/build.ts"
import { scene } from "../cluster/words.ts"
import { appliedBy, commits, project, step } from "./project.ts"

group("6f", "Corners of commitment", () => {
  check("6f.1", [4], "while the membership changes, neither list alone is enough", () => {
    const node = leader("n1", {
      voters: ["n1", "n4", "n5"],
      oldVoters: ["n1", "n2", "n3"],
      currentTerm: 3,
      log: logOf(3),
      nextIndex: { n2: 2, n3: 2, n4: 2, n5: 2 },
    })
    commits({ ...node, matchIndex: { n2: 0, n3: 1, n4: 0, n5: 0 } }, accepted("n2", "n1", 3, 1), 0)
    commits({ ...node, matchIndex: { n2: 1, n3: 1, n4: 0, n5: 0 } }, accepted("n5", "n1", 3, 1), 1)
    const older = { ...node, log: logOf(2), matchIndex: { n2: 1, n3: 1, n4: 1, n5: 0 } }
    commits(older, accepted("n5", "n1", 3, 1), 0)
    const short = leader("n1", {
      currentTerm: 3,
      log: compacted(4, 1, 2, 2),
      commitIndex: 4,
      lastApplied: 4,
      matchIndex: { n2: 6 },
    })
    commits(short, accepted("n3", "n1", 3, 6), 4)
  })
  check("6f.2", [5], "a message that begins before the log's base commits what it brings", () => {
    const node = server("n2", { currentTerm: 5, log: compacted(4, 2, 5), commitIndex: 4, lastApplied: 4 })
    const boss = leader("n1", { currentTerm: 5, log: logOf(1, 1, 2, 2, 5, 5) })
    const message = { ...appendEntries(boss, "n2", 2), leaderCommit: 6 }
    commits(node, message, 6)
    same(appliedBy(node, message), [5, 6], `${scene(node, message)}\nthe indexes that are applied`)
  })
  check("6f.3", [5, 8], "hundreds of entries at once", () => {
    const log = logOf(...Array.from({ length: 350 }, () => 5))
    const node = server("n2", { currentTerm: 5, log })
    const message = { ...appendEntries(leader("n1", { currentTerm: 5, log }), "n2", 350), leaderCommit: 350 }
    const { state, effects } = step(node, message)
    const applied = effects.flatMap((effect) => (effect.type === "apply" ? [effect.index] : []))
    same(
      [state.commitIndex, state.lastApplied, applied.length, applied.at(-1)],
      [350, 350, 350, 350],
      "a heartbeat that commits 350 entries",
    )
  })
  check("6f.4", [8, 9], "every command is applied as it is, null and falsy ones too", () => {
    const log = {
      base: { index: 0, term: 0 },
      entries: [null, 0, "", false, { set: ["x", 1] }].map((command) => ({ term: 5, command })),
    }
    const node = server("n2", { currentTerm: 5, log })
    const message = { ...appendEntries(leader("n1", { currentTerm: 5, log }), "n2", 5), leaderCommit: 5 }
    same(
      step(node, message).effects.filter(({ type }) => type === "apply"),
      log.entries.map((entry, i) => ({ type: "apply", index: i + 1, entry })),
      `${scene(node, message)}\nthe apply effects`,
    )
  })
  check("6f.5", [7, 8], "a step of commitment touches nothing else", () => {
    const follower = server("n2", { currentTerm: 5, log: logOf(1, 5), votedFor: "n3", leader: "n1" })
    const boss = leader("n1", { currentTerm: 5, log: logOf(1, 5) })
    const heard = { ...appendEntries(boss, "n2", 2), leaderCommit: 2 }
    const f = step(follower, heard).state
    same(
      [f.votedFor, f.leader, f.currentTerm, f.log],
      ["n3", "n1", 5, follower.log],
      `${scene(follower, heard)}\nvotedFor, leader, currentTerm, log`,
    )
    const chief = { ...boss, nextIndex: { n2: 3, n3: 2 } }
    const l = step(chief, accepted("n2", "n1", 5, 2)).state
    same(
      [l.role, l.votedFor, l.leader, l.currentTerm, l.log],
      ["leader", "n1", "n1", 5, boss.log],
      "a leader commits: role, votedFor, leader, currentTerm, log",
    )
  })
})

const machine: StateMachine<readonly Json[], Json> = {
  initial: [],
  apply: (state, command) => ({ state: [...state, command], result: state.length + 1 }),
}
const echo: StateMachine<Json, Json> = {
  initial: 7,
  apply: (_, command) => ({ state: command, result: command }),
}
const accept = (index: number, term = 1): Effect => ({ type: "accepted", index, term })
const apply = (index: number, command: Json, term = 1): Effect => ({
  type: "apply",
  index,
  entry: { term, command },
})
type Waits = readonly (readonly [unknown, number, number])[]
function waitingFor(waiting: Waits) {
  let service = project.startService<readonly Json[], Json, unknown>(machine)
  for (const [proposal, index, term] of waiting)
    ({ service } = project.serve(machine, service, [accept(index, term)], proposal))
  return service
}

group("6g", "Corners of the service", () => {
  check("6g.1", [13], "the very proposal comes back, whatever it is", () => {
    class Connection {
      socket = 1
    }
    for (const proposal of [new Connection(), () => 1, Symbol("p"), [1], new Map()]) {
      const { answers } = project.serve(machine, waitingFor([[proposal, 1, 1]]), [apply(1, "A")])
      same(
        answers.length === 1 && answers[0]?.proposal === proposal,
        true,
        "a proposal that is an object: the very same comes back",
      )
    }
  })
  check("6g.2", [13], "the same client may wait for several entries", () => {
    const { answers } = project.serve(
      machine,
      waitingFor([
        ["p", 1, 1],
        ["p", 2, 1],
      ]),
      [apply(1, "A"), apply(2, "B")],
    )
    same(
      answers,
      [
        { type: "applied", proposal: "p", result: 1 },
        { type: "applied", proposal: "p", result: 2 },
      ],
      "p proposed twice",
    )
  })
  check("6g.3", [13, 15, 16], "a refusal says nothing to those who wait", () => {
    const { service, answers } = project.serve(
      machine,
      waitingFor([
        ["p", 1, 1],
        ["q", 2, 1],
      ]),
      [{ type: "refused", leader: "n2" }],
      "r",
    )
    same(
      answers,
      [{ type: "refused", proposal: "r", leader: "n2" }],
      "p and q wait, r is refused: the answers",
    )
    same(service.waiting.length, 2, "how many still wait")
  })
  check("6g.4", [15], "an earlier term's entry at its index overwrites it, too", () => {
    const { service, answers } = project.serve(machine, waitingFor([["new", 5, 4]]), [apply(5, "B", 1)])
    same(
      [answers, service.waiting],
      [[{ type: "overwritten", proposal: "new" }], []],
      "new waits for index 5 of term 4; index 5 is applied with term 1: answers and who waits",
    )
  })
  check(
    "6g.5",
    [14, 15],
    "a leader's own entry overwrites, too; all who waited behind it, near and far",
    () => {
      const waits: Waits = [
        ["a", 2, 1],
        ["b", 3, 1],
        ["c", 40, 1],
      ]
      const { service, answers } = project.serve(machine, waitingFor(waits), [apply(2, null, 2)])
      same(
        answers.map(({ type, proposal }) => `${type} ${String(proposal)}`).toSorted(),
        ["overwritten a", "overwritten b", "overwritten c"],
        "three wait in term 1; a null of term 2 is applied at 2: answers",
      )
      same(service, { machine: [], waiting: [] }, "the service afterwards")
    },
  )
  check(
    "6g.6",
    [13, 14],
    "any command, any state, any result: none of them is special but null as a command",
    () => {
      for (const command of [0, "", false, { set: [1] }, ["a"]]) {
        let service = project.startService<Json, Json, string>(echo)
        ;({ service } = project.serve(echo, service, [accept(1)], "p"))
        const { answers, service: after } = project.serve(echo, service, [apply(1, command)])
        same(
          [answers, after.machine],
          [[{ type: "applied", proposal: "p", result: command }], command],
          `a machine that answers ${JSON.stringify(command)}`,
        )
      }
      const nothing: StateMachine<Json, undefined> = {
        initial: 1,
        apply: () => ({ state: null, result: undefined }),
      }
      let service = project.startService<Json, undefined, string>(nothing)
      ;({ service } = project.serve(nothing, service, [accept(1)], "p"))
      const { answers, service: after } = project.serve(nothing, service, [apply(1, "x")])
      same(
        [answers.length, answers[0]?.type, after.machine],
        [1, "applied", null],
        "a machine whose state becomes null, and whose result is undefined",
      )
    },
  )
  check(
    "6g.7",
    [13],
    "answers come in the order of the log, of whatever kind and whoever began to wait first",
    () => {
      const first = project.serve(
        machine,
        waitingFor([
          ["old", 2, 1],
          ["new", 3, 4],
          ["last", 4, 4],
        ]),
        [apply(2, "A", 4), apply(3, "B", 4), apply(4, "C", 4)],
      )
      same(
        first.answers.map(({ proposal }) => proposal),
        ["old", "new", "last"],
        "2 is overwritten, 3 and 4 are applied: the answers",
      )
      const second = project.serve(
        machine,
        waitingFor([
          ["b", 2, 1],
          ["a", 1, 1],
        ]),
        [apply(1, "A"), apply(2, "B")],
      )
      same(
        second.answers.map(({ proposal }) => proposal),
        ["a", "b"],
        "b began to wait before a: the answers",
      )
      const mixed = project.serve(
        machine,
        waitingFor([
          ["a", 1, 1],
          ["b", 5, 1],
        ]),
        [apply(1, "A"), { type: "refused", leader: null }],
        "r",
      )
      same(
        mixed.answers.map(({ proposal }) => proposal),
        ["a", "r"],
        "an answer, then a refusal: the answers",
      )
    },
  )
  check("6g.8", [12], "two services know nothing of each other", () => {
    same(project.startService(echo).machine, 7, "startService of another machine")
    const a = waitingFor([["a", 1, 1]])
    const b = waitingFor([])
    const done = project.serve(machine, a, [apply(1, "A")])
    same(project.serve(machine, b, [apply(1, "B")]).service.machine, ["B"], "another service")
    same(project.serve(machine, a, [apply(1, "A")]), done, "the same call again")
  })
  check("6g.9", [14], "the machine sees every command once", () => {
    const seen: Json[] = []
    const counting: StateMachine<number, number> = {
      initial: 0,
      apply: (state, command) => {
        seen.push(command)
        return { state: state + 1, result: state }
      },
    }
    let service = project.startService<number, number, string>(counting)
    ;({ service } = project.serve(counting, service, [accept(1)], "p"))
    project.serve(counting, service, [apply(1, "A"), apply(2, "B")])
    same(seen, ["A", "B"], "what the machine is asked to apply")
  })
  check("6g.10", [17], "an answer for nobody, at any index", () => {
    refuses(
      () => project.serve(machine, waitingFor([]), [accept(9)]),
      "Error",
      ["proposal"],
      "accepted at 9, and no proposal",
    )
  })
})
