import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import type { CrossingEvent } from "../../projects/02-traffic-light/contract.ts"
import { initial, lights, step, type CrossingState } from "../../solutions/02-traffic-light/crossing.ts"
import { explore } from "../../solutions/02-traffic-light/explore.ts"
import { root } from "../stages.ts"
import { agree, tell, type View } from "../tla/agree.ts"
import { besideTrafficLight, figure8, inRaft, inTrafficLight, plant } from "../tla/planted.ts"
import { loadSpec, type Spec } from "../tla/quint.ts"

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
    expect(spec.simulate(planted.breaks, 20, 150, 1)).toBeNull()
    expect(broken.simulate(planted.breaks, 20, 150, 1)).not.toBeNull()
  })
})

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
    expect(broken.simulate(planted.breaks, 60, 60, 3)).not.toBeNull()
  })

  test("Figure 8: the rule about the current term is what holds, and without it an entry is lost", () => {
    // One text instead of an import, so that the mistake can be planted.
    const runs = (raft: string) =>
      load("Figure8.qnt", raft + read("Figure8.qnt").replace(' from "./Raft"', ""))
    const right = runs(read("Raft.qnt"))
    const wrong = runs(plant(read("Raft.qnt"), figure8))
    for (const run of ["mustWaitTest", "canBeOverwrittenTest", "ownEntryFirstTest"]) {
      expect([run, right.passes(run)]).toEqual([run, true])
    }
    expect(right.passes("brokenWithoutTheRule")).toBe(false)
    expect(wrong.passes("mustWaitTest")).toBe(false)
    expect(wrong.passes("brokenWithoutTheRule")).toBe(true)
  })
})
