import { existsSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { stripVTControlCharacters } from "node:util"
import { inject } from "vitest"
import { sourcesIn } from "../files.ts"
import type { Jail } from "../sandbox/jail.ts"
import { CheckFailure, position, toCheckFailure } from "./failure.ts"
import { loading, type Failure } from "./protocol.ts"
import { announce, startWatchdog } from "./watchdog.ts"

export type Exports = Readonly<Record<string, unknown>>

/** Imports the project under test. When that fails, the failure is what every check fails with. */
export async function loadSubject(): Promise<Exports | CheckFailure> {
  const { module, bundle, unloadable, hunt, jail } = inject("run")
  if (unloadable) return new CheckFailure(unloadable)
  if (!hunt) startWatchdog() // a planted bug does not hang while it loads
  announce(loading)
  if (!existsSync(module)) {
    const file = relative(inject("run").tree, module)
    const summary = `${file} is not there (npx workshop reset ${String(inject("run").stage)} brings the skeleton back)`
    return new CheckFailure({ kind: "load", summary })
  }
  try {
    return await Promise.race([load(bundle ?? module, jail), tooLong()])
  } catch (error) {
    return new CheckFailure(tell(error), error)
  }
}

/** Code that nobody trusts is loaded in a process of its own. */
async function load(file: string, jail: Jail | null): Promise<Exports> {
  if (!jail) return (await import(/* @vite-ignore */ file)) as Exports
  const { loadRemote } = await import("../sandbox/remote.ts")
  return await loadRemote(jail, file)
}

/** A promise awaited at a file's top level that never resolves would keep everybody waiting. */
async function tooLong(): Promise<never> {
  const seconds = 10 * inject("run").leniency
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000).unref())
  throw new Error(
    `they did not finish within ${String(seconds)} s: an \`await\` at the top level of a file that never ends?`,
  )
}

function tell(error: unknown): Failure {
  if (!(error instanceof Error)) return toCheckFailure(error, "loading your files").failure
  if (error.name === "NotImplemented") return { kind: "not-written", summary: error.message }
  const text = stripVTControlCharacters(error.message).replaceAll(inject("run").tree + "/", "")
  const syntax = /\[PARSE_ERROR\]\s*([^\n]+)[^]*?((?:projects|solutions)\/[^\s:]+):(\d+):\d+/.exec(text)
  if (syntax) {
    const [, what = "", file = "", line = ""] = syntax
    return { kind: "load", summary: `${file}:${line}: ${what} (a syntax error)`, at: `${file}:${line}` }
  }
  const [, specifier] = /^Missing "(#[^"]*)" specifier/.exec(text) ?? []
  if (specifier !== undefined) return tellImport(specifier)
  const at = position(error)
  const summary = `your files do not load: ${text.split("\n")[0] ?? error.name}`
  return { kind: "load", summary, ...(at === undefined ? {} : { at }) }
}

/** Who imports a project that there is not: the loader tells neither file nor line. */
function tellImport(specifier: string): Failure {
  const { tree, module } = inject("run")
  const [kind = ""] = relative(tree, module).split("/")
  const what = `there is no "${specifier}" to import: the name is that of the project's folder, as in "#04-the-log"`
  const own = `${kind}/${module.split("/").at(-2) ?? ""}/`
  // The project's own files first: what is under it may have the same mistake.
  const files = sourcesIn(kind, tree).toSorted(
    (a, b) => Number(b.startsWith(own)) - Number(a.startsWith(own)),
  )
  for (const file of files) {
    const lines = readFileSync(join(tree, file), "utf8").split("\n")
    const line = lines.findIndex((text) => text.includes(`"${specifier}"`) || text.includes(`'${specifier}'`))
    if (line === -1) continue
    const at = `${file}:${String(line + 1)}`
    return { kind: "load", summary: `${at}: ${what}`, at }
  }
  return { kind: "load", summary: `your files do not load: ${what}` }
}
