/**
 * The types of project 9. Time is virtual, in milliseconds from the start of the simulation; fractions are allowed.
 * Everything that happens follows from the options and the seed: no clock, no `Math.random`.
 */

import type { Message, RaftEvent, Role, ServerId, Term } from "../03-planning/contract.ts"
import type { Index } from "../04-the-log/contract.ts"
import type { Property, Raft, Violation } from "../08-testing/contract.ts"

/** Virtual time or a length of it, in milliseconds. Never negative. */
export type Millis = number

// ---- Chance. ----------------------------------------------------------------------------------------------------------

/** A stream of random numbers: the same seed, the same stream, on every machine and in every version of Node. */
export interface Random {
  /** The next number, from 0 up to, but not including, 1. */
  next(): number
  /** A natural number below `n`, each as likely. @throws RangeError naming `n` when it is not a positive integer */
  below(n: number): number
  /** True with this probability, from 0 (never) to 1 (always). */
  chance(probability: number): boolean
  /** One of a list, each as likely. @throws RangeError when it is empty */
  pick<T>(list: readonly T[]): T
  /**
   * Another stream, which depends on this one's seed (and name, if it is a fork) and on the name, and on nothing else:
   * not on how many numbers were drawn. So a fault more or less does not change what the network does.
   */
  fork(name: string): Random
}

/** How long something takes. Sampling it needs nothing but + - * / and comparisons: they give the same everywhere. */
export type Distribution =
  | { readonly kind: "constant"; readonly ms: Millis }
  /** Anything between, each as likely. */
  | { readonly kind: "uniform"; readonly from: Millis; readonly to: Millis }
  /**
   * As one measures it: `[0.5, 3]` says that half of all take at most 3 ms. In between, a straight line. The first
   * fraction is 0, the last is 1, and both columns never go down.
   */
  | { readonly kind: "quantiles"; readonly points: readonly (readonly [fraction: number, ms: Millis])[] }

// ---- Time. ------------------------------------------------------------------------------------------------------------

export interface VirtualClock {
  /** 0 at the start. In a callback, the time for which it was asked. */
  readonly now: Millis
  /**
   * Calls back when the time has come. Of two for the same time, the one that was asked for first comes first.
   * @returns cancels it; does nothing once it was called
   * @throws RangeError when the time is not a number, or has passed
   */
  at(time: Millis, callback: () => void): () => void
  /**
   * Calls all callbacks that are due until then (and at that very time), in order, those included that are asked for
   * meanwhile; then it is `until`. What a callback throws comes out here, and it is the time of that callback then.
   * @throws RangeError when the time is not a number, or has passed
   */
  run(until: Millis): void
}

// ---- The network. -----------------------------------------------------------------------------------------------------

/** How one server's messages travel to another. Probabilities are from 0 to 1. */
export interface Link {
  readonly latency: Distribution
  /** Of a message: that it never arrives. */
  readonly loss: number
  /** Of a message that is not lost: that it arrives twice, each time with a latency of its own. */
  readonly duplicate: number
  /**
   * Of an arrival: that it may overtake, and be overtaken. All others arrive in the order in which they were sent: one
   * that would come too early comes together with the one before it.
   */
  readonly reorder: number
}

export interface NetworkOptions extends Link {
  /** Other values for single directed links, named `n1>n2`. */
  readonly links?: Readonly<Record<string, Partial<Link>>>
}

export interface Network {
  /**
   * When a message that is sent now will arrive: never, once or twice. In any order. Never, if the way is cut now. One
   * that is cut later is no business of this answer: whoever delivers the message asks `isCut` when its time has come.
   */
  send(from: ServerId, to: ServerId, now: Millis): readonly Millis[]
  /**
   * From now on nothing gets from any of these servers to any of those. Cuts add up.
   * @returns undoes this cut, and no other
   */
  cut(from: readonly ServerId[], to: readonly ServerId[]): () => void
  isCut(from: ServerId, to: ServerId): boolean
}

// ---- Faults. ----------------------------------------------------------------------------------------------------------

/**
 * Something that goes wrong at a time, and is mended after a while. Faults add up: a server is down, or paused, as long
 * as any fault keeps it so; extra times are added, rates multiplied.
 */
export type Fault = { readonly at: Millis; readonly for: Millis } & (
  | {
      readonly kind: "partition"
      /** Those inside hear each other, and all others hear each other: nothing passes between the two, either way. */
      readonly inside: readonly ServerId[]
    }
  /** Nothing gets from `from` to `to`; the other way is open. */
  | { readonly kind: "oneWay"; readonly from: readonly ServerId[]; readonly to: readonly ServerId[] }
  /** The server does nothing for a while; a save goes on, but is not over before the end of the pause. What comes in waits, and what its timers have to say. */
  | { readonly kind: "pause"; readonly server: ServerId }
  /** The server is down, and then comes back with what it had saved, and nothing else. */
  | { readonly kind: "crash"; readonly server: ServerId }
  /** Saving takes so much longer. */
  | { readonly kind: "slowDisk"; readonly server: ServerId; readonly extra: Distribution }
  /** The server's clock runs at this rate: 1.1 is ten percent fast. Its timers started meanwhile are so much shorter. */
  | { readonly kind: "drift"; readonly server: ServerId; readonly rate: number }
)

/** Faults to be drawn at random. */
export interface FaultPlan {
  /** Faults begin from here on … */
  readonly from: Millis
  /** … and the last one has ended by then. */
  readonly until: Millis
  /**
   * How many of each kind begin in a minute, on average; what is left out does not happen. Nor do faults that a cluster
   * is too small for: partitions of a single server.
   */
  readonly perMinute: Readonly<Partial<Record<Fault["kind"], number>>>
  /** How long each lasts, unless `until` comes first. */
  readonly lasting: Distribution
}

// ---- Clients. ---------------------------------------------------------------------------------------------------------

export interface Workload {
  readonly clients: number
  /** The keys are k1, k2, … */
  readonly keys: number
  /** How likely each is, as weights. */
  readonly mix: { readonly read: number; readonly write: number; readonly cas: number }
  /** Before each request: from the start, from the last answer, or from when the client gave up. Not always 0. */
  readonly think: Distribution
  /** How long a client waits for an answer. Then it gives up, and never knows whether its request was carried out. */
  readonly patience: Millis
  /** Nothing is asked for after this. */
  readonly until: Millis
}

/** A client's request on one key, and what it learned. Values are strings; `null`: the key has no value, as at the start. */
export type Operation = {
  readonly client: string
  readonly key: string
  /** When the client asked. */
  readonly invoked: Millis
  /** When it had its answer; `null` when it never had one. */
  readonly returned: Millis | null
} & (
  | { readonly type: "read"; /** Meaningless without an answer. */ readonly result: string | null }
  | { readonly type: "write"; readonly value: string }
  | {
      readonly type: "cas"
      readonly expected: string | null
      readonly value: string
      /** Whether the key had the expected value, and now has the new one; `null` without an answer. */
      readonly done: boolean | null
    }
)

// ---- The trace: one JSON object a line, in the order of time. ------------------------------------------------------------

export type TraceEvent = { readonly at: Millis } &
  /** The first line. */
  (
    | {
        readonly type: "begin"
        /** Of this format. */
        readonly version: 1
        readonly seed: number
        readonly servers: readonly ServerId[]
        readonly duration: Millis
      }
    /**
     * A server reacted to an event: when its reaction was saved and its messages left. If it crashed before, there is no
     * such line. May be left out when the step changed nothing in the server's state and sent nothing.
     */
    | {
        readonly type: "step"
        readonly server: ServerId
        readonly event: RaftEvent["type"]
        /** The `id` of the message that it got, if it got one. */
        readonly message?: number
        /** The parts that acted, as `step` told. */
        readonly because: readonly string[]
        /** What it sent, in order. */
        readonly sent: readonly Sent[]
        readonly node: Summary
      }
    /** A message that was to arrive now does not: the way is cut, or its receiver is down. */
    | { readonly type: "missed"; readonly message: number; readonly why: "cut" | "down" }
    | { readonly type: "fault"; readonly begins: boolean; readonly fault: Fault }
    | {
        readonly type: "invoke"
        readonly client: string
        readonly key: string
        readonly what: Operation["type"]
      }
    | {
        readonly type: "return"
        readonly client: string
        readonly key: string
        /** Whether it had an answer, or gave up. */
        readonly answered: boolean
      }
    | ({ readonly type: "violation" } & Violation)
    /** The last line. */
    | { readonly type: "end"; readonly statistics: Statistics }
  )

export interface Sent {
  /** Counted from 1, over the whole simulation. */
  readonly id: number
  readonly message: Message
  /** When it will arrive, as `Network.send` says: empty when the network loses it. */
  readonly arrives: readonly Millis[]
}

/** A server in a few words. */
export interface Summary {
  readonly role: Role
  readonly term: Term
  readonly votedFor: ServerId | null
  readonly lastIndex: Index
  readonly lastTerm: Term
  readonly commitIndex: Index
}

// ---- The simulation. --------------------------------------------------------------------------------------------------

/** The two timers of every server. */
export interface Timers {
  /** A new delay each time it starts. Not always 0. */
  readonly election: Distribution
  readonly heartbeat: Millis
}

export interface SimulateOptions {
  readonly seed: number
  /** How many; they are called n1, n2, … */
  readonly servers: number
  readonly duration: Millis
  /** What runs in each server: the same everywhere, or chosen by name. */
  readonly node: Raft | ((server: ServerId) => Raft)
  /** Default: election 150 to 300 ms, heartbeat 50 ms. */
  readonly timers?: Partial<Timers>
  /** Default: latency 1 to 10 ms, everything else 0. */
  readonly network?: Partial<NetworkOptions>
  /**
   * How long it takes to save a step that changed the term, the vote or the log. Until then none of its effects leave,
   * and the server does nothing else. Default: 0.
   */
  readonly disk?: Distribution
  /** Faults, or a plan by which to draw some. Default: none. */
  readonly faults?: readonly Fault[] | FaultPlan
  /**
   * Default: 3 clients, 3 keys, half of all reads, a third writes, the rest cas, thinking 20 to 200 ms, patience
   * 1,000 ms, until a second before the end. `null`: no clients.
   */
  readonly workload?: Partial<Workload> | null
  /**
   * Liveness. So long after the last fault's end (or the start, if there are no faults), there must have been a leader;
   * and from then on, no client may give up one request after the other for this long. Default: 5,000 ms. What would
   * come after the end of the simulation is not asked for.
   */
  readonly recovery?: Millis
  /** Checked after every step and every crash. Default: those of project 8. */
  readonly properties?: readonly Property[]
  /** Given every line of the trace, without its line end. */
  readonly onTrace?: (line: string) => void
}

export interface Statistics {
  /** Steps that servers took and saved. */
  readonly steps: number
  /**
   * `delivered` counts arrivals at servers that are up, so a message that arrives twice is counted twice. `lost` counts
   * messages that the network loses, and arrivals that are missed (see `missed` in the trace).
   */
  readonly messages: { readonly sent: number; readonly delivered: number; readonly lost: number }
  /**
   * For each time that there was no leader: how long until there was one. The first is from the start. There is a leader
   * while some server believes that it leads, and could: it runs, and it is a majority together with those that run and
   * that no cut keeps from it, either way. Whoever is down or paused does not run.
   */
  readonly elections: readonly Millis[]
  /** Time without a leader, in all. */
  readonly unavailable: Millis
  /** Entries that were committed, whoever made them. */
  readonly commits: number
  /** Messages sent for each; `null` when there were none. */
  readonly messagesPerCommit: number | null
  readonly operations: { readonly answered: number; readonly gaveUp: number }
}

export interface Simulated {
  /** SHA-256 of the trace, in hex: of all its lines, each with a line feed behind it, as `sha256sum` counts. */
  readonly hash: string
  readonly statistics: Statistics
  /** In the order in which they were asked for. */
  readonly history: readonly Operation[]
  /**
   * The first thing that went wrong; the simulation ends there. A broken property; `step throws`; of liveness, `Recovery`
   * or `Every client is answered`; or `Messages die down`, when more than 10,000 are under way, or sent at one time.
   */
  readonly violation: (Violation & { readonly at: Millis }) | null
}

/** What `projects/09-simulation/index.ts` exports. */
export interface Project {
  /**
   * @param seed  a natural number
   * @throws RangeError naming `seed` when it is none
   */
  createRandom(seed: number): Random

  /** @throws RangeError naming the field that is wrong: negative times, `from` after `to`, `points` out of order */
  sample(distribution: Distribution, random: Random): Millis

  createClock(): VirtualClock

  /** @throws RangeError naming the field when a probability is not from 0 to 1, or the latency makes no sense */
  createNetwork(options: NetworkOptions, random: Random): Network

  /**
   * Faults as planned, in the order in which they begin.
   * @throws RangeError naming the field when the plan makes no sense
   */
  scheduleFaults(plan: FaultPlan, servers: readonly ServerId[], random: Random): readonly Fault[]

  /** @throws RangeError naming the option, as `network.loss`, when it makes no sense */
  simulate(options: SimulateOptions): Simulated
}
