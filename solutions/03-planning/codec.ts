import * as z from "zod"
import type { Json, Packet } from "../../projects/03-planning/contract.ts"

/** The format's version. Whoever changes the format counts it up, and servers of both kinds can tell what they meet. */
const version = 1

/** Whatever is nested deeper than this was made to hurt: walking through it would overflow the stack. */
const maxDepth = 100

const natural = z.int().nonnegative()
const envelope = { from: z.string().min(1), to: z.string().min(1), term: natural }
const ping = { from: z.string().min(1), to: z.string().min(1), nonce: z.number() }

// It comes from JSON.parse, so it is JSON; what remains to be seen is whether it is there.
const command = z.custom<Json>((value) => value !== undefined, "missing")

/** The contract's `Packet`, for values whose type nobody has promised. */
const packet: z.ZodType<Packet> = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("AppendEntries"),
    ...envelope,
    prevLogIndex: natural,
    prevLogTerm: natural,
    entries: z.array(z.object({ term: natural, command })),
    leaderCommit: natural,
  }),
  z.object({
    type: z.literal("AppendEntriesResponse"),
    ...envelope,
    success: z.boolean(),
    matchIndex: natural,
    conflict: z.object({ term: natural.nullable(), index: natural }).exactOptional(),
  }),
  z.object({ type: z.literal("RequestVote"), ...envelope, lastLogIndex: natural, lastLogTerm: natural }),
  z.object({ type: z.literal("RequestVoteResponse"), ...envelope, voteGranted: z.boolean() }),
  z.object({ type: z.enum(["Ping", "Pong"]), ...ping }),
])

export function encodeMessage(message: Packet): Uint8Array {
  return Buffer.from(JSON.stringify({ v: version, ...message }), "utf8")
}

export function decodeMessage(bytes: Uint8Array): Packet {
  const json = parse(bytes)
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    const kind = json === null ? "null" : Array.isArray(json) ? "a list" : `a ${typeof json}`
    throw new Error(`a packet is a JSON object, not ${kind}`)
  }
  if (isDeeper(json, maxDepth)) throw new Error(`a packet nested more than ${String(maxDepth)} levels deep`)
  const v: unknown = "v" in json ? json.v : undefined
  if (v !== version) {
    throw new Error(
      `v: this packet has version ${told(v)}; this server speaks version ${String(version)} only`,
    )
  }
  const checked = packet.safeParse(json)
  if (checked.success) return checked.data
  const faults = checked.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`)
  throw new Error(`a packet has wrong fields: ${faults.slice(0, 5).join("; ")}`)
}

function parse(bytes: Uint8Array): unknown {
  let text: string
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch (error) {
    throw new Error("a packet is text in UTF-8; these bytes are not", { cause: error })
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`a packet is JSON; this is not: ${String(error)}`, { cause: error })
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1))
}

function told(value: unknown): string {
  return value === undefined ? "(none)" : JSON.stringify(value).slice(0, 40)
}
