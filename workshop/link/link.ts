import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join, relative } from "node:path"
import { Script } from "node:vm"
import { build, type Plugin } from "esbuild"
import type { RaftUnderTest } from "../../projects/08-testing/contract.ts"
import { conditionsOf } from "../runner/tree.ts"
import { root, stages } from "../stages.ts"
import { applyEdits, type Edit } from "../suite/mutants.ts"

/** Where a Raft comes from: a tree, and of each stage in it the person's own project or the reference. */
export interface Origin {
  readonly tree: string
  /** The numbers of the stages that come from `solutions/`; the others come from `projects/`. */
  readonly reference: readonly number[]
  /** By path below the tree: what is changed in these files before they are used. */
  readonly edits?: Readonly<Record<string, readonly Edit[]>>
}

const everyStage: readonly number[] = stages.map(({ n }) => n)

/** The reference's own Raft. */
export const reference: Origin = { tree: root, reference: everyStage }

const entry = `
  export { initialNode } from "#03-planning"
  export * as log from "#04-the-log"
  export * as replication from "#05-log-replication"
  export * as consensus from "#06-consensus"
  export * as election from "#07-leader-election"
`

/**
 * Projects 3 to 7 of some tree as one Raft, in this process. Node's import conditions hold for a whole process, so two
 * Rafts of different origin cannot be imported side by side; bundled, each brings its own `#NN-name`.
 * @throws Error when the files do not load: the bundler's message, or what they threw
 */
export async function linkRaft({ tree, reference, edits = {} }: Origin): Promise<RaftUnderTest> {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: tree, loader: "ts" },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node20",
    packages: "external",
    conditions: [...conditionsOf(stages.filter(({ n }) => reference.includes(n)))],
    plugins: [editing(tree, edits)],
    logLevel: "silent",
  })
  const linked = evaluate(outputFiles[0]?.text ?? "") as Omit<RaftUnderTest, "step">
  return { ...linked, step: (node, event) => linked.election.step(node, event) }
}

/** What a CommonJS module exports. */
function evaluate(code: string): unknown {
  const module = { exports: {} }
  const wrapped = new Script(`(function (module, exports, require) {${code}\n})`, { filename: "raft.cjs" })
  const run = wrapped.runInThisContext() as (...args: readonly unknown[]) => void
  run(module, module.exports, createRequire(join(root, "package.json")))
  return module.exports
}

function editing(tree: string, edits: Readonly<Record<string, readonly Edit[]>>): Plugin {
  return {
    name: "edits",
    setup: ({ onLoad }) => {
      if (Object.keys(edits).length === 0) return
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const own = edits[relative(tree, path).replaceAll("\\", "/")]
        return own && { contents: applyEdits(readFileSync(path, "utf8"), own, path), loader: "ts" }
      })
    },
  }
}
