import { Client, credentials, type MethodDefinition } from "@grpc/grpc-js"
import { loadSync } from "@grpc/proto-loader"
import { join } from "node:path"
import { z } from "zod"

const protocol = loadSync(join(import.meta.dirname, "etcd.proto"), { keepCase: true, longs: String })

type Method = MethodDefinition<object, object>

function methodOf(service: string, name: string): Method {
  const methods = protocol[`etcdserverpb.${service}`]
  const method = methods && !("format" in methods) ? methods[name] : undefined
  if (!method || !("requestSerialize" in method)) throw new Error(`etcd.proto has no ${service}.${name}`)
  return method
}

const methods = {
  put: methodOf("KV", "Put"),
  range: methodOf("KV", "Range"),
  status: methodOf("Maintenance", "Status"),
}

const statusShape = z.object({ leader: z.string(), header: z.object({ member_id: z.string() }) })

/** One connection to an etcd server on this machine. */
export class EtcdClient {
  readonly #client: Client

  constructor(port: number) {
    // Otherwise gRPC would put all clients of a process on one connection.
    const options = { "grpc.use_local_subchannel_pool": 1 }
    this.#client = new Client(`127.0.0.1:${String(port)}`, credentials.createInsecure(), options)
  }

  async ready(patience: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#client.waitForReady(Date.now() + patience, (error) => {
        if (error) reject(error)
        else resolve()
      })
    })
  }

  put(key: Buffer, value: Buffer, patience: number, done: (error: Error | null) => void): void {
    this.#ask(methods.put, { key, value }, patience, done)
  }

  /** Linearizable, as etcd reads unless told otherwise. */
  get(key: Buffer, patience: number, done: (error: Error | null) => void): void {
    this.#ask(methods.range, { key }, patience, done)
  }

  /** Whether this server leads. */
  async leads(patience: number): Promise<boolean> {
    const answer = await new Promise<unknown>((resolve, reject) => {
      this.#ask(methods.status, {}, patience, (error, response) => {
        if (error) reject(error)
        else resolve(response)
      })
    })
    const { leader, header } = statusShape.parse(answer)
    return leader === header.member_id
  }

  close(): void {
    this.#client.close()
  }

  #ask(
    { path, requestSerialize, responseDeserialize }: Method,
    request: object,
    patience: number,
    done: (error: Error | null, response?: object) => void,
  ): void {
    const options = { deadline: Date.now() + patience }
    this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, options, done)
  }
}
