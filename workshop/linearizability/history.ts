/** What clients saw: the input of the checker. Plain JSON data. */

/** `null`: the key has no value, as at the start. */
export type Value = string | null

/** A client's operation on one key. */
export type Operation = {
  /** Who asked. Only told, never used: operations of one client may overlap. */
  readonly client: string
  readonly key: string
  /**
   * When the client asked: 0 or more, in any unit, as only the order matters. An operation that returns at the very moment
   * at which another one is invoked counts as concurrent with it, even if both are one client's: where the clock cannot
   * tell the order, the checker claims none.
   */
  readonly invoked: number
  /**
   * When it had its answer; `null` when no answer ever came. Then it may have taken effect at any moment after it was
   * invoked, or never.
   */
  readonly returned: number | null
} & (
  | { readonly type: "read"; /** Meaningless without an answer. */ readonly result: Value }
  | { readonly type: "write"; readonly value: string }
  /** Compare-and-set: writes `value` if the key has `expected`. */
  | {
      readonly type: "cas"
      readonly expected: Value
      readonly value: string
      /** Whether it was done; `null` when no answer came. */
      readonly done: boolean | null
    }
)

/** @throws InvalidHistory, naming the operation, if one of them cannot have happened. */
export function checkHistory(history: readonly Operation[]): void {
  for (const [i, operation] of history.entries()) {
    const { invoked, returned } = operation
    const wrong = (what: string): InvalidHistory =>
      new InvalidHistory(`operation ${String(i)} of the history, ${JSON.stringify(operation)}: ${what}`)
    if (!isTime(invoked)) throw wrong(`invoked must be a time, 0 or more, not ${String(invoked)}`)
    if (returned !== null && !isTime(returned))
      throw wrong(`returned must be null or a time, 0 or more, not ${String(returned)}`)
    if (returned !== null && returned < invoked) throw wrong("it returned before it was invoked")
    if (operation.type === "cas" && (operation.done === null) !== (returned === null))
      throw wrong("done must be null when there was no answer, and only then")
  }
}

export class InvalidHistory extends Error {
  override readonly name = "InvalidHistory"
}

function isTime(time: number): boolean {
  return Number.isFinite(time) && time >= 0
}

/** The history of each key, in the order in which the keys appear. */
export function byKey(history: readonly Operation[]): ReadonlyMap<string, readonly Operation[]> {
  return groupBy(history, ({ key }) => key)
}

export function groupBy<T, Name>(
  list: readonly T[],
  nameOf: (each: T) => Name,
): ReadonlyMap<Name, readonly T[]> {
  const groups = new Map<Name, T[]>()
  for (const each of list) {
    const name = nameOf(each)
    const group = groups.get(name)
    if (group) group.push(each)
    else groups.set(name, [each])
  }
  return groups
}
