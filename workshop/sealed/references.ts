import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { readSkeletons } from "../skeletons.ts"
import { folder, root, type Stage } from "../stages.ts"
import { kit, sealedPath, shelf, stagesOf } from "./kit.ts"
import { unseal, type Texts } from "./seal.ts"

/**
 * Lays out a kit's references where the import conditions look for them, also those of programs that are started by hand.
 * Does nothing when they lie there already, or where there is nothing to lay out.
 */
export function layOutReferences(): void {
  if (!kit) return
  const place = join(root, shelf)
  const stamp = JSON.stringify([kit.edition, kit.sealed, kit.released])
  if (existsSync(join(place, "stamp")) && readFileSync(join(place, "stamp"), "utf8") === stamp) return
  const fresh = `${place}-${String(process.pid)}` // somebody else may be looking
  rmSync(fresh, { recursive: true, force: true })
  const files = new Map<string, string>([["stamp", stamp]])
  const sealed = kit.sealed.filter((n) => kit?.released.includes(n) === false)
  if (sealed.length > 0) addSkeletons(files)
  for (const stage of stagesOf(sealed)) add(files, stage, sealedFiles(stage))
  for (const stage of stagesOf(kit.released)) add(files, stage, releasedFiles(stage))
  for (const [path, text] of files) {
    mkdirSync(dirname(join(fresh, path)), { recursive: true })
    writeFileSync(join(fresh, path), text)
  }
  rmSync(place, { recursive: true, force: true })
  renameSync(fresh, place)
}

function add(files: Map<string, string>, stage: Stage, texts: Texts): void {
  for (const [name, text] of Object.entries(texts)) files.set(`${stage.name}/${name}`, text)
}

/** What is sealed has no types. But the skeleton exports the same, with the types of the same contract. */
function sealedFiles(stage: Stage): Texts {
  const types = `export * from "../skeletons/${stage.name}/index.ts"\n`
  return { ...unseal(readFileSync(join(root, sealedPath.reference(stage)))), "index.d.mts": types }
}

function addSkeletons(files: Map<string, string>): void {
  for (const [path, text] of Object.entries(readSkeletons())) {
    if (!path.endsWith(".ts") || path.endsWith("/contract.ts")) continue
    files.set(path.replace(/^projects/, "skeletons"), withContractsOf(dirname(path), text))
  }
}

/** The contracts are those in `projects/`: of two copies the compiler would say that they differ. */
function withContractsOf(from: string, text: string): string {
  return text.replace(/"(\.[^"]*\/contract\.ts)"/g, (_, path: string) => {
    const up = "../".repeat(shelf.split("/").length + from.split("/").length)
    return `"${up}${join(from, path).replaceAll("\\", "/")}"`
  })
}

/** What can be read is used as it is. */
function releasedFiles(stage: Stage): Texts {
  const from = `../../../${folder("solutions", stage)}`
  const all = `export * from "${from}/index.ts"\n`
  const server = existsSync(join(root, folder("solutions", stage), "server.ts"))
  return {
    "index.mjs": all,
    "index.d.mts": all,
    ...(server && { "server.ts": `import "${from}/server.ts"\n` }),
  }
}
