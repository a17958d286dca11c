import { show } from "./show.ts"

/** A call of a function of the person's. Told only when it failed: a suite makes a million of them. */
export interface Call {
  readonly name: string
  readonly args: readonly unknown[]
}

/** About how many characters a call is told in. */
const room = 300

/** `lastIndex({ base: { index: 0, term: 0 }, entries: [] })` */
export function tellCall({ name, args }: Call): string {
  const texts = args.map((arg) => show(arg).replace(/\s*\n\s*/g, " "))
  const most = fairShare(texts.map(({ length }) => length))
  return `${name}(${texts.map((text) => clip(text, most)).join(", ")})`
}

/** The most that one may take, so that all have room: what short ones leave, the long ones share. */
function fairShare(lengths: readonly number[]): number {
  let left = room
  for (const [i, length] of lengths.toSorted((a, b) => a - b).entries()) {
    const share = Math.floor(left / (lengths.length - i))
    if (length > share) return share
    left -= length
  }
  return room
}

function clip(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
