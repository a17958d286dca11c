import { check, group, holds, refuses, same, show } from "#suite"
import type { Distribution, Random } from "../../projects/09-simulation/contract.ts"
import { count, evenly, likely, many, refusesNaming } from "./chances.ts"
import { project, randomOf } from "./project.ts"

const firstOf = (random: Random, n = 4): readonly number[] => many(n, () => random.next())

/** Everything that a stream can be asked, a few times. */
function allOf(random: Random): readonly unknown[] {
  return many(10, () => [
    random.next(),
    random.below(1000),
    random.chance(0.5),
    random.pick("abcdef".split("")),
  ])
}

function samplesOf(distribution: Distribution, n: number, seed = 5): readonly number[] {
  const random = randomOf(seed)
  return many(n, () => project.sample(distribution, random))
}

/** Fails unless all samples are in here, both ends included. */
function within(samples: readonly number[], from: number, to: number, scenario: string): void {
  const outside = samples.find((ms) => !(ms >= from && ms <= to))
  holds(outside === undefined, scenario, `${String(from)} to ${String(to)}`, String(outside))
}

/** Streams by name, no two of which may have two numbers in a row in common. */
function unrelated(streams: Readonly<Record<string, Random>>, scenario: string): void {
  const seen = new Map<string, string>()
  for (const [name, random] of Object.entries(streams)) {
    const numbers = firstOf(random, 100)
    for (let i = 1; i < numbers.length; i++) {
      const pair = `${String(numbers[i - 1])}, ${String(numbers[i])}`
      const other = seen.get(pair)
      const got = `${pair} in both ${other ?? ""} and ${name}`
      holds(other === undefined, scenario, "streams that have nothing in common", got)
      seen.set(pair, name)
    }
  }
}

/** Fails unless what one stream gives says nothing about what the other gives at the same place. */
function independent(one: Random, other: Random, scenario: string): void {
  const pairs = many(8_000, () => 3 * Math.floor(one.next() * 3) + Math.floor(other.next() * 3))
  evenly(pairs, 9, scenario, (i) => `third ${String(Math.floor(i / 3) + 1)} and third ${String((i % 3) + 1)}`)
}

group("9a", "Chance", () => {
  check("9a.1", [1], "the same seed gives the same stream", () => {
    for (const seed of [0, 1, 42, 2 ** 31, 2 ** 32, 2 ** 53 - 1]) {
      const [one, other] = [randomOf(seed), randomOf(seed)]
      same(allOf(one), allOf(other), `two streams of seed ${String(seed)}, one after the other`)
      const [a, b] = [randomOf(seed), randomOf(seed)]
      many(20, (i) => {
        same(a.next(), b.next(), `two streams of seed ${String(seed)}, in turns: number ${String(i + 1)}`)
      })
    }
  })

  check("9a.2", [1], "another seed gives another stream, up to 2^53 - 1", () => {
    const large = many(53, (i) => 2 ** i).flatMap((power) => [2 ** 53 - power, power + 2, power + 3])
    const seeds = [...new Set([...many(300, (i) => i), ...large, 2 ** 32 + 5, 2 ** 52 + 2 ** 32 + 5])]
    const seen = new Map<string, number>()
    for (const seed of seeds.filter(Number.isSafeInteger)) {
      const numbers = firstOf(randomOf(seed)).join(", ")
      const other = seen.get(numbers)
      const scenario = `the first four numbers of seeds ${String(other)} and ${String(seed)}`
      holds(other === undefined, scenario, "different ones", `the same: ${numbers}`)
      seen.set(numbers, seed)
    }
  })

  check("9a.3", [1], "what is no natural number is refused as a seed", () => {
    for (const seed of [-1, 0.5, 1e-9, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      refusesNaming(() => project.createRandom(seed), ["seed"], `createRandom(${String(seed)})`)
    }
  })

  check("9a.4", [2], "`next` is from 0 to below 1, and all numbers are as likely", () => {
    const random = randomOf(2026)
    const numbers = many(20_000, () => random.next())
    const outside = numbers.find((number) => !(number >= 0 && number < 1))
    holds(outside === undefined, "20,000 numbers of seed 2026", "at least 0, below 1", String(outside))
    const tenths = numbers.map((number) => Math.floor(number * 10))
    evenly(tenths, 10, "`next`, 20,000 times", (i) => `numbers that begin with 0.${String(i)}`)
    const fine = numbers.map((number) => Math.floor(number * 5_000) % 5)
    evenly(fine, 5, "`next`, 20,000 times: ⌊5000 · number⌋ modulo 5", (i) => String(i))
    const pairs = many(10_000, (i) => 4 * ((tenths[2 * i] ?? 0) % 4) + ((tenths[2 * i + 1] ?? 0) % 4))
    const wanted = count(pairs, (pair) => pair === 0)
    likely(wanted, 10_000, 0.09, "`next` twice: both begin with one of 0.0, 0.4, 0.8")
  })

  check("9a.5", [2], "the first number of a stream is fair, too: over many seeds, all are as likely", () => {
    const first = many(2_000, (seed) => Math.floor(randomOf(seed).next() * 8))
    evenly(
      first,
      8,
      "`createRandom(seed).next()` for seeds 0 to 1999",
      (i) => `from ${String(i)}/8 to below ${String(i + 1)}/8`,
    )
  })

  check("9a.6", [2], "`below(n)` is a natural number below n, each as likely", () => {
    for (const n of [1, 2, 3, 6, 10]) {
      const random = randomOf(n)
      evenly(
        many(6_000, () => random.below(n)),
        n,
        `below(${String(n)}), 6,000 times`,
      )
    }
    const random = randomOf(77)
    const large = many(3_000, () => random.below(2 ** 40))
    const wrong = large.find((number) => !Number.isInteger(number) || number < 0 || number >= 2 ** 40)
    holds(wrong === undefined, "below(2^40)", "natural numbers below 2^40", String(wrong))
    evenly(
      large.map((number) => Math.floor(number / 2 ** 38)),
      4,
      "below(2^40), 3,000 times",
      (i) => `quarter ${String(i + 1)}`,
    )
  })

  check("9a.7", [2], "`pick` gives one of the list, each as likely", () => {
    const random = randomOf(8)
    const list = ["a", "b", "c", "d", "e"]
    const picked = many(5_000, () => list.indexOf(random.pick(list)))
    evenly(picked, list.length, `pick(${show(list)}), 5,000 times`, (i) => list[i] ?? "")
    same(
      many(5, () => random.pick(["only"])),
      many(5, () => "only"),
      'pick(["only"]), 5 times',
    )
    same(random.pick([null]), null, "pick([null])")
  })

  check("9a.8", [2], "`chance` is as likely as it says; 0 is never, 1 always", () => {
    const random = randomOf(9)
    for (const [probability, n] of [
      [0, 2_000],
      [1, 2_000],
      [0.01, 6_000],
      [0.3, 6_000],
      [0.9, 6_000],
    ] as const) {
      const happened = count(
        many(n, () => random.chance(probability)),
        (yes) => yes,
      )
      likely(happened, n, probability, `chance(${String(probability)}) is true`)
    }
  })

  check("9a.9", [3], "`below` refuses what is not a natural number from 1 on, `pick` an empty list", () => {
    const random = randomOf(1)
    for (const n of [0, -1, 1.5, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      refusesNaming(() => random.below(n), ["n"], `below(${String(n)})`)
    }
    refuses(() => random.pick([]), "RangeError", [], "pick([])")
  })

  check("9a.10", [4], "a fork does not depend on what was drawn before, nor on other forks", () => {
    const expected = firstOf(randomOf(3).fork("network"))
    const drawn = randomOf(3)
    allOf(drawn)
    same(firstOf(drawn.fork("network")), expected, 'seed 3, fork("network") after 40 draws')
    const others = randomOf(3)
    firstOf(others.fork("disk"))
    others.fork("clients")
    same(firstOf(others.fork("network")), expected, 'seed 3, fork("network") after two other forks')
    same(firstOf(others.fork("network")), expected, 'seed 3, fork("network") for the second time')
    const nested = firstOf(randomOf(3).fork("network").fork("n1>n2"))
    const parent = randomOf(3).fork("network")
    allOf(parent)
    same(
      firstOf(parent.fork("n1>n2")),
      nested,
      'seed 3, fork("network").fork("n1>n2"), after 40 draws from fork("network")',
    )
  })

  check("9a.11", [4], "drawing from a fork changes no other stream", () => {
    const root = randomOf(4)
    const before = firstOf(root)
    const [a, b] = [root.fork("a"), root.fork("b")]
    const twin = root.fork("a")
    const ofB = many(20, () => {
      a.next()
      return b.next()
    })
    same(ofB, firstOf(randomOf(4).fork("b"), 20), 'seed 4: fork("b"), while fork("a") is drawn from')
    same(
      firstOf(twin),
      firstOf(randomOf(4).fork("a")),
      'seed 4: fork("a") once more, made before the first was drawn from',
    )
    const alone = firstOf(randomOf(4), 8)
    same(
      [...before, ...firstOf(root)],
      alone,
      "seed 4: its own numbers, with forks made and drawn from in between",
    )
  })

  check("9a.12", [4], "a fork depends on its parent's seed and name, and on its own name", () => {
    const root = randomOf(5)
    const streams: Record<string, Random> = { "seed 5": randomOf(5), "seed 6": randomOf(6) }
    const long = "x".repeat(40)
    const names = ["", "a", "b", "ab", "ba", "aa", "n1>n2", "n2>n1", "n1>n3", "a\u0161", "aa\u0000"]
    for (const name of [...names, `${long}a`, `${long}b`, `a${long}`, `b${long}`]) {
      streams[`seed 5, fork ${JSON.stringify(name)}`] = root.fork(name)
    }
    for (const [one, two] of [
      ["a", "b"],
      ["b", "a"],
      ["a", "a"],
      ["x", "b"],
    ] as const) {
      streams[`seed 5, fork "${one}", fork "${two}"`] = root.fork(one).fork(two)
    }
    for (const name of ["a", "n1>n2"]) streams[`seed 6, fork "${name}"`] = randomOf(6).fork(name)
    streams[`seed ${String(2 ** 32 + 5)}, fork "a"`] = randomOf(2 ** 32 + 5).fork("a")
    unrelated(streams, "a hundred numbers of each of these streams, two in a row")
  })

  check("9a.13", [4], "streams say nothing about each other", () => {
    const root = randomOf(6)
    independent(root, root.fork("a"), 'seed 6, and its fork("a")')
    independent(root.fork("n1>n2"), root.fork("n2>n1"), 'seed 6, fork("n1>n2") and fork("n2>n1")')
    independent(randomOf(7), randomOf(8), "seeds 7 and 8")
    const first = many(2_000, (i) => Math.floor(root.fork(`n${String(i)}`).next() * 8))
    evenly(
      first,
      8,
      'seed 6: the first number of fork("n0") to fork("n1999")',
      (i) => `from ${String(i)}/8 to below ${String(i + 1)}/8`,
    )
  })

  check("9a.14", [5], "`constant` is always that time", () => {
    for (const ms of [0, 5, 0.25, 1e9]) {
      same(
        samplesOf({ kind: "constant", ms }, 5),
        many(5, () => ms),
        `constant, ${String(ms)} ms, five samples`,
      )
    }
  })

  check("9a.15", [5], "`uniform` is anything from `from` to `to`, each as likely", () => {
    for (const [from, to] of [
      [0, 1],
      [150, 300],
      [1e6, 1e6 + 10],
    ] as const) {
      const scenario = `uniform, ${String(from)} to ${String(to)} ms, 5,000 samples`
      const samples = samplesOf({ kind: "uniform", from, to }, 5_000)
      within(samples, from, to, scenario)
      const tenths = samples.map((ms) => Math.min(9, Math.floor((10 * (ms - from)) / (to - from))))
      evenly(tenths, 10, scenario, (i) => `tenth ${String(i + 1)}`)
      holds(
        samples.some((ms) => !Number.isInteger(ms)),
        scenario,
        "fractions, too: anything between",
        "whole numbers only",
      )
    }
    same(samplesOf({ kind: "uniform", from: 7, to: 7 }, 3), [7, 7, 7], "uniform, 7 to 7 ms, three samples")
  })

  check("9a.16", [5], "all chance comes from the stream that is given", () => {
    const points = [
      [0, 0],
      [0.5, 10],
      [1, 100],
    ] as const
    for (const distribution of [
      { kind: "uniform", from: 0, to: 9 },
      { kind: "quantiles", points },
    ] as const) {
      const scenario = `${distribution.kind}, 20 samples`
      const expected = samplesOf(distribution, 20)
      same(samplesOf(distribution, 20), expected, `${scenario} of the same stream, again`)
      const other = samplesOf(distribution, 20, 6)
      holds(show(other) !== show(expected), `${scenario} of another stream`, "others", "the same")
      holds(new Set(expected).size > 10, scenario, "different ones", show(expected))
    }
  })

  check(
    "9a.17",
    [6],
    "quantiles: the fraction of a point takes at most its time, in between a straight line",
    () => {
      const points = [
        [0, 1],
        [0.5, 3],
        [0.9, 10],
        [1, 110],
      ] as const
      const samples = samplesOf({ kind: "quantiles", points }, 10_000)
      const scenario = `quantiles ${show(points)}`
      within(samples, 1, 110, scenario)
      const fractions = [
        [2, 0.25],
        [3, 0.5],
        [4.75, 0.6],
        [6.5, 0.7],
        [10, 0.9],
        [60, 0.95],
        [85, 0.975],
      ] as const
      for (const [ms, fraction] of fractions) {
        likely(
          count(samples, (each) => each <= ms),
          10_000,
          fraction,
          `${scenario}, samples of at most ${String(ms)} ms`,
        )
      }
      const two = samplesOf(
        {
          kind: "quantiles",
          points: [
            [0, 10],
            [1, 20],
          ],
        },
        4_000,
      )
      within(two, 10, 20, "quantiles [[0, 10], [1, 20]]")
      evenly(
        two.map((ms) => Math.min(4, Math.floor((ms - 10) / 2))),
        5,
        "quantiles [[0, 10], [1, 20]], 4,000 samples",
        (i) => `fifth ${String(i + 1)}`,
      )
    },
  )

  check("9a.18", [6], "two points of the same fraction are a gap, two of the same time a heap", () => {
    const gap = [
      [0, 0],
      [0.5, 10],
      [0.5, 20],
      [1, 30],
    ] as const
    const samples = samplesOf({ kind: "quantiles", points: gap }, 4_000)
    const scenario = `quantiles ${show(gap)}, 4,000 samples`
    within(samples, 0, 30, scenario)
    const inside = samples.find((ms) => ms > 10 && ms < 20)
    holds(inside === undefined, scenario, "none between 10 and 20", String(inside))
    likely(
      count(samples, (ms) => ms <= 10),
      4_000,
      0.5,
      `${scenario}, samples of at most 10 ms`,
    )
    likely(
      count(samples, (ms) => ms >= 25),
      4_000,
      0.25,
      `${scenario}, samples of at least 25 ms`,
    )
    const heap = [
      [0, 5],
      [0.3, 5],
      [0.3, 6],
      [0.3, 8],
      [1, 8],
    ] as const
    const heaped = samplesOf({ kind: "quantiles", points: heap }, 4_000)
    const lows = count(heaped, (ms) => Math.abs(ms - 5) < 1e-9)
    likely(lows, 4_000, 0.3, `quantiles ${show(heap)}, samples of 5 ms`)
    likely(
      count(heaped, (ms) => Math.abs(ms - 8) < 1e-9),
      4_000,
      0.7,
      `quantiles ${show(heap)}, samples of 8 ms`,
    )
    const ends = [
      [0, 1],
      [0, 4],
      [1, 6],
      [1, 9],
    ] as const
    const odd = samplesOf({ kind: "quantiles", points: ends }, 1_000).find(
      (ms) => !(ms >= 4 && ms <= 6) && ms !== 1 && ms !== 9,
    )
    holds(odd === undefined, `quantiles ${show(ends)}`, "4 to 6 ms", String(odd))
  })

  check("9a.19", [7], "a distribution that makes no sense is refused", () => {
    const random = randomOf(1)
    const [nan, infinite] = [Number.NaN, Number.POSITIVE_INFINITY]
    const refused = (distribution: Distribution, ...words: readonly string[]): void => {
      refusesNaming(() => project.sample(distribution, random), words, `sample(${show(distribution)})`)
    }
    for (const ms of [-1, nan, infinite]) refused({ kind: "constant", ms }, "ms")
    for (const from of [-1, nan]) refused({ kind: "uniform", from, to: 5 }, "from")
    for (const to of [nan, infinite]) refused({ kind: "uniform", from: 1, to }, "to")
    refused({ kind: "uniform", from: 6, to: 5 }, "from", "to")
    const wrong: readonly (readonly (readonly [number, number])[])[] = [
      [],
      [[0, 1]],
      [[1, 1]],
      [
        [0.1, 1],
        [1, 2],
      ],
      [
        [0, 1],
        [0.9, 2],
      ],
      [
        [0, 1],
        [0.6, 2],
        [0.5, 3],
        [1, 4],
      ],
      [
        [0, 1],
        [0.5, 3],
        [0.6, 2],
        [1, 4],
      ],
      [
        [0, -1],
        [1, 4],
      ],
      [
        [0, nan],
        [1, 4],
      ],
      [
        [0, 1],
        [nan, 2],
        [1, 4],
      ],
      [
        [0, 1],
        [0.5, nan],
        [1, 4],
      ],
      [
        [0, 1],
        [1, infinite],
      ],
      [
        [0, 1],
        [2, 3],
        [1, 4],
      ],
    ]
    for (const points of wrong) refused({ kind: "quantiles", points }, "points")
  })
})
