/** A find-and-replace on a file of the reference. `find` must match exactly once. */
export interface Edit {
  /** The file in `solutions/NN-name/`; `index.ts` where it is left out. */
  readonly file?: string
  readonly find: string
  readonly replace: string
}

interface Mutant {
  /** Short and unique within its stage, e.g. `truncate-always`. */
  readonly id: string
  readonly what: string
  readonly edit: Edit | readonly Edit[]
}

/** A known way to get a project wrong: the suite must fail it. */
export interface Bug extends Mutant {
  /** The numbers of the spec's rules that it breaks; a check of one of them must fail. */
  readonly breaks: readonly number[]
  /** Where it was seen, or from which rule it follows. */
  readonly source: string
}

/** A choice that the spec leaves free: the suite must pass it. */
export interface Variant extends Mutant {
  readonly why: string
}

/** A file's text with these edits made. */
export function applyEdits(text: string, edits: readonly Edit[], where: string): string {
  return edits.reduce((edited, { find, replace }) => {
    const matches = edited.split(find).length - 1
    if (matches !== 1) throw new Error(`${where}: "find" matches ${String(matches)} times: ${find}`)
    return edited.replace(find, () => replace)
  }, text)
}
