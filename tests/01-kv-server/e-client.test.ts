import { awaiting, check, group, rejects, same, turn, turns } from "#suite"
import { bulk, integer, nothing, project, simple } from "./project.ts"
import { connect, fakeServer, request, startServer } from "./wire.ts"

const ok = simple("OK")

group("1e", "The client", () => {
  check("1e.1", [35], "a command resolves to its reply", async ({ after }) => {
    const server = await fakeServer(after, (socket) => socket.write("+PONG\r\n"))
    const client = await connect(server.port, after)
    same(await client.command("PING"), simple("PONG"), "command PING, against a server of the suite's")
    same(server.heard(), request("PING"), "what the server heard")
  })

  check(
    "1e.2",
    [35],
    "with your own server: every kind of reply, and an error is a reply",
    async ({ after }) => {
      const client = await connect((await startServer(after)).port, after)
      same(await client.command("SET", "k", "a\r\nb\u00ff"), ok, "SET k")
      same(await client.command("GET", "k"), bulk("a\r\nb\u00ff"), "GET k")
      same(await client.command("GET", "none"), nothing, "GET none")
      same(await client.command("INCR", "n"), integer(1), "INCR n")
      const error = await client.command("NOPE")
      same(error.type, "error", "the type of the reply to NOPE")
    },
  )

  check("1e.3", [36], "commands do not wait for one another; each gets its own reply", async ({ after }) => {
    const expected = Array.from({ length: 50 }, (_, i) => request("GET", String(i))).join("")
    const server = await fakeServer(after, (socket) => {
      if (server.heard() !== expected) return
      for (let i = 0; i < 50; i++) socket.write(`$${String(String(i).length)}\r\n${String(i)}\r\n`)
    })
    const client = await connect(server.port, after)
    const replies = await awaiting(
      "50 replies from a server that answers only when it has heard all 50 commands",
      Promise.all(Array.from({ length: 50 }, (_, i) => client.command("GET", String(i)))),
    )
    same(
      replies,
      Array.from({ length: 50 }, (_, i) => bulk(String(i))),
      "GET 0 to GET 49, without waiting in between",
    )
  })

  check("1e.4", [36], "replies that arrive cut in pieces still find their commands", async ({ after }) => {
    const server = await fakeServer(after, (socket) => {
      if (!server.heard().endsWith(request("B"))) return
      socket.write("$3\r\nfi")
      setImmediate(() => socket.write("r\r\n$3\r\nsec\r\n"))
    })
    const client = await connect(server.port, after)
    const replies = await Promise.all([client.command("A"), client.command("B")])
    same(replies, [bulk("fir"), bulk("sec")], "A and B; the answers come cut in the middle")
  })

  check("1e.5", [37], "when the connection is lost, commands that wait are told so", async ({ after }) => {
    const server = await fakeServer(after, (socket) => {
      if (server.heard().endsWith(request("C"))) socket.destroy()
    })
    const client = await connect(server.port, after)
    const scenario = "A, B and C sent; the server hangs up without an answer"
    const waiting = ["A", "B", "C"].map((name) =>
      rejects(client.command(name), "ConnectionLost", [], scenario),
    )
    await Promise.all(waiting)
  })

  check("1e.6", [37], "a command is never sent twice", async ({ after }) => {
    let answers = false
    const server = await fakeServer(after, (socket) => {
      if (answers) socket.write("+OK\r\n")
      else socket.destroy()
    })
    const client = await connect(server.port, after)
    const scenario = "INCR n; the server hangs up without an answer"
    await rejects(client.command("INCR", "n"), "ConnectionLost", [], scenario)
    answers = true
    same(await client.command("PING"), ok, `${scenario}; then PING`)
    same(
      server.heard(),
      request("INCR", "n") + request("PING"),
      `${scenario}; then PING: all the server heard`,
    )
  })

  check("1e.7", [38], "the next command connects again, once for all that wait", async ({ after }) => {
    const first = await fakeServer(after, (socket) => socket.write("+one\r\n"))
    const client = await connect(first.port, after)
    same(await client.command("A"), simple("one"), "A, to the first server")
    await first.close()
    const second = await fakeServer(
      after,
      (socket) => {
        if (second.heard() === request("B") + request("C") + request("D")) socket.write(":1\r\n:2\r\n:3\r\n")
      },
      first.port,
    )
    await turns() // the client hears that its connection is gone
    const replies = await Promise.all([client.command("B"), client.command("C"), client.command("D")])
    same(replies, [integer(1), integer(2), integer(3)], "B, C, D at once, after the server came back")
    same(second.connections(), 1, "B, C, D at once, after the server came back: new connections")
  })

  check("1e.8", [38], "nobody there: NotConnected, since nothing was sent", async ({ after }) => {
    const server = await fakeServer(after, (socket) => socket.write("+OK\r\n"))
    const client = await connect(server.port, after)
    await client.command("A")
    await server.close()
    await turns() // the client hears that its connection is gone
    await rejects(client.command("B"), "NotConnected", [], "A; the server goes away; B")
    await rejects(client.command("C"), "NotConnected", [], "A; the server goes away; B; C")
    await fakeServer(after, (socket) => socket.write("+back\r\n"), server.port)
    same(await client.command("D"), simple("back"), "A; the server goes away; B; C; the server comes back; D")
  })

  check("1e.9", [39], "connect rejects with NotConnected when nobody listens", async ({ after }) => {
    const server = await fakeServer(after, () => undefined)
    await server.close()
    await rejects(
      project.connect({ port: server.port }),
      "NotConnected",
      [],
      "connect to a port where nobody listens",
    )
  })

  check("1e.10", [39], "close: what waits is lost, what comes later is not connected", async ({ after }) => {
    const server = await fakeServer(after, () => undefined)
    const client = await connect(server.port, after)
    const waiting = rejects(client.command("A"), "ConnectionLost", [], "A, never answered; close")
    await turn()
    await awaiting("`client.close` to resolve", client.close())
    await waiting
    await rejects(client.command("B"), "NotConnected", [], "close; B")
    await awaiting("the second `client.close` to resolve", client.close())
  })

  check("1e.11", [37], "a server that talks nonsense is hung up on", async ({ after }) => {
    const server = await fakeServer(after, (socket) => socket.write("$oops\r\n"))
    const client = await connect(server.port, after)
    await rejects(client.command("A"), "ConnectionLost", [], "A; the server answers with garbage")
  })

  check(
    "1e.12",
    [35],
    "a command without words rejects at once, and the client goes on",
    async ({ after }) => {
      const client = await connect((await startServer(after)).port, after)
      await rejects(client.command(), undefined, [], "command() without arguments")
      same(await client.command("PING"), simple("PONG"), "command() without arguments; then PING")
      await rejects(client.command("ECHO", "€"), undefined, [], "a word with a character that is no byte")
      same(await client.command("PING"), simple("PONG"), "a word with a character that is no byte; then PING")
    },
  )

  check("1e.13", [38], "half a reply of a lost connection does not reach the next one", async ({ after }) => {
    const server = await fakeServer(after, (socket) => {
      if (server.connections() > 1) socket.write("+whole\r\n")
      else socket.end("$10\r\nhalf")
    })
    const client = await connect(server.port, after)
    await rejects(client.command("A"), "ConnectionLost", [], "A; half a reply, then the connection ends")
    await turns() // the client hears that its connection is gone
    same(
      await client.command("B"),
      simple("whole"),
      "A; half a reply, then the connection ends; B on a new one",
    )
  })

  check("1e.14", [37], "replies in front of garbage still count", async ({ after }) => {
    const server = await fakeServer(after, (socket) => {
      if (server.heard().endsWith(request("B"))) socket.write("+one\r\n$oops\r\n")
    })
    const client = await connect(server.port, after)
    const replies = await Promise.allSettled([client.command("A"), client.command("B")])
    same(
      replies[0],
      { status: "fulfilled", value: simple("one") },
      "A, B; the server sends +one and garbage: the answer to A",
    )
    same(replies[1].status, "rejected", "A, B; the server sends +one and garbage: the answer to B")
  })
})

group("1f", "Where to count", () => {
  check(
    "1f.1",
    [40],
    "GET and SET by two clients lose an update; that is nobody's bug",
    async ({ after }) => {
      const { port } = await startServer(after)
      const [one, two] = [await connect(port, after), await connect(port, after)]
      await one.command("SET", "n", "0")
      const [a, b] = [await one.command("GET", "n"), await two.command("GET", "n")]
      same([a, b], [bulk("0"), bulk("0")], "both clients GET n")
      await one.command("SET", "n", "1")
      await two.command("SET", "n", "1")
      same(await one.command("GET", "n"), bulk("1"), "both clients add 1 to what they got, and SET it: GET n")
    },
  )

  check("1f.2", [40], "INCR by two clients counts every time", async ({ after }) => {
    const { port } = await startServer(after)
    const clients = [await connect(port, after), await connect(port, after)]
    const all = clients.flatMap((client) => Array.from({ length: 200 }, () => client.command("INCR", "n")))
    await Promise.all(all)
    same(
      await clients[0]?.command("GET", "n"),
      bulk("400"),
      "two clients, 200 times INCR n each, all at once: GET n",
    )
  })
})
