import { readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import type { Plugin } from "vite"
import { sourcesIn } from "../files.ts"
import { folder, root, type Stage } from "../stages.ts"
import { kit, sealedPath } from "./kit.ts"
import { unseal } from "./seal.ts"

/** The files that a stage's suite is made of, below the root: a result is about them, too. */
export function suiteSources(stage: Stage): readonly string[] {
  return kit ? [sealedPath.suite(stage)] : sourcesIn(folder("tests", stage))
}

/**
 * A kit's suites for the test runner: the files that `tests/` would have are given to it from memory, and never lie on the
 * disk.
 */
export class SealedSuites {
  readonly #texts = new Map<string, string>()

  /** @returns the paths of a suite's files with checks, in their order */
  open(stage: Stage): readonly string[] {
    const texts = unseal(readFileSync(join(root, sealedPath.suite(stage))))
    const files = Object.entries(texts).map(([name, text]) => {
      const path = join(root, folder("tests", stage), name)
      this.#texts.set(path, text)
      return path
    })
    return files.filter((path) => /^\d+\.mjs$/.test(relative(dirname(path), path))).toSorted()
  }

  get plugin(): Plugin {
    return {
      name: "sealed suites",
      enforce: "pre",
      resolveId: (source, importer) => {
        const named = [source, join(root, source)].find((path) => this.#texts.has(path)) // in full, or from the root
        if (named !== undefined) return named
        const fromSuite = importer !== undefined && this.#texts.has(importer)
        return fromSuite && source.startsWith(".") ? join(dirname(importer), source) : undefined
      },
      load: (id) => this.#texts.get(id),
    }
  }
}
