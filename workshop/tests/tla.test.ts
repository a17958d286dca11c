import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import type { CrossingEvent } from "../../projects/02-traffic-light/contract.ts"
import { initial, lights, step, type CrossingState } from "../../solutions/02-traffic-light/crossing.ts"
import { explore } from "../../solutions/02-traffic-light/explore.ts"
import type { Raft } from "../../projects/08-testing/contract.ts"
import { Random } from "../../tests/cluster/random.ts"
import { linkRaft, reference } from "../link/link.ts"
import { findBug, linkMutant } from "../link/mutants.ts"
import { root } from "../stages.ts"
import { agree, tell, type View } from "../tla/agree.ts"
import { besideTrafficLight, figure8, inRaft, inTrafficLight, plant } from "../tla/planted.ts"
import { loadSpec, type Spec } from "../tla/quint.ts"
import { Refinement, servers } from "../tla/refine.ts"

const at = (file: string): string => join(root, "docs/tla", file)
const read = (file: string): string => readFileSync(at(file), "utf8")
const load = (file: string, text = read(file)): Spec => loadSpec(at(file), text)

const directions = ["EW", "NS"] as const
const inSpecWords = (state: CrossingState) => ({
  asked: directions.filter((each) => state.asked[each]),
  light: { EW: lights(state).EW, NS: lights(state).NS },
  seconds: state.seconds,
})
/** Everything of the state, in the words of the specification. */
const whole: View<CrossingState> = { spec: (state) => state, crossing: inSpecWords }
/** Only what the contract shows: all that can be asked of a state that is somebody's own. */
const shown: View<CrossingState> = { spec: ({ light }) => light ?? null, crossing: (state) => lights(state) }

describe("the traffic light", () => {
  const spec = load("TrafficLight.qnt")
  const [first] = spec.after(null, "Init")

  test("the reference agrees with it, state for state and step for step", () => {
    const agreement = agree(spec, { initial, step }, whole)
    expect(tell(agreement)).toMatch(/^They agree/)
    expect(agreement).toMatchObject({ specStates: 160, crossingStates: 160, pairs: 160, steps: 480 })
  })

  test("its Next reaches the states that explore finds, and keeps its invariants in all of them", () => {
    const events: readonly CrossingEvent[] = [
      { type: "tick" },
      { type: "button", direction: "NS" },
      { type: "button", direction: "EW" },
    ]
    const explored = new Set<string>()
    const note = (state: CrossingState) => explored.add(JSON.stringify(inSpecWords(state))).size > 0
    explore({ initial, events: () => events, step, invariants: { note } })

    const found = new Map(first ? [[first.key, first]] : [])
    for (const state of found.values()) {
      for (const next of spec.after(state, "Next")) if (!found.has(next.key)) found.set(next.key, next)
    }
    expect([...found.keys()].toSorted()).toEqual([...explored].toSorted())
    for (const state of found.values()) expect(spec.value(state, "TypeOK and Safe and OneMoves")).toBe(true)
  })

  test.each(besideTrafficLight)("a planted difference is noticed: $id", (planted) => {
    const other = load("TrafficLight.qnt", plant(read("TrafficLight.qnt"), planted))
    expect(tell(agree(other, { initial, step }, shown))).toMatch(/^They differ after/)
  })

  test("a state of another shape agrees by what it shows: here yellow forgets who is served next", () => {
    const forgetful = (state: CrossingState, event: CrossingEvent) => {
      const { state: next } = step(state, event)
      const served = next.moving === "NS" ? "EW" : "NS"
      if (next.colour === "green") return { state: next }
      return { state: { ...next, asked: { ...next.asked, [served]: false } } }
    }
    const agreement = agree(spec, { initial, step: forgetful }, shown)
    expect(agreement).toMatchObject({ agree: true, specStates: 160, crossingStates: 140 })
  })

  test("a crossing whose states have no end is told so", () => {
    const counting = (state: CrossingState & { readonly n?: number }, event: CrossingEvent) => ({
      state: { ...step(state, event).state, n: (state.n ?? 0) + 1 },
    })
    expect(() => agree(spec, { initial, step: counting }, shown)).toThrow("no end")
  })

  test("a difference is told by a shortest way to it", () => {
    const deaf = (state: CrossingState, event: CrossingEvent) =>
      event.type === "button" ? { state } : step(state, event)
    expect(tell(agree(spec, { initial, step: deaf }, shown)).split("\n")).toEqual([
      "They differ after 15 ticks, the button NS:",
      '  the specification  {"EW":"yellow","NS":"red"}',
      '  the crossing       {"EW":"green","NS":"red"}',
    ])
  })

  test.each(inTrafficLight)("random runs find a planted mistake: $id breaks $breaks", (planted) => {
    const broken = load("TrafficLight.qnt", plant(read("TrafficLight.qnt"), planted))
    expect(spec.simulate(planted.breaks, 5, 150, 1)).toBeNull()
    expect(broken.simulate(planted.breaks, 20, 150, 1)).not.toBeNull()
  })
})

/** Of Raft: what Next is made of. */
const actions = [
  ...[
    "Restart",
    "ElectionTimeout",
    "BecomeLeader",
    "Propose",
    "SendEntries",
    "SendNewEntries",
    "AdvanceCommitIndex",
  ],
  ...["NewerTerm", "OlderTerm", "HandleRequestVote", "HandleRequestVoteResponse"],
  ...["HandleAppendEntries", "HandleAppendEntriesResponse"],
]

describe("Raft", () => {
  const figure3 = "ElectionSafety and LogMatching and LeaderCompleteness and StateMachineSafety"
  const spec = load("Raft.qnt")

  test("random runs keep Figure 3, and commit something", () => {
    expect(spec.simulate(figure3, 12, 60, 1)).toBeNull()
    // The same runs: they end where something was committed, after a second election.
    expect(spec.simulate("size(elections) < 2 or size(committed) == 0", 12, 60, 1)).not.toBeNull()
  })

  test.each(inRaft)("random runs find a planted mistake: $id breaks $breaks", (planted) => {
    const broken = load("Raft.qnt", plant(read("Raft.qnt"), planted))
    expect(broken.simulate(planted.breaks, 30, 60, 6)).not.toBeNull()
  })

  test("Figure 8: the rule about the current term is what holds, and without it an entry is lost", () => {
    // One text instead of an import, so that the mistake can be planted.
    const runs = (raft: string) =>
      load("Figure8.qnt", raft + read("Figure8.qnt").replace(' from "./Raft"', ""))
    const right = load("Figure8.qnt")
    const wrong = runs(plant(read("Raft.qnt"), figure8))
    for (const run of ["mustWaitTest", "canBeOverwrittenTest", "ownEntryFirstTest"]) {
      expect([run, right.passes(run)]).toEqual([run, true])
    }
    expect(right.passes("brokenWithoutTheRule")).toBe(false)
    expect(wrong.passes("mustWaitTest")).toBe(false)
    expect(wrong.passes("brokenWithoutTheRule")).toBe(true)
  })

  /** A hundred random events, mostly messages that were sent lately; each must be something that the specification can do. */
  function follow(raft: Raft, seed: number): Refinement {
    const random = new Random(seed)
    const both = new Refinement(raft, spec)
    for (let n = 0; n < 100; n++) {
      const id = random.pick(servers)
      const dice = random.below(100)
      const { messages } = both
      if (dice < 2) both.restart(id)
      else if (dice < 9) both.event(id, { type: "electionTimeout" })
      else if (dice < 19) both.event(id, { type: "propose", command: random.pick(["x", "y"]) })
      else if (dice < 25) both.event(id, { type: "heartbeatTimeout" })
      else if (messages.length > 0)
        both.deliver(random.pick(random.chance(0.8) ? messages.slice(-4) : messages))
    }
    return both
  }

  test("every step of the reference is one or more steps of the specification", async () => {
    const raft = await linkRaft(reference)
    const taken = new Set([2, 6].flatMap((seed) => [...follow(raft, seed).taken.keys()]))
    expect([...taken].toSorted()).toEqual(actions.toSorted())
  })

  // The seeds are such that it shows soon. Figure 8's mistake does no harm there: but it is no step of the specification.
  test.each([
    ["vote-not-cleared", 1, "votedFor"],
    ["commit-regress", 4, "commitIndex"],
    ["rep-ack-log-end", 6, "AppendEntriesResponse"],
    ["count-old-votes", 5, "cannot follow: HandleRequestVoteResponse"],
    ["commit-old-term", 6, "cannot follow: AdvanceCommitIndex"],
  ])("a bug in the TypeScript is noticed: %s", async (id, seed, where) => {
    const { stage, bug } = await findBug(id)
    const mutant = await linkMutant(stage, bug)
    expect(() => follow(mutant, seed)).toThrow(where)
  })
})

test.each([
  ["TrafficLight", ["init", "step"], ["vars", "Spec"]],
  [
    "Raft",
    [
      ...["init", "step", "Work", "Never", "UnchangedServer", "UnchangedCandidate", "UnchangedLog"],
      ...["UnchangedLeader", "UnchangedGhost"],
    ],
    [
      ...["vars", "serverVars", "candidateVars", "logVars", "leaderVars", "ghostVars"],
      ...["Spec", "Bounded", "Symmetry"],
    ],
  ],
])("%s: TLA+ and Quint define the same, in the same order", (name, onlyQuint, onlyTla) => {
  const definitions = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, defined]) => defined ?? "").filter((each) => each !== "")
  const quint = definitions(read(`${name}.qnt`), /^ {2}(?:pure )?(?:val|def|action|temporal) (\w+)/gm)
  const tla = definitions(read(`${name}.tla`), /^(\w+)(?:\([^)]*\))? ==/gm)
  const shared = ["Servers", "Commands", "Nobody"] // constants in TLA+
  expect(quint.filter((each) => ![...onlyQuint, ...shared].includes(each))).toEqual(
    tla.filter((each) => !onlyTla.includes(each)),
  )
})
