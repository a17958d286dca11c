import type { Bug } from "#suite"

export const bugs: readonly Bug[] = [
  // Framing
  {
    id: "frame-per-chunk",
    what: "takes each chunk for whole messages and forgets the rest",
    breaks: [6],
    source: "catalogue: the first mistake in every TCP server",
    edit: {
      file: "resp.ts",
      find: "this.#buffer = Buffer.concat([this.#buffer, ...this.#waiting])",
      replace:
        "this.#buffer = Buffer.concat(this.#bulkLength === null ? this.#waiting : [this.#buffer, ...this.#waiting])",
    },
  },
  {
    id: "one-message-per-chunk",
    what: "decodes the first message of a chunk and leaves the others for the next one",
    breaks: [6],
    source: "an `if` where a loop belongs",
    edit: {
      file: "resp.ts",
      find: "if (value) values.push(value)",
      replace: "if (value) {\n          values.push(value)\n          break\n        }",
    },
  },
  {
    id: "bulk-split-on-crlf",
    what: "reads a bulk string up to the next line end instead of counting",
    breaks: [7],
    source: "issue 2: splitting on CRLF",
    edit: {
      file: "resp.ts",
      find: "  #takeBulk(length: number): RespValue | null {\n",
      replace:
        '  #takeBulk(length: number): RespValue | null {\n    const end = this.#buffer.indexOf("\\r\\n")\n    if (end === -1) return null\n    if (end < length) {\n      const value = this.#buffer.toString("latin1", 0, end)\n      this.#consume(end + 2)\n      this.#bulkLength = null\n      return { type: "bulk", value }\n    }\n',
    },
  },
  {
    id: "bulk-as-utf8",
    what: "decodes bulk strings as UTF-8, which loses bytes",
    breaks: [2],
    source: "issue 2: byte length against character length",
    edit: {
      file: "resp.ts",
      find: 'const value = this.#buffer.toString("latin1", 0, length)',
      replace: 'const value = this.#buffer.toString("utf8", 0, length)',
    },
  },
  {
    id: "encode-as-utf8",
    what: "writes UTF-8 but announces the number of characters",
    breaks: [2],
    source: "issue 2: byte length against character length",
    edit: { file: "resp.ts", find: 'Buffer.from(text, "latin1")', replace: 'Buffer.from(text, "utf8")' },
  },
  {
    id: "wide-characters-cut",
    what: "cuts a character that is no byte to one",
    breaks: [3],
    source: "Buffer.from(text, 'latin1') does so silently",
    edit: { file: "resp.ts", find: "if (wide) {", replace: "if (wide && text.length === 0) {" },
  },
  {
    id: "error-splits",
    what: "lets line ends through in error replies: a client can forge a reply for itself or a proxy",
    breaks: [4],
    source: "response splitting",
    edit: {
      file: "resp.ts",
      find: "return `-${oneLine(value.value)}\\r\\n`",
      replace: "return `-${value.value}\\r\\n`",
    },
  },
  {
    id: "null-is-empty",
    what: "takes `$-1` for an empty string",
    breaks: [5],
    source: "a length of -1 handled as 0",
    edit: {
      file: "resp.ts",
      find: 'if (length === null) return { type: "null" }\n        this.#bulkLength',
      replace: 'if (length === null) return { type: "bulk", value: "" }\n        this.#bulkLength',
    },
  },
  {
    id: "integer-as-number",
    what: "reads integers as JavaScript numbers: beyond 2^53 they are rounded",
    breaks: [5],
    source: "64-bit integers in JavaScript",
    edit: {
      file: "resp.ts",
      find: "return value.toString()\n}\n\nexport function encode",
      replace: "return String(Number(value))\n}\n\nexport function encode",
    },
  },
  {
    id: "bulk-end-unchecked",
    what: "does not look at the two bytes behind a bulk string",
    breaks: [9],
    source: "garbage taken for the next message",
    edit: {
      file: "resp.ts",
      find: "if (this.#buffer[length] !== CR || this.#buffer[length + 1] !== LF) {",
      replace: "if (this.#buffer[length] !== CR && length < 0) {",
    },
  },
  {
    id: "garbage-forgotten",
    what: "goes on decoding after an error",
    breaks: [9],
    source: "an error that is not remembered",
    edit: {
      file: "resp.ts",
      find: "if (this.#error !== null) return { values, error: this.#error }",
      replace: "this.#error = null",
    },
  },
  {
    id: "limit-on-arrival",
    what: "checks the size of a bulk string only when it has arrived",
    breaks: [10],
    source: "an attacker announces a terabyte and the server waits for it",
    edit: {
      file: "resp.ts",
      find: 'parseLength(rest, this.#limits.maxBulkBytes, "bulk length")',
      replace: 'parseLength(rest, Number.POSITIVE_INFINITY, "bulk length")',
    },
  },
  {
    id: "depth-unlimited",
    what: "nests arrays as deep as anyone likes",
    breaks: [10],
    source: "a stack overflow in whoever walks the value",
    edit: {
      file: "resp.ts",
      find: "this.#open.length >= this.#limits.maxDepth",
      replace: "this.#open.length >= 1e9",
    },
  },
  {
    id: "line-unlimited",
    what: "collects a line without end",
    breaks: [10],
    source: "memory filled by a client that never ends its line",
    edit: {
      file: "resp.ts",
      find: "if (length > this.#limits.maxLineBytes + 1) throw",
      replace: "if (end !== -1 && length > this.#limits.maxLineBytes + 1) throw",
    },
  },
  {
    id: "chunk-kept",
    what: "keeps the caller's chunk instead of copying it",
    breaks: [11],
    source: "views of a buffer that its owner uses again",
    edit: [
      {
        file: "resp.ts",
        find: "this.#waiting.push(new Uint8Array(chunk))",
        replace: "this.#waiting.push(chunk)",
      },
      {
        file: "resp.ts",
        find: "this.#buffer = Buffer.concat([this.#buffer, ...this.#waiting])",
        replace:
          "this.#buffer = this.#buffer.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([this.#buffer, ...this.#waiting])",
      },
    ],
  },
  {
    id: "inline-needs-crlf",
    what: "insists on CRLF behind an inline command",
    breaks: [8],
    source: "`nc` sends a bare line feed",
    edit: {
      file: "resp.ts",
      find: "if (/^[+\\-:$*]/.test(line)) throw",
      replace: "if (line !== null) throw",
    },
  },
  {
    id: "inline-any-space",
    what: "splits inline commands at any white space, the byte A0 in the middle of a character included",
    breaks: [8],
    source: "found by a hunt for survivors: /\\s/ in JavaScript",
    edit: { file: "resp.ts", find: "line.split(/[ \\t]+/)", replace: "line.split(/\\s+/)" },
  },
  {
    id: "defaults-lost",
    what: "forgets the other limits when one is given",
    breaks: [10],
    source: "found by a hunt for survivors",
    edit: {
      file: "resp.ts",
      find: "this.#limits = { ...defaults, ...limits }",
      replace:
        "this.#limits = Object.keys(limits).length === 0 ? defaults : { maxLineBytes: Infinity, maxBulkBytes: Infinity, maxItems: Infinity, maxDepth: Infinity, ...limits }",
    },
  },
  {
    id: "integer-too-small",
    what: "lets integers below the 64-bit range through",
    breaks: [9],
    source: "found by a hunt for survivors",
    edit: {
      file: "resp.ts",
      find: "if (BigInt.asIntN(64, value) !== value) throw",
      replace: "if (value >= 2n ** 63n) throw",
    },
  },
  // The queue
  {
    id: "waiters-lifo",
    what: "serves the one who came last first",
    breaks: [14],
    source: "issue 2: a stack of waiters",
    edit: { file: "queue.ts", find: "this.#waiters.shift()", replace: "this.#waiters.pop()" },
  },
  {
    id: "items-lifo",
    what: "gives the newest item first",
    breaks: [12],
    source: "pop for shift",
    edit: { file: "queue.ts", find: "this.#items.shift() as T", replace: "this.#items.pop() as T" },
  },
  {
    id: "falsy-items-wait",
    what: "takes an item that is falsy for no item",
    breaks: [12],
    source: "`if (item)` where the length should be asked",
    edit: {
      file: "queue.ts",
      find: "if (this.#items.length > 0) return",
      replace: "if (this.#items[0]) return",
    },
  },
  {
    id: "all-woken",
    what: "gives an item to everyone who waits",
    breaks: [12, 14],
    source: "an event emitter used as a queue",
    edit: {
      file: "queue.ts",
      find: "if (waiter) waiter.resolve(item)",
      replace: "if (waiter) for (const each of [waiter, ...this.#waiters.splice(0)]) each.resolve(item)",
    },
  },
  {
    id: "close-drops-items",
    what: "throws the remaining items away at close",
    breaks: [16],
    source: "shutting down before the work is done",
    edit: {
      file: "queue.ts",
      find: "    this.#closed = true\n",
      replace: "    this.#closed = true\n    this.#items.length = 0\n",
    },
  },
  {
    id: "close-leaves-waiters",
    what: "leaves those who wait waiting for good",
    breaks: [16],
    source: "a shutdown that hangs",
    edit: { file: "queue.ts", find: "this.#waiters.splice(0)) reject", replace: "[] as Waiter<T>[]) reject" },
  },
  {
    id: "leaving-closes",
    what: "closes the queue when a loop is left",
    breaks: [17],
    source: "cleaning up in the iterator's `finally`",
    edit: {
      file: "queue.ts",
      find: "      yield item\n",
      replace:
        "      try {\n        yield item\n      } finally {\n        if (this.#items.length > 0) this.close()\n      }\n",
    },
  },
  {
    id: "loop-prefetches",
    what: "takes the next item before it is asked for, and loses it when the loop is left",
    breaks: [17],
    source: "an eager iterator",
    edit: {
      file: "queue.ts",
      find: "      yield item\n",
      replace:
        "      yield item\n      if (this.#items.length > 2) yield this.#items.shift() as T\n      else if (this.#items.length === 1 && this.#closed) this.#items.pop()\n",
    },
  },
  // The state machine
  {
    id: "incr-parse-float",
    what: "counts with Number: INCR takes 1e3 and 0x10, and rounds beyond 2^53",
    breaks: [20],
    source: "issue 2: INCR parsing 1.5 or 1e3",
    edit: {
      file: "kv.ts",
      find: "  if (!/^(0|-?[1-9]\\d{0,18})$/.test(text)) return null\n  const value = BigInt(text)",
      replace:
        '  if (text.trim() === "" || !Number.isFinite(Number(text))) return null\n  const value = BigInt(Math.floor(Number(text)))',
    },
  },
  {
    id: "incr-parse-int",
    what: "counts with parseInt: 12abc is 12",
    breaks: [20],
    source: "parseInt stops at the first letter",
    edit: {
      file: "kv.ts",
      find: "  if (!/^(0|-?[1-9]\\d{0,18})$/.test(text)) return null\n  const value = BigInt(text)",
      replace:
        "  if (Number.isNaN(parseInt(text, 10))) return null\n  const value = BigInt(parseInt(text, 10))",
    },
  },
  {
    id: "incr-no-overflow",
    what: "counts beyond 64 bits",
    breaks: [20],
    source: "bigint has no end",
    edit: { file: "kv.ts", find: "if (!isInt64(after)) return", replace: "if (after > 10n ** 30n) return" },
  },
  {
    id: "incr-leading-zeros",
    what: "takes 007 and -0 for integers",
    breaks: [20],
    source: "Redis refuses them",
    edit: { file: "kv.ts", find: "/^(0|-?[1-9]\\d{0,18})$/", replace: "/^-?\\d{1,19}$/" },
  },
  {
    id: "cas-creates",
    what: "CAS creates a key that is not there",
    breaks: [21],
    source: "a missing key compared as if it were the expected value",
    edit: {
      file: "kv.ts",
      find: "read(state, key) === expected",
      replace: "(read(state, key) ?? expected) === expected",
    },
  },
  {
    id: "keys-insertion-order",
    what: "lists keys in the order in which they were set",
    breaks: [22],
    source: "two replicas answer differently",
    edit: { file: "kv.ts", find: "items: keys.toSorted().map(bulk)", replace: "items: keys.map(bulk)" },
  },
  {
    id: "keys-regex",
    what: "does not escape the pattern",
    breaks: [22],
    source: "a dot that matches everything",
    edit: {
      file: "kv.ts",
      find: "filter((key) => matches(pattern, key))",
      replace:
        'filter((key) => new RegExp(`^${pattern.replaceAll("*", "[^]*").replaceAll("?", "[^]")}$`).test(key))',
    },
  },
  {
    id: "keys-unanchored",
    what: "matches a pattern anywhere in the key",
    breaks: [22],
    source: "a regular expression without ^ and $",
    edit: { file: "kv.ts", find: "return at === pattern.length", replace: "return true" },
  },
  {
    id: "del-counts-twice",
    what: "counts a key named twice in DEL twice",
    breaks: [18],
    source: "the keys counted, not what is gone",
    edit: {
      file: "kv.ts",
      find: "result: integer(gone.size)",
      replace: "result: integer(keys.filter((key) => gone.has(key)).length)",
    },
  },
  {
    id: "throws-on-unknown",
    what: "throws at an unknown command",
    breaks: [23],
    source: "errors are values: a throwing state machine takes every replica down",
    edit: {
      file: "kv.ts",
      find: "if (!command) return { state, result: error(`ERR unknown command '${name}'`) }",
      replace: "if (!command) throw new Error(`ERR unknown command '${name}'`)",
    },
  },
  {
    id: "command-from-prototype",
    what: "takes `constructor` for a command it knows",
    breaks: [23],
    source: "a plain object used as a table",
    edit: {
      file: "kv.ts",
      find: "Object.hasOwn(commands, upper) ? commands[upper] : undefined",
      replace: "commands[upper] ?? commands[name]",
    },
  },
  {
    id: "arity-at-least",
    what: "lets too many arguments through",
    breaks: [23],
    source: "only missing arguments checked",
    edit: {
      file: "kv.ts",
      find: "if (args.length < min || args.length > max) {",
      replace: "if (args.length < min || max < 0) {",
    },
  },
  {
    id: "case-sensitive",
    what: "knows commands only in capitals",
    breaks: [24],
    source: "redis-cli sends what the person types",
    edit: { file: "kv.ts", find: "const upper = name.toUpperCase()", replace: "const upper = name" },
  },
  {
    id: "state-mutated",
    what: "changes the state it was given",
    breaks: [25],
    source: "rule 25",
    edit: {
      file: "kv.ts",
      find: "return state.with(at, { ...state[at], [key]: value })",
      replace: "Object.assign(state[at] ?? {}, { [key]: value })\n  return state",
    },
  },
  {
    id: "state-global",
    what: "keeps the data in a variable of the module",
    breaks: [25, 29],
    source: "issue 2: shared state",
    edit: [
      {
        file: "kv.ts",
        find: "  return state.with(at, { ...state[at], [key]: value })",
        replace:
          "  everything = everything.with(at, { ...everything[at], [key]: value })\n  return everything",
      },
      {
        file: "kv.ts",
        find: "export const emptyState: KvState = Array.from({ length: 256 }, () => ({}))",
        replace:
          "export const emptyState: KvState = Array.from({ length: 256 }, () => ({}))\nlet everything = emptyState",
      },
    ],
  },
  {
    id: "proto-key",
    what: "loses the key `__proto__`",
    breaks: [27],
    source: "assignment to __proto__ sets the prototype",
    edit: {
      file: "kv.ts",
      find: "return state.with(at, { ...state[at], [key]: value })",
      replace:
        "const next: Record<string, string> = { ...state[at] }\n  next[key] = value\n  return state.with(at, next)",
    },
  },
  {
    id: "inherited-keys",
    what: "finds `constructor` in an empty store",
    breaks: [27],
    source: "reading through the prototype",
    edit: {
      file: "kv.ts",
      find: "return Object.hasOwn(bucket, key) ? bucket[key] : undefined",
      replace: "return bucket[key]",
    },
  },
  {
    id: "empty-is-nothing",
    what: "takes an empty value for no value",
    breaks: [18],
    source: "found by a hunt for survivors: the empty string is falsy",
    edit: {
      file: "kv.ts",
      find: 'value === undefined ? { type: "null" } : bulk(value)',
      replace: 'value ? bulk(value) : { type: "null" }',
    },
  },
  {
    id: "incrby-unchecked",
    what: "takes a step of any size",
    breaks: [20],
    source: "found by a hunt for survivors",
    edit: {
      file: "kv.ts",
      find: "const step = toInt64(by)",
      replace: "const step = /^(0|-?[1-9]\\d*)$/.test(by) ? BigInt(by) : null",
    },
  },
  {
    id: "keys-backtracks",
    what: "matches patterns by a regular expression that takes for ever on some",
    breaks: [22],
    source: "found by a reader: KEYS *a*a*a*a*a*a*a*ab",
    edit: {
      file: "kv.ts",
      find: "filter((key) => matches(pattern, key))",
      replace:
        'filter((key) => new RegExp(`^${pattern.replace(/[.+^${}()|[\\]\\\\]/g, "\\\\$&").replaceAll("*", "[^]*").replaceAll("?", "[^]")}$`).test(key))',
    },
  },
  // The server
  {
    id: "replies-out-of-order",
    what: "answers each request when it is done: quick ones overtake",
    breaks: [28],
    source: "issue 2: replies out of order under pipelining",
    edit: [
      {
        file: "server.ts",
        find: "    await send(socket, batch)\n    if (error",
        replace: "    await send(socket, batch.toSorted((a, b) => a.length - b.length))\n    if (error",
      },
    ],
  },
  {
    id: "decoder-shared",
    what: "one decoder for all clients: their requests get mixed up",
    breaks: [29],
    source: "issue 2: shared state across clients",
    edit: [
      { file: "server.ts", find: "  const decoder = new RespDecoder()\n", replace: "" },
      {
        file: "server.ts",
        find: "const batchBytes = 65_536\n",
        replace: "const batchBytes = 65_536\nconst decoder = new RespDecoder()\n",
      },
    ],
  },
  {
    id: "servers-share-state",
    what: "the state is a variable of the module: two servers in one process share it",
    breaks: [29],
    source: "a module-level variable",
    edit: [
      { file: "server.ts", find: "  let state: KvState = emptyState\n", replace: "" },
      {
        file: "server.ts",
        find: "const batchBytes = 65_536\n",
        replace: "const batchBytes = 65_536\nlet state: KvState = emptyState\n",
      },
    ],
  },
  {
    id: "garbage-ignored",
    what: "ends the connection at garbage without a word",
    breaks: [30],
    source: "a client that cannot tell what it did wrong",
    edit: {
      file: "server.ts",
      find: 'socket.end(encode({ type: "error", value: `ERR ${error}` }))',
      replace: "void error\n  socket.end()",
    },
  },
  {
    id: "garbage-stays-open",
    what: "answers garbage and keeps the connection, though the stream has lost its frames",
    breaks: [30],
    source: "after a framing error, nothing that follows can be trusted",
    edit: [
      {
        file: "server.ts",
        find: 'socket.end(encode({ type: "error", value: `ERR ${error}` }))',
        replace: 'socket.write(encode({ type: "error", value: `ERR ${error}` }))',
      },
      {
        file: "server.ts",
        find: "  setTimeout(() => socket.destroy(), lingerMs).unref()\n",
        replace: "  void lingerMs\n",
      },
    ],
  },
  {
    id: "socket-error-unhandled",
    what: "does not listen to a socket's errors: the first reset ends the process",
    breaks: [31],
    source: "Node: an `error` event without a listener is thrown",
    edit: [
      { file: "server.ts", find: '    socket.on("error", () => undefined)\n', replace: "" },
      {
        file: "server.ts",
        find: "if (!isOfTheNetwork(error)) throw error",
        replace: "throw error",
      },
    ],
  },
  {
    id: "no-back-pressure",
    what: "writes replies whether or not anybody reads them",
    breaks: [32],
    source: "issue 2: a client that never reads its replies",
    edit: {
      file: "server.ts",
      find: "if (batch.length === 0 || socket.write(Buffer.concat(batch)) || socket.destroyed) return",
      replace: "if (batch.length > 0) socket.write(Buffer.concat(batch))\n  if (batch.length >= 0) return",
    },
  },
  {
    id: "answers-whole-chunk",
    what: "answers every request of a chunk before it looks whether the client reads",
    breaks: [32],
    source: "found by a reader of the spec: small requests, large replies",
    edit: {
      file: "server.ts",
      find: "if (bytes < batchBytes) continue",
      replace: "if (bytes >= 0) continue",
    },
  },
  {
    id: "never-resumes",
    what: "stops reading from a slow client and never begins again",
    breaks: [32],
    source: "pause without resume",
    edit: {
      file: "server.ts",
      find: 'socket.on("drain", done).on("close", done)',
      replace: 'socket.on("close", done)',
    },
  },
  {
    id: "close-waits-for-clients",
    what: "close waits until the clients leave by themselves",
    breaks: [33],
    source: "server.close() alone only stops listening",
    edit: { file: "server.ts", find: "    for (const socket of sockets) socket.destroy()\n", replace: "" },
  },
  {
    id: "reply-per-error-missing",
    what: "sends nothing for a message that is no command",
    breaks: [30],
    source: "a client that waits for ever",
    edit: {
      file: "server.ts",
      find: 'if (value.type === "array" && value.items.length === 0) continue',
      replace:
        'if (value.type !== "array" || value.items.some(({ type }) => type !== "bulk") || value.items.length === 0) continue',
    },
  },
  // The client
  {
    id: "client-waits-in-turn",
    what: "sends a command only when the one before is answered",
    breaks: [36],
    source: "no pipelining: one round trip a command",
    edit: [
      {
        file: "client.ts",
        find: "  let closed = false\n",
        replace: "  let closed = false\n  let turn: Promise<unknown> = Promise.resolve()\n",
      },
      {
        file: "client.ts",
        find: "      return await (await current()).send(bytes)\n",
        replace:
          "      const mine = turn.then(async () => await (await current()).send(bytes))\n      turn = mine.catch(() => undefined)\n      return await mine\n",
      },
    ],
  },
  {
    id: "client-resends",
    what: "sends unanswered commands again after a reconnect: INCR counts twice",
    breaks: [37],
    source: "at least once where at most once was promised",
    edit: {
      file: "client.ts",
      find: "      return await (await current()).send(bytes)\n",
      replace:
        "      const first = await current()\n      return await first.send(bytes).catch(async (error: unknown) => {\n        if (closed) throw error\n        return await (await current()).send(bytes)\n      })\n",
    },
  },
  {
    id: "client-forgets-waiting",
    what: "leaves commands waiting for good when the connection is lost",
    breaks: [37],
    source: "promises nobody settles",
    edit: { file: "client.ts", find: "of this.#pending.splice(0)) {", replace: "of [] as Pending[]) {" },
  },
  {
    id: "client-never-reconnects",
    what: "stays disconnected",
    breaks: [38],
    source: "a socket used once",
    edit: {
      file: "client.ts",
      find: "if (!alive && connection === known) connection",
      replace: "if (!alive && connection !== known) connection",
    },
  },
  {
    id: "client-reconnects-each",
    what: "opens a connection for every command that waits",
    breaks: [38],
    source: "a race between commands after a loss",
    edit: {
      file: "client.ts",
      find: "if (!alive && connection === known) connection",
      replace: "if (!alive) connection",
    },
  },
  {
    id: "client-throws-error-replies",
    what: "rejects when the reply is an error",
    breaks: [35],
    source: "the command was answered: that is no failure of the connection",
    edit: {
      file: "client.ts",
      find: "for (const value of values) this.#pending.shift()?.resolve(value)",
      replace:
        'for (const value of values) {\n        const waiting = this.#pending.shift()\n        if (value.type === "error") waiting?.reject(new Error(value.value))\n        else waiting?.resolve(value)\n      }',
    },
  },
  {
    id: "client-latest-first",
    what: "gives a reply to the newest command",
    breaks: [36],
    source: "pop for shift",
    edit: {
      file: "client.ts",
      find: "this.#pending.shift()?.resolve(value)",
      replace: "this.#pending.pop()?.resolve(value)",
    },
  },
  {
    id: "client-decoder-kept",
    what: "keeps half a reply of a lost connection, in front of the next one's replies",
    breaks: [38],
    source: "found by a hunt for survivors: one decoder for all connections",
    edit: [
      { file: "client.ts", find: "    const decoder = new RespDecoder()\n", replace: "" },
      {
        file: "client.ts",
        find: "/** One TCP connection.",
        replace: "const decoder = new RespDecoder()\n\n/** One TCP connection.",
      },
    ],
  },
  {
    id: "get-then-set",
    what: "the server's INCR lets others in between reading and writing",
    breaks: [40],
    source: "issue 2: the design dilemma, on the wrong side",
    edit: [
      {
        file: "server.ts",
        find: "      const reply = encode(answer(value, execute))\n",
        replace: "      const reply = encode(await slowly(value, execute))\n",
      },
      {
        file: "server.ts",
        find: "function answer(value",
        replace:
          'async function slowly(value: RespValue, execute: Execute): Promise<RespValue> {\n  const words = value.type === "array" ? value.items.map((item) => (item.type === "bulk" ? item.value : "")) : []\n  if (words[0] !== "INCR" || words.length !== 2) return answer(value, execute)\n  const got = execute({ name: "GET", args: [words[1] ?? ""] })\n  await new Promise((resolve) => setImmediate(resolve))\n  const next = String(Number(got.type === "bulk" ? got.value : 0) + 1)\n  execute({ name: "SET", args: [words[1] ?? "", next] })\n  return { type: "integer", value: next }\n}\n\nfunction answer(value',
      },
    ],
  },
]
