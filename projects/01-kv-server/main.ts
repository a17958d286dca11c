/**
 * Given: your server and your client, for people. In one terminal
 *
 *     npx tsx projects/01-kv-server/main.ts --serve --port 6380
 *
 * and in another the same without `--serve`.
 */
import { connect, startServer, type RespValue } from "#01-kv-server"
import { createInterface } from "node:readline/promises"
import { parseArgs } from "node:util"

const usage = "usage: npx tsx projects/01-kv-server/main.ts [--serve] [--port 6380] [--host 127.0.0.1]"

/** People type text; the protocol carries bytes. */
const toBytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1")
const toText = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8")

async function serve(host: string, port: number): Promise<void> {
  const server = await startServer({ host, port })
  console.log(`listening on ${host}:${String(server.port)}; Ctrl-C stops`)
  process.once("SIGINT", () => void server.close())
}

async function repl(host: string, port: number): Promise<void> {
  const client = await connect({ host, port })
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: `${host}:${String(port)}> `,
  })
  terminal.prompt()
  for await (const line of terminal) {
    const words = split(line)
    if (words[0] === "quit" || words[0] === "exit") break
    if (words.length > 0) {
      console.log(await client.command(...words.map(toBytes)).then((reply) => show(reply), String))
    }
    terminal.prompt()
  }
  terminal.close()
  await client.close()
}

/** Words between blanks; a word in double quotes may have blanks in it. */
function split(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "")
}

function show(reply: RespValue, indent = ""): string {
  switch (reply.type) {
    case "simple":
      return toText(reply.value)
    case "error":
      return `(error) ${toText(reply.value)}`
    case "integer":
      return `(integer) ${reply.value}`
    case "bulk":
      return JSON.stringify(toText(reply.value))
    case "null":
      return "(nil)"
    case "array":
      if (reply.items.length === 0) return "(empty array)"
      return reply.items
        .map((item, i) => `${i === 0 ? "" : indent}${String(i + 1)}) ${show(item, indent + "   ")}`)
        .join("\n")
  }
}

try {
  const { values } = parseArgs({
    options: {
      serve: { type: "boolean", default: false },
      port: { type: "string", default: "6380" },
      host: { type: "string", default: "127.0.0.1" },
    },
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TypeError(`--port ${values.port} is no port`)
  await (values.serve ? serve(values.host, port) : repl(values.host, port))
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  if (error instanceof TypeError) console.error(usage)
  process.exitCode = 1
}
