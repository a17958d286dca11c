import type { Effect } from "../03-planning/contract.ts"
import { notImplemented } from "../not-implemented.ts"
import type { Served, Service, StateMachine } from "./contract.ts"

// 6e. The application's side: commands go in as proposals, results come out as answers. No Raft in here.

export function startService<M, R, P>(machine: StateMachine<M, R>): Service<M, P> {
  return notImplemented("startService", "6, rule 12")
}

export function serve<M, R, P>(
  machine: StateMachine<M, R>,
  service: Service<M, P>,
  effects: readonly Effect[],
  proposal?: P,
): Served<M, P, R> {
  return notImplemented("serve", "6, rules 12 to 17")
}
