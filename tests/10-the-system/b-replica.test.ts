import { check, forSeeds, group, holds, same, show } from "#suite"
import type { Cluster, Message, RaftNode, ServerId } from "../../projects/03-planning/contract.ts"
import type { Input, Output, Replica, Request, RespValue } from "../../projects/10-the-system/contract.ts"
import { appendEntries, candidate, leader, server, servers } from "../cluster/build.ts"
import { Random } from "../cluster/random.ts"
import { bulk, integer, isError, Machine, ok, once, open, plain, project } from "./project.ts"

const cluster: Cluster = Object.fromEntries(
  servers(3).map((id, i) => [
    id,
    {
      raft: { host: "10.0.0.1", port: 7001 + i },
      client: { host: `10.0.0.${String(i + 1)}`, port: 8001 + i },
    },
  ]),
)

/** A server under test; remembers what came out, and whom it has told. */
class Server {
  #replica: Replica<string>
  readonly replies: { readonly client: string; readonly reply: RespValue }[] = []

  constructor(node: RaftNode) {
    this.#replica = project.startReplica<string>(node)
  }

  get node(): RaftNode {
    return this.#replica.node
  }

  get machine(): Machine["state"] {
    return this.#replica.service.machine
  }

  handle(input: Input<string>): readonly Output<string>[] {
    const { replica, outputs } = project.handle(cluster, this.#replica, input)
    this.#replica = replica
    for (const output of outputs) if (output.type === "reply") this.replies.push(output)
    return outputs
  }

  ask(client: string, request: Request): readonly Output<string>[] {
    return this.handle({ type: "request", client, request })
  }

  /** What this client has been told, if anything. */
  told(client: string): RespValue | undefined {
    return this.replies.find((each) => each.client === client)?.reply
  }
}

/** A follower's answer: it has everything up to there. */
function has(from: ServerId, matchIndex: number, term = 1): Message {
  return { type: "AppendEntriesResponse", from, to: "n1", term, success: true, matchIndex }
}

/** What a server may be given, beside messages. */
function something(random: Random, client: string): Input<string> {
  if (random.chance(0.15)) return { type: "electionTimeout" }
  if (random.chance(0.4)) return { type: "heartbeatTimeout" }
  return { type: "request", client, request: plain("INCR n") }
}

const told = (server: Server) => server.replies.map(({ client, reply }) => `${client}: ${show(reply)}`)

group("10b", "The replica", () => {
  check("10b.1", [11], "it starts with the node it is given, nothing applied, and nobody waits", () => {
    const node = server("n2", { currentTerm: 4, votedFor: "n1" })
    const replica = project.startReplica(node)
    same(replica.node, node, "startReplica: the node")
    same(replica.service, { machine: project.machine.initial, waiting: [] }, "startReplica: the service")
  })

  check("10b.2", [12], "a leader puts the request into its log, and tells nobody anything yet", () => {
    const n1 = new Server(leader("n1"))
    n1.ask("a", plain("SET k v"))
    same(
      n1.node.log.entries.map(({ command }) => command),
      [plain("SET k v")],
      "SET k v at a leader: the commands in its log",
    )
    n1.ask("b", once("1", 1, "INCR n"))
    same(
      n1.node.log.entries.at(-1)?.command,
      once("1", 1, "INCR n"),
      "a request in a session: the last command in the log",
    )
    same(told(n1), [], "no follower has either entry: who was told")
  })

  check("10b.3", [13], "it is answered once its entry is applied, with what the machine says", () => {
    const n1 = new Server(leader("n1"))
    n1.ask("a", plain("SET k v"))
    n1.ask("b", plain("GET k"))
    n1.ask("c", open)
    same(told(n1), [], "three requests, nothing committed: who was told")
    n1.handle(has("n2", 1))
    same(n1.replies, [{ client: "a", reply: ok }], "n2 has the first: who was told")
    n1.handle(has("n3", 3))
    const all = [
      { client: "a", reply: ok },
      { client: "b", reply: bulk("v") },
      { client: "c", reply: bulk("1") },
    ]
    same(n1.replies, all, "n3 has all three: who was told")
    n1.handle(has("n2", 3))
    n1.handle({ type: "heartbeatTimeout" })
    same(n1.replies, all, "n2 has all three, too: nobody is told twice")
  })

  check("10b.4", [13], "a server alone commits, and answers, at once", () => {
    const alone = new Server(leader("n1", { voters: ["n1"], nextIndex: {}, matchIndex: {} }))
    const outputs = alone.ask("a", plain("INCR n"))
    same(alone.replies, [{ client: "a", reply: integer(1) }], "a cluster of one: who was told")
    const types = outputs.map(({ type }) => type)
    same(types, ["save", "reply"], "a cluster of one: what comes out, in order")
  })

  check("10b.5", [13], "a read is a request like any other: a leader of the past answers none", () => {
    const n1 = new Server(leader("n1"))
    n1.ask("a", plain("SET k old"))
    n1.handle(has("n2", 1))
    same(n1.told("a"), ok, "SET k old, committed")
    n1.ask("b", plain("GET k"))
    n1.handle({ type: "heartbeatTimeout" })
    same(n1.told("b"), undefined, "GET k, and nobody answers the leader any more: what its client was told")
  })

  check("10b.6", [14], "who does not lead says who does, and where clients reach it", () => {
    const follower = new Server(server("n2", { currentTerm: 3, leader: "n3" }))
    for (const request of [plain("GET k"), plain("SET k v"), open, once("1", 1, "INCR n")]) {
      follower.ask("a", request)
      same(
        follower.replies.at(-1),
        { client: "a", reply: { type: "error", value: "MOVED 0 10.0.0.3:8003" } },
        `n2 follows n3; ${show(request)}`,
      )
    }
    same(follower.node.log.entries, [], "the follower's log afterwards")
  })

  check("10b.7", [14], "an IPv6 address stands in brackets", () => {
    const away = { raft: { host: "::1", port: 1 }, client: { host: "2001:db8::7", port: 99 } }
    const replica = project.startReplica<string>(server("n2", { currentTerm: 3, leader: "n3" }))
    const { outputs } = project.handle({ ...cluster, n3: away }, replica, {
      type: "request",
      client: "a",
      request: plain("GET k"),
    })
    same(
      outputs,
      [{ type: "reply", client: "a", reply: { type: "error", value: "MOVED 0 [2001:db8::7]:99" } }],
      "n3 is at 2001:db8::7, port 99",
    )
  })

  check("10b.8", [15], "nobody leads: CLUSTERDOWN, with a reason", () => {
    const lost: readonly RaftNode[] = [server("n2", { currentTerm: 3 }), candidate("n2", { currentTerm: 4 })]
    for (const node of lost) {
      const n2 = new Server(node)
      n2.ask("a", plain("GET k"))
      const reply = n2.told("a")
      const scenario = `n2 is a ${node.role} and knows no leader; GET k`
      holds(isError(reply, "CLUSTERDOWN"), scenario, "CLUSTERDOWN and why", show(reply))
      holds(
        reply?.type === "error" && reply.value.length > "CLUSTERDOWN ".length,
        scenario,
        "a reason",
        show(reply),
      )
    }
  })

  check("10b.9", [16], "another leader's entry took its place: TRYAGAIN", () => {
    const n1 = new Server(leader("n1"))
    n1.ask("a", plain("SET k mine"))
    const n3 = leader("n3", {
      currentTerm: 2,
      log: {
        base: { index: 0, term: 0 },
        entries: [
          { term: 2, command: { ...plain("SET k theirs"), command: { name: "SET", args: ["k", "theirs"] } } },
        ],
      },
      commitIndex: 1,
    })
    n1.handle(appendEntries(n3, "n1", 0))
    holds(
      isError(n1.told("a"), "TRYAGAIN"),
      "n1 has an entry; n3, leader of term 2, overwrites and commits",
      "TRYAGAIN and why",
      show(n1.told("a")),
    )
    same(n1.replies.length, 1, "how many were told")
  })

  check(
    "10b.10",
    [13, 16],
    "it leads no more, and its entry is committed by another: it is answered all the same",
    () => {
      const n1 = new Server(leader("n1"))
      n1.ask("a", plain("INCR n"))
      const n2 = leader("n2", { currentTerm: 2, log: n1.node.log, commitIndex: 0 })
      n1.handle(appendEntries(n2, "n1", 1))
      same(
        n1.told("a"),
        undefined,
        "n2 leads term 2 and has the entry, too; nothing is committed: what the client was told",
      )
      n1.handle(appendEntries({ ...n2, commitIndex: 1 }, "n1", 1))
      same(n1.told("a"), integer(1), "n2 commits it: what the client was told")
    },
  )

  check("10b.11", [17], "who gives up is told that nobody knows, and nothing else later", () => {
    const n1 = new Server(leader("n1"))
    n1.ask("a", plain("INCR n"))
    n1.ask("b", plain("INCR n"))
    n1.handle({ type: "giveUp", client: "a" })
    holds(isError(n1.told("a"), "UNKNOWN"), "a and b wait; a gives up", "UNKNOWN and why", show(n1.told("a")))
    n1.handle(has("n2", 2))
    same(n1.told("b"), integer(2), "both entries are committed: what b was told (a's was done as well)")
    same(n1.replies.length, 2, "how many replies there were")
    same(n1.handle({ type: "giveUp", client: "b" }), [], "b gives up after it was answered: what comes out")
  })

  check("10b.12", [18], "followers apply the same, and answer nobody", () => {
    const n1 = new Server(leader("n1"))
    const n2 = new Server(server("n2", { currentTerm: 1, leader: "n1" }))
    for (const [i, request] of [
      open,
      once("1", 1, "INCR n"),
      once("1", 1, "INCR n"),
      plain("SET k v"),
    ].entries())
      n1.ask(String(i), request)
    n1.handle(has("n3", 4))
    n2.handle(appendEntries(n1.node, "n2", 0))
    same(n2.machine, n1.machine, "open, INCR in a session twice, SET; committed, and sent to n2: its machine")
    same(n2.machine.applied, 4, "how many n2 has applied")
    same(told(n2), [], "whom n2 has told")
  })

  check("10b.13", [19], "a vote, a term, an entry: saved before anything else", () => {
    const saves = (node: RaftNode, input: Input<string>, what: string, expected: boolean) => {
      const n = new Server(node)
      const outputs = n.handle(input)
      const types = outputs.map(({ type }) => type)
      same(
        types.filter((type) => type === "save").length,
        expected ? 1 : 0,
        `${what}: how often it is saved\nwhat comes out: ${types.join(", ")}`,
      )
      if (!expected) return
      same(types[0], "save", `${what}: what comes first\nwhat comes out: ${types.join(", ")}`)
      same(outputs[0], { before: node, after: n.node }, `${what}: what is saved`)
    }
    const ballot = { type: "RequestVote", from: "n2", to: "n1", lastLogIndex: 0, lastLogTerm: 0 } as const
    saves(server("n1"), { type: "electionTimeout" }, "an election timeout", true)
    saves(server("n1", { currentTerm: 1 }), { ...ballot, term: 1 }, "a vote in the same term", true)
    saves(
      server("n1", { currentTerm: 1, votedFor: "n3" }),
      { ...ballot, term: 1 },
      "no vote: n3 has it",
      false,
    )
    saves(
      server("n1", { currentTerm: 1, votedFor: "n2" }),
      { ...ballot, term: 1 },
      "the same vote again",
      false,
    )
    saves(leader("n1"), has("n2", 0, 5), "a newer term", true)
    saves(
      leader("n1"),
      { type: "request", client: "a", request: plain("INCR n") },
      "a request at the leader",
      true,
    )
    saves(leader("n1"), { type: "heartbeatTimeout" }, "a leader's heartbeat", false)
    const far = leader("n3", { log: { base: { index: 0, term: 0 }, entries: [{ term: 1, command: "x" }] } })
    saves(server("n1", { currentTerm: 1 }), appendEntries(far, "n1", 0), "an entry from the leader", true)
    saves(
      server("n1", { currentTerm: 1, log: far.log }),
      appendEntries(far, "n1", 1),
      "a leader's heartbeat at a follower",
      false,
    )
  })

  check("10b.14", [20], "all that Raft wants to send is sent, and the timer restarted", () => {
    const n1 = new Server(server("n1"))
    const outputs = n1.handle({ type: "electionTimeout" })
    const asked = outputs.flatMap((output) =>
      output.type === "send" ? [`${output.message.type} to ${output.message.to}`] : [],
    )
    same(asked.toSorted(), ["RequestVote to n2", "RequestVote to n3"], "an election timeout: what is sent")
    const voter = new Server(server("n2"))
    const vote = voter.handle({
      type: "RequestVote",
      from: "n1",
      to: "n2",
      term: 1,
      lastLogIndex: 0,
      lastLogTerm: 0,
    })
    same(
      vote.map(({ type }) => type).toSorted(),
      ["resetElectionTimer", "save", "send"],
      "a vote is granted: what comes out",
    )
    const lead = new Server(leader("n1"))
    const sent = lead.ask("a", plain("INCR n")).filter(({ type }) => type === "send")
    same(sent.length > 0, true, "a request at a leader: whether it is sent to followers at once")
  })

  check(
    "10b.15",
    [11, 13, 18],
    "random clusters: every client is told at most once, and all machines agree",
    () => {
      forSeeds(1, 60, (seed) => {
        const random = new Random(seed)
        const all = servers(3).map((id) => new Server(server(id)))
        const named = new Map(servers(3).map((id, i) => [id, all[i]]))
        let mail: Message[] = []
        const asked = new Map<string, Server>()
        for (let i = 0; i < 300; i++) {
          const some = random.pick(all)
          const letter = random.chance(0.8) && mail.length > 0 ? random.pick(mail) : undefined
          if (letter) mail = mail.filter((each) => each !== letter)
          const input = letter ?? something(random, String(i))
          const at = letter ? named.get(letter.to) : some
          if (!at) continue
          if (input.type === "request") asked.set(input.client, at)
          if (letter && random.chance(0.1)) continue
          mail.push(...at.handle(input).flatMap((output) => (output.type === "send" ? [output.message] : [])))
        }
        for (const each of all) {
          const clients = each.replies.map(({ client }) => client)
          same(
            [...new Set(clients)],
            clients,
            `seed ${String(seed)}, ${each.node.id}: who was told, each once`,
          )
          for (const client of clients)
            same(
              asked.get(client) === each,
              true,
              `seed ${String(seed)}: ${client} is told by the server that it asked`,
            )
          const oracle = new Machine()
          const applied = each.node.log.entries.slice(0, each.node.lastApplied)
          for (const { command } of applied) if (command !== null) oracle.do(command)
          same(
            each.machine,
            oracle.state,
            `seed ${String(seed)}, ${each.node.id}: the machine, and the entries applied in order`,
          )
        }
        const done = all.flatMap(({ replies }) =>
          replies.flatMap(({ reply }) => (reply.type === "integer" ? [reply.value] : [])),
        )
        same([...new Set(done)].length, done.length, `seed ${String(seed)}: no two INCR have the same answer`)
      })
    },
    { slow: 5 },
  )
})
