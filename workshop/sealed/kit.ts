import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import { foundations } from "../files.ts"
import { marker, root, stages, UsageError, type Stage } from "../stages.ts"
import { list } from "../text/style.ts"

const schema = z.object({
  about: z.string(),
  /** The workshop's version, and the commit it was made from, where that is known. */
  version: z.string(),
  from: z.string().nullable(),
  /** Changes whenever something that is sealed does. */
  edition: z.string(),
  suites: z.boolean(),
  /** The projects whose reference is there sealed, and those whose reference is there to be read, in `solutions/`. */
  sealed: z.array(z.number()).readonly(),
  released: z.array(z.number()).readonly(),
})

/** What a kit says of itself. */
export type Kit = Readonly<z.infer<typeof schema>>

/** @returns `undefined` when the folder is no kit */
export function readKit(folder: string): Kit | undefined {
  const file = join(folder, marker)
  if (!existsSync(file)) return undefined
  const read = schema.safeParse(JSON.parse(readFileSync(file, "utf8")))
  if (!read.success) throw new UsageError(`${file} is damaged: ${read.error.issues[0]?.message ?? ""}`)
  return read.data
}

/** The kit that this command is in; `undefined` in the whole repository. */
export const kit: Kit | undefined = readKit(root)

/** Where sealed things lie, below the root. */
export const sealedPath = {
  suite: ({ name }: Stage): string => `sealed/suites/${name}.br`,
  reference: ({ name }: Stage): string => `sealed/references/${name}.br`,
  rafts: "sealed/rafts.br",
}

/** Where a kit lays out its references, below the root: the import conditions of its `package.json` mean this folder. */
export const shelf = ".workshop/reference"

/** Whether our solution of a stage can be plugged in. */
export function hasReference({ n }: Stage): boolean {
  return kit === undefined || kit.sealed.includes(n) || kit.released.includes(n)
}

/** Refuses what needs our solution of a stage, where it is not there. */
export function requireReference(needed: readonly Stage[]): void {
  const missing = needed.filter((stage) => !hasReference(stage))
  if (missing.length === 0) return
  const [what, is, it] =
    missing.length === 1 ? ["solution of project", "is", "it"] : ["solutions of projects", "are", "them"]
  throw new UsageError(
    `our ${what} ${list(missing)} ${is} not in this kit; whoever gives the course can release ${it}`,
  )
}

/** Our solution of a stage, and of those it stands on. */
export function requireReferenceOf(stage: Stage): void {
  requireReference([...foundations(stage), stage])
}

/** Refuses to run a suite in a kit that has none. */
export function requireSuites(): void {
  if (kit?.suites === false)
    throw new UsageError(
      "this kit has no suites: whoever gave it to you has them, and runs them on your work",
    )
}

/** The stages with these numbers. */
export function stagesOf(numbers: readonly number[]): readonly Stage[] {
  return stages.filter(({ n }) => numbers.includes(n))
}
