import type { Operation } from "./history.ts"
import { weaken, type Claim, type Model, type Problem } from "./model.ts"
import { Search } from "./search.ts"

/** Steps of a search that is only to make an explanation shorter. */
const patience = 20_000

/** So many operations that are needed together are no explanation: then each single one need not be tried. */
const many = 64

/**
 * The fewest operations that have no order, by leaving out one after the other: the oldest first, since what comes just
 * before the failure explains it best. What is left out may still have happened: otherwise, without the write, every
 * read of its value would be a fault.
 * @param part  has no order, in the order of returns
 */
export function minimalPart<State, Op>(
  model: Model<State, Op>,
  problem: Problem<State, Op>,
  part: readonly Claim<Op>[],
): readonly Op[] {
  if (part.length > many) return inTime(part)
  let kept = part
  for (const claim of part) {
    const fewer = kept.filter((each) => each !== claim)
    if (fewer.length === 0) continue
    const { found } = new Search(model, weaken(model, problem, new Set(fewer))).run(patience)
    if (found === false) kept = fewer
  }
  return inTime(kept)
}

function inTime<Op>(claims: readonly Claim<Op>[]): readonly Op[] {
  return claims.toSorted((a, b) => a.invoked - b.invoked).map(({ operation }) => operation)
}

export function tellPart(part: readonly Operation[]): string {
  const lines = part.map((operation) => `  ${tellOperation(operation)}`)
  return ["No order explains these, whatever else happened or did not happen to this key:", ...lines].join(
    "\n",
  )
}

/** `c1 wrote 2 to k1, 10 to 20`. */
export function tellOperation(operation: Operation): string {
  const { client, invoked, returned } = operation
  const end = returned === null ? "no answer ever" : `answered at ${time(returned)}`
  return `${client} ${what(operation)}; asked at ${time(invoked)}, ${end}`
}

function what(operation: Operation): string {
  const { key } = operation
  switch (operation.type) {
    case "read":
      return operation.returned === null ? `reads ${key}` : `reads ${key}: ${value(operation.result)}`
    case "write":
      return `writes ${value(operation.value)} to ${key}`
    case "cas": {
      const outcome = operation.done === null ? "" : operation.done ? ": done" : ": not done"
      return `sets ${key} from ${value(operation.expected)} to ${value(operation.value)}${outcome}`
    }
  }
}

function value(value: string | null): string {
  return value ?? "nothing"
}

function time(moment: number): string {
  return String(Math.round(moment * 1000) / 1000)
}
