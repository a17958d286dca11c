import type { Variant } from "#suite"

export const variants: readonly Variant[] = [
  {
    id: "state-as-pairs",
    what: "keeps the state as a list of pairs",
    why: "the state's shape is the person's own",
    edit: [
      {
        file: "kv.ts",
        find: "export type KvState = readonly Bucket[]",
        replace: "export type KvState = readonly (readonly [string, string])[]",
      },
      {
        file: "kv.ts",
        find: "export const emptyState: KvState = Array.from({ length: 256 }, () => ({}))",
        replace: "export const emptyState: KvState = []",
      },
      {
        file: "kv.ts",
        find: "  const bucket = state[bucketOf(key)] ?? {}\n  return Object.hasOwn(bucket, key) ? bucket[key] : undefined",
        replace: "  return state.find(([name]) => name === key)?.[1]",
      },
      {
        file: "kv.ts",
        find: "  const at = bucketOf(key)\n  return state.with(at, { ...state[at], [key]: value })",
        replace: "  return [...remove(state, key), [key, value]]",
      },
      {
        file: "kv.ts",
        find: "  const at = bucketOf(key)\n  const left = Object.entries(state[at] ?? {}).filter(([each]) => each !== key)\n  return state.with(at, Object.fromEntries(left))",
        replace: "  return state.filter(([each]) => each !== key)",
      },
      {
        file: "kv.ts",
        find: "state.flatMap((bucket) => Object.keys(bucket)).filter((key)",
        replace: "state.map(([key]) => key).filter((key)",
      },
    ],
  },
  {
    id: "a-write-per-reply",
    what: "writes every reply by itself",
    why: "how replies are batched is nobody's business",
    edit: { file: "server.ts", find: "const batchBytes = 65_536", replace: "const batchBytes = 1" },
  },
  {
    id: "other-words",
    what: "says its errors in other words",
    why: "only the beginning of an error reply is promised",
    edit: [
      {
        file: "kv.ts",
        find: "`ERR unknown command '${name}'`",
        replace: "`ERR unknown command, sorry: ${name}`",
      },
      { file: "resp.ts", find: '"a bulk string does not end where it should"', replace: '"bad end"' },
      {
        file: "server.ts",
        find: '"ERR Protocol error: a command is an array of bulk strings"',
        replace: '"ERR what?"',
      },
    ],
  },
  {
    id: "concat-always",
    what: "joins its buffer with every chunk",
    why: "slower for large strings, and right",
    edit: {
      file: "resp.ts",
      find: "if (this.#buffer.length + this.#waitingBytes < needed) return false",
      replace: "void needed",
    },
  },
  {
    id: "queue-by-events",
    what: "settles those who wait a moment later",
    why: "only order and completeness are promised",
    edit: {
      file: "queue.ts",
      find: "if (waiter) waiter.resolve(item)",
      replace: "if (waiter) queueMicrotask(() => waiter.resolve(item))",
    },
  },
  {
    id: "server-by-callbacks",
    what: "listens for data instead of looping, and pauses the socket while it cannot write",
    why: "the same behaviour in another structure",
    edit: [
      {
        file: "server.ts",
        find: "  for await (const chunk of chunks) {\n",
        replace: "  const handle = async (chunk: Uint8Array): Promise<void> => {\n",
      },
      {
        file: "server.ts",
        find: "    if (error !== null) hangUp(socket, error)\n  }\n  socket.end()\n}\n",
        replace:
          '    if (error !== null) hangUp(socket, error)\n  }\n  socket.on("data", (chunk: Uint8Array) => {\n    socket.pause()\n    void handle(chunk).then(() => socket.resume())\n  })\n  await new Promise((resolve) => socket.on("close", resolve))\n}\n',
      },
    ],
  },
]
