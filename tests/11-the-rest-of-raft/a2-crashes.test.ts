import { check, forSeeds, group } from "#suite"
import type { Saved } from "../../projects/11-the-rest-of-raft/contract.ts"
import { servers } from "../cluster/build.ts"
import { Random } from "../cluster/random.ts"
import { crashes, found, lived, oldBytes, opening, saveOn, until } from "./crashes.ts"
import { Disk, type Files } from "./disk.ts"
import { comesBack, isSame, life, live, logBehind, openOn, steps, tellSaves } from "./lives.ts"
import { project } from "./project.ts"

group("11a", "The disk", () => {
  check("11a.11", [4], "a crash in the middle of the first opening: a new server, or the same", () => {
    const fresh = project.firstSaved(servers(3))
    for (const { files, what } of crashes(new Map(), openOn)) {
      const disk = new Disk(files)
      const storage = openOn(disk)
      comesBack(storage.saved, [fresh], `an empty folder is opened; ${what}`)
      live(storage, 2)
      comesBack(
        found(disk.durable),
        [life[2] ?? fresh],
        `an empty folder is opened; ${what}; ${tellSaves(2)}`,
      )
    }
  })

  check(
    "11a.12",
    [4],
    "a crash before any change of a save: the state before it, or after it",
    () => {
      for (const { before, after, count } of steps) {
        const files = lived(count - 1)
        for (const outcome of crashes(files, saveOn(before, after)))
          comesBack(found(outcome.files), [before, after], `save ${String(count)} of a life; ${outcome.what}`)
      }
    },
    { slow: 3 },
  )

  check(
    "11a.13",
    [4],
    "after each of these crashes, saving goes on",
    () => {
      for (const { before, after, count } of steps) {
        const files = lived(count - 1)
        for (const { files: left, what } of crashes(files, saveOn(before, after))) {
          const disk = new Disk(left)
          const storage = openOn(disk)
          const later = steps.slice(isSame(storage.saved, after) ? count : count - 1, count + 1)
          for (const next of later) {
            storage.save(next.before, next.after)
            const scenario = `save ${String(count)} of a life; ${what}; opened, and up to save ${String(next.count)} saved`
            comesBack(found(disk.durable), [next.after], scenario)
          }
        }
      }
    },
    { slow: 6 },
  )

  check(
    "11a.14",
    [4],
    "a second crash while the first is mended",
    () => {
      for (const { before, after, count } of steps.filter(({ count }) =>
        [1, 3, 5, 7, 9, 13].includes(count),
      )) {
        const files = lived(count - 1)
        for (const { files: left, what } of crashes(files, saveOn(before, after))) {
          if (opening(left) === 0) continue
          for (const again of crashes(left, openOn)) {
            const scenario = `save ${String(count)} of a life; ${what}; while it is opened, ${again.what}`
            comesBack(found(again.files), [before, after], scenario)
          }
        }
      }
    },
    { slow: 3 },
  )

  check(
    "11a.15",
    [4],
    "the last save is there up to any byte, and zeros behind that, or nothing",
    () => {
      for (const { before, after, count } of steps.filter(({ count }) => [1, 3, 9].includes(count))) {
        const [old, now] = [lived(count - 1), lived(count)]
        for (const { name, length } of oldBytes(old, now)) {
          const whole = now.get(name) ?? new Uint8Array()
          for (let size = length; size < whole.length; size++) {
            const zeros = whole.map((byte, i) => (i < size ? byte : 0))
            for (const [bytes, how] of [
              [whole.subarray(0, size), "nothing"],
              [zeros, "zeros"],
            ] as const) {
              const disk = new Disk(new Map([...now, [name, bytes]]))
              const scenario = `${tellSaves(count)}; of the last one, ${String(size - length)} bytes are there, and ${how} behind`
              const storage = openOn(disk)
              comesBack(storage.saved, [before, after], scenario)
              const later = { ...after, currentTerm: after.currentTerm + 1, votedFor: null }
              storage.save(storage.saved, later)
              comesBack(found(disk.durable), [later], `${scenario}; another save`)
            }
          }
        }
      }
    },
    { slow: 3 },
  )

  check("11a.16", [4], "what a crash left of a snapshot does not get into the next one", () => {
    const base = { index: 1, term: 1 }
    const big = { ...(life[0] ?? project.firstSaved([])).snapshot, lastIncludedIndex: 1, lastIncludedTerm: 1 }
    const [before, long, short] = [
      life[2] ?? project.firstSaved([]),
      {
        currentTerm: 1,
        votedFor: "n2",
        log: logBehind(base),
        snapshot: { ...big, data: "long ".repeat(400) },
      },
      { currentTerm: 1, votedFor: "n2", log: logBehind(base), snapshot: { ...big, data: "short" } },
    ] as const
    for (const { files, what } of crashes(lived(2), (disk) => {
      openOn(disk).save(before, long)
    })) {
      const disk = new Disk(files)
      const storage = openOn(disk)
      if (isSame(storage.saved, long)) continue
      storage.save(storage.saved, short)
      comesBack(
        found(disk.durable),
        [short],
        `a long snapshot is saved; ${what}; opened, a short one is saved`,
      )
    }
  })

  check(
    "11a.17",
    [2, 4],
    "random lives, with a crash now and then, also while the last one is mended",
    () => {
      forSeeds(1, 25, (seed) => {
        const random = new Random(seed)
        let files: Files = new Map()
        let allowed: readonly Saved[] = [project.firstSaved(servers(3))]
        let told = "an empty folder"
        for (let boot = 0; boot < 12; boot++) {
          const disk = new Disk(files)
          disk.crashAt = random.below(12)
          until(disk, () => {
            const storage = openOn(disk)
            comesBack(storage.saved, allowed, told)
            allowed = [storage.saved]
            for (let saves = 0; saves < 6; saves++) {
              const [before = storage.saved] = allowed
              const after = someNext(random, before)
              allowed = [before, after]
              storage.save(before, after)
              allowed = [after]
            }
          })
          const outcome = disk.outcome(random)
          files = outcome.files
          told = `${told}\nthe power goes before change ${String(disk.changes + 1)}: ${outcome.what}`
        }
      })
    },
    { slow: 3 },
  )
})

/** What a server may save next. */
function someNext(random: Random, { currentTerm, votedFor, log, snapshot }: Saved): Saved {
  const { base, entries } = log
  const term = currentTerm + random.below(2)
  const vote = term > currentTerm || votedFor === null ? random.pick([null, "n1", "n2", "n3"]) : votedFor
  if (entries.length > 2 && random.chance(0.2)) {
    const count = 1 + random.below(entries.length)
    const [lastIncludedIndex, lastIncludedTerm] = [base.index + count, entries[count - 1]?.term ?? 0]
    return {
      currentTerm: term,
      votedFor: vote,
      log: { base: { index: lastIncludedIndex, term: lastIncludedTerm }, entries: entries.slice(count) },
      snapshot: {
        ...snapshot,
        lastIncludedIndex,
        lastIncludedTerm,
        data: `up to ${String(lastIncludedIndex)}`,
      },
    }
  }
  const kept = random.chance(0.8) ? entries.length : random.below(entries.length + 1)
  const more = Array.from({ length: random.below(3) }, () => ({
    term,
    command: `x ${String(random.next())}`,
  }))
  return {
    currentTerm: term,
    votedFor: vote,
    log: { base, entries: [...entries.slice(0, kept), ...more] },
    snapshot,
  }
}
