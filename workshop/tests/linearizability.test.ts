import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { checkLinearizable, tellHistory, type Operation } from "../linearizability/index.ts"

type Op<T extends Operation["type"]> = Extract<Operation, { readonly type: T }>

let clients = 0
const at = (invoked: number, returned: number | null, key = "x") => ({
  client: `c${String(++clients)}`,
  key,
  invoked,
  returned,
})
const read = (result: string | null, ...when: Parameters<typeof at>): Op<"read"> => ({
  type: "read",
  result,
  ...at(...when),
})
const write = (value: string, ...when: Parameters<typeof at>): Op<"write"> => ({
  type: "write",
  value,
  ...at(...when),
})
const cas = (
  expected: string | null,
  value: string,
  done: boolean | null,
  ...when: Parameters<typeof at>
): Op<"cas"> => ({ type: "cas", expected, value, done, ...at(...when) })

const verdict = (...history: readonly Operation[]): boolean => checkLinearizable(history).linearizable

describe("known histories", () => {
  test.each<readonly [string, readonly Operation[], boolean]>([
    ["nothing happened", [], true],
    ["a read of what was written", [write("1", 0, 1), read("1", 2, 3)], true],
    ["a stale read", [write("1", 0, 1), write("2", 2, 3), read("1", 4, 5)], false],
    ["a read of what was never written", [read("1", 0, 1)], false],
    ["a read while two writes are under way", [write("1", 0, 9), write("2", 0, 9), read("1", 3, 4)], true],
    ["two reads disagree about the order", [write("1", 0, 9), read("1", 1, 2), read(null, 3, 4)], false],
    ["touching times are concurrent", [write("1", 0, 5), read(null, 5, 6)], true],
    [
      "an unanswered write may take effect late",
      [write("1", 0, null), read(null, 1, 2), read("1", 3, 4)],
      true,
    ],
    ["and does so once", [write("1", 0, null), read("1", 1, 2), write("2", 3, 4), read("1", 5, 6)], false],
    ["an unanswered read says nothing", [read("9", 0, null)], true],
    [
      "a compare-and-set that found its value",
      [write("1", 0, 1), cas("1", "2", true, 2, 3), read("2", 4, 5)],
      true,
    ],
    ["two cannot both find it", [cas(null, "1", true, 0, 9), cas(null, "2", true, 0, 9)], false],
    ["one that fails needs another value", [cas(null, "1", false, 0, 1)], false],
    ["which an unanswered write may bring", [write("1", 0, null), cas(null, "2", false, 1, 2)], true],
    ["keys have nothing to do with each other", [write("1", 0, 1, "a"), read(null, 2, 3, "b")], true],
  ])("%s", (_, history, linearizable) => {
    expect(verdict(...history)).toBe(linearizable)
  })
})

/** All orders, tried one after the other. */
function bruteForce(history: readonly Operation[]): boolean {
  const attempt = (left: readonly Operation[], state: string | null): boolean =>
    left.every(({ returned }) => returned === null) ||
    left.some((operation) => {
      const first = left.every(({ returned }) => returned === null || returned >= operation.invoked)
      const next = first ? apply(state, operation) : undefined
      return (
        next !== undefined &&
        attempt(
          left.filter((each) => each !== operation),
          next,
        )
      )
    })
  return attempt(history, null)
}

function apply(state: string | null, operation: Operation): string | null | undefined {
  switch (operation.type) {
    case "read":
      return operation.returned === null || operation.result === state ? state : undefined
    case "write":
      return operation.value
    case "cas": {
      const hit = state === operation.expected
      if (operation.done !== null && operation.done !== hit) return undefined
      return hit ? operation.value : state
    }
  }
}

const values = fc.constantFrom("1", "2", "3")
const times = fc
  .tuple(fc.nat(12), fc.nat(6), fc.boolean(), fc.boolean())
  .map(([from, length, a, b]) => [from, a && b ? null : from + length] as const)
const operations: fc.Arbitrary<Operation> = fc
  .tuple(times, fc.constantFrom("read", "write", "cas"), values, fc.option(values), fc.boolean())
  .map(([[invoked, returned], type, value, other, done]): Operation => {
    if (type === "read") return read(other, invoked, returned)
    if (type === "write") return write(value, invoked, returned)
    return cas(other, value, returned === null ? null : done, invoked, returned)
  })

test("the verdict is that of trying all orders, and the part told is a smallest one", () => {
  fc.assert(
    fc.property(fc.array(operations, { maxLength: 7 }), (history) => {
      const found = checkLinearizable(history)
      expect(found.linearizable).toBe(bruteForce(history))
      if (found.linearizable) return
      expect(bruteForce(found.part)).toBe(false)
      for (const left of found.part) {
        // What is left out of the part may have happened or not: then it is as if it had never been answered.
        const rest = history.map((each) => (found.part.includes(each) && each !== left ? each : forget(each)))
        expect(bruteForce(rest)).toBe(true)
      }
    }),
    { seed: 4, numRuns: 3_000 },
  )
})

function forget(operation: Operation): Operation {
  return operation.type === "cas"
    ? { ...operation, done: null, returned: null }
    : { ...operation, returned: null }
}

/** What clients see of one register that works: each operation takes effect at a random moment of its time. */
function realHistory(
  seed: number,
  count: number,
  clientCount: number,
  keys: number,
  lost: number,
): Operation[] {
  let state = seed
  const random = () => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) / 0x80000000
  const store = new Map<string, string>()
  const free = Array<number>(clientCount).fill(0)
  const plans = Array.from({ length: count }, (_, i) => {
    const client = i % clientCount
    const invoked = (free[client] ?? 0) + random()
    const returned = invoked + 1 + 5 * random()
    free[client] = returned
    return { client, invoked, returned, effect: invoked + (returned - invoked) * random(), i }
  })
  return plans
    .toSorted((a, b) => a.effect - b.effect)
    .map(({ client, invoked, returned, i }): Operation => {
      const key = `k${String(Math.floor(random() * keys))}`
      const dice = random()
      const [value, unknown] = [`v${String(i)}`, i % 97 < lost]
      const base = { client: `c${String(client)}`, key, invoked, returned: unknown ? null : returned }
      const before = store.get(key) ?? null
      if (dice < 0.5) return { ...base, type: "read", result: before }
      if (unknown && random() < 0.5) return { ...base, type: "write", value } // never took effect
      if (dice < 0.8) {
        store.set(key, value)
        return { ...base, type: "write", value }
      }
      const expected = random() < 0.5 ? before : "other"
      if (expected === before) store.set(key, value)
      return { ...base, type: "cas", expected, value, done: unknown ? null : expected === before }
    })
}

test.each([
  [5_000, 20, 10],
  [5_000, 20, 1],
  [3_000, 5, 3],
])("%i operations of %i clients on %i keys", (count, clientCount, keys) => {
  const history = realHistory(7, count, clientCount, keys, 1)
  expect(checkLinearizable(history).linearizable).toBe(true)
  const answered = history.filter((each) => each.type === "read" && each.returned !== null)
  const victim = answered[answered.length >> 1]
  const old = history.find(({ type, key }) => type === "write" && key === victim?.key)
  for (const result of ["never written", old?.type === "write" ? old.value : ""]) {
    const wrong = history.map((each) =>
      each === victim && each.type === "read" ? { ...each, result } : each,
    )
    const found = checkLinearizable(wrong)
    expect(found.linearizable).toBe(false)
    if (found.linearizable) continue
    expect(found.part).toContainEqual({ ...victim, result })
    expect(found.part.length).toBeLessThan(4) // in thousands of operations, these are the ones to look at
  }
})

test("the explanation names what cannot be, and the picture draws it", () => {
  const history = [write("1", 0, 1), write("2", 2, 3), read("2", 4, 5), read("1", 6, 8)]
  const found = checkLinearizable(history)
  if (found.linearizable) throw new Error("a stale read was accepted")
  expect(found.key).toBe("x")
  expect(found.part).toEqual([history[2], history[3]])
  expect(found.explanation).toMatch(/reads x: 2; asked at 4, answered at 5\n.*reads x: 1; asked at 6/)
  expect(tellHistory(found.part)).toMatch(/\[1*-+.*\]\n.*\[2*-+.*\]\n\n1\. c/)
})

test("what cannot have happened is refused, by its place", () => {
  expect(() => checkLinearizable([read("1", 0, 1), write("1", 5, 4)])).toThrow(
    /operation 1 .*before it was invoked/,
  )
  expect(() => checkLinearizable([write("1", Number.NaN, 4)])).toThrow(/operation 0 .*invoked must be a time/)
})
