import { check, forSeeds, group } from "#suite"
import { runFullSchedule } from "./schedule.ts"
import { project } from "./project.ts"
group("11h", "Everything at once", () => {
  check(
    "11h.1",
    [1],
    "random",
    () => {
      forSeeds(1, 400, (seed) => {
        runFullSchedule({ seed, voters: 3, spare: 2, steps: 300 })
      })
    },
    { slow: 60 },
  )
  for (const [i, chapter] of (
    ["backtracking", "snapshots", "membership", "reads", "prevote", "transfer", "flow"] as const
  ).entries())
    check(
      `11h.${2 + i}`,
      [1],
      chapter,
      () => {
        forSeeds(1, 200, (seed) => {
          runFullSchedule({ seed, voters: 3, spare: 2, steps: 300, chapters: [chapter] })
        })
      },
      { slow: 60 },
    )
})
