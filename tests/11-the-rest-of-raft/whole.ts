import { fail, oneSeed, retell } from "#suite"
import type { ServerId } from "../../projects/03-planning/contract.ts"
import type { RespValue } from "../../projects/10-the-system/contract.ts"
import type {
  Chapter,
  FullInput,
  FullMessage,
  FullNode,
  FullOutput,
  FullReplica,
  FullStep,
  ReplicaOptions,
  Storage,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { endOf } from "../cluster/build.ts"
import { History } from "../cluster/history.ts"
import { toDone } from "./cluster.ts"
import { Disk, type Files } from "./disk.ts"
import { openOn } from "./lives.ts"
import { project, stepWith } from "./project.ts"
import { addresses } from "./replicas.ts"
import { isOld, tellFullEvent, tellFullNode } from "./words.ts"

export interface WholeOptions {
  readonly chapters?: readonly Chapter[]
  readonly voters?: readonly ServerId[]
  readonly compactAt?: number
  /** As the engine may do it: a leader's new entries leave before they are on its own disk. */
  readonly sendsFirst?: boolean
  /** Asked before each output: whether the process ends right there. */
  readonly dies?: () => boolean
  /** What a crash leaves of a disk. */
  readonly left?: (disk: Disk) => Files
}

/** A process, with its disk. */
interface Process {
  readonly disk: Disk
  readonly storage: Storage
  replica: FullReplica<string>
}

type Told = (client: string, reply: RespValue, server: ServerId) => void
type Taken = Parameters<History["step"]>

/**
 * Whole servers, each with a disk of its own that loses what was not synced. What they want done is done in their order,
 * and a crash can come between any two of these, or within a save. What must hold of any cluster is checked of every
 * state that somebody could have heard of.
 */
export class WholeCluster {
  readonly ids: readonly ServerId[]
  readonly history = new History()
  /** Messages that have left, the oldest first. */
  inFlight: readonly FullMessage[] = []
  onReply: Told = () => undefined
  onCrash: (server: ServerId) => void = () => undefined
  readonly #options: ReplicaOptions
  readonly #voters: readonly ServerId[]
  readonly #sendsFirst: boolean
  readonly #dies: () => boolean
  readonly #left: (disk: Disk) => Files
  readonly #up = new Map<ServerId, Process>()
  readonly #down = new Map<ServerId, Files>()
  readonly #machines = new Map<number, string>()
  readonly #story: string[] = []
  #taken: Taken[] = []

  constructor(ids: readonly ServerId[], options: WholeOptions = {}) {
    this.ids = ids
    const { chapters = project.chapters, voters = ids, compactAt = 8 } = options
    const { sendsFirst = false, dies = () => false, left = (disk: Disk) => disk.durable } = options
    const inner = stepWith(chapters)
    const step: FullStep = (node, event) => {
      const stepped = inner(node, event)
      const old = isOld(event) ? event : undefined
      this.#taken.push([node, stepped.state, stepped.effects.flatMap(toDone), old])
      return stepped
    }
    this.#options = { step, cluster: addresses, compactAt }
    this.#voters = voters
    this.#sendsFirst = sendsFirst
    this.#dies = dies
    this.#left = left
    for (const id of ids) this.#down.set(id, new Map())
    for (const id of ids) this.boot(id)
  }

  get up(): readonly ServerId[] {
    return [...this.#up.keys()]
  }

  get down(): readonly ServerId[] {
    return [...this.#down.keys()]
  }

  get nodes(): readonly FullNode[] {
    return [...this.#up.values()].map(({ replica }) => replica.node)
  }

  process(id: ServerId): Process {
    const found = this.#up.get(id)
    if (!found) throw new Error(`${id} is not up`)
    return found
  }

  isUp(id: ServerId): boolean {
    return this.#up.has(id)
  }

  story(lines = oneSeed ? 10_000 : 24): string {
    const left = this.#story.length > lines ? [`… ${String(this.#story.length - lines)} lines …`] : []
    return [...left, ...this.#story.slice(-lines)].join("\n")
  }

  /** It starts on what is on its disk. @param crashAt  the power goes again before this change of the disk */
  boot(id: ServerId, crashAt = Number.POSITIVE_INFINITY): void {
    const disk = new Disk(this.#down.get(id))
    disk.crashAt = crashAt
    try {
      const storage = openOn(disk, this.#voters)
      const replica = project.startFullReplica<string>(project.startNode(id, storage.saved))
      this.#story.push(`starts: ${tellFullNode(replica.node)}`)
      this.#down.delete(id)
      this.#up.set(id, { disk, storage, replica })
      this.history.begin(replica.node)
    } catch (failure) {
      if (!disk.isDown) this.#retell(failure)
      this.#story.push(`${id} loses its power again while it starts`)
      this.#down.set(id, this.#left(disk))
    }
  }

  crash(id: ServerId): void {
    const { disk } = this.process(id)
    this.#story.push(`${id} crashes`)
    this.#up.delete(id)
    this.#down.set(id, this.#left(disk))
    this.onCrash(id)
  }

  /** All of these come to this server at once. */
  handle(id: ServerId, ...inputs: readonly FullInput<string>[]): void {
    this.#story.push(`${id} gets ${inputs.map(tellInput).join("; ")}`)
    const server = this.process(id)
    this.#taken = []
    try {
      const { replica, outputs } = project.handleAll(this.#options, server.replica, inputs)
      server.replica = replica
      const taken = this.#taken
      if (this.#carryOut(id, outputs, taken)) this.#agree(replica)
      else this.crash(id)
    } catch (failure) {
      this.#retell(failure)
    }
  }

  /** @returns whether it is still there afterwards */
  #carryOut(id: ServerId, outputs: readonly FullOutput<string>[], taken: readonly Taken[]): boolean {
    let isKnown = false
    const known = (): void => {
      if (!isKnown) for (const step of taken) this.history.step(...step)
      isKnown = true
    }
    // What is in memory alone, nobody can have heard of: it counts from the moment in which it is on the disk, or sent.
    if (!outputs.some(({ type }) => type === "save")) known()
    for (const output of this.#sendsFirst ? entriesFirst(outputs) : outputs) {
      if (this.#dies()) return false
      if (output.type === "send") known()
      if (!this.#do(id, output)) return false
      if (output.type === "save") known()
    }
    return true
  }

  #do(id: ServerId, output: FullOutput<string>): boolean {
    const { storage, disk } = this.process(id)
    if (output.type === "send") this.inFlight = [...this.inFlight, output.message]
    if (output.type === "reply") this.onReply(output.client, output.reply, id)
    if (output.type !== "save") return true
    try {
      storage.save(output.before, output.after)
      return !disk.isDown
    } catch (failure) {
      if (!disk.isDown) throw failure
      return false
    }
  }

  /** The same entries, the same machine, whether from a snapshot or not. */
  #agree({ node, service }: FullReplica<string>): void {
    const machine = JSON.stringify(service.machine)
    const known = this.#machines.get(node.lastApplied) ?? machine
    this.#machines.set(node.lastApplied, known)
    if (known === machine) return
    fail("broken", "two servers applied the same entries, and their machines are not the same", {
      scenario: `both have applied all up to ${String(node.lastApplied)}; one of them is ${node.id}`,
      expected: known,
      got: machine,
    })
  }

  #retell(failure: unknown): never {
    return retell(failure, this.story())
  }

  /** Takes messages to this server from those under way, the oldest first. */
  take(id: ServerId, most: number, at = 0): readonly FullMessage[] {
    const mine = this.inFlight.filter(({ to }) => to === id).slice(at, at + most)
    this.inFlight = this.inFlight.filter((message) => !mine.includes(message))
    return mine
  }

  /** Delivers, in batches, until nothing is under way. */
  settle(most = 2_000): void {
    for (let round = 0; round < most; round++) {
      const to = this.inFlight[0]?.to
      if (to === undefined) return
      const mine = this.take(to, 8)
      if (this.isUp(to)) this.handle(to, ...mine)
    }
    fail("broken", "the servers never come to rest: messages call forth messages without end", {
      scenario: this.story(),
      expected: "no message under way after a while, with no event from outside",
      got: `still ${String(this.inFlight.length)} under way`,
    })
  }
}

/** Only of a leader, and only if what it has committed does not depend on the save. */
function entriesFirst(outputs: readonly FullOutput<string>[]): readonly FullOutput<string>[] {
  const save = outputs.find((output) => output.type === "save")
  if (!save) return outputs
  const { before, after } = save
  const isLeading =
    before.role === "leader" && after.role === "leader" && before.currentTerm === after.currentTerm
  if (!isLeading || after.commitIndex > endOf(before.log)) return outputs
  const isNews = (output: FullOutput<string>): boolean =>
    output.type === "send" && output.message.type === "AppendEntries"
  return [...outputs.filter(isNews), ...outputs.filter((output) => !isNews(output))]
}

function tellInput(input: FullInput<string>): string {
  if (input.type === "giveUp") return `${input.client} gives up`
  if (input.type !== "request") return tellFullEvent(input)
  const { client, request } = input
  const words = "command" in request ? [request.command.name, ...request.command.args].join(" ") : "open"
  return `${words} from ${client}`
}
