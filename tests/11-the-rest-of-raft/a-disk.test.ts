import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { check, group, holds, same, type After } from "#suite"
import type { Log } from "../../projects/03-planning/contract.ts"
import type { Saved, Storage } from "../../projects/11-the-rest-of-raft/contract.ts"
import { servers } from "../cluster/build.ts"
import { found } from "./crashes.ts"
import { Disk } from "./disk.ts"
import { comesBack, life, live, logBehind, openFrom, openOn, steps, tellSaves } from "./lives.ts"
import { project } from "./project.ts"

function manyEntries(count: number): Log {
  return logBehind({ index: 0, term: 0 }, ...new Array<number>(count).fill(1))
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

  check("11a.9", [6], "close closes the folder, once", () => {
    const disk = new Disk()
    const storage = openOn(disk)
    live(storage, 3)
    same(disk.closed, 0, "opened, three states saved: how often the folder was closed")
    storage.close()
    same(disk.closed, 1, "closed: how often the folder was closed")
  })

  check("11a.10", [1, 2, 4], "the same on a real disk", ({ after: undo }) => {
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
})

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
