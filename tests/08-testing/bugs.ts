import type { Bug, Edit } from "#suite"

const history = "history.ts"
const properties = "properties.ts"
const world = "world.ts"
const search = "search.ts"
const shrink = "shrink.ts"
const explain = "explain.ts"
const space = "exhaust/space.ts"
const moves = "exhaust/moves.ts"
const symmetry = "exhaust/symmetry.ts"
const arena = "exhaust/arena.ts"
const exhaust = "exhaust/exhaust.ts"
const rounds = "exhaust/rounds.ts"

const checks = "checks.ts"

/** These checks, and no others. */
function onlyChecks(these: string): Edit {
  const list = "export const checks: readonly Check[] = ["
  return {
    file: checks,
    find: list,
    replace: `${list}${these}]\n\nexport const others: readonly Check[] = [`,
  }
}

/** One more check, of `leader`: n1 of three servers, just elected. */
function falseAlarm(name: string, body: string): Edit {
  const replace = `  {
    name: "${name}",
    run: (raft) => {
      const voters = ["n1", "n2", "n3"]
      const { state } = raft.step(raft.initialNode("n1", voters), { type: "electionTimeout" })
      const granted = { from: "n2", to: "n1", term: state.currentTerm, voteGranted: true }
      const leader = raft.step(state, { type: "RequestVoteResponse", ...granted }).state
      ${body}
    },
  },
  ...logChecks,
`
  return { file: checks, find: "  ...logChecks,\n", replace }
}

const trap = (what: string): string => `the spec's traps: ${what}`

export const bugs: readonly Bug[] = [
  // 8a. History
  {
    id: "history-last-leader",
    what: "the last leader of a term takes the place of the first one",
    breaks: [1],
    source: "an assignment where `??=` belongs: the second leader hides the first",
    edit: {
      file: history,
      find: "history.leaders[currentTerm] === undefined",
      replace: "history.leaders[currentTerm] !== after.id",
    },
  },
  {
    id: "history-candidates-lead",
    what: "a candidate is noted as a leader",
    breaks: [1],
    source: "everybody who is no follower",
    edit: { file: history, find: 'after.role === "leader"', replace: 'after.role !== "follower"' },
  },
  {
    id: "history-committed-again",
    what: "whoever learns that an entry is committed adds it once more",
    breaks: [1],
    source: "a list where a map by index was meant",
    edit: {
      file: history,
      find: "news(log, history.committed.length, commitIndex)",
      replace: "news(log, 0, commitIndex)",
    },
  },
  {
    id: "history-by-entry",
    what: "an entry counts as committed in its own term",
    breaks: [1],
    source: trap("committed, says who?"),
    edit: {
      file: history,
      find: "({ ...entry, by: currentTerm })",
      replace: "({ ...entry, by: entry.term })",
    },
  },
  {
    id: "history-applied-is-committed",
    what: "what is committed is noted as applied",
    breaks: [1],
    source: "the wrong one of two indexes",
    edit: {
      file: history,
      find: "news(log, history.applied.length, lastApplied)",
      replace: "news(log, history.applied.length, commitIndex)",
    },
  },
  {
    id: "history-base-forgotten",
    what: "reads a compacted log from its beginning",
    breaks: [1],
    source: "section 7: indexes go on after compaction",
    edit: {
      file: history,
      find: "log.entries.slice(known - log.base.index, upTo - log.base.index)",
      replace: "log.entries.slice(known, upTo)",
    },
  },
  {
    id: "history-over-the-gap",
    what: "a log whose base lies behind the next index gives its entries to the wrong places",
    breaks: [1],
    source: "a compacted log that joins late",
    edit: { file: history, find: "upTo <= known || known < log.base.index", replace: "upTo <= known" },
  },
  {
    id: "history-copies",
    what: "makes a new history though nothing is new",
    breaks: [2],
    source: "contract: then it is the history that was given, the same object",
    edit: { file: history, find: "return history\n", replace: "return { ...history }\n" },
  },
  {
    id: "history-mutates",
    what: "adds to the history that it was given",
    breaks: [2],
    source: "rule 2; two worlds share their past",
    edit: {
      file: history,
      find: "applied: [...history.applied, ...applied],",
      replace: "applied: ((history.applied as Entry[]).push(...applied), history.applied),",
    },
  },

  // 8a. Properties
  {
    id: "es-now-only",
    what: "Election Safety looks for two leaders at the same moment",
    breaks: [3],
    source: "the first leader has crashed by the time the second one is elected",
    edit: {
      file: properties,
      find: "broken: ({ after: { id, role, currentTerm }, history }) => {\n    const first = history.leaders[currentTerm]",
      replace:
        'broken: ({ after: { id, role, currentTerm }, nodes }) => {\n    const first = nodes.find((node) => node.id !== id && node.role === "leader" && node.currentTerm === currentTerm)?.id',
    },
  },
  {
    id: "es-candidates",
    what: "Election Safety counts candidates",
    breaks: [3, 10],
    source: "a false alarm at every contested election",
    edit: {
      file: properties,
      find: 'if (role !== "leader" || first === undefined || first === id) return null',
      replace: 'if (role === "follower" || first === undefined || first === id) return null',
    },
  },
  {
    id: "lao-length",
    what: "Leader Append-Only compares the logs' lengths",
    breaks: [4],
    source: "append-only taken for never shorter",
    edit: {
      file: properties,
      find: "if (sameEntry(entryAt(after.log, index), entryAt(before.log, index))) continue",
      replace: "if (index <= lastIndex(after.log)) continue",
    },
  },
  {
    id: "lao-terms",
    what: "Leader Append-Only compares the entries' terms alone",
    breaks: [4],
    source: trap("comparing entries by term alone"),
    edit: {
      file: properties,
      find: "if (sameEntry(entryAt(after.log, index), entryAt(before.log, index))) continue",
      replace: "if (entryAt(after.log, index)?.term === entryAt(before.log, index)?.term) continue",
    },
  },
  {
    id: "lao-compaction",
    what: "Leader Append-Only is broken by a leader that compacts its log",
    breaks: [4, 10],
    source: "section 7: what is in a snapshot is not lost",
    edit: {
      file: properties,
      find: "const kept = Math.max(firstChange(moment), after.log.base.index + 1)",
      replace: "const kept = Math.max(firstChange(moment), before.log.base.index + 1)",
    },
  },
  {
    id: "lao-everyone",
    what: "Leader Append-Only is asked of followers, too",
    breaks: [4, 10],
    source: "a follower's log is mended by its leader",
    edit: {
      file: properties,
      find: "if (!staysInOffice(moment)) return null",
      replace: "if (before.currentTerm !== after.currentTerm) return null",
    },
  },
  {
    id: "lm-below-change",
    what: "Log Matching does not look at what is before the entries that are new",
    breaks: [5],
    source: "an AppendEntries that is accepted without the consistency check",
    edit: {
      file: properties,
      find: "if (sameTerm && index < changed) return null",
      replace: "if (index < changed) return null",
    },
  },
  {
    id: "lm-leaders",
    what: "Log Matching compares a leader with the others, and no two followers",
    breaks: [5],
    source: trap("a property that looks at leaders only"),
    edit: {
      file: properties,
      find: "if (other.id === after.id) continue",
      replace: 'if (other.id === after.id || (after.role !== "leader" && other.role !== "leader")) continue',
    },
  },
  {
    id: "lm-committed",
    what: "Log Matching looks at committed entries only",
    breaks: [5],
    source: "Log Matching taken for State Machine Safety",
    edit: {
      file: properties,
      find: "let index = Math.min(lastIndex(a.log), lastIndex(b.log)); index",
      replace:
        "let index = Math.min(lastIndex(a.log), lastIndex(b.log), a.commitIndex, b.commitIndex); index",
    },
  },
  {
    id: "lm-not-before",
    what: "Log Matching compares the entries of the same index and term, and not what is before them",
    breaks: [5],
    source: "half of Figure 3's sentence",
    edit: {
      file: properties,
      find: "if (same === null || sameEntry(mine, theirs)) continue",
      replace: "if (same === null || !sameTerm || sameEntry(mine, theirs)) continue",
    },
  },
  {
    id: "lm-terms",
    what: "Log Matching compares terms alone",
    breaks: [5],
    source: trap("two leaders of one term look the same"),
    edit: {
      file: properties,
      find: "if (same === null || sameEntry(mine, theirs)) continue",
      replace: "if (same === null || sameTerm) continue",
    },
  },
  {
    id: "lm-everything",
    what: "Log Matching is broken by any two entries at one index that differ",
    breaks: [5, 10],
    source: "uncommitted entries of two leaders are nothing bad",
    edit: {
      file: properties,
      find: "if (same === null || sameEntry(mine, theirs)) continue",
      replace: "same ??= index\n    if (sameEntry(mine, theirs)) continue",
    },
  },
  {
    id: "lm-base",
    what: "Log Matching compares entries with those that a compacted log no longer has",
    breaks: [5, 10],
    source: "section 7",
    edit: {
      file: properties,
      find: "const base = Math.max(a.log.base.index, b.log.base.index)",
      replace: "const base = Math.min(a.log.base.index, b.log.base.index)",
    },
  },
  {
    id: "lm-first-other",
    what: "Log Matching compares with one other server only",
    breaks: [5],
    source: "a `return` in a loop",
    edit: {
      file: properties,
      find: "      if (wrong !== null) return wrong\n    }\n    return null\n  },\n}\n\n/**\n * From the end",
      replace: "      return wrong\n    }\n    return null\n  },\n}\n\n/**\n * From the end",
    },
  },
  {
    id: "commands-identical",
    what: "commands are compared by `===`",
    breaks: [5, 10],
    source: trap("the same command read from a file looks different"),
    edit: {
      file: properties,
      find: "isDeepStrictEqual(a?.command, b?.command)",
      replace: "a?.command === b?.command",
    },
  },
  {
    id: "lc-same-term",
    what: "Leader Completeness demands what was committed in the leader's own term",
    breaks: [6, 10],
    source: "`<=` for `<`",
    edit: { file: properties, find: "entry.by >= currentTerm", replace: "entry.by > currentTerm" },
  },
  {
    id: "lc-entry-term",
    what: "Leader Completeness goes by the entry's term, not by that of its commitment",
    breaks: [6, 10],
    source: "an old leader need not have what was committed after it",
    edit: { file: properties, find: "entry.by >= currentTerm", replace: "entry.term >= currentTerm" },
  },
  {
    id: "lc-elected-only",
    what: "Leader Completeness is checked when a leader is elected, and never again",
    breaks: [6],
    source: "a slow leader commits what a later one lacks",
    edit: {
      file: properties,
      find: "if (what !== null || after.commitIndex <= before.commitIndex) return what",
      replace: "if (what !== null || nodes.length > 0) return what",
    },
  },
  {
    id: "lc-not-in-office",
    what: "Leader Completeness does not see that a leader loses a committed entry later",
    breaks: [6],
    source: "the log taken to be fixed by the election",
    edit: {
      file: properties,
      find: "staysInOffice(moment) ? firstChange(moment) : 1",
      replace: "staysInOffice(moment) ? Infinity : 1",
    },
  },
  {
    id: "lc-length",
    what: "Leader Completeness is content when a leader's log is long enough",
    breaks: [6],
    source: "another entry in its place",
    edit: {
      file: properties,
      find: "sameEntry(entryAt(log, index), entry)) continue",
      replace: "index <= lastIndex(log)) continue",
    },
  },
  {
    id: "lc-base",
    what: "Leader Completeness misses what a leader has compacted",
    breaks: [6, 10],
    source: "section 7",
    edit: { file: properties, find: "Math.max(from, log.base.index + 1)", replace: "from" },
  },
  {
    id: "sms-committed",
    what: "State Machine Safety goes by commitIndex",
    breaks: [7, 10],
    source: "the wrong one of two indexes",
    edit: [
      {
        file: properties,
        find: "Math.min(before.lastApplied + 1, firstChange(moment))",
        replace: "Math.min(before.commitIndex + 1, firstChange(moment))",
      },
      {
        file: properties,
        find: "const { log, lastApplied, id } = after",
        replace: "const { log, commitIndex: lastApplied, id } = after",
      },
    ],
  },
  {
    id: "sms-terms",
    what: "State Machine Safety compares terms alone",
    breaks: [7],
    source: trap("comparing entries by term alone"),
    edit: {
      file: properties,
      find: "if (first === undefined || sameEntry(mine, first)) continue",
      replace: "if (first === undefined || mine?.term === first.term) continue",
    },
  },
  {
    id: "sms-new-only",
    what: "State Machine Safety looks at what was applied just now, and not at what an applied entry was replaced by",
    breaks: [7],
    source: "a log that is cut below lastApplied",
    edit: {
      file: properties,
      find: "Math.min(before.lastApplied + 1, firstChange(moment))",
      replace: "before.lastApplied + 1",
    },
  },
  {
    id: "sms-last-only",
    what: "State Machine Safety looks at the last entry that was applied only",
    breaks: [7],
    source: "several entries are applied in one step",
    edit: {
      file: properties,
      find: "index >= from; index--) {\n      const [mine, first]",
      replace: "index >= from; index = 0) {\n      const [mine, first]",
    },
  },
  {
    id: "told-without-server",
    what: "says that two leaders lead a term, and not which",
    breaks: [8],
    source: "rule 8; a message that helps nobody",
    edit: {
      file: properties,
      find: "return `${first} led in term ${String(currentTerm)}, and so does ${id}`",
      replace: "return `two leaders in term ${String(currentTerm)}`",
    },
  },
  {
    id: "told-one-of-two",
    what: "names one of two logs that do not match",
    breaks: [8],
    source: "rule 8: all that are to blame",
    edit: {
      file: properties,
      find: "const both = `${a.id} and ${b.id} both have an entry",
      replace: "const both = `${a.id} and another one both have an entry",
    },
  },
  {
    id: "scope-wrong",
    what: "Leader Append-Only says that it speaks of a state",
    breaks: [9],
    source: "then `exhaust` asks it once for each state",
    edit: {
      file: properties,
      find: 'name: "Leader Append-Only",\n  of: "step",',
      replace: 'name: "Leader Append-Only",\n  of: "state",',
    },
  },
  {
    id: "two-terms-of-entries",
    what: "two entries of different terms are taken for commits in two terms",
    breaks: [9],
    source: "one leader commits entries of two terms at once",
    edit: {
      file: properties,
      find: "committed.some(({ by }) => by !== committed[0]?.by)",
      replace: "committed.some(({ term }) => term !== committed[0]?.term)",
    },
  },
  {
    id: "two-terms-ends",
    what: "of what was committed, only the first and the last entry are compared",
    breaks: [9],
    source: "a slow server of an older term may come in between",
    edit: {
      file: properties,
      find: "committed.some(({ by }) => by !== committed[0]?.by)",
      replace: "committed.length > 1 && committed[0]?.by !== committed.at(-1)?.by",
    },
  },
  {
    id: "lc-term-jump",
    what: "Leader Completeness does not see that who led before leads another term now",
    breaks: [6],
    source: "a leader that does not step down",
    edit: {
      file: properties,
      find: 'after.role === "leader" && before.currentTerm === after.currentTerm',
      replace: 'after.role === "leader"',
    },
  },
  {
    id: "inspect-last",
    what: "inspect answers with the last property that is broken",
    breaks: [11],
    source: "a loop without an exit",
    edit: {
      file: properties,
      find: '  for (const property of properties) {\n    if (property.kind !== "always") continue',
      replace:
        '  for (const property of properties.toReversed()) {\n    if (property.kind !== "always") continue',
    },
  },

  // 8b. The cluster
  {
    id: "begin-empty",
    what: "a cluster of no servers is begun",
    breaks: [12],
    source: "`< 0` for `< 1`",
    edit: { file: world, find: "servers < 1", replace: "servers < 0" },
  },
  {
    id: "begin-from-zero",
    what: "the first server is n0",
    breaks: [12],
    source: "an index taken for a name",
    edit: { file: world, find: "`n${String(i + 1)}`", replace: "`n${String(i)}`" },
  },
  {
    id: "restart-keeps-commit",
    what: "commitIndex survives a crash",
    breaks: [13],
    source: "Figure 2: volatile state",
    edit: {
      file: world,
      find: "oldVoters, currentTerm, votedFor, log }\n}",
      replace: "oldVoters, currentTerm, votedFor, log, commitIndex: node.commitIndex }\n}",
    },
  },
  {
    id: "restart-keeps-role",
    what: "a leader is one after a crash",
    breaks: [13],
    source: "Figure 2: volatile state",
    edit: {
      file: world,
      find: "return { ...raft.initialNode(id, voters), oldVoters, currentTerm",
      replace: "return { ...raft.initialNode(id, voters), role: node.role, oldVoters, currentTerm",
    },
  },
  {
    id: "restart-forgets-vote",
    what: "a server forgets its vote when it crashes",
    breaks: [13],
    source: "Figure 2: votedFor is persistent",
    edit: {
      file: world,
      find: "oldVoters, currentTerm, votedFor, log }\n}",
      replace: "oldVoters, currentTerm, log, votedFor: votedFor === id ? votedFor : null }\n}",
    },
  },
  {
    id: "restart-forgets-old-voters",
    what: "a crash ends a change of membership",
    breaks: [13],
    source: "section 6",
    edit: {
      file: world,
      find: "return { ...raft.initialNode(id, voters), oldVoters, currentTerm",
      replace: "return { ...raft.initialNode(id, voters), oldVoters: oldVoters.slice(0, 0), currentTerm",
    },
  },
  {
    id: "restart-by-hand",
    what: "sets back the fields that it knows, whatever initialNode says",
    breaks: [13],
    source: "a Raft with fields of its own",
    edit: {
      file: world,
      find: "return { ...raft.initialNode(id, voters), oldVoters,",
      replace:
        'if (raft === null) raft.initialNode(id, voters)\n  return { ...node, commitIndex: 0, lastApplied: 0, role: "follower", leader: null, votesGranted: [], nextIndex: {}, matchIndex: {}, oldVoters,',
    },
  },
  {
    id: "crash-clears-network",
    what: "a crash takes all messages with it",
    breaks: [14],
    source: "what a server has sent is out of its hands",
    edit: {
      file: world,
      find: "return before ? become(world, at, before, restart(raft, before), []) : null",
      replace:
        "return before ? become({ ...world, inFlight: [] }, at, before, restart(raft, before), []) : null",
    },
  },
  {
    id: "sent-in-front",
    what: "new messages come before those that are under way",
    breaks: [14],
    source: "`unshift` for `push`",
    edit: { file: world, find: "inFlight.concat(sent)", replace: "sent.concat(inFlight)" },
  },
  {
    id: "sent-once",
    what: "a message that is under way already is not sent again",
    breaks: [14],
    source: "a set where a list belongs",
    edit: {
      file: world,
      find: "inFlight.concat(sent)",
      replace: "inFlight.concat(sent.filter((each) => find({ nodes, inFlight, history }, each) === -1))",
    },
  },
  {
    id: "deliver-leaves",
    what: "a delivered message stays under way",
    breaks: [15],
    source: "deliver and duplicate taken for one",
    edit: {
      file: world,
      find: ": happen(raft, rest, action.message.to, action.message)",
      replace: ": happen(raft, { ...rest, inFlight: world.inFlight }, action.message.to, action.message)",
    },
  },
  {
    id: "duplicate-removes",
    what: "nothing of a message stays under way that arrives with a copy",
    breaks: [15],
    source: "deliver and duplicate taken for one",
    edit: {
      file: world,
      find: '    case "duplicate":\n      if (find(world, action.message) === -1) return null\n      return happen(raft, world, action.message.to, action.message)\n',
      replace: '    case "duplicate":\n',
    },
  },
  {
    id: "drop-delivers",
    what: "a lost message arrives",
    breaks: [15],
    source: "a branch too few",
    edit: {
      file: world,
      find: 'return action.type === "drop"\n',
      replace: 'return action.type === "drop" && rest.nodes.length === 0\n',
    },
  },
  {
    id: "equal-messages-all",
    what: "all messages that are equal arrive at once",
    breaks: [15],
    source: "`filter` for `splice`",
    edit: {
      file: world,
      find: "const rest = { nodes, inFlight: inFlight.toSpliced(at, 1), history }",
      replace:
        "const rest = { ...world, inFlight: world.inFlight.filter((each) => !isDeepStrictEqual(each, action.message)) }",
    },
  },
  {
    id: "messages-by-identity",
    what: "a message is found only when it is the very same object",
    breaks: [15],
    source: "a schedule that was written to a file",
    edit: {
      file: world,
      find: "return at === -1 ? inFlight.findIndex((each) => isDeepStrictEqual(each, message)) : at",
      replace: "return isDeepStrictEqual(inFlight, []) ? -1 : at",
    },
  },
  {
    id: "messages-by-envelope",
    what: "messages of the same type, sender, receiver and term are taken for equal",
    breaks: [15],
    source: "the entries not compared",
    edit: {
      file: world,
      find: "inFlight.findIndex((each) => isDeepStrictEqual(each, message))",
      replace:
        "inFlight.findIndex((each) => isDeepStrictEqual([each.type, each.from, each.to, each.term], [message.type, message.from, message.to, message.term]))",
    },
  },
  {
    id: "moment-old-history",
    what: "the moment's history is the one before it",
    breaks: [16],
    source: "contract: this moment is in it",
    edit: {
      file: world,
      find: "nodes: world.nodes, history: world.history }",
      replace: "nodes: world.nodes, history }",
    },
  },
  {
    id: "moment-old-nodes",
    what: "the moment's servers are those before it",
    breaks: [16],
    source: "contract: all servers, as they are now",
    edit: {
      file: world,
      find: "nodes: world.nodes, history: world.history }",
      replace: "nodes, history: world.history }",
    },
  },
  {
    id: "moment-messages-only",
    what: "the moment's effects are only what was sent",
    breaks: [16],
    source: "effects taken for messages",
    edit: {
      file: world,
      find: "moment: { before, after, effects, nodes:",
      replace: 'moment: { before, after, effects: effects.filter(({ type }) => type === "send"), nodes:',
    },
  },
  {
    id: "stranger-loses",
    what: "a message to nobody in the cluster is lost when it is delivered, instead of being impossible",
    breaks: [17],
    source: "rule 17",
    edit: {
      file: world,
      find: 'return action.type === "drop"\n',
      replace: 'return action.type === "drop" || !world.nodes.some(({ id }) => id === action.message.to)\n',
    },
  },
  {
    id: "unknown-server-throws",
    what: "throws when there is no such server",
    breaks: [17],
    source: "a schedule that was made for more servers",
    edit: {
      file: world,
      find: "  if (!before) return null\n",
      replace: "  if (!before) throw new Error(`there is no server ${server}`)\n",
    },
  },
  {
    id: "act-mutates",
    what: "adds to the list of messages that it was given",
    breaks: [18],
    source: "a list that two worlds share",
    edit: {
      file: world,
      find: "inFlight: sent.length === 0 ? inFlight : inFlight.concat(sent),",
      replace: "inFlight: ((inFlight as Message[]).push(...sent), inFlight),",
    },
  },
  {
    id: "act-swallows",
    what: "what step throws is taken for impossible",
    breaks: [18],
    source: "a `catch` too many",
    edit: {
      file: world,
      find: "  const { state, effects } = raft.step(before, event)\n  return become(world, at, before, state, effects)\n",
      replace:
        "  try {\n    const { state, effects } = raft.step(before, event)\n    return become(world, at, before, state, effects)\n  } catch {\n    return null\n  }\n",
    },
  },
  {
    id: "replay-goes-on",
    what: "goes on after the violation, and answers with the last one",
    breaks: [19],
    source: trap("looking at the state on the way out"),
    edit: {
      file: world,
      find: "    violation = acted.violation\n    if (violation) break\n",
      replace: "    violation = acted.violation ?? violation\n",
    },
  },
  {
    id: "replay-keeps-impossible",
    what: "the schedule in the answer has what could not happen",
    breaks: [19],
    source: "contract: those that could not are left out",
    edit: {
      file: world,
      find: "    if (acted === null) continue\n    actions.push(action)\n    world = acted.world",
      replace: "    actions.push(action)\n    if (acted === null) continue\n    world = acted.world",
    },
  },
  {
    id: "replay-stops-at-impossible",
    what: "ends at the first action that cannot happen",
    breaks: [19],
    source: "`break` for `continue`",
    edit: {
      file: world,
      find: "    if (acted === null) continue\n    actions.push(action)\n    world = acted.world",
      replace: "    if (acted === null) break\n    actions.push(action)\n    world = acted.world",
    },
  },
  {
    id: "step-throws-overlooked",
    what: "an action whose step throws is left out",
    breaks: [19, 25],
    source: "rule 19: a step that throws is a violation",
    edit: {
      file: world,
      find: 'return { world, moment: null, violation: { property: "step throws", what: messageOf(error) } }',
      replace: "return messageOf(error) === null ? { world, moment: null, violation: null } : null",
    },
  },
  {
    id: "step-throws-without-words",
    what: "does not tell what step threw",
    breaks: [19],
    source: "rule 19: with the error's message",
    edit: {
      file: world,
      find: "return error instanceof Error ? `${error.name}: ${error.message}` : String(error)",
      replace: "return error instanceof Error ? error.name : String(error)",
    },
  },

  // 8c. Search
  {
    id: "search-unseeded",
    what: "draws from Math.random",
    breaks: [20],
    source: trap("a seed that is not all of it"),
    edit: {
      file: search,
      find: "const next = random(seed)",
      replace: "const next = seed < 0 ? random(seed) : Math.random",
    },
  },
  {
    id: "search-one-generator",
    what: "all schedules draw from the first one's generator, one after the other",
    breaks: [20],
    source: trap("found.seed does not find it again"),
    edit: [
      {
        file: search,
        find: "const next = random(seed)",
        replace:
          "const next = (shared = shared && seed > sharedFrom ? shared : ((sharedFrom = seed), random(seed)))",
      },
      {
        file: search,
        find: "/** More messages than this",
        replace: "let shared: Random | undefined\nlet sharedFrom = 0\n\n/** More messages than this",
      },
    ],
  },
  {
    id: "search-same-seed",
    what: "every schedule has the first one's seed",
    breaks: [20],
    source: "the same schedule a thousand times",
    edit: {
      file: search,
      find: "tryOut(raft, servers, seed + schedules,",
      replace: "tryOut(raft, servers, seed + 0 * schedules,",
    },
  },
  {
    id: "search-seed-off",
    what: "found.seed is that of the next schedule",
    breaks: [20],
    source: "counted up before it was used",
    edit: { file: search, find: "seed: seed + schedules - 1,", replace: "seed: seed + schedules," },
  },
  {
    id: "search-cut-short",
    what: "the action that breaks it is missing in what was found",
    breaks: [21],
    source: "the action noted after the check",
    edit: {
      file: search,
      find: "    actions.push(action)\n    world = attempted.world\n    violation = attempted.violation\n",
      replace:
        "    world = attempted.world\n    violation = attempted.violation\n    if (violation === null) actions.push(action)\n",
    },
  },
  {
    id: "search-too-long",
    what: "some more happens before the search notices",
    breaks: [21],
    source: "properties asked every ten actions",
    edit: [
      {
        file: search,
        find: "while (actions.length < length && violation === null) {",
        replace: "while (actions.length < length && (violation === null || actions.length % 10 !== 0)) {",
      },
      {
        file: search,
        find: "    violation = attempted.violation\n",
        replace: "    violation ??= attempted.violation\n",
      },
    ],
  },
  {
    id: "search-impossible",
    what: "what was found has actions that could not happen",
    breaks: [21],
    source: "noted before it was tried",
    edit: {
      file: search,
      find: "    if (attempted === null) continue\n    actions.push(action)\n",
      replace:
        '    if (attempted === null) continue\n    if (actions.length % 9 === 8) actions.push({ type: "drop", message: { type: "RequestVoteResponse", from: "n1", to: "n2", term: -1, voteGranted: false } })\n    actions.push(action)\n',
    },
  },
  {
    id: "search-never-crashes",
    what: "no server ever crashes",
    breaks: [22],
    source: "rule 22",
    edit: {
      file: search,
      find: "crash: pick([0, 0, 2], next),",
      replace: "crash: 0 * pick([0, 0, 2], next),",
    },
  },
  {
    id: "search-no-copies",
    what: "no message ever arrives twice",
    breaks: [22],
    source: "rule 22",
    edit: {
      file: search,
      find: "if (luck < weather.duplicate)",
      replace: "if (luck < 0 * weather.duplicate)",
    },
  },
  {
    id: "search-no-loss",
    what: "no message is ever lost",
    breaks: [22],
    source: "rule 22",
    edit: [
      { file: search, find: "next() * 100 - lost\n", replace: "next() * 100 - 0 * lost\n" },
      { file: search, find: "const crowded = 30", replace: "const crowded = 1e9" },
    ],
  },
  {
    id: "search-few-candidates",
    what: "the last server never times out",
    breaks: [22],
    source: "floor(random * (n - 1))",
    edit: {
      file: search,
      find: 'return { type: "timeout", server: pick(nodes, next).id }',
      replace:
        'return { type: "timeout", server: pick(nodes.length > 1 ? nodes.slice(0, -1) : nodes, next).id }',
    },
  },
  {
    id: "search-in-order",
    what: "messages arrive in the order in which they were sent",
    breaks: [26],
    source: "a network is no queue",
    edit: {
      file: search,
      find: "let message = pick(inFlight, next)",
      replace: "let message = inFlight[0] ?? pick(inFlight, next)\n  slow = 0",
    },
  },
  {
    id: "search-even-odds",
    what: "whatever can happen is as likely as everything else",
    breaks: [22, 26],
    source: "where a message is as likely to be lost as delivered, nobody is ever elected",
    edit: {
      file: search,
      find: "  let dice = next() * 100\n",
      replace:
        "  let dice = next() * 100\n  weather = { ...weather, timeout: 20, heartbeat: 12, propose: 12, crash: 20, entriesLost: 40, lost: 40, duplicate: 20 }\n",
    },
  },
  {
    id: "search-looks-away",
    what: "the properties are no longer asked after a hundred actions",
    breaks: [23],
    source: "an early violation is the usual one",
    edit: {
      file: search,
      find: "const attempted = attempt(raft, world, action, properties)",
      replace: "const attempted = attempt(raft, world, action, actions.length < 100 ? properties : [])",
    },
  },
  {
    id: "search-counts-planned",
    what: "counts the actions that it would have taken",
    breaks: [23],
    source: "schedules times length",
    edit: {
      file: search,
      find: "actions += run.schedule.actions.length",
      replace: "actions += run.violation ? length : length",
    },
  },
  {
    id: "search-one-too-many",
    what: "tries one schedule more than it may",
    breaks: [23],
    source: "`<=` for `<`",
    edit: {
      file: search,
      find: "while (schedules < most && found === null)",
      replace: "while (schedules <= most && found === null)",
    },
  },
  {
    id: "search-silent",
    what: "onProgress is called at the end only",
    breaks: [23],
    source: "contract: called after every schedule",
    edit: {
      file: search,
      find: "onProgress?.({ schedules, actions })",
      replace: "if (schedules === most || found) onProgress?.({ schedules, actions })",
    },
  },
  {
    id: "search-never-forgets",
    what: "never tells of the last schedule only",
    breaks: [24],
    source: "a set made anew for each schedule",
    edit: {
      file: search,
      find: "const run = tryOut(",
      replace:
        'for (const { kind, name } of properties) if (kind === "sometimes") awaited.add(name)\n    const run = tryOut(',
    },
  },
  {
    id: "search-never-empty",
    what: "never is always empty",
    breaks: [24],
    source: "the watchman not watched",
    edit: {
      file: search,
      find: "never: [...awaited] }",
      replace: "never: [...awaited].slice(awaited.size) }",
    },
  },
  {
    id: "search-own-properties",
    what: "asks Figure 3 whatever it was given",
    breaks: [21, 23],
    source: "an option not passed on",
    edit: {
      file: search,
      find: "attempt(raft, world, action, properties)",
      replace: "attempt(raft, world, action, figure3)",
    },
  },

  // 8d. Shrink
  {
    id: "shrink-one-round",
    what: "goes through single actions once",
    breaks: [28],
    source: trap("an earlier one may have become superfluous"),
    edit: {
      file: shrink,
      find: "else if (!progress) break",
      replace: "else if (before > -1 || !progress) break",
    },
  },
  {
    id: "shrink-in-pairs",
    what: "never tries a single action",
    breaks: [28],
    source: "ends when the pieces are small",
    edit: { file: shrink, find: "size > 0;) {", replace: "size > 1;) {" },
  },
  {
    id: "shrink-any",
    what: "is content with any violation",
    breaks: [27],
    source: trap("a schedule that breaks another property is another bug"),
    edit: {
      file: shrink,
      find: "violation?.property === property",
      replace: "property !== violation?.what && violation !== null",
    },
  },
  {
    id: "shrink-same-words",
    what: "wants to be told the very same",
    breaks: [28],
    source: "without a useless election, all later terms are smaller",
    edit: [
      {
        file: shrink,
        find: "const { property } = whole.violation",
        replace: "const { property, what } = whole.violation",
      },
      {
        file: shrink,
        find: "violation?.property === property",
        replace: "violation?.property === property && violation.what === what",
      },
    ],
  },
  {
    id: "shrink-breaks-nothing",
    what: "a schedule that breaks nothing is shrunk to nothing",
    breaks: [29],
    source: "rule 29",
    edit: {
      file: shrink,
      find: 'if (!whole.violation) throw new Error("there is nothing to shrink: this schedule breaks no property")',
      replace: "if (!whole.violation) return { ...schedule, actions: [] }",
    },
  },
  {
    id: "shrink-without-a-look",
    what: "turns every copy into a delivery, and does not look whether it still fails",
    breaks: [27],
    source: "one simplification too many",
    edit: {
      file: shrink,
      find: "if (broken(simpler) && simpler.schedule.actions.length === actions.length) simplest = simpler.schedule",
      replace:
        "if (broken(simpler) || simpler.schedule.actions.length > 0) simplest = { ...simplest, actions }",
    },
  },
  {
    id: "shrink-keeps-the-rest",
    what: "keeps what comes after the violation",
    breaks: [28],
    source: "rule 28",
    edit: {
      file: shrink,
      find: "  return withoutCopies(raft, smallest, properties, broken)\n",
      replace:
        "  const rest = schedule.actions.slice(whole.schedule.actions.length)\n  const { servers, actions } = withoutCopies(raft, smallest, properties, broken)\n  return { servers, actions: [...actions, ...rest] }\n",
    },
  },

  // 8e. Explain
  {
    id: "explain-no-reason",
    what: "names the property, and not what it tells",
    breaks: [30],
    source: "rule 30",
    edit: {
      file: explain,
      find: "violation.what]\n    : [",
      replace: "violation.what.slice(0, 0)]\n    : [",
    },
  },
  {
    id: "explain-all-well",
    what: "says that nothing is broken, whatever happens",
    breaks: [30],
    source: "the properties not passed on",
    edit: {
      file: explain,
      find: "replay(raft, schedule, properties)",
      replace: "replay(raft, schedule, properties.slice(properties.length))",
    },
  },
  {
    id: "explain-from-zero",
    what: "the first action has the number 0",
    breaks: [31],
    source: "an index for a number",
    edit: { file: explain, find: "String(i + 1).padStart(width)", replace: "String(i).padStart(width)" },
  },
  {
    id: "explain-skips-losses",
    what: "does not tell of lost messages",
    breaks: [31],
    source: "nothing seems to happen there",
    edit: {
      file: explain,
      find: "    if (attempted === null) continue\n",
      replace:
        '    if (attempted === null) continue\n    if (action.type === "drop" && i < actions.length - 1) continue\n',
    },
  },
  {
    id: "explain-nobody-loses",
    what: "does not say to whom a lost message was going",
    breaks: [31],
    source: "rule 31: the server it happens to",
    edit: {
      file: "words.ts",
      find: "return `${action.message.to} never gets ${tellMessage(action.message)}`",
      replace: "return `${tellMessage(action.message)} is lost`",
    },
  },
  {
    id: "explain-first-table",
    what: "the tables show a new cluster's logs",
    breaks: [32],
    source: "the variable from before the loop",
    edit: {
      file: explain,
      find: "...table(world, tables++)",
      replace: "...table(begin(raft, servers), tables++)",
    },
  },
  {
    id: "explain-no-last-table",
    what: "no table at the end",
    breaks: [32],
    source: "tables only where somebody is elected",
    edit: {
      file: explain,
      find: "if (!elected && i < actions.length - 1) continue",
      replace: "if (!elected && i < actions.length) continue",
    },
  },
  {
    id: "explain-commands",
    what: "the tables show commands instead of terms",
    breaks: [32],
    source: "Figure 8 shows terms",
    edit: {
      file: explain,
      find: "const term = log.entries[index - log.base.index - 1]?.term",
      replace: "const term = log.entries[index - log.base.index - 1]?.command?.toString()",
    },
  },

  // 8f. Exhaust
  {
    id: "exhaust-short-hash",
    what: "states with the same 16 bits of a hash are taken for one",
    breaks: [34],
    source: trap("with 16 bits, 65,536 states seem to be all there are"),
    edit: [
      { file: arena, find: "const hash = hashOf(row)\n", replace: "const hash = hashOf(row) & 0xffff\n" },
      {
        file: arena,
        find: "table[place] === hash && this.#equals(known - 1, row)",
        replace: "table[place] === hash && (known > 0 || this.#equals(known - 1, row))",
      },
    ],
  },
  {
    id: "exhaust-hash-is-state",
    what: "states with the same 32 bits of a hash are taken for one",
    breaks: [34],
    source: trap("with 32, two among a hundred thousand are taken for one more often than not"),
    edit: {
      file: arena,
      find: "table[place] === hash && this.#equals(known - 1, row)",
      replace: "table[place] === hash && (known > 0 || this.#equals(known - 1, row))",
    },
  },
  {
    id: "exhaust-forgets-history",
    what: "the history is no part of a state",
    breaks: [34],
    source: "the servers are the same, their past is not",
    edit: {
      file: space,
      find: "    row[history] = this.remembered(at(row, history), after)\n",
      replace: "    if (history < 0) row[history] = this.remembered(at(row, history), after)\n",
    },
  },
  {
    id: "exhaust-ordered-votes",
    what: "the order in which votes came makes a difference",
    breaks: [34],
    source: "rule 34: lists of servers are sets",
    edit: {
      file: "exhaust/normal.ts",
      find: "return isSet ? list.toSorted() : list",
      replace: "return isSet ? [...list] : list",
    },
  },
  {
    id: "exhaust-first-not-counted",
    what: "the first state is not counted",
    breaks: [34],
    source: "counted when found, and nobody finds the first",
    edit: { file: exhaust, find: "states: breadth.states,", replace: "states: breadth.states - 1," },
  },
  {
    id: "exhaust-no-loss",
    what: "no message is ever lost",
    breaks: [33],
    source: "rule 33: deliver, duplicate, drop",
    edit: {
      file: moves,
      find: 'if (this.#show("drop", server, message, -1, visitor)) return true',
      replace: 'if (server < -1 && this.#show("drop", server, message, -1, visitor)) return true',
    },
  },
  {
    id: "exhaust-no-copies",
    what: "no message ever arrives twice",
    breaks: [33],
    source: "rule 33: deliver, duplicate, drop",
    edit: {
      file: moves,
      find: "return this.#take(row, server, transition, -1, visitor, message)",
      replace: "return message < 0 && this.#take(row, server, transition, -1, visitor, message)",
    },
  },
  {
    id: "exhaust-terms-off",
    what: "one term more than it may",
    breaks: [33],
    source: "`<=` for `<`",
    edit: { file: space, find: "if (node.currentTerm < terms)", replace: "if (node.currentTerm <= terms)" },
  },
  {
    id: "exhaust-entries-off",
    what: "one entry more than it may",
    breaks: [33],
    source: "`<=` for `<`",
    edit: {
      file: space,
      find: "if (lastIndex(node.log) < entries)",
      replace: "if (lastIndex(node.log) <= entries)",
    },
  },
  {
    id: "exhaust-messages-lost",
    what: "a message too many is left out, and the move is taken all the same",
    breaks: [33],
    source: "rule 33: such a move is not taken",
    edit: {
      file: moves,
      find: "if (!add(next, space.inFlight, message + 1)) return false // out of bounds",
      replace: "add(next, space.inFlight, message + 1)",
    },
  },
  {
    id: "exhaust-leaders-only",
    what: "heartbeats and proposals happen to leaders only",
    breaks: [33],
    source: "what a follower makes of them is not looked at",
    edit: {
      file: space,
      find: 'transitions.push(this.#step(id, "heartbeat", { type: "heartbeatTimeout" }))',
      replace:
        'if (node.role === "leader") transitions.push(this.#step(id, "heartbeat", { type: "heartbeatTimeout" }))',
    },
  },
  {
    id: "exhaust-free-crashes",
    what: "servers crash as often as they like, once they may",
    breaks: [33, 34],
    source: "the crashes that are left are forgotten",
    edit: {
      file: space,
      find: "row[crashes] = at(row, crashes) - 1",
      replace: "row[crashes] = at(row, crashes)",
    },
  },
  {
    id: "exhaust-no-crashes",
    what: "nobody crashes",
    breaks: [33],
    source: "rule 33",
    edit: {
      file: space,
      find: "if (row[crashes] === 0) return false",
      replace: "if (at(row, crashes) >= 0) return false",
    },
  },
  {
    id: "symmetry-messages",
    what: "when servers are renamed, the messages keep their names",
    breaks: [35],
    source: "what is under way belongs to the world",
    edit: {
      file: symmetry,
      find: "this.#message(message - 1) + 1)",
      replace: "message + 0 * this.#message(message - 1))",
    },
  },
  {
    id: "symmetry-history",
    what: "when servers are renamed, the history keeps their names",
    breaks: [35],
    source: "leaders have names",
    edit: {
      file: symmetry,
      find: "into[history] = this.#history(at(row, history))",
      replace: "into[history] = at(row, history) + 0 * this.#history(at(row, history))",
    },
  },
  {
    id: "symmetry-servers-only",
    what: "of all renamings, takes the first with the smallest servers, whatever the messages",
    breaks: [35],
    source: "states that count as one are counted twice",
    edit: {
      file: symmetry,
      find: "if (order < 0 || isSmaller(candidate, into))",
      replace: "if (order < 0 || (order > 0 && isSmaller(candidate, into)))",
    },
  },
  {
    id: "symmetry-off",
    what: "every state counts by itself",
    breaks: [35],
    source: "an option not passed on",
    edit: {
      file: exhaust,
      find: "symmetry ? upToNames(space) : asItIs",
      replace: "symmetry && maxStates < 0 ? upToNames(space) : asItIs",
    },
  },
  {
    id: "exhaust-renamed-way",
    what: "the way to the violation is put together from states whose names have changed on the way",
    breaks: [36],
    source: "hint 6: finding your way back",
    edit: {
      file: exhaust,
      find: "reached = next.slice()",
      replace: "reached = next.slice()\n        this.#canonical(next, reached)",
    },
  },
  {
    id: "exhaust-other-names",
    what: "what is told of the violation has other names than its schedule",
    breaks: [36],
    source: "under symmetry, names have changed on the way",
    edit: {
      file: exhaust,
      find: "violation: replay(raft, schedule, properties).violation ?? violation",
      replace: "violation: violation ?? replay(raft, schedule, properties).violation",
    },
  },
  {
    id: "exhaust-idle-steps",
    what: "what happens in steps that change nothing has never happened",
    breaks: [39],
    source: "a refused proposal changes nothing",
    edit: {
      file: space,
      find: "for (const property of happens) this.idle.add(property)",
      replace: "for (const property of happens.slice(happens.length)) this.idle.add(property)",
    },
  },
  {
    id: "exhaust-depth-first",
    what: "follows the newest state first",
    breaks: [36],
    source: "a stack for a queue",
    edit: {
      file: exhaust,
      find: "    for (let depth = 0; ; depth++) {\n",
      replace:
        "    const open = [0]\n    for (let number = open.pop(); number !== undefined; number = open.pop()) {\n      this.#number = number\n      const known = this.#arena.size\n      this.#arena.read(number, this.#row)\n      if (this.#moves.expand(this.#row, this)) return 1\n      for (let next = known; next < this.#arena.size; next++) open.push(next)\n    }\n    for (let depth = 0; ; depth++) {\n",
    },
  },
  {
    id: "exhaust-complete-anyway",
    what: "is complete though a violation ended it",
    breaks: [33, 36],
    source: "nothing was proved",
    edit: {
      file: exhaust,
      find: "complete: breadth.complete && violation === null,",
      replace: "complete: breadth.complete || violation !== null,",
    },
  },
  {
    id: "exhaust-throw-escapes",
    what: "what step throws ends everything",
    breaks: [36],
    source: "rule 19 holds here, too",
    edit: {
      file: space,
      find: "    } catch (error) {\n",
      replace: "    } catch (error) {\n      if (id >= 0) throw error\n",
    },
  },
  {
    id: "exhaust-steps-to-new-states",
    what: "a step is looked at only when it leads to a new state",
    breaks: [37],
    source: "rule 37",
    edit: [
      {
        file: exhaust,
        find: "    if (transition !== -1) this.violation = this.#judge.step(transition)\n    if (this.violation) return true\n    this.#canonical",
        replace: "    this.#canonical",
      },
      {
        file: exhaust,
        find: "if (transition !== -1) this.violation = this.#judge.state(row, transition)",
        replace:
          "if (transition !== -1) this.violation = this.#judge.step(transition) ?? this.#judge.state(row, transition)",
      },
    ],
  },
  {
    id: "rounds-ignored",
    what: "the mode makes no difference",
    breaks: [38],
    source: "an option not passed on",
    edit: {
      file: exhaust,
      find: 'mode === "rounds" ? new Rounds(space)',
      replace: 'mode === "rounds" && maxStates < 0 ? new Rounds(space)',
    },
  },
  {
    id: "rounds-all-or-nobody",
    what: "a round reaches all of the others",
    breaks: [38],
    source: "rule 38: all subsets",
    edit: { file: rounds, find: "return subsets(others).some(", replace: "return [others].some(" },
  },
  {
    id: "rounds-one-answer",
    what: "a round ends when the first answers have come",
    breaks: [38],
    source: "rule 38: until nothing is under way",
    edit: { file: rounds, find: "const most = 100", replace: "const most = 2" },
  },
  {
    id: "rounds-elected-at-once",
    what: "what a new leader sends arrives in the election's round",
    breaks: [38],
    source: "rule 38: RequestVotes and their answers",
    edit: {
      file: rounds,
      find: 'return action !== "timeout" || type ===',
      replace: 'return action !== "nothing" || type ===',
    },
  },
  {
    id: "rounds-everybody-hears",
    what: "in an exchange, the others hear each other, too",
    breaks: [38],
    source: "rule 38: between this server and some of the others",
    edit: {
      file: rounds,
      find: "if (!talks.has(receiver) || !belongs(message, action)) continue",
      replace:
        "if (talks.size > 1 ? receiver === -1 : !talks.has(receiver) || !belongs(message, action)) continue",
    },
  },
  {
    id: "exhaust-never-empty",
    what: "never is always empty",
    breaks: [39],
    source: "the watchman not watched",
    edit: {
      file: exhaust,
      find: "never: judge.never,",
      replace: "never: judge.never.slice(judge.never.length),",
    },
  },
  {
    id: "exhaust-never-of-states",
    what: "what must happen in some state is never seen",
    breaks: [39],
    source: "only steps are asked",
    edit: {
      file: "exhaust/judge.ts",
      find: "if (this.#awaited.size > 0) {\n",
      replace: "if (this.#awaited.size < 0) {\n",
    },
  },
  {
    id: "exhaust-limit-complete",
    what: "is complete though the limit ended it",
    breaks: [40],
    source: "rule 40",
    edit: { file: exhaust, find: "        this.complete = false\n", replace: "" },
  },
  {
    id: "exhaust-limit-off",
    what: "finds one state more than it may",
    breaks: [40],
    source: "`>` for `>=`",
    edit: { file: arena, find: "if (this.#size >= most)", replace: "if (this.#size > most)" },
  },
  {
    id: "exhaust-progress-off",
    what: "onProgress counts distances from 1",
    breaks: [40],
    source: "rule 40: depth 0 when the first state was followed",
    edit: {
      file: exhaust,
      find: "onProgress?.({ states: this.#arena.size, depth })",
      replace: "onProgress?.({ states: this.#arena.size, depth: depth + 1 })",
    },
  },
  {
    id: "exhaust-depth-off",
    what: "the depth counts the last round, which found nothing",
    breaks: [40],
    source: "rule 40: that of the farthest state found",
    edit: {
      file: exhaust,
      find: "if (this.#arena.size === end) return depth",
      replace: "if (this.#arena.size === end) return depth + 1",
    },
  },

  // 8g. Your checks
  {
    id: "checks-of-logs-only",
    what: "only the log is checked",
    breaks: [42],
    source: "the catalogue's first table",
    edit: onlyChecks("...logChecks"),
  },
  {
    id: "checks-without-others",
    what: "only the log and the service are checked",
    breaks: [43],
    source: "what is easy to check",
    edit: onlyChecks("...logChecks, ...serviceChecks"),
  },
  {
    id: "checks-swallow",
    what: "what is wrong is noted, and nobody throws",
    breaks: [42],
    source: "a `catch` too many",
    edit: {
      file: "checks/check.ts",
      find: "          throw new Error(`${situation}: ${messageOf(error)}`, { cause: error })\n",
      replace: '          if (situation === "") throw new Error(messageOf(error), { cause: error })\n',
    },
  },
  {
    id: "checks-at-once",
    what: "a leader must send a command in the step in which it gets it",
    breaks: [41],
    source: "a choice of one's own taken for the paper's",
    edit: falseAlarm(
      "a command is sent at once",
      'const sent = raft.step(leader, { type: "propose", command: "x" }).effects.filter(({ type }) => type === "send")\n      if (sent.length === 0) throw new Error("nothing is sent")',
    ),
  },
  {
    id: "checks-own-fields",
    what: "a server may have no fields but the contract's",
    breaks: [41],
    source: "states compared whole",
    edit: falseAlarm(
      "only Figure 2's fields",
      'if (Object.keys(leader).length > 13) throw new Error("there is a field too many")',
    ),
  },
  {
    id: "checks-no-own-entry",
    what: "a new leader's log must be what it was",
    breaks: [41],
    source: "section 8 suggests an entry of its own",
    edit: falseAlarm(
      "an election leaves the log alone",
      'if (leader.log.entries.length > 0) throw new Error("the new leader has an entry")',
    ),
  },
  {
    id: "checks-endless",
    what: "waits for the leader's command to be sent, for ever",
    breaks: [41],
    source: "a loop until something happens that need not happen",
    edit: falseAlarm(
      "sooner or later it is sent",
      'let node = raft.step(leader, { type: "propose", command: "x" })\n      while (node.effects.every(({ type }) => type !== "send")) node = raft.step(node.state, { type: "propose", command: "y" })',
    ),
  },
]
