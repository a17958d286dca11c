import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import { root, stages, UsageError, type Stage } from "../stages.ts"
import type { Bug, Variant } from "../suite/mutants.ts"
import { sealedPath } from "./kit.ts"
import { unseal, type Texts } from "./seal.ts"

/**
 * What a kit has in the place of `tests/NN-name/bugs.ts` and `variants.ts`: Rafts that are linked already, under the names
 * that `nameOf` gives them, and a list of which there are.
 */

const told = { id: z.string(), what: z.string(), edit: z.array(z.never()) }
const schema = z.array(
  z.object({
    stage: z.number(),
    bugs: z.array(z.object({ ...told, breaks: z.array(z.number()), source: z.string() })),
    variants: z.array(z.object({ ...told, why: z.string() })),
  }),
)

/** The entry with the list. */
export const listName = "list"

/** What is linked of a mutant. Its edits are made already. */
export function nameOf(stage: Stage, { id }: Bug | Variant): string {
  return `${String(stage.n)}/${id}`
}

/** As it is written into the list. */
export function withoutEdits<M extends Bug | Variant>(mutant: M): M {
  return { ...mutant, edit: [] }
}

let opened: Texts | undefined

/** What was linked under a name; `undefined` in a kit that has no linked Rafts. */
export function sealedLink(name: string): string | undefined {
  if (!opened) {
    const file = join(root, sealedPath.rafts)
    opened = existsSync(file) ? unseal(readFileSync(file)) : {}
  }
  return opened[name]
}

/** The planted bugs and variants of a stage. */
export function sealedMutants(stage: Stage): {
  readonly bugs: readonly Bug[]
  readonly variants: readonly Variant[]
} {
  const list = sealedLink(listName)
  if (list === undefined)
    throw new UsageError(
      "this kit has no planted bugs: whoever gave it to you has them, as part of the suites",
    )
  const found = schema.parse(JSON.parse(list)).find((each) => each.stage === stage.n)
  return { bugs: found?.bugs ?? [], variants: found?.variants ?? [] }
}

/** The stages that make Raft: their mutants are linked. */
export const raftStages: readonly Stage[] = stages.filter(({ n }) => n >= 4 && n <= 7)
