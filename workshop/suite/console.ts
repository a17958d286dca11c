/** Calls of `console` that are passed on, for each check. Printing is slow, and a loop that prints is not an endless one. */
const most = 10

const methods = ["log", "info", "debug", "warn", "error"] as const

declare global {
  var workshopPrinted: number | undefined
}

/** Lets a check print a little. Called at its start. */
export function limitConsole(): void {
  if (globalThis.workshopPrinted === undefined) for (const method of methods) limit(method)
  globalThis.workshopPrinted = 0
}

function limit(method: (typeof methods)[number]): void {
  const original = console[method].bind(console)
  console[method] = (...args: unknown[]) => {
    const printed = (globalThis.workshopPrinted ?? 0) + 1
    globalThis.workshopPrinted = printed
    if (printed <= most) original(...args)
  }
}
