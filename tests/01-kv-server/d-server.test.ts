import { once } from "node:events"
import { createConnection } from "node:net"
import { awaiting, check, group, holds, rejects, same, show, turn, type After } from "#suite"
import { project } from "./project.ts"
import { request, startServer, Wire } from "./wire.ts"

const pong = "+PONG\r\n"

/** Whether the server at `port` still serves. */
async function serves(port: number, after: After, scenario: string): Promise<void> {
  const wire = await Wire.open(port, after)
  wire.ask("PING")
  same(await wire.reply(), pong, `${scenario}; then another client sends PING`)
}

group("1d", "The server", () => {
  check("1d.1", [28], "a request gets its reply", async ({ after }) => {
    const wire = await Wire.open((await startServer(after)).port, after)
    wire.ask("PING")
    same(await wire.reply(), pong, "PING over TCP")
    wire.ask("SET", "k", "v")
    same(await wire.reply(), "+OK\r\n", "SET k v over TCP")
    wire.ask("GET", "k")
    same(await wire.reply(), "$1\r\nv\r\n", "GET k over TCP")
  })

  check("1d.2", [28], "pipelining: many requests at once, replies in their order", async ({ after }) => {
    const wire = await Wire.open((await startServer(after)).port, after)
    const words = Array.from({ length: 200 }, (_, i) =>
      i % 3 === 0 ? `${"x".repeat(5000)}${String(i)}` : String(i),
    )
    wire.send(words.map((word) => request("ECHO", word)).join(""))
    const replies = await wire.replies(words.length)
    for (const [i, word] of words.entries()) {
      const expected = `$${String(word.length)}\r\n${word}\r\n`
      same(replies[i], expected, `200 ECHO requests, long and short, in one go: reply ${String(i)}`)
    }
  })

  check("1d.3", [28], "pipelining: errors and slow commands keep their place, too", async ({ after }) => {
    const wire = await Wire.open((await startServer(after)).port, after)
    const lines = [["INCR", "n"], ["NOPE"], ["INCR", "n"], ["KEYS", "*"], ["GET"], ["INCR", "n"]]
    wire.send(lines.map((words) => request(...words)).join(""))
    const replies = await wire.replies(lines.length)
    same(
      replies.map((reply) => (reply.startsWith("-ERR") ? "error" : reply)),
      [":1\r\n", "error", ":2\r\n", "*1\r\n$1\r\nn\r\n", "error", ":3\r\n"],
      "INCR n, NOPE, INCR n, KEYS *, GET, INCR n in one go",
    )
  })

  check("1d.4", [28], "a request in many small pieces is one request", async ({ after }) => {
    const wire = await Wire.open((await startServer(after)).port, after)
    for (const byte of request("ECHO", "hello")) {
      wire.send(byte)
      await turn()
    }
    same(await wire.reply(), "$5\r\nhello\r\n", "ECHO hello, one byte at a time")
  })

  check("1d.5", [29], "clients share the state, but not their half-sent requests", async ({ after }) => {
    const { port } = await startServer(after)
    const [one, two] = [await Wire.open(port, after), await Wire.open(port, after)]
    one.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n")
    await turn()
    two.ask("SET", "k", "two")
    same(await two.reply(), "+OK\r\n", "client 1 sends half of SET k one; client 2 sends SET k two")
    one.send("$3\r\none\r\n")
    same(await one.reply(), "+OK\r\n", "client 1 sends the other half")
    two.ask("GET", "k")
    same(await two.reply(), "$3\r\none\r\n", "client 2 sends GET k")
  })

  check("1d.6", [29], "two servers share nothing", async ({ after }) => {
    const [a, b] = [await startServer(after), await startServer(after)]
    const [one, two] = [await Wire.open(a.port, after), await Wire.open(b.port, after)]
    one.ask("SET", "k", "v")
    await one.reply()
    two.ask("GET", "k")
    same(await two.reply(), "$-1\r\n", "SET k v on one server, GET k on another")
  })

  check("1d.7", [30], "garbage gets an error reply and the end of the connection", async ({ after }) => {
    const { port } = await startServer(after)
    const wire = await Wire.open(port, after)
    wire.send(
      request("PING") + request("INCR", "n") + "$oops\r\n" + request("INCR", "n") + "x".repeat(200_000),
    )
    same(
      await wire.replies(2),
      [pong, ":1\r\n"],
      "PING, INCR n, garbage, INCR n: the replies to what came before it",
    )
    const error = await wire.reply()
    holds(
      error.startsWith("-ERR Protocol error"),
      "PING, INCR n, garbage, INCR n",
      "an error reply that begins with “ERR Protocol error”",
      show(error),
    )
    same(await wire.untilEnd(), "", "what comes after the error reply")
    const other = await Wire.open(port, after)
    other.ask("GET", "n")
    same(await other.reply(), "$1\r\n1\r\n", "the request behind the garbage was not carried out: GET n")
  })

  check(
    "1d.8",
    [30],
    "a message that is no command gets an error; an empty one gets nothing",
    async ({ after }) => {
      const wire = await Wire.open((await startServer(after)).port, after)
      wire.send("$-1\r\n:5\r\n*1\r\n:5\r\n*2\r\n$4\r\nPING\r\n*0\r\n*0\r\n\r\nPING\r\n")
      const replies = await wire.replies(5)
      const kinds = replies.map((reply) => (reply.startsWith("-ERR") ? "error" : reply))
      same(
        kinds,
        ["error", "error", "error", "error", pong],
        "a null, an integer, an array of an integer, a nested array, an empty array, PING",
      )
    },
  )

  check("1d.9", [31], "a client that vanishes in the middle of a request harms nobody", async ({ after }) => {
    const { port } = await startServer(after)
    for (let i = 0; i < 20; i++) {
      const wire = await Wire.open(port, after)
      wire.send("*2\r\n$3\r\nGE")
      await turn()
      wire.socket.resetAndDestroy()
    }
    await serves(port, after, "20 clients send half a request and reset their connection")
  })

  check(
    "1d.10",
    [31],
    "a client that vanishes before it reads its replies harms nobody",
    async ({ after }) => {
      const { port } = await startServer(after)
      for (let i = 0; i < 10; i++) {
        const wire = await Wire.open(port, after)
        wire.send(request("ECHO", "x".repeat(20_000)).repeat(50))
        await turn()
        wire.socket.resetAndDestroy()
      }
      await serves(port, after, "10 clients send 50 requests each and reset their connection")
    },
  )

  check("1d.11", [28, 31], "a client that says no more still gets its replies", async ({ after }) => {
    const wire = await Wire.open((await startServer(after)).port, after)
    wire.socket.end(Buffer.from(request("PING") + request("ECHO", "bye")))
    same(
      await wire.replies(2),
      [pong, "$3\r\nbye\r\n"],
      "PING and ECHO bye, then the client's half is closed",
    )
    same(await wire.untilEnd(), "", "and then the connection ends")
  })

  check(
    "1d.12",
    [32],
    "a client that never reads is not read from, either; the others go on",
    async ({ after }) => {
      const { port } = await startServer(after)
      const greedy = createConnection({ port, host: "127.0.0.1" })
      after(() => greedy.destroy())
      await once(greedy, "connect")
      greedy.pause()
      const other = await Wire.open(port, after)
      const chunk = Buffer.from(request("ECHO", "x".repeat(65_536)))
      const limit = 96 * 1024 * 1024
      let sent = 0
      while (sent < limit) {
        sent += chunk.length
        if (!greedy.write(chunk) && (await stalls(greedy, other))) break
      }
      holds(
        sent < limit,
        "a client sends ECHO requests of 64 KiB and reads no reply, while another one plays PING",
        "the server to stop reading from it after a while (only buffers fill up)",
        `the server took all of ${String(limit / 1024 / 1024)} MiB, and holds the replies in memory`,
      )
      const wanted = Math.floor(sent / chunk.length)
      let received = 0
      const reply = `$65536\r\n${"x".repeat(65_536)}\r\n`.length
      greedy.on("data", (data: Buffer) => (received += data.length)).resume()
      const all = (async () => {
        while (received < wanted * reply) await once(greedy, "data")
      })()
      await awaiting("the replies, once the client reads again", all)
      same(received, wanted * reply, `the client reads at last: bytes of ${String(wanted)} replies`)
    },
  )

  check(
    "1d.17",
    [32],
    "many small requests for a large value are not answered all at once to a client that reads nothing",
    async ({ after }) => {
      const { port } = await startServer(after)
      const other = await Wire.open(port, after)
      other.ask("SET", "big", "x".repeat(32_768))
      await other.reply()
      const before = process.memoryUsage().arrayBuffers
      const silent = createConnection({ port, host: "127.0.0.1" })
      after(() => silent.destroy())
      await once(silent, "connect")
      silent.pause()
      silent.write(request("GET", "big").repeat(4000))
      let held = 0
      for (let i = 0; i < 300; i++) {
        other.ask("PING")
        same(await other.reply(), pong, "a second client's PING meanwhile")
        held = Math.max(held, process.memoryUsage().arrayBuffers - before)
      }
      const mib = Math.round(held / 1024 / 1024)
      holds(
        mib < 64,
        "a client sends 4000 times GET of a value of 32 KiB in 100 KB of requests, and reads nothing",
        "replies to be made as they can be sent (a few MiB at a time)",
        `${String(mib)} MiB of replies in memory`,
      )
    },
  )

  check(
    "1d.13",
    [33],
    "close ends everything: connections, also stuck ones, and the port is free",
    async ({ after }) => {
      const server = await startServer(after)
      const { port } = server
      const idle = await Wire.open(port, after)
      idle.ask("PING")
      await idle.reply()
      const stuck = await Wire.open(port, after)
      stuck.socket.pause()
      stuck.send(request("ECHO", "x".repeat(60_000)).repeat(200))
      await turn()
      await awaiting(
        "`server.close` to resolve, with an idle client and one that never reads",
        server.close(),
      )
      same(await idle.untilEnd(), "", "the idle client's connection after close")
      const refused = once(createConnection({ port, host: "127.0.0.1" }), "connect")
      await rejects(refused, undefined, [], "a new connection after close")
      const again = await project.startServer({ port })
      after(() => again.close())
      same(again.port, port, "a new server on the same port, right after close")
      await serves(port, after, "a new server on the same port")
    },
  )

  check(
    "1d.14",
    [33],
    "a port that is taken is an error, not a crash; closing twice is fine",
    async ({ after }) => {
      const server = await startServer(after)
      await rejects(
        project.startServer({ port: server.port }),
        undefined,
        [],
        "a second server on the same port",
      )
      await serves(server.port, after, "a second server on the same port was refused")
      await server.close()
      await awaiting("the second `server.close` to resolve", server.close())
    },
  )

  check("1d.15", [34], "binary-safe from end to end", async ({ after }) => {
    const wire = await Wire.open((await startServer(after)).port, after)
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i))
    wire.ask("SET", all, all)
    same(await wire.reply(), "+OK\r\n", "SET with key and value of all 256 bytes")
    wire.ask("GET", all)
    same(await wire.reply(), `$256\r\n${all}\r\n`, "GET of a key of all 256 bytes")
  })

  check("1d.16", [34], "a Redis client from npm is content with it", async ({ after }) => {
    const { port } = await startServer(after)
    const { createClient } = await import("@redis/client") // here, since loading it takes longer than the other checks
    const client = createClient({
      socket: { port, host: "127.0.0.1", reconnectStrategy: false },
      RESP: 2,
      disableClientInfo: true,
    })
    client.on("error", () => undefined)
    after(() => {
      client.destroy()
    })
    await awaiting("the npm package @redis/client to connect", client.connect())
    same(await client.set("greeting", "grüß dich €"), "OK", "client.set")
    same(await client.get("greeting"), "grüß dich €", "client.get of a text with umlauts")
    const counts = await Promise.all(Array.from({ length: 100 }, () => client.incr("n")))
    same(
      counts,
      Array.from({ length: 100 }, (_, i) => i + 1),
      "100 times client.incr at once",
    )
    same(
      [await client.get("none"), await client.del(["n", "x"]), await client.keys("*")],
      [null, 1, ["greeting"]],
      "get, del, keys",
    )
    await rejects(client.sendCommand(["NOPE"]), undefined, ["unknown command"], "an unknown command")
  })

  check("1d.18", [33], "nobody else can reach it: it listens on 127.0.0.1 only", async ({ after }) => {
    const { port } = await startServer(after)
    const elsewhere = once(createConnection({ port, host: "127.0.0.2", timeout: 1000 }), "connect")
    await rejects(elsewhere, undefined, [], "a connection to 127.0.0.2, another address of this machine")
  })
})

/** Waits until `greedy` may write on (false), or until another client had 200 quick answers meanwhile (true). */
async function stalls(greedy: ReturnType<typeof createConnection>, other: Wire): Promise<boolean> {
  const greedyMay = { go: false }
  const onDrain = () => (greedyMay.go = true)
  greedy.once("drain", onDrain)
  for (let i = 0; i < 200 && !greedyMay.go; i++) {
    other.ask("PING")
    same(await other.reply(), pong, "a second client's PING, while the first one is stuck")
  }
  greedy.off("drain", onDrain)
  return !greedyMay.go
}
