import { holds, show } from "#suite"
import fc from "fast-check"
import type { Term } from "../../projects/03-planning/contract.ts"
import { logOf } from "../cluster/build.ts"
import { messages, only, Server } from "./server.ts"

/** A leader that looks for where a follower's log begins to differ. */

/** How often a follower with these terms refuses a new leader with those, until it takes something; then both are the same. */
export function refusals(mine: readonly Term[], theirs: readonly Term[]): number {
  const n1 = new Server(["backtracking"], { term: 8, log: logOf(...mine) })
  const n2 = new Server(["backtracking"], { term: 8, log: logOf(...theirs) }, "n2")
  let [message] = messages(n1.elect(), "AppendEntries", "n2")
  for (let refused = 0; refused < 200; refused++) {
    if (!message) break
    const answer = only(messages(n2.handle(message), "AppendEntriesResponse"), n2.story, "one answer")
    const effects = n1.handle(answer)
    if (answer.success) return refused
    message = messages(effects, "AppendEntries", "n2")[0]
  }
  holds(false, n1.story, "tries, one after the other, until n2 takes one", show(message ?? "no further try"))
  return Number.POSITIVE_INFINITY
}

/** As in a real cluster: both begin alike, and no term behind that is in both. */
export const twoLogs = fc
  .record({
    common: fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 4 }),
    runs: fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 4 })), { maxLength: 5 }),
  })
  .map(({ common, runs }): readonly [readonly Term[], readonly Term[]] => {
    let term = 1
    const both = common.map((up) => (term += up))
    const [mine, theirs] = [[...both], [...both]]
    runs.forEach(([isMine, length], i) => {
      if (i > 0) term++ // the last common term may go on, in one of the logs
      for (let n = 0; n < length; n++) (isMine ? mine : theirs).push(term)
    })
    return [mine, theirs]
  })
