import { machine } from "#10-the-system"
import * as z from "zod"
import type { Json } from "../03-planning/contract.ts"
import type { StateMachine } from "../06-consensus/contract.ts"
import type { MachineState, Request, RespValue } from "../10-the-system/contract.ts"
import { isConfiguration } from "./configuration.ts"

/** Project 10's machine, for which a change of the configuration is nothing. */
export const fullMachine: StateMachine<MachineState, RespValue | null> = {
  initial: machine.initial,
  apply: (state, command: Json) =>
    isConfiguration(command) ? { state, result: null } : machine.apply(state, command),
}

export function write(state: MachineState): string {
  return JSON.stringify(state)
}

const written = z.looseObject({
  store: z.unknown(),
  applied: z.number(),
  opened: z.number(),
  sessions: z.record(z.string(), z.looseObject({ sequence: z.number(), used: z.number() })),
})

function isState(value: unknown): value is MachineState {
  return written.safeParse(value).success
}

/** @throws Error when it is nothing that `write` has written; the text "" is the state before the first command */
export function read(data: string): MachineState {
  if (data === "") return machine.initial
  const state: unknown = JSON.parse(data)
  if (isState(state)) return state
  throw new Error(`this is no state of the machine: ${data.slice(0, 80)}`)
}

const readers = new Set(["GET", "EXISTS", "KEYS", "ECHO"])

/** Whether it leaves everything as it is. In a session it does not: the session remembers it. */
export function isRead(request: Request): boolean {
  return request.type === "plain" && readers.has(request.command.name.toUpperCase())
}

/** Looks up, and changes nothing: not even the machine's count of entries, which must be the same everywhere. */
export function look(state: MachineState, request: Request): RespValue {
  return machine.apply(state, toEntry(request)).result
}

export function toEntry(request: Request): Json {
  return "command" in request ? { ...request, command: { ...request.command } } : request
}
