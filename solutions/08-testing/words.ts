import type { Log, Message } from "../../projects/03-planning/contract.ts"

/** The terms of a log's entries, in order. */
export function entries({ entries }: Pick<Log, "entries">): string {
  return entries.map(({ term }) => String(term)).join(" ")
}

/** A log in a few words. */
export function terms(log: Log): string {
  const behind = log.base.index === 0 ? "" : ` behind (${String(log.base.index)}, ${String(log.base.term)})`
  return log.entries.length === 0 ? `an empty log${behind}` : `a log with terms ${entries(log)}${behind}`
}

export function tellMessage(message: Message): string {
  return `${message.from}'s ${message.type} of term ${String(message.term)} (${details(message)})`
}

function details(message: Message): string {
  switch (message.type) {
    case "AppendEntries": {
      const { prevLogIndex, prevLogTerm } = message
      const what = message.entries.length === 0 ? "no entries" : `entries of terms ${entries(message)}`
      return `after entry ${String(prevLogIndex)} of term ${String(prevLogTerm)}: ${what}`
    }
    case "AppendEntriesResponse":
      return message.success ? `has entry ${String(message.matchIndex)}` : "refused"
    case "RequestVote":
      return `last entry ${String(message.lastLogIndex)} of term ${String(message.lastLogTerm)}`
    case "RequestVoteResponse":
      return message.voteGranted ? "granted" : "refused"
  }
}
