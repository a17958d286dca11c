import { isMessage } from "#03-planning"
import type { FullInput } from "../../projects/11-the-rest-of-raft/contract.ts"

/** How long a leader waits for clients that it has just answered, in milliseconds. */
const grace = 1

/**
 * Given. What has come in and is not handled yet. One write costs the disk, and a message to each follower, nearly as much
 * as a hundred do. So clients of a leader whose last entries are under way wait for them to come back, and then a moment
 * longer for those who have just been answered, since most of these ask again at once. They wait for messages only: with
 * a heartbeat, or when a client has no more patience, all that has come is handled.
 */
export class Inbox<C> {
  readonly #wake: () => void
  #servers: FullInput<C>[] = []
  #clients: FullInput<C>[] = []
  #isUrgent = false
  /** How many clients were answered just now, while they are waited for. */
  #expected = 0
  #grace: NodeJS.Timeout | undefined

  /** @param wake  is called when there may be something to take, soon after it has come */
  constructor(wake: () => void) {
    this.#wake = wake
  }

  put(input: FullInput<C>): void {
    const isOfClient = input.type === "request" || input.type === "giveUp"
    const queue = isOfClient ? this.#clients : this.#servers
    queue.push(input)
    this.#isUrgent ||= input.type !== "request" && !isMessage(input)
    this.#wake()
  }

  /** What is to be handled now. @param isCommitting  whether this server leads, and has entries under way */
  take(isCommitting: boolean): readonly FullInput<C>[] {
    const servers = this.#servers
    this.#servers = []
    const isEarly = isCommitting || this.#clients.length < this.#expected
    if (isEarly && !this.#isUrgent) return servers
    const clients = this.#clients
    this.#clients = []
    this.#isUrgent = false
    this.#expect(0)
    return [...servers, ...clients]
  }

  /** A leader has just answered so many clients: they may ask again. */
  answered(clients: number): void {
    if (clients > 0) this.#expect(clients)
  }

  #expect(clients: number): void {
    this.#expected = clients
    clearTimeout(this.#grace)
    if (clients === 0) return
    this.#grace = setTimeout(() => {
      this.#expected = 0
      this.#wake()
    }, grace)
  }

  /** @returns who has asked, and was not heard */
  close(): readonly C[] {
    clearTimeout(this.#grace)
    return this.#clients.flatMap((input) => (input.type === "request" ? [input.client] : []))
  }
}
