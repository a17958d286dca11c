import { setTimeout as wait } from "node:timers/promises"
import type { Project, RespValue } from "../../projects/10-the-system/contract.ts"
import { Random } from "../../tests/cluster/random.ts"
import type { Operation } from "../linearizability/index.ts"
import type { Counter } from "./counter.ts"
import type { Epoch } from "./epoch.ts"
import { Ledger } from "./ledger.ts"
import { Violation } from "./violation.ts"

export type Client = ReturnType<Project["connectCluster"]>

/** What all clients share. */
export interface Shared {
  readonly epoch: () => Epoch
  /** Counted up from the beginning to the end, in sessions. */
  readonly total: Counter
  /** By the clock of the soak, in milliseconds. */
  readonly now: () => number
  /** Told of every request that is over. */
  readonly onDone: (answered: boolean) => void
  /** How long a client waits between two requests, on average. */
  readonly pause: number
}

/** Asks for one thing after the other until it is told to stop, and writes down what it sees. */
export class LoadClient {
  /** Only of a client with a session. */
  readonly ledger: Ledger | null
  readonly #name: string
  readonly #client: Client
  readonly #shared: Shared
  readonly #random: Random
  /** What it has seen of a key last: what a compare-and-set expects. */
  #seen: { readonly key: string; readonly value: string } | null = null
  #writes = 0

  constructor(name: string, client: Client, once: boolean, seed: number, shared: Shared) {
    this.#name = name
    this.#client = client
    this.#shared = shared
    this.#random = new Random(seed)
    this.ledger = once ? new Ledger(`ledger.${name}`) : null
  }

  async run(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const epoch = this.#shared.epoch()
      await epoch.during(() => this.#ask(epoch))
      await wait(this.#random.next() * 2 * this.#shared.pause)
    }
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  async #ask(epoch: Epoch): Promise<void> {
    const dice = this.#random.below(100)
    if (dice < 20) await this.#count(epoch.counter)
    else if (dice < 25 && this.ledger) await this.#count(this.#shared.total)
    else if (dice < 35 && this.ledger) await this.#enter(this.ledger)
    else await this.#use(epoch)
  }

  async #count(counter: Counter): Promise<void> {
    const invoked = this.#shared.now()
    const answer = await this.#command("INCR", counter.key)
    const reply = answer && integerOf(answer, `INCR ${counter.key}`)
    counter.note({ client: this.#name, invoked, returned: this.#shared.now(), reply })
  }

  async #enter(ledger: Ledger): Promise<void> {
    const number = ledger.next()
    const reply = await this.#command("SET", ledger.key, String(number))
    if (reply) ledger.note(number)
  }

  async #use(epoch: Epoch): Promise<void> {
    const type = this.#random.pick(["read", "read", "write", "cas"] as const)
    const seen = this.#seen
    const key =
      type === "cas" && seen && epoch.keys.includes(seen.key) ? seen.key : this.#random.pick(epoch.keys)
    const expected = seen?.key === key ? seen.value : ""
    const value = `${this.#name}.${String(++this.#writes)}`
    const words = { read: ["GET", key], write: ["SET", key, value], cas: ["CAS", key, expected, value] }[type]
    const invoked = this.#shared.now()
    const reply = await this.#command(...words)
    const base = { client: this.#name, key, invoked, returned: reply === null ? null : this.#shared.now() }
    epoch.note(toOperation(base, type, { expected, value }, reply))
    if (reply?.type === "bulk") this.#seen = { key, value: reply.value }
  }

  /** Null: nobody knows whether it was done. */
  async #command(...words: readonly string[]): Promise<RespValue | null> {
    const reply = await answerOf(this.#client, ...words)
    this.#shared.onDone(reply !== null)
    return reply
  }
}

type Base = Pick<Operation, "client" | "key" | "invoked" | "returned">

function toOperation(
  base: Base,
  type: Operation["type"],
  { expected, value }: { readonly expected: string; readonly value: string },
  reply: RespValue | null,
): Operation {
  switch (type) {
    case "read":
      return { ...base, type, result: reply === null ? null : textOf(reply, `GET ${base.key}`) }
    case "write":
      return { ...base, type, value }
    case "cas": {
      const done = reply === null ? null : integerOf(reply, `CAS ${base.key}`) === 1
      return { ...base, type, expected, value, done }
    }
  }
}

/** Null: it was not done, or nobody knows. @throws Violation on an error reply: none of what is asked for here has one */
export async function answerOf(client: Client, ...words: readonly string[]): Promise<RespValue | null> {
  try {
    const reply = await client.command(...words)
    if (reply.type === "error")
      throw new Violation(`${words.join(" ")} was answered by an error: ${reply.value}`)
    return reply
  } catch (error) {
    if (error instanceof Error && (error.name === "OutcomeUnknown" || error.name === "NotDone")) return null
    throw error
  }
}

/** Asks until there is an answer: a read may be asked for again. */
export async function read(client: Client, key: string): Promise<string | null> {
  for (;;) {
    const reply = await answerOf(client, "GET", key)
    if (reply) return textOf(reply, `GET ${key}`)
    await wait(100)
  }
}

function textOf(reply: RespValue, question: string): string | null {
  if (reply.type === "bulk") return reply.value
  if (reply.type === "null") return null
  throw new Violation(`${question} was answered by ${JSON.stringify(reply)}`)
}

function integerOf(reply: RespValue, question: string): number {
  if (reply.type === "integer") return Number(reply.value)
  throw new Violation(`${question} was answered by ${JSON.stringify(reply)}`)
}
