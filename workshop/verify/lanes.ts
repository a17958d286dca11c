import { fork } from "node:child_process"
import { once } from "node:events"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import type { Job } from "./jobs.ts"
import type { Effort, LaneAnswer, LaneTask } from "./lane.ts"

/** Runs jobs, as many side by side as there are cores, and hands each answer over as it comes. */
export async function runJobs(
  jobs: readonly Job[],
  effort: Effort,
  onAnswer: (job: Job, answer: LaneAnswer) => void,
): Promise<void> {
  const queue = [...jobs]
  const lanes = Math.min(availableParallelism(), jobs.length, 8)
  await Promise.all(Array.from({ length: lanes }, () => runLane(queue, effort, onAnswer)))
}

async function runLane(
  queue: Job[],
  effort: Effort,
  onAnswer: (job: Job, answer: LaneAnswer) => void,
): Promise<void> {
  const lane = fork(join(import.meta.dirname, "lane.ts"), { execArgv: ["--import", "tsx"] })
  const died = once(lane, "exit").then(() => [{ error: "the lane's process died" }])
  for (let job = queue.shift(); job; job = queue.shift()) {
    lane.send({ job, effort } satisfies LaneTask)
    const [answer] = (await Promise.race([once(lane, "message"), died])) as [LaneAnswer]
    onAnswer(job, answer)
    if (!lane.connected) return
  }
  lane.disconnect()
  await died
}
