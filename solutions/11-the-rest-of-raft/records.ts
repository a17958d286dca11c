import { crc32 } from "node:zlib"

/**
 * A record: the length of what it holds, that one's checksum, the checksum of these eight bytes (all little endian, four
 * bytes each), and what it holds. Two checksums, since without a length that can be trusted nobody knows where the next
 * record begins, and whether there is one.
 */
const headLength = 12

export function toRecord(text: string): Uint8Array {
  const body = Buffer.from(text)
  const bytes = Buffer.alloc(headLength + body.length)
  bytes.writeUInt32LE(body.length, 0)
  bytes.writeUInt32LE(crc32(body), 4)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 8)), 8)
  bytes.set(body, headLength)
  return bytes
}

export interface Records {
  readonly texts: readonly string[]
  /** How many bytes they take: what is behind them was being written when the power went. */
  readonly length: number
}

/** @param name  of the file, for the error  @throws Error when there is something that was never written so */
export function readRecords(bytes: Uint8Array, name: string): Records {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const texts: string[] = []
  for (let at = 0; ;) {
    const end = endOf(file, at)
    if (end !== null && end <= file.length && isWhole(file, at)) {
      texts.push(file.toString("utf8", at + headLength, end))
      at = end
    } else if (at === file.length || isTorn(file, at, end)) return { texts, length: at }
    else
      throw new Error(
        `${name} is damaged at byte ${String(at)}: what is there was never written so, and more follows. ` +
          "Do not start this server on it: bring it back from a copy, or start it anew and let the others send it a snapshot",
      )
  }
}

/** Where the record ends that begins there; null when that cannot be known. */
function endOf(file: Buffer, at: number): number | null {
  if (at + headLength > file.length) return null
  if (crc32(file.subarray(at, at + 8)) !== file.readUInt32LE(at + 8)) return null
  return at + headLength + file.readUInt32LE(at)
}

function isWhole(file: Buffer, at: number): boolean {
  const end = endOf(file, at)
  return (
    end !== null &&
    end <= file.length &&
    crc32(file.subarray(at + headLength, end)) === file.readUInt32LE(at + 4)
  )
}

/**
 * A record is synced before the next one is written, so only the last one can be torn. If another one follows, this one
 * was whole once, and somebody may have been told that it is safe.
 */
function isTorn(file: Buffer, at: number, end: number | null): boolean {
  if (end !== null) return end >= file.length
  for (let next = at + 1; next + headLength <= file.length; next++) if (isWhole(file, next)) return false
  return true
}
