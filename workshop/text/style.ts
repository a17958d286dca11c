import { stripVTControlCharacters } from "node:util"
import pc from "picocolors"

/** Everything is readable without colour: marks differ in shape, words say the rest. */
export const mark = {
  pass: pc.green("✔"),
  fail: pc.red("✘"),
  todo: pc.dim("·"),
  next: pc.cyan("▶"),
}

export const { bold, dim, red, green, yellow, cyan } = pc

/** Columns to write in: the terminal's, but never so wide that lines become hard to read. */
export function columns(): number {
  return Math.min(process.stdout.columns || 80, 110)
}

/** Breaks `text` into lines of at most `width`, each after the first indented by `indent` spaces. */
export function wrap(text: string, indent: number, width = columns()): string {
  const lines: string[] = []
  for (const paragraph of text.split("\n")) {
    let line = ""
    for (const word of paragraph.split(/ (?=\S)/)) {
      if (line !== "" && visible(line) + visible(word) + 1 > width - indent) {
        lines.push(line)
        line = word
      } else line = line === "" ? word : `${line} ${word}`
    }
    lines.push(line)
  }
  return lines.join("\n" + " ".repeat(indent))
}

/** Characters that take up room: colours do not. */
function visible(text: string): number {
  return stripVTControlCharacters(text).length
}

/** `text` in one line of at most `width` characters. */
export function clip(text: string, width: number): string {
  const line = text.replace(/\s+/g, " ")
  return line.length > width ? line.slice(0, Math.max(0, width - 1)) + "…" : line
}

/** `1 check`, `2 checks`. */
export function count(n: number, noun: string): string {
  return `${String(n)} ${noun}${n === 1 ? "" : "s"}`
}

/** `4`, `4 and 6`, `4, 5 and 6`: stages in words. */
export function list(all: readonly (string | { readonly n: number })[]): string {
  const names = all.map((each) => (typeof each === "string" ? each : String(each.n)))
  const last = names.pop() ?? ""
  return names.length === 0 ? last : `${names.join(", ")} and ${last}`
}
