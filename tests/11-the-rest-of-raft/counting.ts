import { fail, show } from "#suite"
import type { ServerId } from "../../projects/03-planning/contract.ts"
import type { Request, RespValue } from "../../projects/10-the-system/contract.ts"
import type { FullInput } from "../../projects/11-the-rest-of-raft/contract.ts"
import { isError, once, open, plain } from "../10-the-system/project.ts"

/** What a client wants; it tries until it is done. */
interface Wish {
  readonly kind: "open" | "count" | "read"
  readonly request: Request
  /** What the counter was at least, as clients had seen it when this began. */
  readonly floor: number
  /** Where it waits for an answer, and under what name. */
  waits: { readonly at: ServerId; readonly name: string } | null
}

/**
 * Clients that count one counter up, each in a session, and read it. A counter's history is easy to judge: no two get the
 * same number, nobody sees fewer than somebody had seen before, and in the end there are as many as were asked for.
 */
export class Counting {
  /** How many times somebody began to count. */
  begun = 0
  /** The most that anybody has seen. */
  seen = 0
  readonly #wishes = new Map<string, Wish>()
  readonly #sessions = new Map<string, { readonly name: string; sequence: number }>()
  readonly #numbers = new Set<number>()
  #tries = 0

  /** This client asks this server: for what it wants already, or for something new. */
  ask(client: string, at: ServerId, prefersReading: boolean): FullInput<string> {
    const wish = this.#wishes.get(client) ?? this.#wishFor(client, prefersReading)
    const name = `${client}#${String(++this.#tries)}`
    wish.waits = { at, name }
    this.#wishes.set(client, wish)
    return { type: "request", client: name, request: wish.request }
  }

  /** Whether it wants something, and has asked nobody that is still to answer. */
  isFree(client: string): boolean {
    return (this.#wishes.get(client)?.waits ?? null) === null
  }

  wants(client: string): boolean {
    return this.#wishes.has(client)
  }

  /** Where it waits, and under what name. */
  waits(client: string): { readonly at: ServerId; readonly name: string } | null {
    return this.#wishes.get(client)?.waits ?? null
  }

  crashed(server: ServerId): void {
    for (const wish of this.#wishes.values()) if (wish.waits?.at === server) wish.waits = null
  }

  told(name: string, reply: RespValue): void {
    const [client = ""] = name.split("#")
    const wish = this.#wishes.get(client)
    if (wish?.waits?.name !== name) return // it has tried elsewhere meanwhile
    wish.waits = null
    if (["MOVED", "CLUSTERDOWN", "TRYAGAIN", "UNKNOWN"].some((word) => isError(reply, word))) return
    this.#wishes.delete(client)
    this.#judge(client, wish, reply)
  }

  #wishFor(client: string, prefersReading: boolean): Wish {
    const session = this.#sessions.get(client)
    const common = { floor: this.seen, waits: null }
    if (prefersReading) return { ...common, kind: "read", request: plain("GET n") }
    if (!session) return { ...common, kind: "open", request: open }
    this.begun++
    session.sequence++
    return { ...common, kind: "count", request: once(session.name, session.sequence, "INCR n") }
  }

  #judge(client: string, { kind, floor }: Wish, reply: RespValue): void {
    if (kind === "open") {
      if (reply.type !== "bulk") return wrong(`${client} opens a session`, "its name", reply)
      this.#sessions.set(client, { name: reply.value, sequence: 0 })
      return
    }
    const value = reply.type === "null" ? 0 : Number("value" in reply ? reply.value : Number.NaN)
    const what = `${client} ${kind === "count" ? "counts" : "reads"}; when it began, somebody had seen ${String(floor)}, and now, ${String(this.begun)} were begun`
    const isOnce = kind === "read" || (value > floor && !this.#numbers.has(value))
    if (!(value >= floor && value <= this.begun && isOnce))
      return wrong(what, "a number that is possible, and that nobody else has got", reply)
    if (kind === "count") this.#numbers.add(value)
    this.seen = Math.max(this.seen, value)
  }
}

function wrong(scenario: string, expected: string, reply: RespValue): never {
  return fail("broken", `a client was told ${show(reply)}`, { scenario, expected, got: show(reply) })
}
