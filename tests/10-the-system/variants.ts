import type { Variant } from "#suite"

export const variants: readonly Variant[] = [
  {
    id: "other-words",
    what: "errors in other words",
    why: "only an error's first word is fixed",
    edit: [
      {
        file: "machine.ts",
        find: "NOSESSION there is no session ${name}, or it was forgotten",
        replace: "NOSESSION unknown: ${name}",
      },
      {
        file: "machine.ts",
        find: "ERR session ${name} is at ${String(session.sequence)} already",
        replace: "ERR too late",
      },
      {
        file: "replica.ts",
        find: "CLUSTERDOWN no leader is known to ${id} in term ${String(term)}",
        replace: "CLUSTERDOWN ${id} waits for an election (term ${String(term)})",
      },
      {
        file: "replica.ts",
        find: "TRYAGAIN another leader came; this was not done, and will not be",
        replace: "TRYAGAIN lost to another leader",
      },
      {
        file: "replica.ts",
        find: "UNKNOWN it was not committed in time; it may still be done, or not",
        replace: "UNKNOWN too slow",
      },
    ],
  },
  {
    id: "other-order",
    what: "the timer first, then the replies, then the messages; all behind the save",
    why: "rule 19 fixes what comes first, and nothing else",
    edit: [
      {
        file: "replica.ts",
        find: "  outputs.push(...effects.flatMap(toOutput))\n",
        replace:
          '  outputs.push(...effects.flatMap(toOutput).filter(({ type }) => type === "resetElectionTimer"))\n',
      },
      {
        file: "replica.ts",
        find: "  return { replica: { node: state, service: served.service }, outputs }",
        replace:
          '  outputs.push(...effects.flatMap(toOutput).filter(({ type }) => type === "send"))\n  return { replica: { node: state, service: served.service }, outputs }',
      },
    ],
  },
  {
    id: "checked-journal",
    what: "a journal of lines with a checksum in front of each",
    why: "the format is free",
    edit: [
      {
        file: "journal.ts",
        find: 'import { dirname } from "node:path"',
        replace: 'import { dirname } from "node:path"\nimport { createHash } from "node:crypto"',
      },
      {
        file: "journal.ts",
        find: "const bytes = Buffer.from(`${toLine(before, after)}\\n`)",
        replace: "const bytes = Buffer.from(`${sum(toLine(before, after))} ${toLine(before, after)}\\n`)",
      },
      {
        file: "journal.ts",
        find: "const saved = line.safeParse(parseJson(text))",
        replace:
          "const saved = line.safeParse(text.slice(0, 8) === sum(text.slice(9)) ? parseJson(text.slice(9)) : null)",
      },
      {
        file: "journal.ts",
        find: "function parseJson(",
        replace:
          'function sum(text: string): string {\n  return createHash("sha256").update(text).digest("hex").slice(0, 8)\n}\n\nfunction parseJson(',
      },
    ],
  },
  {
    id: "big-steps",
    what: "the client's numbers grow by ten, its pauses do not grow, and it asks servers in another order",
    why: "larger is all that is asked of numbers",
    edit: [
      { file: "client.ts", find: "    sequence++\n", replace: "    sequence += 10\n" },
      {
        file: "client.ts",
        find: "pause = Math.min(pause * 2, longestPause)",
        replace: "pause = Math.min(Math.max(pause, 25), longestPause)",
      },
      { file: "client.ts", find: "  #next = 0\n", replace: "  #next = 1\n" },
    ],
  },
  {
    id: "next-turn",
    what: "the engine begins to work in the next turn of the event loop",
    why: "when the loop runs is its own affair",
    edit: {
      file: "engine.ts",
      find: "    this.#queue.push(input)\n    this.#work()",
      replace: "    this.#queue.push(input)\n    setImmediate(() => {\n      this.#work()\n    })",
    },
  },
]
