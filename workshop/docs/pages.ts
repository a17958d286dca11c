import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path/posix"
import { filesIn } from "../files.ts"
import { root } from "../stages.ts"
import { readDocument, type Document } from "./markdown.ts"

/** Where the site's own files are: what is in there is no document. */
const own = ["docs/.vitepress/", "docs/source/"]

/** The Markdown files of the repository that people read, as paths below its root. */
export function documentPaths(base = root): readonly string[] {
  const top = readdirSync(base, { withFileTypes: true }).filter((entry) => entry.isFile())
  return [
    ...top.map(({ name }) => name).toSorted(),
    ...filesIn("docs", base),
    ...filesIn("projects", base),
  ].filter((path) => path.endsWith(".md") && !own.some((folder) => path.startsWith(folder)))
}

export function documents(base = root): readonly Document[] {
  return documentPaths(base).map((path) => readDocument(base, path))
}

/** Where a link within the repository leads to. */
export interface Target {
  /** Below the root; the root itself is `.`. Never ends in a slash. */
  readonly path: string
  /** Without the `#`; empty where there is none. */
  readonly anchor: string
}

/** @returns `undefined` for an address: what leads elsewhere is not ours to check */
export function targetOf(from: string, link: string): Target | undefined {
  if (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(link)) return undefined
  const [file = "", anchor = ""] = link.split("#")
  const path = file === "" ? from : join(from, "..", decodeURIComponent(file)).replace(/\/$/, "")
  return { path, anchor: decodeURIComponent(anchor) }
}

/** The document that tells of a path: itself, or a folder's README. */
export function documentFor(path: string, all: readonly string[]): string | undefined {
  return [path, join(path, "README.md")].find((each) => all.includes(each))
}

/** The files and folders that documents link to and that are no documents themselves. */
export function linkedSources(base = root): readonly string[] {
  const all = documentPaths(base)
  const targets = documents(base).flatMap(({ path, links }) =>
    links.flatMap(({ text }) => targetOf(path, text)?.path ?? []),
  )
  const isSource = (path: string): boolean => !path.startsWith("..") && existsSync(join(base, path))
  return [...new Set(targets)].filter((path) => !documentFor(path, all) && isSource(path)).toSorted()
}
