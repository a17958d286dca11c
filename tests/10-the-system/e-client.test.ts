import { awaiting, check, group, holds, rejects, same, show, type After } from "#suite"
import type { ClusterClientOptions } from "../../projects/10-the-system/contract.ts"
import { freePort } from "../cluster/ports.ts"
import { TestCluster } from "./clusters.ts"
import { bulk, integer, ok, project } from "./project.ts"
import { Actor, type Part } from "./wire.ts"

type Client = ReturnType<typeof project.connectCluster>

function client(after: After, options: ClusterClientOptions): Client {
  const made = project.connectCluster(options)
  after(() => made.close())
  return made
}

/** Answers SESSION OPEN with session 7, and all else as told. */
function leading(play: Part): Part {
  return (words) => (words[0] === "SESSION" && words[1] === "OPEN" ? "$1\r\n7\r\n" : play(words))
}

/** Answers these in turn, and then the last one for ever. */
function inTurn(...answers: readonly string[]): Part {
  let at = 0
  return () => answers[Math.min(at++, answers.length - 1)] ?? "silence"
}

/** What it was asked, without the opening of sessions. */
const commands = (actor: Actor) =>
  actor.asked.filter((words) => words[1] !== "OPEN").map((words) => words.join(" "))

group("10e", "The client", () => {
  check("10e.1", [35, 37], "in a session: opened once, numbers that grow", async ({ after }) => {
    const actor = await Actor.start(
      after,
      leading(() => "+OK\r\n"),
    )
    const it = client(after, { addresses: [actor.address] })
    for (const key of ["a", "b", "c"])
      same(await awaiting("a command", it.command("SET", key, "1")), ok, `SET ${key} 1`)
    same(
      actor.asked.filter((words) => words.join(" ") === "SESSION OPEN").length,
      1,
      "three commands: how often a session was opened",
    )
    const numbers = actor.asked
      .slice(1)
      .map((words) => [words.slice(0, 3).join(" "), ...words.slice(4)].join(" "))
    same(
      numbers,
      ["a", "b", "c"].map((key) => `SESSION ONCE 7 SET ${key} 1`),
      "three commands: what was asked, without the numbers",
    )
    const [one = 0, two = 0, three = 0] = actor.asked.slice(1).map((words) => Number(words[3]))
    same(
      [one >= 1, two > one, three > two],
      [true, true, true],
      `the numbers ${[one, two, three].join(", ")}: from 1 on, growing`,
    )
  })

  check(
    "10e.2",
    [36, 39],
    "without a session: the command as it is, and any reply is the answer",
    async ({ after }) => {
      const actor = await Actor.start(after, inTurn("$1\r\nv\r\n", "-ERR no such thing\r\n", "$-1\r\n"))
      const it = client(after, { addresses: [actor.address], once: false })
      same(await it.command("GET", "k"), bulk("v"), "GET k")
      same(
        await it.command("NOPE"),
        { type: "error", value: "ERR no such thing" },
        "NOPE, answered with an error",
      )
      same(await it.command("GET", "x"), { type: "null" }, "GET x")
      same(commands(actor), ["GET k", "NOPE", "GET x"], "what was asked")
    },
  )

  check(
    "10e.3",
    [33],
    "MOVED leads to the leader, also to an address that was not given",
    async ({ after }) => {
      const leader = await Actor.start(
        after,
        leading(() => ":1\r\n"),
      )
      const follower = await Actor.start(after, () => `-MOVED 0 127.0.0.1:${String(leader.address.port)}\r\n`)
      const it = client(after, { addresses: [follower.address] })
      same(
        await awaiting("INCR n", it.command("INCR", "n")),
        integer(1),
        "INCR n at a follower that names the leader",
      )
      await it.command("INCR", "n")
      same(follower.asked.length, 1, "two commands: how often the follower was asked")
    },
  )

  check("10e.4", [33, 34], "nobody listens there, or nobody leads: the next server", async ({ after }) => {
    const dead = await freePort()
    const lost = await Actor.start(after, () => "-CLUSTERDOWN nobody leads\r\n")
    const leader = await Actor.start(
      after,
      leading(() => ":1\r\n"),
    )
    const it = client(after, { addresses: [{ host: "127.0.0.1", port: dead }, lost.address, leader.address] })
    same(
      await awaiting("INCR n", it.command("INCR", "n")),
      integer(1),
      "one address is dead, one knows no leader, one leads: INCR n",
    )
  })

  check(
    "10e.5",
    [34],
    "CLUSTERDOWN and TRYAGAIN: it tries again, without a session too",
    async ({ after }) => {
      for (const once of [true, false]) {
        const play = inTurn("-CLUSTERDOWN wait\r\n", "-TRYAGAIN overwritten\r\n", ":5\r\n")
        const actor = await Actor.start(after, leading(play))
        const it = client(after, { addresses: [actor.address], once })
        same(
          await awaiting("INCR n", it.command("INCR", "n")),
          integer(5),
          `once: ${String(once)}; CLUSTERDOWN, TRYAGAIN, then 5: INCR n`,
        )
        const asked = commands(actor)
        same(asked.length, 3, `once: ${String(once)}: how often it was asked`)
        same(
          [...new Set(asked)].length,
          1,
          `once: ${String(once)}: the same words each time:\n${asked.join("\n")}`,
        )
      }
    },
  )

  check("10e.6", [34], "patience over, and it was never done: NotDone", async ({ after }) => {
    const actor = await Actor.start(after, () => "-CLUSTERDOWN nobody leads\r\n")
    const it = client(after, { addresses: [actor.address], once: false, patience: 500 })
    await rejects(it.command("INCR", "n"), "NotDone", [], "CLUSTERDOWN again and again, patience 500 ms")
    const tries = actor.asked.length
    holds(
      tries >= 2 && tries <= 40,
      "CLUSTERDOWN for 500 ms",
      "some tries, with pauses between them",
      `${String(tries)} tries`,
    )
    const dead = await freePort()
    const nobody = client(after, { addresses: [{ host: "127.0.0.1", port: dead }], patience: 100 })
    await rejects(nobody.command("INCR", "n"), "NotDone", [], "nobody listens, patience 100 ms")
  })

  check("10e.7", [34], "two servers that name each other: no race between them", async ({ after }) => {
    const one = await Actor.start(after, () => "silence")
    const other = await Actor.start(after, () => `-MOVED 0 127.0.0.1:${String(one.address.port)}\r\n`)
    one.play = () => `-MOVED 0 127.0.0.1:${String(other.address.port)}\r\n`
    const it = client(after, { addresses: [one.address], once: false, patience: 700 })
    await rejects(it.command("INCR", "n"), "NotDone", [], "two servers name each other, patience 700 ms")
    const tries = one.asked.length + other.asked.length
    holds(
      tries <= 80,
      "two servers name each other for 700 ms",
      "pauses between the tries",
      `${String(tries)} tries`,
    )
  })

  check(
    "10e.8",
    [35],
    "in a session, a lost answer: the same again, with the same number",
    async ({ after }) => {
      const actor = await Actor.start(
        after,
        leading(inTurn("hang up", "-UNKNOWN not in time\r\n", ":1\r\n", ":2\r\n")),
      )
      const it = client(after, { addresses: [actor.address] })
      same(await awaiting("INCR n", it.command("INCR", "n")), integer(1), "hung up, UNKNOWN, then 1: INCR n")
      await it.command("INCR", "n")
      const asked = commands(actor)
      same(asked.length, 4, `what was asked:\n${asked.join("\n")}\nhow often`)
      same(
        [asked[1], asked[2]],
        [asked[0], asked[0]],
        `what was asked:\n${asked.join("\n")}\nthe second and the third time`,
      )
      holds(asked[3] !== asked[0], asked.join("\n"), "another number for the next command", "the same")
    },
  )

  check(
    "10e.9",
    [36],
    "without a session, a lost answer: OutcomeUnknown, and it is not sent again",
    async ({ after }) => {
      for (const lost of ["hang up", "-UNKNOWN not in time\r\n"]) {
        const actor = await Actor.start(after, inTurn(lost, ":1\r\n"))
        const it = client(after, { addresses: [actor.address], once: false })
        await rejects(it.command("INCR", "n"), "OutcomeUnknown", [], `the answer to INCR n is ${show(lost)}`)
        same(commands(actor), ["INCR n"], `the answer is ${show(lost)}: what was asked`)
        same(await awaiting("INCR n", it.command("INCR", "n")), integer(1), "the next command")
      }
    },
  )

  check(
    "10e.10",
    [35],
    "patience over, and nobody knows whether it was done: OutcomeUnknown",
    async ({ after }) => {
      const play = inTurn("hang up", "-CLUSTERDOWN nobody leads\r\n")
      const actor = await Actor.start(after, leading(play))
      const it = client(after, { addresses: [actor.address], patience: 150 })
      await rejects(
        it.command("INCR", "n"),
        "OutcomeUnknown",
        [],
        "hung up once, then CLUSTERDOWN, patience 150 ms",
      )
      const silent = await Actor.start(
        after,
        leading(() => "silence"),
      )
      const waiting = client(after, { addresses: [silent.address], patience: 150 })
      await rejects(waiting.command("INCR", "n"), "OutcomeUnknown", [], "no answer at all, patience 150 ms")
    },
  )

  check(
    "10e.11",
    [38],
    "a forgotten session: the outcome is unknown, and the next command opens another",
    async ({ after }) => {
      let name = 0
      const actor = await Actor.start(after, (words) => {
        if (words[1] === "OPEN") return `$1\r\n${String(++name)}\r\n`
        return words[2] === "1" ? "-NOSESSION forgotten\r\n" : ":1\r\n"
      })
      const it = client(after, { addresses: [actor.address] })
      await rejects(it.command("INCR", "n"), "OutcomeUnknown", [], "session 1 was forgotten; INCR n")
      same(await awaiting("INCR n", it.command("INCR", "n")), integer(1), "the next INCR n")
      same(name, 2, "how many sessions were opened")
    },
  )

  check("10e.12", [37], "one command at a time, in the order in which they were given", async ({ after }) => {
    let open = 0
    let most = 0
    const actor = await Actor.start(
      after,
      leading(() => "silence"),
    )
    const answers: (() => void)[] = []
    actor.play = leading(() => {
      most = Math.max(most, ++open)
      setImmediate(() => {
        open--
        answers.shift()?.()
      })
      return "+OK\r\n"
    })
    const it = client(after, { addresses: [actor.address] })
    await awaiting(
      "ten commands",
      Promise.all(Array.from({ length: 10 }, (_, i) => it.command("SET", "k", String(i)))),
    )
    const values = actor.asked.filter((words) => words[1] === "ONCE").map((words) => words.at(-1))
    same(
      values,
      Array.from({ length: 10 }, (_, i) => String(i)),
      "ten commands at once: the order in which they were asked",
    )
    same(most, 1, "how many were asked at a time, at most")
  })

  check("10e.13", [39], "close ends every connection; commands are refused then", async ({ after }) => {
    const actor = await Actor.start(
      after,
      leading(() => "+OK\r\n"),
    )
    const it = client(after, { addresses: [actor.address] })
    await it.command("SET", "k", "v")
    same(actor.connections > 0, true, "after a command, whether it has a connection")
    await awaiting("close", it.close())
    while (actor.connections > 0) await new Promise((resolve) => setImmediate(resolve))
    await rejects(it.command("SET", "k", "w"), "NotDone", [], "a command after close")
  })

  check(
    "10e.15",
    [35],
    "a server that keeps silent: another one is asked, with the same number",
    async ({ after }) => {
      const silent = await Actor.start(
        after,
        leading(() => "silence"),
      )
      const leader = await Actor.start(
        after,
        leading(() => ":1\r\n"),
      )
      const it = client(after, { addresses: [silent.address, leader.address] })
      same(
        await awaiting("INCR n", it.command("INCR", "n")),
        integer(1),
        "the first server says nothing, the second leads: INCR n",
      )
      const [first] = commands(silent)
      if (first !== undefined) same(commands(leader), [first], "what the second was asked, as the first")
    },
    { slow: 3 },
  )

  check(
    "10e.14",
    [28, 33, 35, 40],
    "a real cluster, its leaders closed one after the other: the counter is exact",
    async ({ after }) => {
      const test = await TestCluster.start(after)
      const addresses = Object.values(test.cluster).map((member) => member.client)
      const clients = [0, 1, 2].map((i) =>
        client(after, { addresses: [...addresses.slice(i), ...addresses.slice(0, i)] }),
      )
      let ending = false
      const counted = clients.map(async (each) => {
        let done = 0
        while (!ending) {
          await each.command("INCR", "n")
          done++
        }
        return done
      })
      for (let round = 0; round < 2; round++) {
        const leader = await test.leader()
        await test.stop(leader)
        await test.leader()
        await test.start(leader)
      }
      ending = true
      const sum = (await awaiting("three clients", Promise.all(counted))).reduce((a, b) => a + b, 0)
      const [first] = clients
      same(
        await first?.command("GET", "n"),
        bulk(String(sum)),
        `three clients have had ${String(sum)} INCR answered; GET n`,
      )
      holds(sum > 0, "three clients count while leaders come and go", "some commands were answered", "none")
    },
    { slow: 5 },
  )
})
