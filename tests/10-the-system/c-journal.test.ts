import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { check, group, holds, refuses, same, type After } from "#suite"
import type { RaftNode } from "../../projects/03-planning/contract.ts"
import type { Journal } from "../../projects/10-the-system/contract.ts"
import { entries, leader, logOf, restarted, server, servers } from "../cluster/build.ts"
import { project } from "./project.ts"

/** A journal's file in a folder of its own. */
function place(after: After): string {
  const folder = mkdtempSync(join(tmpdir(), "journal-"))
  after(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return join(folder, "data", "n1.journal")
}

function open(file: string, after?: After): Journal {
  const journal = project.openJournal({ file, id: "n1", voters: servers(3) })
  after?.(() => {
    journal.close()
  })
  return journal
}

/** What the next process finds. */
function found(file: string): RaftNode {
  const journal = open(file)
  journal.close()
  return journal.node
}

/** States that follow each other, as a server's do. */
const life: readonly RaftNode[] = [
  server("n1"),
  server("n1", { currentTerm: 1, votedFor: "n2" }),
  server("n1", { currentTerm: 1, votedFor: "n2", log: logOf(1) }),
  server("n1", { currentTerm: 1, votedFor: "n2", log: logOf(1, 1, 1) }),
  server("n1", { currentTerm: 2, log: logOf(1, 1, 1) }),
  server("n1", { currentTerm: 2, votedFor: "n3", log: logOf(1, 2) }),
  leader("n1", { currentTerm: 3, log: logOf(1, 2, 3), commitIndex: 2, lastApplied: 2 }),
  server("n1", { currentTerm: 5, log: logOf(4, 4, 4, 4, 5) }),
]

/** Saves a life up to there, with one journal; hands each step over before the next. */
function live(journal: Journal, then: (node: RaftNode, i: number) => void, until = life.length): void {
  for (const [i, after] of life.slice(1, until).entries()) {
    const before = life[i]
    if (before) journal.save(before, after)
    then(after, i + 1)
  }
}

const tell = (i: number) => `${String(i)} states saved, one after the other`

group("10c", "The journal", () => {
  check("10c.1", [21], "a file that is not there: a new server, and the folder is made", ({ after }) => {
    const file = place(after)
    same(open(file, after).node, server("n1"), "no file: the node")
    holds(existsSync(file), "no file: afterwards", "the file is there", "it is not")
  })

  check("10c.2", [22], "what was saved is there when the next process opens it", ({ after }) => {
    const file = place(after)
    const journal = open(file, after)
    live(journal, (node, i) => {
      // A killed process closes nothing.
      same(found(file), restarted(node), `${tell(i)}; not closed, opened again: the node`)
    })
  })

  check("10c.3", [22], "opened again, it goes on", ({ after }) => {
    const file = place(after)
    for (const [i, next] of life.slice(1).entries()) {
      const journal = open(file)
      journal.save(life[i] ?? next, next)
      journal.close()
      same(found(file), restarted(next), `${tell(i + 1)}, each by a process of its own: the node`)
    }
  })

  check("10c.4", [22], "only what is persistent comes back", ({ after }) => {
    const file = place(after)
    const led = leader("n1", { currentTerm: 3, log: logOf(1, 2, 3), commitIndex: 3, lastApplied: 3 })
    open(file, after).save(server("n1"), led)
    same(
      found(file),
      restarted(led),
      "a leader that has applied 3 entries is saved: the node that comes back",
    )
  })

  check("10c.5", [22], "commands of any kind, and bytes of any kind", ({ after }) => {
    const file = place(after)
    const commands = [
      "",
      "\n",
      "\r\n{}",
      "\u0000\u00ff",
      "äöü ☃",
      null,
      0,
      -1.5,
      true,
      [],
      [[{}]],
      { "": { a: [null] } },
    ]
    const log = { base: { index: 0, term: 0 }, entries: commands.map((command) => ({ term: 1, command })) }
    const node = server("n1", { currentTerm: 1, votedFor: "n1", log })
    open(file, after).save(server("n1"), node)
    same(found(file), restarted(node), "entries with many kinds of commands: the node that comes back")
  })

  check("10c.6", [23], "what is saved costs as much as what is new", ({ after }) => {
    const file = place(after)
    const journal = open(file, after)
    const long = server("n1", {
      currentTerm: 1,
      votedFor: "n1",
      log: { base: { index: 0, term: 0 }, entries: entries(1, new Array<number>(5_000).fill(1)) },
    })
    journal.save(server("n1"), long)
    const size = statSync(file).size
    const longer = { ...long, log: { ...long.log, entries: [...long.log.entries, ...entries(5_001, [1])] } }
    journal.save(long, longer)
    const grown = statSync(file).size - size
    holds(
      grown < 500,
      "5,000 entries were saved; then one more",
      "the file grows by less than 500 bytes",
      `by ${String(grown)}`,
    )
    journal.save(longer, { ...longer, currentTerm: 2, votedFor: null })
    const total = statSync(file).size - size
    holds(total < 1_000, "then a new term", "the file grows by little", `by ${String(total)} bytes`)
    same(found(file).log.entries.length, 5_001, "how many entries come back")
  })

  check(
    "10c.7",
    [24],
    "the last save was cut off by a crash: the node is as before it, or as after it",
    ({ after }) => {
      const file = place(after)
      for (const [i, next] of life.slice(1).entries()) {
        const before = life[i] ?? next
        rmSync(file, { force: true })
        const journal = open(file)
        live(journal, () => undefined, i + 1)
        const start = existsSync(file) ? statSync(file).size : 0
        journal.save(before, next)
        journal.close()
        const whole = readFileSync(file)
        for (let size = start; size < whole.length; size++) {
          writeFileSync(file, whole.subarray(0, size))
          const scenario = `${tell(i + 1)}; of the last one, ${String(size - start)} of ${String(whole.length - start)} bytes are on the disk`
          const node = found(file)
          const both = [restarted(before), restarted(next)].map((each) =>
            JSON.stringify([each.currentTerm, each.votedFor, each.log]),
          )
          const got = JSON.stringify([node.currentTerm, node.votedFor, node.log])
          holds(both.includes(got), scenario, "the state before, or the state after", got)
        }
      }
    },
    { slow: 8 },
  )

  check("10c.8", [24], "after a cut, what is saved next comes back", ({ after }) => {
    const file = place(after)
    const journal = open(file)
    live(journal, () => undefined, 4)
    journal.close()
    truncateSync(file, statSync(file).size - 3)
    const mended = open(file)
    const next = server("n1", { ...restarted(mended.node), currentTerm: 9, votedFor: "n3", log: logOf(1, 9) })
    mended.save(mended.node, next)
    mended.close()
    same(found(file), restarted(next), "the end was cut off; opened, saved, opened again: the node")
  })

  check("10c.9", [25], "damage in the middle is told, and nothing is thrown away", ({ after }) => {
    const file = place(after)
    const journal = open(file)
    live(journal, () => undefined)
    journal.close()
    const damaged = Buffer.from(readFileSync(file))
    damaged.fill("#", 0, 12)
    writeFileSync(file, damaged)
    refuses(() => open(file), "Error", [file], "the first 12 bytes of a journal were overwritten")
    same(readFileSync(file).equals(damaged), true, "whether the file is as it was")
  })
})
