import { serve } from "#06-consensus"
import type { Effect } from "../../projects/03-planning/contract.ts"
import type {
  FullEffect,
  FullEvent,
  FullHandled,
  FullInput,
  FullNode,
  FullOutput,
  FullReplica,
  ReplicaOptions,
  Snapshot,
} from "../../projects/11-the-rest-of-raft/contract.ts"
import { fullMachine, isRead, look, read, toEntry, write } from "./machine.ts"
import { error, redirect, tell } from "./replies.ts"

export function startFullReplica<C>(node: FullNode): FullReplica<C> {
  const machine = read(node.snapshot.data)
  const checkpoint = { index: node.lastApplied, machine }
  return { node, service: { machine, waiting: [] }, reads: {}, asked: 0, checkpoint }
}

/**
 * Every input in turn, as if it had come alone; then one save for all of them, before anything else leaves. So what is
 * saved is the last state, and all that was said on the way to it is said when that is safe.
 */
export function handleAll<C>(
  options: ReplicaOptions,
  replica: FullReplica<C>,
  inputs: readonly FullInput<C>[],
): FullHandled<C> {
  let current = replica
  const outputs: FullOutput<C>[] = []
  const note = (handled: FullHandled<C>): void => {
    current = handled.replica
    outputs.push(...handled.outputs)
  }
  for (const input of grouped(inputs)) note(handleOne(options, current, input))
  note(compact(options, current))
  const [before, after] = [replica.node, current.node]
  const save: readonly FullOutput<C>[] = isSaved(before, after) ? [] : [{ type: "save", before, after }]
  return { replica: current, outputs: [...save, ...outputs] }
}

/** Figure 2's persistent state, and the snapshot. */
function isSaved(a: FullNode, b: FullNode): boolean {
  return (
    a.currentTerm === b.currentTerm &&
    a.votedFor === b.votedFor &&
    a.log === b.log &&
    a.snapshot === b.snapshot
  )
}

/** Requests of one kind that follow each other. */
interface Requests<C> {
  readonly type: "reads" | "writes"
  readonly requests: Asked<C>[]
}

type Single<C> = Exclude<FullInput<C>, Asked<C>>

function grouped<C>(inputs: readonly FullInput<C>[]): readonly (Single<C> | Requests<C>)[] {
  const groups: (Single<C> | Requests<C>)[] = []
  for (const input of inputs) {
    if (input.type !== "request") {
      groups.push(input)
      continue
    }
    const type = isRead(input.request) ? "reads" : "writes"
    const last = groups.at(-1)
    if (last?.type === type) last.requests.push(input)
    else groups.push({ type, requests: [input] })
  }
  return groups
}

function handleOne<C>(
  options: ReplicaOptions,
  replica: FullReplica<C>,
  input: Single<C> | Requests<C>,
): FullHandled<C> {
  switch (input.type) {
    case "writes":
      return propose(options, replica, input.requests)
    case "reads":
      return ask(options, replica, input.requests)
    case "giveUp":
      return giveUp(replica, input.client)
    default:
      return take(options, replica, input)
  }
}

type Asked<C> = Extract<FullInput<C>, { readonly type: "request" }>

/** All at once: so they go to each follower in one message. */
function propose<C>(
  options: ReplicaOptions,
  replica: FullReplica<C>,
  writes: readonly Asked<C>[],
): FullHandled<C> {
  const commands = writes.map(({ request }) => toEntry(request))
  return take(
    options,
    replica,
    { type: "proposeAll", commands },
    writes.map(({ client }) => client),
  )
}

/**
 * Reads are in no log: they wait for Raft to say that the machine may be looked into. To Raft, those that have come
 * together are one, which came with the last of them.
 */
function ask<C>(
  options: ReplicaOptions,
  replica: FullReplica<C>,
  requests: readonly Asked<C>[],
): FullHandled<C> {
  const asked = replica.asked + 1
  const reads = { ...replica.reads, [asked]: requests.map(({ client, request }) => ({ client, request })) }
  const now = requests.every((each) => each.now !== undefined) ? requests.at(-1)?.now : undefined
  return take(
    options,
    { ...replica, asked, reads },
    { type: "read", read: asked, ...(now !== undefined && { now }) },
  )
}

/** Raft's step, and what its effects mean for the machine and for clients. */
function take<C>(
  options: ReplicaOptions,
  replica: FullReplica<C>,
  event: FullEvent,
  clients: readonly C[] = [],
): FullHandled<C> {
  const { state, effects } = options.step(replica.node, event)
  let current: FullReplica<C> = { ...replica, node: state }
  const outputs: FullOutput<C>[] = []
  const note = (handled: FullHandled<C>): void => {
    current = handled.replica
    outputs.push(...handled.outputs)
  }
  // A restored machine is one that knows nothing of what was applied before; so the order counts.
  const restored = effects.findLastIndex(({ type }) => type === "restore")
  for (const effect of effects.slice(0, restored + 1))
    if (effect.type === "restore") note(restore(current, effect.snapshot))
  note(apply(options, current, effects.slice(restored + 1), clients))
  for (const effect of effects) {
    if (effect.type === "readable" || effect.type === "notReadable")
      note(answerRead(options, current, effect))
    else outputs.push(...toOutput<C>(effect))
  }
  return { replica: current, outputs }
}

function apply<C>(
  { cluster }: ReplicaOptions,
  replica: FullReplica<C>,
  effects: readonly FullEffect[],
  clients: readonly C[],
): FullHandled<C> {
  let { service } = replica
  const outputs: FullOutput<C>[] = []
  const note = (some: readonly ServedEffect[], client?: C): void => {
    const served = serve(fullMachine, service, some, client)
    service = served.service
    for (const answer of served.answers)
      outputs.push({ type: "reply", client: answer.proposal, reply: tell(cluster, replica.node, answer) })
  }
  // One answer for each proposal, in their order; and then what is applied, which may be some of them already.
  const ours = effects.filter(concernsMachine)
  for (const [i, answer] of ours.filter(({ type }) => type !== "apply").entries()) note([answer], clients[i])
  note(ours.filter(({ type }) => type === "apply"))
  return { replica: { ...replica, service }, outputs }
}

type ServedEffect = Extract<Effect, { readonly type: "accepted" | "refused" | "apply" }>

function concernsMachine(effect: FullEffect): effect is ServedEffect {
  return effect.type === "accepted" || effect.type === "refused" || effect.type === "apply"
}

/** Whoever waits for an entry that the snapshot stands for cannot be told what came of it. */
function restore<C>(replica: FullReplica<C>, { lastIncludedIndex, data }: Snapshot): FullHandled<C> {
  const machine = read(data)
  const isPast = ({ index }: { readonly index: number }): boolean => index <= lastIncludedIndex
  const { waiting } = replica.service
  return {
    replica: {
      ...replica,
      service: { machine, waiting: waiting.filter((each) => !isPast(each)) },
      checkpoint: { index: lastIncludedIndex, machine },
    },
    outputs: waiting
      .filter(isPast)
      .map(({ proposal }) => ({ type: "reply", client: proposal, reply: unknown })),
  }
}

type ReadAnswer = Extract<FullEffect, { readonly type: "readable" | "notReadable" }>

function answerRead<C>(
  { cluster }: ReplicaOptions,
  replica: FullReplica<C>,
  answer: ReadAnswer,
): FullHandled<C> {
  const { [answer.read]: pending, ...reads } = replica.reads
  if (!pending) return { replica, outputs: [] }
  const outputs = pending.map(({ client, request }): FullOutput<C> => {
    const reply =
      answer.type === "readable"
        ? look(replica.service.machine, request)
        : redirect(cluster, replica.node, answer.leader)
    return { type: "reply", client, reply }
  })
  return { replica: { ...replica, reads }, outputs }
}

const unknown = error("UNKNOWN it was not committed in time; it may still be done, or not")

function giveUp<C>(replica: FullReplica<C>, client: C): FullHandled<C> {
  const { service } = replica
  const waiting = service.waiting.filter(({ proposal }) => proposal !== client)
  const open = Object.entries(replica.reads)
  const isReading = open.some(([, pending]) => pending.some((read) => read.client === client))
  if (waiting.length === service.waiting.length && !isReading) return { replica, outputs: [] }
  const reads = Object.fromEntries(
    open.map(([read, pending]) => [read, pending.filter((each) => each.client !== client)]),
  )
  return {
    replica: { ...replica, reads, service: { ...service, waiting } },
    outputs: [{ type: "reply", client, reply: unknown }],
  }
}

/**
 * The state of a while ago is at hand, since states never change: the one that was there when all but a quarter of
 * `compactAt` entries had come. That quarter stays in the log, for followers that are a little behind: a snapshot costs
 * them much more.
 */
function compact<C>(options: ReplicaOptions, replica: FullReplica<C>): FullHandled<C> {
  const { node, checkpoint, service } = replica
  const [first, stays] = [node.log.base.index, Math.ceil(options.compactAt / 4)]
  if (checkpoint.index > first) {
    if (node.lastApplied - checkpoint.index < stays) return { replica, outputs: [] }
    const data = write(checkpoint.machine)
    return take(options, replica, { type: "compact", index: checkpoint.index, data })
  }
  if (node.lastApplied - first < options.compactAt - stays) return { replica, outputs: [] }
  const fresh = { index: node.lastApplied, machine: service.machine }
  return { replica: { ...replica, checkpoint: fresh }, outputs: [] }
}

function toOutput<C>(effect: FullEffect): readonly FullOutput<C>[] {
  if (effect.type === "send" || effect.type === "resetElectionTimer") return [effect]
  return effect.type === "declined" ? [{ type: "tell", text: `${effect.what}: no, ${effect.why}` }] : []
}
