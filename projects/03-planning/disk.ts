/** Given: what a console's server keeps over a crash, in the simplest way there is. Project 11 does it properly. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { z } from "zod"
import type { RaftNode, ServerId } from "./contract.ts"

const persistent = z.object({
  currentTerm: z.int().nonnegative(),
  votedFor: z.string().nullable(),
  log: z.object({
    base: z.object({ index: z.int(), term: z.int() }),
    entries: z.array(z.object({ term: z.int(), command: z.json() })),
  }),
})

/** Figure 2, "State": persistent on all servers. */
export type Persistent = Pick<RaftNode, "currentTerm" | "votedFor" | "log">

/** One file, written anew whenever something in it changes. */
export class Disk {
  readonly #file: string

  /** @param name  of the program: each has its own servers */
  constructor(name: string, id: ServerId) {
    this.#file = join(import.meta.dirname, "..", "..", ".workshop", "console", name, `${id}.json`)
  }

  /** What was saved last; undefined when nothing was, or when it cannot be read. */
  load(): Persistent | undefined {
    try {
      return persistent.parse(JSON.parse(readFileSync(this.#file, "utf8")))
    } catch {
      return undefined
    }
  }

  save({ currentTerm, votedFor, log }: Persistent): void {
    mkdirSync(dirname(this.#file), { recursive: true })
    writeFileSync(`${this.#file}.new`, JSON.stringify({ currentTerm, votedFor, log }))
    renameSync(`${this.#file}.new`, this.#file) // a server that is killed here has the old file or the new one
  }
}
