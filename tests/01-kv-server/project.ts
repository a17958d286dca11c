import * as z from "zod"
import { show, subject } from "#suite"
import type { Command, Decoded, Project, RespValue } from "../../projects/01-kv-server/contract.ts"

export const value: z.ZodType<RespValue> = z.lazy(() =>
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("simple"), value: z.string() }),
    z.object({ type: z.literal("error"), value: z.string() }),
    z.object({ type: z.literal("integer"), value: z.string() }),
    z.object({ type: z.literal("bulk"), value: z.string() }),
    z.object({ type: z.literal("null") }),
    z.object({ type: z.literal("array"), items: z.array(value) }),
  ]),
)

export const project = subject<Project>({
  exports: {
    RespDecoder: "class",
    encode: "function",
    AsyncQueue: "class",
    emptyState: "value",
    apply: "function",
    startServer: "function",
    connect: "function",
  },
  returns: {
    encode: z.instanceof(Uint8Array),
    apply: z.object({ state: z.unknown(), result: value }),
  },
})

const decoded = z.object({ values: z.array(value), error: z.string().nullable() })

/** Feeds chunks to a fresh decoder of theirs and joins what comes out. */
export function decode(
  chunks: readonly Uint8Array[],
  limits?: ConstructorParameters<Project["RespDecoder"]>[0],
): Decoded {
  const decoder = limits ? new project.RespDecoder(limits) : new project.RespDecoder()
  const values: RespValue[] = []
  let error: string | null = null
  for (const chunk of chunks) {
    const answer = decoded.parse(decoder.push(chunk))
    values.push(...answer.values)
    error = answer.error
  }
  return { values, error }
}

export const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1")
export const latin1 = (data: Uint8Array): string => Buffer.from(data).toString("latin1")

export const simple = (text: string): RespValue => ({ type: "simple", value: text })
export const bulk = (text: string): RespValue => ({ type: "bulk", value: text })
export const integer = (n: number | bigint): RespValue => ({ type: "integer", value: String(n) })
export const array = (...items: readonly RespValue[]): RespValue => ({ type: "array", items })
export const nothing: RespValue = { type: "null" }

/** `SET k v` as a command. */
export function command(line: string): Command {
  const [name = "", ...args] = line.split(" ")
  return { name, args }
}

/** Applies commands one after the other, from the empty state; the last result. */
export function run(...lines: readonly string[]): RespValue {
  let state = project.emptyState
  let result: RespValue = nothing
  for (const line of lines) ({ state, result } = project.apply(state, command(line)))
  return result
}

export function told(chunk: Uint8Array): string {
  return show(latin1(chunk))
}
