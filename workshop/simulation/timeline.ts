import type { ServerId } from "../../projects/03-planning/contract.ts"
import type { Fault, Summary, TraceEvent } from "../../projects/09-simulation/contract.ts"

/** Rows of a timeline: when there are more, the first ones are left out, since a failure is at the end. */
const most = 120

/** What is known of a server while the trace is read. */
interface Seen {
  readonly node: Summary | undefined
  readonly down: boolean
  readonly paused: boolean
}

const nothing: Seen = { node: undefined, down: false, paused: false }

/**
 * A simulation for the eye: a row whenever somebody begins or ceases to lead, something breaks or is mended. A column a
 * server: its role (L, c, f) and term, the last index of its log and, behind a slash, its commitIndex.
 */
export function timeline(events: readonly TraceEvent[]): string {
  const [first] = events
  if (first?.type !== "begin") return ""
  const seen = new Map<ServerId, Seen>(first.servers.map((id) => [id, nothing]))
  const rows: string[] = []
  for (const event of events) {
    const note = take(seen, event)
    if (note !== undefined) rows.push(row(event.at, first.servers, seen, note))
  }
  const left = rows.length > most ? [`  … ${String(rows.length - most)} rows before these are left out`] : []
  return [header(first.servers), ...left, ...rows.slice(-most)].join("\n")
}

/** Takes note of an event; what to say about it, if it deserves a row. */
function take(seen: Map<ServerId, Seen>, event: TraceEvent): string | undefined {
  switch (event.type) {
    case "step": {
      const { server, node } = event
      const before = seen.get(server) ?? nothing
      seen.set(server, { ...before, node })
      const [was, is] = [before.node?.role === "leader", node.role === "leader"]
      if (is && (!was || before.node?.term !== node.term)) return `${server} leads term ${String(node.term)}`
      return was && !is ? `${server} leads no more` : undefined
    }
    case "fault":
      noteFault(seen, event.fault, event.begins)
      return tellFault(event.fault, event.begins)
    case "violation":
      return `${event.property}: broken`
    case "end":
      return "the end"
    case "begin":
    case "missed":
    case "invoke":
    case "return":
      return undefined
  }
}

function noteFault(seen: Map<ServerId, Seen>, fault: Fault, begins: boolean): void {
  if (fault.kind !== "crash" && fault.kind !== "pause") return
  const before = seen.get(fault.server) ?? nothing
  seen.set(
    fault.server,
    fault.kind === "crash"
      ? { ...nothing, down: begins, paused: before.paused }
      : { ...before, paused: begins },
  )
}

function tellFault(fault: Fault, begins: boolean): string {
  const list = (ids: readonly ServerId[]) => ids.join(" ")
  switch (fault.kind) {
    case "partition":
      return begins ? `${list(fault.inside)} cut off` : `${list(fault.inside)} back`
    case "oneWay":
      return begins
        ? `${list(fault.from)} no longer heard by ${list(fault.to)}`
        : `${list(fault.from)} heard again`
    case "pause":
      return `${fault.server} ${begins ? "pauses" : "goes on"}`
    case "crash":
      return `${fault.server} ${begins ? "crashes" : "comes back"}`
    case "slowDisk":
      return begins ? `${fault.server}'s disk is slow` : `${fault.server}'s disk recovers`
    case "drift":
      return begins
        ? `${fault.server}'s clock runs at ${fault.rate.toFixed(2)}`
        : `${fault.server}'s clock is right`
  }
}

const wide = 14

function header(servers: readonly ServerId[]): string {
  return `${"seconds".padStart(9)}  ${servers.map((id) => id.padEnd(wide)).join("")}`.trimEnd()
}

function row(
  at: number,
  servers: readonly ServerId[],
  seen: ReadonlyMap<ServerId, Seen>,
  note: string,
): string {
  const cells = servers.map((id) => `${cell(seen.get(id) ?? nothing)} `.padEnd(wide))
  return `${(at / 1000).toFixed(3).padStart(9)}  ${cells.join("")}${note}`
}

function cell({ node, down, paused }: Seen): string {
  if (down) return "down"
  if (!node) return "-"
  const role = { leader: "L", candidate: "c", follower: "f" }[node.role]
  const text = `${role}${String(node.term)} ${String(node.lastIndex)}/${String(node.commitIndex)}`
  return paused ? `(${text})` : text
}
