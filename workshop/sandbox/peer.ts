import { Channel, type Ends } from "./channel.ts"
import type { Message, Parcel, Request } from "./messages.ts"
import { Values, type Carrier } from "./values.ts"

type Ask = Extract<Message, { type: "ask" }>
type Answer = Extract<Message, { type: "answer" }>

export interface PeerOptions {
  /** Whether this is the judge, and the other side not to be trusted. */
  readonly judge: boolean
  /** The other side is gone. */
  onEnd(): void
  /** An error over there that nobody caught. */
  onEscaped?(error: unknown): void
  onLoaded?(failed: boolean, value: unknown): void
  onDialed?(address: string): void
  /** A message has come. `asked` is when the question was asked that is being waited for, of several the first. */
  onMessage?(asked: number | undefined): void
}

/**
 * One of two processes that call each other's functions, and wait for the answer as for that of any function. Who waits
 * answers questions meanwhile, since the answer may depend on them: a function that was passed is called, and calls on.
 */
export class Peer implements Carrier {
  readonly #options: PeerOptions
  readonly #channel: Channel
  readonly #values: Values
  /** Questions of ours that have no answer yet: the last is the one that is being waited for. */
  readonly #open: number[] = []
  #asked: number | undefined
  /** Questions that came while others were open that they have nothing to do with. */
  readonly #later: Ask[] = []
  readonly #turns = new Map<number, () => void>()
  #count = 0
  /** The question of theirs that is being answered now; 0: none. */
  #serving = 0
  #ended = false

  constructor(ends: Ends, options: PeerOptions) {
    this.#options = options
    this.#values = new Values(this, options.judge)
    const end = () => {
      this.#end()
    }
    const handle = () => {
      this.#handleAll()
    }
    this.#channel = new Channel(ends, handle, end)
  }

  ask(request: Request): unknown {
    const n = ++this.#count
    this.#channel.send({ type: "ask", n, under: this.#serving, request })
    if (this.#open.push(n) === 1) this.#asked = performance.now()
    const answer = this.#answerTo(n)
    this.#open.pop()
    if (this.#open.length === 0) this.#atRest()
    const value = this.#values.unpack(answer.value)
    if (answer.threw) throw value
    return value
  }

  settled(id: number, rejected: boolean, value: unknown): void {
    this.#channel.send({ type: "settled", id, rejected, value: this.#values.pack(value) })
  }

  escaped(error: unknown): void {
    this.#channel.send({ type: "escaped", value: this.#values.pack(error) })
  }

  dialed(address: string): void {
    this.#channel.send({ type: "dialed", address })
  }

  loaded(failed: boolean, value: unknown): void {
    this.#channel.send({ type: "loaded", failed, value: this.#values.pack(value) })
  }

  /** Resolves once the other side's event loop came round, and what it had to say then is here. */
  async turn(): Promise<void> {
    const n = ++this.#count
    await new Promise<void>((resolve) => {
      this.#turns.set(n, resolve)
      this.#channel.send({ type: "turn", n })
    })
  }

  #answerTo(n: number): Answer {
    for (;;) {
      const message = this.#channel.next()
      if (!message) return this.#gone()
      this.#options.onMessage?.(this.#asked)
      if (message.type === "answer" && message.n === n) return message
      this.#handle(message)
    }
  }

  /** What came together with an answer has not been looked at, and nobody will tell that it is here. */
  #atRest(): void {
    this.#asked = undefined
    if (this.#channel.hasUnread || this.#later.length > 0) this.#handleSoon()
  }

  #handleSoon(): void {
    setImmediate(() => {
      this.#handleAll()
    })
  }

  #gone(): Answer {
    this.#end()
    return {
      type: "answer",
      n: 0,
      threw: true,
      value: { first: 0, wire: "the process at the other end is gone" },
    }
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#options.onEnd()
  }

  #handleAll(): void {
    for (let later = this.#later.shift(); later; later = this.#later.shift()) this.#serve(later)
    for (let message = this.#channel.take(); message; message = this.#channel.take()) this.#handle(message)
  }

  #handle(message: Message): void {
    switch (message.type) {
      case "ask":
        if (this.#mustWait(message)) this.#later.push(message)
        else this.#serve(message)
        return
      case "answer":
        return // to a question that nobody waits for any more: its asker was cut off
      case "settled":
        this.#values.settle(message.id, message.rejected, message.value)
        return
      case "escaped":
        this.#options.onEscaped?.(this.#values.unpack(message.value))
        return
      case "dialed":
        this.#options.onDialed?.(message.address)
        return
      case "turn":
        setImmediate(() => {
          this.#channel.send({ type: "turned", n: message.n })
        })
        return
      case "turned":
        this.#turns.get(message.n)?.()
        this.#turns.delete(message.n)
        return
      case "loaded":
        this.#options.onLoaded?.(message.failed, this.#values.unpack(message.value))
        return
    }
  }

  /**
   * In one process no function is called in the middle of another one that did not call it. So the actor lets questions
   * wait that its own open one has nothing to do with. The judge must not: then each would wait for the other.
   */
  #mustWait({ under }: Ask): boolean {
    return !this.#options.judge && this.#open.length > 0 && !this.#open.includes(under)
  }

  #serve({ n, request }: Ask): void {
    const outer = this.#serving
    this.#serving = n
    const { threw, value } = this.#outcome(request)
    this.#serving = outer
    this.#channel.send({ type: "answer", n, threw, value })
  }

  #outcome(request: Request): { readonly threw: boolean; readonly value: Parcel } {
    try {
      return { threw: false, value: this.#values.pack(this.#values.serve(request)) }
    } catch (error) {
      return { threw: true, value: this.#values.pack(error) }
    }
  }
}
