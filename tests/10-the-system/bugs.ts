import type { Bug } from "#suite"

const machine = "machine.ts"
const replica = "replica.ts"
const journal = "journal.ts"
const engine = "engine.ts"
const client = "client.ts"
const start = "start.ts"

const once = "const done = sequence === session.sequence"
const remembered = "const used: Session = { sequence, reply: result, used: state.applied }"
const save = 'if (isNew(node, state)) outputs.push({ type: "save", before: node, after: state })'

export const bugs: readonly Bug[] = [
  // ---- 10a ----
  {
    id: "once-twice",
    what: "a command that comes again is done again",
    breaks: [4],
    source: "catalogue: INCR applied twice on retry",
    edit: { file: machine, find: once, replace: "const done = sequence < session.sequence" },
  },
  {
    id: "once-error-again",
    what: "a command that was answered with an error is done again",
    breaks: [4],
    source: "only successes are remembered",
    edit: { file: machine, find: once, replace: `${once} && session.reply?.type !== "error"` },
  },
  {
    id: "once-null-again",
    what: "an answer that is null is not remembered",
    breaks: [4],
    source: "no answer and the answer null are confused",
    edit: { file: machine, find: once, replace: `${once} && session.reply?.type !== "null"` },
  },
  {
    id: "once-by-words",
    what: "a command counts as seen when its words are those of the last one",
    breaks: [3],
    source: "recognised by what it says, not by its number",
    edit: {
      file: machine,
      find: once,
      replace: "const done = sequence <= session.sequence + 1 && session.reply !== null",
    },
  },
  {
    id: "old-number-done",
    what: "a smaller number is done",
    breaks: [5],
    source: "a late copy of an old request",
    edit: { file: machine, find: "if (sequence < session.sequence)", replace: "if (sequence < 0)" },
  },
  {
    id: "next-number-only",
    what: "numbers must follow without a gap",
    breaks: [3],
    source: "sequence === last + 1",
    edit: {
      file: machine,
      find: "if (sequence < session.sequence)",
      replace: "if (sequence < session.sequence || sequence > session.sequence + 1)",
    },
  },
  {
    id: "session-made-up",
    what: "a session that is not there is opened on the way",
    breaks: [6],
    source: "dissertation 6.3: a forgotten session must not begin anew",
    edit: {
      file: machine,
      find: "const session = Object.hasOwn(state.sessions, name) ? state.sessions[name] : undefined",
      replace:
        "const session = Object.hasOwn(state.sessions, name) ? state.sessions[name] : /^\\d+$/.test(name) ? { sequence: 0, reply: null, used: 0 } : undefined",
    },
  },
  {
    id: "session-inherited",
    what: "a session may be named like something every object has",
    breaks: [6],
    source: "an object used as a map",
    edit: {
      file: machine,
      find: "Object.hasOwn(state.sessions, name) ? state.sessions[name] : undefined",
      replace: "state.sessions[name]",
    },
  },
  {
    id: "session-numbers-shared",
    what: "all sessions share one number",
    breaks: [3, 4],
    source: "one variable for all clients",
    edit: {
      file: machine,
      find: "if (sequence < session.sequence)",
      replace: "if (sequence < Math.max(...Object.values(state.sessions).map((each) => each.sequence)))",
    },
  },
  {
    id: "session-names-again",
    what: "a session is named by how many there are",
    breaks: [2, 7],
    source: "a forgotten one's name comes twice",
    edit: {
      file: machine,
      find: "const opened = state.opened + 1",
      replace: "const opened = Object.keys(state.sessions).length + 1",
    },
  },
  {
    id: "session-random-name",
    what: "a session has a random name",
    breaks: [2, 9],
    source: "every server comes to another state",
    edit: {
      file: machine,
      find: "const opened = state.opened + 1",
      replace: "const opened = state.opened + 1 + Math.floor(Math.random() * 1e9)",
    },
  },
  {
    id: "forget-first-opened",
    what: "the session that was opened first is forgotten, however much it is used",
    breaks: [7],
    source: "first in, first out",
    edit: {
      file: machine,
      find: "used: state.applied }\n  return { state: { ...after",
      replace: "used: session.used }\n  return { state: { ...after",
    },
  },
  {
    id: "forget-nobody",
    what: "sessions are never forgotten",
    breaks: [7],
    source: "memory without a bound",
    edit: {
      file: machine,
      find: "if (entries.length < maxSessions) return sessions",
      replace: "if (entries.length < 1e9) return sessions",
    },
  },
  {
    id: "forget-too-early",
    what: "one session less is kept",
    breaks: [7],
    source: "off by one",
    edit: {
      file: machine,
      find: "if (entries.length < maxSessions) return sessions",
      replace: "if (entries.length < maxSessions - 1) return sessions",
    },
  },
  {
    id: "forget-by-clock",
    what: "use is noted by the clock",
    breaks: [9],
    source: "every server comes to another state",
    edit: {
      file: machine,
      find: remembered,
      replace: "const used: Session = { sequence, reply: result, used: performance.now() }",
    },
  },
  {
    id: "repeat-is-no-use",
    what: "a command that comes again is no use of its session",
    breaks: [7],
    source: "returned too early",
    edit: {
      file: machine,
      find: remembered,
      replace: "const used: Session = { sequence, reply: result, used: done ? session.used : state.applied }",
    },
  },
  {
    id: "strangers-throw",
    what: "what is no request throws",
    breaks: [8],
    source: "the whole cluster stops at one bad entry",
    edit: {
      file: machine,
      find: 'if (!request) return { state, result: error("ERR the log has an entry that is no request") }',
      replace: 'if (!request) throw new Error("no request")',
    },
  },
  {
    id: "applied-stands-still",
    what: "only requests are counted",
    breaks: [9],
    source: "the machine's clock",
    edit: {
      file: machine,
      find: "const state = { ...before, applied: before.applied + 1 }",
      replace:
        'const state = { ...before, applied: before.applied + (JSON.stringify(json).includes("NOPE") ? 0 : 1) }',
    },
  },
  {
    id: "session-case",
    what: "SESSION must be written in capitals",
    breaks: [10],
    source: "commands are in any case",
    edit: {
      file: machine,
      find: 'if (command.name.toUpperCase() !== "SESSION")',
      replace: 'if (command.name !== "SESSION")',
    },
  },
  {
    id: "sequence-zero",
    what: "0 is a sequence",
    breaks: [10],
    source: "Number() of anything",
    edit: { file: machine, find: "/^[1-9]\\d{0,14}$/.test(number)", replace: "/^\\d{1,15}$/.test(number)" },
  },
  // ---- 10b ----
  {
    id: "answer-at-once",
    what: "a client is answered when its request is in the leader's log",
    breaks: [12, 13],
    source: "catalogue: ack-before-commit",
    edit: {
      file: replica,
      find: "  for (const answer of served.answers) {",
      replace:
        '  if (client !== undefined && state.role === "leader") outputs.push({ type: "reply", client, reply: { type: "simple", value: "OK" } })\n  for (const answer of served.answers) {',
    },
  },
  {
    id: "reads-from-the-store",
    what: "a leader answers reads from its own state",
    breaks: [13],
    source: "catalogue: reads from a deposed leader",
    edit: {
      file: replica,
      find: '    case "request":\n',
      replace:
        '    case "request":\n      if (replica.node.role === "leader" && input.request.type === "plain" && input.request.command.name.toUpperCase() === "GET")\n        return { replica, outputs: [{ type: "reply", client: input.client, reply: machine.apply(replica.service.machine, toEntry(input.request)).result }] }\n',
    },
  },
  {
    id: "moved-to-raft",
    what: "clients are sent to where the servers talk to each other",
    breaks: [14],
    source: "two addresses for each server",
    edit: {
      file: replica,
      find: "const { host, port } = member.client",
      replace: "const { host, port } = member.raft",
    },
  },
  {
    id: "moved-to-myself",
    what: "clients are sent back to the server that they asked",
    breaks: [14],
    source: "catalogue: redirect to oneself",
    edit: {
      file: replica,
      find: "const member = leader !== null && leader !== id ? cluster[leader] : undefined",
      replace: "const member = leader !== null ? cluster[id] : undefined",
    },
  },
  {
    id: "moved-without-brackets",
    what: "an IPv6 address and its port run into each other",
    breaks: [14],
    source: "host:port, split at the first colon",
    edit: { file: replica, find: 'host.includes(":") ? `[${host}]` : host', replace: "host" },
  },
  {
    id: "down-is-moved",
    what: "who knows no leader names the first server",
    breaks: [15],
    source: "a guess told as knowledge",
    edit: {
      file: replica,
      find: "const member = leader !== null && leader !== id ? cluster[leader] : undefined",
      replace: "const member = leader !== id ? cluster[leader ?? Object.keys(cluster)[0] ?? id] : undefined",
    },
  },
  {
    id: "overwritten-is-done",
    what: "a client whose entry was overwritten is told OK",
    breaks: [16],
    source: "the entry at the same index",
    edit: {
      file: replica,
      find: 'return error("TRYAGAIN another leader came; this was not done, and will not be")',
      replace: 'return { type: "simple", value: "OK" }',
    },
  },
  {
    id: "lost-leadership-tryagain",
    what: "once it leads no more, it tells all who wait to try again",
    breaks: [16],
    source: "the entry may still be committed, and is done twice then",
    edit: {
      file: replica,
      find: "  return { replica: { node: state, service: served.service }, outputs }",
      replace:
        '  if (node.role === "leader" && state.role !== "leader") {\n    for (const { proposal } of served.service.waiting) outputs.push({ type: "reply", client: proposal, reply: error("TRYAGAIN") })\n    return { replica: { node: state, service: { ...served.service, waiting: [] } }, outputs }\n  }\n  return { replica: { node: state, service: served.service }, outputs }',
    },
  },
  {
    id: "giveup-not-done",
    what: "who gives up is told to try again",
    breaks: [17],
    source: "nobody knows whether it will be done",
    edit: {
      file: replica,
      find: 'error("UNKNOWN it was not committed',
      replace: 'error("TRYAGAIN it was not committed',
    },
  },
  {
    id: "giveup-told-twice",
    what: "who gave up is answered again when its entry is applied",
    breaks: [17],
    source: "it is still among those who wait",
    edit: { file: replica, find: "service: { ...service, waiting } },", replace: "service }," },
  },
  {
    id: "giveup-all",
    what: "when one gives up, all who wait are forgotten",
    breaks: [17],
    source: "the list is emptied",
    edit: {
      file: replica,
      find: "service: { ...service, waiting } },",
      replace: "service: { ...service, waiting: [] } },",
    },
  },
  {
    id: "only-leaders-apply",
    what: "followers do not run the machine",
    breaks: [18],
    source: "the next leader's machine is empty",
    edit: {
      file: replica,
      find: "const served = serve(machine, service, effects, client)",
      replace:
        'const served = serve(machine, service, state.role === "leader" ? effects : effects.filter(({ type }) => type !== "apply"), client)',
    },
  },
  {
    id: "save-last",
    what: "messages leave before the vote is saved",
    breaks: [19],
    source: "catalogue: vote-persist-late",
    edit: [
      { file: replica, find: `  ${save}\n`, replace: "" },
      {
        file: replica,
        find: "  outputs.push(...effects.flatMap(toOutput))\n",
        replace: `  outputs.push(...effects.flatMap(toOutput))\n  ${save}\n`,
      },
    ],
  },
  {
    id: "save-without-vote",
    what: "a vote in the same term is not saved",
    breaks: [19],
    source: "catalogue: votedFor lost at restart",
    edit: { file: replica, find: " || before.votedFor !== after.votedFor", replace: "" },
  },
  {
    id: "save-own-entries",
    what: "a leader does not save its own entries",
    breaks: [19],
    source: "catalogue: ack-before-fsync, the leader's count of itself",
    edit: {
      file: replica,
      find: "before.log !== after.log",
      replace: '(after.role !== "leader" && before.log !== after.log)',
    },
  },
  {
    id: "save-always",
    what: "every step is saved",
    breaks: [19],
    source: "a disk write for each heartbeat",
    edit: {
      file: replica,
      find: save,
      replace: 'outputs.push({ type: "save", before: node, after: state })',
    },
  },
  {
    id: "timer-forgotten",
    what: "the election timer is never restarted",
    breaks: [20],
    source: "an effect without a case",
    edit: {
      file: replica,
      find: 'effect.type === "send" || effect.type === "resetElectionTimer" ? [effect] : []',
      replace: 'effect.type === "send" ? [effect] : []',
    },
  },
  // ---- 10c ----
  {
    id: "journal-votes-lost",
    what: "the vote does not come back",
    breaks: [22],
    source: "catalogue: votedFor lost at restart",
    edit: {
      file: journal,
      find: "const { from, entries, ...rest } = saved.data",
      replace: "const { from, entries, currentTerm } = saved.data\n  const rest = { currentTerm }",
    },
  },
  {
    id: "journal-buffered",
    what: "what is saved is written when the journal is closed",
    breaks: [22],
    source: "a stream with a buffer of its own",
    edit: [
      {
        file: journal,
        find: "  return {\n    node,\n",
        replace: "  let kept = Buffer.alloc(0)\n  return {\n    node,\n",
      },
      {
        file: journal,
        find: "      for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at)\n      fdatasyncSync(handle)\n",
        replace: "      kept = Buffer.concat([kept, bytes])\n",
      },
      {
        file: journal,
        find: "      closeSync(handle)\n",
        replace: "      writeSync(handle, kept)\n      closeSync(handle)\n",
      },
    ],
  },
  {
    id: "journal-suffix-stays",
    what: "entries that were overwritten come back behind the new ones",
    breaks: [22],
    source: "only appending was thought of",
    edit: {
      file: journal,
      find: "[...node.log.entries.slice(0, from - 1), ...entries]",
      replace:
        "[...node.log.entries.slice(0, from - 1), ...entries, ...node.log.entries.slice(from - 1 + entries.length)]",
    },
  },
  {
    id: "journal-begins-anew",
    what: "opening a journal empties it",
    breaks: [22],
    source: "opened with w",
    edit: {
      file: journal,
      find: 'openSync(file, "a+")\n  ftruncateSync(handle, length)',
      replace: 'openSync(file, "w+")\n  ftruncateSync(handle, 0 * length)',
    },
  },
  {
    id: "journal-whole-log",
    what: "every save writes the whole log",
    breaks: [23],
    source: "quadratic in the length of the log",
    edit: {
      file: journal,
      find: "  const same = firstDifference(before.log.entries, log.entries)\n",
      replace: "  const same = 0 * before.log.entries.length\n",
    },
  },
  {
    id: "journal-torn-taken",
    what: "a torn last line is an error",
    breaks: [24],
    source: "a server that does not start after a power cut",
    edit: {
      file: journal,
      find: '  const length = bytes.lastIndexOf("\\n") + 1\n',
      replace: "  const length = bytes.length\n",
    },
  },
  {
    id: "journal-torn-stays",
    what: "the torn piece stays, and the next save is written behind it",
    breaks: [24],
    source: "catalogue: a torn tail taken as an entry",
    edit: {
      file: journal,
      find: "  ftruncateSync(handle, length)\n",
      replace: "  void length, ftruncateSync\n",
    },
  },
  {
    id: "journal-damage-skipped",
    what: "a line that makes no sense is skipped",
    breaks: [25],
    source: "catalogue: corruption mid-file silently cut",
    edit: {
      file: journal,
      find: "    if (!next)\n      throw",
      replace: "    if (!next && i >= 0) continue\n    if (!next)\n      throw",
    },
  },
  {
    id: "journal-two-lines",
    what: "the vote and the entries are saved one after the other",
    breaks: [24],
    source: "our own first try",
    edit: {
      file: journal,
      find: "const bytes = Buffer.from(`${toLine(before, after)}\\n`)",
      replace:
        "const bytes = Buffer.from(`${toLine(before, { ...after, log: before.log })}\\n${toLine(before, after)}\\n`)",
    },
  },
  // ---- 10d ----
  {
    id: "sends-before-saving",
    what: "the engine carries out the list from its end",
    breaks: [26],
    source: "the order of effects",
    edit: {
      file: engine,
      find: "    for (const output of outputs) {",
      replace: '    for (const output of outputs.filter(({ type }) => type !== "send")) {',
    },
  },
  {
    id: "timers-never-start",
    what: "nobody ever stands for election",
    breaks: [26],
    source: "the timer is set, and never started",
    edit: { file: engine, find: "    hands.timers.start()\n  }\n\n  get node", replace: "  }\n\n  get node" },
  },
  {
    id: "pause-only-timers",
    what: "a paused server still answers",
    breaks: [30],
    source: "only the timers are stopped",
    edit: { file: engine, find: '    this.#state = "paused"\n', replace: "" },
  },
  {
    id: "pause-drops",
    what: "what comes in during a pause is lost",
    breaks: [30],
    source: "not running, not listening",
    edit: {
      file: engine,
      find: '    if (this.#state === "over") return\n    this.#queue.push(input)',
      replace: '    if (this.#state !== "running") return\n    this.#queue.push(input)',
    },
  },
  {
    id: "no-patience",
    what: "a client without an answer waits for ever",
    breaks: [31],
    source: "catalogue: waiters-hang",
    edit: { file: engine, find: '      this.put({ type: "giveUp", client })\n', replace: "" },
  },
  {
    id: "close-forgets-clients",
    what: "close leaves the listener open",
    breaks: [32],
    source: "the port is still taken",
    edit: {
      file: start,
      find: "await Promise.all([parts.listener?.close(), parts.net?.close()])",
      replace: "await Promise.all([parts.net?.close()])",
    },
  },
  {
    id: "failed-start-keeps-port",
    what: "when the clients' port is taken, the servers' port stays taken, too",
    breaks: [32],
    source: "half a server is left behind",
    edit: {
      file: start,
      find: "  } catch (failed) {\n    await close()\n",
      replace: "  } catch (failed) {\n",
    },
  },
  {
    id: "journal-not-used",
    what: "a server starts with nothing, whatever its journal says",
    breaks: [28],
    source: "written, never read",
    edit: {
      file: engine,
      find: "this.#replica = startReplica(hands.journal.node)",
      replace:
        "const { id, voters } = hands.journal.node\n    this.#replica = startReplica({ ...hands.journal.node, id, voters, currentTerm: 0, votedFor: null, log: { base: { index: 0, term: 0 }, entries: [] } })",
    },
  },
  {
    id: "pings-through-the-log",
    what: "PING goes through the log",
    breaks: [27],
    source: "no leader, no sign of life",
    edit: { file: start, find: '      case "PING":\n', replace: '      case "PONG":\n' },
  },
  // ---- 10e ----
  {
    id: "client-stays",
    what: "MOVED is the answer",
    breaks: [33],
    source: "an error reply like any other",
    edit: {
      file: client,
      find: 'if (word === "MOVED" && address)',
      replace: 'if (word === "MOVE" && address)',
    },
  },
  {
    id: "client-knows-better",
    what: "only addresses that were given are followed",
    breaks: [33],
    source: "a cluster that has grown",
    edit: {
      file: client,
      find: "this.#next = at === -1 ? this.#known.push(address) - 1 : at",
      replace: "this.#next = at === -1 ? this.#next + 1 : at",
    },
  },
  {
    id: "client-one-server",
    what: "when a server does not answer, it is asked again, and nobody else",
    breaks: [33],
    source: "the leader's address as a constant",
    edit: [
      {
        file: client,
        find: "      this.#next++\n      this.#forget(address)",
        replace: "      this.#forget(address)",
      },
      { file: client, find: '      else if (outcome.type !== "done") this.#next++\n', replace: "" },
    ],
  },
  {
    id: "client-no-pause",
    what: "it tries again without a pause",
    breaks: [34],
    source: "a cluster without a leader is asked a million times",
    edit: {
      file: client,
      find: "if (moves !== 1) await wait(pause)",
      replace: "if (moves !== 1) await wait(0)",
    },
  },
  {
    id: "client-races-round",
    what: "two servers that name each other are asked without a pause",
    breaks: [34],
    source: "MOVED is followed at once, always",
    edit: {
      file: client,
      find: "if (moves !== 1) await wait(pause)",
      replace: "if (moves === 0) await wait(pause)",
    },
  },
  {
    id: "client-waits-for-one",
    what: "a silent server is waited for as long as the patience lasts",
    breaks: [35],
    source: "a leader that is stopped, or cut off",
    edit: { file: client, find: "again ? Math.min(until, Date.now() + oneAnswer) : until", replace: "until" },
  },
  {
    id: "client-new-number",
    what: "a command that is sent again has a number of its own",
    breaks: [35],
    source: "the retry is a new command for the machine",
    edit: [
      {
        file: client,
        find: "  async #try(words: readonly string[], until: number): Promise<Outcome> {\n",
        replace:
          '  async #try(given: readonly string[], until: number): Promise<Outcome> {\n    this.#tries++\n    const words = given[1] === "ONCE" ? given.with(3, String(Number(given[3]) * 1000 + this.#tries)) : given\n',
      },
      { file: client, find: "  #closed = false\n", replace: "  #closed = false\n  #tries = 0\n" },
    ],
  },
  {
    id: "client-retries-anything",
    what: "without a session, too, a command whose answer was lost is sent again",
    breaks: [36],
    source: "catalogue: INCR applied twice on retry",
    edit: { file: client, find: "{ until, again: false }", replace: "{ until, again: true }" },
  },
  {
    id: "client-lost-is-not-done",
    what: "a lost answer counts as not done",
    breaks: [35, 36],
    source: "NotConnected and ConnectionLost are one",
    edit: {
      file: client,
      find: 'return { type: sent ? "unknown" : "not-done", why }',
      replace: 'return { type: sent && !sent ? "unknown" : "not-done", why }',
    },
  },
  {
    id: "client-unknown-is-an-answer",
    what: "UNKNOWN is the answer",
    breaks: [35, 36],
    source: "an error reply like any other",
    edit: {
      file: client,
      find: 'if (word === "UNKNOWN") return',
      replace: 'if (word === "UNKNOWN!") return',
    },
  },
  {
    id: "client-session-each",
    what: "every command opens a session",
    breaks: [37],
    source: "sessions are forgotten a thousand commands later",
    edit: { file: client, find: "session ??= text(", replace: "session = text(" },
  },
  {
    id: "client-all-at-once",
    what: "commands do not wait for each other",
    breaks: [37],
    source: "a later number tells that nobody waits for the ones before",
    edit: {
      file: client,
      find: "const mine = last.then(() => run(words))",
      replace: "const mine = Promise.resolve().then(() => run(words))",
    },
  },
  {
    id: "client-session-for-ever",
    what: "after NOSESSION it goes on in the same session",
    breaks: [38],
    source: "no command will ever be done again",
    edit: { file: client, find: "      session = null // the next command opens another one\n", replace: "" },
  },
  {
    id: "client-never-closes",
    what: "close leaves connections open",
    breaks: [39],
    source: "the list is emptied first",
    edit: {
      file: client,
      find: "    const open = [...this.#connections.values()]\n    this.#connections.clear()\n",
      replace: "    this.#connections.clear()\n    const open = [...this.#connections.values()]\n",
    },
  },
]
