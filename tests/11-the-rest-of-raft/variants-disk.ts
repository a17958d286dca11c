import type { Variant } from "#suite"

export const variants: readonly Variant[] = [
  {
    id: "disk-generations",
    what: "a file for each snapshot, with a number in its name; the one before it is removed",
    why: "how many files there are, and their names, are free; so is what a leftover is called",
    edit: [
      {
        file: "storage.ts",
        find: `  const file = \`\${where}/wal\`
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
`,
        replace: `  const names = folder.list().filter((name) => /^wal\\.\\d+$/.test(name))
  let number = Math.max(0, ...names.map((name) => Number(name.slice(4))))
  const name = (): string => \`wal.\${String(number)}\`
  const begin = (saved: Saved): void => {
    const old = number === 0 ? [] : [name()]
    number++
    folder.write("unfinished", toRecord(toWhole(saved)))
    folder.sync("unfinished")
    folder.rename("unfinished", name())
    folder.syncFolder()
    for (const each of old) folder.remove(each)
  }
  if (number === 0) begin(firstSaved(voters))
  const file = \`\${where}/\${name()}\`
  const { texts, length } = readRecords(folder.read(name()), file)
  const saved = replay(texts, file)
  folder.truncate(name(), length)
  folder.syncFolder()
  folder.sync(name())
`,
      },
      {
        file: "storage.ts",
        find: `      if (after.snapshot === before.snapshot) {
        folder.append("wal", toRecord(toNews(before, after)))
        folder.sync("wal")
`,
        replace: `      if (after.snapshot.lastIncludedIndex === before.snapshot.lastIncludedIndex) {
        folder.append(name(), toRecord(toNews(before, after)))
        folder.sync(name())
`,
      },
    ],
  },
  {
    id: "disk-lazy",
    what: "nothing is written before the first save, and leftovers are removed; a torn tail stays until the next save",
    why: "an empty folder is a new server until something is saved",
    edit: [
      {
        file: "storage.ts",
        find: `  const file = \`\${where}/wal\`
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
`,
        replace: `  const file = \`\${where}/wal\`
  const begin = (saved: Saved): void => {
    folder.write("wal.new", toRecord(toWhole(saved)))
    folder.sync("wal.new")
    folder.rename("wal.new", "wal")
    folder.syncFolder()
  }
  let isThere = folder.list().includes("wal")
  const { texts, length } = isThere ? readRecords(folder.read("wal"), file) : { texts: [], length: 0 }
  const saved = isThere ? replay(texts, file) : firstSaved(voters)
  for (const name of folder.list()) if (name !== "wal") folder.remove(name)
  if (isThere) {
    folder.syncFolder()
    folder.sync("wal")
  }
  let end: number | null = length
`,
      },
      {
        file: "storage.ts",
        find: `      if (after.snapshot === before.snapshot) {
        folder.append("wal", toRecord(toNews(before, after)))
        folder.sync("wal")
      } else begin(after)
`,
        replace: `      if (isThere && after.snapshot === before.snapshot) {
        if (end !== null && end < folder.read("wal").length) folder.truncate("wal", end)
        end = null
        folder.append("wal", toRecord(toNews(before, after)))
        folder.sync("wal")
      } else {
        begin(after)
        isThere = true
        end = null
      }
`,
      },
    ],
  },
  {
    id: "disk-lines",
    what: "a log of lines, with checksums in decimal digits",
    why: "the format is free",
    edit: [
      {
        file: "records.ts",
        find: "export function toRecord(text: string): Uint8Array {",
        replace: `/** A line: the checksum of all behind it, how many bytes that is, and what it holds. */
export function toRecord(text: string): Uint8Array {
  const body = Buffer.from(text)
  const head = \`\${String(body.length)} \${String(crc32(body))}\`
  return Buffer.concat([Buffer.from(\`\${String(crc32(Buffer.from(head)))} \${head} \`), body, Buffer.from("\\n")])
}

/** The line that begins there, when it is whole; how long it should be, when that can be known. */
function lineAt(file: Buffer, at: number): { readonly end: number; readonly text: string | null } | null {
  const match = /^(\\d+) ((\\d+) (\\d+)) /.exec(file.toString("latin1", at, at + 40))
  if (!match || crc32(Buffer.from(match[2] ?? "")) !== Number(match[1])) return null
  const start = at + match[0].length
  const end = start + Number(match[3]) + 1
  const body = file.subarray(start, end - 1)
  const isWhole = end <= file.length && crc32(body) === Number(match[4]) && file[end - 1] === 10
  return { end, text: isWhole ? body.toString() : null }
}

export function binaryRecord(text: string): Uint8Array {`,
      },
      {
        file: "records.ts",
        find: "export function readRecords(bytes: Uint8Array, name: string): Records {",
        replace: `export function readRecords(bytes: Uint8Array, name: string): Records {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found: string[] = []
  let at = 0
  for (let line = lineAt(all, 0); line !== null && line.text !== null; line = lineAt(all, at)) {
    found.push(line.text)
    at = line.end
  }
  const torn = lineAt(all, at)
  let isLast = torn === null || torn.end >= all.length
  if (torn === null) for (let next = at; next < all.length; next++) isLast &&= (lineAt(all, next)?.text ?? null) === null
  if (isLast) return { texts: found, length: at }
  throw new Error(\`\${name}, line \${String(found.length + 1)}: this was never written so\`)
}

export function binaryRecords(bytes: Uint8Array, name: string): Records {`,
      },
    ],
  },
  {
    id: "replica-other-compaction",
    what: "half of the log stays, and it is looked at again after every half; outputs in another order behind the save; other words",
    why: "how much stays is free from a quarter on, and the order of messages and replies among each other is, too",
    edit: [
      {
        file: "replica.ts",
        find: `  const [first, stays] = [node.log.base.index, Math.ceil(options.compactAt / 4)]
`,
        replace: `  const half = Math.max(1, Math.floor(options.compactAt / 2))
  if (node.log.entries.length > 0) {
    if (node.lastApplied - checkpoint.index < half) return { replica, outputs: [] }
    const latest = { ...replica, checkpoint: { index: node.lastApplied, machine: service.machine } }
    if (checkpoint.index <= node.log.base.index) return { replica: latest, outputs: [] }
    return take(options, latest, { type: "compact", index: checkpoint.index, data: write(checkpoint.machine) })
  }
  const [first, stays] = [node.log.base.index, Math.ceil(options.compactAt / 4)]
`,
      },
      {
        file: "replica.ts",
        find: "return { replica: current, outputs: [...save, ...outputs] }",
        replace: `const isOf = (...types: readonly string[]) => outputs.filter(({ type }) => types.includes(type))
  return { replica: current, outputs: [...save, ...isOf("resetElectionTimer", "tell"), ...isOf("reply"), ...isOf("send")] }`,
      },
      {
        file: "replica.ts",
        find: "UNKNOWN it was not committed in time; it may still be done, or not",
        replace: "UNKNOWN too slow",
      },
      {
        file: "replies.ts",
        find: "TRYAGAIN another leader came; this was not done, and will not be",
        replace: "TRYAGAIN lost to another leader",
      },
    ],
  },
]
