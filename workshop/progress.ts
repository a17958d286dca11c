import { recall } from "./memory.ts"
import { changedFiles, readSkeletons } from "./skeletons.ts"
import { stages, UsageError, type Stage } from "./stages.ts"

/** Whether every check of the stage passed on the files as they are now. */
export function isDone(stage: Stage): boolean {
  const result = recall(stage)
  return result !== undefined && result.total > 0 && result.passed === result.total && !result.stale
}

/** Whether the person has written anything in the stage's folder. */
export function isStarted(stage: Stage): boolean {
  return changedFiles(stage, skeletons()).length > 0
}

/** The stage a person is at: the first one begun and not done; else the first one not done. */
export function currentStage(): Stage | undefined {
  const open = stages.filter((stage) => !isDone(stage))
  return open.find(isStarted) ?? open[0]
}

/** The stage that is meant by no number. */
export function defaultStage(): Stage {
  const stage = currentStage() ?? stages.at(-1)
  if (!stage) throw new UsageError("this version has no projects")
  return stage
}

let read: ReturnType<typeof readSkeletons> | undefined
const skeletons = () => (read ??= readSkeletons())
