/** What clients saw: the input of the checker. Plain JSON data. */

/** What every operation has. */
interface Asked {
  /** Who asked. Only told, never used: one client's operations may overlap. */
  readonly client: string
  readonly key: string
  /**
   * When the client asked, 0 or more, in any unit: only the order matters. An operation that returns at the very moment
   * at which another is invoked counts as concurrent with it, even if one client did both: who cannot tell the order
   * should not claim one.
   */
  readonly invoked: number
}

/** When the answer came, not before it was asked for. */
interface Answered {
  readonly returned: number
}

/** No answer ever came. It may have taken effect at any moment since it was asked for, or never. */
interface Unanswered {
  readonly returned: null
}

/** `null`: the key has no value, as at the start. */
export type Value = string | null

export type Read = Asked & { readonly type: "read" } & ((Answered & { readonly result: Value }) | Unanswered)

export type Write = Asked & { readonly type: "write"; readonly value: string } & (Answered | Unanswered)

/** Compare-and-set: writes `value` if the key has `expected`, and tells whether it did. */
export type Cas = Asked & {
  readonly type: "cas"
  readonly expected: Value
  readonly value: string
} & ((Answered & { readonly done: boolean }) | Unanswered)

/** A client's operation on one key. */
export type Operation = Read | Write | Cas

/** @throws InvalidHistory, naming the operation, if one of them cannot have happened. */
export function checkHistory(history: readonly Operation[]): void {
  for (const [i, operation] of history.entries()) {
    const { invoked, returned } = operation
    const wrong = (what: string): InvalidHistory =>
      new InvalidHistory(`operation ${String(i)} of the history, ${JSON.stringify(operation)}: ${what}`)
    if (!isTime(invoked)) throw wrong(`invoked must be a number, 0 or more, not ${String(invoked)}`)
    if (returned === null) continue
    if (!isTime(returned)) throw wrong(`returned must be null or a number, 0 or more, not ${String(returned)}`)
    if (returned < invoked) throw wrong("it returned before it was invoked")
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
  const parts = new Map<string, Operation[]>()
  for (const operation of history) {
    const part = parts.get(operation.key)
    if (part) part.push(operation)
    else parts.set(operation.key, [operation])
  }
  return parts
}
