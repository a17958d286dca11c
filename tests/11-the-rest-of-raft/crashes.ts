import type { Saved } from "../../projects/11-the-rest-of-raft/contract.ts"
import { Disk, type Files } from "./disk.ts"
import { live, openOn } from "./lives.ts"

/** What the next process finds there. */
export function found(files: Files): Saved {
  return openOn(new Disk(files)).saved
}

/** Does something on a disk; when its power goes meanwhile, that is over. */
export function until(disk: Disk, body: () => void): void {
  try {
    body()
  } catch (failure) {
    if (!disk.isDown) throw failure
  }
}

/** A disk on which this life was saved, up to there, by a process that then ended. */
export function lived(count: number): Files {
  const disk = new Disk()
  live(openOn(disk), count)
  return disk.durable
}

/** All the ways in which a disk may be found after a crash before any change that `body` makes, or after the last. */
export function* crashes(
  files: Files,
  body: (disk: Disk) => void,
): Generator<{ readonly files: Files; readonly what: string }> {
  for (let crashAt = 0; ; crashAt++) {
    const disk = new Disk(files)
    disk.crashAt = crashAt
    until(disk, () => {
      body(disk)
    })
    for (const outcome of disk.outcomes())
      yield { ...outcome, what: `the power goes before change ${String(crashAt + 1)}: ${outcome.what}` }
    if (!disk.isDown) return
  }
}

/** Opens it, saves, and ends. */
export function saveOn(before: Saved, after: Saved): (disk: Disk) => void {
  return (disk) => {
    openOn(disk).save(before, after)
  }
}

/** How many changes opening makes, before anything is saved. */
export function opening(files: Files): number {
  const disk = new Disk(files)
  openOn(disk)
  return disk.changes
}

/** The places of bytes that were there before the last save, and that it left alone. */
export function* oldBytes(
  before: Files,
  after: Files,
): Generator<{ readonly name: string; readonly length: number }> {
  for (const [name, old] of before) {
    const now = after.get(name)
    if (now && Buffer.compare(old, now.subarray(0, old.length)) === 0) yield { name, length: old.length }
  }
}
