import { recall } from "../memory.ts"
import { currentStage, isDone, isStarted } from "../progress.ts"
import { folder, stages, type Stage } from "../stages.ts"
import { progressBar } from "../text/report.ts"
import { bold, clip, columns, cyan, dim, green, mark, wrap, yellow } from "../text/style.ts"

/** `workshop` alone: where you are, and the one next thing to do. Reads remembered results; runs nothing. */
export function board(): string {
  const current = currentStage()
  const lines = stages.map((stage) => {
    const started = isStarted(stage)
    const sign = stage === current ? mark.next : isDone(stage) ? mark.pass : mark.todo
    const number = String(stage.n).padStart(2)
    const title = stage.title.padEnd(18)
    return `${sign} ${number}  ${stage === current ? bold(title) : title} ${dim(`day ${stage.day.padEnd(4)}`)} ${state(stage, started)}`
  })
  const started = current !== undefined && isStarted(current)
  return ["", bold("Raft, in eleven projects"), "", ...lines, "", next(current, started), ""].join("\n")
}

function state(stage: Stage, started: boolean): string {
  const result = recall(stage)
  if (!started && result?.stale) return dim("not started")
  if (!result) return started ? yellow("started, not tested yet") : dim("not started")
  const on = result.on === "reference" ? dim(" on the reference") : ""
  const stale = result.stale ? yellow(" (changed since)") : ""
  if (result.passed === result.total) return green("done") + on + stale
  if (!started && result.passed === 0) return dim("not started")
  const bar = columns() >= 100 ? progressBar(result.passed, result.total, 20) + " " : ""
  return `${bar}${String(result.passed)} of ${String(result.total)} checks${on}${stale}`
}

function next(stage: Stage | undefined, started: boolean): string {
  if (!stage) return green("Every project in this version is done.")
  const n = String(stage.n)
  const result = recall(stage)
  if (!started)
    return `Next: ${cyan(`npx workshop start ${n}`)} ${dim("tells what to read and where to write")}`
  if (!result || result.stale)
    return `Next: ${cyan(`npx workshop test ${n}`)} ${dim("tells how far you are")}`
  const check = result.next === undefined ? "" : `make this check pass: ${bold(clip(result.next, 90))}`
  return (
    wrap(`Next: ${check}`, 6) +
    `\n      in ${folder("projects", stage)}/, with ${cyan(`npx workshop test ${n} --watch`)}`
  )
}
