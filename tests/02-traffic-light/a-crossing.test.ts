import { check, fail, group, holds, same } from "#suite"
import { countStates, modelLights, shows, tooMany, walk } from "./model.ts"
import {
  allEvents,
  carryOut,
  ewGreen,
  ewYellow,
  nsGreen,
  nsYellow,
  play,
  press,
  project,
  tick,
  ticks,
  told,
  toldLights,
} from "./project.ts"

const stepState = (state: unknown, event: (typeof allEvents)[number]) => project.step(state, event).state

group("2a", "The crossing by itself", () => {
  check("2a.1", [1], "it begins with east-west green and north-south red", () => {
    shows([], ewGreen)
  })

  check("2a.2", [2], "east-west stays green for 30 seconds", () => {
    shows(ticks(1), ewGreen)
    shows(ticks(29), ewGreen)
    shows(ticks(30), ewYellow)
  })

  check("2a.3", [2], "yellow lasts 5 seconds; then the other direction is green", () => {
    shows(ticks(34), ewYellow)
    shows(ticks(35), nsGreen)
  })

  check("2a.4", [2], "north-south stays green for 60 seconds", () => {
    shows(ticks(94), nsGreen)
    shows(ticks(95), nsYellow)
    shows(ticks(99), nsYellow)
  })

  check("2a.5", [2], "after 100 seconds it begins again, and the second round is like the first", () => {
    shows(ticks(100), ewGreen)
    shows(ticks(129), ewGreen)
    shows(ticks(130), ewYellow)
    shows(ticks(194), nsGreen)
    shows(ticks(200), ewGreen)
  })

  check("2a.6", [4], "the effects show on the lights what the state says", () => {
    for (let n = 0; n <= 200; n++) {
      const { state, shown } = play(ticks(n))
      same(
        toldLights(shown),
        toldLights(project.lights(state)),
        `${told(ticks(n))}: lights by effects, and by \`lights\``,
      )
    }
  })

  check("2a.7", [5], "red is set before green: the lights are safe between two effects, too", () => {
    let state = project.initial
    let shown = project.lights(state)
    for (let n = 1; n <= 100; n++) {
      const stepped = project.step(state, tick)
      state = stepped.state
      for (const effect of stepped.effects) {
        shown = carryOut(shown, effect)
        holds(
          shown.NS === "red" || shown.EW === "red",
          `tick ${String(n)}, after the effect "${effect.direction} ${effect.colour}"`,
          "at least one direction red",
          toldLights(shown),
        )
      }
    }
  })

  check("2a.8", [12], "step changes nothing it was given, and the same step gives the same state", () => {
    const before = play(ticks(12)).state
    const once = project.step(before, tick)
    const twice = project.step(before, tick)
    same(once, twice, "12 ticks; then one more tick, computed twice")
    same(toldLights(project.lights(before)), toldLights(ewGreen), "the state before is still what it was")
  })
})

group("2b", "Buttons", () => {
  check(
    "2b.1",
    [6, 7],
    "a press ends the other direction's green at once when that has lasted 15 seconds",
    () => {
      shows([...ticks(15), press("NS")], ewYellow)
      shows([...ticks(22), press("NS")], ewYellow)
      shows([...ticks(29), press("NS")], ewYellow)
      shows([...ticks(35 + 15), press("EW")], nsYellow)
      shows([...ticks(35 + 40), press("EW")], nsYellow)
    },
  )

  check("2b.2", [8], "an earlier press ends it when it reaches 15 seconds", () => {
    for (const n of [0, 1, 7, 13, 14]) {
      shows([...ticks(n), press("NS")], ewGreen)
      shows([...ticks(n), press("NS"), ...ticks(14 - n)], ewGreen)
      shows([...ticks(n), press("NS"), ...ticks(15 - n)], ewYellow)
    }
    shows([...ticks(40), press("EW"), ...ticks(9)], nsGreen)
    shows([...ticks(40), press("EW"), ...ticks(10)], nsYellow)
  })

  check("2b.3", [8], "the 15 seconds count from when the light turned green, also in later rounds", () => {
    shows([...ticks(100 + 14), press("NS")], ewGreen)
    shows([...ticks(100 + 15), press("NS")], ewYellow)
    shows([...ticks(15), press("NS"), ...ticks(5 + 14), press("EW")], nsGreen)
    shows([...ticks(15), press("NS"), ...ticks(5 + 15), press("EW")], nsYellow)
  })

  check("2b.4", [10], "a shortened green is followed by a full yellow", () => {
    shows([...ticks(20), press("NS"), ...ticks(4)], ewYellow)
    shows([...ticks(20), press("NS"), ...ticks(5)], nsGreen)
  })

  check("2b.5", [9], "a press in one's own yellow is remembered for the next round", () => {
    const pressed = [...ticks(97), press("NS")]
    shows([...pressed, ...ticks(3 + 14)], ewGreen)
    shows([...pressed, ...ticks(3 + 15)], ewYellow)
  })

  check("2b.6", [9], "a press while one has green means nothing: there is nothing to wait for", () => {
    shows([...ticks(10), press("EW"), ...ticks(20)], ewYellow)
    shows([...ticks(10), press("EW"), ...ticks(35 - 10 + 59)], nsGreen)
    shows([...ticks(50), press("NS"), ...ticks(50 + 29)], ewGreen)
  })

  check("2b.7", [9], "a press is served once: when its direction has been green, it is forgotten", () => {
    const served = [...ticks(15), press("NS"), ...ticks(5 + 60 + 5)]
    shows([...served, ...ticks(29)], ewGreen)
    shows([...served, ...ticks(30)], ewYellow)
    const inYellow = [...ticks(32), press("NS"), ...ticks(3 + 60 + 5)]
    shows([...inYellow, ...ticks(29)], ewGreen)
  })

  check("2b.8", [10], "a press never cuts a yellow short, whoever presses", () => {
    for (const direction of ["NS", "EW"] as const) {
      shows([...ticks(31), press(direction), ...ticks(3)], ewYellow)
      shows([...ticks(31), press(direction), ...ticks(4)], nsGreen)
      shows([...ticks(96), press(direction), ...ticks(3)], nsYellow)
      shows([...ticks(96), press(direction), ...ticks(4)], ewGreen)
    }
  })

  check("2b.9", [10], "a press never lengthens anything, and pressing often is pressing once", () => {
    shows([...ticks(5), press("NS"), press("NS"), press("NS"), ...ticks(10)], ewYellow)
    shows([...ticks(29), press("EW"), tick], ewYellow)
    shows([...ticks(15), press("NS"), press("NS"), press("EW"), ...ticks(5)], nsGreen)
  })

  check("2b.10", [6, 9], "both buttons are remembered independently", () => {
    const both = [...ticks(32), press("EW"), press("NS")]
    shows([...both, ...ticks(3 + 14)], nsGreen)
    shows([...both, ...ticks(3 + 15)], nsYellow)
    shows([...both, ...ticks(3 + 15 + 5 + 29)], ewGreen)
  })

  check("2b.11", [4, 7], "a press that turns a light says so in the effects of that very step", () => {
    const { state, shown } = play([...ticks(20), press("NS")])
    same(
      toldLights(shown),
      toldLights(project.lights(state)),
      "20 ticks, press NS: lights by effects, and by `lights`",
    )
  })

  check(
    "2b.12",
    [2, 7, 8, 9, 10],
    "each second of each state: the lights are right whatever was pressed when",
    () => {
      walk(project.initial, stepState, ({ theirs, model, events }) => {
        const [got, expected] = [project.lights(theirs), modelLights(model)]
        if (got.NS === expected.NS && got.EW === expected.EW) return
        fail("broken", `expected ${toldLights(expected)}, got ${toldLights(got)}`, {
          scenario: `${told(events)} (found by going through all states; no shorter way leads to a difference)`,
          expected: toldLights(expected),
          got: toldLights(got),
        })
      })
    },
  )

  check(
    "2b.13",
    [3],
    "in every reachable state at least one direction is red, and lights change in the right order",
    () => {
      const next = { green: "yellow", yellow: "red", red: "green" } as const
      walk(project.initial, stepState, ({ theirs, events }) => {
        const before = project.lights(theirs)
        holds(
          before.NS === "red" || before.EW === "red",
          told(events),
          "at least one red",
          toldLights(before),
        )
        for (const event of allEvents) {
          const after = project.lights(project.step(theirs, event).state)
          for (const direction of ["NS", "EW"] as const) {
            const [from, to] = [before[direction], after[direction]]
            holds(
              from === to || next[from] === to,
              told([...events, event]),
              `${from}, then ${next[from]}`,
              `${from}, then ${to}`,
            )
          }
        }
      })
    },
  )

  check("2b.14", [4, 5], "in every reachable state, effects show what the state says, safely", () => {
    walk(project.initial, stepState, ({ theirs, events }) => {
      for (const event of allEvents) {
        const { state, effects } = project.step(theirs, event)
        let shown = project.lights(theirs)
        for (const effect of effects) {
          shown = carryOut(shown, effect)
          const scenario = `${told([...events, event])}: while the effects are carried out`
          holds(shown.NS === "red" || shown.EW === "red", scenario, "at least one red", toldLights(shown))
        }
        same(
          toldLights(shown),
          toldLights(project.lights(state)),
          `${told([...events, event])}: lights by effects, and by \`lights\``,
        )
      }
    })
  })

  check("2b.15", [12], "the states are few: nothing in them grows for ever", () => {
    const states = countStates(project.initial, stepState)
    holds(
      states < tooMany,
      "all ticks and presses in every order: your states, compared as JSON",
      `fewer than ${String(tooMany)}`,
      `at least ${String(tooMany)}: does something count up without end?`,
    )
    walk(project.initial, stepState, ({ theirs, events }) => {
      same(
        JSON.parse(JSON.stringify(theirs)),
        theirs,
        `${told(events)}: the state, stored as JSON and loaded`,
      )
    })
  })

  check(
    "2b.16",
    [11],
    "everyone gets through: a press is answered by green within 25 seconds, from every state",
    () => {
      walk(project.initial, stepState, ({ theirs, events }) => {
        for (const direction of ["NS", "EW"] as const) {
          let state = project.step(theirs, press(direction)).state
          let seconds = 0
          while (project.lights(state)[direction] !== "green" && seconds <= 25) {
            state = project.step(state, tick).state
            seconds++
          }
          const scenario = `${told([...events, press(direction)])}, then only ticks`
          holds(seconds <= 25, scenario, `${direction} green within 25 s`, "not green by then")
        }
      })
    },
  )

  check("2b.17", [11], "no state without a way on: each direction is green again within 100 seconds", () => {
    walk(project.initial, stepState, ({ theirs, events }) => {
      const green = { NS: false, EW: false }
      let state = theirs
      for (let second = 0; second <= 100 && !(green.NS && green.EW); second++) {
        const shown = project.lights(state)
        if (shown.NS === "green") green.NS = true
        if (shown.EW === "green") green.EW = true
        state = project.step(state, tick).state
      }
      holds(
        green.NS && green.EW,
        `${told(events)}, then 100 ticks`,
        "both directions green at some time",
        JSON.stringify(green),
      )
    })
  })
})
