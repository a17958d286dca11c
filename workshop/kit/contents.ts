import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { filesIn } from "../files.ts"
import { readSkeletons } from "../skeletons.ts"
import { folder, root, stages, type Stage } from "../stages.ts"
import { lockFor, packageFor } from "./package.ts"
import { partsFor, type Sealed } from "./parts.ts"
import { reach } from "./reach.ts"

/** A kit's files, by their path in it. */
export type Files = Map<string, string | Buffer>

/** Settings of the tools, and the license: the same here and there. */
const settings = [
  ".editorconfig",
  ".gitignore",
  ".prettierignore",
  ".prettierrc.json",
  "LICENSE",
  "eslint.config.js",
  "tsconfig.json",
  "tsconfig.reference.json",
]

/**
 * Of the documents, those for a person who builds Raft. A new one is for instructors until it stands here: the days have
 * the answers to their questions, the decisions tell of planted bugs.
 */
const documents = ["docs/student.md", "docs/paper.md", "docs/glossary.md", "docs/links.md", "docs/tla"]

/** Our own files for students, in `files/` under these names with `.in` behind. */
const written = ["README.md", "AGENTS.md", "CLAUDE.md", ".github/copilot-instructions.md"]

const read = (path: string): string => readFileSync(join(root, path), "utf8")

/** What can be read. Of what is sealed, our own files only tell. */
export function plainFiles(sealed: Sealed): Files {
  const files: Files = new Map(Object.entries(readSkeletons()))
  for (const path of settings) files.set(path, read(path))
  // What is sealed is no text: no line end in it may be mended.
  files.set(".gitattributes", `${read(".gitattributes").trimEnd()}\nsealed/** binary linguist-generated\n`)
  files.set("package.json", packageFor(read("package.json")))
  files.set("package-lock.json", lockFor(read("package.json"), read("package-lock.json")))
  const present = documents.flatMap((path) => (path.endsWith(".md") ? [path] : filesIn(path)))
  for (const path of present.filter((each) => existsSync(join(root, each)))) files.set(path, read(path))
  for (const path of written) files.set(path, ownFile(path, sealed))
  for (const [path, text] of files)
    if (path.startsWith("docs/") && path.endsWith(".md")) files.set(path, withoutDeadLinks(path, text, files))
  return files
}

function ownFile(path: string, sealed: Sealed): string {
  const rows = stages.map(({ n, name, title, day }) => {
    const link = `[${title}](projects/${name}/README.md)`
    return `| ${String(n).padEnd(2)} | ${link.padEnd(60)} | ${day.padEnd(3)} |`
  })
  const text = read(`workshop/kit/files/${path.split("/").at(-1) ?? ""}.in`)
  return partsFor(sealed, text).replace("PROJECTS", rows.join("\n"))
}

/** A link to what the kit does not have becomes its words. */
function withoutDeadLinks(path: string, text: string | Buffer, files: Files): string {
  return String(text).replace(/(?<!!)\[([^\]]*)\]\(([^)\s]+)\)/g, (link, words: string, target: string) => {
    if (/^([a-z]+:|#)/.test(target)) return link
    const aim = join(dirname(path), target.split("#")[0] ?? "").replace(/\/$/, "")
    return [...files.keys()].some((each) => each === aim || each.startsWith(`${aim}/`)) ? link : words
  })
}

/**
 * The command, without what only those who teach and maintain use.
 * @param needed  modules of it that suites import
 */
export function commandFiles(needed: Iterable<string>): Files {
  const absent = read("workshop/kit/absent.ts").replaceAll('"../', '"./')
  const maintain = "workshop/maintain.ts"
  const replaced = new Map([[maintain, absent]])
  // The page on TLA+ starts the second by hand: a crossing beside its specification.
  const entries = ["workshop/main.ts", "workshop/tla/crossing.ts", ...needed]
  const paths = reach(entries, (path) => replaced.get(path) ?? read(path))
  const others = ["workshop/bin/package.json", "workshop/bin/workshop.js", "workshop/skeletons.json"]
  return new Map([...paths, ...others].map((path) => [path, replaced.get(path) ?? read(path)]))
}

/** A stage's reference, to be read. */
export function referenceFiles(stage: Stage): Files {
  return new Map(filesIn(folder("solutions", stage)).map((path) => [path, read(path)]))
}
