import {
  decodeMessage,
  describe,
  encodeMessage,
  netCommands,
  runLine,
  startRaftNet,
  type NetCommands,
  type RaftNet,
} from "#03-planning"
import { join } from "node:path"
import type { ConsoleCommands, Packet } from "../../projects/03-planning/contract.ts"
import type { Ask, Listener, RaftServer, ServerOptions } from "../../projects/10-the-system/contract.ts"
import { consoleCommands } from "./console.ts"
import { Engine } from "./engine.ts"
import { openJournal } from "./journal.ts"
import { listen } from "./listener.ts"
import { error, toRequest } from "./machine.ts"
import { defaultTiming, Timers } from "./timers.ts"

/** Whoever comes back must hear of the leader before it stands for election itself, and disturbs everybody. */
const backoff = { first: 20, max: 100 }

/** Puts the parts together. Each knows what is handed to it here, and nothing of the others. */
export async function startServer(options: ServerOptions): Promise<RaftServer> {
  const { cluster, id, data, log = () => undefined } = options
  const member = Object.hasOwn(cluster, id) ? cluster[id] : undefined
  if (!member) throw new Error(`id ${id} is not in the cluster (${Object.keys(cluster).join(", ")})`)
  const timing = { ...defaultTiming, ...options.timing }
  const journal = openJournal({ file: join(data, `${id}.journal`), id, voters: Object.keys(cluster) })

  const parts: { net?: RaftNet<Packet>; network?: NetCommands; engine?: Engine; listener?: Listener } = {}
  let tellEnd: (broken: Error | null) => void = () => undefined
  const ended = new Promise<Error | null>((resolve) => (tellEnd = resolve))
  const end = async (broken: Error | null): Promise<void> => {
    parts.engine?.close()
    await Promise.all([parts.listener?.close(), parts.net?.close()])
    journal.close()
    tellEnd(broken)
  }
  let ending: Promise<void> | undefined
  const close = (broken: Error | null = null): Promise<void> => (ending ??= end(broken))
  try {
    const net = await startRaftNet<Packet>({
      cluster,
      id,
      backoff,
      codec: { encode: encodeMessage, decode: decodeMessage },
      onMessage: (packet) => {
        if ("nonce" in packet) parts.network?.onPing(packet)
        else parts.engine?.put(packet)
      },
      log,
    })
    parts.net = net
    parts.network = netCommands({ id, net })
    const engine = (parts.engine = new Engine({
      cluster,
      journal,
      timers: new Timers(timing, (name) => {
        parts.engine?.put({ type: name })
      }),
      patience: timing.patience,
      send: (message) => {
        net.send(message)
      },
      onBroken: (broken) => {
        const error = broken instanceof Error ? broken : new Error(String(broken))
        log(`stops: ${error.stack ?? error.message}`)
        void close(error)
      },
    }))
    const commands = { ...parts.network.commands, ...consoleCommands(engine) }
    parts.listener = await listen(member.client, asking(engine, commands), log)
    log(describe(engine.node))
    return { commands, close: () => close(), ended }
  } catch (failed) {
    await close()
    throw failed
  }
}

/** What is answered here and now, and what goes through the log: everything else, reads as well. */
function asking(engine: Engine, commands: ConsoleCommands): Ask {
  return (command, answer) => {
    switch (command.name.toUpperCase()) {
      case "PING":
        answer(
          command.args.length === 0
            ? { type: "simple", value: "PONG" }
            : { type: "bulk", value: command.args[0] ?? "" },
        )
        return
      case "RAFT":
        void runLine(commands, command.args.join(" ")).then((text) => {
          answer({ type: "bulk", value: Buffer.from(text).toString("latin1") })
        })
        return
      default: {
        const request = toRequest(command)
        if (request.type === "error") answer(error(request.value))
        else engine.request(request, answer)
      }
    }
  }
}
