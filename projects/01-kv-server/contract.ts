/** The types of project 1. */

/** Plain JSON data. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * Bytes, as a string: each character is one byte, U+0000 to U+00FF ("latin1", in Node's words). So values are
 * binary-safe, and still plain JSON that can be printed and compared. `text.length` is the number of bytes.
 *
 * Turn text into bytes with `Buffer.from(text, "utf8").toString("latin1")`, and back the other way round. Only the
 * places where people type and read do that.
 */
export type ByteString = string

/** A message of RESP2, the Redis protocol: a request or a reply. */
export type RespValue =
  /** `+OK\r\n` */
  | { readonly type: "simple"; readonly value: ByteString }
  /** `-ERR what went wrong\r\n` */
  | { readonly type: "error"; readonly value: ByteString }
  /** `:42\r\n`. In decimal, because a signed 64-bit integer does not fit a JavaScript number. No sign but `-`. */
  | { readonly type: "integer"; readonly value: string }
  /** `$5\r\nhello\r\n`. Any bytes, line ends too. */
  | { readonly type: "bulk"; readonly value: ByteString }
  /** `$-1\r\n`, nothing there. `*-1\r\n` means the same. */
  | { readonly type: "null" }
  /** `*2\r\n…`, then the items. */
  | { readonly type: "array"; readonly items: readonly RespValue[] }

/** How much a decoder takes from a stranger. */
export interface DecoderLimits {
  /** Longest line: its first character counts, its line end does not. Default 65,536. */
  readonly maxLineBytes: number
  /** Longest bulk string. Default 16,777,216. */
  readonly maxBulkBytes: number
  /** Most items of one array. Default 65,536. */
  readonly maxItems: number
  /** Most arrays inside one another; 1 allows an array of no arrays. Default 8. */
  readonly maxDepth: number
}

export interface Decoded {
  /** The messages that became complete, in order. */
  readonly values: readonly RespValue[]
  /**
   * What was wrong with the bytes after them, beginning with `Protocol error`; `null` when nothing was. After an error
   * the decoder is done: it gives no more values, and this same error for every later chunk.
   */
  readonly error: string | null
}

/** Turns a stream of bytes back into messages. */
export interface RespDecoder {
  /** Takes the next bytes of the stream, cut anywhere. The chunk may be reused by the caller afterwards. */
  push(chunk: Uint8Array): Decoded
}

/** A queue whose `shift` waits. First in, first out, for items and for those who wait. */
export interface AsyncQueue<T> extends AsyncIterable<T> {
  /** Items that nobody has taken yet. */
  readonly size: number
  /** @throws QueueClosed after `close` */
  push(item: T): void
  /** The oldest item; waits for one if need be. Rejects with `QueueClosed` once the queue is closed and empty. */
  shift(): Promise<T>
  /** No more pushes. Items that are there can still be taken. Closing twice is fine. */
  close(): void
}

/** What a client asks the state machine to do. */
export interface Command {
  /** In any case: `get` is `GET`. */
  readonly name: ByteString
  readonly args: readonly ByteString[]
}

export interface Applied<State> {
  readonly state: State
  readonly result: RespValue
}

export interface ServerOptions {
  /** 0 takes any free port. */
  readonly port: number
  /** Default `127.0.0.1`: nobody else can reach it. */
  readonly host?: string
}

export interface Server {
  /** The port it listens on. */
  readonly port: number
  /** Stops listening and ends every connection, also one whose client never reads. Resolves when all is gone. */
  close(): Promise<void>
}

export interface ClientOptions {
  readonly port: number
  /** Default `127.0.0.1`. */
  readonly host?: string
}

export interface Client {
  /**
   * Sends a command without waiting for earlier answers (pipelining); resolves to its reply. An error reply is a reply.
   *
   * Connects again first when the connection was lost. Never sends a command twice.
   *
   * Without any words it rejects at once. Rejects with an error whose name is `NotConnected` when the command was never sent (trying again is safe), and
   * `ConnectionLost` when it was sent and no answer came (nobody knows whether it was done).
   */
  command(...args: readonly ByteString[]): Promise<RespValue>
  /** Ends the connection. Commands that are still waiting reject with `ConnectionLost`, later ones with `NotConnected`. */
  close(): Promise<void>
}

/** What `projects/01-kv-server/index.ts` exports. `State` is your own: nobody else looks into it. */
export interface Project<State = unknown> {
  readonly RespDecoder: new (limits?: Partial<DecoderLimits>) => RespDecoder

  /** @throws RangeError containing the character, when there is one that is not a byte */
  encode(value: RespValue): Uint8Array

  readonly AsyncQueue: new <T>() => AsyncQueue<T>

  /** The state of a store that has no keys. Plain JSON, like every state. */
  readonly emptyState: State

  /** The state machine: what the command makes of the state, and what the client is told. Never throws. */
  apply(state: State, command: Command): Applied<State>

  /** Rejects when the port is taken. */
  startServer(options: ServerOptions): Promise<Server>

  /** Rejects with an error named `NotConnected` when nobody listens there. */
  connect(options: ClientOptions): Promise<Client>
}
