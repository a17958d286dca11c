import { entriesFrom } from "#04-the-log"
import * as z from "zod"
import type { Log } from "../../projects/03-planning/contract.ts"
import type { Saved, Storage, StorageOptions } from "../../projects/11-the-rest-of-raft/contract.ts"
import { firstSaved } from "./node.ts"
import { readRecords, toRecord } from "./records.ts"
import { entryText } from "./text.ts"

const natural = z.int().nonnegative()
const ids = z.array(z.string())
const vote = { currentTerm: natural, votedFor: z.string().nullable() }
const entries = z.array(z.strictObject({ term: natural, command: z.json() }))
const snapshot = z.strictObject({
  lastIncludedIndex: natural,
  lastIncludedTerm: natural,
  configuration: z.strictObject({ voters: ids, oldVoters: ids }),
  data: z.string(),
})

/** The first record of a file: all there is. */
const whole = z.strictObject({ ...vote, snapshot, entries })
/** The others: all from `from` on is gone, and these entries are there instead. */
const news = z.strictObject({ ...vote, from: z.int().positive(), entries })

/**
 * A write-ahead log: every save is a record at its end, and a record is there or not. A new snapshot begins a new file,
 * which takes the old one's place in one moment: so there is no time at which one of the two is there without the other.
 */
export function openStorage({ folder, where, voters }: StorageOptions): Storage {
  const file = `${where}/wal`
  const begin = (saved: Saved): void => {
    folder.write("wal.new", toRecord(toWhole(saved)))
    folder.sync("wal.new")
    folder.rename("wal.new", "wal")
    folder.syncFolder()
  }
  if (!folder.list().includes("wal")) begin(firstSaved(voters))
  const { texts, length } = readRecords(folder.read("wal"), file)
  const saved = replay(texts, file)
  // What is behind that must not stand between this record and the next one.
  folder.truncate("wal", length)
  // A process that was killed may have written this, and not synced it: what is told now must not be lost later.
  folder.sync("wal")
  folder.syncFolder()
  let hasFailed = false
  return {
    saved,
    save: (before, after) => {
      // Nobody knows how much of that one is there. Behind a torn piece, nothing could be read again.
      if (hasFailed)
        throw new Error(`${file}: a save has failed, and nothing can be saved before it is opened again`)
      hasFailed = true
      if (after.snapshot === before.snapshot) {
        folder.append("wal", toRecord(toNews(before, after)))
        folder.sync("wal")
      } else begin(after)
      hasFailed = false
    },
    close: () => {
      folder.close()
    },
  }
}

function toWhole({ currentTerm, votedFor, snapshot, log }: Saved): string {
  return withEntries({ currentTerm, votedFor, snapshot }, log.entries)
}

function toNews(before: Saved, { currentTerm, votedFor, log }: Saved): string {
  const from = firstDifference(before.log, log)
  return withEntries({ currentTerm, votedFor, from }, entriesFrom(log, from))
}

function withEntries(fields: object, entries: Log["entries"]): string {
  return `${JSON.stringify(fields).slice(0, -1)},"entries":[${entries.map(entryText).join(",")}]}`
}

/** The first index at which the logs, which begin at the same place, are not the same. */
function firstDifference(before: Log, { base, entries }: Log): number {
  // Mostly the old log is the beginning of the new one, and its entries are the very same objects.
  let same = 0
  while (same < entries.length && before.entries[same] === entries[same]) same++
  return base.index + same + 1
}

function replay(texts: readonly string[], file: string): Saved {
  const [first, ...rest] = texts
  // It was synced before the file got its name.
  if (first === undefined) throw new Error(`${file} is damaged at byte 0: it has no first record`)
  const { snapshot, entries, ...vote } = parse(whole, first, `${file}, record 1`)
  const base = { index: snapshot.lastIncludedIndex, term: snapshot.lastIncludedTerm }
  const start: Saved = { ...vote, snapshot, log: { base, entries } }
  return rest.reduce((saved, text, i) => take(saved, text, `${file}, record ${String(i + 2)}`), start)
}

function take({ snapshot, log }: Saved, text: string, where: string): Saved {
  const { currentTerm, votedFor, from, entries } = parse(news, text, where)
  const kept = from - log.base.index - 1
  if (kept < 0 || kept > log.entries.length)
    throw new Error(`${where}: entries from ${String(from)} on do not fit the log before them`)
  return {
    currentTerm,
    votedFor,
    snapshot,
    log: { base: log.base, entries: [...log.entries.slice(0, kept), ...entries] },
  }
}

function parse<T>(shape: z.ZodType<T>, text: string, where: string): T {
  const parsed = shape.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(`${where}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
