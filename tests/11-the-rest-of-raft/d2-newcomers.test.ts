import { check, group, holds, same } from "#suite"
import { accepted, endOf, rejected, servers } from "../cluster/build.ts"
import { led, change, configurations, isDeclined, inForce, only, chapter } from "./changing.ts"
import { FullCluster } from "./cluster.ts"

group("11d", "Membership changes", () => {
  check(
    "11d.12",
    [21],
    "a new server first gets the log; until then, nothing is in it about the change",
    () => {
      const cluster = led(3, 2)
      for (let i = 0; i < 5; i++) cluster.propose("n1", `command ${String(i)}`)
      cluster.beat("n1")
      change(cluster, "n1", "n1", "n2", "n3", "n4", "n5")
      cluster.heartbeat("n1")
      cluster.deliverWhere(({ from, to }) => from !== "n5" && to !== "n5")
      same(
        configurations(cluster.node("n1")),
        [],
        `n5 has not answered yet\n${cluster.story()}\nconfigurations in n1's log`,
      )
      same(
        endOf(cluster.node("n4").log),
        endOf(cluster.node("n1").log),
        "n4 has been caught up meanwhile: the end of its log",
      )
      cluster.settle()
      cluster.beat("n1")
      same(
        configurations(cluster.node("n1"))[0],
        { voters: ["n1", "n2", "n3", "n4", "n5"], oldVoters: ["n1", "n2", "n3"] },
        `now it has\n${cluster.story()}\nthe first configuration in n1's log`,
      )
    },
  )

  check("11d.13", [21], "a new server that has answered, and lacks something, does not count yet", () => {
    const cluster = led(3, 1)
    for (let i = 0; i < 5; i++) cluster.propose("n1", `command ${String(i)}`)
    cluster.beat("n1")
    change(cluster, "n1", "n1", "n2", "n3", "n4")
    cluster.handle("n1", accepted("n4", "n1", 1, 2))
    same(
      configurations(cluster.node("n1")),
      [],
      `n4 has the first two of six entries\n${cluster.story()}\nconfigurations in n1's log`,
    )
  })

  check("11d.14", [21], "servers that are catching up count for nothing", () => {
    const cluster = led(3, 2)
    change(cluster, "n1", "n1", "n2", "n3", "n4", "n5")
    cluster.heartbeat("n1")
    cluster.deliverWhere(({ from, to }) => [from, to].includes("n4"))
    const { commitIndex } = cluster.node("n1")
    cluster.propose("n1", "x")
    cluster.heartbeat("n1")
    cluster.deliverWhere(({ from, to }) => [from, to].includes("n4"))
    same(
      [cluster.node("n1").commitIndex, cluster.node("n4").log.entries.some(({ command }) => command === "x")],
      [commitIndex, true],
      `n1 and n4, which is catching up, have x; n2 and n3 do not\n${cluster.story()}\nn1's commitIndex, and whether n4 has x`,
    )
  })

  check("11d.15", [21], "a server that never comes holds nobody up: another change takes its place", () => {
    const cluster = led(3, 1)
    change(cluster, "n1", "n1", "n2", "n3", "n9")
    cluster.beat("n1")
    const effects = change(cluster, "n1", "n1", "n2", "n3", "n4")
    holds(
      isDeclined(effects),
      `n9 does not exist; then n4 is to be added instead\n${cluster.story()}`,
      "the first change is declined",
      "nothing",
    )
    cluster.beat("n1", 6)
    same(inForce(cluster.node("n1")), only("n1", "n2", "n3", "n4"), "afterwards: what n1 goes by")
    same(Object.keys(cluster.node("n1").nextIndex).toSorted(), ["n2", "n3", "n4"], "whom n1 keeps track of")
  })

  check("11d.16", [21, 25], "a leader that is deposed meanwhile and appends nothing later", () => {
    const cluster = led(3, 1)
    change(cluster, "n1", "n1", "n2", "n3", "n4")
    const effects = cluster.handle("n1", rejected("n2", "n1", 7))
    holds(
      isDeclined(effects),
      `n1 hears of term 7\n${cluster.story()}`,
      "declined, with a reason",
      "no answer",
    )
    cluster.loseWhere(() => true)
    cluster.elect("n1")
    cluster.beat("n1")
    same(
      [configurations(cluster.node("n1")), Object.keys(cluster.node("n1").nextIndex).toSorted()],
      [[], ["n2", "n3"]],
      "n1 leads again: configurations in its log, and whom it keeps track of",
    )
  })

  check("11d.17", [21], "an old voter that does not answer holds nobody up", () => {
    const cluster = new FullCluster(servers(4), { step: chapter(), voters: servers(3) })
    cluster.elect("n1")
    cluster.cut("n3")
    cluster.propose("n1", "x")
    cluster.settle()
    cluster.handle("n1", { type: "changeMembership", voters: ["n1", "n2", "n3", "n4"] })
    cluster.beat("n1", 6)
    same(
      cluster.node("n4").voters,
      servers(4),
      `n4 is added while n3 is cut off\n${cluster.story()}\nn4's voters`,
    )
  })
})
