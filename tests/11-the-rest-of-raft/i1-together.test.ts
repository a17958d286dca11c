import { check, forSeeds, group } from "#suite"
import type { Chapter } from "../../projects/11-the-rest-of-raft/contract.ts"
import { Random } from "../cluster/random.ts"
import { project } from "./project.ts"
import { runFullSchedule } from "./schedule.ts"

const slow = { slow: 5 }

group("11i", "Everything at once", () => {
  check(
    "11i.1",
    [57],
    "all chapters, three servers and two more that may come",
    () => {
      forSeeds(1, 60, (seed) => {
        runFullSchedule({ seed, voters: 3, spare: 2, steps: 300 })
      })
    },
    slow,
  )

  check(
    "11i.2",
    [57],
    "all chapters, five servers, one, and two",
    () => {
      forSeeds(101, 45, (seed) => {
        runFullSchedule({ seed, voters: [5, 1, 2][seed % 3] ?? 5, spare: 1, steps: 250 })
      })
    },
    slow,
  )

  check(
    "11i.3",
    [57],
    "any chapters, with any others left out",
    () => {
      forSeeds(201, 80, (seed) => {
        runFullSchedule({ seed, voters: 3, spare: 1, steps: 200, chapters: some(new Random(seed)) })
      })
    },
    slow,
  )
})

function some(random: Random): readonly Chapter[] {
  const chosen = project.chapters.filter(() => random.chance(0.5))
  return chosen.length > 0 ? chosen : [random.pick(project.chapters)]
}
