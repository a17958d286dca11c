import { check, group, holds, same, show } from "#suite"
import type { Json, Log } from "../../projects/03-planning/contract.ts"
import type { Chapter, FullEffect, Snapshot } from "../../projects/11-the-rest-of-raft/contract.ts"
import { compacted, entries, logOf, servers } from "../cluster/build.ts"
import { known, messages, only, part, Server, snapshotOf, textOf } from "./server.ts"

const snapshots = ["snapshots"] as const

/** The follower n1 in term 5 that has heard from n2 that all up to `commitIndex` is committed. */
function follower(log: Log, commitIndex: number, chapters: readonly Chapter[] = snapshots): Server {
  const n1 = new Server(chapters, { term: 5, log, data: "before" })
  const last = log.entries[commitIndex - log.base.index - 1]
  n1.handle({
    type: "AppendEntries",
    from: "n2",
    to: "n1",
    term: 5,
    prevLogIndex: commitIndex,
    prevLogTerm: last?.term ?? log.base.term,
    entries: [],
    leaderCommit: commitIndex,
  })
  same(n1.node.lastApplied, commitIndex, `${n1.story}\nlastApplied`)
  return n1
}

const has = (effects: readonly FullEffect[], type: FullEffect["type"]) =>
  effects.some((effect) => effect.type === type)

/** Nothing of what it knows changes, and its state machine is left alone. */
function changesNothing(n1: Server, event: Parameters<Server["handle"]>[0]): void {
  const before = known(n1.node)
  const effects = n1.handle(event)
  same(known(n1.node), before, `${n1.story}\nits state`)
  holds(!has(effects, "restore") && !has(effects, "apply"), n1.story, "no restore, no apply", show(effects))
}

/** The one answer to a part. */
function answer(n1: Server, effects: readonly FullEffect[]) {
  const what = "one InstallSnapshotResponse"
  return only(messages(effects, "InstallSnapshotResponse", "n2"), n1.story, what)
}

function installs(n1: Server, snapshot: Snapshot, log: Log): void {
  const effects = n1.handle(part(snapshot))
  const { lastIncludedIndex: index } = snapshot
  const { node, story } = n1
  same(node.log, log, `${story}\nthe log`)
  same(node.snapshot, snapshot, `${story}\nthe snapshot`)
  same([node.commitIndex, node.lastApplied], [index, index], `${story}\ncommitIndex and lastApplied`)
  const restored = effects.filter(({ type }) => type === "restore" || type === "apply")
  same(restored, [{ type: "restore", snapshot }], `${story}\nwhat the state machine is told`)
  const fields = { from: "n1", to: "n2", term: node.currentTerm, lastIncludedIndex: index, installed: true }
  same(answer(n1, effects), fields, `${story}\nthe answer`)
}

group("11c", "Snapshots", () => {
  check("11c.1", [10], "entries up to the index go, what comes behind stays", () => {
    const n1 = follower(logOf(1, 1, 2, 3, 3), 4)
    const before = known(n1.node)
    const effects = n1.compact(3, "all up to 3")
    same(n1.node.log, { base: { index: 3, term: 2 }, entries: entries(4, [3, 3]) }, `${n1.story}\nthe log`)
    same(n1.node.snapshot, snapshotOf(3, 2), `${n1.story}\nthe snapshot`)
    const { log, snapshot } = n1.node
    same(known(n1.node), { ...before, log, snapshot }, `${n1.story}\nall else`)
    holds(!has(effects, "restore") && !has(effects, "apply"), n1.story, "no restore", show(effects))
  })

  check("11c.2", [10], "all that is applied may go, and again later; the term is that entry's", () => {
    const n1 = follower(logOf(1, 1, 2, 3, 4), 4)
    n1.compact(2, "all up to 2")
    same(n1.node.snapshot, snapshotOf(2, 1), `${n1.story}\nthe snapshot`)
    n1.compact(3, "all up to 3")
    same(n1.node.snapshot, snapshotOf(3, 2), `${n1.story}\nthe snapshot`)
    n1.compact(4, "all up to 4")
    same(n1.node.snapshot, snapshotOf(4, 3), `${n1.story}\nthe snapshot`)
    same(n1.node.log, compacted(4, 3, 4), `${n1.story}\nthe log`)
    const all = follower(logOf(1, 1), 2)
    all.compact(2, "all up to 2")
    same(all.node.log, compacted(2, 1), `${all.story}\nthe log`)
  })

  check("11c.3", [10], "a leader compacts and goes on: the next entry has the next index", () => {
    const n1 = new Server(snapshots, { term: 4, log: logOf(1, 1, 2) })
    n1.elect()
    n1.propose("a")
    const last = n1.node.log.entries.length
    n1.success("n2", last)
    n1.compact(last, "all")
    same([n1.node.log.base, n1.node.log.entries], [{ index: last, term: 5 }, []], `${n1.story}\nthe log`)
    const effects = n1.propose("b")
    const accepted = effects.filter(({ type }) => type === "accepted")
    same(accepted, [{ type: "accepted", index: last + 1, term: 5 }], `${n1.story}\nthe answer`)
    const sent = messages([...effects, ...n1.beat()], "AppendEntries", "n2")
    same(sent[0]?.prevLogIndex, last, `${n1.story}\nprevLogIndex of what n2 is sent`)
    same(sent[0]?.entries.length, 1, `${n1.story}\nhow many entries n2 is sent`)
    same([...messages(effects, "InstallSnapshot", "n2")], [], `${n1.story}\nn2 has it all: its snapshots`)
  })

  check("11c.4", [10], "the snapshot has the configuration that held after its last entry", () => {
    const change = (voters: readonly string[], oldVoters: readonly string[]): Json => {
      return { type: "configuration", voters: [...voters], oldVoters: [...oldVoters] }
    }
    const commands = ["a", change(servers(4), servers(3)), "b", change(servers(4), []), "c"]
    const log = { base: { index: 0, term: 0 }, entries: commands.map((command) => ({ term: 1, command })) }
    const configurations = [
      [1, servers(3), []],
      [2, servers(4), servers(3)],
      [3, servers(4), servers(3)],
      [4, servers(4), []],
    ] as const
    for (const [index, voters, oldVoters] of configurations) {
      const n1 = follower(log, 5, ["snapshots", "membership"])
      n1.compact(index, "data")
      same(n1.node.snapshot.configuration, { voters, oldVoters }, `${n1.story}\nthe configuration in it`)
    }
    const n1 = follower(log, 5, ["snapshots", "membership"])
    n1.compact(4, "all up to 4")
    n1.compact(5, "all up to 5")
    same(n1.node.snapshot, snapshotOf(5, 1, "all up to 5", servers(4)), `${n1.story}\nthe snapshot`)
    same(n1.node.voters, servers(4), `${n1.story}\nvoters`)
  })

  check("11c.5", [11], "what is not applied stays", () => {
    changesNothing(follower(logOf(1, 1, 2, 3, 3), 3), { type: "compact", index: 4, data: "too much" })
    changesNothing(follower(logOf(1, 1, 2, 3, 3), 3), { type: "compact", index: 9, data: "too much" })
    changesNothing(follower(logOf(1, 1), 0), { type: "compact", index: 1, data: "too much" })
  })

  check("11c.6", [11], "an index where the log begins, or before: nothing comes back", () => {
    const n1 = follower(compacted(3, 2, 3, 3), 4)
    for (const index of [3, 2, 0]) changesNothing(n1, { type: "compact", index, data: "something else" })
    changesNothing(follower(logOf(1, 1), 2), { type: "compact", index: 0, data: "nothing" })
  })

  check("11c.7", [10, 13], "after a crash it begins where the snapshot ends", () => {
    const n1 = follower(logOf(1, 1, 2, 3, 3), 4)
    n1.compact(3, "all up to 3")
    n1.restart()
    same([n1.node.commitIndex, n1.node.lastApplied], [3, 3], `${n1.story}\ncommitIndex and lastApplied`)
    same(n1.node.snapshot, snapshotOf(3, 2), `${n1.story}\nthe snapshot`)
    const which = { from: "n2", to: "n1", term: 5, prevLogIndex: 4, prevLogTerm: 3 }
    const effects = n1.handle({ type: "AppendEntries", ...which, entries: [], leaderCommit: 4 })
    const applied = effects.filter(({ type }) => type === "apply")
    same(applied, [{ type: "apply", index: 4 }], `${n1.story}\nwhat is applied`)
  })

  check("11c.8", [13], "one part may be all: the server begins where the snapshot ends", () => {
    installs(follower(logOf(), 0), snapshotOf(7, 4), compacted(7, 4))
    installs(follower(logOf(), 0), snapshotOf(7, 4, ""), compacted(7, 4))
    installs(follower(compacted(3, 2, 3), 4), snapshotOf(7, 4), compacted(7, 4))
    const n1 = follower(logOf(), 0)
    installs(n1, snapshotOf(7, 4), compacted(7, 4))
    installs(n1, snapshotOf(9, 5), compacted(9, 5))
  })

  check("11c.9", [13], "several parts, in order: it has nothing until it has the last one", () => {
    const snapshot = snapshotOf(7, 4, textOf("seven", 300))
    const n1 = follower(logOf(1, 1), 1)
    const before = known(n1.node)
    for (const [from, to] of [
      [0, 100],
      [100, 250],
    ] as const) {
      const effects = n1.handle(part(snapshot, from, to))
      const fields = { lastIncludedIndex: 7, received: to, installed: false }
      same(answer(n1, effects), fields, `${n1.story}\nthe answer`)
      same(known(n1.node), before, `${n1.story}\nits state`)
      holds(!has(effects, "restore"), n1.story, "no restore yet", show(effects))
    }
    const effects = n1.handle(part(snapshot, 250))
    same(answer(n1, effects).installed, true, `${n1.story}\nthe answer: installed`)
    same(n1.node.snapshot, snapshot, `${n1.story}\nthe snapshot`)
    const restored = effects.filter(({ type }) => type === "restore")
    same(restored, [{ type: "restore", snapshot }], `${n1.story}\nwhat the state machine is told`)
  })

  check("11c.10", [13, 17], "a part that does not fit is answered with where the follower is", () => {
    const snapshot = snapshotOf(7, 4, textOf("seven", 300))
    const n1 = follower(logOf(), 0)
    const is = (offset: number, end: number, received: number): void => {
      const got = answer(n1, n1.handle(part(snapshot, offset, end)))
      same(got, { lastIncludedIndex: 7, received, installed: false }, `${n1.story}\nthe answer`)
      same(n1.node.snapshot.lastIncludedIndex, 0, `${n1.story}\nthe snapshot it has`)
    }
    is(100, 200, 0)
    is(200, 300, 0)
    is(0, 100, 100)
    is(200, 300, 100)
    is(100, 200, 200)
    n1.restart()
    is(200, 300, 0)
  })

  check("11c.11", [13, 17], "a part that comes twice is not there twice", () => {
    const snapshot = snapshotOf(7, 4, textOf("seven", 300))
    for (const again of [[0, 100] as const, [100, 200] as const]) {
      const n1 = follower(logOf(), 0)
      n1.handle(part(snapshot, 0, 100))
      n1.handle(part(snapshot, 100, 200))
      let { received } = answer(n1, n1.handle(part(snapshot, ...again)))
      holds(received <= 200, n1.story, "at most 200 characters received", String(received))
      for (let tries = 0; tries < 4 && n1.node.snapshot.lastIncludedIndex < 7; tries++)
        received = answer(n1, n1.handle(part(snapshot, received, Math.min(received + 100, 300)))).received
      same(n1.node.snapshot, snapshot, `${n1.story}\nthe snapshot`)
    }
  })
})
