import { execFileSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import * as z from "zod"
import type { Kit } from "../sealed/kit.ts"
import { marker, root, stages, UsageError, type Stage } from "../stages.ts"
import { commandFiles, plainFiles, referenceFiles, type Files } from "./contents.ts"
import type { Sealed } from "./parts.ts"
import { editionOf, sealReferences, sealSuites } from "./seals.ts"

/** What a kit shall have. */
export interface Order extends Sealed {
  /** The projects whose reference is there to be read. */
  readonly released: readonly Stage[]
}

/** All files of a new kit. */
export async function composeKit({ suites, references, released }: Order): Promise<Files> {
  const none: Awaited<ReturnType<typeof sealSuites>> = { files: new Map(), needs: new Set() }
  const sealed = suites ? await sealSuites() : none
  const files: Files = new Map([
    ...plainFiles({ suites, references }),
    ...commandFiles(sealed.needs),
    ...sealed.files,
    ...(references ? await sealReferences(stages) : []),
    ...released.flatMap((stage) => [...referenceFiles(stage)]),
  ])
  const kit: Kit = {
    about: "made by `npx workshop kit`, and read by the command: not to be edited",
    version: version(),
    from: commit(),
    edition: editionOf(files),
    suites,
    sealed: references ? stages.map(({ n }) => n) : [],
    released: released.map(({ n }) => n),
  }
  return files.set(marker, tellKit(kit))
}

/** The marker's text. */
export function tellKit(kit: Kit): string {
  return JSON.stringify(kit, null, 2) + "\n"
}

function version(): string {
  const text = readFileSync(join(root, "package.json"), "utf8")
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version
}

/** The commit that we are at, where git can tell. */
function commit(): string | null {
  try {
    return execFileSync("git", ["rev-parse", "--short=12", "HEAD"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim()
  } catch {
    return null
  }
}

/** Refuses a folder in which something is already, and one inside this repository. */
export function requireFree(out: string): void {
  if (!relative(root, out).startsWith(".."))
    throw new UsageError(`${out} is inside this repository: name a folder beside it`)
  if (!existsSync(out)) return
  if (!statSync(out).isDirectory()) throw new UsageError(`${out} is there already, and is no folder`)
  if (readdirSync(out).length > 0)
    throw new UsageError(`${out} is there already, and is not empty: a kit is made in a new folder`)
}

export function writeFiles(out: string, files: Files): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(out, path)), { recursive: true })
    writeFileSync(join(out, path), content)
    if (String(content).startsWith("#!")) chmodSync(join(out, path), 0o755)
  }
}
