/**
 * Given: one server of the cluster, as a process:
 *
 *     npx tsx projects/10-the-system/server.ts --cluster cluster.json --id n1 [--data folder]
 */
import { parseCluster, runLine } from "#03-planning"
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { startServer } from "./start.ts"

const usage = "usage: server.ts --cluster <file> --id <server> [--data <folder>]"

try {
  const { values } = parseArgs({
    options: { cluster: { type: "string" }, id: { type: "string" }, data: { type: "string" } },
  })
  if (values.cluster === undefined || values.id === undefined)
    throw new Error("--cluster and --id are needed")
  await run(values.cluster, values.id, values.data ?? "data")
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  console.error(usage)
  process.exitCode = 2
}

async function run(file: string, id: string, data: string): Promise<void> {
  const cluster = parseCluster(JSON.parse(readFileSync(file, "utf8")))
  const server = await startServer({
    cluster,
    id,
    data,
    log: (line) => {
      console.log(`# ${line}`)
    },
  })
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
