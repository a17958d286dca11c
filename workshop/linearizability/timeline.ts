import type { Claim, Model, Role } from "./model.ts"

/** The list of calls and returns in which the search looks for an order. */

/** The call or the return of an operation. */
export interface Entry<Op> {
  readonly item: Item<Op>
  readonly isCall: boolean
  /** Its place among all entries. */
  readonly place: number
  before: Entry<Op> | undefined
  after: Entry<Op> | undefined
}

/** An operation that may get a place in the order. */
export class Item<Op> {
  readonly claim: Claim<Op>
  readonly role: Role
  /** Items of the same kind do the same in every state. */
  readonly kind: number
  /** A bit of its own among those that are open at the same time. */
  readonly bit: bigint
  readonly call: Entry<Op>
  return: Entry<Op> | undefined
  /** Whether it must still get a place. The search takes this back when it may be hidden by another. */
  must: boolean
  /** The one that overwrites what this one did, if it comes to that. */
  hiddenBy: Item<Op> | undefined

  constructor(claim: Claim<Op>, role: Role, kind: number, bit: bigint, place: number) {
    this.claim = claim
    this.role = role
    this.kind = kind
    this.bit = bit
    this.must = claim.required
    this.call = { item: this, isCall: true, place, before: undefined, after: undefined }
  }

  /** Where it ends; something after all entries when it never returns. */
  get end(): number {
    return this.return?.place ?? Infinity
  }
}

/** Of entries at the same time, the calls come first. */
export function inOrder<Op>(
  claims: readonly Claim<Op>[],
): readonly { readonly claim: Claim<Op>; readonly isCall: boolean }[] {
  const calls = claims.map((claim) => ({ claim, isCall: true, time: claim.invoked }))
  const returns = claims.flatMap((claim) =>
    claim.returned === null ? [] : [{ claim, isCall: false, time: claim.returned }],
  )
  return [...calls, ...returns].sort((a, b) => a.time - b.time || Number(b.isCall) - Number(a.isCall))
}

/**
 * Doubly linked, so that an operation is lifted out and put back in no time (Lowe). What is put back must be what was
 * lifted last.
 */
export class Timeline<Op> {
  first: Entry<Op> | undefined
  #last: Entry<Op> | undefined

  constructor(claims: readonly Claim<Op>[], { role, label }: Pick<Model<unknown, Op>, "role" | "label">) {
    const kinds = new Map<string, number>()
    const items = new Map<Claim<Op>, Item<Op>>()
    const bits: bigint[] = []
    let width = 0
    for (const [place, { claim, isCall }] of inOrder(claims).entries()) {
      const open = items.get(claim)
      if (open && !isCall) {
        open.return = { item: open, isCall: false, place, before: undefined, after: undefined }
        bits.push(open.bit)
        this.#append(open.return)
      } else {
        const name = label(claim.operation)
        const kind = kinds.get(name) ?? kinds.size
        kinds.set(name, kind)
        const bit = bits.pop() ?? 1n << BigInt(width++)
        const item = new Item(claim, role(claim.operation), kind, bit, place)
        items.set(claim, item)
        this.#append(item.call)
      }
    }
  }

  /** The return first: so what comes after the call is still in the list. */
  lift({ call, return: end }: Item<Op>): void {
    if (end) this.#unlink(end)
    this.#unlink(call)
  }

  unlift({ call, return: end }: Item<Op>): void {
    this.#relink(call)
    if (end) this.#relink(end)
  }

  #append(entry: Entry<Op>): void {
    entry.before = this.#last
    if (this.#last) this.#last.after = entry
    else this.first = entry
    this.#last = entry
  }

  /** The entry still knows where it was. */
  #unlink({ before, after }: Entry<Op>): void {
    if (before) before.after = after
    else this.first = after
    if (after) after.before = before
  }

  #relink(entry: Entry<Op>): void {
    if (entry.before) entry.before.after = entry
    else this.first = entry
    if (entry.after) entry.after.before = entry
  }
}
