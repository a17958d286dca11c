import { check, group, holds } from "#suite"
import { project } from "./project.ts"
import { alarm, ours, own, rightOnes, score, told, untold, type Specimen } from "./scores.ts"

/** Checks that none of the person's checks throws on a correct Raft. */
function passes(raft: Specimen["raft"], what: string): void {
  const wrong = alarm(raft)
  if (!wrong) return
  holds(false, what, "that each of your checks passes", `"${wrong.check}" throws: ${wrong.message}`)
}

/** In milliseconds, for a check of the suite that runs the person's on many Rafts. */
const budget = 24_000
const patient = { slow: 100, dear: true }

const numbers = [4, 5, 6, 7] as const

group("8g", "Your checks", () => {
  check(
    "8g.1",
    [41],
    "they pass on our Raft",
    () => {
      passes(ours, "our Raft, with nothing wrong in it")
      const { length } = project.checks
      holds(length > 0, "`checks`", "at least one check", "an empty list")
    },
    patient,
  )

  for (const [i, stage] of numbers.entries()) {
    const variants = rightOnes.filter((each) => each.stage === stage)
    check(
      `8g.${String(2 + i)}`,
      [41],
      `they pass on ${String(variants.length)} other correct Rafts, with other free choices in project ${String(stage)}`,
      () => {
        const end = Date.now() + budget
        for (const { what, why, raft } of variants) {
          const scenario = `a correct Raft, which differs from ours in project ${String(stage)}: ${what}\n(that is allowed: ${why})`
          holds(
            Date.now() < end,
            scenario,
            "your checks to take a second on each Raft",
            "no time left to try them on this one",
          )
          passes(raft, scenario)
        }
      },
      { ...patient, points: 2 },
    )
  }

  for (const [i, stage] of numbers.entries()) {
    const bugs = told.filter((each) => each.stage === stage)
    check(
      `8g.${String(6 + i)}`,
      [42],
      `they find each of the ${String(bugs.length)} bugs of project ${String(stage)} in the catalogue`,
      () => {
        const end = Date.now() + budget
        const missed = bugs.filter(({ raft }) => Date.now() > end || alarm(raft) === null)
        holds(
          missed.length === 0,
          `our Raft with each of the catalogue's bugs of project ${String(stage)}, one at a time`,
          "some check that throws, for each",
          `none for ${missed.map(({ id, what }) => `${id} (${what})`).join("; ")}`,
        )
      },
      { ...patient, points: 2 },
    )
  }

  for (const [i, percent] of [50, 70, 85].entries()) {
    const enough = Math.ceil((untold.length * percent) / 100)
    check(
      `8g.${String(10 + i)}`,
      [43],
      `they find ${String(percent)} of 100 bugs that the catalogue does not tell of`,
      () => {
        const { caught, tried, all, told: by } = score(enough, budget)
        holds(
          caught >= enough,
          `our Raft with each of ${String(all)} planted bugs that are not in the catalogue, one at a time`,
          `at least ${String(enough)} that make a check throw`,
          tried < all
            ? `${String(caught)} of the ${String(tried)} that could be tried in ${String(budget / 1000)} s (${by}): your checks take too long`
            : `${String(caught)} (${by})`,
        )
      },
      { ...patient, points: 4 },
    )
  }
  for (const [i, { id, raft }] of own.entries()) {
    check(
      `8g.${String(13 + i)}`,
      [43],
      `they find ${id}, a bug of whoever grades`,
      () => {
        holds(
          alarm(raft) !== null,
          "our Raft with a planted bug that is not in the catalogue",
          "some check that throws",
          "none",
        )
      },
      patient,
    )
  }
})
