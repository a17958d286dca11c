import type { Cluster, RaftNode, ServerId } from "../../projects/03-planning/contract.ts"
import type { Answer } from "../../projects/06-consensus/contract.ts"
import type { RespValue } from "../../projects/10-the-system/contract.ts"

/** What clients are told, as in project 10. */
export function tell<C>(cluster: Cluster, node: RaftNode, answer: Answer<C, RespValue | null>): RespValue {
  switch (answer.type) {
    case "applied":
      return answer.result ?? error("ERR this is for operators")
    case "overwritten":
      return error("TRYAGAIN another leader came; this was not done, and will not be")
    case "refused":
      return redirect(cluster, node, answer.leader)
  }
}

export function redirect(
  cluster: Cluster,
  { id, currentTerm }: RaftNode,
  leader: ServerId | null,
): RespValue {
  const member = leader !== null && leader !== id ? cluster[leader] : undefined
  if (!member) return error(`CLUSTERDOWN no leader is known to ${id} in term ${String(currentTerm)}`)
  const { host, port } = member.client
  return error(`MOVED 0 ${host.includes(":") ? `[${host}]` : host}:${String(port)}`)
}

export function error(value: string): RespValue {
  return { type: "error", value }
}
