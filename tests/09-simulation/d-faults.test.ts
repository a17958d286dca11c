import { check, group, holds, same, show } from "#suite"
import type { Distribution, Fault, FaultPlan } from "../../projects/09-simulation/contract.ts"
import { about, count, evenly, many, refusesNaming } from "./chances.ts"
import { project, randomOf } from "./project.ts"
import { always, between } from "./runs.ts"

type Kind = Fault["kind"]
type Of<K extends Kind> = Extract<Fault, { readonly kind: K }>

const kinds: readonly Kind[] = ["partition", "oneWay", "pause", "crash", "slowDisk", "drift"]
const five = ["n1", "n2", "n3", "n4", "n5"]

/** As many of every kind. */
function each(rate: number): Readonly<Record<Kind, number>> {
  return { partition: rate, oneWay: rate, pause: rate, crash: rate, slowDisk: rate, drift: rate }
}

const busy: FaultPlan = { from: 10_000, until: 70_000, perMinute: each(10), lasting: always(3_000) }

/** Many faults of five servers, unless other servers are given. */
function faultsOf(plan: FaultPlan, seeds: number, servers: readonly string[] = five): readonly Fault[] {
  return many(seeds, (seed) => project.scheduleFaults(plan, servers, randomOf(seed))).flat()
}

function only<K extends Kind>(faults: readonly Fault[], kind: K): readonly Of<K>[] {
  return faults.filter((fault): fault is Of<K> => fault.kind === kind)
}

/** Fails unless these are all different servers of those given, at least one and at most so many. */
function some(
  these: readonly string[],
  of: readonly string[],
  most: number,
  fault: Fault,
  what: string,
): void {
  const fine = these.every((server) => of.includes(server)) && these.length > 0 && new Set(these).size <= most
  holds(
    fine,
    `servers ${of.join(", ")}: ${what} of a ${fault.kind}`,
    `1 to ${String(most)} of them`,
    show(these),
  )
}

/** Fails unless every server is there at some time. */
function everyone(seen: readonly string[], of: readonly string[], what: string): void {
  const missing = of.filter((server) => !seen.includes(server))
  holds(
    missing.length === 0,
    `${what}, in many faults of ${of.join(", ")}`,
    "each of them at some time",
    `never ${missing.join(", ")}`,
  )
}

group("9d", "Faults", () => {
  check(
    "9d.1",
    [21],
    "every fault begins and ends within the plan, and they come in the order of their beginning",
    () => {
      for (const lasting of [always(3_000), between(0, 20_000), always(1e6)]) {
        const plan = { ...busy, lasting }
        for (let seed = 0; seed < 8; seed++) {
          const faults = project.scheduleFaults(plan, five, randomOf(seed))
          const scenario = `faults from 10000 until 70000, lasting ${show(lasting)}, seed ${String(seed)}`
          const wrong = faults.find(
            (fault) => !(fault.at >= 10_000 && fault.for >= 0 && fault.at + fault.for <= 70_000 + 1e-6),
          )
          holds(wrong === undefined, scenario, "all of it between from and until", show(wrong))
          const times = faults.map(({ at }) => at)
          same(
            times,
            [...times].sort((a, b) => a - b),
            `${scenario}: when they begin, in order`,
          )
          holds(faults.length > 10, scenario, "about 60 faults", String(faults.length))
        }
      }
    },
  )

  check("9d.2", [21], "each lasts as long as `lasting` says, or until the end", () => {
    const until = 70_000
    const exact = faultsOf(busy, 10)
    for (const fault of exact) {
      const expected = Math.min(3_000, until - fault.at)
      holds(
        Math.abs(fault.for - expected) < 1e-6,
        `lasting 3000 ms, until 70000: ${show(fault)}`,
        `to last for ${String(expected)} ms`,
        `${String(fault.for)} ms`,
      )
    }
    for (const kind of kinds) {
      const own = only(exact, kind)
      holds(
        own.some(({ for: time }) => time === 3_000),
        `faults of kind ${kind}, lasting 3000 ms`,
        "some that last so long",
        show(own.length),
      )
    }
    const random = faultsOf({ ...busy, lasting: between(2_000, 4_000) }, 40).filter(
      ({ at }) => at < until - 4_000,
    )
    const wrong = random.find(({ for: time }) => !(time >= 2_000 && time <= 4_000))
    holds(wrong === undefined, "lasting 2000 to 4000 ms, long before the end", "2000 to 4000 ms", show(wrong))
    const quarters = random.map(({ for: time }) => Math.min(3, Math.floor((time - 2_000) / 500)))
    evenly(quarters, 4, "lasting 2000 to 4000 ms: how long they last", (i) => `quarter ${String(i + 1)}`)
    const long = faultsOf({ ...busy, lasting: always(1e6) }, 3).find(
      (fault) => Math.abs(fault.at + fault.for - until) > 1e-6,
    )
    holds(long === undefined, "lasting longer than the plan, until 70000", "all end at 70000", show(long))
  })

  check("9d.3", [22], "of each kind there are as many as planned, on average", () => {
    const perMinute: Readonly<Record<Kind, number>> = {
      partition: 3,
      oneWay: 1.5,
      pause: 0.6,
      crash: 5,
      slowDisk: 4,
      drift: 1,
    }
    const plan = { from: 5_000, until: 35_000, perMinute, lasting: always(100) }
    const seeds = 800
    const faults = faultsOf(plan, seeds)
    for (const kind of kinds) {
      const scenario = `${String(perMinute[kind])} a minute, from 5000 until 35000, 800 seeds: faults of kind ${kind}`
      about(only(faults, kind).length, (seeds * perMinute[kind]) / 2, scenario)
    }
  })

  check("9d.4", [22], "they may begin at any time of the plan", () => {
    const faults = faultsOf(busy, 60)
    for (const kind of kinds) {
      const fifths = only(faults, kind).map(({ at }) => Math.min(4, Math.floor((at - 10_000) / 12_000)))
      evenly(
        fifths,
        5,
        `from 10000 until 70000: when faults of kind ${kind} begin`,
        (i) => `fifth ${String(i + 1)}`,
      )
    }
  })

  check("9d.5", [22], "what is not asked for does not happen", () => {
    for (const kind of kinds) {
      const faults = faultsOf({ ...busy, perMinute: { [kind]: 20 } }, 3)
      same(
        [...new Set(faults.map((fault) => fault.kind))],
        [kind],
        `perMinute { ${kind}: 20 }: kinds of faults`,
      )
    }
    same(faultsOf({ ...busy, perMinute: {} }, 5), [], "perMinute {}: faults")
    same(faultsOf({ ...busy, perMinute: each(0) }, 5), [], "perMinute 0 of each: faults")
    same(faultsOf({ ...busy, until: 10_000 }, 5), [], "from 10000 until 10000: faults")
  })

  check("9d.6", [23], "the servers are those given, and each may be hit", () => {
    const servers = ["alpha", "beta", "gamma"]
    const faults = faultsOf(busy, 20, servers)
    for (const kind of ["pause", "crash", "slowDisk", "drift"] as const) {
      const own = only(faults, kind)
      for (const fault of own) some([fault.server], servers, 1, fault, "server")
      everyone(
        own.map(({ server }) => server),
        servers,
        `server of a ${kind}`,
      )
    }
  })

  check(
    "9d.7",
    [23],
    "a partition has somebody inside and somebody outside; who, and how many, differs",
    () => {
      for (const servers of [["n1", "n2"], five]) {
        const own = only(faultsOf(busy, 20, servers), "partition")
        for (const fault of own) some(fault.inside, servers, servers.length - 1, fault, "inside")
        everyone(
          own.flatMap(({ inside }) => inside),
          servers,
          "inside of a partition",
        )
        everyone(
          own.flatMap(({ inside }) => servers.filter((server) => !inside.includes(server))),
          servers,
          "outside of a partition",
        )
        const sizes = new Set(own.map(({ inside }) => new Set(inside).size))
        holds(
          sizes.size > 1 || servers.length === 2,
          "partitions of five servers: how many are inside",
          "more than one number",
          show([...sizes]),
        )
        const groups = new Set(own.map(({ inside }) => [...inside].sort().join(" ")))
        holds(
          groups.size > servers.length || servers.length === 2,
          "many partitions of five servers",
          "all sorts of groups",
          show([...groups]),
        )
      }
    },
  )

  check("9d.8", [23], "`from` and `to` of a one-way cut have somebody, and nobody in common", () => {
    for (const servers of [["n1", "n2"], five]) {
      const own = only(faultsOf(busy, 20, servers), "oneWay")
      for (const fault of own) {
        some(fault.from, servers, servers.length - 1, fault, "from")
        some(fault.to, servers, servers.length - 1, fault, "to")
        const both = fault.from.filter((server) => fault.to.includes(server))
        same(both, [], `in both from and to of ${show(fault)}`)
      }
      everyone(
        own.flatMap(({ from }) => from),
        servers,
        "from of a oneWay",
      )
      everyone(
        own.flatMap(({ to }) => to),
        servers,
        "to of a oneWay",
      )
    }
  })

  check("9d.9", [23], "`extra` is a distribution; `rate` is above 0 and not 1", () => {
    const faults = faultsOf(busy, 20)
    const random = randomOf(1)
    for (const { extra } of only(faults, "slowDisk")) {
      const ms = project.sample(extra, random)
      holds(Number.isFinite(ms) && ms >= 0, `a sample of extra, ${show(extra)}`, "a time", String(ms))
    }
    const wrong = only(faults, "drift").find(({ rate }) => !(Number.isFinite(rate) && rate > 0 && rate !== 1))
    holds(wrong === undefined, "rate of a drift", "above 0 and not 1", show(wrong))
  })

  check("9d.10", [24], "a single server has no partitions and no one-way cuts, but all else", () => {
    const faults = faultsOf(busy, 6, ["n1"])
    const found = [...new Set(faults.map(({ kind }) => kind))].sort()
    same(
      found,
      ["crash", "drift", "pause", "slowDisk"],
      "faults of a single server, 10 a minute of each kind: kinds",
    )
    const two = faultsOf(busy, 6, ["n1", "n2"])
    same(
      new Set(two.map(({ kind }) => kind)).size,
      kinds.length,
      "faults of two servers, 10 a minute of each kind: number of kinds",
    )
  })

  check("9d.11", [25], "the same stream, the same faults", () => {
    const plan = { ...busy, lasting: between(100, 5_000) }
    const of = (seed: number) => project.scheduleFaults(plan, five, randomOf(seed))
    for (const seed of [1, 2, 3])
      same(of(seed), of(seed), `faults with a stream of seed ${String(seed)}, and once more`)
    const all = new Set(many(10, (seed) => show(of(seed))))
    same(all.size, 10, "faults with streams of ten seeds: how many different lists")
    const fork = () => randomOf(1).fork("faults")
    same(
      project.scheduleFaults(plan, five, fork()),
      project.scheduleFaults(plan, five, fork()),
      'faults with a stream of seed 1, fork("faults"), and once more',
    )
    holds(
      count(of(1), ({ kind }) => kind === "crash") > 0,
      "10 crashes a minute, for a minute",
      "crashes",
      "none",
    )
  })

  check("9d.12", [25], "a plan that makes no sense is refused", () => {
    const random = randomOf(1)
    const refused = (wrong: Partial<FaultPlan>, ...words: readonly string[]): void => {
      refusesNaming(
        () => project.scheduleFaults({ ...busy, ...wrong }, five, random),
        words,
        `from 10000, until 70000, but ${show(wrong)}`,
      )
    }
    for (const from of [-1, Number.NaN]) refused({ from }, "from")
    refused({ until: Number.NaN }, "until")
    refused({ until: 9_999 }, "from", "until")
    for (const kind of kinds) {
      for (const rate of [-1, Number.NaN]) refused({ perMinute: { [kind]: rate } }, "perMinute")
    }
    const nonsense: readonly Distribution[] = [always(-1), between(5, 4), { kind: "quantiles", points: [] }]
    for (const lasting of nonsense) refused({ lasting }, "lasting")
  })
})
