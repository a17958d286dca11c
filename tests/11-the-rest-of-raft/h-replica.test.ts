import { check, group, holds, same, show } from "#suite"
import type { FullStep } from "../../projects/11-the-rest-of-raft/contract.ts"
import { bulk, integer, ok, once, open, plain } from "../10-the-system/project.ts"
import { accepted, requestVote, servers } from "../cluster/build.ts"
import {
  compactedAfter,
  followed,
  fromLeader,
  inSession,
  isToldWhy,
  leader3,
  saves,
  snapshotOf,
  types,
} from "./requests.ts"
import { project } from "./project.ts"
import { alone, asks, Server } from "./replicas.ts"

group("11h", "The replica", () => {
  check("11h.1", [50], "it starts with nothing applied, and nobody waits", () => {
    const node = project.startNode("n2", {
      ...project.firstSaved(servers(3)),
      currentTerm: 4,
      votedFor: "n1",
    })
    const replica = project.startFullReplica<string>(node)
    same(replica.node, node, "startFullReplica: the node")
    same(replica.service.waiting, [], "startFullReplica: who waits")
    same(Object.keys(replica.reads), [], "startFullReplica: the reads that wait")
    const { applied, opened, sessions } = replica.service.machine
    same(
      { applied, opened, sessions: Object.keys(sessions) },
      { applied: 0, opened: 0, sessions: [] },
      "the machine",
    )
  })

  check("11h.2", [50, 55], "it starts with the machine that the snapshot holds", () => {
    const { donor, machine } = compactedAfter(inSession)
    const replica = project.startFullReplica<string>(project.startNode("n1", donor.saved))
    same(
      replica.service.machine,
      machine,
      "10 requests, log compacted, started again: the machine of the snapshot",
    )
    same(
      machine.sessions["1"]?.sequence,
      1,
      "a session with one command in it: its last number, in the snapshot",
    )
  })

  check("11h.3", [51], "three requests at once: one save, of the last state, before all else", () => {
    const n1 = leader3()
    const three = [asks("a", plain("SET k v")), asks("b", open), asks("c", once("1", 1, "INCR n"))]
    saves(n1, three, "three requests at a leader", true)
    same(
      n1.node.log.entries.map(({ command }) => command),
      [plain("SET k v"), open, once("1", 1, "INCR n")],
      "its log",
    )
    same(n1.replies, [], "nobody else has them: who was told")
  })

  check("11h.4", [51], "an input that changes nothing, first or last, takes nothing from the save", () => {
    const beat = { type: "heartbeatTimeout" } as const
    saves(leader3(), [beat, asks("a", plain("SET k v"))], "a heartbeat, and then a request", true)
    saves(leader3(), [asks("a", plain("SET k v")), beat], "a request, and then a heartbeat", true)
  })

  check("11h.5", [51], "a term, a vote, an entry, a snapshot: each is saved", () => {
    const fresh = () => new Server("n1")
    saves(fresh(), [{ type: "electionTimeout" }], "an election timeout", true)
    saves(fresh(), [{ ...requestVote("n2", "n1", 1), lastLogIndex: 0 }], "a vote in a newer term", true)
    const first = fresh()
    first.handle(fromLeader(1, [], 0))
    saves(first, [requestVote("n2", "n1", 1)], "a vote in the same term", first.node.votedFor === null)
    saves(fresh(), [accepted("n2", "n1", 5, 0)], "an answer of a newer term, to a follower", true)
    saves(leader3(), [{ ...accepted("n2", "n1", 5, 0), success: false }], "a newer term, to a leader", true)
    saves(first, [fromLeader(1, [open], 0)], "an entry", true)
    const { donor } = compactedAfter(inSession)
    saves(
      new Server("n1", { chapters: ["snapshots"] }),
      [{ ...snapshotOf(donor, 1) }],
      "a snapshot from a leader",
      true,
    )
    const small = alone({ chapters: ["snapshots"], compactAt: 4 })
    for (let i = 0; i < 9; i++)
      saves(small, [asks(String(i), open)], `request ${String(i + 1)}, compactAt 4`, true)
  })

  check("11h.6", [51], "nothing is saved when nothing has changed", () => {
    saves(new Server("n1"), [], "no inputs", false)
    saves(leader3(), [{ type: "heartbeatTimeout" }], "a leader's heartbeat", false)
    saves(new Server("n1"), [asks("a", plain("SET k v"))], "a request to a follower", false)
    const voted = new Server("n1")
    voted.handle(requestVote("n3", "n1", 1))
    saves(voted, [requestVote("n2", "n1", 1)], "no vote: n3 has it", false)
    saves(voted, [requestVote("n3", "n1", 1)], "the same vote again", false)
    const follower = new Server("n1")
    follower.handle(fromLeader(1, [open], 0))
    saves(follower, [fromLeader(1, [open], 0)], "the same entry again", false)
    saves(follower, [fromLeader(1, [open], 1)], "the entry is committed and applied", false)
  })

  check("11h.7", [51, 52], "what is to be sent follows in the order of the inputs", () => {
    const n1 = new Server("n1")
    const outputs = n1.handle(
      requestVote("n2", "n1", 1),
      requestVote("n3", "n1", 2),
      requestVote("n2", "n1", 3),
    )
    const votes = n1.sent.map(
      (m) => `${m.to} ${String(m.term)} ${String("voteGranted" in m && m.voteGranted)}`,
    )
    same(
      votes,
      ["n2 1 true", "n3 2 true", "n2 3 true"],
      "three candidates of terms 1, 2, 3 at once: the answers",
    )
    same(types(outputs).filter((type) => type === "save").length, 1, "how often it is saved")
    same([n1.node.currentTerm, n1.node.votedFor], [3, "n2"], "its term and its vote")
    same(types(outputs).includes("resetElectionTimer"), true, "whether the timer is restarted")
  })

  check("11h.8", [51, 52], "what clients are told follows in the order of the inputs", () => {
    const n1 = alone()
    n1.handle(
      asks("a", plain("INCR n")),
      asks("b", plain("INCR n")),
      asks("c", open),
      asks("d", plain("INCR n")),
    )
    const all = { a: integer(1), b: integer(2), c: bulk("1"), d: integer(3) }
    same(
      n1.replies,
      Object.entries(all).map(([client, reply]) => ({ client, reply })),
      "a server alone: who was told",
    )
  })

  check("11h.9", [52], "a request is answered when it is applied, and once", () => {
    const n1 = leader3()
    n1.handle(asks("a", plain("SET k v")), asks("b", plain("INCR n")))
    n1.ask("c", plain("INCR n"))
    same(n1.replies, [], "three requests, nothing committed: who was told")
    n1.handle(accepted("n2", "n1", 1, 1))
    same(n1.replies, [{ client: "a", reply: ok }], "n2 has the first: who was told")
    n1.handle(accepted("n3", "n1", 1, 3), accepted("n2", "n1", 1, 3), { type: "heartbeatTimeout" })
    const rest = [
      { client: "b", reply: integer(1) },
      { client: "c", reply: integer(2) },
    ]
    same(n1.replies.slice(1), rest, "both have all: who was told besides")
  })

  check("11h.10", [52, 53], "who does not lead says who does, if it knows: reads, too", () => {
    const chapters = ["reads"] as const
    const follower = new Server("n1", { chapters })
    follower.handle(fromLeader(3, [], 0))
    const lost = new Server("n1", { chapters })
    for (const request of [plain("GET k"), plain("SET k v"), open, once("1", 1, "INCR n")]) {
      follower.ask(show(request), request)
      const moved = { type: "error", value: "MOVED 0 10.0.0.2:8002" }
      same(follower.answers(show(request)), [moved], `n1 follows n2; ${show(request)}`)
      lost.ask(show(request), request)
      isToldWhy(lost, show(request), "CLUSTERDOWN", `n1 knows no leader; ${show(request)}`)
    }
    same(follower.node.log.entries, [], "the follower's log afterwards")
  })

  check("11h.11", [52], "another leader's entry took the place: TRYAGAIN; not before that is decided", () => {
    const n1 = leader3()
    n1.handle(asks("a", plain("SET k mine")), asks("b", plain("SET k mine")))
    n1.handle(fromLeader(2, [plain("SET k theirs")], 0))
    same(n1.replies, [], "n2 leads term 2 and overwrites the first entry, uncommitted: who was told")
    n1.handle(fromLeader(2, [plain("SET k theirs")], 1))
    isToldWhy(n1, "a", "TRYAGAIN", "a's entry is overwritten, and that is committed")
  })

  check("11h.12", [52, 53], "who gives up is told UNKNOWN, once; a read, too", () => {
    const n1 = leader3({ chapters: ["reads"] })
    n1.handle(
      asks("a", plain("INCR n")),
      asks("b", plain("INCR n")),
      asks("c", plain("GET n")),
      asks("d", plain("GET n")),
    )
    n1.handle({ type: "giveUp", client: "a" }, { type: "giveUp", client: "c" })
    for (const client of ["a", "c"])
      isToldWhy(n1, client, "UNKNOWN", `a, b, c and d wait; ${client} gives up`)
    followed(n1, 3)
    same(n1.answers("b"), [integer(2)], "all is committed: what b was told (a's was done as well)")
    same(n1.answers("d"), [bulk("2")], "what d was told, who reads")
    same(n1.replies.length, 4, "how many replies there were")
    same(
      n1.handle({ type: "giveUp", client: "b" }, { type: "giveUp", client: "d" }),
      [],
      "b and d give up, answered",
    )
  })

  check("11h.13", [52], "followers apply the same, and answer nobody", () => {
    const requests = [open, once("1", 1, "INCR n"), once("1", 1, "INCR n"), plain("SET k v")]
    const leads = alone()
    for (const [i, request] of requests.entries()) leads.ask(String(i), request)
    const follower = new Server("n1")
    follower.handle(fromLeader(1, requests.slice(0, 2), 1), fromLeader(1, requests, 4))
    same(
      follower.machine,
      leads.machine,
      "open, INCR in a session twice, SET; by a leader alone, and by a follower",
    )
    same(follower.machine.applied, 4, "how many are applied")
    same(follower.replies, [], "whom the follower has told")
  })

  check("11h.14", [52], "entries that are no requests are nothing to the machine", () => {
    const n1 = alone({ chapters: ["membership"] })
    n1.ask("a", plain("INCR n"))
    const { machine, node } = n1
    n1.handle({ type: "changeMembership", voters: ["n1"] })
    const more = n1.node.log.entries.length - node.log.entries.length
    holds(
      more > 0 && n1.node.lastApplied > node.lastApplied,
      "its membership changes",
      "new entries",
      String(more),
    )
    same(JSON.stringify(n1.machine), JSON.stringify(machine), "a configuration is committed: the machine")
    n1.ask("b", plain("INCR n"))
    same(
      n1.replies,
      [
        { client: "a", reply: integer(1) },
        { client: "b", reply: integer(2) },
      ],
      "INCR, a change, INCR",
    )
    same(
      n1.machine.applied,
      2,
      "two requests, a leader's own entry, a configuration: what the machine counts",
    )
  })

  check("11h.15", [52], "what an operator is declined, the operator is told", () => {
    const n1 = new Server("n1", { chapters: ["membership", "transfer"] })
    n1.handle({ type: "changeMembership", voters: ["n1"] })
    same(n1.told.length, 1, "a change asked of a follower: how much the operator is told")
    n1.handle({ type: "transferLeadership", to: "n2" })
    same(n1.told.length, 2, "and a transfer: how much the operator is told")
    const why = "because the moon is full"
    const step: FullStep = (node) => {
      return { state: node, effects: [{ type: "declined", what: "changeMembership", why }], because: [] }
    }
    const declines = new Server("n1", { step })
    declines.handle({ type: "heartbeatTimeout" })
    holds(
      declines.told.join().includes(why),
      "declined, with a reason",
      `a text that says ${why}`,
      show(declines.told),
    )
  })
})
