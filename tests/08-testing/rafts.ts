import type { RaftUnderTest } from "../../projects/08-testing/contract.ts"
import { linkRaft, reference } from "../../workshop/link/link.ts"
import { linkMutant, raftMutants } from "../../workshop/link/mutants.ts"
import { lively } from "./lively.ts"

/** Our own Raft, and Rafts with a planted bug or another free choice. None of the person's projects 3 to 7 is in them. */

const mutants = await raftMutants()

export const correct: RaftUnderTest = lively(await linkRaft(reference))

/** Our Raft with a planted bug of projects 4 to 7. */
export function withBug(id: string): Promise<RaftUnderTest> {
  return withMutant("bugs", id)
}

/** Our Raft with another free choice. */
export function withVariant(id: string): Promise<RaftUnderTest> {
  return withMutant("variants", id)
}

async function withMutant(kind: "bugs" | "variants", id: string): Promise<RaftUnderTest> {
  for (const { stage, ...lists } of mutants) {
    const mutant = lists[kind].find((each) => each.id === id)
    if (mutant) return lively(await linkMutant(stage, mutant))
  }
  throw new Error(`none of the ${kind} of projects 4 to 7 is ${id}`)
}
