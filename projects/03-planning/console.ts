/**
 * Given: a console for one server. Start one in each of three terminals:
 *
 *     npx tsx projects/03-planning/console.ts --id n1
 *
 * The same on the reference: `npx tsx -C reference-03 projects/03-planning/console.ts --id n1`.
 */
import {
  decodeMessage,
  encodeMessage,
  netCommands,
  startRaftNet,
  type NetCommands,
  type Packet,
  type RaftNet,
} from "#03-planning"
import { openTerminal, readCluster, readFlags, runProgram } from "./terminal.ts"

const usage = "npx tsx projects/03-planning/console.ts --id n1 [--cluster projects/03-planning/cluster.json]"

await runProgram(async () => {
  const { file, id } = readFlags(usage)
  const cluster = readCluster(file, id)

  // The net tells of peers before the terminal is there to print it.
  let note = (line: string): void => {
    console.log(`# ${line}`)
  }
  let network: NetCommands | undefined = undefined // made from the net, which may hear a Ping before
  const net: RaftNet<Packet> = await startRaftNet<Packet>({
    cluster,
    id,
    codec: { encode: encodeMessage, decode: decodeMessage },
    onMessage: (packet) => {
      if (packet.type === "Ping" || packet.type === "Pong") network?.onPing(packet)
      else note(`${packet.type} from ${packet.from}: nobody here speaks Raft yet`)
    },
    log: (line) => {
      note(line)
    },
  })
  network = netCommands({ id, net })
  const terminal = openTerminal({ prompt: `${id}> `, commands: network.commands })
  note = terminal.note
  await terminal.done
  await net.close()
})
