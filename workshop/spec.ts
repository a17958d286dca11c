import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { folder, root, UsageError, type Stage } from "./stages.ts"

export interface Rule {
  readonly number: number
  /** The rule's text, on one line, without Markdown. */
  readonly text: string
  /** Its line in the README, counted from 1. */
  readonly line: number
}

export interface Hint {
  readonly title: string
  readonly body: string
}

/** The parts of a project's README that the command uses. */
export interface Spec {
  /** The README's path below the repository's root. */
  readonly path: string
  /** The numbered items of the section "Rules". */
  readonly rules: readonly Rule[]
  /** The folded parts of the section "Hints". */
  readonly hints: readonly Hint[]
}

export function readSpec(stage: Stage): Spec {
  const path = `${folder("projects", stage)}/README.md`
  if (!existsSync(join(root, path))) {
    throw new UsageError(`${path} is not there: npx workshop reset ${String(stage.n)} brings it back`)
  }
  const text = readFileSync(join(root, path), "utf8")
  return { path, rules: parseRules(text), hints: parseHints(text) }
}

export function parseRules(markdown: string): readonly Rule[] {
  const rules: { number: number; text: string; line: number }[] = []
  let inRules = false
  for (const [index, line] of markdown.split("\n").entries()) {
    if (line.startsWith("## ")) inRules = /^## Rules\b/.test(line)
    if (!inRules) continue
    const item = /^(\d+)\. (.*)$/.exec(line)
    if (item) rules.push({ number: Number(item[1]), text: plain(item[2] ?? ""), line: index + 1 })
    const last = rules.at(-1)
    if (!item && last && /^ {2,}\S/.test(line)) last.text += " " + plain(line.trim())
  }
  return rules
}

export function parseHints(markdown: string): readonly Hint[] {
  const section = /^## Hints\b[^\n]*\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(markdown)?.[1] ?? ""
  const folded = /<details>\s*<summary>([\s\S]*?)<\/summary>([\s\S]*?)<\/details>/g
  return [...section.matchAll(folded)].map((match) => ({
    title: plain(match[1] ?? "").trim(),
    body: (match[2] ?? "").trim(),
  }))
}

function plain(markdown: string): string {
  return markdown.replaceAll("**", "").replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
}
