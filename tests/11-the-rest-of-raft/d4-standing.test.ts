import { check, group, same } from "#suite"
import { appendEntries, endOf, servers } from "../cluster/build.ts"
import { saved, apart, roleOf, chapter } from "./changing.ts"
import { FullCluster } from "./cluster.ts"
import { led } from "./driven.ts"

group("11d", "Membership changes", () => {
  check("11d.26", [27], "who has no vote, and that is committed, never stands for election", () => {
    const onlooker = new FullCluster(servers(4), { step: chapter(), voters: servers(3) })
    onlooker.timeout("n4")
    same(
      [roleOf(onlooker, "n4"), onlooker.node("n4").currentTerm, onlooker.inFlight],
      ["follower", 0, []],
      "n4 has no vote in n1, n2, n3; it times out: its role, term and messages",
    )

    const cluster = new FullCluster(servers(3), { step: chapter() })
    cluster.elect("n1")
    cluster.handle("n1", { type: "changeMembership", voters: ["n1", "n2"] })
    // n3 gets all that n1 sends, as long as it sends it anything.
    cluster.beat("n1", 6)
    const { currentTerm, commitIndex, log, oldVoters } = cluster.node("n3")
    if (commitIndex < endOf(log) || oldVoters.length > 0) return // it may never hear the end of it
    cluster.timeout("n3")
    same(
      [roleOf(cluster, "n3"), cluster.node("n3").currentTerm],
      ["follower", currentTerm],
      `n3 was taken out, and knows\\n${cluster.story()}\\nit times out: its role and term`,
    )
  })

  check("11d.27", [27], "also after a crash", () => {
    const gone = saved({ voters: ["n1", "n2"], oldVoters: [] }, servers(3))
    const cluster = new FullCluster(servers(3), { step: chapter(), saved: { n1: gone, n2: gone, n3: gone } })
    cluster.elect("n1")
    cluster.beat("n1", 2)
    // The leader's word reaches n3 as well: a message that is late, from when it still had a vote.
    const late = appendEntries(cluster.node("n1"), "n3", 2)
    cluster.handle("n3", late)
    cluster.loseWhere(() => true)
    cluster.timeout("n3")
    same(
      [roleOf(cluster, "n3"), cluster.inFlight],
      ["follower", []],
      `n3 has no vote by a committed entry\\n${cluster.story()}\\nit times out: its role and messages`,
    )
  })

  check(
    "11d.28",
    [28],
    "who is to lose its vote, and that is not committed, still stands, and can lead",
    () => {
      // n1, n2 and n3 are to become n1 alone. n2 and n3 have that entry, n1 does not; whoever appended it is gone.
      const first = servers(3)
      const joint = saved({ voters: ["n1"], oldVoters: first }, first)
      const last = { term: 1, command: { type: "configuration", voters: ["n1"], oldVoters: [] } }
      const final = { ...joint, log: { ...joint.log, entries: [...joint.log.entries, last] } }
      const cluster = new FullCluster(first, { step: chapter(), saved: { n1: joint, n2: final, n3: final } })
      cluster.timeout("n2")
      cluster.settle()
      cluster.beat("n2", 4)
      same(
        [cluster.node("n1").voters, cluster.node("n1").oldVoters, endOf(cluster.node("n1").log) >= 3],
        [["n1"], [], true],
        `n1 lacks the entry that leaves it alone, n2 has it: so n1 cannot win n2's vote, and n2 must stand\\n${cluster.story()}\\nn1's voters and oldVoters, and whether it has the entry`,
      )
      same(roleOf(cluster, "n2"), "follower", "when that is committed, n2 steps down: its role")
      cluster.elect("n1")
    },
  )

  check("11d.29", [27], "who is on the way out has a vote as long as the joint configuration holds", () => {
    const cluster = apart()
    cluster.timeout("n1")
    cluster.deliverWhere(({ type }) => type.startsWith("RequestVote"))
    const leading = cluster.node("n1")
    // All that n2 ever hears: that the joint configuration is committed. What follows it is lost, and so is n1.
    cluster.handle("n2", { ...appendEntries(leading, "n2", 2, 0), leaderCommit: 2 })
    cluster.loseWhere(() => true)
    cluster.timeout("n2")
    same(
      roleOf(cluster, "n2"),
      "candidate",
      `n2 has a vote in the old list, and that is committed\n${cluster.story()}\nn2 times out: its role`,
    )
  })

  check("11d.30", [27], "who has no vote does not stand even when it is told to", () => {
    const cluster = led(["membership", "transfer"], { servers: 4, voters: servers(3) })
    // n4 once had a vote, let us say, and this comes late.
    const { currentTerm } = cluster.node("n1")
    cluster.handle("n4", { type: "TimeoutNow", from: "n1", to: "n4", term: currentTerm })
    same(
      [roleOf(cluster, "n4"), cluster.node("n4").currentTerm <= currentTerm, cluster.inFlight],
      ["follower", true, []],
      `n4 has no vote, and gets TimeoutNow\n${cluster.story()}\nits role, whether its term is no newer, and messages`,
    )
  })
})
