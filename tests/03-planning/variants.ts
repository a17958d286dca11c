import type { Variant } from "#suite"

export const variants: readonly Variant[] = [
  {
    id: "fuller-node",
    what: "sorts the voters, and gives nextIndex and matchIndex a value from the start",
    why: "nobody looks into them on a server that is no leader",
    edit: [
      { file: "node.ts", find: "    voters,\n", replace: "    voters: voters.toSorted(),\n" },
      {
        file: "node.ts",
        find: "nextIndex: {},",
        replace:
          "nextIndex: Object.fromEntries(voters.filter((each) => each !== id).map((each) => [each, 1])),",
      },
      {
        file: "node.ts",
        find: "matchIndex: {},",
        replace: "matchIndex: Object.fromEntries(voters.map((each) => [each, 0])),",
      },
    ],
  },
  {
    id: "other-words",
    what: "describes, refuses and logs in other words, with a time before each log line",
    why: "only some words of a message are promised",
    edit: [
      {
        file: "node.ts",
        find: "`${id} ${role} in term ${String(currentTerm)}, ${led}; ` +\n    `log ends at ${String(end)}, committed ${String(commitIndex)}, applied ${String(lastApplied)}`",
        replace:
          "`[term ${String(currentTerm)}] ${role} ${id} | ${led} | ${String(lastApplied)}/${String(commitIndex)}/${String(end)}`",
      },
      {
        file: "cluster.ts",
        find: 'faults.join("\\n")',
        replace:
          '`this file cannot be used:\\n${faults.map((fault) => `- ${fault}`).join("\\n")}\\nPlease mend it.`',
      },
      {
        file: "net.ts",
        find: "log(`cut off ${who}: ${reason(error)}`)",
        replace: "log(`12:00:00 goodbye ${who}, ${reason(error)}!`)",
      },
      {
        file: "commands.ts",
        find: '`there is no command ${name}; there are ${[...Object.keys(commands), "help"].join(", ")}`',
        replace: '`${name}? Try one of\\n${["help", ...Object.keys(commands)].join("\\n")}`',
      },
      {
        file: "commands.ts",
        find: "`ping whom? ${there}`",
        replace: "`usage: ping <server>, where ${there}`",
      },
      {
        file: "commands.ts",
        find: "(waited ${String(patience / 1000)} s)",
        replace: "within ${String(patience)} ms",
      },
      { file: "commands.ts", find: '.join("  ")', replace: '.join(" | ")' },
    ],
  },
  {
    id: "quorum-by-sorting",
    what: "decides by the vote in the middle of the sorted votes",
    why: "the same majority, found in another way",
    edit: {
      file: "node.ts",
      find: "list.filter(agrees).length * 2 > list.length",
      replace:
        "list.map((each) => Number(agrees(each))).toSorted((a, b) => b - a)[Math.floor(list.length / 2)] === 1",
    },
  },
  {
    id: "codec-by-recursion",
    what: "walks through commands by recursion, and lets the stack decide what is too deep",
    why: "a RangeError is an Error, too",
    edit: [
      {
        file: "codec.ts",
        find: "z.custom<Json>((value) => value !== undefined, ",
        replace: "z.custom<Json>(isJson, ",
      },
      {
        file: "codec.ts",
        find: "if (isDeeper(json, maxDepth)) throw",
        replace: "if (isDeeper(json, 1e9)) throw",
      },
      {
        file: "codec.ts",
        find: "function told(",
        replace:
          'function isJson(value: unknown): boolean {\n  if (typeof value !== "object" || value === null) return value !== undefined\n  return Object.values(value).every(isJson)\n}\n\nfunction told(',
      },
    ],
  },
  {
    id: "codec-pretty",
    what: "writes the version last, with line ends between the fields",
    why: "JSON's order and blanks mean nothing",
    edit: {
      file: "codec.ts",
      find: "JSON.stringify({ v: version, ...message })",
      replace: "JSON.stringify({ ...message, v: version }, null, 1)",
    },
  },
  {
    id: "encodes-late",
    what: "queues messages, and encodes each when it is written",
    why: "what happens inside the queue is nobody's business",
    edit: [
      {
        file: "net.ts",
        find: "peer.send(frame(codec.encode(message), maxFrame))",
        replace: "peer.send(() => frame(codec.encode(message), maxFrame))",
      },
      { file: "net.ts", find: "  #queue: Uint8Array[] = []", replace: "  #queue: (() => Uint8Array)[] = []" },
      {
        file: "net.ts",
        find: "  send(bytes: Uint8Array): void {",
        replace: "  send(bytes: () => Uint8Array): void {",
      },
      {
        file: "net.ts",
        find: "      socket.write(next)\n",
        replace:
          "      try {\n        socket.write(next())\n      } catch (error) {\n        this.dropped++\n        this.#log(`a message to ${this.#id} was thrown away: ${reason(error)}`)\n      }\n",
      },
    ],
  },
  {
    id: "header-by-itself",
    what: "writes a frame's length and its payload separately",
    why: "a stream has no chunks",
    edit: {
      file: "net.ts",
      find: "      socket.write(next)\n",
      replace:
        "      socket.write(next.subarray(0, headerBytes))\n      socket.write(next.subarray(headerBytes))\n",
    },
  },
  {
    id: "jitter",
    what: "waits between half and all of the waiting time, at random",
    why: "three servers that lost one another should not all come back at once",
    edit: {
      file: "net.ts",
      find: "    }, this.#delay)\n",
      replace: "    }, this.#delay * (0.5 + Math.random() / 2))\n",
    },
  },
  {
    id: "dials-a-moment-later",
    what: "begins to dial when startRaftNet has returned",
    why: "only that servers find each other is promised",
    edit: {
      file: "net.ts",
      find: "for (const peer of peers.values()) peer.dial()\n",
      replace: "setImmediate(() => {\n    for (const peer of peers.values()) peer.dial()\n  })\n",
    },
  },
  {
    id: "concat-always",
    what: "joins its buffer with every chunk",
    why: "slower for long frames, and right",
    edit: {
      file: "net.ts",
      find: "    this.#chunks.push(chunk)\n",
      replace: "    this.#chunks = [Buffer.concat([...this.#chunks, chunk])]\n",
    },
  },
  {
    id: "one-by-one",
    what: "hands messages over one each time the event loop comes round",
    why: "order is promised, and no moment",
    edit: {
      file: "net.ts",
      find: "      for (let next = frames.next(); next && !socket.destroyed; next = frames.next()) take(next)\n    } catch (error) {\n      socket.destroy()\n      log(`cut off ${who}: ${reason(error)}`)\n    }\n",
      replace:
        "      const one = () => {\n        try {\n          const next = socket.destroyed ? undefined : frames.next()\n          if (next === undefined) {\n            socket.resume()\n            return\n          }\n          take(next)\n          setImmediate(one)\n        } catch (error) {\n          socket.destroy()\n          log(`cut off ${who}: ${reason(error)}`)\n        }\n      }\n      socket.pause()\n      one()\n    } catch (error) {\n      log(reason(error))\n    }\n",
    },
  },
  {
    id: "pong-in-a-moment",
    what: "answers a Ping a moment later, and uses a random nonce for each of its own",
    why: "a nonce is anything new",
    edit: [
      {
        file: "commands.ts",
        find: "const mine = nonce++",
        replace: "const mine = (nonce = Math.floor(Math.random() * 2 ** 50))",
      },
      {
        file: "commands.ts",
        find: '        net.send({ type: "Pong", from: id, to: from, nonce })\n',
        replace:
          '        setImmediate(() => {\n          net.send({ type: "Pong", from: id, to: from, nonce })\n        })\n',
      },
    ],
  },
]
