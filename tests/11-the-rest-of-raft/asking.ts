import { holds, same } from "#suite"
import type { Log, ServerId, Term } from "../../projects/03-planning/contract.ts"
import type { FullEvent, PreVote, PreVoteResponse } from "../../projects/11-the-rest-of-raft/contract.ts"
import { appendEntries, endOf, leader, logOf, requestVote, servers, termIn } from "../cluster/build.ts"
import { type FullCluster } from "./cluster.ts"
import { alone, figure2, ignored, resetsTimer, sentOf, type Past } from "./driven.ts"

/** n1, asked and asking before an election. */

export const quiet = { type: "minimumElectionTimeout" } as const
export const timeout = { type: "electionTimeout" } as const

/** A server of term 5 that has heard nobody for a while. */
export function undisturbed(past: Past = {}): FullCluster {
  const cluster = alone(["prevote"], past)
  cluster.handle("n1", quiet)
  return cluster
}

/** One that asks who would vote for it. */
export function asking(past: Past = {}): FullCluster {
  const cluster = undisturbed(past)
  cluster.handle("n1", timeout)
  return cluster
}

export function preVote(from: ServerId, term: Term, proposedTerm: Term, log: Log = logOf()): PreVote {
  const lastLogIndex = endOf(log)
  const lastLogTerm = termIn(log, lastLogIndex) ?? 0
  return { type: "PreVote", from, to: "n1", term, proposedTerm, lastLogIndex, lastLogTerm }
}

export function yes(from: ServerId, proposedTerm = 6, term = 5, voteGranted = true): PreVoteResponse {
  return { type: "PreVoteResponse", from, to: "n1", term, proposedTerm, voteGranted }
}

export const confirm = (term: Term) => ({ type: "Confirm", from: "n2", to: "n1", term, round: 1 }) as const
export const append = (term: Term) => appendEntries(leader("n2", { currentTerm: term }), "n1", 0)
export const install = (term: Term): FullEvent => ({
  type: "InstallSnapshot",
  from: "n2",
  to: "n1",
  term,
  lastIncludedIndex: 3,
  lastIncludedTerm: 1,
  configuration: { voters: servers(3), oldVoters: [] },
  offset: 0,
  data: "[",
  done: false,
})

/** What does not disturb whoever hears a leader. */
export function isDeaf(cluster: FullCluster, why: string): void {
  const { currentTerm: term, log } = cluster.node("n1")
  ignored(cluster, "n1", requestVote("n3", "n1", term + 1, 9, term), why)
  ignored(cluster, "n1", requestVote("n3", "n1", term + 7, 9, term + 6), why)
  ignored(cluster, "n1", requestVote("n3", "n1", term, endOf(log), term), why)
  ignored(
    cluster,
    "n1",
    preVote("n3", term, term + 1, logOf(...log.entries.map((each) => each.term), term)),
    why,
  )
  ignored(cluster, "n1", preVote("n3", term + 3, term + 4, logOf(term + 3)), why)
}

export function hears(cluster: FullCluster, why: string): void {
  const { currentTerm } = cluster.node("n1")
  const effects = cluster.handle("n1", requestVote("n3", "n1", currentTerm + 1, 9, currentTerm))
  const [answer] = sentOf(effects, "RequestVoteResponse", "n3")
  same(answer?.voteGranted, true, `${why}\n${cluster.story()}\nits vote`)
}

/** n1's answer, and that it changes nothing. */
export function would(cluster: FullCluster, question: PreVote, voteGranted: boolean): void {
  const before = figure2(cluster.node("n1"))
  const effects = cluster.handle("n1", question)
  const { from, proposedTerm } = question
  const { currentTerm } = cluster.node("n1")
  const answer = { from: "n1", to: from, term: currentTerm, proposedTerm, voteGranted }
  same(sentOf(effects, "PreVoteResponse", from).slice(0, 1), [answer], `${cluster.story()}\nthe answer`)
  holds(!resetsTimer(effects), cluster.story(), "its election timer goes on", "it restarts it")
  same(figure2(cluster.node("n1")), before, `${cluster.story()}\nthe server afterwards`)
}

export function stands(cluster: FullCluster, expected: boolean): void {
  const { role, currentTerm } = cluster.node("n1")
  const got = role === "candidate" || role === "leader"
  const what = expected ? "n1 stands for election" : "n1 does not stand for election"
  holds(got === expected, cluster.story(), what, `it is a ${role} in term ${String(currentTerm)}`)
}
