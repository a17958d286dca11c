import fc from "fast-check"
import { check, forAll, group, holds, same, show } from "#suite"
import type { Entry, Json, Packet } from "../../projects/03-planning/contract.ts"
import { bytes, packets, project, refuses, wireOf } from "./project.ts"

const natural = fc.oneof(fc.nat(5), fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER))
/** Any 16 bits: half a surrogate pair, too. (fast-check's own "binary" takes half a second to set up.) */
const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))
const id = fc.oneof(fc.constantFrom("n1", "n2", "n3"), fc.string({ minLength: 1, unit }))
const entry: fc.Arbitrary<Entry> = fc.record({
  term: natural,
  command: fc
    .jsonValue({ maxDepth: 3, stringUnit: unit })
    .map((value) => JSON.parse(JSON.stringify(value)) as Json),
})
const envelope = { from: id, to: id, term: natural }
const anyPacket: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    type: fc.constant("AppendEntries" as const),
    ...envelope,
    prevLogIndex: natural,
    prevLogTerm: natural,
    entries: fc.array(entry, { maxLength: 5 }),
    leaderCommit: natural,
  }),
  fc.record(
    {
      type: fc.constant("AppendEntriesResponse" as const),
      ...envelope,
      success: fc.boolean(),
      matchIndex: natural,
      conflict: fc.record({ term: fc.option(natural), index: natural }),
    },
    { requiredKeys: ["type", "from", "to", "term", "success", "matchIndex"] },
  ),
  fc.record({
    type: fc.constant("RequestVote" as const),
    ...envelope,
    lastLogIndex: natural,
    lastLogTerm: natural,
  }),
  fc.record({ type: fc.constant("RequestVoteResponse" as const), ...envelope, voteGranted: fc.boolean() }),
  fc.record({
    type: fc.constantFrom("Ping" as const, "Pong" as const),
    from: id,
    to: id,
    nonce: fc.maxSafeNat(),
  }),
)

/** A packet's JSON as a program elsewhere would write it. */
const written = (packet: object): Uint8Array => bytes(JSON.stringify({ v: 1, ...packet }))

/** A packet with something else at `path`; without it, for `undefined`. */
function changed(packet: unknown, path: readonly string[], value: unknown): object {
  const copy = structuredClone(packet) as object
  let at = copy
  for (const key of path.slice(0, -1)) at = Reflect.get(at, key) as object
  const last = path.at(-1) ?? ""
  if (value === undefined) Reflect.deleteProperty(at, last)
  else Reflect.set(at, last, value)
  return copy
}

/** Checks that what is wrong at `path` is refused, naming the path. */
function refusesAt(packet: Packet, path: string, value: unknown): void {
  const scenario = `${packet.type} with ${path} ${value === undefined ? "missing" : show(value)}`
  const encoded = written(changed(packet, path.split("."), value))
  refuses(() => project.decodeMessage(encoded), [path], `decode ${scenario}`)
}

/** Every field of a packet, as `entries.0.term`; what lies inside a command is no field. */
function pathsOf(value: object, before = ""): readonly string[] {
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
    const path = before === "" ? key : `${before}.${key}`
    const inside = typeof part === "object" && part !== null && key !== "command"
    return inside ? [path, ...pathsOf(part, path)] : [path]
  })
}

group("3d", "Packets as bytes", () => {
  check("3d.1", [19], "what was encoded is decoded to the same packet", () => {
    for (const packet of packets)
      same(project.decodeMessage(project.encodeMessage(packet)), packet, `${packet.type}, there and back`)
  })

  check("3d.2", [19], "a field that may be left out stays out; an empty list stays empty", () => {
    const short: readonly Packet[] = [
      { type: "AppendEntriesResponse", from: "n2", to: "n1", term: 3, success: true, matchIndex: 9 },
      {
        type: "AppendEntries",
        from: "n1",
        to: "n2",
        term: 0,
        prevLogIndex: 0,
        prevLogTerm: 0,
        entries: [],
        leaderCommit: 0,
      },
    ]
    for (const packet of short) {
      const back = project.decodeMessage(project.encodeMessage(packet))
      same(back, packet, `${packet.type}, there and back`)
      same(
        Object.keys(back).toSorted(),
        Object.keys(packet).toSorted(),
        `the fields of ${packet.type}, there and back`,
      )
    }
    const nothing: Packet = {
      type: "AppendEntriesResponse",
      from: "n2",
      to: "n1",
      term: 3,
      success: false,
      matchIndex: 0,
      conflict: { term: null, index: 1 },
    }
    same(
      project.decodeMessage(project.encodeMessage(nothing)),
      nothing,
      "a conflict without a term, there and back",
    )
  })

  check("3d.3", [19], "any packet at all, there and back", () => {
    forAll(
      anyPacket,
      (packet) => {
        same(project.decodeMessage(project.encodeMessage(packet)), packet, "there and back")
      },
      show,
      300,
    )
  })

  check("3d.4", [20], "the format is JSON in UTF-8: the packet's fields, and v is 1", () => {
    for (const packet of packets) same(wireOf(packet), { v: 1, ...packet }, `${packet.type}, encoded`)
    const spaced = bytes(JSON.stringify({ ...packets[2], v: 1 }, null, 2))
    same(
      project.decodeMessage(spaced),
      packets[2],
      "a RequestVote with line ends and blanks, and v at the end",
    )
  })

  check("3d.5", [21], "another version is refused, naming both", () => {
    for (const v of [0, 2, 17]) {
      const encoded = bytes(JSON.stringify({ ...packets[3], v }))
      refuses(
        () => project.decodeMessage(encoded),
        ["version", String(v), "1"],
        `decode a packet whose v is ${String(v)}`,
      )
    }
    const future = bytes(JSON.stringify({ v: 2, type: "Unknown" }))
    refuses(
      () => project.decodeMessage(future),
      ["version"],
      "decode a packet of version 2 and of a type that version 1 does not have",
    )
    for (const v of ["1", null, true, [1], 1.5]) {
      const encoded = bytes(JSON.stringify({ ...packets[3], v }))
      refuses(() => project.decodeMessage(encoded), ["version"], `decode a packet whose v is ${show(v)}`)
    }
    refuses(
      () => project.decodeMessage(bytes(JSON.stringify(packets[3]))),
      ["version"],
      "decode a packet without v",
    )
  })

  check("3d.6", [22], "every field must be there, and the error names it", () => {
    for (const packet of packets) {
      for (const path of pathsOf(packet)) {
        // Without its first entry, the others move up; a conflict may be left out.
        if (/^entries\.\d+$/.test(path) || path === "conflict") continue
        refusesAt(packet, path, undefined)
      }
    }
  })

  check("3d.7", [22], "every field must be of its type, and the error names it", () => {
    for (const packet of packets) {
      for (const path of pathsOf(packet)) {
        if (path.endsWith(".command")) continue
        for (const wrong of [null, "x", -1, true, {}, []]) {
          const now: unknown = path
            .split(".")
            .reduce((at: unknown, key) => Reflect.get(at as object, key), packet)
          const isAlike =
            typeof now === typeof wrong &&
            wrong !== null &&
            wrong !== -1 &&
            Array.isArray(now) === Array.isArray(wrong)
          const isFree =
            path === "conflict.term"
              ? wrong === null
              : path === "nonce"
                ? wrong === -1
                : path === "type" && wrong === "x"
          if (!isAlike && !isFree) refusesAt(packet, path, wrong)
        }
      }
    }
  })

  check("3d.8", [22], "terms and indexes are natural numbers that a number can hold exactly", () => {
    const numbers = [
      "term",
      "prevLogIndex",
      "prevLogTerm",
      "leaderCommit",
      "entries.1.term",
      "matchIndex",
      "conflict.term",
      "conflict.index",
      "lastLogIndex",
      "lastLogTerm",
    ]
    let seen = 0
    for (const packet of packets) {
      for (const path of pathsOf(packet).filter((each) => numbers.includes(each))) {
        seen++
        for (const wrong of [-1, 1.5, 2 ** 53, 1e300, "3"]) refusesAt(packet, path, wrong)
      }
    }
    same(seen, 13, "numbers looked at (the suite's own count)")
    const huge = bytes(JSON.stringify({ v: 1, ...packets[2] }).replace('"term":4', '"term":1e999'))
    refuses(() => project.decodeMessage(huge), ["term"], "decode a RequestVote with the term 1e999")
  })

  check("3d.9", [22], "servers have names", () => {
    for (const packet of packets) {
      refusesAt(packet, "from", "")
      refusesAt(packet, "to", "")
    }
  })

  check("3d.10", [22], "a fault deep inside is named by its path", () => {
    const [append, refusal] = packets
    if (append?.type !== "AppendEntries" || refusal === undefined) return
    refusesAt(append, "entries.2.term", -3)
    refusesAt(append, "entries.1.command", undefined)
    refusesAt(append, "entries.0.term", "2")
    refusesAt(refusal, "conflict.index", null)
    refusesAt(refusal, "conflict", null)
    const long = {
      ...append,
      entries: Array.from({ length: 40 }, (_, i) => ({ term: i === 37 ? 0.5 : 1, command: i })),
    }
    refusesAt(long, "entries.37.term", 0.5)
  })

  check("3d.11", [22], "a packet of an unknown type is refused", () => {
    for (const type of ["Hello", "appendEntries", "", "toString", "__proto__", "constructor"]) {
      const encoded = written({ ...packets[2], type })
      refuses(() => project.decodeMessage(encoded), ["type"], `decode a packet of type ${show(type)}`)
    }
  })

  check("3d.12", [23], "fields that are not in the contract are left out", () => {
    for (const packet of packets) {
      const back = project.decodeMessage(written({ ...packet, colour: "red" }))
      same(
        Object.keys(back).toSorted(),
        Object.keys(packet).toSorted(),
        `the fields of ${packet.type}, sent with a field colour`,
      )
    }
    const entries = [{ term: 1, command: { colour: "red" }, colour: "red" }]
    const back = project.decodeMessage(written({ ...packets[0], entries }))
    const first = back.type === "AppendEntries" ? back.entries[0] : undefined
    same(
      Object.keys(first ?? {}).toSorted(),
      ["command", "term"],
      "the fields of an entry sent with a field colour",
    )
    same(
      first?.command,
      { colour: "red" },
      "what is inside a command is the state machine's business: it stays",
    )
    const conflict = { term: 1, index: 4, colour: "red" }
    const refusal = project.decodeMessage(written({ ...packets[1], conflict }))
    const told = refusal.type === "AppendEntriesResponse" ? refusal.conflict : undefined
    same(
      Object.keys(told ?? {}).toSorted(),
      ["index", "term"],
      "the fields of a conflict sent with a field colour",
    )
  })

  check("3d.13", [23], "no field comes in by way of __proto__", () => {
    for (const packet of packets) {
      const smuggled = bytes(`{"v":1,"__proto__":${JSON.stringify(packet)}}`)
      refuses(
        () => project.decodeMessage(smuggled),
        [],
        `decode a packet whose fields all stand inside "__proto__"`,
      )
    }
    const command = '{"__proto__":{"admin":true},"x":1}'
    const encoded = bytes(
      `{"v":1,"type":"AppendEntries","from":"n1","to":"n2","term":1,"prevLogIndex":0,"prevLogTerm":0,"leaderCommit":0,"entries":[{"term":1,"command":${command}}]}`,
    )
    const back = project.decodeMessage(encoded)
    const kept = back.type === "AppendEntries" ? JSON.stringify(back.entries[0]?.command) : ""
    same(kept, command, "a command with a key __proto__, as JSON again")
    holds(
      !("admin" in {}),
      "a command with a key __proto__",
      "other objects are left alone",
      "every object is an admin now",
    )
  })

  check("3d.14", [24], "what is not JSON in UTF-8, or no object, is an Error", () => {
    const garbage = [
      "",
      " ",
      "{",
      "[1,2",
      "hello",
      "{'v':1}",
      "\u0000",
      "null",
      "1",
      '"v"',
      "true",
      "[]",
      '[{"v":1}]',
      `{"v":1}}`,
    ]
    for (const text of garbage) refuses(() => project.decodeMessage(bytes(text)), [], `decode ${show(text)}`)
    const whole = Buffer.from(JSON.stringify({ v: 1, ...packets[2], from: "nX" }), "utf8")
    const at = whole.indexOf("X")
    for (const byte of [0xff, 0x80, 0xc3]) {
      const broken = Buffer.from(whole)
      broken[at] = byte
      refuses(
        () => project.decodeMessage(broken),
        [],
        `decode a RequestVote with the byte ${byte.toString(16)} in a name, which is no UTF-8`,
      )
    }
  })

  check("3d.15", [24], "nesting without end is an Error like any other", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`
    const objects = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`
    const append = JSON.stringify({ v: 1, ...packets[0], entries: [] })
    for (const text of [
      deep,
      objects,
      `{"v":${deep}}`,
      append.replace('"entries":[]', `"entries":[{"term":1,"command":${deep}}]`),
      append.replace('"entries":[]', `"entries":${deep}`),
    ]) {
      refuses(
        () => project.decodeMessage(bytes(text)),
        [],
        `decode ${show(text.slice(0, 60))}…, nested 100,000 deep`,
      )
    }
    let command: Json = 1
    for (let i = 0; i < 40; i++) command = [command]
    const packet: Packet = {
      type: "AppendEntries",
      from: "n1",
      to: "n2",
      term: 1,
      prevLogIndex: 0,
      prevLogTerm: 0,
      leaderCommit: 0,
      entries: [{ term: 1, command }],
    }
    same(project.decodeMessage(project.encodeMessage(packet)), packet, "a command nested 40 deep")
  })
})
