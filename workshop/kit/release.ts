import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import { filesIn } from "../files.ts"
import type { Kit } from "../sealed/kit.ts"
import { readSkeletons } from "../skeletons.ts"
import { folder, marker, stages, UsageError, type Stage } from "../stages.ts"
import { list } from "../text/style.ts"
import { referenceFiles, type Files } from "./contents.ts"
import { tellKit, writeFiles } from "./make.ts"

/**
 * Puts the references of these stages into a kit, to be read, and writes it down in its marker. Nothing else is touched.
 * @returns the stages that were not there before
 */
export function release(out: string, kit: Kit, which: readonly Stage[]): readonly Stage[] {
  const fresh = which.filter(({ n }) => !kit.released.includes(n))
  for (const stage of fresh) {
    const path = folder("solutions", stage)
    if (filesIn(path, out).length > 0)
      throw new UsageError(`${join(out, path)} is there already, and is not ours: move it away first`)
  }
  requireSameContracts(out, fresh)
  if (fresh.length === 0) return []
  const files: Files = new Map(fresh.flatMap((stage) => [...referenceFiles(stage)]))
  const released = [...kit.released, ...fresh.map(({ n }) => n)].toSorted((a, b) => a - b)
  writeFiles(out, files.set(marker, tellKit({ ...kit, released })))
  return fresh
}

/** A reference fits the contracts that it was written for. */
function requireSameContracts(out: string, which: readonly Stage[]): void {
  const file = join(out, "workshop", "skeletons.json")
  const theirs = existsSync(file)
    ? z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, "utf8")))
    : {}
  const ours = readSkeletons()
  const last = Math.max(0, ...which.map(({ n }) => n))
  const changed = stages
    .filter(({ n }) => n <= last)
    .filter((stage) => {
      const path = `${folder("projects", stage)}/contract.ts`
      return theirs[path] !== ours[path]
    })
  if (changed.length === 0) return
  const [noun, has] = changed.length === 1 ? ["project", "has"] : ["projects", "have"]
  throw new UsageError(
    `the kit in ${out} was made from another version: ${noun} ${list(changed)} ${has} another contract there. Release from the version that it was made from (${marker} names it)`,
  )
}
