import { Script } from "node:vm"
import { inject } from "vitest"
import { CheckFailure, fail } from "./failure.ts"
import { most } from "./watchdog.ts"

declare global {
  var workshopBody: (() => unknown) | undefined
  /** Set where the project runs in another process: that one's event loop comes round. */
  var workshopTurn: (() => Promise<void>) | undefined
}

const script = new Script("globalThis.workshopBody()")
/** How often something was cut off. */
let cutOffs = inject("run").impatient ? 1 : 0
const { hunt, thoroughness, leniency, jail } = inject("run")

/** The functions of the person's that are running now, the outermost first, and what is being awaited. */
export const running: { calls: readonly string[]; awaited: string | undefined } = {
  calls: [],
  awaited: undefined,
}

/**
 * Runs `body` and cuts it off when its synchronous part does not come back: Node's own way to stop an endless loop,
 * which leaves the process healthy, so that the next check runs. The first one may take 2 s; after that we know better.
 * Where others had the processor for most of that time, it is begun once more, and may take as much longer.
 */
export function bounded<T>(body: () => T, slow = 1): T {
  if (jail) return body() // what does not come back is in another process, and the watchdog sees to it
  const usual = slow * thoroughness * leniency * patience()
  const end = runFor(usual, body)
  if ("value" in end) return end.value
  const again = isKept(end.share) ? runFor(usual / end.share, body) : end
  if ("value" in again) return again.value
  cutOffs++
  const [outer, ...inner] = running.calls
  const name = outer === undefined ? "the check" : `\`${outer}\``
  const where = inner.length === 0 ? "" : `, last seen in \`${inner.at(-1) ?? ""}\``
  return fail("hung", `${name} did not return${where}: an endless loop?`)
}

/** Less than that is no loop, but somebody who waits for what does not come. */
const isKept = (share: number): boolean => 0.05 < share && share < most

/** What `body` answers within so many milliseconds; or else the share of them that this process has computed. */
function runFor<T>(milliseconds: number, body: () => T): { readonly value: T } | { readonly share: number } {
  const before = process.cpuUsage()
  const start = performance.now()
  globalThis.workshopBody = body
  running.calls = []
  try {
    return {
      value: script.runInThisContext({ timeout: Math.ceil(milliseconds), displayErrors: false }) as T,
    }
  } catch (error) {
    if (!isTimeout(error)) throw error
    const { user, system } = process.cpuUsage(before)
    return { share: (user + system) / 1000 / (performance.now() - start) }
  } finally {
    globalThis.workshopBody = undefined
  }
}

/** Waits for `promise`; should it never come, the check's failure says that it waited for `what`. */
export async function awaiting<T>(what: string, promise: Promise<T>): Promise<T> {
  const outer = running.awaited
  running.awaited = what
  const value = await promise
  running.awaited = outer
  return value
}

/** Lets the event loop come round a few times: whatever is on its way on this machine arrives. */
export async function turns(): Promise<void> {
  for (let n = 0; n < 20; n++) await turn()
}

/** Lets the event loop come round once, and that of the project's own process, where it has one. */
export async function turn(): Promise<void> {
  await globalThis.workshopTurn?.()
  await new Promise((resolve) => setImmediate(resolve))
}

/** Waits for `promise`, and no longer than a patient person would; says what was being waited for. */
export async function withDeadline<T>(promise: Promise<T>, aborted: Promise<never>, slow = 1): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const seconds = slow * leniency * (cutOffs > 0 || hunt ? 1 : 4) // in a hunt, what does not come is what was hunted for
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      cutOffs++
      const what = running.awaited ?? "something that never came"
      reject(new CheckFailure({ kind: "hung", summary: `waited ${String(seconds)} s for ${what}` }))
    }, seconds * 1000)
  })
  try {
    return await Promise.race([promise, deadline, aborted])
  } finally {
    clearTimeout(timer)
  }
}

/** In milliseconds, for a check that takes a few of them. Whoever waits for the tenth time for the same loop knows what is coming. */
function patience(): number {
  return cutOffs === 0 ? 2000 : cutOffs < 5 ? 300 : 150
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
}
