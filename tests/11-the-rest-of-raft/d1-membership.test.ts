import { check, group, holds, same } from "#suite"
import { endOf, vote } from "../cluster/build.ts"
import { led, unled, change, configurations, isDeclined, inForce, only, declines } from "./changing.ts"
import { sentBy } from "./cluster.ts"
import { project } from "./project.ts"

group("11d", "Membership changes", () => {
  check("11d.1", [21, 23], "a server is added: first the joint configuration, then the new one alone", () => {
    const cluster = led(2, 1)
    change(cluster, "n1", "n1", "n2", "n3")
    cluster.beat("n1", 6)
    for (const node of cluster.nodes) {
      same(
        configurations(node),
        [{ voters: ["n1", "n2", "n3"], oldVoters: ["n1", "n2"] }, only("n1", "n2", "n3")],
        `n1 leads n1 and n2, and is asked to add n3; all messages arrive\nthe configurations in the log of ${node.id}`,
      )
      same(inForce(node), only("n1", "n2", "n3"), `afterwards, at ${node.id}: voters and oldVoters`)
      same(node.commitIndex, endOf(cluster.node("n1").log), `afterwards, at ${node.id}: commitIndex`)
    }
  })

  check("11d.2", [18], "a configuration holds from the moment in which it is in the log", () => {
    const cluster = led(3)
    change(cluster, "n1", "n1", "n2")
    const joint = { voters: ["n1", "n2"], oldVoters: ["n1", "n2", "n3"] }
    same(inForce(cluster.node("n1")), joint, "n1 has just appended the joint configuration: what it goes by")
    cluster.deliverWhere(({ to, type }) => to === "n3" && type === "AppendEntries")
    same(
      [inForce(cluster.node("n3")), cluster.node("n3").commitIndex < endOf(cluster.node("n3").log)],
      [joint, true],
      "n3 has it, too, and it is not committed: what it goes by, and whether it is not committed",
    )
    same(inForce(cluster.node("n2")), only("n1", "n2", "n3"), "n2 does not have it yet: what it goes by")
  })

  check("11d.3", [19], "when its entry goes, the configuration before it holds again", () => {
    const cluster = led(3)
    change(cluster, "n1", "n1")
    cluster.loseWhere(() => true)
    cluster.elect("n2")
    cluster.beat("n2")
    same(
      [inForce(cluster.node("n1")), configurations(cluster.node("n1"))],
      [only("n1", "n2", "n3"), []],
      `n1 appended a configuration that nobody else got; n2 leads now\n${cluster.story()}\nwhat n1 goes by, and the configurations in its log`,
    )
  })

  check("11d.4", [18, 19], "also the one before it in the log; and after a crash", () => {
    const cluster = led(3, 1)
    change(cluster, "n1", "n1", "n2", "n3", "n4")
    cluster.beat("n1", 6)
    change(cluster, "n1", "n1")
    cluster.loseWhere(() => true)
    cluster.restart("n1")
    same(
      inForce(cluster.node("n1")),
      { voters: ["n1"], oldVoters: ["n1", "n2", "n3", "n4"] },
      `n4 was added; n1 begins to take all others out, crashes and comes back\n${cluster.story()}\nwhat it goes by`,
    )
    cluster.elect("n2")
    cluster.beat("n2", 4)
    same(
      inForce(cluster.node("n1")),
      only("n1", "n2", "n3", "n4"),
      `nobody else got that; now n2 leads\n${cluster.story()}\nwhat n1 goes by`,
    )
  })

  check("11d.5", [20], "no change on a server that does not lead", () => {
    const cluster = led(3)
    declines(cluster, "n2", ["n1", "n2"], "n2 does not lead")
    const fresh = unled(3)
    declines(fresh, "n1", ["n1", "n2"], "nobody leads")
  })

  check("11d.6", [20], "no change before an entry of the leader's own term is committed", () => {
    const cluster = led(3)
    cluster.timeout("n2")
    cluster.deliverWhere(({ type }) => type === "RequestVote" || type === "RequestVoteResponse")
    same(cluster.node("n2").role, "leader", "n2 times out and has its votes: its role")
    declines(cluster, "n2", ["n1", "n2"], "n2 leads, and nothing of its term is committed")
    cluster.settle()
    cluster.beat("n2")
    holds(
      !isDeclined(change(cluster, "n2", "n1", "n2")),
      `now it is\n${cluster.story()}`,
      "the change begins",
      "declined",
    )
  })

  check("11d.7", [20], "one change at a time", () => {
    const cluster = led(4)
    change(cluster, "n1", "n1", "n2", "n3")
    declines(cluster, "n1", ["n1", "n2"], "the joint configuration is in the log, not committed")
    cluster.deliverWhere(({ to, from }) => to === "n2" || (from === "n2" && to === "n1"))
    cluster.deliverWhere(({ to, from }) => to === "n3" || (from === "n3" && to === "n1"))
    cluster.settle()
    cluster.beat("n1", 4)
    holds(
      !isDeclined(change(cluster, "n1", "n1", "n2")),
      `the last change is committed\n${cluster.story()}`,
      "the next one begins",
      "declined",
    )
  })

  check("11d.8", [20], "no change while the new configuration alone is not committed", () => {
    const cluster = led(3, 1)
    change(cluster, "n1", "n1", "n2", "n3", "n4")
    // Everything arrives until n1 has appended the new one alone.
    for (let i = 0; i < 200 && configurations(cluster.node("n1")).length < 2; i++) {
      if (cluster.inFlight.length === 0) cluster.heartbeat("n1")
      cluster.deliver()
    }
    same(
      configurations(cluster.node("n1")).length,
      2,
      `n4 is being added\n${cluster.story()}\nconfigurations in n1's log`,
    )
    declines(cluster, "n1", ["n1", "n2", "n3"], "the new configuration is in the log, not committed")
  })

  check("11d.9", [20], "an empty list, and one that names a server twice", () => {
    const cluster = led(3)
    declines(cluster, "n1", [], "a list without anybody")
    declines(cluster, "n1", ["n1", "n2", "n2"], "n2 is named twice")
  })

  check(
    "11d.10",
    [25],
    "a leader sends to those that have a vote, or are to have one, and to nobody else",
    () => {
      const cluster = led(3, 2)
      const reached = () => [...new Set(sentBy(cluster.heartbeat("n1")).map(({ to }) => to))].toSorted()
      same(reached(), ["n2", "n3"], "n1 leads three; whom a heartbeat goes to")
      change(cluster, "n1", "n1", "n2", "n4")
      same(reached(), ["n2", "n3", "n4"], "n4 is to take n3's place; whom a heartbeat goes to")
      cluster.settle()
      cluster.beat("n1", 6)
      same(reached(), ["n2", "n4"], "it has; whom a heartbeat goes to")
    },
  )

  check("11d.11", [26], "a leader begins its term with an entry of its own", () => {
    const cluster = led(3)
    same(cluster.node("n1").log.entries, [{ term: 1, command: null }], "n1 was elected in term 1: its log")
    cluster.propose("n1", "x")
    cluster.beat("n1")
    cluster.elect("n2")
    same(
      cluster.node("n2").log.entries.map(({ term, command }) => [term, command]),
      [
        [1, null],
        [1, "x"],
        [cluster.node("n2").currentTerm, null],
      ],
      "then n2: its log",
    )
    cluster.handle("n2", vote("n3", "n2", cluster.node("n2").currentTerm))
    same(endOf(cluster.node("n2").log), 3, "and no second one in that term: the end of its log")
    same(project.chapters.includes("membership"), true, "membership is a chapter")
  })
})
