import { isDeepStrictEqual } from "node:util"
import type {
  AppendEntries,
  AppendEntriesResponse,
  Effect,
  Entry,
  Message,
  RaftEvent,
  RaftNode,
  RequestVote,
  Stepped,
} from "../../../projects/03-planning/contract.ts"
import type { Raft } from "../../../projects/08-testing/contract.ts"
import { follower, lastIndex, sent, termAt } from "./build.ts"
import { freeze, same, tell } from "./check.ts"
import { lie } from "./truth.ts"

// What is so of every step of every Raft, whatever the server was and whatever happens to it. A Raft that is watched
// throws when it breaks one of these, in a scenario as in the middle of a search.

export function watched(raft: Raft): Raft {
  return { initialNode: (id, voters) => raft.initialNode(id, voters), step: watch(raft.step) }
}

function watch(step: Raft["step"]): Raft["step"] {
  return (before, event) => {
    const stepped = step(freeze(before), freeze(event))
    const { state: after, effects } = stepped
    const answers = sent(effects, "AppendEntriesResponse")
    const granted = sent(effects, "RequestVoteResponse").some(({ voteGranted }) => voteGranted)
    const happening = { before, event, after, effects, answers, granted }
    for (const [name, law] of all) {
      const wrong = law(happening)
      if (wrong !== null) throw new Error(`${name}: ${before.id} gets ${tell(event)}. ${wrong}`)
    }
    return stepped
  }
}

/** One watched step, taken twice: a server is a function, and what it answers is plain data. */
export function reaction(raft: Raft, node: RaftNode, event: RaftEvent): Stepped<RaftNode, Effect> {
  const { step } = watched(raft)
  const [first, again] = [step(node, event), step(node, event)]
  same(again.state, first.state, "the same step once more")
  same(again.effects, first.effects, "the same step's effects once more")
  same(JSON.parse(JSON.stringify(first.state)), first.state, "the state as JSON")
  return first
}

interface Happening {
  readonly before: RaftNode
  readonly event: RaftEvent
  readonly after: RaftNode
  readonly effects: readonly Effect[]
  /** To an AppendEntries. */
  readonly answers: readonly AppendEntriesResponse[]
  /** Whether a vote is. */
  readonly granted: boolean
}

/** `null`, or how it is broken. */
type Law = (happening: Happening) => string | null

const laws: Readonly<Record<string, Law>> = {
  "who speaks tells the truth": ({ before, after, effects }) => lie(before, after, effects),

  "a message of an older term changes nothing": ({ before, event, after, effects, answers, granted }) => {
    if (!isMessage(event) || event.term >= before.currentTerm) return null
    const change = changeOf(before, after)
    if (change !== null) return change
    const yes = granted || answers.some(({ success }) => success)
    return yes || effects.some(({ type }) => type !== "send") ? `it says yes to it: ${tell(effects)}` : null
  },

  "terms go up by messages and elections only": ({ before, event, after }) => {
    const stands = event.type === "electionTimeout" && before.role !== "leader"
    const own = before.currentTerm + (stands ? 1 : 0)
    const expected = isMessage(event) ? Math.max(own, event.term) : own
    return expect("currentTerm", after.currentTerm, [expected])
  },

  "a newer term makes a follower, a timeout a candidate": ({ before, event, after }) =>
    expect("role", after.role, rolesAfter(before, event)),

  "a vote is for its term": ({ before, event, after, granted }) => {
    const kept = before.currentTerm === after.currentTerm ? before.votedFor : null
    if (kept !== null) return expect("votedFor", after.votedFor, [kept])
    switch (event.type) {
      case "electionTimeout":
        return before.role === "leader" ? null : expect("votedFor", after.votedFor, [after.id])
      case "RequestVote":
        return expect("votedFor", after.votedFor, [granted ? event.from : null])
      case "AppendEntries":
        return expect("votedFor", after.votedFor, [null, event.from])
      default:
        return expect("votedFor", after.votedFor, [null])
    }
  },

  "who gets a vote is up to date": ({ before, event, granted }) =>
    event.type === "RequestVote" && granted && !isUpToDate(event, before)
      ? `a vote for a log that is behind its own`
      : null,

  "the timer restarts when there is a leader, or may soon be": ({
    before,
    event,
    after,
    effects,
    granted,
  }) => {
    const expected =
      event.type === "AppendEntries"
        ? event.term >= before.currentTerm && after.role === "follower"
        : event.type === "RequestVote"
          ? granted
          : event.type === "electionTimeout" && before.role !== "leader"
    const resets = effects.some(({ type }) => type === "resetElectionTimer")
    return resets === expected ? null : `it ${resets ? "restarts" : "does not restart"} its election timer`
  },

  "requests are answered": ({ before, event, after, effects, answers }) => {
    if (event.type === "RequestVote" && event.term >= before.currentTerm)
      return answerTo(event, sent(effects, "RequestVoteResponse"))
    if (event.type !== "AppendEntries" || event.term < before.currentTerm || after.role === "leader")
      return null
    for (const { success, matchIndex } of answers) {
      // A server may also know that it matches as far as it has committed.
      const matches = [lastNewIndex(event), Math.max(lastNewIndex(event), before.commitIndex)]
      if (success && !matches.includes(matchIndex))
        return expect("the answer's matchIndex", matchIndex, matches)
    }
    return answerTo(event, answers) ?? expect("leader", after.leader, [event.from])
  },

  "a log changes by its leader's word only": (happening) =>
    happening.after.role === "leader" ? leaderLog(happening) : followerLog(happening),

  "proposals are answered once": ({ event, effects }) => {
    const answers = effects.filter(({ type }) => type === "accepted" || type === "refused")
    return expect("answers to proposals", answers.length, [event.type === "propose" ? 1 : 0])
  },

  "what a leader knows of others is what they told": ({ before, event, after }) => {
    if (before.role !== "leader" || after.role !== "leader") return null
    const news = event.type === "AppendEntriesResponse" && event.term === before.currentTerm ? event : null
    for (const [peer, match] of Object.entries(after.matchIndex)) {
      const known = before.matchIndex[peer]
      if (known === undefined) return `it takes ${peer} for a follower`
      const told = news?.from === peer && news.success ? news.matchIndex : 0
      const wrong = expect(`matchIndex of ${peer}`, match, [Math.max(known, told)])
      if (wrong !== null) return wrong
      const next = after.nextIndex[peer] ?? 0
      if (next <= match)
        return `nextIndex of ${peer} is ${String(next)}, but it matches up to ${String(match)}`
    }
    return null
  },

  "commitIndex moves by proof only": ({ before, event, after, answers }) => {
    const { commitIndex, currentTerm, role } = after
    if (role === "leader") {
      const isOwn = termAt(after.log, commitIndex) === currentTerm
      return commitIndex === before.commitIndex || (commitIndex > before.commitIndex && isOwn)
        ? null
        : `from ${String(before.commitIndex)} it moves to ${String(commitIndex)}`
    }
    const fitted = answers.some(({ success }) => success)
    const proven =
      event.type === "AppendEntries" && fitted ? Math.min(event.leaderCommit, lastNewIndex(event)) : 0
    return expect("commitIndex", commitIndex, [Math.max(before.commitIndex, proven)])
  },

  "what is committed is applied, once, in order": ({ before, after, effects }) => {
    const { log, commitIndex, lastApplied } = after
    if (lastApplied !== commitIndex) return expect("lastApplied", lastApplied, [commitIndex])
    const applied = effects.flatMap((effect) =>
      effect.type === "apply" ? [{ index: effect.index, entry: effect.entry }] : [],
    )
    const from = before.lastApplied - log.base.index
    const expected = log.entries
      .slice(from, commitIndex - log.base.index)
      .map((entry, i) => ({ index: before.lastApplied + 1 + i, entry }))
    const isAll = applied.length + expected.length === 0 || isDeepStrictEqual(applied, expected)
    return isAll ? null : `it applies ${tell(applied)}, not ${tell(expected)}`
  },
}

const all = Object.entries(laws)

function expect<T>(what: string, got: T, allowed: readonly T[]): string | null {
  return allowed.includes(got) ? null : `${what} is ${tell(got)}, not ${allowed.map(tell).join(" or ")}`
}

function isMessage(event: RaftEvent): event is Message {
  return "term" in event
}

/** Of the fields that the contract has; a Raft may keep others beside them. */
function changeOf(before: RaftNode, after: RaftNode): string | null {
  const was = new Map<string, unknown>(Object.entries(before))
  const is = new Map<string, unknown>(Object.entries(after))
  for (const [field, value] of is) {
    if (!(field in blank) || isDeepStrictEqual(value, was.get(field))) continue
    return `its ${field} becomes ${tell(value)}, and was ${tell(was.get(field))}`
  }
  return null
}

const blank = follower()

/** Section 5.4.1. */
function isUpToDate({ lastLogIndex, lastLogTerm }: RequestVote, { log }: RaftNode): boolean {
  const [index, term] = [lastIndex(log), termAt(log, lastIndex(log)) ?? 0]
  return lastLogTerm > term || (lastLogTerm === term && lastLogIndex >= index)
}

function rolesAfter({ role, currentTerm }: RaftNode, event: RaftEvent): readonly RaftNode["role"][] {
  if (isMessage(event) && event.term > currentTerm) return ["follower"]
  if (role === "leader") return ["leader"]
  if (event.type === "electionTimeout") return ["candidate", "leader"]
  if (role === "follower" || (event.type === "AppendEntries" && event.term === currentTerm))
    return ["follower"]
  // A candidate that cannot win any more may give up.
  return event.type === "RequestVoteResponse" ? ["candidate", "leader", "follower"] : ["candidate", "leader"]
}

function lastNewIndex({ prevLogIndex, entries }: AppendEntries): number {
  return prevLogIndex + entries.length
}

function answerTo({ type, from }: Message, answers: readonly Message[]): string | null {
  if (answers.length === 0) return `it does not answer ${type}`
  return answers.every(({ to }) => to === from) ? null : `it answers ${type}, but not to ${from}`
}

/** A leader appends: a proposal, or an entry of its own when it is elected. */
function leaderLog({ before, event, after }: Happening): string | null {
  if (after.log === before.log && event.type !== "propose") return null
  const kept = after.log.entries.slice(0, before.log.entries.length)
  if (!isDeepStrictEqual(kept, before.log.entries)) return `a leader's log loses entries`
  const added = after.log.entries.slice(before.log.entries.length)
  const own: Entry = { term: after.currentTerm, command: null }
  const allowed: readonly (readonly Entry[])[] =
    event.type === "propose"
      ? [[{ ...own, command: event.command }]]
      : before.role === "leader"
        ? [[]]
        : [[], [own]]
  return allowed.some((each) => isDeepStrictEqual(added, each)) ? null : `a leader's log gets ${tell(added)}`
}

/** The consistency check decides (section 5.3). What lies below a log's base is for the checks of the log alone. */
function followerLog({ before, event, after, answers }: Happening): string | null {
  const isNews = event.type === "AppendEntries" && event.term >= before.currentTerm
  const answer = isNews ? answers.at(-1) : undefined
  if (!isNews || !answer?.success) {
    const changed = isDeepStrictEqual(after.log, before.log) ? null : `its log becomes ${tell(after.log)}`
    const fitted = isNews && termAt(before.log, event.prevLogIndex) === event.prevLogTerm
    return changed ?? (fitted ? "it refuses what fits" : null)
  }
  const { prevLogIndex, prevLogTerm, entries } = event
  if (prevLogIndex < before.log.base.index) return null
  if (termAt(before.log, prevLogIndex) !== prevLogTerm) return "it takes what does not fit"
  const lacks = entries.findIndex(({ term }, i) => termAt(after.log, prevLogIndex + 1 + i) !== term)
  return lacks === -1 ? null : `it lacks entry ${String(prevLogIndex + 1 + lacks)}, and says that it has it`
}
