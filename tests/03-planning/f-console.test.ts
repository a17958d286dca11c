import { awaiting, check, group, holds, same, show, turns, type After } from "#suite"
import type {
  ConsoleCommands,
  NetCommands,
  PeerStatus,
  Ping,
  RaftNet,
  Packet,
} from "../../projects/03-planning/contract.ts"
import { project } from "./project.ts"
import { clusterOf } from "./wire.ts"

const peer = (id: string, more: Partial<PeerStatus> = {}): PeerStatus => ({
  id,
  address: { host: "127.0.0.1", port: 7000 + Number(id.slice(1)) },
  connected: true,
  queued: 0,
  dropped: 0,
  ...more,
})

interface Console extends NetCommands {
  /** What was sent so far. */
  readonly sent: readonly Ping[]
  ask(line: string): Promise<string>
}

/** n1's console, on a net that only notes what is sent; `onSend` may answer at once. */
function console1(
  {
    peers = [peer("n2"), peer("n3")],
    patience = 10_000,
  }: { peers?: readonly PeerStatus[]; patience?: number } = {},
  onSend?: (ping: Ping) => void,
): Console {
  const sent: Ping[] = []
  const send = (ping: Ping) => {
    sent.push(ping)
    onSend?.(ping)
  }
  const made = project.netCommands({ id: "n1", net: { send, peers: () => peers }, patience })
  const { commands } = made
  return {
    commands,
    onPing: (ping) => {
      made.onPing(ping)
    },
    sent,
    ask: (line) => awaiting(`the answer to “${line}”`, project.runLine(made.commands, line)),
  }
}

const pong = (to: Ping, more: Partial<Ping> = {}): Ping => ({
  type: "Pong",
  from: to.to,
  to: to.from,
  nonce: to.nonce,
  ...more,
})

function isAlive(answer: string, server: string, scenario: string): void {
  const fits = new RegExp(`^${server} is alive \\(\\d+(\\.\\d+)? ms\\)$`).test(answer)
  holds(fits, scenario, `“${server} is alive (1.2 ms)”, with the time it took`, show(answer))
}

function isSilent(answer: string, server: string, scenario: string): void {
  holds(
    answer.startsWith(`${server} does not answer`),
    scenario,
    `“${server} does not answer …”`,
    show(answer),
  )
}

/** The one Ping that was sent last. */
async function lastPing(console: Console, count: number, scenario: string): Promise<Ping> {
  await turns()
  const last = console.sent.at(-1)
  same(console.sent.length, count, `${scenario}: Pings sent`)
  return last ?? { type: "Ping", from: "", to: "", nonce: Number.NaN }
}

const echo: ConsoleCommands = {
  echo: { usage: "echo <word> …", help: "says the words", run: (args) => args.join("|") },
  later: { usage: "later", help: "answers a little later", run: () => Promise.resolve("now") },
  fail: {
    usage: "fail",
    help: "throws",
    run: () => {
      throw new Error("the disk is full")
    },
  },
  reject: {
    usage: "reject",
    help: "rejects",
    run: () => Promise.reject(new Error("the disk is still full")),
  },
}

async function answers(line: string, commands: ConsoleCommands = echo): Promise<string> {
  return awaiting(`the answer to “${line}”`, project.runLine(commands, line))
}

function mentions(answer: string, words: readonly string[], scenario: string): void {
  holds(
    words.every((word) => answer.includes(word)),
    scenario,
    `an answer with ${words.join(", ")} in it`,
    show(answer),
  )
}

group("3f", "The console", () => {
  check("3f.1", [38], "ping sends a Ping, and tells how long the Pong took", async () => {
    const console = console1()
    const answer = console.ask("ping n2")
    const ping = await lastPing(console, 1, "“ping n2” typed at n1")
    same(ping, { type: "Ping", from: "n1", to: "n2" }, "what “ping n2” sends")
    console.onPing(pong(ping))
    isAlive(await answer, "n2", "“ping n2”, then n2's Pong")
  })

  check("3f.2", [38], "the Pong may come before send has returned", async () => {
    const console = console1({}, (ping) => {
      console.onPing(pong(ping))
    })
    isAlive(await console.ask("ping n3"), "n3", "a net so fast that onPing is called by send")
  })

  check("3f.3", [38], "two pings at once each get their own answer", async () => {
    const console = console1()
    let first = ""
    const one = console.ask("ping n2").then((answer) => (first = answer))
    const two = console.ask("ping n3")
    await lastPing(console, 2, "“ping n2” and “ping n3” at once")
    const [toN2, toN3] = console.sent
    if (!toN2 || !toN3) return
    holds(toN2.nonce !== toN3.nonce, "two pings at once", "two nonces", `twice ${String(toN2.nonce)}`)
    console.onPing(pong(toN3))
    isAlive(await two, "n3", "n3's Pong comes first")
    same(first, "", "n3's Pong came: the answer to “ping n2” so far")
    console.onPing(pong(toN2))
    isAlive(await one, "n2", "n2's Pong comes second")
  })

  check("3f.4", [38], "two pings to one server at once each get an answer", async () => {
    const console = console1()
    const both = [console.ask("ping n2"), console.ask("ping n2")]
    await lastPing(console, 2, "twice “ping n2” at once")
    for (const ping of console.sent) console.onPing(pong(ping))
    for (const answer of both) isAlive(await answer, "n2", "twice “ping n2” at once, and both Pongs")
  })

  check("3f.5", [39], "a server that does not answer is said not to", async () => {
    const console = console1({ patience: 5 })
    isSilent(await console.ask("ping n2"), "n2", "“ping n2” without a Pong; patience 5 ms")
    isSilent(await console.ask("ping n3"), "n3", "“ping n3” after it, without a Pong")
  })

  check("3f.6", [39], "a Pong with another nonce, or from another server, is no answer", async () => {
    const wrong = console1({ patience: 250 })
    const answer = wrong.ask("ping n2")
    const ping = await lastPing(wrong, 1, "“ping n2”")
    wrong.onPing(pong(ping, { nonce: ping.nonce + 1 }))
    wrong.onPing(pong(ping, { nonce: ping.nonce - 1 }))
    wrong.onPing(pong(ping, { from: "n3" }))
    isSilent(
      await answer,
      "n2",
      "“ping n2”; Pongs come from n2 with other nonces, and from n3 with the right one",
    )
  })

  check("3f.7", [39], "a late Pong answers no later ping, and a doubled one does no harm", async () => {
    const console = console1({ patience: 150 })
    isSilent(await console.ask("ping n2"), "n2", "a first “ping n2” without a Pong")
    const late = await lastPing(console, 1, "a first “ping n2”")
    const second = console.ask("ping n2")
    await lastPing(console, 2, "a second “ping n2”")
    console.onPing(pong(late))
    isSilent(await second, "n2", "a second “ping n2”, during which the first one's Pong comes")
    const third = console.ask("ping n2")
    const ping = await lastPing(console, 3, "a third “ping n2”")
    console.onPing(pong(ping))
    console.onPing(pong(ping))
    isAlive(await third, "n2", "a third “ping n2” and its Pong, twice")
    console.onPing(pong(ping))
    console.onPing(pong(late))
  })

  check("3f.8", [40], "who is not there is not pinged; the answer names those who are", async () => {
    const console = console1()
    for (const line of ["ping", "ping n9", "ping constructor", "ping N2"]) {
      mentions(await console.ask(line), ["n2", "n3"], `“${line}” at n1, whose peers are n2 and n3`)
    }
    mentions(await console.ask("ping n9"), ["n9"], "“ping n9”")
    mentions(await console.ask("ping n1"), ["n1"], "“ping n1” at n1 itself")
    same(console.sent, [], "what was sent for all these")
  })

  check("3f.9", [41], "a Ping is answered by a Pong with the same nonce", async () => {
    const console = console1()
    console.onPing({ type: "Ping", from: "n3", to: "n1", nonce: 4711 })
    await turns()
    same(
      console.sent,
      [{ type: "Pong", from: "n1", to: "n3", nonce: 4711 }],
      "what is sent when a Ping from n3 comes",
    )
  })

  check("3f.10", [41], "a Ping that comes while a ping waits is no answer to it", async () => {
    const console = console1({ patience: 150 })
    const answer = console.ask("ping n2")
    const ping = await lastPing(console, 1, "“ping n2”")
    console.onPing({ type: "Ping", from: "n2", to: "n1", nonce: ping.nonce })
    isSilent(await answer, "n2", "“ping n2”, then a Ping from n2 that happens to have the same nonce")
  })

  check("3f.11", [42], "peers tells everything about each peer, a line each", async () => {
    const peers = [
      peer("n2"),
      peer("n3", { connected: false, queued: 17, dropped: 4 }),
      peer("n4", { address: { host: "::1", port: 9 } }),
    ]
    const answer = await console1({ peers }).ask("peers")
    const lines = answer.split("\n")
    same(lines.length, 3, `the number of lines of “peers” with three peers: ${show(answer)}`)
    mentions(lines[0] ?? "", ["n2", "127.0.0.1:7002", "connected"], "the line of n2, which is connected")
    holds(
      !(lines[0] ?? "").includes("not connected"),
      "the line of n2, which is connected",
      "connected",
      "not connected",
    )
    mentions(
      lines[1] ?? "",
      ["n3", "127.0.0.1:7003", "not connected", "17", "4"],
      "the line of n3: not connected, 17 messages wait, 4 were dropped",
    )
    mentions(lines[2] ?? "", ["n4", "[::1]:9"], "the line of n4, whose host is ::1")
  })

  check("3f.12", [43], "a line's first word is the command, the others are its arguments", async () => {
    same(await answers("echo a b"), "a|b", "“echo a b”")
    same(await answers("  echo\t a   b  "), "a|b", "the same with more blanks and a tab")
    same(await answers("echo"), "", "“echo” alone")
    same(await answers("later"), "now", "a command that answers by a Promise")
  })

  check("3f.13", [43], "an empty line is answered by nothing", async () => {
    for (const line of ["", "   ", "\t"]) same(await answers(line), "", `the line ${show(line)}`)
  })

  check("3f.14", [44], "an unknown command is told as such, and the known ones with it", async () => {
    for (const name of ["frobnicate", "constructor", "__proto__", "toString", "ECHO"]) {
      mentions(await answers(`${name} x`), [name, "echo", "later", "help"], `the line “${name} x”`)
    }
  })

  check("3f.15", [45], "help lists every command with its usage and what it does, a line each", async () => {
    const lines = (await answers("help")).split("\n")
    for (const { usage, help } of Object.values(echo)) {
      const line = lines.find((each) => each.includes(usage) && each.includes(help))
      holds(line !== undefined, "“help”", `a line with “${usage}” and “${help}”`, show(lines))
    }
    mentions(await answers("help"), ["help"], "“help” itself is a command")
    mentions(
      await console1().ask("help"),
      ["ping <server>", "peers"],
      "“help” with the commands of netCommands",
    )
  })

  check("3f.16", [46], "a command that fails answers with its error's message", async () => {
    for (const [line, message] of [
      ["fail", "the disk is full"],
      ["reject", "the disk is still full"],
    ] as const) {
      const answer = await answers(line)
      mentions(answer, [message], `“${line}”, a command that ${line}s`)
      holds(!/\n\s+at /.test(answer), `“${line}”`, "the message without a stack", show(answer))
    }
  })

  check("3f.17", [38, 42], "over a real network: n1 pings n2", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2")
    const one = await startConsole("n1", after, cluster)
    await startConsole("n2", after, cluster)
    isAlive(
      await awaiting("the answer to “ping n2”", project.runLine(one.commands, "ping n2")),
      "n2",
      "“ping n2”, n2 running",
    )
    mentions(await project.runLine(one.commands, "peers"), ["n2", "connected"], "“peers” after that")
  })
})

/** A server of theirs with net, codec and commands. */
async function startConsole(
  id: string,
  after: After,
  cluster: Awaited<ReturnType<typeof clusterOf>>,
): Promise<NetCommands> {
  const made: { net?: RaftNet<Packet>; console?: NetCommands } = {}
  const net = await project.startRaftNet<Packet>({
    cluster,
    id,
    codec: {
      encode: (packet) => project.encodeMessage(packet),
      decode: (data) => project.decodeMessage(data),
    },
    onMessage: (packet) => {
      if (packet.type === "Ping" || packet.type === "Pong") made.console?.onPing(packet)
    },
    backoff: { first: 1, max: 4 },
  })
  after(() => net.close())
  return (made.console = project.netCommands({ id, net, patience: 3000 }))
}
