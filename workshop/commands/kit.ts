import { relative, resolve } from "node:path"
import { beginHistory } from "../kit/history.ts"
import { composeKit, requireFree, writeFiles, type Order } from "../kit/make.ts"
import { release } from "../kit/release.ts"
import { readKit } from "../sealed/kit.ts"
import { parseStages, UsageError, type Stage } from "../stages.ts"
import { bold, count, cyan, dim, green, list, mark, wrap, yellow } from "../text/style.ts"

export interface KitOptions {
  readonly without?: string
  readonly withReference?: string
}

/** `workshop kit`: makes the repository that students work in, or releases references into one. */
export async function kit(folder: string, { without, withReference }: KitOptions): Promise<void> {
  const out = resolve(folder)
  const released = withReference === undefined ? [] : parseStages(withReference)
  const left = parseWithout(without)
  const there = readKit(out)
  if (!there) {
    requireFree(out)
    await make(out, { suites: !left.includes("tests"), references: !left.includes("solutions"), released })
    return
  }
  if (without !== undefined)
    throw new UsageError(`${folder} is a kit already: --without is for a new one, in another folder`)
  if (released.length === 0)
    throw new UsageError(
      `${folder} is a kit already. To release a solution into it: --with-reference N. To have another kit: name a new folder`,
    )
  tellRelease(folder, released, release(out, there, released))
}

function parseWithout(text: string | undefined): readonly string[] {
  const parts = text?.split(",").map((part) => part.trim()) ?? []
  const unknown = parts.find((part) => part !== "tests" && part !== "solutions")
  if (unknown === undefined) return parts
  throw new UsageError(`--without ${unknown}: it takes tests, solutions, or both: tests,solutions`)
}

async function make(out: string, order: Order): Promise<void> {
  const files = await composeKit(order)
  writeFiles(out, files)
  const problem = beginHistory(out)
  const facts = [
    order.suites
      ? "the suites, sealed: they run, and are not for reading"
      : "no suites: you run them on what students hand in",
    order.references
      ? "our solutions, sealed, so that people can go on with ours underneath (--on reference)"
      : "no sealed solutions: --on reference works with released ones only",
    order.released.length === 0
      ? "no solutions to read"
      : `our solution of ${plural(order.released)}, to be read`,
  ]
  say(`${mark.pass} ${bold(out)} ${dim(`(${count(files.size, "file")})`)}`)
  for (const fact of facts) say(`  ${wrap(fact, 4)}`)
  if (problem === undefined) say("  a git history of one commit")
  else
    say(`  ${yellow("!")} ${wrap(`no git history: ${problem}. Make it yourself: git init, add, commit`, 4)}`)
  const place = relative(process.cwd(), out)
  say(`\nTry it:  ${cyan(`cd ${place.startsWith("../..") ? out : place} && npm ci && npm start`)}`)
}

function tellRelease(folder: string, asked: readonly Stage[], fresh: readonly Stage[]): void {
  const known = asked.filter((stage) => !fresh.includes(stage))
  if (known.length > 0) say(`Our solution of ${plural(known)} was there already.`)
  if (fresh.length === 0) return
  say(green(`Our solution of ${plural(fresh)} is in ${folder}/solutions now.`))
  say(`Nothing else was touched but kit.json. Commit both and push; students pull.`)
}

function plural(stages: readonly Stage[]): string {
  return `${stages.length === 1 ? "project" : "projects"} ${list(stages)}`
}

function say(text: string): void {
  process.stdout.write(text + "\n")
}
