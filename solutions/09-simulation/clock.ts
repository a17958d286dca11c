import type { Millis, VirtualClock } from "../../projects/09-simulation/contract.ts"

export function createClock(): VirtualClock {
  return new Clock()
}

class Clock implements VirtualClock {
  readonly #due = new Heap()
  #now: Millis = 0
  #asked = 0

  get now(): Millis {
    return this.#now
  }

  at(time: Millis, callback: () => void): () => void {
    this.#requireFuture("time", time)
    const due: Due = { time, order: this.#asked++, callback }
    this.#due.push(due)
    // It stays in the heap until its time comes: looking for it would cost more.
    return () => {
      due.callback = null
    }
  }

  run(until: Millis): void {
    this.#requireFuture("until", until)
    for (let due = this.#due.first; due && due.time <= until; due = this.#due.first) {
      this.#due.pop()
      const { callback } = due
      if (callback === null) continue
      due.callback = null
      this.#now = due.time
      callback()
    }
    this.#now = until
  }

  #requireFuture(name: string, time: Millis): void {
    if (time >= this.#now) return // never true of NaN
    throw new RangeError(`${name} must not be before now, ${String(this.#now)}: it is ${String(time)}`)
  }
}

interface Due {
  readonly time: Millis
  readonly order: number
  /** Nothing once it was called, or cancelled. */
  callback: (() => void) | null
}

/** Without the order of asking, two for the same time would come in whatever order the heap has them. */
function isBefore(a: Due, b: Due): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order)
}

/** A binary heap: each is before the two at 2i + 1 and 2i + 2, so the first of all is at 0. */
class Heap {
  readonly #items: Due[] = []

  get first(): Due | undefined {
    return this.#items[0]
  }

  /** Up from the end, past all that come after it. */
  push(item: Due): void {
    const items = this.#items
    let place = items.length
    while (place > 0) {
      const parentPlace = (place - 1) >> 1
      const parent = items[parentPlace]
      if (!parent || isBefore(parent, item)) break
      items[place] = parent
      place = parentPlace
    }
    items[place] = item
  }

  /** The last one takes the first one's place, and goes down past all that come before it. */
  pop(): void {
    const items = this.#items
    const item = items.pop()
    if (!item || items.length === 0) return
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      const [a, b] = [items[left], items[left + 1]]
      if (!a) break
      const [child, childPlace] = b && isBefore(b, a) ? [b, left + 1] : [a, left]
      if (isBefore(item, child)) break
      items[place] = child
      place = childPlace
    }
    items[place] = item
  }
}
