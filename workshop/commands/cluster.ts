import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { createInterface, type Interface } from "node:readline"
import { setTimeout as wait } from "node:timers/promises"
import { foundations } from "../files.ts"
import { LocalCluster, portsFrom, type Seen } from "../cluster/local.ts"
import { isStarted } from "../progress.ts"
import { conditionsFor, findSubject, moduleOf, removeTree, type Foundation } from "../runner/tree.ts"
import { parseStage, scratch, UsageError, type Stage } from "../stages.ts"
import { bold, dim, green, list, red, yellow } from "../text/style.ts"

export interface ClusterOptions {
  readonly servers: string
  readonly port: string
  readonly project: string
  readonly subject: string
  readonly on: Foundation
  readonly fresh: boolean
}

const help = "kill <server|leader>   pause <server|leader>   start <server>   heal   help   quit"

/** How often the table is looked at anew, in milliseconds. */
const often = 250

/** The projects that have a `server.ts`. */
const systems = ["10", "11"]

/** `workshop cluster`: the servers of project 10 or 11 as processes on this machine, and how they are. Runs until `quit`. */
export async function cluster(options: ClusterOptions): Promise<void> {
  if (!systems.includes(options.project))
    throw new UsageError(`--project ${options.project}: there are servers in ${systems.join(" and ")}`)
  const stage = parseStage(options.project)
  if (options.subject === "projects") requireWritten(stage, options.on)
  const subject = findSubject(options.subject, stage)
  const conditions = conditionsFor(subject, stage, options.on)
  const program = join(dirname(moduleOf(subject, stage)), "server.ts")
  if (!existsSync(program)) throw new UsageError(`${program} is not there`)
  const servers = whole("--servers", options.servers, 1, 9)
  const port = whole("--port", options.port, 2024, 65_000)
  const screen = new Screen()
  const local = new LocalCluster({
    ports: portsFrom(port, servers),
    program,
    conditions,
    folder: join(scratch, `cluster-${options.project}`),
    fresh: options.fresh,
    onLine: (id, line) => {
      screen.say(dim(`${id} ${line}`))
    },
  })
  screen.say(bold(`Cluster · ${String(servers)} servers of project ${options.project} · ${options.subject}`))
  screen.say(dim(`talk to it: redis-cli -c -p ${String(port)}`))
  screen.say(dim(help))
  local.heal()
  try {
    await converse(local, screen)
  } finally {
    process.stdin.destroy() // an open one keeps the process alive
    await local.close()
    removeTree(subject)
  }
}

/** A skeleton is no server: three of them would only say so one after the other. */
function requireWritten(stage: Stage, on: Foundation): void {
  const below = on === "mine" ? foundations(stage).filter((each) => !isStarted(each)) : []
  const open = [...below, ...(isStarted(stage) ? [] : [stage])]
  if (open.length === 0) return
  const [which, are] = open.length === 1 ? ["project", "is"] : ["projects", "are"]
  const under = isStarted(stage) ? "; --on reference puts ours under yours" : ""
  throw new UsageError(
    `your ${which} ${list(open)} ${are} not written yet. To run ours: npx workshop cluster --subject solutions${under}`,
  )
}

/** Lines are commands; between them, the table is kept fresh. */
async function converse(local: LocalCluster, screen: Screen): Promise<void> {
  let seen: readonly Seen[] = []
  const over = new AbortController()
  const watching = (async () => {
    while (!over.signal.aborted) {
      seen = await local.look()
      screen.show(table(seen))
      await wait(often, undefined, { signal: over.signal }).catch(() => undefined)
    }
  })()
  for await (const line of screen.lines()) {
    if (line.trim() === "quit") break
    screen.say(run(local, seen, line))
  }
  over.abort()
  await watching
}

/** @returns what to tell */
function run(local: LocalCluster, seen: readonly Seen[], line: string): string {
  const [name = "", whom = ""] = line.trim().split(/\s+/)
  if (name === "" || name === "help") return help
  if (name === "heal") {
    local.heal()
    return "everybody runs"
  }
  if (!["kill", "pause", "start"].includes(name)) return `there is no command ${name}; ${help}`
  const id = whom === "leader" ? leaderOf(seen) : whom
  if (id === undefined) return "nobody leads at the moment"
  if (!local.ids.includes(id)) return `${name} whom? There are ${local.ids.join(", ")}`
  try {
    if (name === "kill") local.kill(id)
    else if (name === "pause") local.pause(id)
    else local.start(id)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return `${name} ${id}`
}

/** Of several that believe that they lead, the one of the latest term. */
function leaderOf(seen: readonly Seen[]): string | undefined {
  const leaders = seen.filter(({ status }) => status?.role === "leader")
  return leaders.toSorted((a, b) => (b.status?.currentTerm ?? 0) - (a.status?.currentTerm ?? 0))[0]?.id
}

const heads = ["server", "port", "process", "role", "term", "leader", "log", "committed", "applied"]

function table(seen: readonly Seen[]): string {
  const rows = seen.map(({ id, port, health, status }) => {
    const known = status
      ? [
          status.role,
          status.currentTerm,
          status.leader ?? "-",
          status.lastIndex,
          status.commitIndex,
          status.lastApplied,
        ]
      : [health === "running" ? "no answer" : "-", "", "", "", "", ""]
    return [id, port, health, ...known].map(String)
  })
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd()
  return [dim(line(heads)), ...rows.map((row) => coloured(row, line(row)))].join("\n")
}

function coloured([, , health, role]: readonly string[], line: string): string {
  if (role === "leader") return green(line)
  if (health === "paused" || role === "candidate") return yellow(line)
  return health === "running" ? line : red(line)
}

/** In a terminal the table stays below what was said; elsewhere it is printed when it has changed. */
class Screen {
  readonly #tty = process.stdout.isTTY
  #table = ""
  /** Whether the cursor is a line lower than the prompt: somebody has pressed Enter. */
  #entered = false
  #interface: Interface | undefined

  say(text: string): void {
    this.#clear()
    process.stdout.write(`${text}\n`)
    this.#draw()
  }

  show(table: string): void {
    if (table === this.#table) return
    this.#clear()
    this.#table = table
    if (this.#tty) this.#draw()
    else process.stdout.write(`${table}\n`)
  }

  lines(): AsyncIterable<string> {
    this.#interface = createInterface({ input: process.stdin, ...(this.#tty && { output: process.stdout }) })
    this.#interface.on("SIGINT", () => this.#interface?.close())
    this.#interface.on("line", () => (this.#entered = true))
    this.#draw()
    return this.#interface
  }

  #clear(): void {
    if (!this.#tty || this.#table === "") return
    const height = this.#table.split("\n").length + (this.#entered ? 1 : 0)
    this.#entered = false
    process.stdout.write(`\r\x1b[${String(height)}A\x1b[J`)
  }

  #draw(): void {
    if (!this.#tty || this.#table === "") return
    process.stdout.write(`${this.#table}\n`)
    this.#interface?.prompt(true)
  }
}

function whole(option: string, text: string, least: number, most: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw new UsageError(`${option} ${text}: expected a whole number from ${String(least)} to ${String(most)}`)
}
