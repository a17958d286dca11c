import { z } from "zod"

/** What the load generator, a process of its own, is asked for. */
export const jobShape = z.object({
  /** The protocol: ours speak RESP, etcd gRPC. */
  kind: z.enum(["resp", "etcd"]),
  /** Of the leader, on this machine. */
  port: z.int(),
  /** Connections, each with one request under way. */
  clients: z.int().positive(),
  /** `fill`: every key is written once, and nothing is measured. */
  operation: z.enum(["fill", "write", "read"]),
  keys: z.int().positive(),
  valueBytes: z.int().positive(),
  seconds: z.number(),
})

export type Job = z.infer<typeof jobShape>

export const measuredShape = z.object({
  /** Answers per second. */
  rate: z.number(),
  /** In milliseconds. */
  p50: z.number(),
  p99: z.number(),
  /** Requests that were answered by an error, or not at all, and were sent again. */
  refused: z.int(),
  /** How much of one core the load generator itself has used, from 0 to 1. */
  busy: z.number(),
})

export type Measured = z.infer<typeof measuredShape>

export const reportShape = z.union([z.object({ measured: measuredShape }), z.object({ failed: z.string() })])

/** One connection. */
export interface LoadClient {
  /** Sends a request, again and again until it is done; then calls `done`. */
  ask(key: number, done: () => void): void
  close(): void
}

export interface LoadOptions extends Omit<Job, "kind" | "clients" | "seconds" | "keys"> {
  /** Something went wrong, and will be tried again. */
  readonly onRefused: () => void
}

export const keyName = (key: number): string => `key:${String(key).padStart(8, "0")}`

/** How long to wait before a refused request is sent again, in milliseconds. */
export const refusedPause = 20
