import { existsSync } from "node:fs"
import { join } from "node:path"
import { CommanderError, type Command } from "commander"
import { root } from "../stages.ts"
import type { At, Document } from "./markdown.ts"

/** What a command in a document may name. */
export interface Known {
  /** The `workshop` command. It is asked for its commands and options, and never does anything. */
  readonly program: Command
  /** The names of the scripts in package.json. */
  readonly scripts: ReadonlySet<string>
}

/** The commands in documents that do not exist or are written wrongly, a line each: where it stands, and what is wrong. */
export function commandProblems(all: readonly Document[], known: Known): readonly string[] {
  quieten(known.program)
  return all.flatMap((document) =>
    commandsIn(document).flatMap(({ line, text, whole }) => {
      const problem = problemOf(text, known, whole)
      return problem === undefined ? [] : [`${document.path}:${String(line)}: \`${text}\`: ${problem}`]
    }),
  )
}

interface Written extends At {
  /** It can be typed as it stands; in the text, `npx workshop hint` may be only the command's name. */
  readonly whole: boolean
}

const start = /^(?:npx (?:workshop|tsx)|workshop|npm (?:run|run-script|start|test))(?= |$)/

function commandsIn({ fences, code }: Document): readonly Written[] {
  const fenced = fences.flatMap(({ lines }) =>
    lines.flatMap(({ line, text }) =>
      parts(text.replace(/^\s*\$ /, "")).map((part) => ({
        line,
        text: part,
        whole: /^\s*\$ /.test(text) && !text.endsWith("\\"),
      })),
    ),
  )
  const inline = code.flatMap(({ line, text }) =>
    parts(text).map((part) => ({ line, text: part, whole: false })),
  )
  // Without npx it is a command in the text, but may be anything in a block: `workshop:` at the head of a message.
  return [...fenced.filter(({ text }) => !text.startsWith("workshop")), ...inline].filter(({ text }) =>
    start.test(text),
  )
}

/** What the shell would start one after the other, without comments and settings (`NAME=value`) before a command. */
function parts(line: string): readonly string[] {
  return line
    .replace(/\s#\s.*$/, "")
    .split(/&&|\|\||[|;&>](?=\s|$)/)
    .map((part) => part.trim().replace(/^(?:[A-Z_]+=\S* )+/, ""))
}

function problemOf(text: string, { program, scripts }: Known, whole: boolean): string | undefined {
  const words = split(text)
  const args = words[0] === "npx" ? words.slice(1) : words
  switch (args[0]) {
    case "workshop":
      return workshopProblem(program, args.slice(1), whole)
    case "tsx":
      return fileProblem(args.slice(1))
    default: {
      const [, verb = ""] = args
      const name = verb.startsWith("run") ? args.slice(2).find((word) => !word.startsWith("-")) : verb
      if (name === undefined || isPlaceholder(name) || scripts.has(name)) return undefined
      return `package.json has no script "${name}"; it has ${[...scripts].join(", ")}`
    }
  }
}

function workshopProblem(command: Command, args: readonly string[], whole: boolean): string | undefined {
  const [first] = args
  const inner = command.commands.find((each) => each.name() === first || each.aliases().includes(first ?? ""))
  if (inner) return workshopProblem(inner, args.slice(1), whole)
  if (first === undefined || isPlaceholder(first)) return whole ? missing(command, []) : undefined
  if (command.commands.length > 0 && !first.startsWith("-") && command.registeredArguments.length === 0) {
    return `there is no such command; there are ${command.commands.map((each) => each.name()).join(", ")}`
  }
  const asked = args.filter((arg) => !["-h", "--help"].includes(arg))
  try {
    const { operands, unknown } = command.parseOptions(asked.filter((arg) => arg !== "…"))
    const option = unknown.find((arg) => arg.startsWith("-"))
    if (option !== undefined) return `there is no option ${option}; see npx workshop ${command.name()} --help`
    const all = [...operands, ...unknown]
    if (all.length > command.registeredArguments.length && !command.registeredArguments.at(-1)?.variadic)
      return `takes no argument "${all.at(-1) ?? ""}"`
    return whole && asked.length === args.length ? missing(command, all) : undefined
  } catch (error) {
    if (error instanceof CommanderError) return error.message.replace(/^error: /, "")
    throw error
  }
}

function missing({ registeredArguments }: Command, given: readonly string[]): string | undefined {
  const wanted = registeredArguments.slice(given.length).find(({ required }) => required)
  return wanted && `the argument ${wanted.name()} is missing`
}

/** The program of `npx tsx -C reference-03 projects/N/main.ts --id n1` must be there. */
function fileProblem(args: readonly string[]): string | undefined {
  const program = args.find((arg) => arg.endsWith(".ts"))
  if (program === undefined || args.includes("-e") || existsSync(join(root, program))) return undefined
  return /NN|…|</.test(program) ? undefined : `there is no ${program}`
}

/** The words of a command line, without quotes, and without the brackets of usage: `kit OUT [--without tests]`. */
function split(text: string): readonly string[] {
  const words = text.replace(/(?<=\s)\[|\](?=\s|$)/g, " ").matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)
  return [...words].map(([, double, single, bare]) => double ?? single ?? bare ?? "")
}

function isPlaceholder(word: string): boolean {
  return /^(?:…|\.\.\.|<.*>|[A-Z]+)$/.test(word)
}

function quieten(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => undefined, outputError: () => undefined })
  command.commands.forEach(quieten)
}
