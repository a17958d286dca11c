import { mkdirSync, mkdtempSync } from "node:fs"
import { join } from "node:path"
import { build } from "esbuild"
import { Hunter } from "/work/main/workshop/hunt/hunter.ts"
import { makeTree } from "/work/main/workshop/runner/tree.ts"
import { layOut } from "/work/main/workshop/verify/jobs.ts"
import { stages, root } from "/work/main/workshop/stages.ts"
import { usual } from "/work/main/workshop/suite/protocol.ts"
const tree = makeTree("tt", true)
const hunter = new Hunter(join(tree, "hunts"))
const actor = join(tree, "actor.mjs")
const opts = { bundle: true, format: "esm", platform: "node", target: "node20" } as const
await build({ ...opts, entryPoints: [join(root, "workshop/sandbox/actor.ts")], outfile: actor })
for (const n of process.argv.slice(2).map(Number)) {
  const stage = stages[n - 1]!
  const subject = layOut({ stage, kind: "reference" }, tree)
  const module = join(tree, "projects", stage.name, "index.ts")
  const bundle = join(tree, "projects", stage.name, "bundle.mjs")
  await build({ ...opts, entryPoints: [module], outfile: bundle, keepNames: true, sourcemap: "inline" })
  const folder = mkdtempSync("/tmp/jail-")
  for (const jail of [null, { actor, readable: [bundle], folder, memory: 2048, seconds: 300 }]) {
    const t = Date.now()
    const checks = await hunter.run(stage, { settings: { ...usual, module, bundle, tree, stage: n, conditions: [], jail, leniency: jail ? 3 : 5 }, env: {...process.env, TMPDIR: folder} })
    const failed = checks.filter((c) => c.failure)
    console.log(n, jail ? "jail" : "here", checks.length, "failed", failed.length, Date.now() - t, "ms")
    for (const f of failed.slice(0, 12)) console.log("   ", f.id, f.failure?.kind, f.failure?.summary.slice(0, 200), f.failure?.got?.slice(0,100), f.failure?.at)
  }
}
await hunter.close()
process.exit()
