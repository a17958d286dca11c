import { EtcdClient } from "./etcd-client.ts"
import { keyName, refusedPause, type LoadClient, type LoadOptions } from "./load-protocol.ts"

/** In milliseconds. */
const patience = 10_000

export class EtcdLoadClient implements LoadClient {
  readonly #options: LoadOptions
  readonly #value: Buffer
  readonly #client: EtcdClient
  #closed = false

  static async open(options: LoadOptions): Promise<EtcdLoadClient> {
    const client = new EtcdLoadClient(options)
    await client.#client.ready(patience)
    return client
  }

  private constructor(options: LoadOptions) {
    this.#options = options
    this.#value = Buffer.alloc(options.valueBytes, "v")
    this.#client = new EtcdClient(options.port)
  }

  ask(key: number, done: () => void): void {
    const answer = (error: Error | null): void => {
      if (this.#closed) return
      if (!error) {
        done()
        return
      }
      this.#options.onRefused()
      setTimeout(() => {
        if (!this.#closed) this.ask(key, done)
      }, refusedPause)
    }
    const name = Buffer.from(keyName(key))
    if (this.#options.operation === "read") this.#client.get(name, patience, answer)
    else this.#client.put(name, this.#value, patience, answer)
  }

  close(): void {
    this.#closed = true
    this.#client.close()
  }
}
