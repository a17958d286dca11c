import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join, relative } from "node:path"
import type { BuildOptions, Plugin } from "esbuild"
import type { Project as Testing, RaftUnderTest } from "../../projects/08-testing/contract.ts"
import type { Project as Simulation } from "../../projects/09-simulation/contract.ts"
import type { Project as System } from "../../projects/10-the-system/contract.ts"
import { conditionsOf } from "../runner/tree.ts"
import { evaluate } from "../sandbox/twins.ts"
import { kit, requireReference, stagesOf } from "../sealed/kit.ts"
import { sealedLink } from "../sealed/rafts.ts"
import { root, stages, UsageError } from "../stages.ts"
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

/** What is left out of a bundle is our own packages. */
const ourRequire = createRequire(join(root, "package.json"))

/** All of it our own. */
export const reference: Origin = { tree: root, reference: stages.map(({ n }) => n) }

/** What can be linked: a module's text, and the stages it is made of. */
const entries = {
  raft: {
    stages: [3, 4, 5, 6, 7],
    text: `
    import * as election from "#07-leader-election"
    export const step = (node, event) => election.step(node, event)
    export { initialNode } from "#03-planning"
    export * as log from "#04-the-log"
    export * as replication from "#05-log-replication"
    export * as consensus from "#06-consensus"
    export { election }
    `,
  },
  testing: { stages: [3, 4, 5, 6, 7, 8], text: `export * from "#08-testing"` },
  simulation: { stages: [3, 4, 5, 6, 7, 9], text: `export * from "#09-simulation"` },
  client: { stages: [3, 10], text: `export { connectCluster } from "#10-the-system"` },
} as const

export type Entry = keyof typeof entries

export const allEntries: readonly Entry[] = ["raft", "testing", "simulation", "client"]

/** Projects 3 to 7 as one Raft. */
export async function linkRaft(origin: Origin): Promise<RaftUnderTest> {
  return (await link(origin, "raft")) as RaftUnderTest
}

/** A Raft that a kit has linked already. */
export function linkSealedRaft(name: string): Promise<RaftUnderTest> {
  const text = sealedLink(name)
  if (text === undefined) return Promise.reject(new UsageError(`this kit has no Raft named ${name}`))
  return Promise.resolve(evaluate(text, ourRequire) as RaftUnderTest)
}

/** Project 8's functions. */
export async function linkTesting(origin: Origin): Promise<Testing> {
  return (await link(origin, "testing")) as Testing
}

/** Project 9's functions. */
export async function linkSimulation(origin: Origin): Promise<Simulation> {
  return (await link(origin, "simulation")) as Simulation
}

/** The client of project 10; the servers of project 11 know no other. */
export async function linkClient(origin: Origin): Promise<Pick<System, "connectCluster">> {
  return (await link(origin, "client")) as Pick<System, "connectCluster">
}

/**
 * What an entry exports, with every `#NN-name` from where the origin says. Node's import conditions hold for a whole
 * process, so one project of two origins cannot be imported side by side; bundled, each brings its own.
 * @throws Error when the files do not load: the bundler's message, or what they threw
 */
async function link(origin: Origin, entry: Entry): Promise<unknown> {
  const { tree, reference, edits } = origin
  const ours = tree === root && reference.length === stages.length
  const sealed = kit && ours ? sealedLink(entry) : undefined
  if (sealed !== undefined) return evaluate(sealed, ourRequire)
  requireReference(stagesOf(entries[entry].stages.filter((n) => reference.includes(n))))
  const make = (): Promise<string> => bundle(origin, entry)
  return evaluate(ours ? await kept({ entry: entries[entry].text, edits }, make) : await make(), ourRequire)
}

/** @param more  options of the bundler's that are other than usual */
export async function bundle(
  { tree, reference, edits = {} }: Origin,
  entry: Entry,
  more: BuildOptions = {},
): Promise<string> {
  const { build } = await import("esbuild") // seldom needed: most bundles are kept
  const { outputFiles } = await build({
    stdin: { contents: entries[entry].text, resolveDir: tree, loader: "ts" },
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    packages: "external",
    conditions: [...conditionsOf(stages.filter(({ n }) => reference.includes(n)))],
    plugins: [editing(tree, edits)],
    logLevel: "silent",
    ...more,
    write: false,
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
