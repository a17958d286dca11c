import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join, relative } from "node:path"
import type { Plugin } from "esbuild"
import type { Project as Testing, RaftUnderTest } from "../../projects/08-testing/contract.ts"
import type { Project as Simulation } from "../../projects/09-simulation/contract.ts"
import type { Project as System } from "../../projects/10-the-system/contract.ts"
import { conditionsOf } from "../runner/tree.ts"
import { evaluate } from "../sandbox/twins.ts"
import { root, stages } from "../stages.ts"
import { applyEdits, type Edit } from "../suite/mutants.ts"
import { kept } from "./kept.ts"

/** Where code comes from: a tree, and of each stage in it the person's own project or the reference. */
export interface Origin {
  readonly tree: string
  /** The numbers of the stages that come from `solutions/`; the others come from `projects/`. */
  readonly reference: readonly number[]
  /** By path below the tree: what is changed in these files before they are used. */
  readonly edits?: Readonly<Record<string, readonly Edit[]>>
}

/** All of it our own. */
export const reference: Origin = { tree: root, reference: stages.map(({ n }) => n) }

/** Projects 3 to 7 as one Raft. */
export async function linkRaft(origin: Origin): Promise<RaftUnderTest> {
  return (await link(
    origin,
    `
    import * as election from "#07-leader-election"
    export const step = (node, event) => election.step(node, event)
    export { initialNode } from "#03-planning"
    export * as log from "#04-the-log"
    export * as replication from "#05-log-replication"
    export * as consensus from "#06-consensus"
    export { election }
    `,
  )) as RaftUnderTest
}

/** Project 8's functions. */
export async function linkTesting(origin: Origin): Promise<Testing> {
  return (await link(origin, `export * from "#08-testing"`)) as Testing
}

/** Project 9's functions. */
export async function linkSimulation(origin: Origin): Promise<Simulation> {
  return (await link(origin, `export * from "#09-simulation"`)) as Simulation
}

/** The client of project 10; the servers of project 11 know no other. */
export async function linkClient(origin: Origin): Promise<Pick<System, "connectCluster">> {
  return (await link(origin, `export { connectCluster } from "#10-the-system"`)) as Pick<
    System,
    "connectCluster"
  >
}

/**
 * What `entry` exports, with every `#NN-name` from where the origin says. Node's import conditions hold for a whole
 * process, so one project of two origins cannot be imported side by side; bundled, each brings its own.
 * @throws Error when the files do not load: the bundler's message, or what they threw
 */
async function link(origin: Origin, entry: string): Promise<unknown> {
  const { tree, reference, edits } = origin
  const ours = tree === root && reference.length === stages.length
  const text = ours ? await kept({ entry, edits }, () => bundle(origin, entry)) : await bundle(origin, entry)
  return evaluate(text, createRequire(join(root, "package.json")))
}

async function bundle({ tree, reference, edits = {} }: Origin, entry: string): Promise<string> {
  const { build } = await import("esbuild") // seldom needed: most bundles are kept
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
  return outputFiles[0]?.text ?? ""
}

function editing(tree: string, edits: Readonly<Record<string, readonly Edit[]>>): Plugin {
  return {
    name: "edits",
    setup: (builder) => {
      if (Object.keys(edits).length === 0) return
      builder.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const own = edits[relative(tree, path).replaceAll("\\", "/")]
        return own && { contents: applyEdits(readFileSync(path, "utf8"), own, path), loader: "ts" }
      })
    },
  }
}
