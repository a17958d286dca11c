import type { Variant } from "#suite"

const search = "search.ts"
const shrink = "shrink.ts"
const explain = "explain.ts"
const world = "world.ts"
const properties = "properties.ts"
const exhaust = "exhaust/exhaust.ts"
const arena = "exhaust/arena.ts"

/** An exhaustive search without a single number: worlds as text, in a Map. */
const plainly = `/** All of it as text. */
function plainly({ raft, bounds, symmetry = true, properties = figure3, maxStates = Number.POSITIVE_INFINITY, onProgress }: ExhaustOptions): Exhausted {
  interface Node { readonly world: World; readonly crashes: number; readonly actions: readonly Action[] }
  const ids = begin(raft, bounds.servers).nodes.map(({ id }) => id)
  const namings = symmetry ? orders(ids) : [ids]
  const unordered = (part: unknown): unknown =>
    Array.isArray(part)
      ? part.length > 0 && part.every((each) => ids.includes(each as string)) ? ["set", ...part.toSorted()] : part.map(unordered)
      : typeof part === "object" && part !== null
        ? Object.entries(part).map(([name, each]: [string, unknown]) => [name, unordered(each)] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)).flat()
        : part
  const named = (part: object, names: readonly string[]): string =>
    JSON.stringify(unordered(JSON.parse(JSON.stringify(part).replace(/"(n\\d+)"/g, (_, id: string) => JSON.stringify(names[ids.indexOf(id)] ?? id)))))
  const texts = new WeakMap<object, string[]>()
  const text = (part: object, naming: number): string => {
    const known = texts.get(part) ?? []
    texts.set(part, known)
    return (known[naming] ??= named(part, namings[naming] ?? ids))
  }
  const key = ({ world, crashes }: Node): string =>
    namings.map((names, i) => {
      const nodes = ids.map((id) => text(world.nodes[names.indexOf(id)] ?? world, i))
      return [...nodes, ...world.inFlight.map((message) => text(message, i)).toSorted(), text(world.history, i), String(crashes)].join("\\n")
    }).toSorted()[0] ?? ""
  const asSet = (world: World): World => ({ ...world, inFlight: [...new Map(world.inFlight.map((message) => [text(message, 0), message])).values()] })
  const awaited = new Set(properties.filter(({ kind }) => kind === "sometimes").map(({ name }) => name))
  const first: Node = { world: begin(raft, bounds.servers), crashes: bounds.crashes, actions: [] }
  const known = new Map([[namings.length === 1 ? key(first) : key(first), first]])
  let [depth, far] = [0, 0]
  const answer = (complete: boolean, found: Exhausted["found"] = null): Exhausted => ({ states: known.size, depth: far, complete, found, never: [...awaited] })
  for (let level = [first]; level.length > 0; depth++) {
    const next: Node[] = []
    for (const node of level) {
      const { world, crashes, actions } = node
      const possible: Action[] = world.inFlight.flatMap((message): Action[] => [{ type: "duplicate", message }, { type: "deliver", message }, { type: "drop", message }])
      for (const { id: server, currentTerm, log } of world.nodes) {
        if (crashes > 0) possible.push({ type: "crash", server })
        if (log.base.index + log.entries.length < bounds.entries) possible.push({ type: "propose", server, command: ["the", "same"] })
        possible.push({ type: "heartbeat", server })
        if (currentTerm < bounds.terms) possible.push({ type: "timeout", server })
      }
      for (const action of possible) {
        const attempted = attempt(raft, world, action, properties)
        if (attempted === null) continue
        const reached: Node = { world: asSet(attempted.world), crashes: action.type === "crash" ? crashes - 1 : crashes, actions: [...actions, action] }
        if (reached.world.inFlight.length > bounds.messages) continue
        const { moment, violation } = attempted
        if (violation) return answer(false, { schedule: { servers: bounds.servers, actions: reached.actions }, violation })
        if (moment) for (const each of properties) if (each.kind === "sometimes" && each.happens(moment)) awaited.delete(each.name)
        const name = key(reached)
        if (known.has(name)) continue
        if (known.size >= maxStates) return answer(false)
        far = depth + 1
        known.set(name, reached)
        next.push(reached)
      }
    }
    onProgress?.({ states: known.size, depth })
    level = next
  }
  return answer(true)
}

function orders(ids: readonly string[]): readonly (readonly string[])[] {
  return ids.length === 0 ? [[]] : ids.flatMap((first, i) => orders(ids.toSpliced(i, 1)).map((rest) => [first, ...rest]))
}
`

export const variants: readonly Variant[] = [
  {
    id: "other-weather",
    what: "another generator, other likelihoods, schedules of other lengths, proposals of objects to anybody; explains in other words, with one table, which also has indexes and commit marks",
    why: "what is likely is free; a schedule has at most so many actions; rules 30 to 32 are all that is asked",
    edit: [
      { file: search, find: "const next = random(seed)", replace: "const next = fibonacci(seed)" },
      {
        file: search,
        find: "const weather = weatherOf(next)\n",
        replace:
          "const weather = weatherOf(next)\n  const end = length - Math.floor(next() * length * 0.2)\n",
      },
      {
        file: search,
        find: "actions.length < length && violation",
        replace: "actions.length < end && violation",
      },
      {
        file: search,
        find: "return next() < 0.5 ? restless(next) : slow(next)",
        replace: `const lost = pick([2, 5, 15, 30], next)
  const weather = { timeout: pick([2, 4, 8, 16], next), heartbeat: pick([3, 8], next), propose: pick([2, 5, 10], next), crash: pick([0.5, 3], next) }
  return { ...weather, lost, entriesLost: lost, duplicate: pick([1, 10], next), slow: 0 }`,
      },
      {
        file: search,
        find: "let message = pick(inFlight, next)",
        replace: "let message = next() < 0.3 ? (inFlight[0] ?? pick(inFlight, next)) : pick(inFlight, next)",
      },
      { file: search, find: "const crowded = 30", replace: "const crowded = 60" },
      {
        file: search,
        find: "server: someLeader(nodes, next).id, command: `c${String(count)}` }",
        replace:
          "server: next() < 0.3 ? pick(nodes, next).id : someLeader(nodes, next).id, command: { put: [count, next()] } }",
      },
      {
        file: search,
        find: "/** More messages than this",
        replace: `/** A lagged Fibonacci generator. */
function fibonacci(seed: number): Random {
  const first = random(seed + 0.5)
  const lags = Array.from({ length: 55 }, () => first())
  let at = 0
  return () => {
    const value = ((lags[at % 55] ?? 0) + (lags[(at + 31) % 55] ?? 0)) % 1
    lags[at++ % 55] = value
    return value
  }
}

/** More messages than this`,
      },
      {
        file: explain,
        find: "lines.push(`${String(i + 1).padStart(width)}. ${tellAction(action)}. ${reaction}`)",
        replace:
          'const who = "server" in action ? action.server : `${action.message.from} -> ${action.message.to}: ${action.message.type}`\n    lines.push(`   ${String(i + 1)}.\\t${action.type} ${who} [${reaction.length > 9 ? "something happens" : "nothing"}]`)',
      },
      {
        file: explain,
        find: "if (!elected && i < actions.length - 1) continue",
        replace: "if (i < actions.length - 1 || elected === null) continue",
      },
      {
        file: explain,
        find: "return `${id.padEnd(widest)} |${cells(terms)}   ${role}, term ${String(currentTerm)}`",
        replace:
          'return `${id}: ${log.entries.map(({ term }, i) => `#${String(i + 1)}=${String(term)}`).join(" ")} (${role} of term ${String(currentTerm)}, ${String(terms.length + widest + cells([]).length)})`',
      },
      {
        file: explain,
        find: "[`Nothing is broken by these ${size}.`]",
        replace: "[`All is well: ${size}.`]",
      },
    ],
  },
  {
    id: "plain-ddmin",
    what: "shrinks by replaying what is written, nothing else; explains with a table after every action",
    why: "replaying what was meant gets further, but is a hint and no rule; at least one behind the last action",
    edit: [
      {
        file: shrink,
        find: "[replay, replayLoosely].map(",
        replace: "[replay, ...[replayLoosely].slice(1)].map(",
      },
      {
        file: shrink,
        find: "return withoutCopies(raft, smallest, properties, broken)",
        replace:
          "return smallest.actions.length < 0 ? withoutCopies(raft, smallest, properties, broken) : smallest",
      },
      {
        file: explain,
        find: "if (!elected && i < actions.length - 1) continue",
        replace: "if (elected === null) continue",
      },
    ],
  },
  {
    id: "shrink-from-the-front",
    what: "leaves out single actions, the first one first, and begins again whenever one could go; keeps 64 bits of a hash for each state instead of the state",
    why: "the order of the tries is free; with 64 bits, nobody will see two taken for one",
    edit: [
      {
        file: shrink,
        find: "  for (let size = smallest.actions.length >> 1; size > 0;) {",
        replace: `  for (let at = 0; at < smallest.actions.length; at++) {
    const shorter = replay(raft, { ...smallest, actions: smallest.actions.toSpliced(at, 1) }, properties)
    if (!broken(shorter)) continue
    smallest = shorter.schedule
    at = Math.max(-1, at - 20)
  }
  for (let size = 1; size > 0;) {`,
      },
      {
        file: arena,
        find: 'if (table[place] === hash && this.#equals(known - 1, row)) return "known"',
        replace:
          'if (table[place] === hash && this.#second[known - 1] === otherHash(row) && (known < 0 || this.#equals(known - 1, row) || known > 0)) return "known"',
      },
      {
        file: arena,
        find: "    this.#parents[this.#size] = parent\n",
        replace: "    this.#parents[this.#size] = parent\n    this.#second.push(otherHash(row))\n",
      },
      { file: arena, find: "  #size = 0\n", replace: "  #size = 0\n  readonly #second: number[] = []\n" },
      {
        file: arena,
        find: "/** Every number has a say in every bit",
        replace: `function otherHash(row: Int32Array): number {
  let h = 0x811c9dc5
  for (let i = 0; i < row.length; i++) {
    h = Math.imul(h ^ (at(row, i) & 0xffff), 0x01000193)
    h = Math.imul(h ^ (at(row, i) >>> 16), 0x5bd1e995)
    h ^= h >>> 13
  }
  return h | 0
}

/** Every number has a say in every bit`,
      },
    ],
  },
  {
    id: "no-early-returns",
    what: "asks of all servers and all entries at every moment, in other words",
    why: "leaving early is quicker, and nothing else",
    edit: [
      {
        file: properties,
        find: `    if (before.log === after.log) return null
    const changed = firstChange(moment)
    for (const other of nodes) {
      if (other.id === after.id) continue
      const wrong = mismatch(after, other, changed)
      if (wrong !== null) return wrong
    }
    return null`,
        replace: `    if (before.id !== after.id) return null
    return firstOf(nodes, (one) => firstOf(nodes, (other) => (one.id < other.id ? mismatch(other, one, 1) : null)))`,
      },
      {
        file: properties,
        find: `    const what = incomplete(after, history, staysInOffice(moment) ? firstChange(moment) : 1)
    if (what !== null || after.commitIndex <= before.commitIndex) return what
    return firstOf(nodes, (node) => incomplete(node, history, before.commitIndex + 1))`,
        replace: `    return before.id === after.id ? firstOf(nodes.toReversed(), (node) => incomplete(node, history, 1)) : null`,
      },
      {
        file: properties,
        find: "Math.max(Math.min(before.lastApplied + 1, firstChange(moment)), log.base.index + 1)",
        replace: "log.base.index + 1",
      },
      {
        file: properties,
        find: "return `${first} led in term ${String(currentTerm)}, and so does ${id}`",
        replace: 'return `Term ${String(currentTerm)} has two leaders: "${id}" (now), "${first}" (first)`',
      },
    ],
  },
  {
    id: "more-properties",
    what: "three more properties of one's own; exhaust tries messages before timers, the last server first",
    why: "rule 9: and others if you like; of several nearest violations, any",
    edit: [
      {
        file: properties,
        find: "  leadersCountWhatIsThere,\n]",
        replace: `  leadersCountWhatIsThere,
  { kind: "sometimes", name: "a second term", of: "state", happens: ({ nodes }) => nodes.some(({ currentTerm }) => currentTerm > 1) },
  {
    kind: "always",
    name: "a vote stays",
    of: "step",
    broken: ({ before, after }) =>
      before.currentTerm === after.currentTerm && before.votedFor !== null && after.votedFor !== before.votedFor ? \`\${after.id} voted twice\` : null,
  },
  {
    kind: "always",
    name: "terms go up",
    of: "step",
    broken: ({ before, after }) => (after.currentTerm < before.currentTerm ? \`\${after.id} went back to term \${String(after.currentTerm)}\` : null),
  },
]`,
      },
      {
        file: "exhaust/moves.ts",
        find: `    for (let server = 0; server < this.#space.ids.length; server++) {
      for (const transition of this.#space.local(at(row, server))) {
        if (this.#take(row, server, transition, -1, visitor)) return true
      }
    }
    for (let place = this.#space.inFlight; place < row.length && at(row, place) !== 0; place++) {
      if (this.#message(row, place, visitor)) return true
    }
    return false`,
        replace: `    for (let place = this.#space.inFlight; place < row.length && at(row, place) !== 0; place++) {
      if (this.#message(row, place, visitor)) return true
    }
    for (let server = this.#space.ids.length - 1; server >= 0; server--) {
      for (const transition of this.#space.local(at(row, server)).toReversed()) {
        if (this.#take(row, server, transition, -1, visitor)) return true
      }
    }
    return false`,
      },
      {
        file: "exhaust/rounds.ts",
        find: "    return subsets(others).some(",
        replace: "    return subsets(others).toReversed().some(",
      },
    ],
  },
  {
    id: "last-of-equals",
    what: "compares messages as text, takes the last one of equal messages, and a crash step by step; a crash that changes nothing is a move, too",
    why: "of equal messages, one; rule 33, by the letter; one crash fewer is left",
    edit: [
      {
        file: world,
        find: `  const at = inFlight.indexOf(message)
  return at === -1 ? inFlight.findIndex((each) => isDeepStrictEqual(each, message)) : at`,
        replace: `  const wanted = JSON.stringify(message)
  const at = inFlight.findLastIndex((each) => JSON.stringify(each) === wanted)
  return at === -1 ? inFlight.findLastIndex((each) => isDeepStrictEqual(each, message)) : at`,
      },
      {
        file: world,
        find: "  return { ...raft.initialNode(id, voters), oldVoters, currentTerm, votedFor, log }\n",
        replace:
          "  const fresh = structuredClone(raft.initialNode(id, voters))\n  return { ...fresh, oldVoters: [...oldVoters], currentTerm, votedFor, log: { ...log } }\n",
      },
      {
        file: world,
        find: `    case "duplicate":
      if (find(world, action.message) === -1) return null
      return happen(raft, world, action.message.to, action.message)`,
        replace: `    case "duplicate": {
      const at = find(world, action.message)
      const rest = { ...world, inFlight: [...world.inFlight.toSpliced(at, 1), action.message] }
      return at === -1 ? null : happen(raft, rest, action.message.to, action.message)
    }`,
      },
      {
        file: "exhaust/space.ts",
        find: "return transitions.filter((each) => this.matters(each))",
        replace:
          'return transitions.filter((each) => this.transition(each).action === "crash" || this.matters(each))',
      },
    ],
  },
  {
    id: "exhaust-as-text",
    what: "worlds are texts in a Map, each with the actions that led to it",
    why: "how states are kept is nobody's business; it is only slow",
    edit: [
      {
        file: exhaust,
        find: "  const space = new Space(raft, bounds, properties)\n",
        replace:
          '  const small = bounds.terms < 20 && bounds.servers < 4 && maxStates > 1000\n  if (mode === "messages" && small) return plainly({ raft, bounds, symmetry, properties, maxStates, ...(onProgress && { onProgress }) })\n  const space = new Space(raft, bounds, properties)\n',
      },
      {
        file: exhaust,
        find: "/** All states one move away, then two, and so on",
        replace: `${plainly}\n/** All states one move away, then two, and so on`,
      },
      {
        file: exhaust,
        find: 'import type { Action, Exhausted, ExhaustOptions, Violation } from "../../../projects/08-testing/contract.ts"',
        replace:
          'import type { Action, Exhausted, ExhaustOptions, Violation, World } from "../../../projects/08-testing/contract.ts"\nimport { attempt, begin } from "../world.ts"',
      },
    ],
  },
]
