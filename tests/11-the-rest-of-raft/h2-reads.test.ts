import { check, group, holds, same, show } from "#suite"
import { bulk, integer, isError, ok, once, open, plain } from "../10-the-system/project.ts"
import { accepted } from "../cluster/build.ts"
import { followed, fromLeader, leader3, none } from "./requests.ts"
import { alone, asks } from "./replicas.ts"

group("11h", "The replica", () => {
  check("11h.16", [53], "a command that only looks gets into no log", () => {
    const n1 = alone({ chapters: ["reads"] })
    n1.ask("w", plain("SET k v"))
    const { node, machine } = n1
    const reads = {
      "GET k": bulk("v"),
      "get k": bulk("v"),
      "EXISTS k": integer(1),
      "ECHO hi": bulk("hi"),
      "GET x": none,
    }
    for (const [line, reply] of Object.entries(reads)) {
      n1.ask(line, plain(line))
      same(n1.answers(line), [reply], `SET k v, then ${line}, to a server alone`)
    }
    n1.ask("keys", plain("KEYS *"))
    same(n1.answer("keys")?.type, "array", "KEYS *: what kind of answer")
    n1.ask("wrong", plain("GET"))
    same(n1.answer("wrong")?.type, "error", "GET without a key: what kind of answer")
    same(n1.node.log, node.log, "seven reads: the log")
    same(JSON.stringify(n1.machine), JSON.stringify(machine), "seven reads: the machine, with its counts")
  })

  check(
    "11h.17",
    [53],
    "everything else gets into the log: also reads in a session, and what nobody knows",
    () => {
      for (const request of [
        once("1", 1, "GET k"),
        plain("SET k v"),
        plain("DEL k"),
        plain("NOPE"),
        plain("INCR n"),
        open,
      ]) {
        const n1 = alone({ chapters: ["reads"] })
        n1.ask("open", open)
        const end = n1.node.log.entries.length
        n1.ask("a", request)
        same(
          n1.node.log.entries.slice(end).map(({ command }) => command),
          [request],
          `${show(request)}: what is new in the log`,
        )
        same(n1.answers("a").length, 1, `${show(request)}: how many answers`)
      }
    },
  )

  check("11h.18", [53], "a read is answered when Raft says readable, from the machine as it is then", () => {
    const n1 = leader3({ chapters: ["reads"] })
    n1.handle(asks("w", plain("SET k v")), asks("r", plain("GET k")))
    n1.handle({ type: "heartbeatTimeout" })
    const round = n1.lastSent("Confirm")?.round ?? 0
    const end = n1.node.log.entries.length
    n1.handle({ type: "ConfirmResponse", from: "n2", to: "n1", term: 1, round })
    same(n1.replies, [], "n2 still follows; nothing is committed: who was told")
    n1.handle(accepted("n2", "n1", 1, end))
    same(n1.answers("w"), [ok], "n2 has all: what SET was told")
    same(n1.answers("r"), [bulk("v")], "applied and readable in one step: what GET was told")
    n1.ask("late", plain("GET k"))
    n1.handle({ type: "heartbeatTimeout" })
    same(n1.answers("late"), [], "another GET, and nobody answers the leader any more: what it was told")
  })

  check("11h.19", [53], "each read gets the answer to its own question", () => {
    const n1 = leader3({ chapters: ["reads"] })
    n1.handle(asks("w", plain("SET k v")), asks("1", plain("GET k")), asks("2", plain("GET x")))
    n1.handle(asks("3", plain("ECHO c")))
    const end = n1.node.log.entries.length
    followed(n1, end)
    const all = [["1"], ["2"], ["3"]].map(([client = ""]) => n1.answers(client))
    same(all, [[bulk("v")], [none], [bulk("c")]], "GET k, GET x, ECHO c, by three clients")
    same(n1.replies.length, 4, "how many replies there were")
  })

  check("11h.20", [53], "a leader that leads no more answers its reads like refused requests", () => {
    const n1 = leader3({ chapters: ["reads"] })
    n1.handle(asks("a", plain("GET k")), asks("b", plain("GET k")))
    n1.handle(fromLeader(2, [], 0))
    for (const client of ["a", "b"]) {
      const [reply, ...more] = n1.answers(client)
      const isRefused = (isError(reply, "MOVED") || isError(reply, "CLUSTERDOWN")) && more.length === 0
      holds(
        isRefused,
        `two reads wait; n2 leads term 2; ${client}`,
        "MOVED or CLUSTERDOWN, once",
        show([reply, ...more]),
      )
    }
  })
})
