import type { Folder } from "../../projects/11-the-rest-of-raft/contract.ts"
import type { Random } from "../cluster/random.ts"

/** What a folder holds: the bytes by the name of the file. */
export type Files = ReadonlyMap<string, Uint8Array>

/** One way in which a crash may end, and how to tell it. */
export interface Outcome {
  readonly files: Files
  readonly what: string
}

/** A file, whatever it is called: all that it was since it was last synced, first what is on the disk, last what it is now. */
interface Inode {
  states: readonly Uint8Array[]
}

type Names = ReadonlyMap<string, Inode>

export class Crash extends Error {
  override readonly name = "Crash"
}

const nothing = new Uint8Array()

/**
 * A folder in memory that loses what was not synced, as a disk does when the power goes: of each file, some of the last
 * changes, and perhaps half of one; of the names, some of the last changes. What a process does to it can be stopped before
 * any of its changes.
 */
export class Disk {
  /** How many changes, and how many bytes, were asked for. */
  changes = 0
  written = 0
  closed = 0
  /** Before which change the power goes. */
  crashAt = Number.POSITIVE_INFINITY
  isDown = false
  /** Which change fails, once, as when the disk is full: of bytes that are written, half are there. */
  failAt = Number.POSITIVE_INFINITY
  hasFailed = false
  /** All that the names were since the folder was last synced. */
  #names: readonly Names[]

  constructor(files: Files = new Map()) {
    this.#names = [new Map([...files].map(([name, bytes]) => [name, { states: [bytes] }]))]
  }

  /** What a process sees. */
  get files(): Files {
    return new Map([...this.#now].map(([name, inode]) => [name, last(inode.states)]))
  }

  /** For a process that opens it. */
  open(): Folder {
    return {
      list: () => this.#look(() => [...this.#now.keys()]),
      read: (name) => this.#look(() => Uint8Array.from(last(this.#find(name).states))),
      write: (name, bytes) => {
        this.#writing(bytes, (some) => {
          this.#put(name, () => nothing)
          this.#write(name, some)
        })
      },
      append: (name, bytes) => {
        this.#writing(bytes, (some) => {
          this.#write(name, some)
        })
      },
      truncate: (name, length) => {
        this.#change(() => {
          this.#put(name, (bytes) => resized(bytes, length))
        })
      },
      rename: (from, to) => {
        this.#change(() => {
          const inode = this.#find(from)
          this.#rename((names) => [...names].filter(([name]) => name !== from && name !== to), [to, inode])
        })
      },
      remove: (name) => {
        this.#change(() => {
          if (this.#now.has(name)) this.#rename((names) => [...names].filter(([other]) => other !== name))
        })
      },
      sync: (name) => {
        this.#change(() => {
          const inode = this.#make(name)
          inode.states = [last(inode.states)]
        })
      },
      syncFolder: () => {
        this.#change(() => {
          this.#names = [this.#now]
        })
      },
      close: () => {
        this.closed++
      },
    }
  }

  /** A process that was stopped there was only killed: the next one finds all that it did, synced or not. */
  keepOn(): void {
    this.crashAt = Number.POSITIVE_INFINITY
    this.isDown = false
  }

  /** All the ways in which it may be found after a crash now. */
  *outcomes(): Generator<Outcome> {
    for (const [at, names] of this.#names.entries()) {
      const lost = this.#names.length - 1 - at
      for (const outcome of combinations([...names]))
        yield { ...outcome, what: [...tellNames(lost), ...outcome.what].join(", ") || "nothing is lost" }
    }
  }

  /** One of these ways. */
  outcome(random: Random): Outcome {
    const all = [...this.outcomes()]
    // All is lost, or nothing, often enough; and sometimes anything else.
    return random.chance(0.3) ? random.pick([all[0] ?? random.pick(all), random.pick(all)]) : random.pick(all)
  }

  /** The worst way: whatever was not synced is lost. */
  get durable(): Files {
    const [names = new Map<string, Inode>()] = this.#names
    return new Map([...names].map(([name, { states }]) => [name, states[0] ?? nothing]))
  }

  get #now(): Names {
    return last(this.#names)
  }

  #look<T>(answer: () => T): T {
    if (this.isDown) throw new Crash("the power is off")
    return answer()
  }

  #change(make: () => void, makeHalf: () => void = () => undefined): void {
    if (this.changes === this.crashAt) this.isDown = true
    this.#look(() => {
      if (this.changes++ !== this.failAt) {
        make()
        return
      }
      this.hasFailed = true
      makeHalf()
      throw new Error("ENOSPC: no space left on device")
    })
  }

  #writing(bytes: Uint8Array, make: (some: Uint8Array) => void): void {
    this.#change(
      () => {
        make(bytes)
      },
      () => {
        make(bytes.subarray(0, Math.floor(bytes.length / 2)))
      },
    )
  }

  #find(name: string): Inode {
    const inode = this.#now.get(name)
    if (!inode) throw new Error(`ENOENT: there is no file ${name}`)
    return inode
  }

  #make(name: string): Inode {
    const known = this.#now.get(name)
    if (known) return known
    const inode = { states: [nothing] }
    this.#rename((names) => [...names], [name, inode])
    return inode
  }

  #rename(
    rest: (names: Names) => readonly (readonly [string, Inode])[],
    ...more: readonly [string, Inode][]
  ): void {
    this.#names = [...this.#names, new Map([...rest(this.#now), ...more])]
  }

  #write(name: string, bytes: Uint8Array): void {
    this.written += bytes.length
    this.#put(name, (before) => Buffer.concat([before, bytes]))
  }

  #put(name: string, change: (before: Uint8Array) => Uint8Array): void {
    const inode = this.#make(name)
    const before = last(inode.states)
    const after = change(before)
    if (after.length !== before.length) inode.states = [...inode.states, after]
  }
}

function last<T>(list: readonly T[]): T {
  const found = list.at(-1)
  if (found === undefined) throw new Error("there is always one")
  return found
}

function resized(bytes: Uint8Array, length: number): Uint8Array {
  const result = new Uint8Array(length)
  result.set(bytes.subarray(0, length))
  return result
}

function tellNames(lost: number): readonly string[] {
  return lost === 0 ? [] : [`the last ${String(lost)} changes of names are lost`]
}

/** Each file in each of its ways, with every other file in each of its. */
function* combinations(
  names: readonly (readonly [string, Inode])[],
): Generator<{ readonly files: Files; readonly what: readonly string[] }> {
  const [first, ...rest] = names
  if (!first) {
    yield { files: new Map(), what: [] }
    return
  }
  const [name, inode] = first
  for (const others of combinations(rest))
    for (const { bytes, what } of survivals(inode))
      yield {
        files: new Map([[name, bytes], ...others.files]),
        what: [...(what === "" ? [] : [`${name}: ${what}`]), ...others.what],
      }
}

function* survivals({ states }: Inode): Generator<{ readonly bytes: Uint8Array; readonly what: string }> {
  for (const [i, bytes] of states.entries()) {
    const lost = states.length - 1 - i
    yield { bytes, what: lost === 0 ? "" : `the last ${String(lost)} changes are lost` }
    const next = states[i + 1]
    if (next && next.length > bytes.length) yield* tears(bytes, next)
  }
}

/** What a crash may make of bytes that are being appended: some are there, and where others are to be may be zeros. */
function* tears(
  before: Uint8Array,
  after: Uint8Array,
): Generator<{ readonly bytes: Uint8Array; readonly what: string }> {
  const length = after.length - before.length
  const cuts = new Set([1, 7, Math.floor(length / 2), length - 1].filter((cut) => cut > 0 && cut < length))
  for (const cut of cuts) {
    const there = `of ${String(length)} bytes appended, `
    const start = after.subarray(0, before.length + cut)
    yield { bytes: start, what: `${there}the first ${String(cut)} are there` }
    yield { bytes: resized(start, after.length), what: `${there}all but the first ${String(cut)} are zeros` }
    const hole = Uint8Array.from(after)
    hole.fill(0, before.length, before.length + cut)
    yield { bytes: hole, what: `${there}the first ${String(cut)} are zeros` }
  }
  yield { bytes: resized(before, after.length), what: `the ${String(length)} bytes appended are zeros` }
}
