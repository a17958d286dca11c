import type { Bug } from "#suite"

const storage = "storage.ts"
const records = "records.ts"
const replica = "replica.ts"

const append = `        folder.append("wal", toRecord(toNews(before, after)))
        folder.sync("wal")
`
const begin = `    folder.write("wal.new", toRecord(toWhole(saved)))
    folder.sync("wal.new")
    folder.rename("wal.new", "wal")
    folder.syncFolder()
`
const isNew = "if (after.snapshot === before.snapshot) {"
const replayed = "const saved = replay(texts, file)"
const whole = "return withEntries({ currentTerm, votedFor, snapshot }, log.entries)"
const news = "return withEntries({ currentTerm, votedFor, from }, entriesFrom(log, from))"

const handled = `  for (const input of grouped(inputs)) note(handleOne(options, current, input))
  note(compact(options, current))
  const [before, after] = [replica.node, current.node]
`
const ordered = "return { replica: current, outputs: [...save, ...outputs] }"
const restored = "service: { machine, waiting: waiting.filter((each) => !isPast(each)) },"
const written = "const data = write(checkpoint.machine)"
const isDue = "node.lastApplied - checkpoint.index < stays"

export const bugs: readonly Bug[] = [
  // ---- 11a ----
  {
    id: "voters-win",
    what: "who is said to have a vote counts, also when there is a folder",
    breaks: [1],
    source: "own mistake: the flag of the command line wins",
    edit: {
      file: storage,
      find: replayed,
      replace:
        "const old = replay(texts, file)\n  const saved = { ...old, snapshot: { ...old.snapshot, configuration: { voters, oldVoters: [] } } }",
    },
  },
  {
    id: "save-no-sync",
    what: "a save is written, and not synced",
    breaks: [2],
    source: "catalogue: ack-before-fsync",
    edit: {
      file: storage,
      find: append,
      replace: `        folder.append("wal", toRecord(toNews(before, after)))\n`,
    },
  },
  {
    id: "save-syncs-last-one",
    what: "what is synced is the save before this one",
    breaks: [2],
    source: "catalogue: vote-persist-late",
    edit: {
      file: storage,
      find: append,
      replace: `        folder.sync("wal")\n        folder.append("wal", toRecord(toNews(before, after)))\n`,
    },
  },
  {
    id: "vote-no-sync",
    what: "only saves with new entries are synced",
    breaks: [2],
    source: "catalogue: vote-persist-late (eliben f596df0)",
    edit: {
      file: storage,
      find: append,
      replace: `        folder.append("wal", toRecord(toNews(before, after)))\n        if (after.log !== before.log) folder.sync("wal")\n`,
    },
  },
  {
    id: "snapshot-no-sync",
    what: "a file with a snapshot gets its name before it is on the disk, and is never synced",
    breaks: [2, 4],
    source: "Pillai et al. 2014: rename before the data",
    edit: { file: storage, find: `    folder.sync("wal.new")\n`, replace: "" },
  },
  {
    id: "rename-before-sync",
    what: "a file with a snapshot gets its name, and is synced after that",
    breaks: [4],
    source: "Pillai et al. 2014: rename before the data",
    edit: {
      file: storage,
      find: `    folder.sync("wal.new")\n    folder.rename("wal.new", "wal")\n`,
      replace: `    folder.rename("wal.new", "wal")\n    folder.sync("wal")\n`,
    },
  },
  {
    id: "folder-no-sync",
    what: "the new name is not synced",
    breaks: [2],
    source: "Pillai et al. 2014: the directory has to be synced, too",
    edit: { file: storage, find: "    folder.syncFolder()\n", replace: "" },
  },
  {
    id: "snapshot-in-place",
    what: "a snapshot is written over the file with the log",
    breaks: [4],
    source: "own mistake: the old file is gone before the new one is there",
    edit: {
      file: storage,
      find: begin,
      replace: `    folder.write("wal", toRecord(toWhole(saved)))\n    folder.sync("wal")\n    folder.syncFolder()\n`,
    },
  },
  {
    id: "snapshot-removes-first",
    what: "the old file is removed before the new one gets its name",
    breaks: [4],
    source: "own mistake: rename does not replace on other systems",
    edit: {
      file: storage,
      find: `    folder.rename("wal.new", "wal")\n`,
      replace: `    folder.remove("wal")\n    folder.rename("wal.new", "wal")\n`,
    },
  },
  {
    id: "leftover-appended",
    what: "a new snapshot is written behind what a crash left of another one",
    breaks: [4],
    source: "own mistake: leftovers of a crash",
    edit: { file: storage, find: `folder.write("wal.new"`, replace: `folder.append("wal.new"` },
  },
  {
    id: "tail-not-cut",
    what: "half a record stays, and the next one is written behind it",
    breaks: [4],
    source: "catalogue: wal-tail",
    edit: { file: storage, find: `  folder.truncate("wal", length)\n`, replace: "" },
  },
  {
    id: "open-no-sync",
    what: "what a killed process had written and not synced is told, and not synced",
    breaks: [4],
    source: "found by a reader of the spec: it was in our solution",
    edit: {
      file: storage,
      find: `  folder.sync("wal")\n  folder.syncFolder()\n`,
      replace: "  folder.syncFolder()\n",
    },
  },
  {
    id: "open-no-folder-sync",
    what: "a new name that a killed process had given and not synced is believed, and not synced",
    breaks: [4],
    source: "own mistake: only the file is synced when it is opened",
    edit: {
      file: storage,
      find: `  folder.sync("wal")\n  folder.syncFolder()\n`,
      replace: `  folder.sync("wal")\n`,
    },
  },
  {
    id: "saves-on",
    what: "after a save that failed, the next one is written behind what there is of it",
    breaks: [4],
    source: "found by a reader of the spec: it was in our solution",
    edit: { file: storage, find: "      hasFailed = true\n", replace: "" },
  },
  {
    id: "saves-on-after-snapshot",
    what: "after a new snapshot that could not be saved, the next save takes it for saved, or for not begun",
    breaks: [4],
    source: "own mistake: only an append is thought of",
    edit: {
      file: storage,
      find: "      hasFailed = true\n",
      replace: "      hasFailed = after.snapshot === before.snapshot\n",
    },
  },
  {
    id: "tail-fatal",
    what: "half a record at the end is an error",
    breaks: [4],
    source: "catalogue: wal-tail, a half record is fatal",
    edit: {
      file: records,
      find: "} else if (at === file.length || isTorn(file, at, end)) return",
      replace: "} else if (at === file.length || (isTorn(file, at, end) && at === 0)) return",
    },
  },
  {
    id: "tail-accepted",
    what: "a record is taken when its length fits, whatever is in it",
    breaks: [4, 5],
    source: "catalogue: wal-tail, a half record is accepted",
    edit: {
      file: records,
      find: "    crc32(file.subarray(at + headLength, end)) === file.readUInt32LE(at + 4)",
      replace: "    end > 0",
    },
  },
  {
    id: "zeros-fatal",
    what: "a tail that has its length, and zeros in it, is an error",
    breaks: [4],
    source: "own mistake: the length grows before the bytes arrive",
    edit: { file: records, find: "return end >= file.length", replace: "return end > file.length" },
  },
  {
    id: "short-head",
    what: "a tail shorter than a record's head is read as one",
    breaks: [4],
    source: "own mistake: a read past the end",
    edit: { file: records, find: "  if (at + headLength > file.length) return null\n", replace: "" },
  },
  {
    id: "middle-cut",
    what: "everything behind a damaged record is cut off",
    breaks: [5],
    source: "catalogue: wal-mid-truncate (Alagappan et al. 2018)",
    edit: {
      file: records,
      find: "} else if (at === file.length || isTorn(file, at, end)) return",
      replace: "} else if (at <= file.length || isTorn(file, at, end)) return",
    },
  },
  {
    id: "length-unchecked",
    what: "a length is believed: a damaged one looks like a torn record",
    breaks: [5],
    source: "Alagappan et al. 2018: the length has no checksum",
    edit: {
      file: records,
      find: "  if (crc32(file.subarray(at, at + 8)) !== file.readUInt32LE(at + 8)) return null\n",
      replace: "",
    },
  },
  {
    id: "damaged-head-torn",
    what: "a damaged head looks like a torn record",
    breaks: [5],
    source: "own mistake: nobody looks whether another record follows",
    edit: {
      file: records,
      find: "if (isWhole(file, next)) return false",
      replace: "if (isWhole(file, next)) return true",
    },
  },
  {
    id: "error-nameless",
    what: "the error does not name the file",
    breaks: [5],
    source: "own mistake",
    edit: { file: records, find: "`${name} is damaged at byte", replace: "`the log is damaged at byte" },
  },
  {
    id: "error-placeless",
    what: "the error does not say where in the file",
    breaks: [5],
    source: "own mistake",
    edit: { file: records, find: "is damaged at byte ${String(at)}:", replace: "is damaged:" },
  },
  {
    id: "cut-before-refused",
    what: "the file is cut before it is known whether it is refused",
    breaks: [5],
    source: "own mistake: it was in our solution",
    edit: {
      file: storage,
      find: replayed,
      replace: `folder.truncate("wal", length)\n  ${replayed}`,
    },
  },
  {
    id: "vote-not-in-record",
    what: "a record without a new vote",
    breaks: [2],
    source: "catalogue: vote-persist-missing",
    edit: { file: storage, find: news, replace: news.replace("votedFor,", "votedFor: before.votedFor,") },
  },
  {
    id: "term-not-in-record",
    what: "a record without a new term",
    breaks: [2],
    source: "catalogue: vote-persist-missing",
    edit: {
      file: storage,
      find: news,
      replace: news.replace("currentTerm,", "currentTerm: before.currentTerm,"),
    },
  },
  {
    id: "only-entries-saved",
    what: "nothing is saved when the log is the same",
    breaks: [2],
    source: "catalogue: vote-persist-missing",
    edit: {
      file: storage,
      find: isNew,
      replace: `hasFailed = after.log !== before.log\n      if (!hasFailed) return\n      ${isNew}`,
    },
  },
  {
    id: "only-longer-saved",
    what: "entries that take the place of others are not saved",
    breaks: [2],
    source: "own mistake: only what is behind the old end is new",
    edit: {
      file: storage,
      find: "let same = 0",
      replace: "let same = Math.min(before.entries.length, entries.length)",
    },
  },
  {
    id: "cut-not-saved",
    what: "old entries behind the new ones come back",
    breaks: [2],
    source: "own mistake: entries are laid over the old ones",
    edit: {
      file: storage,
      find: "entries: [...log.entries.slice(0, kept), ...entries] },",
      replace:
        "entries: [...log.entries.slice(0, kept), ...entries, ...log.entries.slice(kept + entries.length)] },",
    },
  },
  {
    id: "snapshot-not-saved",
    what: "a new snapshot is not saved when the log goes on behind it",
    breaks: [2],
    source: "own mistake",
    edit: {
      file: storage,
      find: isNew,
      replace: "if (after.snapshot === before.snapshot || after.log.entries.length > 0) {",
    },
  },
  {
    id: "snapshot-without-log",
    what: "the entries behind a new snapshot are not saved with it",
    breaks: [2],
    source: "catalogue: snap-drops-suffix",
    edit: { file: storage, find: whole, replace: whole.replace("log.entries", "log.entries.slice(0, 0)") },
  },
  {
    id: "snapshot-old-configuration",
    what: "of a snapshot's configuration, only the voters are saved",
    breaks: [2],
    source: "catalogue: snap-omits-config",
    edit: {
      file: storage,
      find: "const start: Saved = { ...vote, snapshot,",
      replace:
        "const start: Saved = { ...vote, snapshot: { ...snapshot, configuration: { ...snapshot.configuration, oldVoters: [] } },",
    },
  },
  {
    id: "base-forgotten",
    what: "places in the log are counted from its first entry, not from where it begins",
    breaks: [2],
    source: "own mistake",
    edit: { file: storage, find: "return base.index + same + 1", replace: "return same + 1" },
  },
  {
    id: "characters-counted",
    what: "a record's length is counted in characters, not in bytes",
    breaks: [2],
    source: "own mistake",
    edit: {
      file: records,
      find: "bytes.writeUInt32LE(body.length, 0)",
      replace: "bytes.writeUInt32LE(text.length, 0)",
    },
  },
  {
    id: "all-rewritten",
    what: "every save writes all there is",
    breaks: [3],
    source: "own mistake: simple, and slower with every entry",
    edit: {
      file: storage,
      find: isNew,
      replace: "if (after.snapshot === before.snapshot && after.log.entries.length === 0) {",
    },
  },
  {
    id: "folder-not-closed",
    what: "close closes nothing",
    breaks: [6],
    source: "own mistake",
    edit: { file: storage, find: "      folder.close()\n", replace: "      void folder\n" },
  },
  // ---- 11h ----
  {
    id: "machine-from-nothing",
    what: "after a start the machine is empty, whatever the snapshot says",
    breaks: [50],
    source: "own mistake",
    edit: {
      file: replica,
      find: "const machine = read(node.snapshot.data)",
      replace: `const machine = read("")\n  void node`,
    },
  },
  {
    id: "save-last",
    what: "what is new is saved after it was told",
    breaks: [51, 58],
    source: "catalogue: ack-before-fsync",
    edit: {
      file: replica,
      find: ordered,
      replace: "return { replica: current, outputs: [...outputs, ...save] }",
    },
  },
  {
    id: "save-after-messages",
    what: "messages leave before the save, replies after it",
    breaks: [51, 58],
    source: "dissertation 10.2.1, by followers as well: only a leader may do that",
    edit: {
      file: replica,
      find: ordered,
      replace:
        'const isSent = ({ type }: FullOutput<C>): boolean => type === "send"\n  return { replica: current, outputs: [...outputs.filter(isSent), ...save, ...outputs.filter((each) => !isSent(each))] }',
    },
  },
  {
    id: "save-first-state",
    what: "of a batch, the state after the first input is saved",
    breaks: [51, 58],
    source: "own mistake: group commit of the wrong state",
    edit: {
      file: replica,
      find: handled,
      replace: `  let first: FullNode | undefined
  for (const input of grouped(inputs)) {
    note(handleOne(options, current, input))
    first ??= current.node
  }
  note(compact(options, current))
  const [before, after] = [replica.node, first ?? current.node]
`,
    },
  },
  {
    id: "save-last-input",
    what: "a batch is saved only when its last input has changed something",
    breaks: [51, 58],
    source: "own mistake: group commit compares with the wrong state",
    edit: {
      file: replica,
      find: handled,
      replace: `  let last = current.node
  for (const input of grouped(inputs)) {
    last = current.node
    note(handleOne(options, current, input))
  }
  note(compact(options, current))
  const [before, after] = [last, current.node]
`,
    },
  },
  {
    id: "save-each",
    what: "every input has a save of its own",
    breaks: [51],
    source: "own mistake: no group commit",
    edit: {
      file: replica,
      find: handled,
      replace: `  for (const input of grouped(inputs)) {
    const was = current.node
    note(handleOne(options, current, input))
    if (!isSaved(was, current.node)) outputs.push({ type: "save", before: was, after: current.node })
  }
  note(compact(options, current))
  const [before, after] = [replica.node, current.node]
`,
    },
  },
  {
    id: "save-always",
    what: "every batch is saved, whether anything is new or not",
    breaks: [51],
    source: "own mistake",
    edit: { file: replica, find: "isSaved(before, after) ? []", replace: "before === after ? []" },
  },
  {
    id: "save-not-vote",
    what: "a new vote alone is not saved",
    breaks: [51, 58],
    source: "catalogue: vote-persist-missing",
    edit: { file: replica, find: "    a.votedFor === b.votedFor &&\n", replace: "" },
  },
  {
    id: "save-not-term",
    what: "a new term alone is not saved",
    breaks: [51, 58],
    source: "catalogue: vote-persist-missing",
    edit: { file: replica, find: "    a.currentTerm === b.currentTerm &&\n", replace: "" },
  },
  {
    id: "save-not-log",
    what: "new entries alone are not saved",
    breaks: [51, 58],
    source: "catalogue: ack-before-fsync",
    edit: { file: replica, find: "    a.log === b.log &&\n", replace: "" },
  },
  {
    id: "save-without-compaction",
    what: "the log is compacted after the state to be saved was taken",
    breaks: [51],
    source: "own mistake",
    edit: {
      file: replica,
      find: handled,
      replace: `  for (const input of grouped(inputs)) note(handleOne(options, current, input))
  const [before, after] = [replica.node, current.node]
  note(compact(options, current))
`,
    },
  },
  {
    id: "outputs-of-last",
    what: "of a batch, only what its last input calls forth comes out",
    breaks: [51, 52],
    source: "own mistake",
    edit: {
      file: replica,
      find: "  for (const input of grouped(inputs)) note(handleOne(options, current, input))\n",
      replace:
        "  for (const input of grouped(inputs)) {\n    outputs.length = 0\n    note(handleOne(options, current, input))\n  }\n",
    },
  },
  {
    id: "declined-untold",
    what: "an operator is not told that a wish is declined",
    breaks: [52],
    source: "own mistake",
    edit: {
      file: replica,
      find: 'return effect.type === "declined" ?',
      replace: 'return effect.type === "declined" && effect.why === "" ?',
    },
  },
  {
    id: "give-up-all",
    what: "when one client gives up, the others wait no longer either",
    breaks: [52],
    source: "own mistake",
    edit: {
      file: replica,
      find: "const waiting = service.waiting.filter(({ proposal }) => proposal !== client)",
      replace: "const waiting = service.waiting.filter(({ proposal }) => proposal === client).slice(1)",
    },
  },
  {
    id: "give-up-told-again",
    what: "a client that has given up is told again later",
    breaks: [52],
    source: "own mistake",
    edit: {
      file: replica,
      find: "replica: { ...replica, reads, service: { ...service, waiting } },\n    outputs: [",
      replace: "replica: { ...replica, reads, service },\n    outputs: [",
    },
  },
  {
    id: "give-up-not-reads",
    what: "a client that reads cannot give up",
    breaks: [52, 53],
    source: "own mistake: reads are kept elsewhere",
    edit: {
      file: replica,
      find: "pending.filter((each) => each.client !== client)",
      replace: "pending",
    },
  },
  {
    id: "reads-in-log",
    what: "reads get into the log",
    breaks: [53],
    source: "own mistake: project 10's replica as it was",
    edit: {
      file: replica,
      find: 'const type = isRead(input.request) ? "reads" : "writes"',
      replace: 'const type = isRead(input.request) && inputs.length === 0 ? "reads" : "writes"',
    },
  },
  {
    id: "reads-count",
    what: "a read counts as an entry of the machine",
    breaks: [53],
    source: "own mistake: the machine's clock differs from server to server",
    edit: {
      file: replica,
      find: "return { replica: { ...replica, reads }, outputs }",
      replace:
        "const { service } = replica\n  const machine = { ...service.machine, applied: service.machine.applied + pending.length }\n  return { replica: { ...replica, reads, service: { ...service, machine } }, outputs }",
    },
  },
  {
    id: "replica-read-early",
    what: "reads are answered before the entries of the same step are applied",
    breaks: [53],
    source: "catalogue: read-before-apply (etcd 7331, 20418)",
    edit: {
      file: replica,
      find: "  note(apply(options, current, effects.slice(restored + 1), clients))\n",
      replace: `  for (const effect of effects)
    if (effect.type === "readable") note(answerRead(options, current, effect))
  note(apply(options, current, effects.slice(restored + 1), clients))
`,
    },
  },
  {
    id: "read-anyway",
    what: "what Raft says is not readable is read all the same",
    breaks: [53],
    source: "catalogue: local-read",
    edit: { file: replica, find: '      answer.type === "readable"\n', replace: "      answer.read > 0\n" },
  },
  {
    id: "read-no-leader",
    what: "who reads at a follower is not told who leads",
    breaks: [53],
    source: "own mistake",
    edit: {
      file: replica,
      find: "redirect(cluster, replica.node, answer.leader)",
      replace: "redirect(cluster, replica.node, null)",
    },
  },
  {
    id: "read-one-name",
    what: "all reads have the same number",
    breaks: [53],
    source: "own mistake",
    edit: {
      file: replica,
      find: "const asked = replica.asked + 1",
      replace: "const asked = Math.min(1, replica.asked + 1)",
    },
  },
  {
    id: "read-kept",
    what: "an answered read still waits",
    breaks: [53],
    source: "own mistake: told again when it gives up",
    edit: {
      file: replica,
      find: "return { replica: { ...replica, reads }, outputs }",
      replace: "void reads\n  return { replica, outputs }",
    },
  },
  {
    id: "never-compacted",
    what: "the log is never compacted",
    breaks: [54],
    source: "own mistake",
    edit: { file: replica, find: isDue, replace: "node.lastApplied > 0" },
  },
  {
    id: "compacted-late",
    what: "the log is compacted when it has twice as many entries",
    breaks: [54],
    source: "own mistake",
    edit: { file: replica, find: isDue, replace: isDue.replace("stays", "options.compactAt + stays") },
  },
  {
    id: "compacted-all",
    what: "nothing of what is applied stays in the log",
    breaks: [54],
    source: "own mistake: every follower that is a little behind gets the snapshot",
    edit: {
      file: replica,
      find:
        written + '\n    return take(options, replica, { type: "compact", index: checkpoint.index, data })',
      replace:
        'const data = write(service.machine)\n    return take(options, replica, { type: "compact", index: node.lastApplied, data })',
    },
  },
  {
    id: "snapshot-too-new",
    what: "a snapshot has what was applied after its last entry",
    breaks: [55],
    source: "own mistake: these entries are applied twice after a start",
    edit: { file: replica, find: written, replace: "const data = write(service.machine)" },
  },
  {
    id: "snapshot-no-sessions",
    what: "a snapshot has no sessions in it",
    breaks: [55],
    source: "catalogue: snap-omits-sessions (P8)",
    edit: {
      file: replica,
      find: written,
      replace: "const data = write({ ...checkpoint.machine, sessions: {} })",
    },
  },
  {
    id: "snapshot-no-counts",
    what: "a snapshot does not say how many sessions were opened",
    breaks: [55],
    source: "catalogue: snap-omits-sessions (P8), a part of it",
    edit: {
      file: replica,
      find: written,
      replace: "const data = write({ ...checkpoint.machine, opened: 0 })",
    },
  },
  {
    id: "snapshot-no-clock",
    what: "a snapshot does not say how many entries were applied",
    breaks: [55],
    source: "own mistake: sessions are forgotten at another moment",
    edit: {
      file: replica,
      find: written,
      replace: "const data = write({ ...checkpoint.machine, applied: 0 })",
    },
  },
  {
    id: "restore-machine-stays",
    what: "the machine stays as it was when a snapshot comes",
    breaks: [56],
    source: "own mistake",
    edit: {
      file: replica,
      find: restored,
      replace: restored.replace("{ machine,", "{ machine: replica.service.machine,"),
    },
  },
  {
    id: "restore-still-waits",
    what: "who was told UNKNOWN when a snapshot came still waits",
    breaks: [56],
    source: "own mistake",
    edit: {
      file: replica,
      find: restored,
      replace: "service: { machine, waiting: waiting.filter((each) => each.index > 0) },",
    },
  },
  {
    id: "restore-untold",
    what: "who waited for an entry that a snapshot stands for is told nothing",
    breaks: [56],
    source: "catalogue: waiters-hang",
    edit: { file: replica, find: "      .filter(isPast)\n", replace: "      .filter(() => false)\n" },
  },
  {
    id: "restore-tells-all",
    what: "all who wait are told UNKNOWN when a snapshot comes",
    breaks: [56],
    source: "own mistake",
    edit: {
      file: replica,
      find: "boolean => index <= lastIncludedIndex",
      replace: "boolean => index <= lastIncludedIndex + 1_000",
    },
  },
  {
    id: "restore-off-by-one",
    what: "who waited for the snapshot's last entry is told nothing",
    breaks: [56],
    source: "own mistake",
    edit: {
      file: replica,
      find: "boolean => index <= lastIncludedIndex",
      replace: "boolean => index < lastIncludedIndex",
    },
  },
  {
    id: "secret-ignored",
    what: "messages are neither signed nor looked at for a signature",
    breaks: [60],
    source: "issue 5: strangers can neither join nor crash it",
    edit: {
      file: "codec.ts",
      find: "return secret === undefined ? { encode, decode } : signed(secret)",
      replace: "return secret !== null ? { encode, decode } : signed(secret)",
    },
  },
]
