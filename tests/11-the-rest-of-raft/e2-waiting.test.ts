import { check, forSeeds, group, holds, same } from "#suite"
import { accepted, appendEntries, leader } from "../cluster/build.ts"
import { led, sentOf } from "./driven.ts"
import { runFullSchedule } from "./schedule.ts"

import { readOn, roundOf, confirms, waits, answered, depose, isConfirm, isAppend } from "./reading.ts"

group("11e", "Reads that wait", () => {
  check("11e.16", [30], "before an entry of its own term is committed, a leader answers no read", () => {
    const cluster = led(["reads"])
    cluster.propose("n1", "last")
    // Everybody has it; only n1 knows that it is committed.
    cluster.deliverWhere((message) => !isAppend(message) || message.entries.length > 0)
    cluster.heartbeat("n1")
    cluster.deliverWhere((message) => !isAppend(message) || message.entries.length > 0)
    cluster.loseWhere(() => true)
    cluster.timeout("n2")
    cluster.deliverWhere((message) => !isAppend(message))
    same(cluster.node("n2").role, "leader", `${cluster.story()}\nn2's role`)
    const read = cluster.read("n2")
    cluster.heartbeat("n2")
    cluster.deliverWhere((message) => isConfirm(message) || message.type === "ConfirmResponse")
    waits(cluster, read)
    cluster.beat("n2")
    answered(cluster, "readable", read)
  })

  check("11e.17", [30], "it is answered behind what the same step applies, not before it", () => {
    const cluster = led(["reads"])
    depose(cluster)
    cluster.timeout("n1")
    cluster.deliverWhere((message) => !isAppend(message))
    const read = readOn(cluster)
    confirms(cluster, "n2", roundOf(cluster))
    waits(cluster, read)
    cluster.heartbeat("n1")
    cluster.deliverWhere((message) => isAppend(message) && message.entries.length > 0)
    const { currentTerm, log } = cluster.node("n1")
    const effects = cluster.handle("n1", accepted("n3", "n1", currentTerm, log.entries.length))
    const kinds = effects.map(({ type }) => type).filter((type) => type === "apply" || type === "readable")
    answered(cluster, "readable", read)
    same(kinds.at(-1), "readable", `${cluster.story()}\nthe last of ${kinds.join(", ")}`)
  })

  check("11e.18", [30], "what is committed after the read came need not be waited for", () => {
    const cluster = led(["reads"])
    const read = readOn(cluster)
    cluster.propose("n1", "later")
    confirms(cluster, "n2", roundOf(cluster))
    answered(cluster, "readable", read)
  })

  check(
    "11e.19",
    [33],
    "lost questions and lost answers: with every heartbeat, the round is asked for again",
    () => {
      const cluster = led(["reads"])
      const read = readOn(cluster)
      const round = roundOf(cluster)
      for (const lost of ["Confirm", "ConfirmResponse"] as const) {
        cluster.deliverWhere((message) => message.type !== lost)
        cluster.loseWhere(() => true)
        const asked = new Set(sentOf(cluster.heartbeat("n1"), "Confirm").map((question) => question.to))
        same([...asked].sort(), ["n2", "n3"], `${cluster.story()}\nwho is asked again`)
        same(roundOf(cluster), round, `${cluster.story()}\nthe round that is asked for again`)
      }
      cluster.settle()
      answered(cluster, "readable", read)
    },
  )

  check("11e.20", [29, 34], "a leader that is deposed answers all that wait, whatever they wait for", () => {
    const cluster = led(["reads"])
    const waiting = [readOn(cluster), cluster.read("n1"), cluster.read("n1")]
    depose(cluster)
    answered(cluster, "notReadable", ...waiting)
  })

  check(
    "11e.21",
    [29, 34],
    "so does one that a newer leader deposes, and one whose first entry is not committed",
    () => {
      const cluster = led(["reads"])
      depose(cluster)
      cluster.timeout("n1")
      cluster.deliverWhere((message) => !isAppend(message))
      const read = readOn(cluster)
      confirms(cluster, "n2", roundOf(cluster))
      const { currentTerm, log, commitIndex } = cluster.node("n2")
      const newer = leader("n2", { currentTerm: currentTerm + 1, log, commitIndex })
      const effects = cluster.handle("n1", appendEntries(newer, "n1", log.entries.length))
      answered(cluster, "notReadable", read)
      for (const effect of effects)
        if (effect.type === "notReadable")
          holds(
            effect.leader === null || effect.leader === "n2",
            cluster.story(),
            "n2 named, or nobody",
            String(effect.leader),
          )
    },
  )

  check("11e.22", [34], "each is answered once, also when everything comes twice or too late", () => {
    const cluster = led(["reads"])
    const first = readOn(cluster)
    cluster.read("n1")
    for (let i = 0; i < 4; i++) {
      cluster.heartbeat("n1")
      for (let at = cluster.inFlight.length - 1; at >= 0; at--) cluster.deliver(at, true)
    }
    answered(cluster, "readable", first, first + 1)
    cluster.settle()
    depose(cluster)
    cluster.loseWhere(() => true)
    cluster.elect("n1")
    cluster.beat("n1")
    answered(cluster, "readable", first, first + 1)
  })

  check(
    "11e.23",
    [29, 30, 31, 32, 33, 34],
    "in random schedules",
    () => {
      forSeeds(11_500, 8, (seed) => runFullSchedule({ seed, voters: 3, steps: 250, chapters: ["reads"] }))
    },
    { slow: 5 },
  )

  check(
    "11e.24",
    [29, 30, 31, 34],
    "in random schedules with changing members",
    () => {
      const chapters = ["reads", "membership", "transfer"] as const
      forSeeds(11_520, 5, (seed) => runFullSchedule({ seed, voters: 3, spare: 2, steps: 250, chapters }))
    },
    { slow: 5 },
  )
})
