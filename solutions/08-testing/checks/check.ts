import { isDeepStrictEqual } from "node:util"
import type { Check, RaftUnderTest } from "../../../projects/08-testing/contract.ts"
import { messageOf } from "../world.ts"

/** One check for many situations, a row each; what is wrong is told with the row's name. */
export function table<Row>(
  name: string,
  rows: Readonly<Record<string, Row>>,
  run: (raft: RaftUnderTest, row: Row) => void,
): Check {
  return {
    name,
    run: (raft) => {
      for (const [situation, row] of Object.entries(rows)) {
        try {
          run(raft, row)
        } catch (error) {
          throw new Error(`${situation}: ${messageOf(error)}`, { cause: error })
        }
      }
    },
  }
}

export function same(got: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(got, expected)) return
  throw new Error(`${what}: expected ${tell(expected)}, got ${tell(got)}`)
}

export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(what)
}

/** Only the fields that are expected: a Raft may keep fields of its own beside them. */
export function fits(got: object, expected: object, what: string): void {
  const values = new Map<string, unknown>(Object.entries(got))
  for (const [field, value] of Object.entries(expected)) same(values.get(field), value, `${what}, ${field}`)
}

/** The call must throw an error of this kind that says this word. */
export function refuses(call: () => unknown, kind: ErrorConstructor, word: string, what: string): void {
  let got: unknown
  try {
    got = call()
  } catch (error) {
    if (error instanceof kind && error.message.includes(word)) return
    throw new Error(`${what}: expected a ${kind.name} naming ${word}, got ${messageOf(error)}`, {
      cause: error,
    })
  }
  throw new Error(`${what}: expected a ${kind.name} naming ${word}, got ${tell(got)}`)
}

/** Nothing that is given to a Raft may be changed by it: whatever tries, throws. */
export function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  const parts: readonly unknown[] = Object.values(value)
  parts.forEach(freeze)
  return value
}

export function tell(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value)
}
