import { readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { conditionsOf } from "../runner/tree.ts"
import { hasReference, kit } from "../sealed/kit.ts"
import { readSpec } from "../spec.ts"
import { folder, root, UsageError, type Stage } from "../stages.ts"
import { readSkeletons } from "../skeletons.ts"
import { bold, count, cyan, dim, list } from "../text/style.ts"
import { grounds } from "../files.ts"
import { defaultStage, isDone } from "../progress.ts"

/** Which project to start is for the person to say; which one is next, is not. */
export function refuseNone(): never {
  const n = String(defaultStage().n)
  throw new UsageError(
    `start which project? You are at ${n}: npx workshop start ${n} (npx workshop alone shows them all)`,
  )
}

const hasSuites = kit?.suites !== false

/** Where a project's parts are, and what to read first. */
export function start(stage: Stage): string {
  const n = String(stage.n)
  const { path, rules, hints } = readSpec(stage)
  const text = readFileSync(join(root, path), "utf8")
  const skeletons = Object.entries(readSkeletons())
  const files = skeletons
    .filter(
      ([file, skeleton]) =>
        file.startsWith(folder("projects", stage)) && skeleton.includes("notImplemented("),
    )
    .map(([file]) => file)
    .toSorted((a, b) => text.indexOf(basename(a)) - text.indexOf(basename(b))) // in the order of the spec
  const unfinished = grounds(stage).filter((each) => !isDone(each))
  const lines = [
    bold(`Project ${n} · ${stage.title}`),
    "",
    `1. Read the spec      ${cyan(path)}`,
    `                      ${dim(`${count(rules.length, "rule")}, ${count(hints.length, "hint")}`)}`,
    `2. Read the contract  ${cyan(`${folder("projects", stage)}/contract.ts`)}`,
    `3. Write              ${files.map((file) => cyan(file)).join("\n                      ")}`,
    `4. See how far        ${hasSuites ? cyan(`npx workshop test ${n} --watch`) : "whoever gave you this kit runs the suite on it"}`,
    "",
    `Stuck: ${cyan(`npx workshop hint ${n}`)}`,
  ]
  if (unfinished.length > 0) lines.push("", onOurs(stage, unfinished))
  return lines.join("\n")
}

/** How to go on without the projects that are not done. Where there are no suites, nobody knows which these are. */
function onOurs(stage: Stage, unfinished: readonly Stage[]): string {
  const [which, are] = unfinished.length === 1 ? ["project", "is"] : ["projects", "are"]
  const uses = `It uses your ${which} ${list(unfinished)}`
  if (!unfinished.every(hasReference)) return hasSuites ? `${uses}, which ${are} not done yet.` : `${uses}.`
  const conditions = conditionsOf(unfinished).map((condition) => `-C ${condition}`)
  return [
    hasSuites
      ? `${uses}, which ${are} not done yet. Ours will do:`
      : `${uses}. Where yours ${are} not done, ours will do:`,
    ...(hasSuites ? [`  ${cyan(`npx workshop test ${String(stage.n)} --on reference`)}`] : []),
    `  ${cyan(`npx tsx ${conditions.join(" ")} …`)} ${dim("for what you start by hand")}`,
  ].join("\n")
}
