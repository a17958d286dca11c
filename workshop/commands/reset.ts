import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { filesIn } from "../files.ts"
import { forget } from "../memory.ts"
import { readSkeletons } from "../skeletons.ts"
import { folder, root, scratch, type Stage } from "../stages.ts"
import { cyan } from "../text/style.ts"
import { confirm } from "../text/ask.ts"

/** Puts a project's skeleton back. What was there is kept, whole, in a folder named after the time. */
export async function reset(stage: Stage, yes: boolean, now = new Date()): Promise<boolean> {
  const skeletons = readSkeletons()
  const path = folder("projects", stage)
  const there = filesIn(path)
  const shipped = Object.keys(skeletons).filter((file) => file.startsWith(`${path}/`))
  const changed = there.filter((file) => readFileSync(join(root, file), "utf8") !== skeletons[file])
  if (changed.length === 0 && shipped.every((file) => there.includes(file))) {
    process.stdout.write(`${path} is the skeleton already: nothing to do.\n`)
    return true
  }
  const question = `Put the skeleton of project ${String(stage.n)} back? Your ${path} is kept as a copy.`
  if (!(await confirm(question, yes))) return false
  const kept = there.length === 0 ? undefined : keep(path, now)
  rmSync(join(root, path), { recursive: true, force: true })
  for (const file of shipped) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), skeletons[file] ?? "")
  }
  forget(stage)
  process.stdout.write(`${path} is the skeleton again.\n`)
  if (kept !== undefined) {
    const here = (file: string): string => relative(process.cwd(), file)
    process.stdout.write(
      `Your work is kept in ${cyan(kept)}\nTo get it back: ${cyan(`cp -r ${here(kept)}/. ${here(join(root, path))}/`)}\n`,
    )
  }
  return true
}

function keep(path: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replace("T", "_").replaceAll(":", "-")
  const base = join(scratch, "kept", `${path.replace("/", "-")}-${stamp}`)
  let target = base
  for (let n = 2; existsSync(target); n++) target = `${base}-${String(n)}`
  cpSync(join(root, path), target, { recursive: true })
  return target
}
