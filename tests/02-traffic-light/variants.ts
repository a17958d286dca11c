import type { Variant } from "#suite"

export const variants: readonly Variant[] = [
  {
    id: "counts-down",
    what: "keeps the seconds that are left instead of those that passed",
    why: "the state's shape is the person's own",
    edit: [
      {
        file: "crossing.ts",
        find: '  colour: "green",\n  seconds: 0,',
        replace: '  colour: "green",\n  seconds: -0 + 1000,',
      },
      {
        file: "crossing.ts",
        find: "changeIfDue({ ...state, seconds: state.seconds + 1 })",
        replace: "changeIfDue({ ...state, seconds: state.seconds - 1 })",
      },
      { file: "crossing.ts", find: "if (seconds < end) return", replace: "if (1000 - seconds < end) return" },
      {
        file: "crossing.ts",
        find: "if (seconds < yellowSeconds)",
        replace: "if (1000 - seconds < yellowSeconds)",
      },
      {
        file: "crossing.ts",
        find: 'colour: "yellow", seconds: 0 }',
        replace: 'colour: "yellow", seconds: 1000 }',
      },
      {
        file: "crossing.ts",
        find: 'colour: "green", seconds: 0, asked',
        replace: 'colour: "green", seconds: 1000, asked',
      },
    ],
  },
  {
    id: "repeats-colours",
    what: "sets both lights anew at every event, red ones first: UDP may lose a datagram",
    why: "saying a colour again changes nothing",
    edit: {
      file: "crossing.ts",
      find: 'case "tick":\n      return changeIfDue({ ...state, seconds: state.seconds + 1 })',
      replace:
        'case "tick": {\n      const stepped = changeIfDue({ ...state, seconds: state.seconds + 1 })\n      const shown = lights(stepped.state)\n      const all = [set("NS", shown.NS), set("EW", shown.EW)].sort((a, b) => Number(b.colour === "red") - Number(a.colour === "red"))\n      return { ...stepped, effects: [...stepped.effects, ...all] }\n    }',
    },
  },
  {
    id: "other-keys",
    what: "tells states apart by nested lists of sorted properties",
    why: "how states are compared is nobody's business",
    edit: {
      file: "explore.ts",
      find: "return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))",
      replace:
        'return ["an object", ...Object.keys(value).toSorted().map((name) => [name, (value as Record<string, unknown>)[name]])]',
    },
  },
  {
    id: "checks-late",
    what: "checks a state's invariants when it comes to it, not when it finds it",
    why: "breadth first, the nearest violation is still the first one",
    edit: [
      {
        file: "explore.ts",
        find: "    return rules.find(([, holds]) => !holds(found.state))?.[0]\n  }",
        replace: "    return undefined\n  }",
      },
      {
        file: "explore.ts",
        find: "      let stuck = true\n",
        replace:
          "      const late = rules.find(([, holds]) => !holds(found.state))?.[0]\n      if (late !== undefined) return violated(late, found)\n      let stuck = true\n",
      },
    ],
  },
  {
    id: "fast-clock",
    what: "asks for ten callbacks a second and counts them",
    why: "what counts is one tick a second",
    edit: {
      file: "controller.ts",
      find: '  const stopClock = clock.every(1000, () => {\n    queue.push({ type: "tick" })\n  })',
      replace:
        '  let tenths = 0\n  const stopClock = clock.every(100, () => {\n    if (++tenths % 10 === 0) queue.push({ type: "tick" })\n  })',
    },
  },
]
