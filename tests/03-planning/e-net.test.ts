import { once } from "node:events"
import { createServer } from "node:net"
import {
  awaiting,
  check,
  countDials,
  group,
  holds,
  rejects,
  same,
  show,
  turn,
  turns,
  type After,
} from "#suite"
import type { Cluster } from "../../projects/03-planning/contract.ts"
import { project } from "./project.ts"
import {
  arrives,
  clusterOf,
  codec,
  connected,
  Ear,
  frame,
  letter,
  Mouth,
  portOf,
  startNode,
  status,
  until,
  type Letter,
  type Node,
} from "./wire.ts"

/** Whether this server still takes messages from whoever connects. */
async function serves(after: After, cluster: Cluster, node: Node, scenario: string): Promise<void> {
  const before = node.got.length
  const mouth = await Mouth.open(after, portOf(cluster, "n1"))
  mouth.say(letter("n2", "n1", "still there?"))
  await until(`a message of a new connection to arrive: ${scenario}`, () => node.got.length > before)
  same(node.got.at(-1), "n2:still there?", `${scenario}; then a new connection brings a message`)
}

/** A line that was logged with these words in it. */
async function logged(node: Node, words: readonly string[], scenario: string): Promise<void> {
  const what = `a log line with ${words.join(" and ")} in it: ${scenario}`
  await until(what, () => node.log.some((line) => words.every((word) => line.includes(word))))
}

/** Waits for a moment longer than the 1 to 4 ms after which a server redials: a timer that comes after theirs. */
const afterTheirTimers = () => new Promise((resolve) => setTimeout(resolve, 12))

const numbered = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => String(i))

group("3e", "The network between servers", () => {
  check("3e.1", [25], "two servers find each other, and messages go both ways", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2")
    const one = await startNode(after, cluster, "n1")
    const two = await startNode(after, cluster, "n2")
    one.send("n2", "hello")
    two.send("n1", "hello yourself")
    await arrives(two, ["n1:hello"], "n1 and n2 run; n1 sends a message")
    await arrives(one, ["n2:hello yourself"], "n1 and n2 run; n2 sends a message")
    same([one.got, two.got], [["n2:hello yourself"], ["n1:hello"]], "what arrived at n1 and n2")
    await connected(one, "n2")
    await connected(two, "n1")
  })

  check("3e.2", [25], "of two servers, any may start first", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2")
    for (const [first, second] of [
      ["n1", "n2"],
      ["n2", "n1"],
    ] as const) {
      const early = await startNode(after, cluster, first)
      early.send(second, "are you there?")
      await turns()
      await afterTheirTimers()
      const late = await startNode(after, cluster, second)
      const scenario = `${first} starts and sends a message; a little later ${second} starts`
      await arrives(late, [`${first}:are you there?`], scenario)
      late.send(first, "now I am")
      await arrives(early, [`${second}:now I am`], scenario)
      await early.net.close()
      await late.net.close()
    }
  })

  check(
    "3e.3",
    [25],
    "messages arrive in the order in which they were sent, each at its own receiver",
    async ({ after }) => {
      const cluster = await clusterOf("n1", "n2", "n3")
      const [one, two, three] = [
        await startNode(after, cluster, "n1"),
        await startNode(after, cluster, "n2"),
        await startNode(after, cluster, "n3"),
      ]
      const texts = numbered(300).map((text, i) => text + "x".repeat(i % 50 === 0 ? 70_000 : i % 7))
      for (const [i, text] of texts.entries()) one.send(i % 3 === 0 ? "n3" : "n2", text)
      const toTwo = texts.filter((_, i) => i % 3 !== 0).map((text) => `n1:${text}`)
      const toThree = texts.filter((_, i) => i % 3 === 0).map((text) => `n1:${text}`)
      await arrives(two, toTwo, "300 messages, long and short")
      await arrives(three, toThree, "300 messages, long and short")
      same(
        two.got.map((text) => text.slice(0, 20)),
        toTwo.map((text) => text.slice(0, 20)),
        "what arrived at n2, the beginnings",
      )
      holds(
        two.got.join() === toTwo.join() && three.got.join() === toThree.join(),
        "300 messages, long and short",
        "all as they were sent",
        "some differ",
      )
      same(one.got, [], "what arrived at n1 itself")
    },
  )

  check(
    "3e.4",
    [26],
    "a server dials its peers; what it sends is 4 bytes of length and the payload",
    async ({ after }) => {
      const cluster = await clusterOf("n1", "n2")
      const raw: Buffer[] = []
      await Ear.open(after, portOf(cluster, "n2"), (socket) =>
        socket.on("data", (chunk: Buffer) => raw.push(chunk)),
      )
      const one = await startNode(after, cluster, "n1")
      await connected(one, "n2")
      one.send("n2", "héllo")
      one.send("n2", "x".repeat(300))
      const expected = Buffer.concat([letter("n1", "n2", "héllo"), letter("n1", "n2", "x".repeat(300))])
      await until("two frames on the wire", () => Buffer.concat(raw).length >= expected.length)
      same(
        Buffer.concat(raw).toString("latin1"),
        expected.toString("latin1"),
        "n1 sends “héllo” and 300 times x: all bytes on the wire",
      )
    },
  )

  check(
    "3e.5",
    [26],
    "a connection that is accepted is read, and nothing is written to it",
    async ({ after }) => {
      const cluster = await clusterOf("n1", "n2")
      const one = await startNode(after, cluster, "n1")
      const mouth = await Mouth.open(after, portOf(cluster, "n1"))
      mouth.say(letter("n2", "n1", "hello"))
      await arrives(one, ["n2:hello"], "a connection brings a message from n2")
      one.send("n2", "hello yourself")
      await turns()
      const ear = await Ear.open(after, portOf(cluster, "n2"))
      await ear.hears(1)
      same(ear.heard, ["n1>n2:hello yourself"], "n1 answers n2: what comes at n2's own address")
      same(mouth.answer, "", "what is written to the connection on which n2's message came")
    },
  )

  check("3e.6", [27], "a frame may come in pieces, byte by byte", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2")
    const one = await startNode(after, cluster, "n1")
    const mouth = await Mouth.open(after, portOf(cluster, "n1"))
    for (const byte of Buffer.concat([letter("n2", "n1", "abc"), letter("n2", "n1", "def")])) {
      mouth.say(Uint8Array.of(byte))
      await turn()
    }
    await arrives(one, ["n2:abc", "n2:def"], "two frames, one byte at a time")
    same(one.got, ["n2:abc", "n2:def"], "two frames, one byte at a time")
  })

  check("3e.7", [27], "many frames may come at once, with half of the next one", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2")
    const one = await startNode(after, cluster, "n1")
    const mouth = await Mouth.open(after, portOf(cluster, "n1"))
    const last = letter("n2", "n1", "the last one")
    mouth.say(...numbered(50).map((text) => letter("n2", "n1", text)), last.subarray(0, 9))
    await arrives(one, numbered(50), "50 frames and a half in one go")
    same(
      one.got,
      numbered(50).map((text) => `n2:${text}`),
      "50 frames and a half in one go",
    )
    mouth.say(last.subarray(9))
    await until("the message whose other half came", () => one.got.length > 50)
    same(one.got.at(-1), "n2:the last one", "then the other half")
  })

  check("3e.8", [28], "a frame that is announced too long ends the connection at once", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2")
    const one = await startNode(after, cluster, "n1", { maxFrame: 100 })
    for (const length of [101, 2 ** 31, 2 ** 32 - 1]) {
      const mouth = await Mouth.open(after, portOf(cluster, "n1"))
      const head = Buffer.alloc(4)
      head.writeUInt32BE(length)
      mouth.say(letter("n2", "n1", "before"), head)
      const scenario = `maxFrame 100; 4 bytes announce a frame of ${String(length)}`
      await mouth.untilCutOff(scenario)
      await logged(one, [String(length)], scenario)
    }
    same(one.got, ["n2:before", "n2:before", "n2:before"], "what came before the bad frames")
    const mouth = await Mouth.open(after, portOf(cluster, "n1"))
    const just = "x".repeat(100 - "n2>n1:".length)
    mouth.say(letter("n2", "n1", just))
    await until("a frame of exactly maxFrame bytes to arrive", () => one.got.at(-1) === `n2:${just}`)
  })

  check("3e.9", [28], "without maxFrame, 8 MiB is the limit", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2")
    await startNode(after, cluster, "n1")
    const mouth = await Mouth.open(after, portOf(cluster, "n1"))
    const [just, more] = [Buffer.alloc(4), Buffer.alloc(4)]
    just.writeUInt32BE(8 * 1024 * 1024)
    more.writeUInt32BE(8 * 1024 * 1024 + 1)
    mouth.say(just)
    await turns()
    same(mouth.ended, false, "4 bytes announce a frame of 8 MiB: the connection has ended")
    const other = await Mouth.open(after, portOf(cluster, "n1"))
    other.say(more)
    await other.untilCutOff("4 bytes announce a frame of 8 MiB and a byte")
  })

  check(
    "3e.10",
    [28],
    "a message too long to send is thrown away; the next one is sent",
    async ({ after }) => {
      const cluster = await clusterOf("n1", "n2")
      const ear = await Ear.open(after, portOf(cluster, "n2"))
      const one = await startNode(after, cluster, "n1", { maxFrame: 100 })
      await connected(one, "n2")
      const just = "y".repeat(100 - "n1>n2:".length)
      for (const text of ["x".repeat(95), just, "z"]) one.send("n2", text)
      await ear.hears(2)
      same(ear.heard, [`n1>n2:${just}`, "n1>n2:z"], "maxFrame 100; messages of 101, 100 and 7 bytes are sent")
      same(status(one, "n2")?.dropped, 1, "peers(): dropped")
      await logged(one, ["n2"], "a message too long to send")
    },
  )

  check(
    "3e.11",
    [29],
    "who sends what the codec refuses is cut off, and the log says why",
    async ({ after }) => {
      const cluster = await clusterOf("n1", "n2")
      const one = await startNode(after, cluster, "n1")
      const good = await Mouth.open(after, portOf(cluster, "n1"))
      const bad = await Mouth.open(after, portOf(cluster, "n1"))
      good.say(letter("n2", "n1", "1"))
      await arrives(one, ["n2:1"], "an honest connection")
      bad.say(letter("n2", "n1", "2"), frame("garbage"), letter("n2", "n1", "never"))
      await bad.untilCutOff("it sent a message, garbage and a message")
      await logged(one, ["no letter"], "the codec threw “this is no letter”")
      good.say(letter("n2", "n1", "3"))
      await until("the honest connection's next message", () => one.got.includes("n2:3"))
      same(one.got, ["n2:1", "n2:2", "n2:3"], "what arrived: nothing from behind the garbage")
      await serves(after, cluster, one, "garbage came on another connection")
    },
  )

  check(
    "3e.12",
    [29],
    "a message to another server, or from no other member, ends its connection",
    async ({ after }) => {
      const cluster = await clusterOf("n1", "n2")
      const one = await startNode(after, cluster, "n1")
      const strangers: readonly (readonly [string, string, string])[] = [
        ["n2", "n3", "n3"],
        ["n9", "n1", "n9"],
        ["n1", "n1", "n1"],
        ["constructor", "n1", "constructor"],
        ["n1", "n2", "n2"],
      ]
      for (const [from, to, word] of strangers) {
        const before = one.log.length
        const mouth = await Mouth.open(after, portOf(cluster, "n1"))
        mouth.say(letter(from, to, "psst"), letter("n2", "n1", "behind it"))
        const scenario = `n1 of the cluster n1, n2 gets a message from ${from} to ${to}`
        await mouth.untilCutOff(scenario)
        await until(`a log line that names ${word}: ${scenario}`, () =>
          one.log.slice(before).some((line) => line.includes(word)),
        )
      }
      same(one.got, [], "what arrived")
      await serves(after, cluster, one, "strangers were cut off")
    },
  )

  check(
    "3e.13",
    [30],
    "send never throws: a message to nobody is thrown away and logged",
    async ({ after }) => {
      const cluster = await clusterOf("n1", "n2")
      const one = await startNode(after, cluster, "n1")
      const two = await startNode(after, cluster, "n2")
      for (const nobody of ["n9", "n1", "constructor", ""]) {
        const before = one.log.length
        one.send(nobody, "anyone?")
        holds(
          one.log.slice(before).some((line) => line.includes(nobody)),
          `send to ${show(nobody)}`,
          "a log line that names it",
          show(one.log.slice(before)),
        )
      }
      one.send("n2", "you")
      await arrives(two, ["n1:you"], "a message to n2 after that")
      same([one.got, two.got], [[], ["n1:you"]], "what arrived at n1 and n2")
    },
  )

  check(
    "3e.14",
    [30],
    "send never throws: what the codec cannot encode is thrown away and logged",
    async ({ after }) => {
      const cluster = await clusterOf("n1", "n2")
      const ear = await Ear.open(after, portOf(cluster, "n2"))
      const encode = (message: Letter): Uint8Array => {
        if (message.text === "bad") throw new Error("no word for this")
        return codec.encode(message)
      }
      const one = await startNode(after, cluster, "n1", { codec: { ...codec, encode } })
      for (const text of ["a", "bad", "b"]) one.send("n2", text)
      await ear.hears(2)
      same(ear.heard, ["n1>n2:a", "n1>n2:b"], "three messages, of which the codec refuses the second")
      await logged(one, ["no word for this"], "the codec threw “no word for this”")
      same(status(one, "n2")?.dropped, 1, "peers(): dropped")
    },
  )

  check(
    "3e.15",
    [31],
    "for a peer that is down maxQueue messages wait, the newest ones",
    async ({ after }) => {
      const cluster = await clusterOf("n1", "n2", "n3")
      const one = await startNode(after, cluster, "n1", { maxQueue: 3 })
      for (const text of numbered(5)) one.send("n2", text)
      const scenario = "maxQueue 3; five messages to n2, which is down"
      const now = status(one, "n2")
      same(
        { connected: now?.connected, queued: now?.queued, dropped: now?.dropped },
        { connected: false, queued: 3, dropped: 2 },
        `${scenario}: peers()`,
      )
      same(
        { queued: status(one, "n3")?.queued, dropped: status(one, "n3")?.dropped },
        { queued: 0, dropped: 0 },
        `${scenario}: peers() about n3`,
      )
      const ear = await Ear.open(after, portOf(cluster, "n2"))
      await ear.hears(3)
      same(ear.heard, ["n1>n2:2", "n1>n2:3", "n1>n2:4"], `${scenario}; then n2 is there`)
      one.send("n2", "5")
      await ear.hears(4)
      same(ear.heard.at(-1), "n1>n2:5", "and the next message")
      const { queued, dropped } = status(one, "n2") ?? {}
      same({ queued, dropped }, { queued: 0, dropped: 2 }, "peers() after that")
    },
  )

  check("3e.16", [31], "without maxQueue, 1,000 messages wait", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2")
    const one = await startNode(after, cluster, "n1")
    for (const text of numbered(1003)) one.send("n2", text)
    const { queued, dropped } = status(one, "n2") ?? {}
    same({ queued, dropped }, { queued: 1000, dropped: 3 }, "1,003 messages to a peer that is down: peers()")
    const ear = await Ear.open(after, portOf(cluster, "n2"))
    await ear.hears(1000)
    same(
      [ear.heard[0], ear.heard.at(-1)],
      ["n1>n2:3", "n1>n2:1002"],
      "the first and the last one that n2 gets",
    )
  })

  check(
    "3e.17",
    [32],
    "for a peer that does not read, messages wait as if it were down",
    async ({ after }) => {
      const cluster = await clusterOf("n1", "n2")
      const ear = await Ear.open(after, portOf(cluster, "n2"), (socket) => socket.pause())
      const big = Buffer.alloc(256 * 1024, "x")
      const encode = (message: Letter): Uint8Array => Buffer.concat([codec.encode(message), big])
      const one = await startNode(after, cluster, "n1", { codec: { ...codec, encode }, maxQueue: 4 })
      await connected(one, "n2")
      const scenario = "maxQueue 4; n2 does not read; 120 messages of 256 KiB"
      for (const text of numbered(120)) {
        one.send("n2", text)
        if (Number(text) % 10 === 0) await turn()
      }
      const { queued = 0, dropped = 0 } = status(one, "n2") ?? {}
      holds(queued <= 4, `${scenario}: peers()`, "at most 4 queued", String(queued))
      holds(
        dropped >= 60,
        `${scenario}: peers()`,
        "most of them dropped, as a connection takes a few MiB only",
        String(dropped),
      )
      for (const socket of ear.sockets) ear.listen(socket.resume())
      await until("the last message to arrive, once n2 reads", () =>
        (ear.heard.at(-1) ?? "").startsWith("n1>n2:119"),
      )
      const order = ear.heard.map((payload) => Number(/^n1>n2:(\d+)/.exec(payload)?.[1]))
      same(
        order,
        order.toSorted((a, b) => a - b),
        `${scenario}; then n2 reads: the messages that come are in order`,
      )
      same(order.slice(-4), [116, 117, 118, 119], `${scenario}; then n2 reads: the last ones that come`)
    },
  )

  check("3e.18", [33], "a peer that was lost is found again, each time it comes back", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2")
    const one = await startNode(after, cluster, "n1")
    for (const life of ["first", "second", "third"]) {
      const ear = await Ear.open(after, portOf(cluster, "n2"))
      await connected(one, "n2")
      one.send("n2", life)
      await ear.hears(1)
      same(ear.heard, [`n1>n2:${life}`], `n2's ${life} life: what it hears`)
      await ear.close()
      await connected(one, "n2", false)
      await afterTheirTimers()
    }
  })

  check(
    "3e.19",
    [33],
    "after a failed try and after a loss, a server waits before it tries again",
    async ({ after }) => {
      const cluster = await clusterOf("n1", "n2")
      const ear = await Ear.open(after, portOf(cluster, "n2"), (socket) => socket.destroy())
      const one = await startNode(after, cluster, "n1", { backoff: { first: 60_000, max: 60_000 } })
      await until("n1 to connect to n2", () => ear.connections > 0)
      await connected(one, "n2", false)
      await afterTheirTimers()
      same(ear.connections, 1, "backoff of 60 s; n2 ends the connection: connections until now")
      await one.net.close()
      await ear.close()
      const tries = countDials(after, portOf(cluster, "n2"))
      const again = await startNode(after, cluster, "n1", { backoff: { first: 60_000, max: 60_000 } })
      await until("n1 to try to reach n2, which is down", () => tries.count > 0)
      await afterTheirTimers()
      const got = [tries.count, status(again, "n2")?.connected]
      same(got, [1, false], "backoff of 60 s; n2 is down: tries until now, and whether it is connected")
    },
  )

  check("3e.20", [33], "the waiting time does not grow beyond backoff.max", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2")
    const tries = countDials(after, portOf(cluster, "n2"))
    await startNode(after, cluster, "n1", { backoff: { first: 1, max: 2 } })
    await until("12 tries to reach a peer that is down; backoff 1 to 2 ms", () => tries.count >= 12)
  })

  check(
    "3e.21",
    [34],
    "a peer that ends the connection politely is lost, too; the log names it",
    async ({ after }) => {
      const cluster = await clusterOf("n1", "n2")
      const ear = await Ear.open(after, portOf(cluster, "n2"))
      const one = await startNode(after, cluster, "n1", { backoff: { first: 60_000, max: 60_000 } })
      await connected(one, "n2")
      await logged(one, ["n2"], "n1 found n2")
      const before = one.log.length
      await until("the suite's own end to see the connection", () => ear.sockets.length > 0)
      for (const socket of ear.sockets) socket.end()
      await connected(one, "n2", false)
      await until("a log line that names n2: n2 ended the connection", () =>
        one.log.slice(before).some((line) => line.includes("n2")),
      )
      one.send("n2", "later")
      same(status(one, "n2")?.queued, 1, "a message to n2 after that: queued")
    },
  )

  check("3e.22", [34], "connections that vanish at any moment harm nobody", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2")
    const one = await startNode(after, cluster, "n1")
    for (let i = 0; i < 15; i++) {
      const mouth = await Mouth.open(after, portOf(cluster, "n1"))
      mouth.say(letter("n2", "n1", "half a message").subarray(0, i))
      await turn()
      if (i % 2 === 0) mouth.socket.resetAndDestroy()
      else mouth.socket.end()
    }
    await serves(after, cluster, one, "15 connections vanish within a frame")
    same(one.got, ["n2:still there?"], "what arrived in all")
  })

  check("3e.23", [34], "what a peer writes to our connection is nothing to us", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2")
    const ear = await Ear.open(after, portOf(cluster, "n2"))
    const one = await startNode(after, cluster, "n1", { backoff: { first: 60_000, max: 60_000 } })
    await connected(one, "n2")
    await until("the suite's own end to see the connection", () => ear.sockets.length > 0)
    for (const socket of ear.sockets) socket.write(letter("n2", "n1", "wrong way"))
    await turns()
    one.send("n2", "hello")
    await ear.hears(1)
    same(
      [one.got, ear.connections],
      [[], 1],
      "n2 writes a frame to the connection that n1 made: what arrived, and connections",
    )
    for (const socket of ear.sockets) socket.end()
    await connected(one, "n2", false)
  })

  check("3e.24", [34], "peers() lists all other servers, sorted, with their addresses", async ({ after }) => {
    const cluster = await clusterOf("n3", "n10", "n1", "n2")
    const three = await startNode(after, cluster, "n3")
    const expected = ["n1", "n10", "n2"].map((id) => ({
      id,
      address: cluster[id]?.raft,
      connected: false,
      queued: 0,
      dropped: 0,
    }))
    same(
      three.net.peers(),
      expected,
      "peers() of n3, in a cluster of n3, n10, n1 and n2 of which it alone runs",
    )
  })

  check("3e.25", [35], "an onMessage that throws is logged, and everything goes on", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2")
    const got: string[] = []
    const one = await startNode(after, cluster, "n1", {
      onMessage: ({ text }) => {
        got.push(text)
        if (text === "2") throw new Error("cannot count to two")
      },
    })
    const mouth = await Mouth.open(after, portOf(cluster, "n1"))
    mouth.say(letter("n2", "n1", "1"), letter("n2", "n1", "2"), letter("n2", "n1", "3"))
    await until("the message behind the one on which onMessage throws", () => got.length >= 3)
    mouth.say(letter("n2", "n1", "4"))
    await until("the next message on the same connection", () => got.length >= 4)
    same(
      [got, mouth.ended],
      [["1", "2", "3", "4"], false],
      "four messages, onMessage throws on the second: what came, and whether the connection ended",
    )
    await logged(one, ["cannot count to two"], "onMessage threw “cannot count to two”")
  })

  check(
    "3e.26",
    [36],
    "an address that is taken is an error that names it; an unknown id, one that names it",
    async ({ after }) => {
      const cluster = await clusterOf("n1", "n2")
      const port = portOf(cluster, "n1")
      const squatter = createServer().listen(port, "127.0.0.1")
      after(() => squatter.close())
      await awaiting("the suite's own server to listen", once(squatter, "listening"))
      const start = (id: string) =>
        project.startRaftNet<Letter>({ cluster, id, codec, onMessage: () => undefined })
      await rejects(start("n1"), undefined, ["127.0.0.1", String(port)], "n1's raft address is taken")
      for (const id of ["n9", "constructor"])
        await rejects(start(id), undefined, [id], `${id} is not in the cluster of n1 and n2`)
    },
  )

  check("3e.27", [37], "close ends everything, and the address is free again", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2", "n3")
    const ear = await Ear.open(after, portOf(cluster, "n2"))
    const one = await startNode(after, cluster, "n1")
    const mouth = await Mouth.open(after, portOf(cluster, "n1"))
    await connected(one, "n2")
    await until("the suite's own end to see the connection", () => ear.sockets.length > 0)
    const lost = Promise.all(ear.sockets.map((socket) => once(socket.resume(), "close")))
    await awaiting("`net.close` to resolve, with connections in and out, and n3 down", one.net.close())
    await mouth.untilCutOff("the net was closed")
    await awaiting("the connection to n2 to end: the net was closed", lost)
    await awaiting("the second `net.close` to resolve", one.net.close())
    const again = await startNode(after, cluster, "n1")
    await serves(after, cluster, again, "a new net on the same address")
  })

  check("3e.28", [37], "after close nobody is dialed, and send does nothing", async ({ after }) => {
    const cluster = await clusterOf("n1", "n2", "n3")
    const ear = await Ear.open(after, portOf(cluster, "n2"))
    const tries = countDials(after, portOf(cluster, "n3"))
    const one = await startNode(after, cluster, "n1", { backoff: { first: 6, max: 6 } })
    await connected(one, "n2")
    await until("n1 to try to reach n3, which is down", () => tries.count > 0)
    await turns()
    const before = tries.count
    await one.net.close()
    one.send("n2", "too late")
    one.send("n9", "too late")
    await afterTheirTimers()
    await turns()
    same(
      [tries.count - before, ear.connections],
      [0, 1],
      "tries to reach n3 after close, and connections to n2 in all",
    )
    same(ear.heard, [], "what n2 hears of messages that are sent after close")
  })

  check(
    "3e.29",
    [37],
    "after close onMessage is not called, even for what has come already",
    async ({ after }) => {
      const cluster = await clusterOf("n1", "n2")
      const got: string[] = []
      const made: { close?: () => Promise<void> } = {}
      const one = await startNode(after, cluster, "n1", {
        onMessage: ({ text }) => {
          got.push(text)
          if (text === "1") void made.close?.()
        },
      })
      made.close = () => one.net.close()
      const mouth = await Mouth.open(after, portOf(cluster, "n1"))
      mouth.say(...numbered(5).map((text) => letter("n2", "n1", text)))
      await mouth.untilCutOff("onMessage closed the net")
      await turns()
      same(got, ["0", "1"], "five messages in one go; onMessage closes the net on the second")
    },
  )
})
