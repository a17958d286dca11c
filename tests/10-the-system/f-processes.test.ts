import { awaiting, check, group, holds, same, show } from "#suite"
import { folder, layOut, until } from "./clusters.ts"
import { Load } from "./load.ts"
import { checkWritten, Processes, run } from "./processes.ts"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { request } from "./wire.ts"

const slow = { slow: 12, dear: true }

group("10f", "Three processes", () => {
  check(
    "10f.1",
    [26, 28, 32],
    "they start, answer, end when asked to, and start again",
    async ({ after }) => {
      const processes = await Processes.start(after)
      const leader = await processes.leader()
      const wire = await processes.wire(leader)
      same(await wire.ask("SET", "k", "v"), "+OK\r\n", "three processes; SET k v at the leader")
      const codes = await Promise.all(processes.ids.map((id) => processes.signal(id, "SIGTERM")))
      same(codes, [0, 0, 0], "SIGTERM to all: their exit codes")
      await Promise.all(processes.ids.map((id) => processes.start(id)))
      const next = await processes.wire(await processes.leader())
      same(
        await until("an answer", async () => {
          const reply = await next.ask("GET", "k")
          return reply.startsWith("-") ? undefined : reply
        }),
        "$1\r\nv\r\n",
        "all start again; GET k",
      )
    },
    slow,
  )

  check(
    "10f.2",
    [32],
    "who is not in the cluster ends with code 2, and says why",
    async ({ after }) => {
      const file = join(folder(after), "cluster.json")
      const entries = Object.entries(await layOut(1)).map(([id, { raft, client }]) => {
        return { id, raft: `127.0.0.1:${String(raft.port)}`, client: `127.0.0.1:${String(client.port)}` }
      })
      writeFileSync(file, JSON.stringify(entries))
      const ran = run(after, "--cluster", file, "--id", "n9", "--data", folder(after))
      const code = await awaiting("it to end", ran.exited)
      checkWritten(ran)
      same(code, 2, "--id n9, which is not in the cluster: the exit code")
      holds(
        ran.text().includes("n9"),
        "--id n9, which is not in the cluster: what it says",
        "something with n9",
        show(ran.text()),
      )
    },
    slow,
  )

  check(
    "10f.3",
    [40],
    "kill -9, the leader and then a follower, under load: nothing is lost, nothing done twice",
    async ({ after }) => {
      const processes = await Processes.start(after)
      const load = new Load(after, processes)
      await load.progress(50)
      const first = await processes.leader()
      await processes.signal(first, "SIGKILL")
      await load.progress(50)
      await processes.start(first)
      const second = await processes.leader(processes.ids.filter((id) => id !== first))
      const follower = processes.ids.find((id) => id !== first && id !== second) ?? first
      await processes.signal(follower, "SIGKILL")
      await load.progress(50)
      await processes.start(follower)
      await load.progress(20)
      await load.judge(`the leader is killed under load and started again, then a follower`)
    },
    { slow: 12, dear: true },
  )

  check(
    "10f.4",
    [28, 40],
    "all are killed at once, under load, and come back",
    async ({ after }) => {
      const processes = await Processes.start(after)
      const load = new Load(after, processes)
      await load.progress(60)
      await Promise.all(processes.ids.map((id) => processes.signal(id, "SIGKILL")))
      await Promise.all(processes.ids.map((id) => processes.start(id)))
      await load.progress(30)
      await load.judge("all three are killed at once under load, and started again")
    },
    { slow: 12, dear: true },
  )

  check(
    "10f.5",
    [40],
    "the leader is stopped for a while (SIGSTOP), and goes on",
    async ({ after }) => {
      const processes = await Processes.start(after)
      const load = new Load(after, processes)
      await load.progress(30)
      const first = await processes.leader()
      await processes.signal(first, "SIGSTOP")
      await processes.leader(processes.ids.filter((id) => id !== first))
      await processes.signal(first, "SIGCONT")
      await load.progress(50)
      await load.judge("the leader is stopped until another one leads, and goes on")
    },
    { slow: 12, dear: true },
  )

  check(
    "10f.6",
    [13, 40],
    "the leader is cut off from the others: its clients hear nothing of the past",
    async ({ after }) => {
      const processes = await Processes.start(after)
      const load = new Load(after, processes)
      await load.progress(30)
      const first = await processes.leader()
      const wire = await processes.wire(first)
      same(await wire.ask("SET", "own", "old"), "+OK\r\n", "SET own old at the leader")
      processes.cutOff(first, true)
      const second = await processes.leader(processes.ids.filter((id) => id !== first))
      const other = await processes.wire(second)
      same(
        await other.ask("SET", "own", "new"),
        "+OK\r\n",
        "the leader is cut off; SET own new at the next one",
      )
      wire.send(request("GET", "own"))
      processes.cutOff(first, false)
      const late = await wire.reply()
      holds(
        late.startsWith("-") || late === "$3\r\nnew\r\n",
        "GET own, asked at the leader that was cut off",
        "an error, or the new value",
        show(late),
      )
      await load.progress(30)
      await load.judge("the leader is cut off from the others for a while")
    },
    { slow: 12, dear: true },
  )
})
