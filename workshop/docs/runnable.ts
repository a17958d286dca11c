import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { stripVTControlCharacters } from "node:util"
import { conditionsOf } from "../runner/tree.ts"
import { root, stages } from "../stages.ts"
import type { At, Document, Fence } from "./markdown.ts"

/** A command of a runnable block, and what the block says that it prints; nothing means that it does not say. */
export interface Step {
  /** Where it begins. */
  readonly line: number
  readonly command: string
  readonly prints: readonly At[]
}

/** A block of a document whose commands are run and whose output is compared. */
export interface Runnable {
  readonly path: string
  readonly line: number
  /** The block shows what comes once the project is written: our solution stands in for the skeletons. */
  readonly onReference: boolean
  /** What its commands exit with: 1 when what they look for is there. */
  readonly code: 0 | 1
  readonly steps: readonly Step[]
}

const marks = new Map<string, Pick<Runnable, "onReference" | "code">>([
  ["run", { onReference: false, code: 0 }],
  ["run on the reference", { onReference: true, code: 0 }],
  ["run, exit code 1", { onReference: false, code: 1 }],
])

/**
 * The `console` blocks that stand below a line `<!-- run -->`, `<!-- run on the reference -->`, or `<!-- run, exit code 1 -->`.
 * @throws Error when such a line stands above anything else, or a comment is nearly one
 */
export function runnables({ path, fences }: Document): readonly Runnable[] {
  return fences.flatMap((fence) => {
    if (!fence.comment?.startsWith("run")) return []
    const where = `${path}:${String(fence.line)}`
    const mark = marks.get(fence.comment)
    if (!mark) {
      throw new Error(`${where}: <!-- ${fence.comment} --> is none of: ${[...marks.keys()].join("; ")}`)
    }
    if (fence.language !== "console") throw new Error(`${where}: only a \`\`\`console block can be run`)
    const steps = stepsOf(fence)
    if (steps.length === 0) throw new Error(`${where}: no line begins with "$ "`)
    return [{ path, line: fence.line, ...mark, steps }]
  })
}

/** A command may go on in the next lines: within single quotes, or after a backslash. */
function stepsOf({ lines }: Fence): readonly Step[] {
  const steps: { line: number; command: string; prints: At[] }[] = []
  for (const at of lines) {
    const last = steps.at(-1)
    if (at.text.startsWith("$ ")) steps.push({ line: at.line, command: at.text.slice(2), prints: [] })
    else if (last?.prints.length === 0 && goesOn(last.command)) last.command += `\n${at.text}`
    else last?.prints.push(at)
  }
  return steps
}

function goesOn(command: string): boolean {
  return command.endsWith("\\") || command.split("'").length % 2 === 0
}

/** What is wrong with a block, a line each: where it stands, and what to do. */
export async function tryOut({
  path,
  onReference,
  code: expected,
  steps,
}: Runnable): Promise<readonly string[]> {
  for (const { line, command, prints } of steps) {
    const where = `${path}:${String(line)}: $ ${command}`
    const { code, output } = await run(command, onReference)
    if (code !== expected) return [`${where}\nexits with ${String(code)}:\n${output}`]
    const wrong = prints.length === 0 ? undefined : firstDifference(prints, output.split("\n"))
    if (wrong) {
      const { at, instead } = wrong
      const told = at ? `line ${String(at.line)}, "${at.text}", ` : "the end "
      return [
        `${where}\n${told}is not what comes: ${instead}\nMend the document, or write … for lines left out.\nAll of it:\n${output}`,
      ]
    }
  }
  return []
}

/** Longer than any block may take: they are run with every `npm test`. */
const patience = 60_000

function run(command: string, onReference: boolean): Promise<{ code: number | null; output: string }> {
  const conditions = conditionsOf(stages).map((condition) => `--conditions=${condition}`)
  const { FORCE_COLOR: _, NODE_OPTIONS: __, ...env } = process.env
  const child = spawn("bash", ["-c", `exec 2>&1\n${onReference ? withSolutions(command) : command}`], {
    cwd: root,
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...env, NO_COLOR: "1", ...(onReference && { NODE_OPTIONS: conditions.join(" ") }) },
    timeout: patience,
  })
  let output = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text))
  return new Promise((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => {
      resolve({ code, output: stripVTControlCharacters(output).trimEnd() })
    })
  })
}

/** Projects that are named by their files: `./projects/04-the-log/index.ts`. Contracts and specs have no solution. */
function withSolutions(command: string): string {
  return command.replace(/\bprojects\/(\d\d-[\w/-]+\.ts)/g, (path, file: string) =>
    existsSync(join(root, "solutions", file)) ? `solutions/${file}` : path,
  )
}

/**
 * Compares what a document says with what was printed. A line `…` stands for any lines, also for none, and `…` in a line for any
 * text. Empty lines and blanks at a line's end mean nothing, nor does how long something took: `1.2 s`, `340 ms` and `2 minutes` are any time.
 * @returns the first line that is not as printed (`undefined`: the end is not), and what was printed instead
 */
export function firstDifference(
  says: readonly At[],
  printed: readonly string[],
): { readonly at: At | undefined; readonly instead: string } | undefined {
  const wanted = says.filter(({ text }) => text.trim() !== "")
  const got = printed.filter((line) => line.trim() !== "")
  let next = 0
  let gap = false
  for (const at of wanted) {
    if (at.text.trim() === "…") {
      gap = true
      continue
    }
    const found = got.findIndex((line, i) => i >= next && isSame(at.text, line))
    if (found === -1 || (!gap && found > next)) return { at, instead: got[next] ?? "(nothing more)" }
    next = found + 1
    gap = false
  }
  const more = got[next]
  return gap || more === undefined ? undefined : { at: undefined, instead: more }
}

function isSame(says: string, printed: string): boolean {
  const parts = timeless(says).split("…")
  const pattern = parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join(".*")
  return new RegExp(`^${pattern}$`).test(timeless(printed))
}

function timeless(line: string): string {
  return line.trimEnd().replace(/\d+(?:[.,]\d+)*(?= ?(?:ms|s|seconds?|minutes?)\b)/g, "0")
}
