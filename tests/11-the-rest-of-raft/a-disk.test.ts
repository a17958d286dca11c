import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { check, CheckFailure, fail, forSeeds, group, holds, same, type After } from "#suite"
import type { Log } from "../../projects/03-planning/contract.ts"
import type { Saved, Storage } from "../../projects/11-the-rest-of-raft/contract.ts"
import { servers } from "../cluster/build.ts"
import { Random } from "../cluster/random.ts"
import { Disk, type Files } from "./disk.ts"
import {
  comesBack,
  isSame,
  life,
  live,
  logBehind,
  openFrom,
  openOn,
  steps,
  tellSaves,
  where,
} from "./lives.ts"
import { project } from "./project.ts"

/** What the next process finds there. */
function found(files: Files): Saved {
  return openOn(new Disk(files)).saved
}

/** Does something on a disk; when its power goes meanwhile, that is over. */
function until(disk: Disk, body: () => void): void {
  try {
    body()
  } catch (failure) {
    if (!disk.isDown) throw failure
  }
}

/** A disk on which this life was saved, up to there, by a process that then ended. */
function lived(count: number): Files {
  const disk = new Disk()
  live(openOn(disk), count)
  return disk.durable
}

/** All the ways in which a disk may be found after a crash before any change that `body` makes, or after the last. */
function* crashes(
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
function saveOn(before: Saved, after: Saved): (disk: Disk) => void {
  return (disk) => {
    openOn(disk).save(before, after)
  }
}

/** How many changes opening makes, before anything is saved. */
function opening(files: Files): number {
  const disk = new Disk(files)
  openOn(disk)
  return disk.changes
}

function manyEntries(count: number): Log {
  return logBehind({ index: 0, term: 0 }, ...new Array<number>(count).fill(1))
}

/** Of a long file, every fourth byte is enough. */
const stride = (length: number): number => (length > 300 ? 4 : 1)

const changed = (bytes: Uint8Array, at: number, by: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ by : byte))

/** Opens damaged files: the state that comes back is one of these, or it is refused as rule 5 has it. */
function refusesOr(files: Files, allowed: readonly Saved[], file: string, scenario: string): void {
  const disk = new Disk(files)
  try {
    comesBack(openOn(disk).saved, allowed, scenario)
  } catch (failure) {
    const cause =
      failure instanceof CheckFailure && failure.failure.kind === "threw" ? failure.cause : undefined
    if (!(cause instanceof Error)) throw failure
    const { message } = cause
    const isPlace = /\d/.test(message.replaceAll(file, ""))
    if (!message.includes(where) || !message.includes(file) || !isPlace)
      fail("broken", "an error that does not say which file is damaged, and where", {
        scenario,
        expected: `an error that names ${where}, ${file} and the place in it`,
        got: message,
      })
    same(unlike(disk.files, files), [], `${scenario}; it is refused: the files that are not as they were`)
  }
}

function unlike(some: Files, others: Files): readonly string[] {
  const names = new Set([...some.keys(), ...others.keys()])
  return [...names].filter((name) => {
    const [a, b] = [some.get(name), others.get(name)]
    return a === undefined || b === undefined || Buffer.compare(a, b) !== 0
  })
}

/** The places of bytes that were there before the last save, and that it left alone. */
function* oldBytes(
  before: Files,
  after: Files,
): Generator<{ readonly name: string; readonly length: number }> {
  for (const [name, old] of before) {
    const now = after.get(name)
    if (now && Buffer.compare(old, now.subarray(0, old.length)) === 0) yield { name, length: old.length }
  }
}

/** A folder of its own on the real disk. */
function realPlace(after: After): string {
  const folder = mkdtempSync(join(tmpdir(), "disk-"))
  after(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return join(folder, "data", "n1")
}

group("11a", "The disk", () => {
  check("11a.1", [1], "an empty folder is a new server of this cluster", () => {
    for (const voters of [servers(3), ["n7"], []]) {
      const expected = project.firstSaved(voters)
      comesBack(openOn(new Disk(), voters).saved, [expected], `an empty folder, voters ${voters.join(", ")}`)
    }
  })

  check("11a.2", [1], "what is in the folder counts, and not who is said to have a vote", () => {
    const disk = new Disk()
    const storage = openOn(disk)
    const after = { ...storage.saved, currentTerm: 1 }
    storage.save(storage.saved, after)
    const scenario = "opened with voters n1, n2, n3; a term saved; opened again with voters n8, n9"
    comesBack(openOn(disk, ["n8", "n9"]).saved, [after], scenario)
    comesBack(openOn(new Disk(disk.durable), ["n8", "n9"]).saved, [after], `${scenario} after a crash`)
  })

  check("11a.3", [2], "what was saved comes back: term, vote, log and snapshot, after each save", () => {
    const disk = new Disk()
    const storage = openOn(disk)
    for (const { before, after, count } of steps) {
      storage.save(before, after)
      comesBack(found(disk.files), [after], `${tellSaves(count)}; opened again`)
    }
  })

  check("11a.4", [2], "when save has returned, all of it is on the disk, and the file's name", () => {
    const disk = new Disk()
    const storage = openOn(disk)
    for (const { before, after, count } of steps) {
      storage.save(before, after)
      for (const { files, what } of disk.outcomes())
        comesBack(
          found(files),
          [after],
          `${tellSaves(count)}; save has returned, and the power goes: ${what}`,
        )
    }
  })

  check("11a.5", [2], "opened again, it goes on", () => {
    const disk = new Disk()
    for (const { after, count } of steps) {
      const storage = openOn(disk)
      storage.save(storage.saved, after)
      comesBack(found(disk.durable), [after], `${tellSaves(count)}, each by a process of its own`)
    }
  })

  check("11a.6", [2], "entries that are equal, and not the same objects, are as good", () => {
    const disk = new Disk()
    const storage = openOn(disk)
    for (const { before, after, count } of steps) {
      storage.save(structuredClone(before), structuredClone(after))
      comesBack(found(disk.durable), [after], `${tellSaves(count)}, all of them copies`)
    }
  })

  check("11a.7", [2], "commands, names and snapshots of any kind", () => {
    const commands = [
      "",
      "\n",
      "\r\n{}",
      "\u0000\u00ff",
      "äöü ☃ 𝄞",
      null,
      0,
      -1.5,
      true,
      [],
      [[{}]],
      { "": { a: [null] } },
    ]
    const base = { index: 9, term: 1 }
    const log = { base, entries: commands.map((command) => ({ term: 1, command })) }
    for (const data of ["", "\n\u0000☃ 𝄞", '{"a":\n1}\n', "x".repeat(100_000)]) {
      const configuration = { voters: ["n1", "ñ 2\n"], oldVoters: [""] }
      const snapshot = { lastIncludedIndex: 9, lastIncludedTerm: 1, configuration, data }
      const saved: Saved = { currentTerm: 4_000_000_000, votedFor: "", log, snapshot }
      const disk = new Disk()
      const storage = openOn(disk)
      storage.save(storage.saved, saved)
      const longer = { ...saved, votedFor: "ñ 2\n", log: { base, entries: [...log.entries, ...log.entries] } }
      comesBack(found(disk.durable), [saved], "many kinds of commands, names and data, with a new snapshot")
      storage.save(saved, longer)
      comesBack(found(disk.durable), [longer], "many kinds of commands appended")
    }
  })

  check("11a.8", [3], "saving an entry costs the same, however long the log is", () => {
    const bytes = [1, 1_000, 5_000].map((length) => {
      const disk = new Disk()
      const storage = openOn(disk)
      let saved: Saved = { ...storage.saved, currentTerm: 1, log: manyEntries(length) }
      storage.save(storage.saved, saved)
      const { written } = disk
      for (let more = 1; more <= 10; more++) {
        const after = { ...saved, log: manyEntries(length + more) }
        storage.save(saved, after)
        saved = after
      }
      const [votes, { entries, base }] = [{ currentTerm: 2, votedFor: "n2" }, saved.log]
      storage.save(saved, { ...saved, ...votes })
      const other = { term: 2, command: "another" }
      const replaced = { ...saved, ...votes, log: { base, entries: [...entries.slice(0, -1), other] } }
      storage.save({ ...saved, ...votes }, replaced)
      if (length < 5_000)
        comesBack(found(disk.durable), [replaced], `${String(length)} entries, then 12 small saves`)
      return disk.written - written
    })
    const [short = 0, ...long] = bytes
    const scenario =
      "1, 1,000 or 5,000 entries in the log; then ten more, a vote, and the last one replaced, each saved"
    const expected = "the same bytes written, but for the digits of larger numbers"
    holds(
      long.every((each) => each <= 1.2 * short + 200),
      scenario,
      expected,
      `${bytes.join(", ")} bytes`,
    )
    holds(short < 12 * 500, scenario, "less than 500 bytes each", `${String(short)} bytes`)
  })

  check("11a.9", [4], "a crash in the middle of the first opening: a new server, or the same", () => {
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
    "11a.10",
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
    "11a.11",
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
    "11a.12",
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
    "11a.13",
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

  check("11a.14", [4], "what a crash left of a snapshot does not get into the next one", () => {
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
    "11a.15",
    [5],
    "any byte that was synced before the last save has changed: it is refused",
    () => {
      for (const { after, count } of steps.filter(({ count }) => [2, 6, 10].includes(count))) {
        const [old, now] = [lived(count - 1), lived(count)]
        for (const { name, length } of oldBytes(old, now))
          for (let at = 0; at < length; at += stride(length)) {
            const bytes = changed(now.get(name) ?? new Uint8Array(), at, [0x01, 0x80, 0xff][at % 3] ?? 1)
            const scenario = `${tellSaves(count)}; byte ${String(at)} of ${name} (of ${String(length)} before the last save) has changed`
            refusesOr(new Map([...now, [name, bytes]]), [after], name, scenario)
          }
      }
    },
    { slow: 3 },
  )

  check(
    "11a.16",
    [5],
    "a stretch of what was synced has become zeros, or something else: it is refused",
    () => {
      for (const { after, count } of steps.filter(({ count }) => [6, 10, 13].includes(count))) {
        const [old, now] = [lived(count - 1), lived(count)]
        for (const { name, length } of oldBytes(old, now))
          for (const size of [12, 64, length])
            for (let at = 0; at + size <= length; at += size)
              for (const [what, fill] of [
                ["zeros", 0],
                ["35s", 35],
              ] as const) {
                const bytes = Uint8Array.from(now.get(name) ?? []).fill(fill, at, at + size)
                const scenario = `${tellSaves(count)}; bytes ${String(at)} to ${String(at + size)} of ${name} (of ${String(length)} before the last save) are ${what}`
                refusesOr(new Map([...now, [name, bytes]]), [after], name, scenario)
              }
      }
    },
    { slow: 2 },
  )

  check(
    "11a.17",
    [5],
    "a byte of the last save has changed: as if it had never been, or refused; never something else",
    () => {
      for (const { before, after, count } of steps.filter(({ count }) => [1, 5, 7, 8].includes(count))) {
        const now = lived(count)
        for (const [name, bytes] of now)
          for (let at = 0; at < bytes.length; at += stride(bytes.length)) {
            const scenario = `${tellSaves(count)}; byte ${String(at)} of ${String(bytes.length)} of ${name} has changed`
            refusesOr(new Map([...now, [name, changed(bytes, at, 0x81)]]), [before, after], name, scenario)
          }
      }
    },
    { slow: 2 },
  )

  check("11a.18", [6], "close closes the folder, once", () => {
    const disk = new Disk()
    const storage = openOn(disk)
    live(storage, 3)
    same(disk.closed, 0, "opened, three states saved: how often the folder was closed")
    storage.close()
    same(disk.closed, 1, "closed: how often the folder was closed")
  })

  check("11a.19", [1, 2, 4], "the same on a real disk", ({ after: undo }) => {
    const path = realPlace(undo)
    const open = (): Storage => openFrom(project.openFolder(path), servers(3), path)
    for (const { before, after, count } of steps) {
      const storage = open()
      comesBack(storage.saved, [before], `a real folder; ${tellSaves(count - 1)}`)
      storage.save(before, after)
      storage.close()
    }
    comesBack(
      open().saved,
      [life.at(-1) ?? project.firstSaved([])],
      `a real folder; ${tellSaves(steps.length)}`,
    )
    realFolder(realPlace(undo))
  })

  check(
    "11a.20",
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

/** The given folder does what the contract says: what the checks above try is worth nothing otherwise. */
function realFolder(path: string): void {
  const folder = project.openFolder(path)
  const text = (name: string): string => Buffer.from(folder.read(name)).toString()
  same(folder.list(), [], "a real folder, new: the files in it")
  folder.write("a", Buffer.from("hello"))
  folder.append("a", Buffer.from(" you"))
  folder.sync("a")
  same(text("a"), "hello you", "written and appended")
  folder.truncate("a", 4)
  folder.append("a", Buffer.from("!"))
  same(text("a"), "hell!", "cut to 4 bytes, and appended")
  folder.write("b", Buffer.from("b"))
  folder.rename("a", "b")
  folder.syncFolder()
  same(folder.list(), ["b"], "a renamed to b, which was there: the files")
  folder.append("b", Buffer.from("?"))
  same(text("b"), "hell!?", "appended to b")
  folder.write("b", Buffer.from("x"))
  folder.write("c", Buffer.from("y"))
  same([text("b"), [...folder.list()].toSorted()], ["x", ["b", "c"]], "written from the start; another file")
  folder.remove("c")
  folder.close()
  same(project.openFolder(path).list(), ["b"], "c removed, closed, opened again: the files")
}
