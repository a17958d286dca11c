import { EtcdClient } from "./etcd-client.ts"
import { keyName, refusedPause, type LoadClient, type LoadOptions } from "./load-protocol.ts"

export class EtcdLoadClient implements LoadClient {
  readonly #options: LoadOptions
  readonly #value: string
  #client: EtcdClient
  #closed = false

  static async open(options: LoadOptions): Promise<EtcdLoadClient> {
    return new EtcdLoadClient(options, await EtcdClient.open(options.port))
  }

  private constructor(options: LoadOptions, client: EtcdClient) {
    this.#options = options
    this.#value = "v".repeat(options.valueBytes)
    this.#client = client
  }

  ask(key: number, done: () => void): void {
    const answer = (ok: boolean): void => {
      if (this.#closed) return
      if (ok) done()
      else this.#again(key, done)
    }
    if (this.#options.operation === "read") this.#client.get(keyName(key), answer)
    else this.#client.put(keyName(key), this.#value, answer)
  }

  close(): void {
    this.#closed = true
    this.#client.close()
  }

  #again(key: number, done: () => void): void {
    this.#options.onRefused()
    setTimeout(() => {
      this.#client.close()
      EtcdClient.open(this.#options.port).then(
        (client) => {
          this.#client = client
          if (this.#closed) client.close()
          else this.ask(key, done)
        },
        () => {
          if (!this.#closed) this.#again(key, done)
        },
      )
    }, refusedPause)
  }
}
