import { createHash } from "node:crypto"
import { lastIndex, lastTerm } from "#04-the-log"
import type { RaftNode } from "../03-planning/contract.ts"
import type { Summary, TraceEvent } from "./contract.ts"

/** Given. Writes down what happens, a line each, and hashes the lines as they come. */
export class Trace {
  readonly #onLine: ((line: string) => void) | undefined
  readonly #hash = createHash("sha256")
  /** Hashed many at a time: that is several times faster. */
  #lines: string[] = []

  constructor(onLine: ((line: string) => void) | undefined) {
    this.#onLine = onLine
  }

  write(event: TraceEvent): void {
    const line = JSON.stringify(event)
    this.#onLine?.(line)
    if (this.#lines.push(line) >= 256) this.#flush()
  }

  /** Of all lines, each with a line feed behind it. After this, nothing more can be written. */
  digest(): string {
    this.#flush()
    return this.#hash.digest("hex")
  }

  #flush(): void {
    if (this.#lines.length > 0) this.#hash.update(this.#lines.join("\n") + "\n")
    this.#lines = []
  }
}

/** Given. A server in a few words. */
export function summary({ role, currentTerm, votedFor, log, commitIndex }: RaftNode): Summary {
  return {
    role,
    term: currentTerm,
    votedFor,
    lastIndex: lastIndex(log),
    lastTerm: lastTerm(log),
    commitIndex,
  }
}

/** Given. Whether a step changed anything: heartbeats and their answers mostly do not. */
export function isWorthALine(before: RaftNode, after: RaftNode): boolean {
  if (before === after) return false
  return (Object.keys(after) as (keyof RaftNode)[]).some((field) => before[field] !== after[field])
}
