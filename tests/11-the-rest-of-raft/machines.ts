import { CheckFailure, show } from "#suite"
import type { Index, Json, ServerId } from "../../projects/03-planning/contract.ts"
import type { Configuration, FullEffect, FullNode } from "../../projects/11-the-rest-of-raft/contract.ts"
import { isConfiguration } from "./configurations.ts"

/**
 * The state machines beside a cluster's servers: each is a list of all commands that it was given. So a snapshot tells
 * what it stands for, and a read what it must have seen.
 */
export class Machines {
  readonly #applied = new Map<ServerId, readonly Json[]>()
  /** Each committed command, by its index less one: the same for all, as `History` checks. */
  readonly #commands: Json[] = []
  /** For each read, up to where entries were committed anywhere when it was asked for. */
  readonly #reads = new Map<number, Index>()
  /** Answered, or refused. */
  readonly over = new Map<number, "readable" | "notReadable">()

  constructor(ids: readonly ServerId[]) {
    for (const id of ids) this.#applied.set(id, [])
  }

  /** A server comes back: its machine begins with the snapshot. */
  restart({ id, snapshot }: FullNode): void {
    this.#applied.set(id, parse(snapshot.data))
  }

  /** What a snapshot of this server at this index must hold. */
  dataAt(id: ServerId, index: Index): string {
    return JSON.stringify((this.#applied.get(id) ?? []).slice(0, index))
  }

  asked(read: number, nodes: readonly FullNode[]): void {
    this.#reads.set(read, Math.max(...nodes.map(({ commitIndex }) => commitIndex)))
  }

  step(before: FullNode, after: FullNode, effects: readonly FullEffect[]): void {
    for (const effect of effects) this.#effect(after, effect)
    snapshotFits(before, after)
    if (this.#applied.get(after.id)?.length !== after.lastApplied)
      broken(
        "The state machine has what lastApplied says (section 7)",
        `${after.id} has lastApplied ${String(after.lastApplied)}, and its machine ${String(this.#applied.get(after.id)?.length)} entries`,
      )
  }

  #effect(node: FullNode, effect: FullEffect): void {
    const { id } = node
    const commands = this.#applied.get(id) ?? []
    switch (effect.type) {
      case "apply":
        this.#commands[effect.index - 1] = effect.entry.command
        this.#applied.set(id, [...commands, effect.entry.command])
        return
      case "restore":
        this.#restore(node, effect.snapshot)
        return
      case "readable":
        this.#readable(node, effect.read)
        this.#end(id, effect.read, "readable")
        return
      case "notReadable":
        this.#end(id, effect.read, "notReadable")
        return
      default:
    }
  }

  #restore({ id }: FullNode, { lastIncludedIndex, data, configuration }: FullNode["snapshot"]): void {
    const commands = parse(data)
    const expected = this.#commands.slice(0, lastIncludedIndex)
    if (commands.length !== lastIncludedIndex || show(commands) !== show(expected))
      broken(
        "A snapshot is all that its entries have come to (section 7)",
        `${id} goes on from a snapshot up to ${String(lastIncludedIndex)} that holds ${show(commands)}; committed were ${show(expected)}`,
      )
    const last = expected.findLast(isConfiguration)
    if (last && show(only(last)) !== show(only(configuration)))
      broken(
        "A snapshot has the configuration that held after its last entry (section 7)",
        `${id} goes on from a snapshot up to ${String(lastIncludedIndex)} with ${show(configuration)}; the last one up to there is ${show(last)}`,
      )
    this.#applied.set(id, commands)
  }

  /** Section 8: a read sees all that was committed when it was asked for, wherever that was. */
  #readable({ id }: FullNode, read: number): void {
    const due = this.#reads.get(read) ?? 0
    const applied = this.#applied.get(id)?.length ?? 0
    if (applied >= due) return
    broken(
      "A read sees every write that was done before it was asked for (section 8)",
      `${id} answers read ${String(read)} with what its state machine has, up to ${String(applied)}; when it was asked, entry ${String(due)} was committed`,
    )
  }

  #end(id: ServerId, read: number, how: "readable" | "notReadable"): void {
    if (this.over.has(read) || !this.#reads.has(read))
      broken(
        "Every read is answered once",
        `${id} answers read ${String(read)}, which ${this.over.has(read) ? "is answered already" : "nobody asked for"}`,
      )
    this.over.set(read, how)
  }
}

function only({ voters, oldVoters }: Configuration): Configuration {
  return { voters, oldVoters }
}

/** The log begins where the snapshot ends, and neither ever goes back. */
function snapshotFits(before: FullNode, { id, log, snapshot }: FullNode): void {
  const { lastIncludedIndex: index, lastIncludedTerm: term } = snapshot
  if (log.base.index !== index || log.base.term !== term)
    broken(
      "The log begins where the snapshot ends (section 7)",
      `${id} has a snapshot up to (${String(index)}, ${String(term)}), and a log behind (${String(log.base.index)}, ${String(log.base.term)})`,
    )
  if (index < before.snapshot.lastIncludedIndex)
    broken(
      "A snapshot never goes back (section 7)",
      `${id} went from a snapshot up to ${String(before.snapshot.lastIncludedIndex)} to one up to ${String(index)}`,
    )
}

function parse(data: string): readonly Json[] {
  return data === "" ? [] : (JSON.parse(data) as Json[])
}

function broken(property: string, what: string): never {
  throw new CheckFailure({ kind: "broken", summary: what, expected: property, got: what })
}
