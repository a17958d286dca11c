import fc from "fast-check"
import { check, forAll, group, holds, same, show } from "#suite"
import type { Distribution, Link, Network, NetworkOptions } from "../../projects/09-simulation/contract.ts"
import { count, evenly, likely, many, refusesNaming } from "./chances.ts"
import { networkOf, project, randomOf } from "./project.ts"
import { always, between } from "./runs.ts"

/** Fast or slow, each half of the time: whoever looks at an arrival can tell which. */
const [fast, slow] = [10, 100]
const fastOrSlow: Distribution = {
  kind: "quantiles",
  points: [
    [0, fast],
    [0.5, fast],
    [0.5, slow],
    [1, slow],
  ],
}

/** A network without any trouble, but for what is asked for. */
function network(options: Partial<NetworkOptions> = {}, seed = 1): Network {
  return networkOf({ latency: always(5), loss: 0, duplicate: 0, reorder: 0, ...options }, randomOf(seed))
}

/** How many times each of `n` messages arrives. They are sent far apart. */
function arrivals(of: Network, n: number, from = "n1", to = "n2"): readonly number[] {
  return many(n, (i) => of.send(from, to, 1_000 * i).length)
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6

group("9c", "The network", () => {
  check("9c.1", [14], "a message arrives after the latency of its link", () => {
    const plain = network()
    for (const now of [0, 3, 3, 10.5, 1e6])
      same(plain.send("n1", "n2", now), [now + 5], `latency 5 ms, sent at ${String(now)}: arrives`)
    same(network({ latency: always(0) }).send("n1", "n2", 7), [7], "latency 0 ms, sent at 7: arrives")
  })

  check("9c.2", [14], "each message has a latency of its own, and none arrives before it was sent", () => {
    for (const reorder of [0, 1]) {
      const scenario = `latency 20 to 60 ms, reorder ${String(reorder)}, one message a second`
      const random = network({ latency: between(20, 60), reorder })
      const took = many(4_000, (i) => (random.send("n1", "n2", 1_000 * i)[0] ?? Number.NaN) - 1_000 * i)
      const wrong = took.find((ms) => !(ms >= 20 - 1e-6 && ms <= 60 + 1e-6))
      holds(wrong === undefined, scenario, "20 to 60 ms later", `${String(wrong)} ms later`)
      evenly(
        took.map((ms) => Math.min(7, Math.max(0, Math.floor((ms - 20) / 5)))),
        8,
        scenario,
        (i) => `eighth ${String(i + 1)} of the latency`,
      )
    }
  })

  check("9c.3", [15], "so many messages are lost as `loss` says", () => {
    for (const [loss, n] of [
      [0, 500],
      [1, 500],
      [0.02, 5_000],
      [0.3, 5_000],
    ] as const) {
      const lost = count(arrivals(network({ loss }), n), (times) => times === 0)
      likely(lost, n, loss, `loss ${String(loss)}: messages that never arrive`)
    }
  })

  check("9c.4", [15], "each message anew", () => {
    const times = arrivals(network({ loss: 0.5 }), 8_000)
    const pairs = many(4_000, (i) => (times[2 * i] ?? 0) + 2 * (times[2 * i + 1] ?? 0))
    const told = ["both lost", "the second one lost", "the first one lost", "both arrive"]
    evenly(pairs, 4, "loss 0.5, pairs of messages", (i) => told[i] ?? "")
  })

  check("9c.5", [16], "so many arrive twice as `duplicate` says, and never more often", () => {
    for (const [duplicate, n] of [
      [0, 500],
      [1, 500],
      [0.05, 5_000],
      [0.4, 5_000],
    ] as const) {
      const times = arrivals(network({ duplicate }), n)
      likely(
        count(times, (each) => each === 2),
        n,
        duplicate,
        `duplicate ${String(duplicate)}, loss 0: messages that arrive twice`,
      )
      likely(
        count(times, (each) => each === 1),
        n,
        1 - duplicate,
        `duplicate ${String(duplicate)}, loss 0: messages that arrive once`,
      )
    }
  })

  check("9c.6", [15, 16], "a message is lost or not; only one that is not can arrive twice", () => {
    const times = arrivals(network({ loss: 0.4, duplicate: 0.5 }), 6_000)
    for (const [often, probability] of [
      [0, 0.4],
      [1, 0.3],
      [2, 0.3],
    ] as const) {
      likely(
        count(times, (each) => each === often),
        6_000,
        probability,
        `loss 0.4, duplicate 0.5: messages that arrive ${String(often)} times`,
      )
    }
  })

  check("9c.7", [16], "a message that arrives twice has a latency of its own each time", () => {
    const twice = network({ duplicate: 1, reorder: 1, latency: between(0, 100) })
    const early = many(4_000, (i) =>
      count(twice.send("n1", "n2", 1_000 * i), (time) => time - 1_000 * i < 50),
    )
    const told = "duplicate 1, reorder 1, latency 0 to 100 ms: messages of which this many come within 50 ms:"
    for (const [n, probability] of [
      [0, 0.25],
      [1, 0.5],
      [2, 0.25],
    ] as const) {
      likely(
        count(early, (each) => each === n),
        4_000,
        probability,
        `${told} ${String(n)}`,
      )
    }
  })

  check(
    "9c.8",
    [17],
    "without `reorder`, nothing overtakes: it comes together with the one before it, or when its latency says",
    () => {
      const ordered = network({ latency: fastOrSlow })
      let [last, held, late] = [0, 0, 0]
      for (let now = 0; now < 14_000; now += 7) {
        const [time = Number.NaN] = ordered.send("n1", "n2", now)
        const early = Math.max(last, now + fast)
        const scenario = `latency ${String(fast)} or ${String(slow)} ms, reorder 0; the one before arrives at ${String(last)}; sent at ${String(now)}`
        holds(
          isNear(time, early) || isNear(time, now + slow),
          scenario,
          `arrives at ${String(early)} or ${String(now + slow)}`,
          String(time),
        )
        if (isNear(time, now + slow)) late++
        if (early > now + fast && isNear(time, early)) held++
        last = Math.max(last, time)
      }
      likely(late, 2_000, 0.5, "latency 10 or 100 ms, a message each 7 ms: they come 100 ms later")
      holds(
        held > 100,
        "latency 10 or 100 ms, a message each 7 ms",
        "many come together with one before them",
        String(held),
      )
    },
  )

  check("9c.9", [17], "also those that arrive twice keep the order", () => {
    const ordered = network({ latency: between(0, 100), duplicate: 0.5, loss: 0.1 })
    let last = 0
    for (let now = 0; now < 3_000; now += 3) {
      const times = ordered.send("n1", "n2", now)
      const scenario = `latency 0 to 100 ms, duplicate 0.5, loss 0.1, reorder 0; sent at ${String(now)}, those before arrive by ${String(last)}`
      holds(
        times.every((time) => time >= last && time >= now),
        scenario,
        `not before ${String(last)}`,
        show(times),
      )
      last = Math.max(last, ...times)
    }
  })

  check("9c.10", [17], "with `reorder` 1, everything comes just when its latency says", () => {
    const free = network({ latency: fastOrSlow, reorder: 1, duplicate: 0.5 })
    const took = many(2_000, (i) => free.send("n1", "n2", 7 * i).map((time) => time - 7 * i)).flat()
    const wrong = took.find((ms) => !isNear(ms, fast) && !isNear(ms, slow))
    holds(
      wrong === undefined,
      "latency 10 or 100 ms, reorder 1",
      "10 or 100 ms later",
      `${String(wrong)} ms later`,
    )
    likely(
      count(took, (ms) => isNear(ms, fast)),
      took.length,
      0.5,
      "latency 10 or 100 ms, reorder 1, a message each 7 ms: they come 10 ms later",
    )
  })

  check("9c.11", [17], "an arrival that is free is not held up, and holds nobody up", () => {
    // The second of two is held up when the first is slow, it is fast itself, and neither is free.
    for (const reorder of [0.25, 0.8]) {
      const some = network({ latency: fastOrSlow, reorder })
      const n = 8_000
      const seconds = many(n, (i) => {
        const now = 1_000 * i
        some.send("n1", "n2", now)
        return (some.send("n1", "n2", now + 1)[0] ?? Number.NaN) - now
      })
      const scenario = `latency 10 or 100 ms, reorder ${String(reorder)}; two messages, the second 1 ms later: it comes`
      const held = 0.25 * (1 - reorder) ** 2
      likely(
        count(seconds, (ms) => isNear(ms, slow)),
        n,
        held,
        `${scenario} together with the first, 100 ms later`,
      )
      likely(
        count(seconds, (ms) => isNear(ms, fast + 1)),
        n,
        0.5 - held,
        `${scenario} 10 ms later`,
      )
      likely(
        count(seconds, (ms) => isNear(ms, slow + 1)),
        n,
        0.5,
        `${scenario} 100 ms later`,
      )
    }
  })

  check("9c.12", [17], "the order is that of one directed link: nobody waits for those of another", () => {
    const links = { "n1>n2": { latency: always(100) } }
    const slowWay = network({ links })
    same(
      slowWay.send("n1", "n2", 0),
      [100],
      "n1>n2 takes 100 ms, all others 5; sent at 0 from n1 to n2: arrives",
    )
    for (const [from, to] of [
      ["n2", "n1"],
      ["n1", "n3"],
      ["n3", "n2"],
    ] as const) {
      same(
        slowWay.send(from, to, 1),
        [6],
        `n1>n2 takes 100 ms, all others 5; something is under way there; sent at 1 from ${from} to ${to}: arrives`,
      )
    }
  })

  check("9c.13", [18], "a link may have values of its own, for its direction only", () => {
    const others = [
      ["n2", "n1"],
      ["n1", "n3"],
      ["n3", "n2"],
    ] as const
    const own: readonly (readonly [Partial<Link>, readonly number[]])[] = [
      [{ loss: 1 }, []],
      [{ latency: always(50) }, [50]],
      [{ duplicate: 1 }, [5, 5]],
      [{ duplicate: 1, latency: always(50) }, [50, 50]],
    ]
    for (const [link, expected] of own) {
      const some = network({ links: { "n1>n2": link } })
      same(some.send("n1", "n2", 0), expected, `links n1>n2: ${show(link)}; sent at 0 from n1 to n2: arrives`)
      for (const [from, to] of others)
        same(
          some.send(from, to, 0),
          [5],
          `links n1>n2: ${show(link)}; sent at 0 from ${from} to ${to}: arrives`,
        )
    }
    const bad = { loss: 1, duplicate: 1 }
    const none = network({ ...bad, links: { "n1>n2": { loss: 0, duplicate: 0 } } })
    same(
      none.send("n1", "n2", 0),
      [5],
      "loss 1, duplicate 1, but links n1>n2: both 0; sent from n1 to n2: arrives",
    )
    same(
      none.send("n2", "n1", 0),
      [],
      "loss 1, duplicate 1, but links n1>n2: both 0; sent from n2 to n1: arrives",
    )
    const free = network({ latency: fastOrSlow, reorder: 0, links: { "n1>n2": { reorder: 1 } } })
    const wrong = many(200, (i) => (free.send("n1", "n2", i)[0] ?? 0) - i).find(
      (ms) => !isNear(ms, fast) && !isNear(ms, slow),
    )
    holds(
      wrong === undefined,
      "latency 10 or 100 ms, reorder 0, but links n1>n2: reorder 1",
      "10 or 100 ms later",
      `${String(wrong)} ms later`,
    )
  })

  check("9c.14", [18], "whatever is sent elsewhere changes nothing on a link", () => {
    const options = { latency: between(0, 100), loss: 0.2, duplicate: 0.2, reorder: 0.2 }
    const alone = network(options)
    const expected = many(100, (i) => alone.send("n1", "n2", i))
    const busy = network(options)
    many(10, (i) => busy.send("n3", "n1", i))
    const got = many(100, (i) => {
      for (const [from, to] of [
        ["n2", "n1"],
        ["n1", "n3"],
        ["n3", "n2"],
      ] as const)
        busy.send(from, to, i)
      return busy.send("n1", "n2", i)
    })
    same(got, expected, "a hundred messages from n1 to n2, while others are sent elsewhere: when they arrive")
    const other = many(100, (i) => alone.send("n2", "n1", i))
    holds(
      show(other) !== show(expected),
      "a hundred messages from n2 to n1",
      "other luck than from n1 to n2",
      "the same",
    )
  })

  check("9c.15", [18], "its luck is the stream's, and nothing else's", () => {
    const options = { latency: between(0, 100), loss: 0.2, duplicate: 0.2, reorder: 0.2 }
    const of = (seed: number) => {
      const some = network(options, seed)
      return many(60, (i) => some.send("n1", "n2", i))
    }
    same(of(2), of(2), "sixty messages, twice with the same stream: when they arrive")
    holds(show(of(2)) !== show(of(3)), "sixty messages, with another stream", "other times", "the same")
  })

  check("9c.16", [19], "what is sent on a way that is cut never arrives; cuts go one way", () => {
    const some = network()
    const undo = some.cut(["n1", "n2"], ["n3", "n4"])
    const cut = ["n1>n3", "n1>n4", "n2>n3", "n2>n4"]
    const servers = ["n1", "n2", "n3", "n4", "n5"]
    const all = servers.flatMap((from) =>
      servers.filter((to) => to !== from).map((to) => [from, to] as const),
    )
    for (const [from, to] of all) {
      const isCut = cut.includes(`${from}>${to}`)
      same(some.isCut(from, to), isCut, `cut([n1, n2], [n3, n4]): isCut(${from}, ${to})`)
      same(
        some.send(from, to, 1),
        isCut ? [] : [6],
        `cut([n1, n2], [n3, n4]), sent at 1 from ${from} to ${to}: arrives`,
      )
    }
    undo()
    for (const [from, to] of all) {
      same(some.isCut(from, to), false, `cut([n1, n2], [n3, n4]), undone: isCut(${from}, ${to})`)
      same(
        some.send(from, to, 2),
        [7],
        `cut([n1, n2], [n3, n4]), undone, sent at 2 from ${from} to ${to}: arrives`,
      )
    }
  })

  check("9c.17", [19], "cuts add up, and each is undone by itself, once", () => {
    const some = network()
    const says = (expected: boolean, scenario: string): void => {
      same(some.isCut("n1", "n2"), expected, `${scenario}: isCut(n1, n2)`)
      same(some.send("n1", "n2", 0), expected ? [] : [5], `${scenario}, sent from n1 to n2: arrives`)
    }
    const first = some.cut(["n1"], ["n2"])
    const second = some.cut(["n1"], ["n2", "n3"])
    first()
    says(true, "two cuts, the first one undone")
    first()
    says(true, "two cuts, the first one undone twice")
    second()
    says(false, "two cuts, both undone")
    const third = some.cut(["n1"], ["n2"])
    first()
    second()
    says(true, "two cuts undone, a new one, the old ones undone once more")
    third()
    says(false, "all cuts undone")
    const step = fc.record({
      undo: fc.boolean(),
      which: fc.nat({ max: 5 }),
      from: fc.nat({ max: 2 }),
      to: fc.nat({ max: 2 }),
    })
    forAll(fc.array(step, { maxLength: 15 }), (steps) => {
      const any = network()
      const cuts: { readonly way: string; undo: () => void; undone: boolean }[] = []
      for (const { undo, which, from, to } of steps) {
        const old = cuts[which]
        if (undo && old) {
          old.undo()
          old.undone = true
        } else
          cuts.push({
            way: `${String(from)}>${String(to)}`,
            undo: any.cut([String(from)], [String(to)]),
            undone: false,
          })
        for (const way of ["0>1", "1>0", "0>2", "2>1"]) {
          const expected = cuts.some((each) => each.way === way && !each.undone)
          const [a = "", b = ""] = way.split(">")
          same(
            any.isCut(a, b),
            expected,
            `isCut(${a}, ${b}), after cuts ${cuts.map((each) => `${each.way}${each.undone ? " (undone)" : ""}`).join(", ")}`,
          )
        }
      }
    })
  })

  check("9c.18", [20], "nonsense is refused when the network is created", () => {
    const random = randomOf(1)
    const fine = { latency: always(5), loss: 0, duplicate: 0, reorder: 0 }
    const wrong: Partial<Link>[] = [
      { latency: always(-1) },
      { latency: between(5, 4) },
      { latency: { kind: "quantiles", points: [] } },
      { latency: always(Number.NaN) },
    ]
    for (const value of [-0.1, 1.01, Number.NaN])
      wrong.push({ loss: value }, { duplicate: value }, { reorder: value })
    for (const link of wrong) {
      const fields = Object.keys(link)
      refusesNaming(
        () => project.createNetwork({ ...fine, ...link }, random),
        fields,
        `createNetwork with ${show(link)}`,
      )
      const links = { "n1>n2": { loss: 0.5 }, "n2>n3": link }
      refusesNaming(
        () => project.createNetwork({ ...fine, links }, random),
        fields,
        `createNetwork with links ${show(links)}`,
      )
    }
    const ones = networkOf(
      { latency: always(5), loss: 1, duplicate: 1, reorder: 1, links: { "n1>n2": { loss: 0 } } },
      random,
    )
    same(
      ones.send("n1", "n2", 0),
      [5, 5],
      "loss, duplicate and reorder 1, links n1>n2: loss 0; sent at 0: arrives",
    )
  })

  check("9c.19", [17, 19], "what a cut took never arrives, and holds nobody up", () => {
    const some = network({ latency: fastOrSlow })
    for (let i = 0; i < 40; i++) {
      const now = 1_000 * i
      const undo = some.cut(["n1"], ["n2"])
      some.send("n1", "n2", now)
      undo()
      const [time = Number.NaN] = some.send("n1", "n2", now + 1)
      const scenario = `latency 10 or 100 ms, reorder 0; sent at ${String(now)} while the way is cut, and at ${String(now + 1)}, when it is open again`
      const expected = `the second one arrives at ${String(now + 1 + fast)} or ${String(now + 1 + slow)}`
      holds(isNear(time, now + 1 + fast) || isNear(time, now + 1 + slow), scenario, expected, String(time))
    }
  })
})
