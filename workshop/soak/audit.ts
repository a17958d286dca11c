import { setTimeout as wait } from "node:timers/promises"
import { answerOf, read, type Client } from "./clients.ts"
import type { Counter } from "./counter.ts"
import { Epoch } from "./epoch.ts"
import type { Ledger } from "./ledger.ts"

/** How long an epoch is, in milliseconds. */
const epochLasts = 10_000

/** Begins one epoch after the other, and checks each one when it is over. */
export class Audit {
  epoch = new Epoch(1)
  checked = 0
  /** Operations whose order was looked for. */
  operations = 0
  readonly #client: Client
  readonly #now: () => number
  #checking: Promise<void> = Promise.resolve()

  constructor(client: Client, now: () => number) {
    this.#client = client
    this.#now = now
  }

  /** Until it is told to stop; then what is left is checked. Rejects with the first Violation. */
  async run(over: AbortSignal): Promise<void> {
    const failed = new AbortController()
    const stop = AbortSignal.any([over, failed.signal])
    for (let number = 2; !stop.aborted; number++) {
      await wait(epochLasts, undefined, { signal: stop }).catch(() => undefined)
      const last = this.epoch
      this.epoch = new Epoch(number)
      last.end()
      this.#checking = this.#checking.then(() => this.#check(last))
      this.#checking.catch(() => {
        failed.abort()
      })
    }
    await this.#checking
  }

  /** What was written from the beginning on. */
  async checkLasting(total: Counter, ledgers: readonly Ledger[]): Promise<void> {
    total.check(Number((await read(this.#client, total.key)) ?? 0))
    for (const ledger of ledgers) ledger.check(Number((await read(this.#client, ledger.key)) ?? 0))
  }

  async #check(epoch: Epoch): Promise<void> {
    await epoch.idle
    for (const key of epoch.keys) {
      const invoked = this.#now()
      const result = await read(this.#client, key)
      epoch.note({ client: "audit", key, type: "read", invoked, returned: this.#now(), result })
    }
    epoch.check(Number((await read(this.#client, epoch.counter.key)) ?? 0))
    await answerOf(this.#client, "DEL", ...epoch.keys, epoch.counter.key)
    this.checked++
    this.operations += epoch.history.length
  }
}
