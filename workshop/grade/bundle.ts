import { existsSync, readFileSync } from "node:fs"
import { isBuiltin } from "node:module"
import { join, resolve, sep } from "node:path"
import { build, type OnResolveArgs, type Plugin } from "esbuild"
import { bundling } from "../hunt/bundle.ts"
import { root, stages, type Stage } from "../stages.ts"
import type { Foundation } from "../runner/tree.ts"

export interface BundleOptions {
  /** The folder that has the submission's `projects/`, and nothing that its author does not know. */
  readonly tree: string
  readonly stage: Stage
  /** Whose earlier projects it stands on. */
  readonly on: Foundation
  readonly outfile: string
}

/**
 * A project in one JavaScript file. The bundler is ours and may read everything, so what a submission names is looked at:
 * its own files, the projects by `#NN-name`, Node's modules and the packages of this repository; nothing else.
 * @throws Error with the bundler's messages, by file and line
 */
export async function bundleProject({ tree, stage, on, outfile }: BundleOptions): Promise<void> {
  await build({
    entryPoints: [join(tree, "projects", stage.name, "index.ts")],
    ...bundling,
    outfile,
    keepNames: true, // errors are told apart by the names of their classes
    sourcemap: "inline", // where in their files an error came from
    sourcesContent: false,
    tsconfigRaw: {}, // not one of theirs, which may name other files
    plugins: [fenced(tree, stage, on), ...bundling.plugins],
  })
}

const packages = new Set(
  Object.keys(
    (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { dependencies: object }).dependencies,
  ),
)

function fenced(tree: string, stage: Stage, on: Foundation): Plugin {
  return {
    name: "fenced",
    setup: (builder) => {
      builder.onResolve({ filter: /.*/ }, (args) => {
        const theirs = inside(tree, args.importer) || args.kind === "entry-point"
        if (isBuiltin(args.path)) return { path: args.path, external: true }
        if (args.path.startsWith("#")) return project(args.path, tree, stage, on)
        if (!theirs) return undefined // our own files, and the packages that they use
        if (args.path.startsWith(".") || args.path.startsWith("/")) return own(args, tree)
        const name = args.path.split("/")[0] ?? ""
        if (packages.has(name))
          return builder.resolve(args.path, { resolveDir: root, kind: args.kind, importer: root })
        return refuse(args, `there are only Node's own modules and ${[...packages].join(", ")} here`)
      })
    },
  }
}

function project(name: string, tree: string, at: Stage, on: Foundation): { path: string } | undefined {
  const stage = stages.find((each) => `#${each.name}` === name)
  if (!stage) return undefined
  const ours = on === "reference" && stage.n < at.n
  return {
    path: ours
      ? join(root, "solutions", stage.name, "index.ts")
      : join(tree, "projects", stage.name, "index.ts"),
  }
}

function own(args: OnResolveArgs, tree: string): { path: string } | { errors: { text: string }[] } {
  const wanted = resolve(args.resolveDir === "" ? tree : args.resolveDir, args.path)
  if (!inside(join(tree, "projects"), wanted)) return refuse(args, "that lies outside projects/")
  const found = [wanted, `${wanted}.ts`, `${wanted}.js`, join(wanted, "index.ts")].find(
    (path) => /\.\w+$/.test(path) && existsSync(path),
  )
  return found === undefined ? refuse(args, "there is no such file") : { path: found }
}

function refuse({ path }: OnResolveArgs, why: string): { errors: { text: string }[] } {
  return { errors: [{ text: `it imports "${path}": ${why}` }] }
}

function inside(folder: string, path: string): boolean {
  return path.startsWith(folder + sep)
}
