import { check, fail, forSeeds, group, holds, same, show } from "#suite"
import type { AppendEntries } from "../../projects/03-planning/contract.ts"
import type { Request, RespValue } from "../../projects/10-the-system/contract.ts"
import type {
  FullInput,
  FullMessage,
  FullOutput,
  FullStep,
  InstallSnapshot,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { accepted, appendEntries, leader, requestVote, servers } from "../cluster/build.ts"
import { Random } from "../cluster/random.ts"
import { bulk, integer, isError, ok, once, open, plain } from "../10-the-system/project.ts"
import { alone, asks, Server } from "./replicas.ts"
import { project } from "./project.ts"

const none: RespValue = { type: "null" }

/** A word of an error, and why. */
function isToldWhy(server: Server, client: string, word: string, scenario: string): void {
  const replies = server.answers(client)
  const [reply] = replies
  const isRight = isError(reply, word) && reply?.type === "error" && reply.value.length > word.length + 1
  holds(isRight && replies.length === 1, scenario, `${client} is told ${word} and why, once`, show(replies))
}

/** n1 leads three servers, of which it has heard but n2's vote. */
function leader3(options: ConstructorParameters<typeof Server>[1] = {}): Server {
  return new Server("n1", options).lead()
}

const types = (outputs: readonly FullOutput<string>[]) => outputs.map(({ type }) => type)

/** Outputs begin with one save, of these nodes; or there is none. */
function saves(server: Server, inputs: readonly FullInput<string>[], what: string, expected: boolean): void {
  const before = server.node
  const outputs = server.handle(...inputs)
  const told = `${what}\nwhat comes out: ${types(outputs).join(", ")}`
  const count = types(outputs).filter((type) => type === "save").length
  same(count, expected ? 1 : 0, `${told}\nhow often it is saved`)
  if (!expected) return
  const [first] = outputs
  if (first?.type !== "save") return fail("broken", "something leaves before the save", { scenario: told })
  same(first.before, before, `${told}\nthe node before, in the save`)
  same(first.after, server.node, `${told}\nthe node after, in the save`)
}

/** n2 has all up to there, and takes n1 for its leader, as often as it is asked. */
function followed(n1: Server, matchIndex: number): void {
  for (let beat = 0; beat < 3; beat++) {
    const round = n1.lastSent("Confirm")?.round ?? 0
    const confirmed = { type: "ConfirmResponse", from: "n2", to: "n1", term: 1, round } as const
    n1.handle(accepted("n2", "n1", 1, matchIndex), confirmed)
  }
}

/** n2's message as leader of this term, whose log has these requests from index 1 on. */
function fromLeader(term: number, requests: readonly Request[], commitIndex: number): AppendEntries {
  const entries = requests.map((request) => ({
    term,
    command: JSON.parse(JSON.stringify(request)) as string,
  }))
  const log = { base: { index: 0, term: 0 }, entries }
  return appendEntries(leader("n2", { currentTerm: term, log, commitIndex }), "n1", 0)
}

/** n2's snapshot of this machine, as leader of term 2. */
function snapshotOf(donor: Server, lastIncludedTerm: number): InstallSnapshot {
  const { lastIncludedIndex, data } = donor.node.snapshot
  const configuration = { voters: servers(3), oldVoters: [] }
  const which = { lastIncludedIndex, lastIncludedTerm, configuration }
  return { type: "InstallSnapshot", from: "n2", to: "n1", term: 2, ...which, offset: 0, data, done: true }
}

/** A server alone that was given these, and has a snapshot of some of them; the machine there. */
function compactedAfter(requests: readonly Request[]): {
  readonly donor: Server
  readonly machine: Server["machine"]
} {
  const donor = alone({ chapters: ["snapshots"], compactAt: 4 })
  const machines: Server["machine"][] = [donor.machine]
  for (const [i, request] of requests.entries()) {
    donor.ask(String(i), request)
    machines.push(donor.machine)
  }
  const machine = machines[donor.node.snapshot.lastIncludedIndex]
  if (donor.node.snapshot.lastIncludedIndex === 0 || !machine)
    return fail("broken", "a log with 4 applied entries and more is not compacted (compactAt 4)", {
      scenario: `${String(requests.length)} requests to a server alone`,
    })
  return { donor, machine }
}

const inSession = [
  open,
  once("1", 1, "INCR n"),
  ...Array.from({ length: 8 }, (_, i) => plain(`SET k${String(i)} v`)),
]

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

  check("11h.16", [53], "a command that only looks gets into no log", () => {
    const n1 = alone({ chapters: ["reads"] })
    n1.ask("w", plain("SET k v"))
    const { node, machine } = n1
    const reads = {
      "GET k": bulk("v"),
      "get k": bulk("v"),
      "EXISTS k": integer(1),
      "ECHO hi": bulk("hi"),
      "GET x": none,
    }
    for (const [line, reply] of Object.entries(reads)) {
      n1.ask(line, plain(line))
      same(n1.answers(line), [reply], `SET k v, then ${line}, to a server alone`)
    }
    n1.ask("keys", plain("KEYS *"))
    same(n1.answer("keys")?.type, "array", "KEYS *: what kind of answer")
    n1.ask("wrong", plain("GET"))
    same(n1.answer("wrong")?.type, "error", "GET without a key: what kind of answer")
    same(n1.node.log, node.log, "seven reads: the log")
    same(JSON.stringify(n1.machine), JSON.stringify(machine), "seven reads: the machine, with its counts")
  })

  check(
    "11h.17",
    [53],
    "everything else gets into the log: also reads in a session, and what nobody knows",
    () => {
      for (const request of [
        once("1", 1, "GET k"),
        plain("SET k v"),
        plain("DEL k"),
        plain("NOPE"),
        plain("INCR n"),
        open,
      ]) {
        const n1 = alone({ chapters: ["reads"] })
        n1.ask("open", open)
        const end = n1.node.log.entries.length
        n1.ask("a", request)
        same(
          n1.node.log.entries.slice(end).map(({ command }) => command),
          [request],
          `${show(request)}: what is new in the log`,
        )
        same(n1.answers("a").length, 1, `${show(request)}: how many answers`)
      }
    },
  )

  check("11h.18", [53], "a read is answered when Raft says readable, from the machine as it is then", () => {
    const n1 = leader3({ chapters: ["reads"] })
    n1.handle(asks("w", plain("SET k v")), asks("r", plain("GET k")))
    const round = n1.lastSent("Confirm")?.round ?? 0
    const end = n1.node.log.entries.length
    n1.handle({ type: "ConfirmResponse", from: "n2", to: "n1", term: 1, round })
    same(n1.replies, [], "n2 still follows; nothing is committed: who was told")
    n1.handle(accepted("n2", "n1", 1, end))
    same(n1.answers("w"), [ok], "n2 has all: what SET was told")
    same(n1.answers("r"), [bulk("v")], "applied and readable in one step: what GET was told")
    n1.ask("late", plain("GET k"))
    n1.handle({ type: "heartbeatTimeout" })
    same(n1.answers("late"), [], "another GET, and nobody answers the leader any more: what it was told")
  })

  check("11h.19", [53], "each read gets the answer to its own question", () => {
    const n1 = leader3({ chapters: ["reads"] })
    n1.handle(asks("w", plain("SET k v")), asks("1", plain("GET k")), asks("2", plain("GET x")))
    n1.handle(asks("3", plain("ECHO c")))
    const end = n1.node.log.entries.length
    followed(n1, end)
    const all = [["1"], ["2"], ["3"]].map(([client = ""]) => n1.answers(client))
    same(all, [[bulk("v")], [none], [bulk("c")]], "GET k, GET x, ECHO c, by three clients")
    same(n1.replies.length, 4, "how many replies there were")
  })

  check("11h.20", [53], "a leader that leads no more answers its reads like refused requests", () => {
    const n1 = leader3({ chapters: ["reads"] })
    n1.handle(asks("a", plain("GET k")), asks("b", plain("GET k")))
    n1.handle(fromLeader(2, [], 0))
    for (const client of ["a", "b"]) {
      const [reply, ...more] = n1.answers(client)
      const isRefused = (isError(reply, "MOVED") || isError(reply, "CLUSTERDOWN")) && more.length === 0
      holds(
        isRefused,
        `two reads wait; n2 leads term 2; ${client}`,
        "MOVED or CLUSTERDOWN, once",
        show([reply, ...more]),
      )
    }
  })

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
    for (let more = random.below(4); more > 0; more--)
      inputs.push(something(random, `${String(i)}.${String(more)}`))
    const before = batched.sent.length
    batched.handle(...inputs)
    for (const input of inputs) single.handle(input)
    mail = [...mail, ...batched.sent.slice(before)]
    const told = `${String(i)} batches so far; the last one, at ${id}: ${inputs.map(({ type }) => type).join(", ")}`
    same(batched.saved, single.saved, `${told}\nwhat it has saved, and its twin that got them one by one`)
    same(batched.machine, single.machine, `${told}\nthe machine, and its twin's`)
    same(batched.replies, single.replies, `${told}\nwho was told, and by its twin`)
    same(batched.sent.slice(before), single.sent.slice(before), `${told}\nwhat is sent, and by its twin`)
  }
}

function something(random: Random, client: string): FullInput<string> {
  if (random.chance(0.15)) return { type: "electionTimeout" }
  if (random.chance(0.25)) return { type: "minimumElectionTimeout" }
  if (random.chance(0.25)) return { type: "heartbeatTimeout" }
  return asks(client, random.pick([plain("INCR n"), plain("GET n"), open]))
}
