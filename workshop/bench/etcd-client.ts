import { GrpcConnection } from "./grpc.ts"

/** Of etcd's protocol (rpc.proto), what the bench needs: names, and numbers of fields. */
const paths = {
  put: "/etcdserverpb.KV/Put",
  range: "/etcdserverpb.KV/Range",
  status: "/etcdserverpb.Maintenance/Status",
}
const request = { key: 1, value: 2 }
const statusResponse = { header: 1, leader: 4 }
const responseHeader = { memberId: 2 }

/** One connection to an etcd server on this machine, with one request under way. */
export class EtcdClient {
  readonly #connection: GrpcConnection
  readonly #put: Buffer
  readonly #range: Buffer

  static async open(port: number): Promise<EtcdClient> {
    return new EtcdClient(await GrpcConnection.open(port))
  }

  private constructor(connection: GrpcConnection) {
    this.#connection = connection
    this.#put = connection.headersFor(paths.put)
    this.#range = connection.headersFor(paths.range)
  }

  put(key: string, value: string, done: (ok: boolean) => void): void {
    const message = Buffer.concat([bytesField(request.key, key), bytesField(request.value, value)])
    this.#connection.call(this.#put, message, (answer) => {
      done(answer !== null)
    })
  }

  /** Linearizable, as etcd reads unless told otherwise. */
  get(key: string, done: (ok: boolean) => void): void {
    this.#connection.call(this.#range, bytesField(request.key, key), (answer) => {
      done(answer !== null)
    })
  }

  /** Whether this server leads. */
  async leads(): Promise<boolean> {
    const answer = await new Promise<Buffer | null>((resolve) => {
      this.#connection.call(this.#connection.headersFor(paths.status), Buffer.alloc(0), resolve)
    })
    if (!answer) throw new Error("etcd does not tell its status")
    const fields = fieldsOf(answer)
    const header = fields.get(statusResponse.header)
    const own = header instanceof Uint8Array ? fieldsOf(header).get(responseHeader.memberId) : undefined
    return own !== undefined && own === fields.get(statusResponse.leader)
  }

  close(): void {
    this.#connection.close()
  }
}

/** Protocol Buffers: a field's number and kind in one number, then the length, then the bytes. */
function bytesField(number: number, text: string): Buffer {
  return Buffer.concat([
    Buffer.from([(number << 3) | 2, ...varint(text.length)]),
    Buffer.from(text, "latin1"),
  ])
}

function varint(n: number): readonly number[] {
  return n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]
}

/** The fields of a message that has numbers and bytes only; of repeated ones, the last. */
function fieldsOf(message: Uint8Array): ReadonlyMap<number, bigint | Uint8Array> {
  const fields = new Map<number, bigint | Uint8Array>()
  let at = 0
  const number = (): bigint => {
    let value = 0n
    for (let shift = 0n; at < message.length; shift += 7n) {
      const byte = message[at++] ?? 0
      value |= BigInt(byte & 127) << shift
      if (byte < 128) break
    }
    return value
  }
  while (at < message.length) {
    const tag = Number(number())
    const value = number()
    if ((tag & 7) === 0) fields.set(tag >> 3, value)
    else {
      fields.set(tag >> 3, message.subarray(at, at + Number(value)))
      at += Number(value)
    }
  }
  return fields
}
