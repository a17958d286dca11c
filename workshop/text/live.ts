import { dim } from "./style.ts"

/** Not more often than a person can read, in milliseconds. */
const pause = 100

/** A line of a terminal that is written anew as something goes on; nothing where there is no terminal. */
export function rewriting(): { show(text: () => string): void; clear(): void } {
  const { stdout } = process
  let last = 0
  return {
    show: (text) => {
      const now = performance.now()
      if (!stdout.isTTY || now - last < pause) return
      last = now
      stdout.write(`\r\x1b[K${dim(text())}`)
    },
    clear: () => {
      if (stdout.isTTY) stdout.write("\r\x1b[K")
    },
  }
}
