import { awaiting, fail, type After } from "#suite"
import type { ClusterClientOptions, RespValue } from "../../projects/10-the-system/contract.ts"
import { checkLinearizable, type Operation } from "../../workshop/linearizability/index.ts"
import { Random } from "../cluster/random.ts"
import { until } from "./clusters.ts"
import { project } from "./project.ts"
import type { Processes } from "./processes.ts"

type Client = ReturnType<typeof project.connectCluster>

type Connect = (options: ClusterClientOptions) => Client

interface LoadOptions {
  readonly clients?: number
  /** Whose clients. Default: those of the project under test. */
  readonly connect?: Connect
  /** Reads go outside of sessions. (In project 11, those are in no log.) */
  readonly plainReads?: boolean
}

/** Clients that ask without a pause until they are told to stop; each remembers what it saw. */
export class Load {
  readonly #clients: readonly Client[]
  readonly #readers: readonly Client[]
  readonly #history: Operation[] = []
  readonly #started = performance.now()
  readonly #running: Promise<unknown>
  #ending = false
  /** What a client has seen of a key last: what it expects of it. */
  readonly #seen = new Map<string, string | null>()
  #counted = 0
  #uncertain = 0

  constructor(
    after: After,
    { addresses }: Processes,
    { clients = 4, connect, plainReads = false }: LoadOptions = {},
  ) {
    const join: Connect = connect ?? ((options) => project.connectCluster(options))
    const some = (once: boolean): readonly Client[] =>
      Array.from({ length: clients }, (_, i) =>
        join({ addresses: [...addresses.slice(i % 3), ...addresses.slice(0, i % 3)], once }),
      )
    this.#clients = some(true)
    this.#readers = plainReads ? some(false) : this.#clients
    after(() => {
      // A check may fail before it judges. A closed client refuses at once: whoever asks it on and on lets nobody else run.
      this.#ending = true
      return Promise.all([...this.#clients, ...this.#readers].map((client) => client.close()))
    })
    this.#running = Promise.all(this.#clients.map((client, i) => this.#ask(client, i)))
  }

  /** How many commands were answered until now. */
  get answered(): number {
    return this.#counted + this.#history.filter(({ returned }) => returned !== null).length
  }

  /** Waits until the clients have had so many more answers. */
  async progress(more: number): Promise<void> {
    const goal = this.answered + more
    await until(`${String(more)} more answers`, () => (this.answered >= goal ? true : undefined))
  }

  /** Stops, and checks what was seen: every counted INCR once, and one order in which all of it may have happened. */
  async judge(scenario: string): Promise<void> {
    this.#ending = true
    await awaiting("the clients to have their last answers", this.#running)
    const [client] = this.#clients
    const total = Number(textOf(await client?.command("GET", "counter")) ?? "0")
    if (total < this.#counted || total > this.#counted + this.#uncertain) {
      const most = this.#uncertain === 0 ? "" : ` to ${String(this.#counted + this.#uncertain)}`
      fail("broken", `expected the counter at ${String(this.#counted)}${most}, got ${String(total)}`, {
        scenario: `${scenario}\n${String(this.#counted)} INCR were answered, of ${String(this.#uncertain)} more nobody knows`,
      })
    }
    const verdict = checkLinearizable(this.#history)
    if (verdict.linearizable) return
    fail("broken", `what clients saw of ${verdict.key} has no order`, {
      scenario: `${scenario}\n${verdict.explanation}`,
      expected: `that the history of ${verdict.key} is linearizable`,
    })
  }

  async #ask(client: Client, number: number): Promise<void> {
    const random = new Random(number)
    for (let i = 0; !this.#ending; i++) {
      if (i % 2 === 0) await this.#count(client)
      else await this.#use(client, number, random, `${String(number)}.${String(i)}`)
    }
  }

  async #count(client: Client): Promise<void> {
    const reply = await client.command("INCR", "counter").catch(unknown)
    if (reply === null) this.#uncertain++
    else this.#counted++
  }

  async #use(client: Client, number: number, random: Random, value: string): Promise<void> {
    const key = `k${String(random.below(2))}`
    const type = random.pick(["read", "read", "write", "cas"] as const)
    const expected = this.#seen.get(key) ?? ""
    const words =
      type === "read" ? ["GET", key] : type === "write" ? ["SET", key, value] : ["CAS", key, expected, value]
    const invoked = this.#now()
    const asked = type === "read" ? (this.#readers[number] ?? client) : client
    const reply = await asked.command(...words).catch(unknown)
    const returned = reply === null ? null : this.#now()
    const base = { client: `c${String(number)}`, key, invoked, returned }
    if (type === "read") {
      const result = textOf(reply ?? undefined)
      if (reply) this.#seen.set(key, result)
      this.#history.push({ ...base, type, result })
    }
    if (type === "write") this.#history.push({ ...base, type, value })
    if (type === "cas") {
      const done = reply === null ? null : reply.type === "integer" && reply.value === "1"
      this.#history.push({ ...base, type, expected, value, done })
    }
  }

  #now(): number {
    return performance.now() - this.#started
  }
}

/** A command of which nobody knows whether it was done. Anything else is a mistake. */
function unknown(error: unknown): null {
  if (error instanceof Error && (error.name === "OutcomeUnknown" || error.name === "NotDone")) return null
  throw error
}

function textOf(reply: RespValue | undefined): string | null {
  return reply?.type === "bulk" ? reply.value : null
}
