import { fail, holds, retell, show } from "#suite"
import type {
  AppendEntriesResponse,
  Conflict,
  Index,
  Log,
  ServerId,
  Term,
} from "../../projects/03-planning/contract.ts"
import type {
  Chapter,
  FullEffect,
  FullEvent,
  FullMessage,
  FullNode,
  FullStep,
  InstallSnapshot,
  InstallSnapshotResponse,
  Saved,
  Snapshot,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { logOf, rejected, servers, vote } from "../cluster/build.ts"
import { sentBy } from "./cluster.ts"
import { project, stepWith } from "./project.ts"
import { tellFullEvent, tellFullNode } from "./words.ts"

/** With what a server starts. */
export interface Start {
  readonly voters?: readonly ServerId[]
  readonly term?: Term
  readonly log?: Log
  /** Of the snapshot that stands for what is gone from the log. */
  readonly data?: string
}

export function savedWith({ voters = servers(3), term = 0, log = logOf(), data = "" }: Start): Saved {
  const configuration = { voters, oldVoters: [] }
  const { index: lastIncludedIndex, term: lastIncludedTerm } = log.base
  const snapshot = { lastIncludedIndex, lastIncludedTerm, configuration, data }
  return { currentTerm: term, votedFor: null, log, snapshot }
}

/** One server under test, alone: the check says what happens to it, and looks at what it does. */
export class Server {
  node: FullNode
  readonly id: ServerId
  readonly #step: FullStep
  readonly #story: string[] = []

  constructor(chapters: readonly Chapter[], start: Start = {}, id: ServerId = "n1") {
    this.id = id
    this.#step = stepWith(chapters)
    this.node = project.startNode(id, savedWith(start))
    this.#story.push(tellFullNode(this.node))
  }

  /** What happened so far, in words. */
  get story(): string {
    const [start = "", ...events] = this.#story
    const left = events.length > 12 ? [`… ${String(events.length - 12)} events …`] : []
    return [start, ...left, ...events.slice(-12)].join("\n")
  }

  handle(event: FullEvent): readonly FullEffect[] {
    this.#story.push(`it gets ${tellFullEvent(event)}`)
    try {
      const { state, effects } = this.#step(this.node, event)
      this.node = state
      return effects
    } catch (failure) {
      return retell(failure, this.story)
    }
  }

  beat(): readonly FullEffect[] {
    return this.handle({ type: "heartbeatTimeout" })
  }

  propose(command: string): readonly FullEffect[] {
    return this.handle({ type: "propose", command })
  }

  compact(index: Index, data: string): readonly FullEffect[] {
    return this.handle({ type: "compact", index, data })
  }

  /** It loses all but what is persistent. */
  restart(): void {
    const { currentTerm, votedFor, log, snapshot } = this.node
    this.node = project.startNode(this.id, { currentTerm, votedFor, log, snapshot })
    this.#story.push("it crashes and comes back")
  }

  /** It times out, and all others vote for it. */
  elect(): readonly FullEffect[] {
    const effects = [...this.handle({ type: "electionTimeout" })]
    for (const peer of this.node.voters)
      if (peer !== this.id) effects.push(...this.handle(vote(peer, this.id, this.node.currentTerm)))
    holds(this.node.role === "leader", this.story, "that it leads", tellFullNode(this.node))
    return effects
  }

  /** This follower has everything up to there. */
  success(from: ServerId, matchIndex: Index): readonly FullEffect[] {
    const { id: to, currentTerm: term } = this.node
    return this.handle({ type: "AppendEntriesResponse", from, to, term, success: true, matchIndex })
  }

  refusal(from: ServerId, conflict?: Conflict): readonly FullEffect[] {
    return this.handle(refusal(from, this.id, this.node.currentTerm, conflict))
  }

  /** This follower has so much of the snapshot. */
  received(
    from: ServerId,
    lastIncludedIndex: Index,
    received: number,
    installed = false,
  ): readonly FullEffect[] {
    const { id: to, currentTerm: term } = this.node
    const answer: InstallSnapshotResponse = {
      type: "InstallSnapshotResponse",
      from,
      to,
      term,
      lastIncludedIndex,
      received,
      installed,
    }
    return this.handle(answer)
  }
}

export function refusal(
  from: ServerId,
  to: ServerId,
  term: Term,
  conflict?: Conflict,
): AppendEntriesResponse {
  return { ...rejected(from, to, term), ...(conflict && { conflict }) }
}

/** The messages of one type among some effects, perhaps only those to one server. */
export function messages<T extends FullMessage["type"]>(
  effects: readonly FullEffect[],
  type: T,
  to?: ServerId,
): readonly Extract<FullMessage, { readonly type: T }>[] {
  return sentBy(effects).filter(
    (message): message is Extract<FullMessage, { readonly type: T }> =>
      message.type === type && (to === undefined || message.to === to),
  )
}

/** The one message of this type, or the first of several that are the same. */
export function only<M>(found: readonly M[], scenario: string, what: string): M {
  const [first] = found
  if (first === undefined)
    return fail("broken", `expected ${what}, got nothing`, { scenario, expected: what, got: "nothing" })
  const others = found.filter((each) => JSON.stringify(each) !== JSON.stringify(first))
  holds(others.length === 0, scenario, `${what}, and no other`, show(found))
  return first
}

/** A part of a snapshot, as the leader n2 sends it to n1. */
export function part(
  snapshot: Snapshot,
  offset = 0,
  end = snapshot.data.length,
  fields: Partial<InstallSnapshot> = {},
): InstallSnapshot {
  const { data, ...which } = snapshot
  const envelope = { from: "n2", to: "n1", term: 5 }
  const done = end === data.length
  return {
    type: "InstallSnapshot",
    ...envelope,
    ...which,
    offset,
    data: data.slice(offset, end),
    done,
    ...fields,
  }
}

export function snapshotOf(
  lastIncludedIndex: Index,
  lastIncludedTerm: Term,
  data = `all up to ${String(lastIncludedIndex)}`,
  voters = servers(3),
): Snapshot {
  return { lastIncludedIndex, lastIncludedTerm, configuration: { voters, oldVoters: [] }, data }
}

/** So many characters, no two places in them alike, and not like those of another name. */
export function textOf(name: string, length: number): string {
  const words: string[] = []
  for (let size = 0, i = 0; size < length; i++) {
    const word = `${name} ${String(i)}; `
    words.push(word)
    size += word.length
  }
  return words.join("").slice(0, length)
}

/** What a server knows, by Figure 2 and the snapshot. */
export function known(node: FullNode): Partial<FullNode> {
  const { currentTerm, votedFor, log, snapshot, commitIndex, lastApplied, role, nextIndex, matchIndex } = node
  return { currentTerm, votedFor, log, snapshot, commitIndex, lastApplied, role, nextIndex, matchIndex }
}
