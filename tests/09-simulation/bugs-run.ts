import type { Bug } from "#suite"

const server = "server.ts"
const cluster = "cluster.ts"
const client = "client.ts"
const timers = "timers.ts"
const disk = "disk.ts"
const judge = "judge.ts"
const simulate = "simulate.ts"
const statistics = "statistics.ts"
const trace = "trace.ts"

const trap = (what: string): string => `the spec's traps: ${what}`

/** Bugs in the run, the trace, and all of it together: 9e to 9g. */
export const bugsOfRun: readonly Bug[] = [
  // 9e. Servers
  {
    id: "node-of-first",
    what: "a function `node` is asked for n1 only",
    breaks: [26],
    source: "one Raft for all was what the tests at hand needed",
    edit: {
      file: "options.ts",
      find: 'typeof node === "function" ? node : () => node',
      replace: 'typeof node === "function" ? () => node("n1") : () => node',
    },
  },
  {
    id: "heartbeat-leaders-only",
    what: "only leaders get heartbeats",
    breaks: [28],
    source: "followers have no use for it",
    edit: {
      file: server,
      find: "const incoming = this.#queue.shift()",
      replace:
        'const incoming = this.#queue.shift()\n      if (incoming?.event.type === "heartbeatTimeout" && this.#node.role !== "leader") {\n        this.#startTimer("heartbeatTimeout")\n        continue\n      }',
    },
  },
  {
    id: "election-drawn-once",
    what: "the election timer's delay is drawn once",
    breaks: [29],
    source: "section 5.2: each server draws a new one, or split votes repeat",
    edit: [
      { file: timers, find: "readonly #rates", replace: "#drawn: number | undefined\n  readonly #rates" },
      {
        file: timers,
        find: "sample(election, this.#random)",
        replace: "(this.#drawn ??= sample(election, this.#random))",
      },
    ],
  },
  {
    id: "election-not-again",
    what: "the election timer does not start again when it has fired",
    breaks: [29],
    source: "only resetElectionTimer was thought of",
    edit: {
      file: server,
      find: 'if (event.type === "electionTimeout" || event.type === "heartbeatTimeout") this.#startTimer(event.type)',
      replace: 'if (event.type === "heartbeatTimeout") this.#startTimer(event.type)',
    },
  },
  {
    id: "reset-ignored",
    what: "resetElectionTimer does nothing",
    breaks: [29],
    source: "an effect that nobody carries out",
    edit: {
      file: server,
      find: 'if (effects.some(({ type }) => type === "resetElectionTimer")) this.#startTimer("electionTimeout")\n',
      replace: "",
    },
  },
  {
    id: "reset-both",
    what: "resetElectionTimer starts the heartbeat timer anew, too",
    breaks: [28, 29],
    source: "one function that starts both timers",
    edit: {
      file: server,
      find: 'if (effects.some(({ type }) => type === "resetElectionTimer")) this.#startTimer("electionTimeout")',
      replace: 'if (effects.some(({ type }) => type === "resetElectionTimer")) this.#startTimers()',
    },
  },
  {
    id: "waiting-timeout-stays",
    what: "an electionTimeout that waits in the queue survives a reset",
    breaks: [30],
    source: trap("a callback of the past"),
    edit: {
      file: server,
      find: "if (this.#queue.length > 0) this.#queue =",
      replace: "if (this.#queue.length > 1e9) this.#queue =",
    },
  },
  {
    id: "timer-restarts-when-due",
    what: "timers start again when they are due: they pile up while a server is busy",
    breaks: [30],
    source: "setInterval",
    edit: [
      {
        file: server,
        find: "this.#timers.start(name, () => {\n      this.receive({ event: { type: name } })\n    })",
        replace:
          "const fire = () => {\n      this.#timers.start(name, fire)\n      this.receive({ event: { type: name } })\n    }\n    this.#timers.start(name, fire)",
      },
      {
        file: server,
        find: 'if (event.type === "electionTimeout" || event.type === "heartbeatTimeout") this.#startTimer(event.type)',
        replace: "",
      },
    ],
  },
  {
    id: "newest-first",
    what: "what came last is handled first",
    breaks: [27],
    source: "pop where shift was meant",
    edit: { file: server, find: "this.#queue.shift()", replace: "this.#queue.pop()" },
  },
  {
    id: "effects-before-save",
    what: "saving takes no time: effects leave at once",
    breaks: [32],
    source: trap("sending first and saving later"),
    edit: { file: server, find: "if (time === 0) this.#finish", replace: "if (time >= 0) this.#finish" },
  },
  {
    id: "handles-while-saving",
    what: "the server goes on while a step is being saved",
    breaks: [27, 32],
    source: "the queue knows of pauses only",
    edit: { file: server, find: "while (this.runs && this.#saving === null)", replace: "while (this.runs)" },
  },
  {
    id: "vote-not-saved",
    what: "a new vote takes no time to be saved",
    breaks: [32],
    source: "Figure 2's persistent state, but for one",
    edit: { file: disk, find: "before.votedFor === after.votedFor &&", replace: "" },
  },
  {
    id: "log-by-length",
    what: "a log that is as long as before counts as saved",
    breaks: [32],
    source: "comparing lengths",
    edit: {
      file: disk,
      find: "isSameLog(before.log, after.log)",
      replace: "before.log.entries.length === after.log.entries.length",
    },
  },
  {
    id: "log-by-reference",
    what: "a copy of the log that says the same has to be saved",
    breaks: [32],
    source: "comparing references",
    edit: { file: disk, find: " || isSameLog(before.log, after.log)", replace: "" },
  },

  // 9e. Faults
  {
    id: "crash-keeps-state",
    what: "a server comes back with all of its state",
    breaks: [33],
    source: "a crash that is a pause",
    edit: {
      file: server,
      find: "this.#node = restart(this.#ground.raft, before)",
      replace: "restart(this.#ground.raft, before)",
    },
  },
  {
    id: "crash-loses-all",
    what: "a crash takes term, vote and log, too",
    breaks: [33],
    source: "initialNode where restart was meant",
    edit: {
      file: server,
      find: "restart(this.#ground.raft, before)",
      replace: "this.#ground.raft.initialNode(before.id, before.voters)",
    },
  },
  {
    id: "crash-keeps-saving",
    what: "a step that was being saved when the server crashed comes through",
    breaks: [33],
    source: trap("a callback of the past"),
    edit: { file: server, find: "this.#saving?.cancel()\n", replace: "\n" },
  },
  {
    id: "crash-keeps-queue",
    what: "the queue survives a crash",
    breaks: [33],
    source: "forgotten in one of two places",
    edit: { file: server, find: "this.#saving = null\n    this.#queue = []", replace: "this.#saving = null" },
  },
  {
    id: "crash-keeps-service",
    what: "the state machine, and who waits for an answer, survive a crash",
    breaks: [33],
    source: "the application is part of the server, too",
    edit: { file: server, find: "    this.#service = startService(store)\n", replace: "" },
  },
  {
    id: "crash-keeps-timers",
    what: "the timers go on while the server is down, and are not started when it is up",
    breaks: [30, 33],
    source: trap("a callback of the past"),
    edit: {
      file: server,
      find: "if (--this.#crashes === 0) this.#startTimers()",
      replace: "--this.#crashes",
    },
  },
  {
    id: "crash-ends-with-first",
    what: "the first of two crashes that ends brings the server back",
    breaks: [38],
    source: "a boolean where a count was needed",
    edit: {
      file: server,
      find: "if (--this.#crashes === 0) this.#startTimers()",
      replace: "this.#crashes = 0\n      this.#startTimers()",
    },
  },
  {
    id: "crash-not-judged",
    what: "properties are not asked about a crash",
    breaks: [45],
    source: "a crash is no step",
    edit: { file: cluster, find: "this.#safety.saw(before, after, [])", replace: "void [before, after]" },
  },
  {
    id: "pause-drops",
    what: "what arrives during a pause is lost",
    breaks: [34],
    source: "a pause that is a crash",
    edit: { file: server, find: "if (this.isDown) return", replace: "if (!this.runs) return" },
  },
  {
    id: "pause-disk-goes-on",
    what: "what is saved during a pause is done at once",
    breaks: [34],
    source: "the disk was forgotten",
    edit: {
      file: server,
      find: "if (this.#pauses > 0) saving.isOver = true",
      replace: "if (this.#pauses < 0) saving.isOver = true",
    },
  },
  {
    id: "slow-disk-not-added",
    what: "of several slow disks, only one counts",
    breaks: [38],
    source: "faults that overlap",
    edit: { file: disk, find: "...this.#extras.values]", replace: "...this.#extras.values.slice(-1)]" },
  },
  {
    id: "drift-backwards",
    what: "a clock that is fast has longer timers",
    breaks: [36],
    source: "multiplied where division was meant",
    edit: { file: timers, find: "delay / rate", replace: "delay * rate" },
  },
  {
    id: "drift-for-elections-only",
    what: "heartbeats do not drift",
    breaks: [36],
    source: "only the timer that was thought of",
    edit: {
      file: timers,
      find: "delay / rate",
      replace: 'delay / (timer === "heartbeatTimeout" ? 1 : rate)',
    },
  },
  {
    id: "partition-one-way",
    what: "a partition keeps messages away in one direction only",
    breaks: [37],
    source: "half of it",
    edit: {
      file: cluster,
      find: "[this.#network.cut(inside, outside), this.#network.cut(outside, inside)]",
      replace: "[this.#network.cut(inside, outside)]",
    },
  },
  {
    id: "partition-not-healed",
    what: "half of a partition never ends",
    breaks: [37],
    source: "an undo that is thrown away",
    edit: { file: cluster, find: "for (const end of ends) end()", replace: "ends[0]?.()" },
  },
  {
    id: "cut-asked-once",
    what: "a message under way arrives though its way was cut meanwhile",
    breaks: [31, 37],
    source: "the spec's question: why must a cut be asked about twice?",
    edit: {
      file: cluster,
      find: "if (receiver && !receiver.isDown && !this.#network.isCut(from, message.to))",
      replace: "if (receiver && !receiver.isDown)",
    },
  },
  {
    id: "faults-of-one-stream",
    what: "faults are drawn from a stream that servers draw from, too",
    breaks: [39],
    source: trap("drawing more or fewer numbers than before"),
    edit: {
      file: simulate,
      find: 'this.#random.fork("faults")',
      replace: "this.#random.fork(JSON.stringify(this.#settings.timers))",
    },
  },

  // 9e. Clients
  {
    id: "asks-after-giving-up",
    what: "a client that gave up asks once more to be on the safe side",
    breaks: [43],
    source: trap("a client that asks again to be on the safe side"),
    edit: {
      file: client,
      find: "if (this.#pending === pending) this.#send(pending)\n          })",
      replace: "this.#send(pending)\n          })",
    },
  },
  {
    id: "gave-up-returned",
    what: "a request that was given up has a time of return in the history",
    breaks: [43, 44],
    source: "the client came back, after all",
    edit: {
      file: client,
      find: "this.#end(operation)\n    })",
      replace: "this.#end({ ...operation, returned: clock.now })\n    })",
    },
  },
  {
    id: "hears-late-answers",
    what: "a late answer counts as one to the request that is asked now",
    breaks: [43],
    source: trap("a callback of the past"),
    edit: {
      file: client,
      find: "if (this.#pending === pending) this.#hear(pending, server, answer)",
      replace: "if (this.#pending) this.#hear(this.#pending, server, answer)",
    },
  },
  {
    id: "overwritten-is-done",
    what: "a request whose entry was overwritten is not asked again",
    breaks: [42],
    source: "whose answer was not read",
    edit: {
      file: client,
      find: 'case "overwritten":\n        this.#send(pending)',
      replace: 'case "overwritten":',
    },
  },
  {
    id: "leader-not-asked",
    what: "the leader that a refusal names is not asked",
    breaks: [42],
    source: "a hint that is not taken",
    edit: { file: client, find: "this.#leader = answer.leader", replace: "this.#leader = null" },
  },
  {
    id: "values-repeat",
    what: "two clients may write the same value",
    breaks: [40],
    source: "a number without a name",
    edit: {
      file: client,
      find: "`${this.#name}-${String(++this.#asked)}`",
      replace: "`v-${String(++this.#asked)}`",
    },
  },
  {
    id: "asks-for-ever",
    what: "clients ask after `until`, too",
    breaks: [40],
    source: "a condition forgotten",
    edit: { file: client, find: "if (clock.now > workload.until) return\n", replace: "\n" },
  },
  {
    id: "history-by-answer",
    what: "the history is in the order of the answers",
    breaks: [44],
    source: "written down when it was over",
    edit: {
      file: simulate,
      find: "this.#history[place] = learned",
      replace:
        "this.#history.splice(this.#history.indexOf(asked), 1)\n      void place\n      this.#history.push(learned)",
    },
  },
  {
    id: "down-is-silent",
    what: "a server that is down does not refuse: clients wait for nothing",
    breaks: [42],
    source: "a connection refused is an answer",
    edit: {
      file: cluster,
      find: 'if (!receiver || receiver.isDown) proposal.reply({ type: "refused", proposal, leader: null })',
      replace: "if (!receiver || receiver.isDown) return",
    },
  },

  // 9e. Judgement
  {
    id: "violation-goes-on",
    what: "what is broken is found only in the end",
    breaks: [45],
    source: "judging once is cheaper",
    edit: {
      file: simulate,
      find: "return { ...error.violation, at: this.#clock.now }",
      replace: "return { ...error.violation, at: duration }",
    },
  },
  {
    id: "step-error-comes-out",
    what: "what a step throws comes out of simulate",
    breaks: [46],
    source: "no catch",
    edit: { file: server, find: 'throw new Broken("step throws", messageOf(error))', replace: "throw error" },
  },
  {
    id: "recovery-never-asked",
    what: "nobody looks whether there is a leader again",
    breaks: [47],
    source: "liveness forgotten",
    edit: { file: judge, find: "if (hadOne) return", replace: "if (hadOne || !hadOne) return" },
  },
  {
    id: "recovery-from-start",
    what: "recovery is measured from the start",
    breaks: [47],
    source: trap("judging too early"),
    edit: {
      file: judge,
      find: "this.deadline = lastFaultEnds + recovery",
      replace: "this.deadline = recovery",
    },
  },
  {
    id: "recovery-last-begins",
    what: "the last fault to begin counts as the last to end",
    breaks: [47],
    source: "the list is in the order in which they begin",
    edit: {
      file: simulate,
      find: "faults.reduce((last, fault) => Math.max(last, fault.at + fault.for), 0)",
      replace: "faults.reduce((_, fault) => fault.at + fault.for, 0)",
    },
  },
  {
    id: "vain-too-early",
    what: "requests made before the recovery count as well",
    breaks: [48],
    source: trap("judging too early"),
    edit: { file: judge, find: "if (invoked < this.deadline) return\n", replace: "\n" },
  },
  {
    id: "vain-in-all",
    what: "all requests that were given up count, also with answers between",
    breaks: [48],
    source: "a count that is never set back",
    edit: { file: judge, find: "this.#inVain.delete(client)", replace: "void client" },
  },

  // 9f. The trace
  {
    id: "hash-without-feeds",
    what: "the hash is of the lines without line feeds",
    breaks: [52],
    source: "sha256sum says otherwise",
    edit: { file: trace, find: 'this.#lines.join("\\n") + "\\n"', replace: 'this.#lines.join("")' },
  },
  {
    id: "hash-of-last",
    what: "the last lines are not in the hash",
    breaks: [52],
    source: "a buffer that is not flushed",
    edit: { file: trace, find: "digest(): string {\n    this.#flush()", replace: "digest(): string {" },
  },
  {
    id: "ids-per-server",
    what: "messages are counted for each server",
    breaks: [54],
    source: "a counter in the wrong place",
    edit: [
      { file: cluster, find: "#messages = 0", replace: "#counts = {}" },
      {
        file: cluster,
        find: "const id = ++this.#messages",
        replace: "const id = (this.#counts[from] = (this.#counts[from] ?? 0) + 1)",
      },
    ],
  },
  {
    id: "silent-steps-only",
    what: "a step that only sends has no line",
    breaks: [53],
    source: "worth a line is what changed the state",
    edit: {
      file: cluster,
      find: "if (sent.length > 0 || isWorthALine(before, state))",
      replace: "if (isWorthALine(before, state))",
    },
  },
  {
    id: "summary-before",
    what: "a step's line has the state before it",
    breaks: [53],
    source: "the wrong one of two",
    edit: { file: cluster, find: "const node = summary(state)", replace: "const node = summary(before)" },
  },
  {
    id: "fault-end-untold",
    what: "the end of a fault has no line",
    breaks: [55],
    source: "half of it",
    edit: {
      file: simulate,
      find: 'this.#trace.write({ at: this.#clock.now, type: "fault", begins: false, fault })\n',
      replace: "\n",
    },
  },
  {
    id: "wall-clock",
    what: "the trace has the time of day in it",
    breaks: [57],
    source: trap("one call of Date.now() somewhere"),
    edit: {
      file: trace,
      find: "JSON.stringify(event)",
      replace: "JSON.stringify({ ...event, wall: Date.now() })",
    },
  },
  {
    id: "missed-counts-delivered",
    what: "an arrival that is missed counts as delivered",
    breaks: [56],
    source: "counted where it was sent",
    edit: {
      file: cluster,
      find: "tally.lost++\n      const why",
      replace: "tally.delivered++\n      const why",
    },
  },
  {
    id: "leader-though-cut-off",
    what: "a leader that reaches nobody counts as one",
    breaks: [56],
    source: "it believes so itself",
    edit: {
      file: cluster,
      find: "return server.runs && 2 * reached.length > servers.length",
      replace: "return server.runs && reached.length >= 0",
    },
  },
  {
    id: "unavailable-without-end",
    what: "the time without a leader at the end is not counted",
    breaks: [56],
    source: "an interval that is still open",
    edit: {
      file: statistics,
      find: "this.#unavailable + (this.#leaderlessSince === null ? 0 : now - this.#leaderlessSince)",
      replace: "this.#unavailable",
    },
  },
  {
    id: "luck-of-its-own",
    what: "what a client asks for is left to Math.random",
    breaks: [57],
    source: trap("one call of Math.random() somewhere"),
    edit: {
      file: client,
      find: "random.next() * (read + write + cas)",
      replace: "Math.random() * (read + write + cas)",
    },
  },
]
