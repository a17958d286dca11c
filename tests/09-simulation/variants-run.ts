import type { Variant } from "#suite"

/** Free choices of 9e to 9g. */
export const variantsOfRun: readonly Variant[] = [
  {
    id: "every-step-a-line",
    what: "steps that changed nothing have a line, too",
    why: "they may be left out, and need not be",
    edit: {
      file: "cluster.ts",
      find: "if (sent.length > 0 || isWorthALine(before, state))",
      replace: "if (sent.length >= 0 || isWorthALine(before, state))",
    },
  },
  {
    id: "patient-clients",
    what: "a client that was refused waits 60 to 90 ms, always",
    why: "how soon is up to you",
    edit: [
      {
        file: "client.ts",
        find: 'kind: "uniform", from: 10, to: 50',
        replace: 'kind: "uniform", from: 60, to: 90',
      },
      {
        file: "client.ts",
        find: "if (answer.leader !== null && pending.refusals++ === 0) this.#send(pending)",
        replace: "if (answer.leader !== null && pending.refusals++ < 0) this.#send(pending)",
      },
    ],
  },
  {
    id: "blind-cas",
    what: "a cas expects that a key has no value",
    why: "what a cas expects is up to you",
    edit: { file: "client.ts", find: "expected: this.#seen.get(key) ?? null", replace: "expected: null" },
  },
  {
    id: "other-streams",
    what: "the streams have other names",
    why: "names of forks are nobody's business",
    edit: { file: "cluster.ts", find: 'random.fork("network")', replace: 'random.fork("the network")' },
  },
  {
    id: "other-commands",
    what: "commands have one more field",
    why: "commands are of your choice",
    edit: {
      file: "client.ts",
      find: "this.#world.deliver(server, { command: pending.command, reply })",
      replace:
        "this.#world.deliver(server, { command: { ...pending.command, tries: pending.refusals }, reply })",
    },
  },
]
