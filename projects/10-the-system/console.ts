import { describe, others } from "#03-planning"
import type { ConsoleCommands, RaftNode } from "../03-planning/contract.ts"
import type { Operated } from "./contract.ts"

/** Given. For an operator, and for `redis-cli ... RAFT state`. */
export function consoleCommands(engine: Operated): ConsoleCommands {
  return {
    state: {
      usage: "state",
      help: "what this server is, and what it knows",
      run: () => describe(engine.node),
    },
    status: { usage: "status", help: "the same as JSON, for programs", run: () => status(engine.node) },
    log: {
      usage: "log",
      help: "the end of its log, with what is committed",
      run: () => tellLog(engine.node),
    },
    leader: {
      usage: "leader",
      help: "who leads, as far as it knows",
      run: () => engine.node.leader ?? "nobody, as far as this server knows",
    },
    pause: {
      usage: "pause",
      help: "do nothing at all until `resume`; what comes in waits",
      run: () => {
        engine.pause()
        return "paused"
      },
    },
    stepdown: {
      usage: "stepdown",
      help: "stop leading; the others elect somebody",
      run: () => stepDown(engine),
    },
    resume: {
      usage: "resume",
      help: "go on",
      run: () => {
        engine.resume()
        return describe(engine.node)
      },
    },
  }
}

/** As if somebody had told of a newer term: a leader that hears that follows (section 5.1). */
function stepDown(engine: Operated): string {
  const { id, role, currentTerm } = engine.node
  const [other] = others(engine.node)
  if (role !== "leader") return `${id} does not lead`
  if (other === undefined) return "there is nobody else to lead"
  const term = currentTerm + 1
  engine.put({ type: "RequestVoteResponse", from: other, to: id, term, voteGranted: false })
  return describe(engine.node)
}

function status({ id, role, currentTerm, leader, log, commitIndex, lastApplied }: RaftNode): string {
  const lastIndex = log.base.index + log.entries.length
  return JSON.stringify({ id, role, currentTerm, leader, lastIndex, commitIndex, lastApplied })
}

function tellLog({ log, commitIndex }: RaftNode): string {
  const lines = log.entries.map(({ term, command }, i) => {
    const index = log.base.index + i + 1
    const mark = index <= commitIndex ? "committed" : "         "
    return `${String(index).padStart(6)}  term ${String(term)}  ${mark}  ${JSON.stringify(command).slice(0, 100)}`
  })
  return lines.slice(-20).join("\n") || "its log is empty"
}
