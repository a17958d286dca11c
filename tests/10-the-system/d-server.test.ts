import { once } from "node:events"
import { createServer } from "node:net"
import { awaiting, check, group, holds, rejects, same, show } from "#suite"
import { calm, folder, layOut, TestCluster, until } from "./clusters.ts"
import { project } from "./project.ts"
import { request } from "./wire.ts"

const slow = { slow: 3 }

group("10d", "The server", () => {
  check(
    "10d.1",
    [26],
    "three servers elect a leader, and a client gets its answers",
    async ({ after }) => {
      const test = await TestCluster.start(after)
      const wire = await test.wire(await test.leader())
      same(await wire.ask("SET", "k", "v"), "+OK\r\n", "SET k v at the leader")
      same(await wire.ask("GET", "k"), "$1\r\nv\r\n", "GET k at the leader")
      same(
        await wire.ask("NOPE"),
        `-ERR unknown command 'NOPE'\r\n`,
        "NOPE at the leader: project 1's answer",
      )
      same(await wire.ask("SESSION", "OPEN"), "$1\r\n1\r\n", "SESSION OPEN at the leader")
      same(await wire.ask("SESSION", "ONCE", "1", "1", "INCR", "n"), ":1\r\n", "INCR n in the session")
      same(await wire.ask("SESSION", "ONCE", "1", "1", "INCR", "n"), ":1\r\n", "the same number again")
      const wrong = await wire.ask("SESSION", "CLOSE")
      holds(wrong.startsWith("-ERR "), "SESSION CLOSE", "-ERR …", show(wrong))
    },
    slow,
  )

  check(
    "10d.2",
    [26],
    "answers come in the order of the commands, however many are sent ahead",
    async ({ after }) => {
      // Each INCR is saved by itself on three disks: on a slow one that takes a while.
      const test = await TestCluster.start(after, 3, { ...calm, patience: 30_000 })
      const wire = await test.wire(await test.leader())
      const many = Array.from({ length: 40 }, (_, i) => i + 1)
      wire.send(many.map((i) => request("INCR", "n") + (i % 10 === 0 ? request("PING") : "")).join(""))
      const expected = many.flatMap((i) =>
        i % 10 === 0 ? [`:${String(i)}\r\n`, "+PONG\r\n"] : [`:${String(i)}\r\n`],
      )
      const got: string[] = []
      for (const _ of expected) got.push(await wire.reply())
      same(got, expected, "40 INCR and a PING after every tenth, in one go: the replies")
    },
    slow,
  )

  check(
    "10d.3",
    [14, 27],
    "a follower sends its clients to the leader, and answers PING",
    async ({ after }) => {
      const test = await TestCluster.start(after)
      const leader = await test.leader()
      const wire = await test.wire(await test.follower())
      const moved = await until("a follower that knows the leader", async () => {
        const reply = await wire.ask("SET", "k", "v")
        return reply.startsWith("-MOVED") ? reply : undefined
      })
      same(moved, `-MOVED 0 127.0.0.1:${String(test.port(leader))}\r\n`, "SET k v at a follower")
      same(await wire.ask("PING"), "+PONG\r\n", "PING at a follower")
      same(await wire.ask("PING", "hello"), "$5\r\nhello\r\n", "PING hello at a follower")
    },
    slow,
  )

  check(
    "10d.4",
    [15, 27],
    "alone, a server knows no leader, and answers PING",
    async ({ after }) => {
      const cluster = await layOut(3)
      const server = await project.startServer({ cluster, id: "n1", data: folder(after), timing: calm })
      after(() => server.close())
      const { Wire } = await import("./wire.ts")
      const wire = await Wire.open(cluster.n1?.client.port ?? 0, after)
      same(await wire.ask("PING"), "+PONG\r\n", "one of three servers runs; PING")
      const down = await wire.ask("SET", "k", "v")
      holds(
        down.startsWith("-CLUSTERDOWN "),
        "one of three servers runs; SET k v",
        "-CLUSTERDOWN …",
        show(down),
      )
    },
    slow,
  )

  check(
    "10d.5",
    [28],
    "the leader ends: the others elect another, and what was written is there",
    async ({ after }) => {
      const test = await TestCluster.start(after)
      const first = await test.leader()
      const wire = await test.wire(first)
      same(await wire.ask("SET", "k", "v"), "+OK\r\n", "SET k v at the leader")
      await test.stop(first)
      const second = await test.leader()
      holds(second !== first, "the leader was closed", "another leader", second)
      const again = await test.wire(second)
      same(await again.ask("GET", "k"), "$1\r\nv\r\n", "GET k at the next leader")
      same(await again.ask("SET", "k", "w"), "+OK\r\n", "SET k w there")
      await test.start(first)
      const { commitIndex } = await status(test, second)
      await until("the first leader, started again, to have applied what was committed", async () => {
        return (await status(test, first)).lastApplied >= commitIndex ? true : undefined
      })
    },
    slow,
  )

  check(
    "10d.6",
    [22, 28],
    "all end and start again: what was answered is there",
    async ({ after }) => {
      const test = await TestCluster.start(after)
      const wire = await test.wire(await test.leader())
      for (let i = 1; i <= 20; i++)
        same(await wire.ask("INCR", "n"), `:${String(i)}\r\n`, `INCR n, number ${String(i)}`)
      const ids = test.ids
      await test.stopAll()
      for (const id of ids) await test.start(id)
      const later = await test.wire(await test.leader())
      same(await later.ask("INCR", "n"), ":21\r\n", "20 INCR; all servers closed and started again; INCR")
    },
    slow,
  )

  check(
    "10d.7",
    [29],
    "the console, over the wire",
    async ({ after }) => {
      const test = await TestCluster.start(after)
      const leader = await test.leader()
      same(await test.console(leader, "leader"), leader, "RAFT leader, at the leader")
      const state = await test.console(leader, "state")
      holds(
        state.includes(leader) && state.includes("leader"),
        "RAFT state, at the leader",
        "its name and its role",
        show(state),
      )
      const wire = await test.wire(leader)
      await wire.ask("SET", "some-key", "v")
      const log = await test.console(leader, "log")
      holds(
        log.includes("some-key"),
        "SET some-key v; RAFT log",
        "a list of entries with that one",
        show(log),
      )
      const { role, lastIndex, commitIndex } = await status(test, leader)
      same(
        [role, lastIndex >= 2, commitIndex >= 2],
        ["leader", true, true],
        "RAFT status: role, whether lastIndex and commitIndex are 2 or more",
      )
      const unknown = await test.console(leader, "dance")
      holds(unknown.includes("dance"), "RAFT dance", "an answer that names what is wrong", show(unknown))
      const own = Object.keys(await commandsOf(test, after)).toSorted()
      const asked = ["leader", "log", "pause", "peers", "ping", "resume", "state", "status", "stepdown"]
      same(
        asked.filter((name) => !own.includes(name)),
        [],
        "`commands` of a server: those that are missing",
      )
    },
    slow,
  )

  check(
    "10d.8",
    [30],
    "a paused leader does nothing; the others elect somebody else; resumed, it follows",
    async ({ after }) => {
      const test = await TestCluster.start(after)
      const first = await test.leader()
      const before = (await status(test, first)).currentTerm
      same(await test.console(first, "pause"), "paused", "RAFT pause, at the leader")
      const waiting = await test.wire(first)
      waiting.send(request("INCR", "n"))
      const second = await until("another leader", async () => {
        for (const id of test.ids.filter((each) => each !== first))
          if ((await status(test, id)).role === "leader") return id
        return undefined
      })
      same((await status(test, first)).role, "leader", "the paused server still believes that it leads")
      const wire = await test.wire(second)
      same(await wire.ask("INCR", "n"), ":1\r\n", "INCR n at the new leader")
      await test.console(first, "resume")
      await until("the resumed server to follow a later term", async () => {
        const { role, currentTerm } = await status(test, first)
        return role !== "leader" && currentTerm > before ? true : undefined
      })
      const late = await waiting.reply()
      holds(
        late.startsWith("-"),
        "INCR n, sent to the paused leader; resumed: the reply",
        "an error: it was not done by that leader, or nobody knows",
        show(late),
      )
    },
    { slow: 4 },
  )

  check(
    "10d.9",
    [30],
    "stepdown: another term, and the service goes on",
    async ({ after }) => {
      const test = await TestCluster.start(after)
      const first = await test.leader()
      const before = (await status(test, first)).currentTerm
      await test.console(first, "stepdown")
      const next = await test.leader()
      holds(
        (await status(test, next)).currentTerm > before,
        "RAFT stepdown, at the leader",
        "a later term",
        "the same",
      )
      const follower = test.ids.find((id) => id !== next) ?? ""
      const told = await test.console(follower, "stepdown")
      holds(told.includes(follower), "RAFT stepdown, at a follower", "that it does not lead", show(told))
    },
    slow,
  )

  check(
    "10d.10",
    [31],
    "without a majority, a client is told UNKNOWN when its patience is over",
    async ({ after }) => {
      const test = await TestCluster.start(after, 3, { ...calm, patience: 150 })
      const leader = await test.leader()
      const wire = await test.wire(leader)
      for (const id of test.ids.filter((each) => each !== leader)) await test.stop(id)
      wire.send(request("SET", "k", "v"))
      const reply = await wire.reply()
      holds(
        reply.startsWith("-UNKNOWN "),
        "a leader alone, patience 150 ms; SET k v",
        "-UNKNOWN …",
        show(reply),
      )
    },
    slow,
  )

  check(
    "10d.11",
    [26],
    "a client that speaks no RESP is told so, and harms nobody",
    async ({ after }) => {
      const test = await TestCluster.start(after)
      const leader = await test.leader()
      const stranger = await test.wire(leader)
      stranger.send("*x\r\n")
      const reply = await stranger.reply()
      holds(reply.startsWith("-ERR"), "a list of x words", "-ERR …", show(reply))
      same(await stranger.reply(), "closed", "a list of x words: then")
      const vanishing = await test.wire(leader)
      vanishing.send(request("INCR", "n").repeat(20))
      vanishing.end()
      const wire = await test.wire(leader)
      same(
        await wire.ask("PING"),
        "+PONG\r\n",
        "a client that vanished after 20 commands; another one's PING",
      )
      same(await wire.ask("SET", "k", "v"), "+OK\r\n", "its SET")
      const long = await wire.ask("SET", "k", "x".repeat(20_000))
      holds(long.startsWith("-ERR "), "SET with a value of 20,000 bytes", "-ERR …", show(long.slice(0, 60)))
      same(await wire.ask("GET", "k"), "$1\r\nv\r\n", "GET k after that")
    },
    slow,
  )

  check(
    "10d.12",
    [32],
    "close ends what waits, frees both ports, and can be called twice",
    async ({ after }) => {
      const test = await TestCluster.start(after)
      const leader = await test.leader()
      const others = test.ids.filter((id) => id !== leader)
      for (const id of others) await test.stop(id)
      const wire = await test.wire(leader)
      wire.send(request("SET", "k", "v"))
      await test.stop(leader)
      let last = await wire.reply()
      if (last !== "closed") last = await wire.reply()
      same(last, "closed", "a client of the closed server")
      for (const id of Object.keys(test.cluster)) await test.start(id)
      same((await test.leader()).startsWith("n"), true, "all start again at the same ports")
      const server = await project.startServer({
        cluster: await layOut(1),
        id: "n1",
        data: folder(after),
        timing: calm,
      })
      await Promise.all([server.close(), server.close()])
      await server.close()
      same(await awaiting("`ended`", server.ended), null, "a server was closed: `ended`")
    },
    { slow: 4 },
  )

  check(
    "10d.13",
    [32],
    "whoever cannot start says why, and leaves nothing behind",
    async ({ after }) => {
      const cluster = await layOut(1)
      const options = { cluster, id: "n1", data: folder(after), timing: calm }
      await rejects(
        project.startServer({ ...options, id: "n7" }),
        "Error",
        ["n7"],
        "startServer with an id that is not in the cluster",
      )
      const squatter = createServer()
      after(() => squatter.close())
      squatter.listen(cluster.n1?.client.port, "127.0.0.1")
      await once(squatter, "listening")
      const port = String(cluster.n1?.client.port)
      await rejects(
        project.startServer(options),
        "Error",
        [port],
        "startServer; somebody else has its port for clients",
      )
      await new Promise((resolve) => squatter.close(resolve))
      const server = await project.startServer(options)
      after(() => server.close())
    },
    slow,
  )
})

interface Status {
  readonly role: string
  readonly currentTerm: number
  readonly lastIndex: number
  readonly commitIndex: number
  readonly lastApplied: number
}

async function status(test: TestCluster, id: string): Promise<Status> {
  return JSON.parse(await test.console(id, "status")) as Status
}

async function commandsOf(test: TestCluster, after: Parameters<typeof folder>[0]): Promise<object> {
  const server = await project.startServer({
    cluster: await layOut(1),
    id: "n1",
    data: folder(after),
    timing: test.timing,
  })
  after(() => server.close())
  return server.commands
}
