import { check, fail, forSeeds, group, holds, same, show } from "#suite"
import type { Raft } from "../../projects/08-testing/contract.ts"
import type { FaultPlan, SimulateOptions, Simulated } from "../../projects/09-simulation/contract.ts"
import { linkRaft, reference } from "../../workshop/link/link.ts"
import { linkMutant, raftMutants } from "../../workshop/link/mutants.ts"
import { checkLinearizable } from "../../workshop/linearizability/index.ts"
import { project } from "./project.ts"
import { between, linesOf, run } from "./runs.ts"

const raft = await linkRaft(reference)
const stages = await raftMutants()
const others = await Promise.all(
  stages
    .filter(({ stage }) => stage.n === 5 || stage.n === 7)
    .map(async ({ stage, variants }) => {
      const [variant] = variants
      if (!variant) throw new Error(`no variant of project ${String(stage.n)}`)
      return { what: `our Raft, but: ${variant.what}`, raft: await linkMutant(stage, variant) }
    }),
)
const wanted = [
  "propose-old-term",
  "follower-takes-commands",
  "sends-from-prev",
  "rep-nack-to-zero",
  "apply-skip",
  "leader-keeps-leading",
  "vote-twice",
  "vote-not-noted",
]
const bugs = await Promise.all(
  stages.flatMap(({ stage, bugs }) =>
    bugs
      .filter(({ id }) => wanted.includes(id))
      .map(async (bug) => ({ id: bug.id, what: bug.what, raft: await linkMutant(stage, bug) })),
  ),
)

const plan = (until: number): FaultPlan => ({
  from: 0,
  until,
  perMinute: { partition: 20, oneWay: 20, pause: 20, crash: 30, slowDisk: 10, drift: 10 },
  lasting: between(100, 1_500),
})

/** A minute, or less, in bad weather. */
function storm(seed: number, node: SimulateOptions["node"], duration = 20_000): SimulateOptions {
  return {
    seed,
    servers: seed % 2 === 0 ? 5 : 3,
    duration,
    node,
    network: { latency: between(1, 20), loss: 0.05, duplicate: 0.1, reorder: 0.2 },
    disk: between(0, 5),
    faults: plan(duration / 2),
  }
}

function seeded({ seed, servers }: SimulateOptions): string {
  return `seed ${String(seed)}, ${String(servers)} servers, bad weather in the first half`
}

function passes(what: string, options: SimulateOptions): Simulated {
  const simulated = project.simulate(options)
  same(simulated.violation, null, `${what}; ${seeded(options)}: violation`)
  const verdict = checkLinearizable(simulated.history)
  if (!verdict.linearizable) {
    const { key, explanation } = verdict
    return fail("broken", `the history of ${key} is not linearizable`, {
      scenario: `${what}; ${seeded(options)}`,
      expected: `that the history of ${key} is linearizable`,
      got: explanation,
    })
  }
  return simulated
}

group("9g", "Together", () => {
  check(
    "9g.1",
    [57],
    "the same options, the same answer and the same hash; another seed, another run",
    () => {
      const first = project.simulate(storm(1, raft, 4_000))
      same(
        JSON.stringify(project.simulate(storm(1, raft, 4_000))),
        JSON.stringify(first),
        "the same simulation twice (seed 1)",
      )
      const { hash } = project.simulate({ ...storm(1, raft, 4_000), seed: 3 })
      holds(hash !== first.hash, "seeds 1 and 3: hash", "another one", "the same")
      const bare = (seed: number) =>
        linesOf(run({ seed, node: raft, timers: { election: between(150, 300) } }).events, "step").map(
          ({ at }) => at,
        )
      holds(
        show(bare(1)) !== show(bare(2)),
        "seeds 1 and 2, nothing but timers: times of steps",
        "others",
        "the same",
      )
    },
  )

  check("9g.2", [57], "there is no clock but its own, and no luck but its seed's", () => {
    const options = storm(4, raft, 5_000)
    const { hash } = project.simulate(options)
    const { random } = Math
    const { now } = Date
    const real = performance.now.bind(performance)
    let asked: string | null = null
    const spied: string[] = []
    try {
      Math.random = () => {
        asked ??= "Math.random"
        return 0.123
      }
      Date.now = () => 42
      performance.now = () => 42
      spied.push(project.simulate(options).hash)
    } finally {
      Math.random = random
      Date.now = now
      performance.now = real
    }
    same(asked, null, "who was asked during a simulation")
    same(
      spied,
      [hash],
      "a simulation while Date.now, performance.now and Math.random always say the same: hash",
    )
  })

  check(
    "9g.3",
    [57, 58],
    "ten minutes with a light workload are no problem",
    () => {
      const options = {
        seed: 1,
        servers: 3,
        duration: 600_000,
        node: raft,
        workload: { clients: 1, think: between(2_000, 4_000) },
      }
      const { violation, statistics } = project.simulate(options)
      same(
        violation,
        null,
        "ten minutes of three servers, one client that thinks 2 to 4 s (seed 1): violation",
      )
      holds(
        statistics.operations.answered > 100,
        "ten minutes, one client",
        "about 200 answers",
        String(statistics.operations.answered),
      )
    },
    { slow: 5 },
  )

  for (const [i, { what, raft: right }] of [{ what: "our Raft", raft }, ...others].entries()) {
    check(
      `9g.${String(4 + i)}`,
      [58],
      `a correct Raft passes, whatever the faults (${i === 0 ? what : `another one, ${String(i)}`})`,
      () => {
        forSeeds(1, 3, (seed) => {
          const { statistics } = passes(what, storm(seed, right, 12_000))
          holds(
            statistics.operations.answered > 10,
            `${what}, seed ${String(seed)}`,
            "many answers",
            show(statistics.operations),
          )
        })
      },
      { slow: 5 },
    )
  }

  check(
    "9g.7",
    [26, 58],
    "so does a cluster of different correct ones",
    () => {
      const mixed = (id: string): Raft => (id === "n1" ? raft : (others[id === "n2" ? 0 : 1]?.raft ?? raft))
      forSeeds(1, 2, (seed) => passes("n1 runs our Raft, the others two more", storm(seed, mixed, 12_000)))
    },
    { slow: 5 },
  )

  for (const [i, { id, what, raft: wrong }] of bugs.entries()) {
    check(
      `9g.${String(8 + i)}`,
      [59],
      `a Raft that is wrong is found out: ${id}`,
      () => {
        for (let seed = 1; seed <= 40; seed++) {
          const { violation, history } = project.simulate(storm(seed, wrong, 8_000))
          if (violation !== null || !checkLinearizable(history).linearizable) return
        }
        holds(false, `our Raft, but: ${what}; 40 runs of 8 s, seeds 1 to 40`, "a violation", "none")
      },
      { slow: 5 },
    )
  }
})
