import { hintsSeen, rememberHints } from "../memory.ts"
import { readSpec, type Hint } from "../spec.ts"
import { defaultStage } from "../progress.ts"
import { parseStage, type Stage } from "../stages.ts"
import { bold, cyan, dim, wrap } from "../text/style.ts"

/** `workshop hint`: whose number is left out, it says for which project it is. */
export function hint(stageText: string | undefined, all: boolean): string {
  const stage = stageText === undefined ? defaultStage() : parseStage(stageText)
  const hints = all ? allHints(stage) : nextHint(stage)
  return stageText === undefined ? `${dim(`Project ${String(stage.n)} · ${stage.title}`)}\n\n${hints}` : hints
}

/** The next hint of the spec; after the last one, that one again. */
export function nextHint(stage: Stage): string {
  const { hints, path } = readSpec(stage)
  const seen = Math.min(hintsSeen(stage) + 1, hints.length)
  const hint = hints[seen - 1]
  if (!hint) return `The spec of project ${String(stage.n)} has no hints.`
  rememberHints(stage, seen)
  const more =
    seen < hints.length ? `npx workshop hint ${String(stage.n)} gives the next one` : `that was the last one`
  return `${tellHint(hint, seen, hints.length)}\n\n${dim(`${more}; all of them are folded at the end of ${path}`)}`
}

function allHints(stage: Stage): string {
  const { hints } = readSpec(stage)
  return hints.map((hint, index) => tellHint(hint, index + 1, hints.length)).join("\n\n")
}

function tellHint({ title, body }: Hint, number: number, of: number): string {
  return `${cyan(`Hint ${String(number)} of ${String(of)}`)} ${bold(title.replace(/^Hint \d+:?\s*/, ""))}\n\n${paragraphs(body)}`
}

/** A hint's Markdown is prose: its paragraphs, as wide as the terminal. */
function paragraphs(body: string): string {
  return body
    .split(/\n{2,}/)
    .map((paragraph) => wrap(paragraph.replaceAll("\n", " "), 0))
    .join("\n\n")
}
