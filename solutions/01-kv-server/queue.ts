import type { AsyncQueue as Contract } from "../../projects/01-kv-server/contract.ts"

export class QueueClosed extends Error {
  override readonly name = "QueueClosed"
}

interface Waiter<T> {
  readonly resolve: (item: T) => void
  readonly reject: (error: Error) => void
}

/** Either items wait for takers, or takers wait for items; never both. */
export class AsyncQueue<T> implements Contract<T> {
  readonly #items: T[] = []
  readonly #waiters: Waiter<T>[] = []
  #closed = false

  get size(): number {
    return this.#items.length
  }

  push(item: T): void {
    if (this.#closed) throw new QueueClosed("push after close")
    const waiter = this.#waiters.shift()
    if (waiter) waiter.resolve(item)
    else this.#items.push(item)
  }

  shift(): Promise<T> {
    // A queue of undefineds is a queue too: ask for the length, not for the item.
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift() as T)
    if (this.#closed) return Promise.reject(new QueueClosed("the queue is closed and empty"))
    return new Promise<T>((resolve, reject) => this.#waiters.push({ resolve, reject }))
  }

  close(): void {
    this.#closed = true
    for (const { reject } of this.#waiters.splice(0)) reject(new QueueClosed("the queue was closed"))
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      let item: T
      try {
        item = await this.shift()
      } catch (error) {
        if (error instanceof QueueClosed) return
        throw error
      }
      yield item
    }
  }
}
