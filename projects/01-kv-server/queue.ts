// 1b. A queue whose `shift` waits.

import { notImplemented } from "../not-implemented.ts"
import type { AsyncQueue as Contract } from "./contract.ts"

/** Given: what `push` throws and `shift` rejects with, once the queue is closed. */
export class QueueClosed extends Error {
  override readonly name = "QueueClosed"
}

export class AsyncQueue<T> implements Contract<T> {
  // Can there ever be items and people waiting at the same time?

  get size(): number {
    return notImplemented("AsyncQueue.size", "1, rule 12")
  }

  push(item: T): void {
    notImplemented("AsyncQueue.push", "1, rules 12 to 16")
  }

  shift(): Promise<T> {
    return notImplemented("AsyncQueue.shift", "1, rules 12 to 16")
  }

  close(): void {
    notImplemented("AsyncQueue.close", "1, rule 16")
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return notImplemented("AsyncQueue's async iterator", "1, rule 17")
  }
}
