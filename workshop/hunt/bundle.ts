import { readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { build, context, type BuildContext, type BuildOptions, type Plugin } from "esbuild"
import { sourcesIn } from "../files.ts"
import { folder, root, type Stage } from "../stages.ts"

/** A suite in JavaScript. */
export interface BundledSuite {
  /** The program that runs its checks. */
  readonly child: string
  /** Its files, in their order. */
  readonly files: readonly string[]
}

/** In a bundle `import.meta` is the bundle's; but each file asks where it lies itself. */
const ownMeta: Plugin = {
  name: "own import.meta",
  setup: (builder) => {
    builder.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8")
      if (!text.includes("import.meta.")) return undefined
      const contents = text
        .replaceAll("import.meta.dirname", JSON.stringify(dirname(path)))
        .replaceAll("import.meta.filename", JSON.stringify(path))
      return { contents, loader: "ts" }
    })
  },
}

/** How all that is ours is bundled into modules. */
export const bundling = {
  bundle: true,
  format: "esm",
  outExtension: { ".js": ".mjs" },
  platform: "node",
  target: "node20",
  logLevel: "silent",
  plugins: [ownMeta],
} as const satisfies BuildOptions

/**
 * Bundles a stage's suite, with what it is written with: only Vitest is left out, and `vitest.ts` stands in for it.
 * @param more  files with further checks, from wherever: there `#suite` is ours, too, and `#tests/` our folder of that name
 */
export async function bundleSuite(
  stage: Stage,
  to: string,
  more: readonly string[] = [],
): Promise<BundledSuite> {
  const ours = sourcesIn(folder("tests", stage)).filter((path) => path.endsWith(".test.ts"))
  const files = [...ours.map((path) => join(root, path)), ...more]
  const child = join(import.meta.dirname, "child.ts")
  await build({
    ...bundling,
    entryPoints: [child, ...files],
    entryNames: "[name]",
    outdir: to,
    splitting: true, // a hunt loads only the files that it needs, and they share one `#suite`
    minifyWhitespace: true, // every hunt reads it anew
    plugins: [ownMeta, ...(more.length === 0 ? [] : [fromElsewhere(more)])],
    alias: { vitest: join(import.meta.dirname, "vitest.ts") },
    external: ["esbuild", "@redis/client"], // a bundle of modules cannot hold what calls `require`
  })
  const bundled = (path: string): string => join(to, basename(path, ".ts") + ".mjs")
  return { child: bundled(child), files: files.map(bundled) }
}

/** What a file that lies outside the repository means by `#suite`, `#tests/…` and the names of our packages. */
const fromElsewhere = (files: readonly string[]): Plugin => ({
  name: "from elsewhere",
  setup: (builder) => {
    const folders = files.map(dirname)
    builder.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      if (!folders.some((each) => importer.startsWith(each)) || path.startsWith("node:")) return undefined
      if (path === "#suite") return { path: join(root, "workshop/suite/index.ts") }
      if (path.startsWith("#tests/")) return { path: join(root, "tests", path.slice("#tests/".length)) }
      return builder.resolve(path, { kind, resolveDir: root })
    })
  },
})

/** Bundles the stages of a tree, again and again: only what has changed is read anew. */
export class SubjectBundler {
  readonly #contexts = new Map<string, Promise<BuildContext>>()

  /**
   * @returns where the bundle is: among the subject's own files, so that an error in it is known for theirs
   * @throws Error when the files do not go together: the bundler's message
   */
  async bundle(module: string): Promise<string> {
    const outfile = join(dirname(module), "bundle.mjs")
    // Errors are told apart by the names of their classes.
    const made =
      this.#contexts.get(module) ?? context({ ...bundling, entryPoints: [module], outfile, keepNames: true })
    this.#contexts.set(module, made)
    await (await made).rebuild()
    return outfile
  }

  async close(): Promise<void> {
    for (const made of this.#contexts.values()) await (await made).dispose()
  }
}
