import { check, group, refuses } from "#suite"
import type { Saved, Storage } from "../../projects/11-the-rest-of-raft/contract.ts"
import { found, lived, saveOn, until } from "./crashes.ts"
import { Disk, type Files } from "./disk.ts"
import { comesBack, life, openOn, steps } from "./lives.ts"

/** Disks that a process has left that was killed before any change that `body` makes, with the power on. */
function* kills(files: Files, body: (disk: Disk) => void): Generator<{ disk: Disk; what: string }> {
  for (let crashAt = 0; ; crashAt++) {
    const disk = new Disk(files)
    disk.crashAt = crashAt
    until(disk, () => {
      body(disk)
    })
    if (!disk.isDown) return
    disk.keepOn()
    yield { disk, what: `the process is killed before change ${String(crashAt + 1)} of the folder` }
  }
}

/** What the next process is told is what any later one finds, though the power goes meanwhile. */
function isKept(disk: Disk, scenario: string): void {
  const { saved } = openOn(disk)
  for (const { files, what } of disk.outcomes())
    comesBack(
      found(files),
      [saved],
      `${scenario}; the next process is told a state; then the power goes: ${what}`,
    )
}

group("11a", "The disk", () => {
  check(
    "11a.21",
    [4],
    "a process is killed before it has synced: what the next one is told, a later crash does not take back",
    () => {
      for (const { disk, what } of kills(new Map(), openOn))
        isKept(disk, `an empty folder is opened; ${what}`)
      for (const { before, after, count } of steps)
        for (const { disk, what } of kills(lived(count - 1), saveOn(before, after)))
          isKept(disk, `save ${String(count)} of a life; ${what}`)
    },
    { slow: 3 },
  )

  check(
    "11a.22",
    [4],
    "after a save that threw, every further one throws, and nothing is spoilt; opened again, it goes on",
    () => {
      for (const { before, after, count } of steps) {
        const [next = after] = life.slice(count + 1)
        for (let fails = 0; ; fails++) {
          const disk = new Disk(lived(count - 1))
          const storage = openOn(disk)
          disk.failAt = disk.changes + fails
          const told = `save ${String(count)} of a life; change ${String(fails + 1)} of the folder fails, once`
          const isSaved = saves(disk, storage, before, after)
          if (!disk.hasFailed) break
          if (isSaved) {
            comesBack(found(disk.durable), [after], `${told}; save has returned all the same`)
            continue
          }
          for (const [from, to, what] of [
            [after, next, "what comes after it is saved"],
            [before, after, "it is saved again"],
          ] as const)
            refuses(
              () => {
                storage.save(from, to)
              },
              "Error",
              [],
              `${told}; the save has thrown; ${what}`,
            )
          const scenario = `${told}; the save and all after it have thrown`
          for (const { files, what } of disk.outcomes())
            comesBack(found(files), [before, after], `${scenario}; the power goes: ${what}`)
          goesOn(disk, [before, after], scenario)
        }
      }
    },
    { slow: 3 },
  )
})

/** Another process opens it, and can save. */
function goesOn(disk: Disk, allowed: readonly Saved[], scenario: string): void {
  const storage = openOn(disk)
  const { saved } = storage
  comesBack(saved, allowed, `${scenario}; opened again`)
  const later = { ...saved, currentTerm: saved.currentTerm + 1, votedFor: null }
  storage.save(saved, later)
  comesBack(found(disk.durable), [later], `${scenario}; opened again, and a newer term saved`)
}

/** Whether that worked. It need not, once the disk has failed. */
function saves(disk: Disk, storage: Storage, before: Saved, after: Saved): boolean {
  try {
    storage.save(before, after)
    return true
  } catch (failure) {
    if (!disk.hasFailed) throw failure
    return false
  }
}
