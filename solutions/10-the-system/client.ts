import { connect } from "#01-kv-server"
import { setTimeout as wait } from "node:timers/promises"
import type { Address } from "../../projects/03-planning/contract.ts"
import type { ClusterClient, ClusterClientOptions, RespValue } from "../../projects/10-the-system/contract.ts"

type Connection = Awaited<ReturnType<typeof connect>>

/** It was sent, and the answer was lost: it may have been done. */
export class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown"
}

/** It was not done, and nobody could be found to do it. */
export class NotDone extends Error {
  override readonly name = "NotDone"
}

/** How long to wait before another try: the first one, and at most, in milliseconds. */
const [firstPause, longestPause] = [10, 200]

/** How long to wait for one answer when there may be another try, in milliseconds. */
const oneAnswer = 1_000

export function connectCluster({
  addresses,
  once = true,
  patience = 10_000,
}: ClusterClientOptions): ClusterClient {
  const [first] = addresses
  if (!first) throw new RangeError("addresses is empty: name at least one server")
  const route = new Route(addresses)
  let session: string | null = null
  let sequence = 0
  let last: Promise<unknown> = Promise.resolve()

  const run = async (words: readonly string[]): Promise<RespValue> => {
    const until = Date.now() + patience
    if (!once) return await route.ask(words, { until, again: false })
    session ??= text(await route.ask(["SESSION", "OPEN"], { until, again: true }))
    sequence++
    const reply = await route.ask(["SESSION", "ONCE", session, String(sequence), ...words], {
      until,
      again: true,
    })
    if (isError(reply, "NOSESSION")) {
      session = null // the next command opens another one
      throw new OutcomeUnknown(`${words.join(" ")}: ${reply.value}`)
    }
    return reply
  }

  return {
    command: (...words) => {
      if (words.length === 0) return Promise.reject(new RangeError("a command has a name at least"))
      // One after the other: in a session, a later number tells that nobody waits for the ones before.
      const mine = last.then(() => run(words))
      last = mine.catch(() => undefined)
      return mine
    },
    close: () => route.close(),
  }
}

interface Attempt {
  /** By Date.now(). */
  readonly until: number
  /** Whether it may be sent again when nobody knows whether it was done. */
  readonly again: boolean
}

/** The way to the leader: whom to ask next. */
class Route {
  readonly #known: Address[]
  readonly #connections = new Map<string, Promise<Connection>>()
  #next = 0
  #closed = false

  constructor(addresses: readonly Address[]) {
    this.#known = [...addresses]
  }

  async ask(words: readonly string[], { until, again }: Attempt): Promise<RespValue> {
    let unknown = false
    let moves = 0
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      // What may be sent again need not be waited for until the end: the server may be stopped, or cut off.
      const outcome = await this.#try(words, again ? Math.min(until, Date.now() + oneAnswer) : until)
      if (outcome.type === "done") return outcome.reply
      unknown ||= outcome.type === "unknown"
      if (this.#closed || (unknown && !again) || Date.now() + pause >= until) {
        const Reason = unknown ? OutcomeUnknown : NotDone
        throw new Reason(`${words.join(" ")}: ${outcome.why}`)
      }
      // Right after an election two servers may name each other.
      moves = outcome.type === "moved" ? moves + 1 : 0
      if (moves !== 1) await wait(pause)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const open = [...this.#connections.values()]
    this.#connections.clear()
    await Promise.all(
      open.map((connection) => connection.then((each) => each.close()).catch(() => undefined)),
    )
  }

  async #try(words: readonly string[], until: number): Promise<Outcome> {
    const address = this.#known[this.#next % this.#known.length]
    if (!address || this.#closed) return { type: "not-done", why: "the client is closed" }
    try {
      const reply = await this.#asked(address, words, until)
      const outcome = judge(reply)
      if (outcome.type === "moved") this.#turnTo(outcome.to)
      else if (outcome.type !== "done") this.#next++
      return outcome
    } catch (error) {
      this.#next++
      this.#forget(address)
      const why = `${name(address)}: ${error instanceof Error ? error.message : String(error)}`
      const sent = error instanceof Error && error.name !== "NotConnected"
      return { type: sent ? "unknown" : "not-done", why }
    }
  }

  async #asked(address: Address, words: readonly string[], until: number): Promise<RespValue> {
    const connection = await this.#connection(address)
    const abort = new AbortController()
    const tooLate = wait(Math.max(0, until - Date.now()), null, { signal: abort.signal }).then(() => {
      throw new Error("no answer in time")
    })
    tooLate.catch(() => undefined)
    try {
      return await Promise.race([connection.command(...words), tooLate])
    } finally {
      abort.abort()
    }
  }

  #connection(address: Address): Promise<Connection> {
    const known = this.#connections.get(name(address))
    if (known) return known
    const connection = connect(address)
    this.#connections.set(name(address), connection)
    return connection
  }

  #forget(address: Address): void {
    const connection = this.#connections.get(name(address))
    this.#connections.delete(name(address))
    connection?.then((open) => open.close()).catch(() => undefined)
  }

  #turnTo(address: Address): void {
    const at = this.#known.findIndex((each) => name(each) === name(address))
    this.#next = at === -1 ? this.#known.push(address) - 1 : at
  }
}

type Outcome =
  | { readonly type: "done"; readonly reply: RespValue }
  | { readonly type: "moved"; readonly to: Address; readonly why: string }
  | { readonly type: "not-done" | "unknown"; readonly why: string }

function judge(reply: RespValue): Outcome {
  if (reply.type !== "error") return { type: "done", reply }
  const why = reply.value
  const [word, , where = ""] = why.split(" ")
  const address = /^(.*):(\d+)$/.exec(where)
  if (word === "MOVED" && address)
    return {
      type: "moved",
      why,
      to: { host: (address[1] ?? "").replace(/^\[|\]$/g, ""), port: Number(address[2]) },
    }
  if (word === "CLUSTERDOWN" || word === "TRYAGAIN") return { type: "not-done", why }
  if (word === "UNKNOWN") return { type: "unknown", why }
  return { type: "done", reply }
}

function name({ host, port }: Address): string {
  return `${host}:${String(port)}`
}

function isError(reply: RespValue, word: string): reply is RespValue & { readonly type: "error" } {
  return reply.type === "error" && reply.value.startsWith(`${word} `)
}

function text(reply: RespValue): string {
  if (reply.type === "bulk") return reply.value
  throw new NotDone(`no session could be opened: ${JSON.stringify(reply)}`)
}
