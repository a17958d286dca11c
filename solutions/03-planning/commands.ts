import type {
  ConsoleCommand,
  ConsoleCommands,
  NetCommands,
  PeerStatus,
  Ping,
  PingOptions,
  ServerId,
} from "../../projects/03-planning/contract.ts"
import { tellAddress } from "./cluster.ts"

export function netCommands({ id, net, patience = 1000 }: PingOptions): NetCommands {
  /** The pings that wait for a Pong, by nonce. */
  const waiting = new Map<number, { readonly server: ServerId; readonly answered: () => void }>()
  // Not from 0: a Pong to the process that had this id before must not answer us.
  let nonce = Math.floor(Math.random() * 2 ** 40)

  const isAlive = (server: ServerId): Promise<boolean> =>
    new Promise((resolve) => {
      const mine = nonce++
      const done = (alive: boolean) => {
        clearTimeout(timer)
        waiting.delete(mine)
        resolve(alive)
      }
      const timer = setTimeout(done, patience, false)
      waiting.set(mine, {
        server,
        answered: () => {
          done(true)
        },
      })
      net.send({ type: "Ping", from: id, to: server, nonce: mine })
    })

  const ping: ConsoleCommand = {
    usage: "ping <server>",
    help: "ask a server whether it is there, and how long the way is",
    run: async ([server]) => {
      const peers = net.peers().map((peer) => peer.id)
      const there = peers.length === 0 ? "there are no other servers" : `there are ${peers.join(", ")}`
      if (server === undefined) return `ping whom? ${there}`
      if (server === id) return `${id} is this server itself; ${there}`
      if (!peers.includes(server)) return `there is no server ${server}; ${there}`
      const start = performance.now()
      if (!(await isAlive(server))) return `${server} does not answer (waited ${String(patience / 1000)} s)`
      return `${server} is alive (${(performance.now() - start).toFixed(1)} ms)`
    },
  }

  const peers: ConsoleCommand = {
    usage: "peers",
    help: "the other servers: address, connection, messages waiting and thrown away",
    run: () => columns(net.peers().map(toCells)) || "there are no other servers",
  }

  return {
    commands: { ping, peers },
    onPing: ({ type, from, nonce }: Ping) => {
      if (type === "Ping") {
        net.send({ type: "Pong", from: id, to: from, nonce })
        return
      }
      // Late, doubled, or from someone else: nobody waits for it.
      const waiter = waiting.get(nonce)
      if (waiter?.server === from) waiter.answered()
    },
  }
}

export async function runLine(commands: ConsoleCommands, line: string): Promise<string> {
  const [name = "", ...args] = line.trim().split(/\s+/)
  if (name === "") return ""
  // `hasOwn`: every object also has a `constructor`, and that is no command.
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    if (name === "help") return help(commands)
    return `there is no command ${name}; there are ${[...Object.keys(commands), "help"].join(", ")}`
  }
  try {
    return await command.run(args)
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error)
  }
}

function help(commands: ConsoleCommands): string {
  const own = { usage: "help", help: "this list" }
  return columns([...Object.values(commands), own].map((command) => [command.usage, command.help]))
}

function toCells({ id, address, connected, queued, dropped }: PeerStatus): readonly string[] {
  return [
    id,
    tellAddress(address),
    connected ? "connected" : "not connected",
    `queued ${String(queued)}`,
    `dropped ${String(dropped)}`,
  ]
}

/** Lines of cells, each column as wide as its widest cell. */
function columns(lines: readonly (readonly string[])[]): string {
  const width = (column: number) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0))
  return lines
    .map((cells) =>
      cells
        .map((cell, i) => cell.padEnd(width(i)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}
