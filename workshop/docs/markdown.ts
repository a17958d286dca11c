import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** Something in a Markdown file, and the line it stands on, counted from 1. */
export interface At {
  readonly line: number
  readonly text: string
}

/** A fenced block. */
export interface Fence {
  /** Of its first line, ``` and the language. */
  readonly line: number
  /** What stands behind the ```, e.g. `console`. */
  readonly language: string
  readonly lines: readonly At[]
  /** The comment on the line before it, if there is one: `<!-- run -->` is `run`. */
  readonly comment: string | undefined
}

export interface Heading extends At {
  readonly anchor: string
}

/** The parts of a Markdown file that can be checked. */
export interface Document {
  /** Below the repository's root. */
  readonly path: string
  /** The first heading, without its markup. */
  readonly title: string
  /** In their order; `text` is without markup. */
  readonly headings: readonly Heading[]
  /** What `#anchor` may name: headings, and HTML elements with an `id`. */
  readonly anchors: ReadonlySet<string>
  /** Where links lead to. */
  readonly links: readonly At[]
  /** The files that pictures are in. */
  readonly pictures: readonly At[]
  readonly fences: readonly Fence[]
  /** What stands in backticks within the text. */
  readonly code: readonly At[]
}

/** @param base  the folder that `path` is below */
export function readDocument(base: string, path: string): Document {
  const file = join(base, path)
  return parseDocument(path, existsSync(file) ? readFileSync(file, "utf8") : "")
}

export function parseDocument(path: string, markdown: string): Document {
  const { fences, rest } = takeFences(markdown.split("\n"))
  const headings = withAnchors(
    [...rest.matchAll(/^ {0,3}#{1,6} +(.*?)(?: +#+)?$/gm)].map(({ index, 1: text = "" }) => ({
      line: lineAt(rest, index),
      text: plain(text),
    })),
  )
  const { taken: code, left: prose } = take(rest, /(?<!`)(`+)(?!`)(?<text>(?:(?!\n\s*\n)[^])*?[^`])\1(?!`)/g)
  const { taken: pictures, left: text } = take(prose, /!\[[^\]]*\]\(\s*(?<text>[^\s)]+)(?:\s+"[^"]*")?\s*\)/g)
  const found = (pattern: RegExp): readonly At[] =>
    [...text.matchAll(pattern)].map((match) => ({
      line: lineAt(text, match.index),
      text: match[1] ?? match[2] ?? "",
    }))
  return {
    path,
    title: headings[0]?.text ?? path,
    headings,
    anchors: new Set([
      ...headings.map(({ anchor }) => anchor),
      ...found(/<[a-z][^>]*\sid="([^"]+)"/g).map(({ text }) => text),
    ]),
    links: [
      ...found(/\]\(\s*(?:<([^>\n]+)>|([^\s)]+))(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/g),
      ...found(/^ {0,3}\[[^\]^]+\]:\s*(\S+)/gm),
      ...found(/<[a-z][^>]*\shref="([^"]+)"/g),
    ],
    pictures: [...pictures, ...found(/<[a-z][^>]*\ssrc="([^"]+)"/g)],
    fences,
    code,
  }
}

/**
 * The anchor of a heading as GitHub makes it. The site uses the same, so that a link with an anchor works in both.
 * @param text  the heading without its markup
 */
export function anchorOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
    .replaceAll(" ", "-")
}

/** Of headings that say the same, the later ones are counted: `rules`, `rules-1`. */
function withAnchors(headings: readonly At[]): readonly Heading[] {
  const taken = new Set<string>()
  return headings.map((at) => {
    const first = anchorOf(at.text)
    let anchor = first
    for (let n = 1; taken.has(anchor); n++) anchor = `${first}-${String(n)}`
    taken.add(anchor)
    return { ...at, anchor }
  })
}

/** Text without its markup. */
function plain(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\*\*|`/g, "")
    .replace(/(?<!\w)([_*])(\S(?:.*?\S)?)\1(?!\w)/g, "$2")
}

/** Takes the fenced blocks out, and leaves empty lines in their place. */
function takeFences(lines: readonly string[]): { fences: readonly Fence[]; rest: string } {
  const fences: Fence[] = []
  const rest = [...lines]
  for (let i = 0; i < lines.length; i++) {
    const open = /^\s*(`{3,}|~{3,})\s*([^`]*)$/.exec(lines[i] ?? "")
    if (!open) continue
    const [, mark = "", language = ""] = open
    const closes = (line: string): boolean => line.trim().startsWith(mark) && /^[`~]+$/.test(line.trim())
    const length = lines.slice(i + 1).findIndex(closes)
    const end = length === -1 ? lines.length : i + 1 + length
    fences.push({
      line: i + 1,
      language: language.trim(),
      lines: lines.slice(i + 1, end).map((text, n) => ({ line: i + 2 + n, text })),
      comment: /^\s*<!--\s*(.*?)\s*-->\s*$/.exec(
        lines.slice(0, i).findLast((line) => line.trim() !== "") ?? "",
      )?.[1],
    })
    rest.fill("", i, end + 1)
    i = end
  }
  return { fences, rest: rest.slice(0, lines.length).join("\n") }
}

/** Takes out what a pattern finds, also across the end of a line, and leaves blanks in its place. */
function take(markdown: string, pattern: RegExp): { taken: readonly At[]; left: string } {
  const taken = [...markdown.matchAll(pattern)].map(({ index, groups }) => ({
    line: lineAt(markdown, index),
    text: (groups?.text ?? "").replace(/\s+/g, " ").trim(),
  }))
  return { taken, left: markdown.replace(pattern, (all) => all.replace(/[^\n]/g, " ")) }
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length
}
