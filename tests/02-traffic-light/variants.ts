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
    id: "explores-with-paths",
    what: "keeps the whole way with every state",
    why: "more memory, same answers",
    edit: [
      {
        file: "explore.ts",
        find: "  readonly id: string\n",
        replace: "  readonly id: string\n  readonly way?: readonly Event[]\n",
      },
      {
        file: "explore.ts",
        find: "from: { found, event } }",
        replace: "from: { found, event }, way: [...(found.way ?? []), event] }",
      },
      {
        file: "explore.ts",
        find: "events: events.reverse(), state",
        replace: "events: (end.way ? [...end.way] : events.reverse()), state",
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
