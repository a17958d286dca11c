/** Given: what the consoles of all projects have in common. They grow by commands, not by programs. */
import { parseCluster, runLine, type Cluster, type ConsoleCommands, type ServerId } from "#03-planning"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { parseArgs, styleText } from "node:util"

/** Told in one line, and the program ends with exit code 2: somebody mistyped something. */
export class UsageError extends Error {
  override readonly name = "UsageError"
}

export interface Flags {
  readonly file: string
  readonly id: ServerId
  /** The others that were given: a flag that takes a value, or `true` for one that does not. */
  readonly more: Readonly<Record<string, string | boolean | undefined>>
}

/**
 * `--cluster` and `--id`, as every console has them.
 * @param more  further flags, and whether they take a value
 */
export function readFlags(
  usage: string,
  more: Readonly<Record<string, { readonly type: "string" | "boolean" }>> = {},
): Flags {
  try {
    const { values } = parseArgs({
      options: {
        ...more,
        cluster: { type: "string", default: join(import.meta.dirname, "cluster.json") },
        id: { type: "string" },
      },
    })
    const { id, cluster, ...others } = values
    if (id === undefined) throw new Error("--id is missing: which server of the cluster is this?")
    return { file: cluster, id, more: others }
  } catch (error) {
    throw new UsageError(`${firstSentence(error)}; usage: ${usage}`, { cause: error })
  }
}

/** Reads a cluster's file, whose path is relative to the current folder, and makes sure that `id` is in it. */
export function readCluster(file: string, id: ServerId): Cluster {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, "utf8"))
  } catch (error) {
    const what = error instanceof SyntaxError ? "is not JSON" : "cannot be read"
    throw new UsageError(`${file} ${what}: ${messageOf(error)}`, { cause: error })
  }
  let cluster: Cluster
  try {
    cluster = parseCluster(json)
  } catch (error) {
    if (error instanceof Error && error.name === "NotImplemented") throw error
    throw new UsageError(`${file}: ${messageOf(error).replaceAll("\n", `\n${file}: `)}`, { cause: error })
  }
  if (!Object.hasOwn(cluster, id)) {
    throw new UsageError(`--id ${id}: ${file} has ${Object.keys(cluster).join(", ")}`)
  }
  return cluster
}

export interface TerminalOptions {
  readonly prompt: string
  readonly commands: ConsoleCommands
  readonly input?: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly output?: NodeJS.WritableStream & { readonly isTTY?: boolean }
}

export interface Terminal {
  /** Resolves when the person typed `quit` or `exit`, or the input ended. */
  readonly done: Promise<void>
  /** Prints something that happened meanwhile, dimmed, without disturbing what is being typed. */
  readonly note: (line: string) => void
}

/** Runs commands, line by line, one after the other. */
export function openTerminal(options: TerminalOptions): Terminal {
  const { prompt, commands, input = process.stdin, output = process.stdout } = options
  const interactive = input.isTTY === true && output.isTTY === true
  const lines = createInterface({ input, output, prompt, terminal: interactive })
  let reading = true
  const ask = () => {
    if (interactive && reading) lines.prompt(true)
  }
  const loop = async (): Promise<void> => {
    ask()
    for await (const line of lines) {
      if (/^\s*(quit|exit)\s*$/.test(line)) break
      const answer = await runLine(commands, line)
      if (answer !== "") output.write(`${answer}\n`)
      ask()
    }
    reading = false
    lines.close()
  }
  return {
    done: loop(),
    note: (line) => {
      output.write(interactive ? `\r\u001b[K${styleText("dim", `# ${line}`)}\n` : `# ${line}\n`)
      ask()
    },
  }
}

/** Runs a program to its end, and turns what went wrong into one line and an exit code. */
export async function runProgram(program: () => Promise<void>): Promise<void> {
  try {
    await program()
  } catch (error) {
    console.error(messageOf(error))
    process.exitCode = error instanceof UsageError ? 2 : 1
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** `parseArgs` explains at length; the usage that follows says it, too. */
function firstSentence(error: unknown): string {
  return messageOf(error).split(". ")[0] ?? ""
}
