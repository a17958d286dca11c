import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { createConnection } from "node:net"
import { join } from "node:path"
import { awaiting, check, group, holds, same, show, type After } from "#suite"
import { linkClient, reference } from "../../workshop/link/link.ts"
import { frame } from "../03-planning/wire.ts"
import { folder, until } from "../10-the-system/clusters.ts"
import { Load } from "../10-the-system/load.ts"
import { Processes } from "../10-the-system/processes.ts"

const slow = { slow: 12, dear: true }

/** Ours: what is under test here are servers. */
const { connectCluster } = await linkClient(reference)

function load(after: After, processes: Processes): Load {
  return new Load(after, processes, { connect: connectCluster, plainReads: true })
}

/** What the console of a server says. */
async function console(processes: Processes, id: string, ...words: readonly string[]): Promise<string> {
  const wire = await processes.wire(id)
  return (await wire.ask("RAFT", ...words)).split("\r\n")[1] ?? ""
}

/** Asks whoever leads, again and again, until the operator's wish has come true. */
async function operate(
  processes: Processes,
  words: readonly string[],
  isDone: (leader: string) => Promise<boolean>,
): Promise<void> {
  await until(`${words.join(" ")} to be done`, async () => {
    const leader = await processes.leader()
    if (await isDone(leader)) return true
    await console(processes, leader, ...words)
    return undefined
  })
}

async function members(processes: Processes, ...voters: readonly string[]): Promise<void> {
  await operate(
    processes,
    ["members", ...voters],
    async (leader) => (await console(processes, leader, "members")) === voters.join(", "),
  )
}

group("11i", "Everything at once", () => {
  check(
    "11i.30",
    [59],
    "kill -9, the leader, a follower, and all at once, with logs that are compacted all the time",
    async ({ after }) => {
      const processes = await Processes.start(after, { flags: ["--compact-at", "40"] })
      const clients = load(after, processes)
      await clients.progress(80)
      const first = await processes.leader()
      await processes.signal(first, "SIGKILL")
      await clients.progress(80)
      await processes.start(first)
      const second = await processes.leader(processes.ids.filter((id) => id !== first))
      const follower = processes.ids.find((id) => id !== first && id !== second) ?? first
      await processes.signal(follower, "SIGKILL")
      await clients.progress(60)
      await processes.start(follower)
      await Promise.all(processes.ids.map((id) => processes.signal(id, "SIGKILL")))
      await Promise.all(processes.ids.map((id) => processes.start(id)))
      await clients.progress(40)
      await clients.judge(
        "the leader, a follower and then all three are killed under load; logs are compacted at 40 entries",
      )
    },
    slow,
  )

  check(
    "11i.31",
    [59],
    "who was away for long comes back by a snapshot",
    async ({ after }) => {
      const processes = await Processes.start(after, { flags: ["--compact-at", "40"] })
      const leader = await processes.leader()
      const away = processes.ids.find((id) => id !== leader) ?? ""
      await processes.signal(away, "SIGKILL")
      const clients = load(after, processes)
      const before = (await processes.state(leader))?.lastIndex ?? 0
      await clients.progress(200)
      await processes.start(away)
      await until(`${away} to have caught up`, async () => {
        const state = await processes.state(away)
        return state !== null && state.lastApplied > before + 100 ? true : undefined
      })
      const text = await console(processes, away, "snapshot")
      holds(
        !text.startsWith("up to entry 0 "),
        `${away} was away for 200 answers, logs are compacted at 40 entries; it is asked for its snapshot`,
        "one that is not empty",
        show(text),
      )
      await clients.judge(`${away} was away for 200 answers, and came back`)
    },
    slow,
  )

  check(
    "11i.32",
    [59],
    "a cluster moves to other servers under load",
    async ({ after }) => {
      const flags = ["--compact-at", "60", "--voters", "n1,n2,n3"]
      const processes = await Processes.start(after, { count: 5, flags })
      const clients = load(after, processes)
      await clients.progress(40)
      await members(processes, "n1", "n2", "n3", "n4", "n5")
      await clients.progress(20)
      await operate(processes, ["transfer", "n4"], async (leader) => Promise.resolve(leader === "n4"))
      await members(processes, "n3", "n4", "n5")
      await clients.progress(40)
      for (const gone of ["n1", "n2"]) await processes.signal(gone, "SIGKILL")
      await processes.signal("n3", "SIGKILL")
      await clients.progress(40)
      same(
        ["n4", "n5"].includes(await processes.leader(["n4", "n5"])),
        true,
        "n1 and n2 were taken out, n3 is killed: whether n4 or n5 leads",
      )
      await processes.start("n3")
      await clients.judge(
        "n4 and n5 are added, n4 is made leader, n1 and n2 are taken out and killed, then n3",
      )
    },
    slow,
  )

  check(
    "11i.33",
    [60],
    "with a secret, servers hear each other, and no stranger",
    async ({ after }) => {
      const file = join(folder(after), "secret")
      writeFileSync(file, "a secret of this cluster\n")
      const processes = await Processes.start(after, { flags: ["--secret-file", file] })
      const leader = await processes.leader()
      const other = processes.ids.find((id) => id !== leader) ?? ""
      const forged = { v: 3, from: other, to: leader, term: 99, lastLogIndex: 99, lastLogTerm: 99 }
      for (const type of ["RequestVote", "AppendEntriesResponse", "TimeoutNow"]) {
        const body = Buffer.from(JSON.stringify({ type, ...forged, success: false, matchIndex: 0 }))
        const strangers = [body, Buffer.concat([Buffer.alloc(32, 7), body]), Buffer.alloc(8)]
        for (const bytes of strangers) await knock(processes.cluster[leader]?.raft.port ?? 0, frame(bytes))
      }
      const state = await processes.state(leader)
      holds(
        state !== null && state.currentTerm < 99,
        "strangers sent forged messages of term 99 to the leader; what it says of itself",
        "it still answers, and its term is below 99",
        show(state),
      )
      const clients = load(after, processes)
      await clients.progress(20)
      await clients.judge("strangers sent forged messages to the leader")
    },
    slow,
  )
})

/** Sends this to a port, and waits until that is read, or the connection is cut off. */
async function knock(port: number, bytes: Uint8Array): Promise<void> {
  const socket = createConnection({ port, host: "127.0.0.1" })
  socket.on("error", () => undefined)
  const closed = once(socket, "close")
  socket.end(bytes)
  socket.resume()
  await awaiting("the connection of a stranger to be closed", closed)
}
