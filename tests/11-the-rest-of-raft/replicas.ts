import type { Cluster, ServerId } from "../../projects/03-planning/contract.ts"
import type { Request, RespValue } from "../../projects/10-the-system/contract.ts"
import type {
  Chapter,
  FullInput,
  FullMessage,
  FullNode,
  FullOutput,
  FullReplica,
  ReplicaOptions,
  Saved,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { servers, vote } from "../cluster/build.ts"
import { project, stepWith } from "./project.ts"

/** Where clients reach up to five servers. */
export const addresses: Cluster = Object.fromEntries(
  servers(5).map((id, i) => [
    id,
    {
      raft: { host: "10.0.0.1", port: 7001 + i },
      client: { host: `10.0.0.${String(i + 1)}`, port: 8001 + i },
    },
  ]),
)

export interface ServerOptions {
  readonly chapters?: readonly Chapter[]
  readonly voters?: readonly ServerId[]
  readonly saved?: Saved
  readonly compactAt?: number
  readonly step?: ReplicaOptions["step"]
}

/** A server under test; remembers what came out, and whom it has told. */
export class Server {
  readonly replies: { readonly client: string; readonly reply: RespValue }[] = []
  readonly sent: FullMessage[] = []
  readonly told: string[] = []
  readonly #options: ReplicaOptions
  #replica: FullReplica<string>

  constructor(id: ServerId, options: ServerOptions = {}) {
    const { chapters = [], voters = servers(3), saved, compactAt = 1_000_000, step } = options
    this.#options = { step: step ?? stepWith(chapters), cluster: addresses, compactAt }
    this.#replica = project.startFullReplica<string>(
      project.startNode(id, saved ?? project.firstSaved(voters)),
    )
  }

  get replica(): FullReplica<string> {
    return this.#replica
  }

  get node(): FullNode {
    return this.#replica.node
  }

  get machine(): FullReplica<string>["service"]["machine"] {
    return this.#replica.service.machine
  }

  /** All that it must not forget. */
  get saved(): Saved {
    const { currentTerm, votedFor, log, snapshot } = this.node
    return { currentTerm, votedFor, log, snapshot }
  }

  /** All of these come in at once. */
  handle(...inputs: readonly FullInput<string>[]): readonly FullOutput<string>[] {
    const { replica, outputs } = project.handleAll(this.#options, this.#replica, inputs)
    this.#replica = replica
    for (const output of outputs) {
      if (output.type === "reply") this.replies.push(output)
      if (output.type === "send") this.sent.push(output.message)
      if (output.type === "tell") this.told.push(output.text)
    }
    return outputs
  }

  ask(client: string, request: Request): readonly FullOutput<string>[] {
    return this.handle(asks(client, request))
  }

  /** What this client has been told, if anything. */
  answer(client: string): RespValue | undefined {
    return this.replies.find((each) => each.client === client)?.reply
  }

  answers(client: string): readonly RespValue[] {
    return this.replies.flatMap((each) => (each.client === client ? [each.reply] : []))
  }

  /** It stands, and n2 votes for it, if need be. */
  lead(): this {
    this.handle({ type: "minimumElectionTimeout" }, { type: "electionTimeout" })
    const { role, currentTerm, id } = this.node
    if (role !== "leader") this.handle(vote("n2", id, currentTerm))
    return this
  }

  /** The last message of this type that it sent. */
  lastSent<T extends FullMessage["type"]>(type: T): Extract<FullMessage, { readonly type: T }> | undefined {
    return this.sent.findLast(
      (message): message is Extract<FullMessage, { readonly type: T }> => message.type === type,
    )
  }
}

export function asks(client: string, request: Request): FullInput<string> {
  return { type: "request", client, request }
}

/** The only server of its cluster: it commits at once. */
export function alone(options: ServerOptions = {}): Server {
  return new Server("n1", { voters: ["n1"], ...options }).lead()
}
