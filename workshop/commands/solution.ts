import { createTwoFilesPatch } from "diff"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { sourcesIn } from "../files.ts"
import { kit } from "../sealed/kit.ts"
import { folder, root, UsageError, type Stage } from "../stages.ts"
import { confirm } from "../text/ask.ts"
import { bold, cyan, dim, green, red } from "../text/style.ts"

/** Tells where the reference is, to somebody who said yes to seeing it. */
export async function solution(stage: Stage, yes: boolean): Promise<boolean> {
  const n = String(stage.n)
  requireReleased(stage)
  if (!(await confirm(`Look at the reference for project ${n}? A hint may be enough.`, yes))) return false
  const files = sourcesIn(folder("solutions", stage))
  process.stdout.write(
    [
      bold(`The reference for project ${n}`),
      ...files.map((file) => `  ${cyan(file)}`),
      dim("One way among many: whatever passes the suite is right."),
    ].join("\n") + "\n",
  )
  return true
}

/** Shows how the person's files differ from the reference's. */
export async function diff(stage: Stage, yes: boolean): Promise<boolean> {
  const n = String(stage.n)
  requireReleased(stage)
  if (!(await confirm(`Show your project ${n} against the reference? That shows the solution.`, yes)))
    return false
  for (const theirs of sourcesIn(folder("solutions", stage))) {
    const yours = theirs.replace(/^solutions/, "projects")
    const patch = createTwoFilesPatch(yours, theirs, read(yours), read(theirs), "yours", "the reference")
    process.stdout.write(patch.split("\n").map(colourLine).join("\n") + "\n")
  }
  return true
}

/** In a kit, solutions come as the days pass. */
function requireReleased(stage: Stage): void {
  if (!kit || kit.released.includes(stage.n)) return
  const n = String(stage.n)
  const ways = `A hint may be enough: npx workshop hint ${n}. What comes after it can stand on ours: --on reference`
  throw new UsageError(`our solution of project ${n} is not released yet. ${ways}`)
}

function read(path: string): string {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : ""
}

function colourLine(line: string): string {
  if (/^(---|\+\+\+|===)/.test(line)) return bold(line)
  if (line.startsWith("@@")) return cyan(line)
  return line.startsWith("+") ? green(line) : line.startsWith("-") ? red(line) : line
}
