import { check, forSeeds, group, holds, same, show } from "#suite"
import type { FullInput, FullMessage } from "../../projects/11-the-rest-of-raft/contract.ts"
import { bulk, integer, once, open, plain } from "../10-the-system/project.ts"
import { servers } from "../cluster/build.ts"
import { Random } from "../cluster/random.ts"
import { compactedAfter, fromLeader, inSession, isToldWhy, leader3, snapshotOf } from "./requests.ts"
import { project } from "./project.ts"
import { alone, asks, Server } from "./replicas.ts"

group("11h", "The replica", () => {
  check("11h.21", [54], "at compactAt entries the log is compacted, and not long before; some stay", () => {
    for (const compactAt of [4, 8, 20]) {
      const n1 = alone({ chapters: ["snapshots"], compactAt })
      let base = 0
      for (let i = 1; i <= 4 * compactAt; i++) {
        const had = n1.node.lastApplied - base + 1
        n1.ask(String(i), plain("INCR n"))
        const { log, lastApplied, snapshot } = n1.node
        const [left, told] = [
          lastApplied - log.base.index,
          `compactAt ${String(compactAt)}, ${String(i)} requests`,
        ]
        same(
          snapshot.lastIncludedIndex,
          log.base.index,
          `${told}: where the snapshot ends, and the log begins`,
        )
        holds(
          left < compactAt,
          told,
          `less than ${String(compactAt)} applied entries in the log`,
          String(left),
        )
        if (log.base.index === base) continue
        holds(
          left >= compactAt / 4,
          `${told}: compacted`,
          "a quarter of compactAt, at least, stays",
          String(left),
        )
        holds(
          had >= compactAt / 2,
          `${told}: compacted`,
          "not before there is something to gain",
          `${String(had)} entries`,
        )
        base = log.base.index
      }
      holds(
        base >= 2 * compactAt,
        `compactAt ${String(compactAt)}, four times as many`,
        "compacted again",
        String(base),
      )
    }
  })

  check(
    "11h.22",
    [54],
    "so it is on followers, with many inputs at once, and what is not applied stays",
    () => {
      const requests = Array.from({ length: 40 }, (_, i) => plain(`SET k${String(i % 5)} ${String(i)}`))
      const follower = new Server("n1", { chapters: ["snapshots"], compactAt: 8 })
      const all = fromLeader(1, requests, 0)
      follower.handle(all)
      for (let commit = 1; commit <= 34; commit++) follower.handle({ ...all, leaderCommit: commit })
      const { log, lastApplied } = follower.node
      const left = lastApplied - log.base.index
      holds(
        left >= 2 && left < 8,
        "40 entries, 34 committed one by one, compactAt 8",
        "2 to 7 applied ones left",
        String(left),
      )
      same(log.base.index + log.entries.length, 40, "where its log ends")
      const n1 = alone({ chapters: ["snapshots"], compactAt: 8 })
      n1.handle(...requests.map((request, i) => asks(String(i), request)))
      for (let i = 0; i < 16; i++) n1.ask(`later ${String(i)}`, plain("INCR n"))
      const many = n1.node.lastApplied - n1.node.log.base.index
      holds(
        many < 16,
        "40 requests at once, then 16 one by one, compactAt 8",
        "less than 16 entries left",
        String(many),
      )
    },
  )

  check("11h.23", [55], "a command that comes again after a snapshot is not done again", () => {
    const { donor } = compactedAfter(inSession)
    const again = alone({ chapters: ["snapshots"], saved: donor.saved })
    again.handle(asks("a", once("1", 1, "INCR n")), asks("b", once("1", 2, "INCR n")), asks("c", open))
    same(
      again.answers("a"),
      [integer(1)],
      "INCR n as number 1 of a session; snapshot; started again; number 1 again",
    )
    same(again.answers("b"), [integer(2)], "and INCR n as number 2")
    same(again.answers("c"), [bulk("2")], "another session is opened: its name")
  })

  check("11h.24", [55], "snapshots or not, the machine is the same, to its last count", () => {
    forSeeds(1, 6, (seed) => {
      const random = new Random(seed)
      const plainly = alone()
      let n1 = alone({ chapters: ["snapshots"], compactAt: 4 + random.below(6) })
      for (let i = 0; i < 50; i++) {
        const session = String(1 + random.below(3))
        const request = random.pick([
          open,
          once(session, 1 + random.below(6), "INCR n"),
          plain(`SET k${session} ${String(i)}`),
        ])
        plainly.ask(String(i), request)
        n1.ask(String(i), request)
        if (random.chance(0.1)) n1 = alone({ chapters: ["snapshots"], saved: n1.saved, compactAt: 4 })
      }
      n1.ask("last", open)
      plainly.ask("last", open)
      same(
        n1.answers("last"),
        plainly.answers("last"),
        "50 requests, compacted and started again; then a session",
      )
      same(n1.machine, plainly.machine, "50 requests: the machine, compacted and started again now and then")
    })
  })

  check("11h.25", [56], "a snapshot from the leader: the machine goes on from there", () => {
    const { donor, machine } = compactedAfter(inSession)
    const n1 = new Server("n1", { chapters: ["snapshots"], compactAt: 8 })
    n1.handle(fromLeader(1, [plain("SET gone 1")], 1))
    n1.handle(snapshotOf(donor, 1))
    same(n1.machine, machine, "a snapshot of a session and some keys is installed: the machine")
    same(n1.node.lastApplied, donor.node.snapshot.lastIncludedIndex, "lastApplied")
    const from = n1.node.lastApplied
    const more = Array.from({ length: 30 }, (_, i) => ({
      term: 2,
      command: { ...plain(`SET m${String(i)} x`) },
    }))
    const entries = more.map(({ term, command }) => ({
      term,
      command: JSON.parse(JSON.stringify(command)) as string,
    }))
    for (const [i, entry] of entries.entries())
      n1.handle({
        type: "AppendEntries",
        from: "n2",
        to: "n1",
        term: 2,
        prevLogIndex: from + i,
        prevLogTerm: i === 0 ? 1 : 2,
        entries: [entry],
        leaderCommit: from + i + 1,
      })
    const { snapshot } = n1.node
    holds(
      snapshot.lastIncludedIndex > from,
      "30 more entries, compactAt 8",
      "compacted again",
      show(snapshot.lastIncludedIndex),
    )
    const counted = project.startFullReplica<string>(project.startNode("n1", n1.saved)).service.machine
      .applied
    same(
      counted,
      machine.applied + snapshot.lastIncludedIndex - from,
      "what the machine in its own snapshot has counted",
    )
  })

  check(
    "11h.26",
    [56],
    "who waited for an entry that the snapshot stands for is told UNKNOWN; others wait on",
    () => {
      const { donor } = compactedAfter(inSession)
      const index = donor.node.snapshot.lastIncludedIndex
      const waiting = (): Server => {
        const n1 = leader3({ chapters: ["snapshots"] })
        n1.handle(...Array.from({ length: index + 2 }, (_, i) => asks(String(i + 1), plain("INCR other"))))
        return n1
      }
      const gone = waiting()
      gone.handle(snapshotOf(donor, 2))
      for (let client = 1; client <= index; client++)
        isToldWhy(
          gone,
          String(client),
          "UNKNOWN",
          `${String(index + 2)} wait; a snapshot up to ${String(index)} comes`,
        )
      same(gone.replies.length, index, "how many were told")
      same(gone.handle({ type: "giveUp", client: "1" }), [], "the first gives up after that: what comes out")
      const beat = { type: "AppendEntries", from: "n2", to: "n1", term: 2, prevLogIndex: index } as const
      const entry = { term: 2, command: JSON.parse(JSON.stringify(plain("INCR theirs"))) as string }
      gone.handle({ ...beat, prevLogTerm: 2, entries: [entry], leaderCommit: index + 1 })
      isToldWhy(gone, String(index + 1), "TRYAGAIN", "another entry is committed behind the snapshot")
      const kept = waiting()
      kept.handle(snapshotOf(donor, 1))
      kept.handle({ ...beat, prevLogIndex: index + 1, prevLogTerm: 1, entries: [], leaderCommit: index + 1 })
      const next = kept.answers(String(index + 1))
      holds(
        next.length === 1 && next[0]?.type === "integer",
        "the log behind it was kept, and is committed",
        "its answer",
        show(next),
      )
    },
  )

  check(
    "11h.27",
    [51, 52, 53],
    "many inputs at once come to the same as one after the other",
    () => {
      forSeeds(1, 6, (seed) => {
        runTwins(new Random(seed))
      })
    },
    { slow: 3 },
  )
})

/** Three servers that get inputs in batches, each with a twin that gets them one by one. */
function runTwins(random: Random): void {
  const chapters = project.chapters
  const pairs = servers(3).map((id) => [new Server(id, { chapters }), new Server(id, { chapters })] as const)
  let mail: readonly FullMessage[] = []
  for (let i = 0; i < 60; i++) {
    const [batched, single] = random.pick(pairs)
    const { id } = batched.node
    const mine = mail.filter(({ to }) => to === id).slice(0, 1 + random.below(6))
    mail = mail.filter((message) => !mine.includes(message))
    const inputs: FullInput<string>[] = [...mine]
    // One read at the most: those that have come together may be confirmed together, and alone they would not be.
    for (let more = random.below(4); more > 0; more--)
      inputs.push(something(random, `${String(i)}.${String(more)}`, more === 1))
    const before = new Map([batched, single].map(({ sent }) => [sent, sent.length]))
    batched.handle(...inputs)
    for (const input of inputs) single.handle(input)
    mail = [...mail, ...batched.sent.slice(before.get(batched.sent))]
    const told = `${String(i)} batches so far; the last one, at ${id}: ${inputs.map(({ type }) => type).join(", ")}`
    same(batched.saved, single.saved, `${told}\nwhat it has saved, and its twin that got them one by one`)
    same(batched.machine, single.machine, `${told}\nthe machine, and its twin's`)
    same(batched.replies, single.replies, `${told}\nwho was told, and by its twin`)
    // Entries may go in other portions.
    const others = ({ sent }: Server): readonly FullMessage[] =>
      sent.slice(before.get(sent)).filter(({ type }) => type !== "AppendEntries")
    same(others(batched), others(single), `${told}\nwhat is sent, but for AppendEntries, and by its twin`)
  }
}

function something(random: Random, client: string, mayRead: boolean): FullInput<string> {
  if (random.chance(0.15)) return { type: "electionTimeout" }
  if (random.chance(0.25)) return { type: "minimumElectionTimeout" }
  if (random.chance(0.25)) return { type: "heartbeatTimeout" }
  return asks(client, random.pick([plain("INCR n"), plain(mayRead ? "GET n" : "INCR m"), open]))
}
