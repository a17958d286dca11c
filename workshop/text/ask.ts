import { createInterface } from "node:readline/promises"

/**
 * Asks for a yes. Without a terminal there is nobody to ask: then only `yes` (the `--yes` flag) is a yes.
 */
export async function confirm(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true
  if (!process.stdin.isTTY) {
    process.stdout.write(`${question} Nobody is at the terminal: say --yes.\n`)
    return false
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  // Ctrl-C and Ctrl-D are a no.
  const answer = await terminal.question(`${question} [y/N] `).catch(() => "")
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}
