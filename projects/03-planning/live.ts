/** Given: one server of a cluster, live, around the `step` of any later project. The consoles of projects 5 to 7. */
import {
  decodeMessage,
  describe,
  encodeMessage,
  initialNode,
  netCommands,
  startRaftNet,
  type Change,
  type Cluster,
  type ConsoleCommands,
  type Effect,
  type NetCommands,
  type Packet,
  type RaftEvent,
  type RaftNode,
  type ServerId,
  type Stepped,
} from "#03-planning"
import { Disk } from "./disk.ts"
import { openTerminal, readCluster, readFlags, runProgram } from "./terminal.ts"

/** What a project brings. */
export interface Raft {
  /** Its `step`; one that handles fewer kinds of events will do. */
  step(node: RaftNode, event: RaftEvent): Stepped<RaftNode, Effect>
  /** Of the project's folder: its servers keep their state under this name. */
  readonly name: string
  readonly usage: string
  /** Flags beside `--cluster`, `--id` and `--fresh`, and whether they take a value. */
  readonly flags: Readonly<Record<string, { readonly type: "string" | "boolean" }>>
  /** What happens before the first event, by the flags: what the server is then, and what it sends. */
  begin(node: RaftNode, flags: Readonly<Record<string, string | boolean | undefined>>): Begun
  /** The project's own commands, which may let events happen. */
  commands(handle: (event: RaftEvent) => readonly Effect[]): ConsoleCommands
}

export interface Begun {
  readonly node: RaftNode
  readonly effects: readonly Effect[]
  /** Whether timers run by themselves. */
  readonly timers: boolean
}

/** Slow enough to watch, in milliseconds. Real clusters are a few hundred times faster. */
const heartbeatInterval = 1_000
const electionTimeout = { least: 3_000, most: 6_000 }

/** Runs a server with a console until somebody types `quit`. */
export async function runConsole(raft: Raft): Promise<void> {
  await runProgram(async () => {
    const { file, id, more } = readFlags(raft.usage, { ...raft.flags, fresh: { type: "boolean" } })
    const cluster = readCluster(file, id)
    const disk = new Disk(raft.name, id)
    const saved = more.fresh === true ? undefined : disk.load()
    if (saved)
      console.log(
        `# goes on in term ${String(saved.currentTerm)} with ${String(saved.log.entries.length)} entries (--fresh begins anew)`,
      )
    const begun = raft.begin({ ...initialNode(id, Object.keys(cluster)), ...saved }, more)
    disk.save(begun.node)
    let note = (line: string): void => {
      console.log(`# ${line}`)
    }
    const server = await LiveServer.start({ raft, cluster, id, begun, disk }, (line) => {
      note(line)
    })
    const terminal = openTerminal({
      prompt: `${id}> `,
      commands: { ...server.commands, ...raft.commands(server.handle) },
    })
    note = terminal.note
    await terminal.done
    await server.close()
  })
}

interface Parts {
  readonly raft: Raft
  readonly cluster: Cluster
  readonly id: ServerId
  readonly begun: Begun
  readonly disk: Disk
}

/** The shell of one server: it feeds `step` one event after the other, and carries out what it asks for. */
class LiveServer {
  readonly #raft: Raft
  readonly #disk: Disk
  readonly #note: (line: string) => void
  readonly #timers = new Map<"heartbeatTimeout" | "electionTimeout", NodeJS.Timeout>()
  readonly #history: string[] = []
  #node: RaftNode
  #running: boolean
  #network: NetCommands | undefined
  #send: (packet: Packet) => void = () => undefined
  #close: () => Promise<void> = () => Promise.resolve()

  static async start(parts: Parts, note: (line: string) => void): Promise<LiveServer> {
    const { cluster, id, begun } = parts
    const server = new LiveServer(parts, note)
    const net = await startRaftNet<Packet>({
      cluster,
      id,
      codec: { encode: encodeMessage, decode: decodeMessage },
      onMessage: (packet) => {
        server.#receive(packet)
      },
      log: note,
    })
    server.#network = netCommands({ id, net })
    server.#send = (packet) => {
      net.send(packet)
    }
    server.#close = () => net.close()
    server.#carryOut(begun.effects)
    if (server.#running) server.#startTimers()
    return server
  }

  private constructor({ raft, disk, begun }: Parts, note: (line: string) => void) {
    this.#raft = raft
    this.#disk = disk
    this.#note = note
    this.#node = begun.node
    this.#running = begun.timers
  }

  get commands(): ConsoleCommands {
    return {
      ...this.#network?.commands,
      state: { usage: "state", help: "what this server is, and what it knows", run: () => this.#tellState() },
      log: { usage: "log", help: "its log, with what is committed", run: () => this.#tellLog() },
      why: {
        usage: "why",
        help: "its last events, and which parts of your code acted",
        run: () => this.#history.slice(-12).join("\n"),
      },
      timers: {
        usage: "timers on|off",
        help: "whether time passes by itself",
        run: ([wish]) => this.#setTimers(wish),
      },
    }
  }

  /** One event. Throws what `step` throws, and has changed nothing then. */
  readonly handle = (event: RaftEvent): readonly Effect[] => {
    const { state, effects, because } = this.#raft.step(this.#node, event)
    const { role, currentTerm, votedFor, leader, log } = this.#node
    this.#node = state
    // Before anything that depends on it leaves (Figure 2: updated on stable storage before responding).
    if (state.currentTerm !== currentTerm || state.votedFor !== votedFor || state.log !== log)
      this.#disk.save(state)
    const from = "from" in event ? ` from ${event.from}` : ""
    this.#history.push(`${event.type}${from}: ${because.join(", ") || "nothing to do"}`)
    if (state.role !== role || state.currentTerm !== currentTerm || state.leader !== leader)
      this.#note(describe(state))
    this.#carryOut(effects)
    return effects
  }

  async close(): Promise<void> {
    this.#stopTimers()
    await this.#close()
  }

  #receive(packet: Packet): void {
    if ("nonce" in packet) this.#network?.onPing(packet)
    else this.#attempt(packet)
  }

  #carryOut(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === "send") this.#send(effect.message)
      else if (effect.type === "apply")
        this.#note(`applied ${String(effect.index)}: ${text(effect.entry.command)}`)
      else if (effect.type === "needSnapshot") this.#note(`${effect.to} needs a snapshot`)
      else if (effect.type === "resetElectionTimer" && this.#running) this.#arm("electionTimeout")
    }
  }

  /** For events that nobody typed: what goes wrong is told, and the clock stops, so that it is told once. */
  #attempt(event: RaftEvent): void {
    try {
      this.handle(event)
    } catch (error) {
      const wasRunning = this.#running
      this.#stopTimers()
      const more = wasRunning ? " (the timers are off now)" : ""
      this.#note(`${event.type}: ${error instanceof Error ? error.message : String(error)}${more}`)
    }
  }

  #startTimers(): void {
    this.#running = true
    this.#arm("heartbeatTimeout")
    this.#arm("electionTimeout")
  }

  #stopTimers(): void {
    this.#running = false
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  /** Starts a timer, or starts it anew. It starts itself anew when it fires. */
  #arm(type: "heartbeatTimeout" | "electionTimeout"): void {
    clearTimeout(this.#timers.get(type))
    const { least, most } = electionTimeout
    const delay = type === "heartbeatTimeout" ? heartbeatInterval : least + Math.random() * (most - least)
    const fire = () => {
      this.#arm(type)
      this.#attempt({ type })
    }
    this.#timers.set(type, setTimeout(fire, delay))
  }

  #setTimers(wish: string | undefined): string {
    if (wish === "on") this.#startTimers()
    else if (wish === "off") this.#stopTimers()
    else return `the timers are ${this.#running ? "on" : "off"}; timers on, or timers off`
    return `the timers are ${wish}`
  }

  #tellState(): string {
    const { voters, votedFor, votesGranted, nextIndex, matchIndex, role } = this.#node
    const followers = Object.keys(nextIndex).map(
      (peer) => `  ${peer}: nextIndex ${String(nextIndex[peer])}, matchIndex ${String(matchIndex[peer])}`,
    )
    return [
      describe(this.#node),
      `voters ${voters.join(", ")}; voted for ${votedFor ?? "nobody"}`,
      ...(role === "candidate" ? [`votes of ${votesGranted.join(", ")}`] : []),
      ...(role === "leader" ? followers : []),
    ].join("\n")
  }

  #tellLog(): string {
    const { log, commitIndex } = this.#node
    if (log.entries.length === 0) return "empty"
    return log.entries
      .map(({ term, command }, i) => {
        const index = log.base.index + 1 + i
        const mark = index <= commitIndex ? "committed" : ""
        return `${String(index).padStart(4)}  term ${String(term)}  ${text(command)}  ${mark}`.trimEnd()
      })
      .join("\n")
  }
}

function text(command: unknown): string {
  return typeof command === "string" ? command : JSON.stringify(command)
}

/** A server that leads, or does not, because `--leader` says so: projects 5 and 6. No clock runs; all are in term 1. */
export function ledByDecree(
  lead: (node: RaftNode) => Change<RaftNode, Effect>,
): Pick<Raft, "flags" | "begin" | "commands"> {
  return {
    flags: { leader: { type: "string" } },
    begin: (node, { leader }) => {
      const inTerm1 = { ...node, currentTerm: 1 }
      if (leader !== node.id) return { node: inTerm1, effects: [], timers: false }
      const { set, effects = [] } = lead(inTerm1)
      return { node: { ...inTerm1, ...set }, effects, timers: false }
    },
    commands: (handle) => {
      const { propose, tick } = eventCommands(handle)
      return { propose, tick }
    },
  }
}

/** The commands with which a person at a console lets events happen. */
export function eventCommands(handle: (event: RaftEvent) => readonly Effect[]): {
  readonly propose: ConsoleCommands[string]
  readonly tick: ConsoleCommands[string]
  readonly elect: ConsoleCommands[string]
} {
  return {
    propose: {
      usage: "propose <command>",
      help: "put a command into the log; only the leader takes it",
      run: (words) => {
        if (words.length === 0) return "propose what? For instance: propose set x 1"
        for (const effect of handle({ type: "propose", command: words.join(" ") })) {
          if (effect.type === "accepted")
            return `accepted: index ${String(effect.index)}, term ${String(effect.term)}`
          if (effect.type === "refused") return `refused: ${effect.leader ?? "nobody that I know of"} leads`
        }
        return "neither accepted nor refused: step must answer one of them"
      },
    },
    tick: {
      usage: "tick",
      help: "a heartbeatTimeout, now",
      run: () => tell(handle({ type: "heartbeatTimeout" })),
    },
    elect: {
      usage: "elect",
      help: "an electionTimeout, now",
      run: () => tell(handle({ type: "electionTimeout" })),
    },
  }
}

function tell(effects: readonly Effect[]): string {
  const sent = effects.flatMap((effect) =>
    effect.type === "send" ? [`${effect.message.type} to ${effect.message.to}`] : [],
  )
  return sent.length === 0 ? "nothing is sent" : `sent: ${sent.join(", ")}`
}
