import { existsSync } from "node:fs"
import { join } from "node:path"
import { root } from "../stages.ts"
import type { Document } from "./markdown.ts"
import { documentFor, targetOf } from "./pages.ts"

/** The links within the repository that lead nowhere, a line each: where it stands, and what to do. */
export function linkProblems(all: readonly Document[], base = root): readonly string[] {
  return all.flatMap(({ path, links, pictures }) =>
    [...links, ...pictures].flatMap(({ line, text }) => {
      const problem = problemOf(path, text, all, base)
      return problem === undefined ? [] : [`${path}:${String(line)}: (${text}) ${problem}`]
    }),
  )
}

function problemOf(from: string, link: string, all: readonly Document[], base: string): string | undefined {
  const target = targetOf(from, link)
  if (!target) return undefined
  if (link.startsWith("/")) return "begins with a slash: write it relative to this file"
  if (target.path.startsWith("..")) return "leads out of the repository"
  const page = documentFor(
    target.path,
    all.map(({ path }) => path),
  )
  if (page === undefined && !existsSync(join(base, target.path)))
    return `there is no ${target.path}: mend the path, or take the link out`
  if (target.anchor === "") return undefined
  const document = all.find(({ path }) => path === page)
  if (!document) return `${target.path} is no Markdown file with headings: leave #${target.anchor} out`
  if (document.anchors.has(target.anchor)) return undefined
  return `${document.path} has no heading #${target.anchor}; it has ${nearest(target.anchor, document.anchors)}`
}

/** The anchors that begin alike, or all of them. */
function nearest(anchor: string, anchors: ReadonlySet<string>): string {
  const alike = [...anchors].filter((each) => each.slice(0, 2) === anchor.slice(0, 2))
  return (alike.length > 0 ? alike : [...anchors]).map((each) => `#${each}`).join(" ")
}
