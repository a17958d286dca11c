import type { Bug } from "#suite"

export const bugs: readonly Bug[] = [
  // The crossing
  {
    id: "green-one-short",
    what: "green ends a second early",
    breaks: [2],
    source: "`>` for `>=`, or counting from 1",
    edit: {
      file: "crossing.ts",
      find: "if (seconds < end) return",
      replace: "if (seconds < end - 1) return",
    },
  },
  {
    id: "yellow-one-long",
    what: "yellow lasts six seconds",
    breaks: [2],
    source: "`<=` for `<`",
    edit: {
      file: "crossing.ts",
      find: "if (seconds < yellowSeconds)",
      replace: "if (seconds <= yellowSeconds)",
    },
  },
  {
    id: "times-swapped",
    what: "east-west is green for 60 seconds, north-south for 30",
    breaks: [2],
    source: "a misread table",
    edit: { file: "crossing.ts", find: "{ EW: 30, NS: 60 }", replace: "{ EW: 60, NS: 30 }" },
  },
  {
    id: "timer-not-reset",
    what: "the seconds are not set back when yellow begins",
    breaks: [2],
    source: "a timer shared by two phases",
    edit: { file: "crossing.ts", find: 'colour: "yellow", seconds: 0 }', replace: 'colour: "yellow" }' },
  },
  {
    id: "green-before-red",
    what: "sets green before the other direction is red",
    breaks: [5],
    source: "the order of effects taken for a detail",
    edit: {
      file: "crossing.ts",
      find: '[set(moving, "red"), set(next, "green")]',
      replace: '[set(next, "green"), set(moving, "red")]',
    },
  },
  {
    id: "red-forgotten",
    what: "sets the new green but not the old red",
    breaks: [4, 5],
    source: "an effect left out: state and hardware disagree",
    edit: {
      file: "crossing.ts",
      find: '[set(moving, "red"), set(next, "green")]',
      replace: '[set(next, "green")]',
    },
  },
  {
    id: "yellow-not-shown",
    what: "the state is yellow and the hardware is not told, when a press turned it",
    breaks: [4],
    source: "effects only made for ticks",
    edit: {
      file: "crossing.ts",
      find: "return changeIfDue(ask(state, event.direction))",
      replace: "return { ...changeIfDue(ask(state, event.direction)), effects: [] }",
    },
  },
  {
    id: "press-forgotten",
    what: "a press before 15 seconds is lost",
    breaks: [8],
    source: "issue 2: the press forgotten",
    edit: {
      file: "crossing.ts",
      find: "  return { ...state, asked: { ...state.asked, [direction]: true } }",
      replace:
        '  if (state.colour === "green" && state.seconds < shortestGreenSeconds) return state\n  return { ...state, asked: { ...state.asked, [direction]: true } }',
    },
  },
  {
    id: "press-in-yellow-forgotten",
    what: "a press while the light is yellow is lost",
    breaks: [9],
    source: "only green handled",
    edit: {
      file: "crossing.ts",
      find: 'if (lights(state)[direction] === "green") return state',
      replace: 'if (lights(state)[direction] === "green" || state.colour === "yellow") return state',
    },
  },
  {
    id: "press-cuts-yellow",
    what: "a press ends a yellow",
    breaks: [10],
    source: "issue 2: served in yellow",
    edit: {
      file: "crossing.ts",
      find: "if (seconds < yellowSeconds) return",
      replace: "if (seconds < (asked[next] ? 2 : yellowSeconds)) return",
    },
  },
  {
    id: "fifteen-from-press",
    what: "the 15 seconds count from the press",
    breaks: [8],
    source: "issue 2: 15 s counted from the wrong moment",
    edit: [
      {
        file: "crossing.ts",
        find: "  return { ...state, asked: { ...state.asked, [direction]: true } }",
        replace:
          '  const restart = !state.asked[direction] && state.colour === "green" && state.seconds < shortestGreenSeconds\n  return { ...state, seconds: restart ? 0 : state.seconds, asked: { ...state.asked, [direction]: true } }',
      },
    ],
  },
  {
    id: "fifteen-strict",
    what: "at exactly 15 seconds a press waits one more second",
    breaks: [7, 8],
    source: "`>` for `>=`",
    edit: {
      file: "crossing.ts",
      find: "const end = asked[next] ? shortestGreenSeconds",
      replace: "const end = asked[next] ? shortestGreenSeconds + 1",
    },
  },
  {
    id: "press-not-at-once",
    what: "a press after 15 seconds takes effect at the next tick",
    breaks: [7],
    source: "only ticks change the lights",
    edit: {
      file: "crossing.ts",
      find: "return changeIfDue(ask(state, event.direction))",
      replace: "return { state: ask(state, event.direction), effects: [] }",
    },
  },
  {
    id: "press-own-green",
    what: "a press for the direction that is green shortens that green",
    breaks: [9],
    source: "the wrong light shortened",
    edit: [
      { file: "crossing.ts", find: 'if (lights(state)[direction] === "green") return state\n', replace: "" },
      {
        file: "crossing.ts",
        find: "const end = asked[next] ?",
        replace: "const end = asked[next] || asked[moving] ?",
      },
    ],
  },
  {
    id: "press-own-green-kept",
    what: "a press while one has green is kept for the next round",
    breaks: [9],
    source: "nothing to wait for, remembered all the same",
    edit: {
      file: "crossing.ts",
      find: 'if (lights(state)[direction] === "green") return state\n',
      replace: "",
    },
  },
  {
    id: "press-never-served",
    what: "a press is not forgotten when it was served: every later green is short",
    breaks: [9],
    source: "a flag that is never cleared",
    edit: { file: "crossing.ts", find: "asked: { ...asked, [next]: false }", replace: "asked" },
  },
  {
    id: "press-clears-both",
    what: "serving one direction forgets the other one's press",
    breaks: [9],
    source: "one flag for two buttons",
    edit: {
      file: "crossing.ts",
      find: "asked: { ...asked, [next]: false }",
      replace: "asked: { NS: false, EW: false }",
    },
  },
  {
    id: "any-press",
    what: "any button shortens any green",
    breaks: [6, 9],
    source: "the direction ignored",
    edit: { file: "crossing.ts", find: "[direction]: true } }", replace: "NS: true, EW: true } }" },
  },
  {
    id: "counts-for-ever",
    what: "keeps the time since the beginning: the states never end",
    breaks: [12],
    source: "a clock in the state",
    edit: [
      {
        file: "crossing.ts",
        find: "return changeIfDue({ ...state, seconds: state.seconds + 1 })",
        replace:
          "return changeIfDue({ ...state, seconds: state.seconds + 1, uptime: (state.uptime ?? 0) + 1 })",
      },
      {
        file: "crossing.ts",
        find: "  readonly seconds: number\n",
        replace: "  readonly seconds: number\n  readonly uptime?: number\n",
      },
      {
        file: "crossing.ts",
        find: "state: { moving: next, colour",
        replace: "state: { ...state, moving: next, colour",
      },
    ],
  },
  {
    id: "step-mutates",
    what: "counts in the state it was given",
    breaks: [12],
    source: "rule 12",
    edit: {
      file: "crossing.ts",
      find: "return changeIfDue({ ...state, seconds: state.seconds + 1 })",
      replace: "return changeIfDue(Object.assign(state, { seconds: state.seconds + 1 }))",
    },
  },
  // The explorer
  {
    id: "explore-no-memory",
    what: "does not know that it was in a state before",
    breaks: [13],
    source: "an endless search",
    edit: {
      file: "explore.ts",
      find: "if (seen.has(found.id)) return undefined",
      replace:
        "if (found.from && seen.has(found.id) && seen.size > 3) return undefined\n    if (found.from?.found.id === found.id) return undefined",
    },
  },
  {
    id: "explore-by-identity",
    what: "compares states as objects",
    breaks: [13],
    source: "equal data, different objects",
    edit: {
      file: "explore.ts",
      find: "key = canonical,",
      replace:
        "key = (() => { const ids = new Map<unknown, string>(); return (state: State) => ids.get(state) ?? (ids.set(state, String(ids.size)), String(ids.size - 1)) })(),",
    },
  },
  {
    id: "explore-property-order",
    what: "takes { a, b } and { b, a } for two states",
    breaks: [13],
    source: "JSON.stringify keeps the order of properties",
    edit: {
      file: "explore.ts",
      find: "key = canonical,",
      replace: "key = JSON.stringify as (state: State) => string,",
    },
  },
  {
    id: "explore-sorts-lists",
    what: "takes [1, 2] and [2, 1] for one state",
    breaks: [13],
    source: "a key that sorts too much",
    edit: {
      file: "explore.ts",
      find: "Array.isArray(value)) return value",
      replace: "Array.isArray(value)) return Array.isArray(value) ? value.map(String).toSorted() : value",
    },
  },
  {
    id: "explore-depth-first",
    what: "goes depth first: the way to a violation is a long one",
    breaks: [15],
    source: "issue 2: depth-first",
    edit: [
      {
        file: "explore.ts",
        find: "    const level = frontier\n    frontier = []\n    for (const found of level) {",
        replace: "    for (let found = frontier.pop(); found; found = frontier.pop()) {",
      },
    ],
  },
  {
    id: "explore-first-visit",
    what: "follows only the first event of each state",
    breaks: [13],
    source: "issue 2: stops at the first visit",
    edit: {
      file: "explore.ts",
      find: "of events(found.state)) {",
      replace: "of events(found.state).slice(0, 1)) {",
    },
  },
  {
    id: "explore-no-deadlocks",
    what: "misses deadlocks",
    breaks: [17],
    source: "issue 2",
    edit: { file: "explore.ts", find: "if (stuck) deadlocks.push(pathTo(found))", replace: "void stuck" },
  },
  {
    id: "explore-deadlock-no-events",
    what: "misses states whose events all lead back to themselves",
    breaks: [17],
    source: "a deadlock taken for a state without events",
    edit: { file: "explore.ts", find: "if (next.id !== found.id) stuck = false", replace: "stuck = false" },
  },
  {
    id: "explore-deadlock-seen",
    what: "takes a state for a deadlock when everything around it was seen before",
    breaks: [17],
    source: "no *new* state is not no way out",
    edit: {
      file: "explore.ts",
      find: "if (next.id !== found.id) stuck = false",
      replace: "if (!seen.has(next.id)) stuck = false",
    },
  },
  {
    id: "explore-initial-unchecked",
    what: "does not check the initial state",
    breaks: [16],
    source: "only successors are checked",
    edit: {
      file: "explore.ts",
      find: "if (broken !== undefined) return violated(broken, first)",
      replace: "void broken",
    },
  },
  {
    id: "explore-path-reversed",
    what: "tells the way backwards",
    breaks: [15],
    source: "collected from the end",
    edit: { file: "explore.ts", find: "events: events.reverse(), state", replace: "events, state" },
  },
  {
    id: "explore-path-short",
    what: "leaves out the last event",
    breaks: [15],
    source: "off by one",
    edit: {
      file: "explore.ts",
      find: "for (let at = end; at.from;",
      replace: "for (let at = end.from?.found ?? end; at.from;",
    },
  },
  {
    id: "explore-limit-silent",
    what: "stops at the limit and calls it complete",
    breaks: [14],
    source: "a proof that is none",
    edit: { file: "explore.ts", find: "      complete = false\n", replace: "" },
  },
  {
    id: "explore-limit-late",
    what: "goes one state beyond the limit",
    breaks: [14],
    source: "`>` for `>=`",
    edit: { file: "explore.ts", find: "seen.size >= maxStates", replace: "seen.size > maxStates" },
  },
  {
    id: "explore-wrong-invariant",
    what: "names the first invariant, whichever failed",
    breaks: [15],
    source: "an index forgotten",
    edit: {
      file: "explore.ts",
      find: "rules.find(([, holds]) => !holds(found.state))?.[0]",
      replace: "rules.some(([, holds]) => !holds(found.state)) ? rules[0]?.[0] : undefined",
    },
  },
  {
    id: "explore-key-ignored",
    what: "ignores the key it was given",
    breaks: [18],
    source: "an option read and not used",
    edit: [
      { file: "explore.ts", find: "  key = canonical,\n", replace: "" },
      { file: "explore.ts", find: "  const rules = ", replace: "  const key = canonical\n  const rules = " },
    ],
  },
  {
    id: "explore-recursion",
    what: "calls itself for every state: a long chain overflows the stack",
    breaks: [13],
    source: "recursion as deep as the graph",
    edit: {
      file: "explore.ts",
      find: "  for (let at = end; at.from; at = at.from.found) events.push(at.from.event)\n",
      replace:
        "  const back = (at: Found<State, Event>): void => {\n    if (!at.from) return\n    events.push(at.from.event)\n    back(at.from.found)\n  }\n  back(end)\n",
    },
  },
  {
    id: "explore-progress-never",
    what: "tells no progress",
    breaks: [19],
    source: "a long search that looks dead",
    edit: {
      file: "explore.ts",
      find: "    onProgress?.({ states: seen.size, depth })\n",
      replace: "    void onProgress\n",
    },
  },
  // The controller
  {
    id: "controller-no-start",
    what: "says nothing until the first change",
    breaks: [21],
    source: "lights that stay dark for 30 seconds",
    edit: {
      file: "controller.ts",
      find: "    for (const effect of allLights()) await send(effect)\n",
      replace: "",
    },
  },
  {
    id: "controller-green-first",
    what: "at the start, sets green before red",
    breaks: [21],
    source: "the state before the first datagram is unknown",
    edit: {
      file: "controller.ts",
      find: 'Number(b.colour === "red") - Number(a.colour === "red")',
      replace: 'Number(a.colour === "red") - Number(b.colour === "red")',
    },
  },
  {
    id: "controller-two-ticks",
    what: "counts two ticks a second",
    breaks: [22],
    source: "the clock's period taken wrongly",
    edit: { file: "controller.ts", find: "clock.every(1000,", replace: "clock.every(500," },
  },
  {
    id: "controller-button-direct",
    what: "steps from the socket's callback, beside the loop: two histories",
    breaks: [22, 23, 25],
    source: "two owners of one state",
    edit: [
      { file: "controller.ts", find: "    let state = initial\n", replace: "" },
      {
        file: "controller.ts",
        find: "  const queue = new AsyncQueue",
        replace: "  let state = initial\n  const queue = new AsyncQueue",
      },
      {
        file: "controller.ts",
        find: "if (event) queue.push(event)",
        replace: "if (event) void step(state, event)",
      },
    ],
  },
  {
    id: "controller-prefix",
    what: "takes anything that begins like a press for one",
    breaks: [24],
    source: "startsWith",
    edit: { file: "controller.ts", find: "text === `${each}-B`", replace: "text.startsWith(`${each}-B`)" },
  },
  {
    id: "controller-throws-on-bad",
    what: "throws at a bad datagram",
    breaks: [24],
    source: "one stray packet stops the crossing",
    edit: {
      file: "controller.ts",
      find: "return direction && {",
      replace: "if (!direction) throw new Error(`bad datagram ${text}`)\n  return {",
    },
  },
  {
    id: "controller-clock-runs-on",
    what: "close leaves the clock running",
    breaks: [25],
    source: "a timer that keeps the process alive",
    edit: { file: "controller.ts", find: "      stopClock()\n", replace: "      void stopClock\n" },
  },
  {
    id: "controller-port-kept",
    what: "close leaves the socket open",
    breaks: [25],
    source: "a port that stays taken",
    edit: {
      file: "controller.ts",
      find: '      const closed = once(socket, "close")\n      socket.close()\n      await closed\n',
      replace: "",
    },
  },
  {
    id: "controller-close-does-not-wait",
    what: "closes the socket under the loop that is still sending",
    breaks: [25],
    source: "found by deleting statements of the reference",
    edit: { file: "controller.ts", find: "      await running\n", replace: "" },
  },
  {
    id: "controller-shared-state",
    what: "the state is a variable of the module",
    breaks: [25],
    source: "two controllers, one crossing",
    edit: [
      { file: "controller.ts", find: "    let state = initial\n", replace: "" },
      { file: "controller.ts", find: "const directions:", replace: "let state = initial\nconst directions:" },
    ],
  },
  {
    id: "controller-unordered",
    what: "handles an event while the one before is still being carried out",
    breaks: [25],
    source: "no queue, or a queue not awaited",
    edit: {
      file: "controller.ts",
      find: "      for (const effect of stepped.effects) await send(effect)\n",
      replace:
        '      void (async () => {\n        for (const effect of stepped.effects) {\n          if (effect.colour === "red") for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))\n          await send(effect)\n        }\n      })()\n',
    },
  },
]
