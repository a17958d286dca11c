import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { hasReference, kit, requireReference, requireReferenceOf, shelf } from "../sealed/kit.ts"
import { foundations } from "../files.ts"
import { folder, root, scratch, stages, UsageError, type Stage } from "../stages.ts"

/** Where earlier stages come from, for the project under test. */
export type Foundation = "mine" | "reference"

/** Something a suite can be run on. */
export interface Subject {
  /** As the person named it: `projects`, `solutions` or a folder. */
  readonly name: string
  /** Absolute path of the tree that holds it. */
  readonly tree: string
  readonly kind: "projects" | "solutions"
}

/**
 * Finds what `--subject` names. Another tree's `projects/` is copied below our own root: there our `imports` map and
 * our dependencies hold for it, whatever its own `package.json` says.
 */
export function findSubject(name: string, stage: Stage): Subject {
  if (name === "projects" || name === "solutions") return { name, tree: root, kind: name }
  const from = resolve(name)
  if (!existsSync(from) || !statSync(from).isDirectory()) {
    const what = existsSync(from) ? "that is no folder" : "there is no such folder"
    throw new UsageError(`--subject ${name}: ${what}; it takes projects, solutions or a folder`)
  }
  if (!existsSync(join(from, folder("projects", stage), "index.ts"))) {
    const inside = basename(from) === "projects" ? `; name the folder above it, ${dirname(name)}` : ""
    throw new UsageError(`--subject ${name}: it has no ${folder("projects", stage)}/index.ts${inside}`)
  }
  const tree = makeTree("subject")
  copySources(join(from, "projects"), join(tree, "projects"))
  copySources(join(root, "solutions"), join(tree, "solutions"))
  if (kit) copySources(join(root, shelf), join(tree, shelf))
  return { name, tree, kind: "projects" }
}

export function moduleOf(subject: Subject, stage: Stage): string {
  return subject.kind === "solutions" && kit
    ? join(subject.tree, shelf, stage.name, "index.mjs")
    : join(subject.tree, folder(subject.kind, stage), "index.ts")
}

/** The import conditions that plug the reference in: under the stage, or everywhere for the reference itself. */
export function conditionsFor(subject: Subject, stage: Stage, on: Foundation): readonly string[] {
  if (subject.kind === "solutions") requireReferenceOf(stage)
  else if (on === "reference") requireReference(foundations(stage))
  const from = subject.kind === "solutions" ? stages : on === "reference" ? stages.slice(0, stage.n - 1) : []
  return conditionsOf(from)
}

/** The import conditions under which these stages come from the reference, as far as it is there. */
export function conditionsOf(reference: readonly Stage[]): readonly string[] {
  return reference.filter(hasReference).map(({ name }) => `reference-${name.slice(0, 2)}`)
}

/**
 * An empty tree with our `imports` map, emptied first if it was there.
 * @param ours  whether nothing but the reference and its mutants will be in it: a bundle may leave out what it does not use
 */
export function makeTree(name: string, ours = false): string {
  const tree = join(scratch, "trees", `${name}-${String(process.pid)}`)
  rmSync(tree, { recursive: true, force: true })
  mkdirSync(tree, { recursive: true })
  const { type, imports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<
    string,
    unknown
  >
  writeFileSync(
    join(tree, "package.json"),
    JSON.stringify({ private: true, type, imports, sideEffects: !ours }),
  )
  return tree
}

/** Copies the files of every stage's folder; leaves out what installs and builds leave behind. */
export function copySources(from: string, to: string): void {
  if (!existsSync(from)) return
  cpSync(from, to, {
    recursive: true,
    dereference: false,
    filter: (path) => !/[/\\](node_modules|\.git|\.workshop)$/.test(path),
  })
}

/** Removes the tree of a subject that was copied. */
export function removeTree({ tree }: Subject): void {
  if (tree !== root) rmSync(tree, { recursive: true, force: true })
}

/** Removes the trees of processes that are gone, so that `.workshop` does not grow. */
export function sweepTrees(): void {
  const trees = join(scratch, "trees")
  if (!existsSync(trees)) return
  for (const name of readdirSync(trees)) {
    if (!isAlive(Number(name.split("-").at(-1)))) rmSync(join(trees, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
