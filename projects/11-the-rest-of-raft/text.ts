import type { Entry } from "../03-planning/contract.ts"

const texts = new WeakMap<Entry, string>()

/** An entry as JSON. It never changes, and goes to the disk and to every follower: it is written out once. */
export function entryText(entry: Entry): string {
  const known = texts.get(entry)
  if (known !== undefined) return known
  const text = JSON.stringify(entry)
  texts.set(entry, text)
  return text
}

/** For an entry that was read: `text` is what it was read from. */
export function noteText(entry: Entry, text: string | undefined): void {
  if (text !== undefined) texts.set(entry, text)
}
