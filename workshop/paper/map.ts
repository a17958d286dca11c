import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { format, resolveConfig } from "prettier"
import { root } from "../stages.ts"
import type { CheckInfo } from "../suite/protocol.ts"
import { coverage, type Covered, type CoveredPart, type Place } from "./coverage.ts"

/** The map from the paper, made from the rules in `rules.ts`. A test compares it; `npm run paper-map` writes it anew. */
export const mapFile = "docs/paper.md"

const intro = `# A map from the paper

Where each rule of the [Raft paper](https://raft.github.io/raft.pdf) is in this workshop: the project and the rules of its spec that
ask you for it, the checks that watch over it, and how many planted bugs break it. Sections of
[the dissertation](https://github.com/ongardie/dissertation) come last, where a project uses them.

Read it from left to right when you have read a section and look for your code. Read it from right to left when you wonder whether
a rule is tested: every bug is planted into our solution, and some check of the rules it breaks must fail on it.

- A link such as _7a Terms_ leads to a section of a spec. The numbers behind it are the rules in that section.
- \`7a.2-7a.5\` are checks, as \`npx workshop test 7\` names them. The number in brackets is how many there are in all.
- Bugs are told by name where you may know them. Of projects 4 to 7, those are the ones in
  [the catalogue](../projects/08-testing/CATALOGUE.md): the others wait for your own checks in project 8.

This page is made by \`npm run paper-map\` from what specs, suites and bugs say of themselves.
`

export async function paperMap(parts: readonly CoveredPart[]): Promise<string> {
  const text = [intro, ...parts.map(table)].join("\n")
  return format(text, { ...(await resolveConfig(join(root, mapFile))), parser: "markdown" })
}

function table({ title, rules }: CoveredPart): string {
  const rows = rules.map((rule) =>
    [rule.says, places(rule.places), checks(rule.checks), bugs(rule)].map((cell) =>
      cell.replaceAll("|", "\\|"),
    ),
  )
  const head = ["the paper says", "in the specs", "checks", "planted bugs"]
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`)
  return `## ${title}\n\n${lines.join("\n")}\n`
}

function places(all: readonly Place[]): string {
  return all
    .map(({ stage, section, anchor, rules }) => {
      const name = section.startsWith(String(stage.n)) ? section : `${String(stage.n)} ${section}`
      return `[${name}](../projects/${stage.name}/README.md#${anchor}): ${rules.join(", ")}`
    })
    .join("<br>")
}

/** The first few runs of ids, e.g. `4b.1-4b.9`, and how many checks there are. */
function checks(all: readonly CheckInfo[]): string {
  const shown = 4
  const runs = runsOf(all.map(({ id }) => id))
  const more = runs.length > shown ? ", …" : ""
  return `${runs.slice(0, shown).join(", ")}${more} (${String(all.length)})`
}

/** Ids that follow each other, as one: \`4b.1\`, \`4b.2\`, \`4b.3\` are \`4b.1-4b.3\`. */
function runsOf(ids: readonly string[]): readonly string[] {
  const runs: { first: string; last: string }[] = []
  for (const id of ids) {
    const run = runs.at(-1)
    if (run && following(run.last) === id) run.last = id
    else runs.push({ first: id, last: id })
  }
  return runs.map(({ first, last }) => (first === last ? first : `${first}-${last}`))
}

function following(id: string): string {
  return id.replace(/\d+$/, (number) => String(Number(number) + 1))
}

function bugs({ bugs, told }: Covered): string {
  const examples = told.slice(0, 2).map(({ id, what }) => `\`${id}\` (${what})`)
  const count = String(bugs.length)
  if (examples.length === 0) return bugs.length === 0 ? "none" : `${count}, not told here`
  return `${count}${bugs.length > examples.length ? ", such as" : ":"} ${examples.join("; ")}`
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(root, mapFile), await paperMap(await coverage()))
  process.stdout.write(`wrote ${mapFile}\n`)
}
