/** Remembers how something that was just set up is taken down again. */
export type After = (undo: () => unknown) => void

const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** Takes down what the calls under way have set up; one may run inside another. */
const underWay: (() => Promise<void>)[] = []
let interrupted = false

/** Whether somebody wants the process to end: then servers that have ended, too, are no news. */
export function isInterrupted(): boolean {
  return interrupted
}

/** Runs `work`, and then takes down what it has set up, the last first: also after an error or a Ctrl-C. */
export async function tidily<T>(work: (after: After) => Promise<T>): Promise<T> {
  const undoes: (() => unknown)[] = []
  let undoing: Promise<void> | undefined
  const undo = (): Promise<void> => (undoing ??= undoAll(undoes))
  if (underWay.length === 0) listen("on")
  underWay.push(undo)
  try {
    return await work((each) => {
      undoes.push(each)
      if (undoing) void undoAll(undoes) // too late: what is set up while all is taken down goes at once
    })
  } finally {
    await undo()
    // What fails because everything is taken down under it is no news: the process ends in a moment.
    if (interrupted) await new Promise(() => undefined)
    underWay.splice(underWay.indexOf(undo), 1)
    if (underWay.length === 0) listen("off")
  }
}

function listen(how: "on" | "off"): void {
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) process[how](signal, stop)
}

function stop(signal: keyof typeof signals): void {
  interrupted = true
  void (async () => {
    for (const undo of underWay.toReversed()) await undo()
    process.exit(signals[signal])
  })()
}

async function undoAll(undoes: (() => unknown)[]): Promise<void> {
  for (let undo = undoes.pop(); undo; undo = undoes.pop()) {
    try {
      await undo()
    } catch (error) {
      console.error(`could not clean up: ${String(error)}`)
    }
  }
}
