import { statSync } from "node:fs"
import { Socket } from "node:net"
import { join } from "node:path"
import { sourcesIn } from "../files.ts"
import { Session, whole, type Part } from "../session.ts"
import { readSpec } from "../spec.ts"
import { stages, folder, UsageError, type Stage } from "../stages.ts"
import { outputPrinter } from "../text/output.ts"
import { summary } from "../text/report.ts"
import { bold, cyan, dim, wrap } from "../text/style.ts"
import { nextHint } from "./hint.ts"
import { heading, tell } from "./test.ts"

const help = dim("h next hint · a all projects so far · s the rules · enter run again · q quit")

/**
 * Reruns a suite whenever a file of the person's changes, until `q`. It looks at the files' times four times a
 * second: a few dozen `stat` calls, which work on every file system, also where change events never arrive.
 */
export async function watch(session: Session, part: Part): Promise<boolean> {
  const { stage, subject } = session
  let allPass = false
  let waiting = 0
  let queue: Promise<void> = Promise.resolve()
  let stop: (error?: unknown) => void = () => undefined
  let seen = stamp(subject.tree, stage)
  const show = (text: string) => process.stdout.write(text + "\n")

  const rerun = async (): Promise<void> => {
    process.stdout.write("\x1b[2J\x1b[H") // a fresh screen: the newest result is the one that counts
    show(heading(session))
    const result = await session.run({ onOutput: outputPrinter() }, part)
    allPass = result.outcome.checks.every(({ failure }) => !failure)
    await tell(session, result, part)
    show(`\n${help}`)
  }
  const act = async (key: string): Promise<void> => {
    if (key === "\r" || key === "\n") await rerun()
    else if (key === "h") show(`\n${nextHint(stage)}\n\n${help}`)
    else if (key === "s") show(`\n${rulesText(stage)}\n\n${help}`)
    else if (key === "a") show(`\n${await runAll(session)}\n\n${help}`)
  }
  /** A folder that is gone for a moment is no reason to stop watching. */
  const complain = (error: unknown): void => {
    if (!(error instanceof UsageError)) throw error
    show(`${error.message}\n\n${help}`)
  }
  /** One thing at a time; a key that is pressed during a run is heard after it. */
  const enqueue = (work: () => Promise<void>): void => {
    waiting++
    queue = queue
      .then(work)
      .catch(complain)
      .finally(() => waiting--)
    queue.catch(stop)
  }

  return await new Promise<boolean>((resolve, reject) => {
    const timer = setInterval(() => {
      const now = stamp(subject.tree, stage)
      if (now === seen || waiting > 0) return
      seen = now
      enqueue(rerun)
    }, 250)
    const keys = listenForKeys((key) => {
      if (key === "q" || key === "\x03" || key === "\x04") stop()
      else enqueue(() => act(key))
    })
    stop = (error) => {
      clearInterval(timer)
      keys.stop()
      if (error === undefined) resolve(allPass)
      else reject(new Error("the watch failed", { cause: error }))
    }
    enqueue(rerun)
  })
}

/** Changes when any file of the stage or of an earlier one does. */
function stamp(tree: string, stage: Stage): string {
  const below = stages.filter(({ n }) => n <= stage.n)
  return below
    .flatMap((each) => sourcesIn(folder("projects", each), tree))
    .map((path) => `${path}:${modified(join(tree, path))}`)
    .join("\n")
}

function modified(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? `${String(stat.mtimeMs)}/${String(stat.size)}` : "gone"
}

function listenForKeys(onKey: (key: string) => void): { stop(): void } {
  const { stdin } = process
  const onData = (data: Buffer): void => {
    for (const key of data.toString()) onKey(key)
  }
  const onEnd = (): void => {
    onKey("q")
  }
  if (stdin.isTTY) stdin.setRawMode(true)
  stdin.on("data", onData).on("end", onEnd).resume()
  return {
    stop: () => {
      if (stdin.isTTY) stdin.setRawMode(false)
      stdin.off("data", onData).off("end", onEnd).pause()
      if (stdin instanceof Socket) stdin.unref() // a socket, even a paused one, keeps the process alive
    },
  }
}

function rulesText(stage: Stage): string {
  const { path, rules } = readSpec(stage)
  const items = rules.map(({ number, text }) => `  ${String(number).padStart(2)}. ${wrap(text, 6)}`)
  return [`${bold("Rules")} ${dim(`(${path})`)}`, ...items].join("\n")
}

async function runAll(session: Session): Promise<string> {
  const lines: string[] = []
  for (const stage of stages.filter(({ n }) => n <= session.stage.n)) {
    const each =
      stage === session.stage
        ? session
        : await Session.open(stage, session.subject.name, session.on, { withTypes: false })
    const { outcome } = await each.run({}, whole)
    if (each !== session) await each.close()
    lines.push(`${cyan(String(stage.n).padStart(2))} ${stage.title.padEnd(18)} ${summary(outcome, 12)}`)
  }
  return lines.join("\n")
}
