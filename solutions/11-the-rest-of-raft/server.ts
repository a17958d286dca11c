/**
 * Given: one server of the cluster, as a process:
 *
 *     npx tsx projects/11-the-rest-of-raft/server.ts --cluster cluster.json --id n1 [--data folder]
 *       [--voters n1,n2,n3] [--lease] [--secret-file file] [--compact-at entries]
 */
import { parseCluster, runLine } from "#03-planning"
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import type { RaftServer } from "../../projects/10-the-system/contract.ts"
import type { FullServerOptions } from "../../projects/11-the-rest-of-raft/contract.ts"
import { startFullServer } from "./start.ts"

const usage =
  "usage: server.ts --cluster <file> --id <server> [--data <folder>] [--voters <server>,...] [--lease] [--secret-file <file>] [--compact-at <entries>]"

try {
  const options = readOptions()
  serve(await startFullServer(options), options.id)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  console.error(usage)
  process.exitCode = 2
}

function readOptions(): FullServerOptions {
  const { values } = parseArgs({
    options: {
      cluster: { type: "string" },
      id: { type: "string" },
      data: { type: "string", default: "data" },
      voters: { type: "string" },
      lease: { type: "boolean", default: false },
      "secret-file": { type: "string" },
      "compact-at": { type: "string" },
    },
  })
  const { cluster, id, data, voters, lease } = values
  if (cluster === undefined || id === undefined) throw new Error("--cluster and --id are needed")
  const compactAt = values["compact-at"]
  if (compactAt !== undefined && !/^[1-9]\d{0,8}$/.test(compactAt))
    throw new Error(`--compact-at ${compactAt}: expected a number of entries, from 1 on`)
  const secret = values["secret-file"] === undefined ? undefined : readSecret(values["secret-file"])
  return {
    cluster: parseCluster(JSON.parse(readFileSync(cluster, "utf8"))),
    id,
    data,
    lease,
    ...(voters !== undefined && { voters: voters.split(",") }),
    ...(compactAt !== undefined && { compactAt: Number(compactAt) }),
    ...(secret !== undefined && { secret }),
    log: (line) => {
      console.log(`# ${line}`)
    },
  }
}

/** From a file: what stands in a command line can be read by everybody on the machine. */
function readSecret(file: string): string {
  const secret = readFileSync(file, "utf8").trim()
  if (secret.length < 16) throw new Error(`--secret-file ${file}: a secret has at least 16 characters`)
  return secret
}

function serve(server: RaftServer, id: string): void {
  const stop = (): void => {
    void server.close()
  }
  const terminal = createInterface({ input: process.stdin })
  terminal.on("line", (line) => {
    if (line.trim() === "quit") stop()
    else
      void runLine(server.commands, line).then((text) => {
        if (text !== "") console.log(text)
      })
  })
  void server.ended.then((broken) => {
    if (broken) process.exitCode = 1
    terminal.close()
    process.stdin.destroy() // an open one would keep a server alive that is none any more
  })
  process.on("SIGINT", stop).on("SIGTERM", stop)
  console.log(`# ${id} is ready`)
}
