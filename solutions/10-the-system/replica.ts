import { serve, startService } from "#06-consensus"
import { step } from "#07-leader-election"
import type {
  Cluster,
  Effect,
  Json,
  RaftEvent,
  RaftNode,
  ServerId,
} from "../../projects/03-planning/contract.ts"
import type { Answer } from "../../projects/06-consensus/contract.ts"
import type {
  Handled,
  Input,
  Output,
  Replica,
  Request,
  RespValue,
} from "../../projects/10-the-system/contract.ts"
import { error, machine } from "./machine.ts"

export function startReplica<C>(node: RaftNode): Replica<C> {
  return { node, service: startService(machine) }
}

export function handle<C>(cluster: Cluster, replica: Replica<C>, input: Input<C>): Handled<C> {
  switch (input.type) {
    case "request":
      return take(cluster, replica, { type: "propose", command: toEntry(input.request) }, input.client)
    case "giveUp":
      return giveUp(replica, input.client)
    default:
      return take(cluster, replica, input)
  }
}

function toEntry(request: Request): Json {
  return "command" in request ? { ...request, command: { ...request.command } } : request
}

/** Raft's step; then, in this order: what must not be forgotten, what the others are told, what clients are told. */
function take<C>(cluster: Cluster, { node, service }: Replica<C>, event: RaftEvent, client?: C): Handled<C> {
  const { state, effects } = step(node, event)
  const served = serve(machine, service, effects, client)
  const outputs: Output<C>[] = []
  if (isNew(node, state)) outputs.push({ type: "save", before: node, after: state })
  outputs.push(...effects.flatMap(toOutput))
  for (const answer of served.answers) {
    outputs.push({ type: "reply", client: answer.proposal, reply: tell(cluster, state, answer) })
  }
  return { replica: { node: state, service: served.service }, outputs }
}

/** Figure 2: "updated on stable storage before responding to RPCs". */
function isNew(before: RaftNode, after: RaftNode): boolean {
  return (
    before.currentTerm !== after.currentTerm || before.votedFor !== after.votedFor || before.log !== after.log
  )
}

function toOutput(effect: Effect): readonly (Effect & { type: "send" | "resetElectionTimer" })[] {
  return effect.type === "send" || effect.type === "resetElectionTimer" ? [effect] : []
}

function tell<C>(cluster: Cluster, { id, currentTerm }: RaftNode, answer: Answer<C, RespValue>): RespValue {
  switch (answer.type) {
    case "applied":
      return answer.result
    case "overwritten":
      return error("TRYAGAIN another leader came; this was not done, and will not be")
    case "refused":
      return redirect(cluster, id, currentTerm, answer.leader)
  }
}

/** As a Redis cluster does: its clients know what to make of it. */
function redirect(cluster: Cluster, id: ServerId, term: number, leader: ServerId | null): RespValue {
  const member = leader !== null && leader !== id ? cluster[leader] : undefined
  if (!member) return error(`CLUSTERDOWN no leader is known to ${id} in term ${String(term)}`)
  const { host, port } = member.client
  return error(`MOVED 0 ${host.includes(":") ? `[${host}]` : host}:${String(port)}`)
}

/** The entry stays in the log, and may still be committed: that is why nobody can say whether it will be done. */
function giveUp<C>({ node, service }: Replica<C>, client: C): Handled<C> {
  const waiting = service.waiting.filter(({ proposal }) => proposal !== client)
  if (waiting.length === service.waiting.length) return { replica: { node, service }, outputs: [] }
  const reply = error("UNKNOWN it was not committed in time; it may still be done, or not")
  return {
    replica: { node, service: { ...service, waiting } },
    outputs: [{ type: "reply", client, reply }],
  }
}
