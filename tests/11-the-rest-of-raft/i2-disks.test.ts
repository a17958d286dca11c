import { check, forSeeds, group, holds, same } from "#suite"
import type { ServerId } from "../../projects/03-planning/contract.ts"
import type { FullInput, FullMessage } from "../../projects/11-the-rest-of-raft/contract.ts"
import { integer, once, open, plain } from "../10-the-system/project.ts"
import { appendEntries, endOf, leader, logOf, requestVote, servers } from "../cluster/build.ts"
import { runOnDisks } from "./disk-schedule.ts"
import { everyCrash } from "./every-crash.ts"
import { alone, asks } from "./replicas.ts"
import type { WholeOptions } from "./whole.ts"

const three: WholeOptions = { chapters: [], voters: servers(3) }

function granted(messages: readonly FullMessage[], term: number): readonly ServerId[] {
  return messages.flatMap((m) =>
    m.type === "RequestVoteResponse" && m.voteGranted && m.term === term ? [m.to] : [],
  )
}

group("11i", "Everything at once", () => {
  check("11i.20", [58], "a vote that has left is still known after any crash", () => {
    for (const { sent, cluster, told } of everyCrash(three, [], [requestVote("n2", "n1", 1)])) {
      cluster.inFlight = []
      cluster.handle("n1", requestVote("n3", "n1", 1))
      const both = [...granted(sent, 1), ...granted(cluster.inFlight, 1)]
      holds(
        both.length <= 1,
        `n2 asks for a vote in term 1; ${told}`,
        "at most one vote in term 1",
        both.join(" and "),
      )
    }
  })

  check(
    "11i.21",
    [58],
    "so is the newest term that it has told, and the last vote of several in one batch",
    () => {
      const batch = [requestVote("n2", "n1", 1), requestVote("n3", "n1", 2), requestVote("n2", "n1", 3)]
      for (const { sent, node, cluster, told } of everyCrash(three, [], batch)) {
        const newest = Math.max(0, ...sent.map(({ term }) => term))
        holds(node.currentTerm >= newest, told, `term ${String(newest)} or newer`, String(node.currentTerm))
        cluster.inFlight = []
        cluster.handle("n1", requestVote("n3", "n1", 3))
        const both = [...granted(sent, 3), ...granted(cluster.inFlight, 3)]
        holds(
          both.length <= 1,
          `three candidates, of terms 1, 2, 3; ${told}`,
          "at most one vote in term 3",
          both.join(" and "),
        )
      }
    },
  )

  check("11i.22", [58], "an entry that was acknowledged is still there", () => {
    const n2 = leader("n2", { log: logOf(1, 1, 1) })
    const earlier = [[appendEntries(n2, "n1", 0, 1)]]
    const batch = [appendEntries(n2, "n1", 1, 1), appendEntries(n2, "n1", 2, 1)]
    for (const { sent, node, told } of everyCrash(three, earlier, batch)) {
      const acknowledged = Math.max(1, ...sent.map((m) => ("matchIndex" in m ? m.matchIndex : 0)))
      const end = endOf(node.log)
      holds(
        end >= acknowledged,
        told,
        `the entries up to ${String(acknowledged)}, which n1 has acknowledged`,
        String(end),
      )
    }
  })

  check(
    "11i.23",
    [58],
    "what a client was told is still done: a leader that counts itself has it on its disk",
    () => {
      const only: WholeOptions = { chapters: [], voters: ["n1"] }
      const earlier = [[{ type: "electionTimeout" as const }], [asks("a", open)]]
      const batch = [asks("b", once("1", 1, "INCR n")), asks("c", plain("INCR n"))]
      for (const { replies, cluster, told } of everyCrash(only, earlier, batch)) {
        const done = replies.filter((reply) => reply.includes("integer")).length
        let value = 0
        cluster.onReply = (_, reply) => {
          value = Number("value" in reply ? reply.value : 0)
        }
        cluster.handle("n1", { type: "electionTimeout" }, asks("d", plain("INCR n")))
        const scenario = `INCR twice, and ${String(done)} were answered; ${told}\nthen one more`
        holds(value > done && value <= 3, scenario, `more than ${String(done)}`, String(value))
      }
    },
  )

  check(
    "11i.24",
    [58],
    "a snapshot that was taken over is there, with its sessions, and the log goes on behind it",
    () => {
      const donor = alone({ chapters: ["snapshots"], compactAt: 4 })
      const requests = [open, once("1", 1, "INCR n"), plain("SET k v"), plain("SET k w"), plain("SET k x")]
      for (const [i, request] of requests.entries()) donor.ask(String(i), request)
      const { lastIncludedIndex, lastIncludedTerm, data } = donor.node.snapshot
      const which = { lastIncludedIndex, lastIncludedTerm, data, offset: 0, done: true }
      const configuration = { voters: servers(3), oldVoters: [] }
      const head = { from: "n2", to: "n1", term: 2 } as const
      const batch: readonly FullInput<string>[] = [
        { type: "InstallSnapshot", ...head, ...which, configuration },
      ]
      const options: WholeOptions = { chapters: ["snapshots"], voters: servers(3) }
      for (const { sent, node, cluster, told } of everyCrash(
        options,
        [[requestVote("n3", "n1", 1)]],
        batch,
      )) {
        const isInstalled = sent.some((m) => m.type === "InstallSnapshotResponse" && m.installed)
        const has = node.snapshot.lastIncludedIndex
        holds(
          has === lastIncludedIndex || (!isInstalled && has === 0),
          told,
          "the snapshot, if n1 said so",
          String(has),
        )
        same(node.log.base.index, has, `${told}\nwhere the log begins`)
        if (has === 0) continue
        const { machine } = cluster.process("n1").replica.service
        same(machine.sessions["1"]?.reply, integer(1), `${told}\nwhat the session remembers`)
      }
    },
  )

  check(
    "11i.25",
    [58],
    "random schedules: three servers, their disks, and clients that count",
    () => {
      forSeeds(1, 6, (seed) => {
        runOnDisks(seed, { voters: 3, spare: 0, steps: 200 })
      })
    },
    { slow: 5 },
  )

  check(
    "11i.26",
    [58],
    "random schedules with members that change and leaders that hand over",
    () => {
      forSeeds(1_001, 6, (seed) => {
        runOnDisks(seed, { voters: 3, spare: 1, steps: 200 })
      })
    },
    { slow: 5 },
  )
})
