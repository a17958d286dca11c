import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { forget } from "../memory.ts"
import { changedFiles, readSkeletons } from "../skeletons.ts"
import { folder, root, scratch, type Stage } from "../stages.ts"
import { cyan } from "../text/style.ts"
import { confirm } from "../text/ask.ts"

/** Puts a project's skeleton back. What was there is kept, whole, in a folder named after the time. */
export async function reset(stage: Stage, yes: boolean, now = new Date()): Promise<boolean> {
  const skeletons = readSkeletons()
  const path = folder("projects", stage)
  const shipped = Object.keys(skeletons).filter((file) => file.startsWith(`${path}/`))
  const missing = shipped.filter((file) => !existsSync(join(root, file)))
  const changed = changedFiles(stage, skeletons)
  if (changed.length === 0 && missing.length === 0) {
    process.stdout.write(`${path} is the skeleton already: nothing to do.\n`)
    return true
  }
  const question = `Put the skeleton of project ${String(stage.n)} back? Your ${path} is kept as a copy.`
  if (!(await confirm(question, yes))) return false
  const kept = keep(path, now)
  for (const file of changed) rmSync(join(root, file))
  for (const file of shipped) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), skeletons[file] ?? "")
  }
  forget(stage)
  process.stdout.write(`${path} is the skeleton again. Your work is kept in ${cyan(kept)}\n`)
  return true
}

function keep(path: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replace("T", "_").replaceAll(":", "-")
  const base = join(scratch, "kept", `${path.replace("/", "-")}-${stamp}`)
  let target = base
  for (let n = 2; existsSync(target); n++) target = `${base}-${String(n)}`
  if (existsSync(join(root, path))) cpSync(join(root, path), target, { recursive: true })
  return target
}
