import type { Effect, Log, Message, RaftNode } from "../../projects/03-planning/contract.ts"
import type { Action, Moment } from "../../projects/08-testing/contract.ts"

/** The terms of a log's entries, in order. */
function termsOf({ entries }: Pick<Log, "entries">): string {
  return entries.length === 0 ? "empty" : entries.map(({ term }) => String(term)).join(" ")
}

/** A log in a few words. */
export function tellLog(log: Log): string {
  const behind = log.base.index === 0 ? "" : ` behind (${String(log.base.index)}, ${String(log.base.term)})`
  return log.entries.length === 0 ? `an empty log${behind}` : `a log with terms ${termsOf(log)}${behind}`
}

/** What happens, without its full stop. */
export function tellAction(action: Action): string {
  switch (action.type) {
    case "timeout":
      return `${action.server} times out`
    case "heartbeat":
      return `${action.server}'s heartbeat is due`
    case "propose":
      return `A client proposes ${JSON.stringify(action.command)} to ${action.server}`
    case "crash":
      return `${action.server} crashes and comes back`
    case "deliver":
      return `${action.message.to} gets ${tellMessage(action.message)}`
    case "duplicate":
      return `${action.message.to} gets ${tellMessage(action.message)}, and a copy stays under way`
    case "drop":
      return `${action.message.to} never gets ${tellMessage(action.message)}`
  }
}

function tellMessage(message: Message): string {
  return `${message.type} from ${message.from} (term ${String(message.term)}, ${details(message)})`
}

function details(message: Message): string {
  switch (message.type) {
    case "AppendEntries": {
      const { prevLogIndex, prevLogTerm, entries } = message
      const what = entries.length === 0 ? "no entries" : `entries of terms ${termsOf(message)}`
      return `${what} after ${place(prevLogIndex, prevLogTerm)}`
    }
    case "AppendEntriesResponse":
      return message.success ? `has all up to ${String(message.matchIndex)}` : "refused"
    case "RequestVote":
      return `its log ends with ${place(message.lastLogIndex, message.lastLogTerm)}`
    case "RequestVoteResponse":
      return message.voteGranted ? "granted" : "refused"
  }
}

function place(index: number, term: number): string {
  return index === 0 ? "nothing" : `entry ${String(index)} of term ${String(term)}`
}

/** What a server made of it: all that a reader must know to follow the story. */
export function tellReaction({ before, after, effects }: Moment): string {
  const { log, commitIndex, matchIndex } = after
  const learned = Object.entries(matchIndex).filter(
    ([peer, match]) => after.role === "leader" && match > (before.matchIndex[peer] ?? 0),
  )
  const said = [
    ...roleChange(before, after),
    ...voteChange(before, after),
    ...(log === before.log ? [] : [`has ${tellLog(log)}`]),
    ...learned.map(([peer, match]) => `knows that ${peer} has all up to ${String(match)}`),
    ...(commitIndex > before.commitIndex
      ? [`takes all up to entry ${String(commitIndex)} for committed`]
      : []),
    ...sending(effects),
  ]
  return said.length === 0 ? "Nothing changes." : `It ${said.join("; ")}.`
}

function roleChange(before: RaftNode, { role, currentTerm }: RaftNode): readonly string[] {
  const term = `term ${String(currentTerm)}`
  const isNewTerm = currentTerm !== before.currentTerm
  if (!isNewTerm && role === before.role) return []
  switch (role) {
    case "candidate":
      return [`stands for election in ${term}`]
    case "leader":
      return [`leads ${term}`]
    case "follower":
      return [
        `${isNewTerm ? "enters" : "follows in"} ${term}${before.role === "leader" ? " and leads no more" : ""}`,
      ]
  }
}

function voteChange(before: RaftNode, after: RaftNode): readonly string[] {
  const { votedFor, votesGranted, id, role } = after
  const isNew = votedFor !== before.votedFor || after.currentTerm !== before.currentTerm
  if (votedFor !== null && votedFor !== id && isNew) return [`votes for ${votedFor}`]
  const grown =
    role === "candidate" && before.role === "candidate" && votesGranted.length > before.votesGranted.length
  return grown ? [`has the votes of ${votesGranted.join(", ")}`] : []
}

/** What it sends, each type of message once. */
function sending(effects: readonly Effect[]): readonly string[] {
  const receivers = new Map<string, string[]>()
  for (const effect of effects) {
    if (effect.type !== "send") continue
    const { type, to } = effect.message
    receivers.set(type, [...(receivers.get(type) ?? []), to])
  }
  return [...receivers].map(([type, to]) => `sends ${type} to ${[...new Set(to)].join(", ")}`)
}
