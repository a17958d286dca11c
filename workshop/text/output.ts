import { dim } from "./style.ts"

/** Lines of output shown for one check, and for a whole run: a `console.log` in a loop must not bury the result. */
const perCheck = 8
const perRun = 80

/** Prints what the person's own code prints while it is tested, under the check that ran it. */
export function outputPrinter(): (text: string, check: string | undefined) => void {
  let current: string | undefined
  let shown = 0
  let total = 0
  return (text, check) => {
    if (check !== current || total === 0) {
      current = check
      shown = 0
      if (total < perRun && check !== undefined) write(`printed in ${check}:`)
    }
    for (const line of text.replace(/\n$/, "").split("\n")) {
      if (shown === perCheck && total < perRun) write("… and more")
      if (total === perRun) write("… and much more: the rest of what your code prints is left out")
      if (shown < perCheck && total < perRun) write(`  ${line}`)
      shown++
      total++
    }
  }
}

function write(line: string): void {
  process.stdout.write(dim(`│ ${line.slice(0, 300)}`) + "\n")
}
