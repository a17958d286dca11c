import { writeFileSync } from "node:fs"
import { Worker } from "node:worker_threads"
import { inject } from "vitest"

declare global {
  var workshopWatchdog: Worker | undefined
}

/**
 * A loop that spins inside a callback or after an `await` blocks the whole process, timers included. A thread beside
 * it notices that the heart stopped beating, leaves a note and ends the process; the runner then goes on with the
 * remaining checks in a new one.
 */
const watch = `
  const { workerData, parentPort } = require("node:worker_threads")
  const { writeFileSync } = require("node:fs")
  let last = -1
  let since = Date.now()
  setInterval(() => {
    const beat = Atomics.load(workerData.beat, 0)
    if (beat !== last) { last = beat; since = Date.now() }
    else if (Date.now() - since > workerData.patience) {
      writeFileSync(workerData.note, "hung")
      process.kill(process.pid, "SIGKILL")
    }
  }, 100)
`

export function hungNote(progressFile: string): string {
  return progressFile + ".hung"
}

/** Starts the watchdog, once a process. */
export function startWatchdog(): void {
  if (globalThis.workshopWatchdog) return
  const { progressFile, impatient } = inject("run")
  const beat = new Int32Array(new SharedArrayBuffer(4))
  setInterval(() => Atomics.add(beat, 0, 1), 50).unref()
  const patience = impatient ? 1500 : 4000
  const workerData = { beat, patience, note: hungNote(progressFile) }
  globalThis.workshopWatchdog = new Worker(watch, { eval: true, workerData })
  globalThis.workshopWatchdog.unref()
}

/** Notes which check runs now, for the case that the process does not survive it. */
export function announce(id: string): void {
  writeFileSync(inject("run").progressFile, id)
}
