import type { Audit } from "./audit.ts"
import type { Faults } from "./faults.ts"
import type { Servers } from "./servers.ts"
import { noticed, type Watch } from "./watch.ts"

/** All that a soak consists of. */
export interface Course {
  readonly servers: Servers
  readonly faults: Faults
  readonly watch: Watch
  readonly audit: Audit
  /** Since its beginning, in milliseconds. */
  readonly now: () => number
}

const many = (n: number): string => n.toLocaleString("en-US")
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** One line. */
export function progressOf({ faults, watch, audit, now }: Course): string {
  const count = [...faults.counts.values()].reduce((sum, n) => sum + n, 0)
  const parts = [
    `${String(count)} faults`,
    `${many(watch.answered)} operations answered, ${String(watch.unknown)} unknown`,
    `unavailable for ${seconds(watch.unavailable)}`,
    `${String(audit.checked)} histories checked`,
  ]
  return `${seconds(now()).padStart(8)}  ${parts.join("; ")}`
}

export function summaryOf({ faults, watch, audit, now }: Omit<Course, "servers">): readonly string[] {
  const rows: (readonly [string, string])[] = [
    ["time", seconds(now())],
    ...[...faults.counts].toSorted().map(([kind, n]) => [`fault: ${kind}`, many(n)] as const),
    ["operations answered", many(watch.answered)],
    ["nobody knows whether done", many(watch.unknown)],
    [
      `unavailable, in times over ${String(noticed)} ms`,
      `${seconds(watch.unavailable)}, at most ${seconds(watch.longest)}`,
    ],
    ["histories with an order", `${many(audit.checked)}, of ${many(audit.operations)} operations`],
  ]
  const width = Math.max(...rows.map(([what]) => what.length))
  return ["", ...rows.map(([what, text]) => `${what.padEnd(width)}  ${text}`)]
}
