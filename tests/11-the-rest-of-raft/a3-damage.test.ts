import { check, CheckFailure, fail, group, same } from "#suite"
import type { Saved } from "../../projects/11-the-rest-of-raft/contract.ts"
import { lived, oldBytes } from "./crashes.ts"
import { Disk, type Files } from "./disk.ts"
import { comesBack, openOn, steps, tellSaves, where } from "./lives.ts"

/** Of a long file, every fourth byte is enough. */
const stride = (length: number): number => (length > 300 ? 4 : 1)

const changed = (bytes: Uint8Array, at: number, by: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ by : byte))

/** Opens damaged files: the state that comes back is one of these, or it is refused as rule 5 has it. */
function refusesOr(files: Files, allowed: readonly Saved[], file: string, scenario: string): void {
  const disk = new Disk(files)
  try {
    comesBack(openOn(disk).saved, allowed, scenario)
  } catch (failure) {
    const cause =
      failure instanceof CheckFailure && failure.failure.kind === "threw" ? failure.cause : undefined
    if (!(cause instanceof Error)) throw failure
    const { message } = cause
    const isPlace = /\d/.test(message.replaceAll(file, ""))
    if (!message.includes(where) || !message.includes(file) || !isPlace)
      fail("broken", "an error that does not say which file is damaged, and where", {
        scenario,
        expected: `an error that names ${where}, ${file} and the place in it`,
        got: message,
      })
    same(unlike(disk.files, files), [], `${scenario}; it is refused: the files that are not as they were`)
  }
}

function unlike(some: Files, others: Files): readonly string[] {
  const names = new Set([...some.keys(), ...others.keys()])
  return [...names].filter((name) => {
    const [a, b] = [some.get(name), others.get(name)]
    return a === undefined || b === undefined || Buffer.compare(a, b) !== 0
  })
}

group("11a", "The disk", () => {
  check(
    "11a.18",
    [5],
    "any byte that was synced before the last save has changed: it is refused",
    () => {
      for (const { after, count } of steps.filter(({ count }) => [2, 6, 10].includes(count))) {
        const [old, now] = [lived(count - 1), lived(count)]
        for (const { name, length } of oldBytes(old, now))
          for (let at = 0; at < length; at += stride(length)) {
            const bytes = changed(now.get(name) ?? new Uint8Array(), at, [0x01, 0x80, 0xff][at % 3] ?? 1)
            const scenario = `${tellSaves(count)}; byte ${String(at)} of ${name} (of ${String(length)} before the last save) has changed`
            refusesOr(new Map([...now, [name, bytes]]), [after], name, scenario)
          }
      }
    },
    { slow: 3 },
  )

  check(
    "11a.19",
    [5],
    "a stretch of what was synced has become zeros, or something else: it is refused",
    () => {
      for (const { after, count } of steps.filter(({ count }) => [6, 10, 13].includes(count))) {
        const [old, now] = [lived(count - 1), lived(count)]
        for (const { name, length } of oldBytes(old, now))
          for (const size of [12, 64, length])
            for (let at = 0; at + size <= length; at += size)
              for (const [what, fill] of [
                ["zeros", 0],
                ["35s", 35],
              ] as const) {
                const bytes = Uint8Array.from(now.get(name) ?? []).fill(fill, at, at + size)
                const scenario = `${tellSaves(count)}; bytes ${String(at)} to ${String(at + size)} of ${name} (of ${String(length)} before the last save) are ${what}`
                refusesOr(new Map([...now, [name, bytes]]), [after], name, scenario)
              }
      }
    },
    { slow: 2 },
  )

  check(
    "11a.20",
    [5],
    "a byte of the last save has changed: as if it had never been, or refused; never something else",
    () => {
      for (const { before, after, count } of steps.filter(({ count }) => [1, 5, 7, 8].includes(count))) {
        const now = lived(count)
        for (const [name, bytes] of now)
          for (let at = 0; at < bytes.length; at += stride(bytes.length)) {
            const scenario = `${tellSaves(count)}; byte ${String(at)} of ${String(bytes.length)} of ${name} has changed`
            refusesOr(new Map([...now, [name, changed(bytes, at, 0x81)]]), [before, after], name, scenario)
          }
      }
    },
    { slow: 2 },
  )
})
