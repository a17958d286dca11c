import { describe, inject, test } from "vitest"
import { bounded, running, turn, withDeadline } from "./bounded.ts"
import { limitConsole } from "./console.ts"
import { CheckFailure, toCheckFailure, withCall } from "./failure.ts"
import { pending } from "./pending.ts"
import type { CheckInfo } from "./protocol.ts"
import { announce, startWatchdog } from "./watchdog.ts"

/** Undoing what a check set up: sockets, servers. Runs last in, first out, also when the check failed. */
export type After = (undo: () => unknown) => void

/** What a check is given. */
interface Tools {
  readonly after: After
}

let currentGroup = ""

/** A group of checks, e.g. `group("4a", "Reading a log", …)`, in the order in which a person would pass them. */
export function group(id: string, title: string, body: () => void): void {
  describe(`${id} ${title}`, () => {
    currentGroup = `${id} ${title}`
    body()
  })
}

/**
 * One check of a suite.
 * @param id     `4a.1`: stage, group, number; stays the same for good, since grades are kept under it
 * @param rules  numbers of the spec's rules that it checks
 * @param slow   how many times longer than others it may take before it is cut off: many random schedules, real processes
 * @param dear   takes so long that `verify` tries it on correct variants only with --full
 * @param title  the behaviour that must hold, as a sentence
 */
export function check(
  id: string,
  rules: readonly number[],
  title: string,
  body: (tools: Tools) => void | Promise<void>,
  {
    points = 1,
    slow = 1,
    dear = false,
  }: { readonly points?: number; readonly slow?: number; readonly dear?: boolean } = {},
): void {
  const info: CheckInfo = { id, title, group: currentGroup, rules, points }
  const { decided, hunt, only, brief, thoroughness, leniency } = inject("run")
  const skipped =
    decided.includes(id) ||
    (brief && dear) ||
    (hunt !== null && !rules.some((rule) => hunt.includes(rule))) ||
    (only !== null && only !== id && !id.startsWith(`${only}.`))
  test.skipIf(skipped)(
    `${id} ${title}`,
    { timeout: 30_000 * Math.max(1, slow / 4) * thoroughness * leniency, meta: { info } },
    async ({ task }) => {
      announce(id)
      limitConsole()
      try {
        await attempt(body, slow)
      } catch (thrown) {
        const failure = withCall(toCheckFailure(thrown, undefined))
        task.meta.failure = failure.failure
        throw failure
      }
    },
  )
}

async function attempt(body: (tools: Tools) => void | Promise<void>, slow: number): Promise<void> {
  const undo: (() => unknown)[] = []
  const escaped = catchEscaped()
  running.awaited = undefined
  try {
    const work = bounded(() => body({ after: (step) => undo.push(step) }), slow)
    if (work instanceof Promise) startWatchdog() // what is not over yet can still spin
    await withDeadline(Promise.resolve(work), escaped.error, slow)
    // A rejection that nobody handles is reported only when the event loop comes round.
    await Promise.race([turn(), escaped.error])
  } catch (thrown) {
    if (!(thrown instanceof CheckFailure) || thrown.failure.kind !== "hung") throw thrown
    throw withCall(thrown, pending()) // now: undoing it makes more calls
  } finally {
    await withDeadline(undoAll(undo), new Promise<never>(() => undefined)).catch(() => undefined)
    escaped.stop()
  }
}

async function undoAll(undo: (() => unknown)[]): Promise<void> {
  for (const step of undo.reverse()) {
    await Promise.resolve()
      .then(step)
      .catch(() => undefined)
  }
}

/** In Node, a socket's `error` event that nobody listens to is thrown. */
function advice(thrown: unknown): string {
  const isSocket = thrown instanceof Error && "syscall" in thrown
  return isSocket ? " (does every socket have an `error` listener?)" : ""
}

/** An error in a callback has nobody to catch it: a socket's `error` event, a promise that nobody awaits. */
function catchEscaped(): { readonly error: Promise<never>; stop(): void } {
  let report: (error: unknown) => void = () => undefined
  const error = new Promise<never>((_, reject) => {
    report = (thrown) => {
      const failure = withCall(toCheckFailure(thrown, running.calls.at(-1) ?? "a callback"))
      const { kind, summary } = failure.failure
      const told = kind === "threw" ? `${summary}, and nobody caught it${advice(thrown)}` : summary
      reject(new CheckFailure({ ...failure.failure, summary: told }, thrown))
    }
  })
  error.catch(() => undefined)
  process.on("uncaughtException", report)
  process.on("unhandledRejection", report)
  const stop = () => {
    process.off("uncaughtException", report)
    process.off("unhandledRejection", report)
  }
  return { error, stop }
}
