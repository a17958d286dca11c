import { check, forAll, group, same } from "#suite"
import fc from "fast-check"
import type { AppendEntries, Index, RaftNode } from "../../projects/03-planning/contract.ts"
import { appendEntries, compacted, entries, leader, logOf, server, termIn } from "../cluster/build.ts"
import { scene } from "../cluster/words.ts"
import { appliedBy, commits, step } from "./project.ts"

const follower = (...terms: readonly number[]) => server("n2", { currentTerm: 5, log: logOf(...terms) })

/** What a leader of term 5 with these entries sends, which has committed that much. */
function from(
  terms: readonly number[],
  prevLogIndex: Index,
  leaderCommit: Index,
  count?: number,
): AppendEntries {
  const boss = leader("n1", { currentTerm: 5, log: logOf(...terms) })
  return { ...appendEntries(boss, "n2", prevLogIndex, count), leaderCommit }
}

group("6b", "The follower commits", () => {
  check("6b.1", [5], "what the leader says is committed, as soon as it has it", () => {
    commits(follower(), from([5, 5, 5], 0, 2), 2)
    commits(follower(1, 5), from([1, 5, 5], 2, 3), 3)
    commits(follower(1, 5), from([1, 5], 2, 1), 1)
  })

  check("6b.2", [5], "a heartbeat tells, too", () => {
    commits(follower(1, 5), from([1, 5], 2, 2), 2)
    commits(follower(1, 5, 5), from([1, 5, 5], 3, 3, 0), 3)
  })

  check("6b.3", [5], "no further than the last new entry: min(leaderCommit, …)", () => {
    commits(follower(), from([5, 5, 5, 5], 0, 4, 2), 2)
    commits(follower(1), from([1, 5, 5, 5], 1, 4, 1), 2)
  })

  check(
    "6b.4",
    [5],
    "not to the end of its own log: what follows the new entries may be another leader's",
    () => {
      commits(follower(1, 1, 2, 2, 2), from([1, 1, 5, 5, 5], 1, 5, 1), 2)
      commits(follower(1, 1, 2, 2), from([1, 1, 5, 5], 2, 4, 0), 2)
      commits(follower(1, 1, 2), from([1, 1, 3, 5], 1, 3, 0), 1)
    },
  )

  check("6b.5", [5], "not past what the leader has committed", () => {
    commits(follower(), from([5, 5, 5], 0, 0), 0)
    commits(follower(1, 1), from([1, 1, 5, 5], 2, 1), 1)
  })

  check("6b.6", [6], "a message that is refused commits nothing", () => {
    commits(follower(1, 1), from([1, 1, 2, 5], 3, 4), 0)
    commits(follower(1, 1, 2), from([1, 1, 3, 5], 3, 3), 0)
    commits(follower(), from([1, 1], 2, 2), 0)
  })

  check("6b.7", [7], "a late message takes nothing back", () => {
    const node: RaftNode = { ...follower(1, 5, 5), commitIndex: 3, lastApplied: 3 }
    commits(node, from([1, 5, 5], 0, 1), 3)
    commits(node, from([1, 5, 5], 1, 2, 1), 3)
    commits(node, from([1, 5, 5], 0, 0, 0), 3)
    commits(node, from([1, 5, 5], 0, 3, 1), 3)
  })

  check("6b.8", [5, 6], "where the log's beginning is gone", () => {
    const node = server("n2", { currentTerm: 5, log: compacted(4, 2, 5), commitIndex: 4, lastApplied: 4 })
    const boss = leader("n1", { currentTerm: 5, log: compacted(4, 2, 5, 5) })
    commits(node, { ...appendEntries(boss, "n2", 5), leaderCommit: 6 }, 6)
    commits(node, { ...appendEntries(boss, "n2", 4, 0), leaderCommit: 6 }, 4)
    commits(node, { ...from([1, 2], 1, 6, 1), entries: entries(2, [2]) }, 4)
  })

  check("6b.9", [5, 6, 7], "for any two logs: never anything that the leader has not", () => {
    const rises = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 4 })
    const rising = (from: number, steps: readonly number[]) => steps.map((up) => (from += up))
    const examples = fc
      .record({
        shared: rises,
        led: rises,
        lagging: rises,
        prev: fc.nat(8),
        count: fc.nat(3),
        commit: fc.nat(8),
        had: fc.nat(4),
      })
      .map(({ shared, led, lagging, had, ...rest }) => {
        // Behind what they share, no entry of the one has a term of the other's: Election Safety.
        const both = rising(1, shared)
        const top = (both.at(-1) ?? 1) + 1
        const theirs = [...both, ...rising(top, led).map((term) => 2 * term)]
        const mine = [...both, ...rising(top, lagging).map((term) => 2 * term + 1)]
        return { ...rest, mine, theirs, commitIndex: Math.min(had, both.length) }
      })
    forAll(
      examples,
      ({ mine, theirs, prev, count, commit, commitIndex }) => {
        const node = { ...follower(...mine), currentTerm: 30, commitIndex, lastApplied: commitIndex }
        const leaderCommit = Math.min(theirs.length, Math.max(commit, commitIndex))
        const message = { ...from(theirs, Math.min(prev, theirs.length), leaderCommit, count), term: 30 }
        const fits = termIn(node.log, message.prevLogIndex) === message.prevLogTerm
        const lastNew = message.prevLogIndex + message.entries.length
        commits(node, message, fits ? Math.max(commitIndex, Math.min(leaderCommit, lastNew)) : commitIndex)
      },
      ({ mine, theirs }) => `a follower with terms ${String(mine)}, a leader with ${String(theirs)}`,
      300,
    )
  })
})

group("6c", "Applying", () => {
  check("6c.1", [8], "what is committed is applied in the same step: each entry once, in order", () => {
    const message = from([1, 5, 5], 0, 3)
    same(
      appliedBy(follower(), message),
      [1, 2, 3],
      `${scene(follower(), message)}\nthe indexes that are applied`,
    )
    same(step(follower(), message).state.lastApplied, 3, `${scene(follower(), message)}\nlastApplied`)
  })

  check("6c.2", [8], "from where it had stopped, none skipped, when a commit jumps", () => {
    const node = { ...follower(1, 1, 5, 5, 5), commitIndex: 2, lastApplied: 2 }
    const message = from([1, 1, 5, 5, 5], 5, 5)
    same(appliedBy(node, message), [3, 4, 5], `${scene(node, message)}\nthe indexes that are applied`)
  })

  check("6c.3", [8], "never twice: the same message again applies nothing", () => {
    const message = from([1, 5, 5], 0, 2)
    const once = step(follower(), message).state
    same(appliedBy(once, message), [], `${scene(once, message)}\nthe indexes that are applied`)
  })

  check("6c.4", [9], "an apply names the index and brings the entry", () => {
    const message = from([1, 5], 0, 2)
    const applied = step(follower(), message).effects.filter(({ type }) => type === "apply")
    const expected = logOf(1, 5).entries.map((entry, i) => ({ type: "apply", index: i + 1, entry }))
    same(applied, expected, `${scene(follower(), message)}\nthe apply effects`)
  })

  check("6c.5", [9], "nothing is applied that is not committed", () => {
    const message = from([1, 5, 5], 0, 1)
    same(appliedBy(follower(), message), [1], `${scene(follower(), message)}\nthe indexes that are applied`)
    const node = leader("n1", { currentTerm: 1 })
    const propose = { type: "propose", command: "set x 1" } as const
    same(appliedBy(node, propose), [], `${scene(node, propose)}\nthe indexes that are applied`)
  })

  check("6c.6", [8, 9], "the leader applies, too, and the accepted comes before the apply", () => {
    const node = leader("n1", { voters: ["n1"], currentTerm: 1, log: logOf(1) })
    const propose = { type: "propose", command: "set x 1" } as const
    const kinds = step(node, propose)
      .effects.map(({ type }) => type)
      .filter((type) => type !== "send")
    same(kinds, ["accepted", "apply", "apply"], `${scene(node, propose)}\nthe effects`)
  })

  check(
    "6c.7",
    [10],
    "a server that comes back applies from the beginning, as its state machine is empty",
    () => {
      const node = follower(1, 5, 5)
      const message = from([1, 5, 5, 5], 3, 4)
      same(appliedBy(node, message), [1, 2, 3, 4], `${scene(node, message)}\nthe indexes that are applied`)
      const part = from([1, 5, 5], 3, 2)
      same(appliedBy(node, part), [1, 2], `${scene(node, part)}\nthe indexes that are applied`)
    },
  )

  check("6c.8", [10], "where the log's beginning is gone, from behind it", () => {
    const node = server("n2", { currentTerm: 5, log: compacted(4, 2, 5, 5), commitIndex: 4, lastApplied: 4 })
    const boss = leader("n1", { currentTerm: 5, log: compacted(4, 2, 5, 5) })
    const message = { ...appendEntries(boss, "n2", 6), leaderCommit: 6 }
    same(appliedBy(node, message), [5, 6], `${scene(node, message)}\nthe indexes that are applied`)
  })
})
