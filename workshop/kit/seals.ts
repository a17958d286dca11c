import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { basename, join, relative } from "node:path"
import { build, type BuildOptions, type OutputFile, type Plugin } from "esbuild"
import { sourcesIn } from "../files.ts"
import { bundling } from "../hunt/bundle.ts"
import { allEntries, bundle, reference } from "../link/link.ts"
import { originOf, raftMutants } from "../link/mutants.ts"
import { sealedPath } from "../sealed/kit.ts"
import { listName, nameOf, withoutEdits } from "../sealed/rafts.ts"
import { seal, type Texts } from "../sealed/seal.ts"
import { folder, root, stages, type Stage } from "../stages.ts"
import type { Files } from "./contents.ts"

/** No comments, no spaces, no names but those of functions and classes: messages and errors are told by them. */
const small = { minify: true, keepNames: true, legalComments: "none" } as const satisfies BuildOptions

const modules = {
  ...bundling,
  ...small,
  splitting: true,
  packages: "external",
  chunkNames: "[hash]",
  outdir: root, // nothing is written
  write: false,
} as const satisfies BuildOptions

/** All suites, and the Rafts that they link. */
export async function sealSuites(): Promise<{ readonly files: Files; readonly needs: ReadonlySet<string> }> {
  const files: Files = new Map()
  const needs = new Set<string>()
  for (const stage of stages) files.set(sealedPath.suite(stage), seal(await suiteTexts(stage, needs)))
  files.set(sealedPath.rafts, seal(await raftTexts()))
  return { files, needs }
}

/** The references of these stages, each by itself: any of them can stand under a person's project. */
export async function sealReferences(which: readonly Stage[]): Promise<Files> {
  const files: Files = new Map()
  for (const stage of which) files.set(sealedPath.reference(stage), seal(await referenceTexts(stage)))
  return files
}

/** Tells whether two kits have the same sealed in them. */
export function editionOf(files: Files): string {
  const hash = createHash("sha256")
  for (const [path, bytes] of files) if (path.startsWith("sealed/")) hash.update(path).update(bytes)
  return hash.digest("hex").slice(0, 16)
}

/** @param needs  gets the modules of the command that the suite imports: those are in the kit, to be read */
async function suiteTexts(stage: Stage, needs: Set<string>): Promise<Texts> {
  const files = sourcesIn(folder("tests", stage))
    .filter((path) => path.endsWith(".test.ts"))
    .toSorted((a, b) => a.localeCompare(b)) // as the runner does, before the names are gone
  const { outputFiles } = await build({
    ...modules,
    entryPoints: files.map((path, i) => ({ in: join(root, path), out: String(i + 1).padStart(2, "0") })),
    plugins: [commandStays(folder("tests", stage), needs)],
  })
  return textsOf(outputFiles)
}

/** What a suite imports of the command is that of the kit: so they share it with what runs them. */
function commandStays(from: string, needs: Set<string>): Plugin {
  return {
    name: "the command stays outside",
    setup: (builder) => {
      builder.onResolve({ filter: /^#suite$/ }, ({ path }) => {
        needs.add("workshop/suite/index.ts")
        return { path, external: true }
      })
      builder.onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const target = relative(root, join(resolveDir, path))
        if (!target.startsWith("workshop/")) return undefined
        needs.add(target)
        return { path: relative(from, target), external: true }
      })
    },
  }
}

async function referenceTexts(stage: Stage): Promise<Texts> {
  const server = `${folder("solutions", stage)}/server.ts`
  const isSystem = stage.n >= 10 && existsSync(join(root, server))
  const { outputFiles } = await build({
    ...modules,
    entryPoints: [
      join(root, folder("solutions", stage), "index.ts"),
      ...(isSystem ? [join(root, server)] : []),
    ],
    entryNames: "[name]",
    plugins: [othersStay],
  })
  const { "server.mjs": program, ...texts } = textsOf(outputFiles)
  return { ...texts, ...(program !== undefined && { "server.ts": program }) }
}

/** An earlier project is whose the import conditions say. */
const othersStay: Plugin = {
  name: "other projects stay outside",
  setup: (builder) => {
    builder.onResolve({ filter: /^#\d\d-/ }, ({ path }) => ({ path, external: true }))
  },
}

async function raftTexts(): Promise<Texts> {
  const mutants = await raftMutants()
  const texts: Record<string, string> = {}
  for (const entry of allEntries) texts[entry] = await bundle(reference, entry, small)
  for (const { stage, bugs, variants } of mutants)
    for (const mutant of [...bugs, ...variants])
      texts[nameOf(stage, mutant)] = await bundle(originOf(stage, mutant), "raft", small)
  const list = mutants.map(({ stage, bugs, variants }) => ({
    stage: stage.n,
    bugs: bugs.map(withoutEdits),
    variants: variants.map(withoutEdits),
  }))
  return { ...texts, [listName]: JSON.stringify(list) }
}

function textsOf(outputs: readonly OutputFile[]): Texts {
  return Object.fromEntries(outputs.map(({ path, text }) => [basename(path), text]))
}
