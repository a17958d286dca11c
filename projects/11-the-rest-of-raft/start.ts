import { describe, netCommands, runLine, startRaftNet, type NetCommands, type RaftNet } from "#03-planning"
import { consoleCommands, listen, toRequest, type Listener } from "#10-the-system"
import { join } from "node:path"
import type { ConsoleCommands } from "../03-planning/contract.ts"
import type { Ask, RaftServer } from "../10-the-system/contract.ts"
import type { FullServerOptions } from "./contract.ts"
import { fullCodec, type FullPacket } from "./codec.ts"
import { fullCommands } from "./console.ts"
import { Engine } from "./engine.ts"
import { openFolder } from "./folder.ts"
import { leaseFor } from "./reads.ts"
import { chapters, stepWith } from "./step.ts"
import { openStorage } from "./storage.ts"
import { defaultTiming, Timers } from "./timers.ts"

/** Whoever comes back must hear of the leader before it stands for election itself, and disturbs everybody. */
const backoff = { first: 20, max: 100 }

/** How much faster one server's clock may run than another's. Those of computers are off by less than a thousandth. */
const drift = 0.1

/** What has been started, and must be ended. */
interface Parts {
  net?: RaftNet<FullPacket>
  network?: NetCommands
  engine?: Engine
  listener?: Listener
}

/** Given. Puts the parts together, as in project 10. */
export async function startFullServer(options: FullServerOptions): Promise<RaftServer> {
  const { cluster, id, data, voters = Object.keys(cluster) } = options
  if (!Object.hasOwn(cluster, id))
    throw new Error(`id ${id} is not in the cluster (${Object.keys(cluster).join(", ")})`)
  const stranger = voters.find((voter) => !Object.hasOwn(cluster, voter))
  if (stranger !== undefined)
    throw new Error(`voters: ${stranger} is not in the cluster (${Object.keys(cluster).join(", ")})`)
  const where = join(data, id)
  const storage = openStorage({ folder: openFolder(where), where, voters })
  const parts: Parts = {}
  let tellEnd: (broken: Error | null) => void = () => undefined
  const ended = new Promise<Error | null>((resolve) => (tellEnd = resolve))
  const end = async (broken: Error | null): Promise<void> => {
    parts.engine?.close()
    await Promise.all([parts.listener?.close(), parts.net?.close()])
    storage.close()
    tellEnd(broken)
  }
  let ending: Promise<void> | undefined
  const close = (broken: Error | null = null): Promise<void> => (ending ??= end(broken))
  try {
    const commands = await connect(options, storage, parts, (broken) => void close(broken))
    return { commands, close: () => close(), ended }
  } catch (failed) {
    await close()
    throw failed
  }
}

async function connect(
  options: FullServerOptions,
  storage: ReturnType<typeof openStorage>,
  parts: Parts,
  onEnd: (broken: Error) => void,
): Promise<ConsoleCommands> {
  const { cluster, id, secret, log = () => undefined } = options
  const net = await startRaftNet<FullPacket>({
    cluster,
    id,
    backoff,
    codec: fullCodec(secret),
    onMessage: (packet) => {
      if ("nonce" in packet) parts.network?.onPing(packet)
      else parts.engine?.put(packet)
    },
    log,
  })
  parts.net = net
  parts.network = netCommands({ id, net })
  const engine = (parts.engine = startEngine(options, storage, parts, net, onEnd))
  const commands = { ...parts.network.commands, ...consoleCommands(engine), ...fullCommands(engine) }
  const member = cluster[id]
  if (member) parts.listener = await listen(member.client, asking(engine, commands), log)
  log(describe(engine.node))
  return commands
}

function startEngine(
  options: FullServerOptions,
  storage: ReturnType<typeof openStorage>,
  parts: Parts,
  net: RaftNet<FullPacket>,
  onEnd: (broken: Error) => void,
): Engine {
  const { cluster, id, lease = false, compactAt = usualCompactAt(options), log = () => undefined } = options
  const timing = { ...defaultTiming, ...options.timing }
  return new Engine({
    id,
    options: {
      step: stepWith(chapters, lease ? leaseFor(timing.election[0], drift) : null),
      cluster,
      compactAt,
    },
    storage,
    timers: new Timers(timing, (type) => {
      parts.engine?.put({ type })
    }),
    patience: timing.patience,
    now: lease ? () => performance.now() : null,
    send: (message) => {
      net.send(message)
    },
    tell: log,
    onBroken: (broken) => {
      const error = broken instanceof Error ? broken : new Error(String(broken))
      log(`stops: ${error.stack ?? error.message}`)
      onEnd(error)
    },
  })
}

/** Another one on every server: so they do not all write their snapshots at the same time, and everybody waits. */
function usualCompactAt({ cluster, id }: FullServerOptions): number {
  return 2_000 + 300 * Object.keys(cluster).indexOf(id)
}

/** What is answered here and now, and what is a matter for Raft. */
function asking(engine: Engine, commands: ConsoleCommands): Ask {
  return ({ name, args }, answer) => {
    const word = name.toUpperCase()
    if (word === "PING") {
      answer(args[0] === undefined ? { type: "simple", value: "PONG" } : { type: "bulk", value: args[0] })
    } else if (word === "RAFT") {
      void runLine(commands, args.join(" ")).then((text) => {
        answer({ type: "bulk", value: Buffer.from(text).toString("latin1") })
      })
    } else {
      const request = toRequest({ name, args })
      if (request.type === "error") answer({ type: "error", value: request.value })
      else engine.request(request, answer)
    }
  }
}
