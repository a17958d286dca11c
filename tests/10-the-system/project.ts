import * as z from "zod"
import { same, show, subject } from "#suite"
import { command, simple, value } from "../01-kv-server/project.ts"
import type { Json } from "../../projects/03-planning/contract.ts"
import type { MachineState, Project, Request, RespValue } from "../../projects/10-the-system/contract.ts"

export { bulk, command, integer } from "../01-kv-server/project.ts"

const node = z.looseObject({
  id: z.string(),
  currentTerm: z.number(),
  log: z.object({ entries: z.array(z.unknown()) }),
})
const service = z.object({
  machine: z.unknown(),
  waiting: z.array(z.object({ index: z.number(), term: z.number(), proposal: z.unknown() })),
})
const output = z.discriminatedUnion("type", [
  z.object({ type: z.literal("save"), before: node, after: node }),
  z.object({ type: z.literal("send"), message: z.looseObject({ type: z.string(), to: z.string() }) }),
  z.object({ type: z.literal("reply"), client: z.unknown(), reply: value }),
  z.object({ type: z.literal("resetElectionTimer") }),
])

export const project = subject<Project>({
  exports: {
    machine: "value",
    maxSessions: "value",
    toRequest: "function",
    startReplica: "function",
    handle: "function",
    openJournal: "function",
    startServer: "function",
    connectCluster: "function",
    listen: "function",
    consoleCommands: "function",
  },
  returns: {
    startReplica: z.object({ node, service }),
    handle: z.object({ replica: z.object({ node, service }), outputs: z.array(output) }),
  },
})

export const ok = simple("OK")

export const plain = (line: string): Request => ({ type: "plain", command: command(line) })
export const open: Request = { type: "open" }
export const once = (session: string, sequence: number, line: string): Request => {
  return { type: "once", session, sequence, command: command(line) }
}

const answered = z.object({
  state: z.object({
    store: z.unknown(),
    applied: z.number(),
    opened: z.number(),
    sessions: z.record(
      z.string(),
      z.object({ sequence: z.number(), reply: value.nullable(), used: z.number() }),
    ),
  }),
  result: value,
})

/** The machine, one request after the other. */
export class Machine {
  state: MachineState = project.machine.initial

  /** What it answers. */
  do(request: Json | Request): RespValue {
    // As it comes out of a log: plain data, and nobody else's.
    const json = JSON.parse(JSON.stringify(request)) as Json
    const { state, result } = project.machine.apply(this.state, json)
    const shape = answered.safeParse({ state, result })
    if (!shape.success) {
      const [issue] = shape.error.issues
      same(
        issue?.message,
        "the contract's shape",
        `machine.apply, at ${issue?.path.join(".") ?? ""}: ${show(result)}`,
      )
    }
    this.state = state
    return result
  }

  /** Does it and compares the answer. */
  answers(request: Json | Request, expected: RespValue, scenario: string): void {
    same(this.do(request), expected, scenario)
  }
}

/** Whether it is an error reply that begins with this word. */
export function isError(reply: RespValue | undefined, word: string): boolean {
  return reply?.type === "error" && reply.value.split(" ")[0] === word
}
