/** What a kit has to run and not to read. */
export interface Sealed {
  readonly suites: boolean
  /** Our solutions, so that a person can go on with ours underneath. */
  readonly references: boolean
}

/**
 * A text of ours for students, as it is true of their kit. A line such as `<!-- no suites, but solutions -->` says for which
 * kits the lines below it are, up to the next such line; `<!-- end -->`: from there on for all.
 */
export function partsFor({ suites, references }: Sealed, text: string): string {
  const answers: Readonly<Record<string, boolean>> = {
    suites,
    "no suites": !suites,
    solutions: references,
    "no solutions": !references,
    "suites and solutions": suites && references,
    "suites, but no solutions": suites && !references,
    "no suites, but solutions": !suites && references,
    "suites or solutions": suites || references,
    end: true,
  }
  let here = true
  const kept = text.split("\n").filter((line) => {
    const [, condition] = /^<!-- (.*) -->$/.exec(line) ?? []
    if (condition === undefined) return here
    const answer = answers[condition]
    if (answer === undefined) throw new Error(`"${line}" is no condition of a kit`)
    here = answer
    return false
  })
  return kept.join("\n")
}
