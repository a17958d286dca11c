import { apply, emptyState } from "#01-kv-server"
import * as z from "zod"
import type { Json } from "../../projects/03-planning/contract.ts"
import type { StateMachine } from "../../projects/06-consensus/contract.ts"
import type {
  Command,
  MachineState,
  Request,
  RespValue,
  Session,
} from "../../projects/10-the-system/contract.ts"

export const maxSessions = 1_000

interface Answer {
  readonly state: MachineState
  readonly result: RespValue
}

export const machine: StateMachine<MachineState, RespValue> = {
  initial: { store: emptyState, applied: 0, opened: 0, sessions: {} },
  apply: (before, json) => {
    const state = { ...before, applied: before.applied + 1 }
    const request = parse(json)
    if (!request) return { state, result: error("ERR the log has an entry that is no request") }
    switch (request.type) {
      case "plain":
        return execute(state, request.command)
      case "open":
        return open(state)
      case "once":
        return once(state, request)
    }
  },
}

function execute(state: MachineState, command: Command): Answer {
  const { state: store, result } = apply(state.store as typeof emptyState, command)
  return { state: { ...state, store }, result }
}

/** Named by number: the same name on every server, and never the same name twice. */
function open(state: MachineState): Answer {
  const opened = state.opened + 1
  const session: Session = { sequence: 0, reply: null, used: state.applied }
  const sessions = { ...forgetOldest(state.sessions), [String(opened)]: session }
  return { state: { ...state, opened, sessions }, result: { type: "bulk", value: String(opened) } }
}

/** By the machine's own count and not by a clock: every server forgets the same one, at the same entry. */
function forgetOldest(sessions: MachineState["sessions"]): MachineState["sessions"] {
  const entries = Object.entries(sessions)
  if (entries.length < maxSessions) return sessions
  const oldest = Math.min(...entries.map(([, { used }]) => used))
  return Object.fromEntries(entries.filter(([, { used }]) => used !== oldest))
}

/** Section 8: a command whose number was seen is not done again; its client gets the answer that it missed. */
function once(state: MachineState, { session: name, sequence, command }: Request & { type: "once" }): Answer {
  const session = Object.hasOwn(state.sessions, name) ? state.sessions[name] : undefined
  // Doing it would be a guess: perhaps it was done before the session was forgotten.
  if (!session) return { state, result: error(`NOSESSION there is no session ${name}, or it was forgotten`) }
  if (sequence < session.sequence)
    return { state, result: error(`ERR session ${name} is at ${String(session.sequence)} already`) }
  const done = sequence === session.sequence
  const { state: after, result } =
    done && session.reply ? { state, result: session.reply } : execute(state, command)
  const used: Session = { sequence, reply: result, used: state.applied }
  return { state: { ...after, sessions: { ...after.sessions, [name]: used } }, result }
}

const command = z.object({ name: z.string(), args: z.array(z.string()) })
const shape = z.discriminatedUnion("type", [
  z.object({ type: z.literal("plain"), command }),
  z.object({ type: z.literal("open") }),
  z.object({ type: z.literal("once"), session: z.string(), sequence: z.int().positive(), command }),
])

function parse(json: Json): Request | undefined {
  const parsed = shape.safeParse(json)
  return parsed.success ? parsed.data : undefined
}

export function toRequest(command: Command): Request | (RespValue & { type: "error" }) {
  if (command.name.toUpperCase() !== "SESSION") return { type: "plain", command }
  const [what = "", session, number, name, ...args] = command.args
  if (what.toUpperCase() === "OPEN" && command.args.length === 1) return { type: "open" }
  if (what.toUpperCase() !== "ONCE" || session === undefined || number === undefined || name === undefined)
    return error("ERR SESSION OPEN, or SESSION ONCE <session> <sequence> <command...>")
  if (!/^[1-9]\d{0,14}$/.test(number))
    return error(`ERR a sequence is a whole number from 1 on, not '${number}'`)
  return { type: "once", session, sequence: Number(number), command: { name, args } }
}

export function error(value: string): RespValue & { readonly type: "error" } {
  return { type: "error", value }
}
