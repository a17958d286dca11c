import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs"
import { dirname } from "node:path"
import { initialNode } from "#03-planning"
import * as z from "zod"
import type { Entry, RaftNode } from "../../projects/03-planning/contract.ts"
import type { Journal, JournalOptions } from "../../projects/10-the-system/contract.ts"

const natural = z.int().nonnegative()
const line = z.strictObject({
  currentTerm: natural,
  votedFor: z.string().nullable(),
  /** All from there on is gone, and these are there instead. */
  from: z.int().positive(),
  entries: z.array(z.strictObject({ term: natural, command: z.json() })),
})

/**
 * A line of JSON for every save, with the entries that are new. So it costs as much as what is new, however long the log
 * is; and since a line is whole or not there, so is a save.
 */
export function openJournal({ file, id, voters }: JournalOptions): Journal {
  mkdirSync(dirname(file), { recursive: true })
  const { node, length } = existsSync(file)
    ? read(file, initialNode(id, voters))
    : { node: initialNode(id, voters), length: 0 }
  const handle = openSync(file, "a+")
  ftruncateSync(handle, length)
  fdatasyncSync(handle) // what was read is acted on from here: no later crash may take it back
  return {
    node,
    save: (before, after) => {
      const bytes = Buffer.from(`${toLine(before, after)}\n`)
      for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at)
      fdatasyncSync(handle)
    },
    close: () => {
      closeSync(handle)
    },
  }
}

function toLine(before: RaftNode, { currentTerm, votedFor, log }: RaftNode): string {
  const same = firstDifference(before.log.entries, log.entries)
  return JSON.stringify({ currentTerm, votedFor, from: same + 1, entries: log.entries.slice(same) })
}

function firstDifference(a: readonly Entry[], b: readonly Entry[]): number {
  // Mostly the old log is the beginning of the new one, and its entries are the very same objects.
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  return same
}

/** The last line may have been cut off by a crash: then nothing was sent that depends on it, and it can go. */
function read(file: string, fresh: RaftNode): { readonly node: RaftNode; readonly length: number } {
  const bytes = readFileSync(file)
  const length = bytes.lastIndexOf("\n") + 1
  let node = fresh
  const lines = bytes.subarray(0, length).toString().split("\n").slice(0, -1)
  for (const [i, text] of lines.entries()) {
    const next = take(node, text)
    if (!next)
      throw new Error(`${file}, line ${String(i + 1)}: this is no line of a journal: ${text.slice(0, 80)}`)
    node = next
  }
  return { node, length }
}

function take(node: RaftNode, text: string): RaftNode | undefined {
  const saved = line.safeParse(parseJson(text))
  if (!saved.success || saved.data.from > node.log.entries.length + 1) return undefined
  const { from, entries, ...rest } = saved.data
  return {
    ...node,
    ...rest,
    log: { ...node.log, entries: [...node.log.entries.slice(0, from - 1), ...entries] },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
