import { createHmac, timingSafeEqual } from "node:crypto"
import * as z from "zod"
import type { Codec, Json, Ping } from "../../projects/03-planning/contract.ts"
import type { FullMessage } from "../../projects/11-the-rest-of-raft/contract.ts"
import { entryText, noteText } from "./text.ts"

export type FullPacket = FullMessage | Ping

/** The format's version: project 3's is 1, and knows less. */
const version = 3

const natural = z.int().nonnegative()
const id = z.string().min(1)
const envelope = { from: id, to: id, term: natural }
const command = z.custom<Json>((value) => value !== undefined, "missing")
const last = { lastLogIndex: natural, lastLogTerm: natural }

const packet: z.ZodType<FullPacket> = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("AppendEntries"),
    ...envelope,
    prevLogIndex: natural,
    prevLogTerm: natural,
    entries: z.array(z.strictObject({ term: natural, command })),
    leaderCommit: natural,
  }),
  z.object({
    type: z.literal("AppendEntriesResponse"),
    ...envelope,
    success: z.boolean(),
    matchIndex: natural,
    conflict: z.object({ term: natural.nullable(), index: natural }).exactOptional(),
  }),
  z.object({
    type: z.literal("RequestVote"),
    ...envelope,
    ...last,
    leadershipTransfer: z.literal(true).exactOptional(),
  }),
  z.object({ type: z.literal("RequestVoteResponse"), ...envelope, voteGranted: z.boolean() }),
  z.object({
    type: z.literal("InstallSnapshot"),
    ...envelope,
    lastIncludedIndex: natural,
    lastIncludedTerm: natural,
    configuration: z.object({ voters: z.array(id), oldVoters: z.array(id) }),
    offset: natural,
    data: z.string(),
    done: z.boolean(),
  }),
  z.object({
    type: z.literal("InstallSnapshotResponse"),
    ...envelope,
    lastIncludedIndex: natural,
    received: natural,
    installed: z.boolean(),
  }),
  z.object({ type: z.enum(["Confirm", "ConfirmResponse"]), ...envelope, round: natural }),
  z.object({ type: z.literal("PreVote"), ...envelope, proposedTerm: natural, ...last }),
  z.object({
    type: z.literal("PreVoteResponse"),
    ...envelope,
    proposedTerm: natural,
    voteGranted: z.boolean(),
  }),
  z.object({ type: z.literal("TimeoutNow"), ...envelope }),
  z.object({ type: z.enum(["Ping", "Pong"]), from: id, to: id, nonce: z.number() }),
])

/**
 * Given. Packets as JSON: a line for the message, and one for each of its entries. So a server has each entry as the
 * leader wrote it, and need not write it out once more for its own disk. With a secret, each is signed with it: who does
 * not know it can neither make one nor change one, and may read all of them. (One that is sent again is nothing worse than
 * one that comes late.)
 */
export function fullCodec(secret?: string): Codec<FullPacket> {
  return secret === undefined ? { encode, decode } : signed(secret)
}

function encode(message: FullPacket): Uint8Array {
  const entries = message.type === "AppendEntries" ? message.entries : []
  const head = entries.length === 0 ? message : { ...message, entries: [] }
  return Buffer.from([JSON.stringify({ v: version, ...head }), ...entries.map(entryText)].join("\n"))
}

/** @throws Error saying which field is wrong */
function decode(bytes: Uint8Array): FullPacket {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
  const [head = "", ...lines] = text.split("\n")
  const json: unknown = JSON.parse(head)
  if (typeof json !== "object" || json === null || !("v" in json) || json.v !== version)
    throw new Error(`v: this server speaks version ${String(version)} only`)
  const entries = lines.map((line): unknown => JSON.parse(line))
  const checked = packet.safeParse(lines.length === 0 ? json : { ...json, entries })
  if (checked.success) {
    if (checked.data.type === "AppendEntries")
      for (const [i, entry] of checked.data.entries.entries()) noteText(entry, lines[i])
    return checked.data
  }
  const faults = checked.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`)
  throw new Error(`a packet has wrong fields: ${faults.slice(0, 5).join("; ")}`)
}

function signed(secret: string): Codec<FullPacket> {
  const sign = (bytes: Uint8Array): Uint8Array => createHmac("sha256", secret).update(bytes).digest()
  return {
    encode: (message) => {
      const bytes = encode(message)
      return Buffer.concat([sign(bytes), bytes])
    },
    decode: (bytes) => {
      const [signature, body] = [bytes.subarray(0, 32), bytes.subarray(32)]
      if (signature.length < 32 || !timingSafeEqual(signature, sign(body)))
        throw new Error("a packet is not signed with the secret of this cluster")
      return decode(body)
    },
  }
}
