import { renameSync, writeFileSync } from "node:fs"
import { Worker } from "node:worker_threads"
import { inject } from "vitest"
import { freshNote, hungNote } from "./protocol.ts"

declare global {
  var workshopWatchdog: Worker | undefined
  var workshopHeart: Int32Array | undefined
}

/** A process that spins has the processor for most of the time: this share of it, unless others keep it from that. */
export const most = 0.6

/**
 * A loop that spins inside a callback or after an `await` blocks the whole process, timers included. A thread beside
 * it notices that the heart stopped beating, leaves a note and ends the process; the runner then goes on with the
 * remaining checks in a new one. A process that others keep from the processor is no endless loop: what counts is how long
 * it has computed, and only of one that does next to nothing how long it takes.
 */
const watch = `
  const { workerData } = require("node:worker_threads")
  const { writeFileSync } = require("node:fs")
  const { beat, patience, group, note, most } = workerData
  const computed = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000 }
  let last = -1
  let since = { time: Date.now(), computed: computed() }
  setInterval(() => {
    const heard = Atomics.load(beat, 0)
    const passed = Date.now() - since.time
    const kept = !group && computed() - since.computed < passed * most && passed < 5 * patience
    if (heard !== last) { last = heard; since = { time: Date.now(), computed: computed() } }
    else if (passed > patience && !kept) {
      writeFileSync(note, "hung")
      process.kill(group ? -process.pid : process.pid, "SIGKILL")
    }
  }, 50)
`

/** Starts the watchdog, once a process. */
export function startWatchdog(): void {
  if (globalThis.workshopWatchdog) return
  const { progressFile, impatient, leniency, jail } = inject("run")
  globalThis.workshopHeart = new Int32Array(new SharedArrayBuffer(4))
  setInterval(beat, 50).unref()
  const workerData = {
    beat: globalThis.workshopHeart,
    patience: leniency * (impatient ? 1000 : 4000),
    most,
    note: hungNote(progressFile),
    group: jail !== null, // then this process leads one, and what hangs is another one in it
  }
  globalThis.workshopWatchdog = new Worker(watch, { eval: true, workerData })
  globalThis.workshopWatchdog.unref()
}

/** A sign of life. Checks that run one after the other without a pause give it themselves. */
export function beat(): void {
  if (globalThis.workshopHeart) Atomics.add(globalThis.workshopHeart, 0, 1)
}

/** Notes which check runs now, for the case that the process does not survive it. At once or not at all: it may die here. */
export function announce(id: string): void {
  beat()
  const { progressFile } = inject("run")
  writeFileSync(freshNote(progressFile), id)
  renameSync(freshNote(progressFile), progressFile)
}
