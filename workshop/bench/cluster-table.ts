import type { Measured } from "./load-protocol.ts"

/** One number of clients, one operation. */
export interface Cell {
  readonly clients: number
  readonly operation: "write" | "read"
  readonly ours: readonly Measured[]
  readonly etcd: readonly Measured[]
}

/** Of one kind of cluster, in milliseconds. */
export interface Recovery {
  readonly name: string
  readonly times: readonly number[]
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}

const many = (n: number): string => Math.round(n).toLocaleString("en-US")
const ms = (n: number): string => n.toFixed(n < 10 ? 2 : n < 100 ? 1 : 0)

type Column = readonly [head: string, tell: (cell: Cell) => string]

const of = (runs: readonly Measured[], what: "rate" | "p50" | "p99" | "busy"): number =>
  median(runs.map((each) => each[what]))
const sum = (runs: readonly Measured[]): number => runs.reduce((total, { refused }) => total + refused, 0)

const alone: readonly Column[] = [
  ["clients", ({ clients }) => String(clients)],
  ["", ({ operation }) => `${operation}s`],
  ["ours/s", ({ ours }) => many(of(ours, "rate"))],
  ["p50 ms", ({ ours }) => ms(of(ours, "p50"))],
  ["p99 ms", ({ ours }) => ms(of(ours, "p99"))],
]

const compared: readonly Column[] = [
  ["etcd/s", ({ etcd }) => many(of(etcd, "rate"))],
  ["p50 ms", ({ etcd }) => ms(of(etcd, "p50"))],
  ["p99 ms", ({ etcd }) => ms(of(etcd, "p99"))],
  ["ours:etcd", (cell) => `${ratio(cell).toFixed(2)}x`],
]

/** Of what was measured in the same round, and then the median: what else the machine did has slowed down both. */
export function ratio({ ours, etcd }: Cell): number {
  return median(ours.map(({ rate }, i) => rate / (etcd[i]?.rate ?? Number.NaN)))
}

/** How busy the load generator was tells whether it is the servers that were measured. */
const costs: readonly Column[] = [
  [
    "load's cpu",
    ({ ours, etcd }) =>
      [ours, etcd]
        .filter(isThere)
        .map((runs) => percent(of(runs, "busy")))
        .join(" / "),
  ],
  [
    "sent again",
    ({ ours, etcd }) =>
      [ours, etcd]
        .filter(isThere)
        .map((runs) => String(sum(runs)))
        .join(" / "),
  ],
]

const isThere = (runs: readonly Measured[]): boolean => runs.length > 0
const percent = (share: number): string => `${String(Math.round(share * 100))}%`

export function headOf(withEtcd: boolean): string {
  return line(columnsOf(withEtcd).map(([head]) => head))
}

export function rowOf(cell: Cell, withEtcd: boolean): string {
  return line(columnsOf(withEtcd).map(([, tell]) => tell(cell)))
}

function columnsOf(withEtcd: boolean): readonly Column[] {
  return [...alone, ...(withEtcd ? compared : []), ...costs]
}

function line(texts: readonly string[]): string {
  return texts.map((text, i) => text.padStart(i >= texts.length - 2 ? 12 : 9)).join(" ")
}

export function tellRecovery(all: readonly Recovery[]): readonly string[] {
  const width = Math.max(...all.map(({ name }) => name.length))
  return all.map(({ name, times }) => {
    const figures = `median ${many(median(times))} ms, from ${many(Math.min(...times))} to ${many(Math.max(...times))} ms`
    return `  ${name.padEnd(width)}  ${figures} (${String(times.length)} kills)`
  })
}
