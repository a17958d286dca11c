import type { ConsoleCommands, ServerId } from "../03-planning/contract.ts"
import type { ChangeMembership, FullNode, TransferLeadership } from "./contract.ts"

/** What the console needs of an engine. */
export interface Operated {
  readonly node: FullNode
  put(event: ChangeMembership | TransferLeadership): void
}

/** Given. What an operator of project 11 can do beyond project 10. */
export function fullCommands(engine: Operated): ConsoleCommands {
  return {
    members: {
      usage: "members [<server>...]",
      help: "who has a vote; with names: these shall, and no others (ask the leader)",
      run: (voters) => {
        if (voters.length === 0) return tellMembers(engine.node)
        return onLeader(
          engine,
          { type: "changeMembership", voters },
          "begun; ask `members` how far it has come",
        )
      },
    },
    transfer: {
      usage: "transfer <server>",
      help: "let another server lead (ask the leader)",
      run: ([to]) =>
        to === undefined
          ? "transfer <server>: whom to?"
          : onLeader(engine, { type: "transferLeadership", to }, "begun; ask `leader` who leads"),
    },
    snapshot: {
      usage: "snapshot",
      help: "what the log begins with",
      run: () => {
        const { lastIncludedIndex, lastIncludedTerm, data } = engine.node.snapshot
        return `up to entry ${String(lastIncludedIndex)} of term ${String(lastIncludedTerm)}, ${String(data.length)} characters`
      },
    },
  }
}

function onLeader(engine: Operated, event: ChangeMembership | TransferLeadership, done: string): string {
  const { id, role, leader } = engine.node
  if (role !== "leader") return `${id} does not lead; ${leader ?? "nobody it knows"} does`
  engine.put(event)
  return done
}

function tellMembers({ voters, oldVoters, change, configured, commitIndex }: FullNode): string {
  const list = (servers: readonly ServerId[]): string => servers.join(", ")
  if (change) return `${list(voters)}; ${list(change.voters)} are to be, and some are catching up`
  if (oldVoters.length > 0) return `${list(oldVoters)}, on the way to ${list(voters)}`
  return configured.index > commitIndex ? `${list(voters)}, which is not committed yet` : list(voters)
}
