import { relative } from "node:path"
import { fileURLToPath } from "node:url"
import { inject } from "vitest"
import { tellCall, type Call } from "./calls.ts"
import { show } from "./show.ts"
import type { Failure, FailureKind } from "./protocol.ts"

/** Thrown by everything in the suite that finds the person's code at fault. `cause` is the original error, if any. */
export class CheckFailure extends Error {
  override readonly name = "CheckFailure"
  readonly failure: Failure
  /** The call of the person's function that went wrong: the scenario, unless there is another. */
  readonly call: Call | undefined

  constructor(failure: Failure, cause?: unknown, call?: Call) {
    super(failure.summary, { cause })
    this.failure = failure
    this.call = call
  }
}

export function fail(
  kind: FailureKind,
  summary: string,
  more: Partial<Failure> = {},
  cause?: unknown,
): never {
  throw new CheckFailure({ ...more, kind, summary }, cause)
}

/** Throws a failure again with `told` before its scenario. What is no failure of the person's passes as it is. */
export function retell(thrown: unknown, told: string): never {
  if (!(thrown instanceof CheckFailure)) throw thrown
  const { kind, summary, scenario, ...more } = thrown.failure
  const both = scenario === undefined ? told : `${told}\n${scenario}`
  return fail(kind, summary, { ...more, scenario: both }, thrown.cause)
}

/** A failure that has no scenario, with the call as its scenario. */
export function withCall(failure: CheckFailure, call = failure.call): CheckFailure {
  const { kind, scenario } = failure.failure
  if (call === undefined || scenario !== undefined || kind === "not-written") return failure
  return new CheckFailure({ ...failure.failure, scenario: tellCall(call) }, failure.cause)
}

/** What a call threw. It is not told yet: often an error is just what a check expects. */
export function thrownBy(call: Call, thrown: unknown): CheckFailure {
  return thrown instanceof CheckFailure
    ? thrown
    : new CheckFailure(toFailure(thrown, call.name), thrown, call)
}

/** Any thrown thing as a failure; `label` is the function of the person's that was running, if one was. */
export function toCheckFailure(thrown: unknown, label: string | undefined): CheckFailure {
  return thrown instanceof CheckFailure ? thrown : new CheckFailure(toFailure(thrown, label), thrown)
}

function toFailure(thrown: unknown, label: string | undefined): Failure {
  const error = thrown instanceof Error ? thrown : undefined
  if (error?.name === "NotImplemented") return { kind: "not-written", summary: error.message }
  const at = error && position(error)
  const where = at === undefined ? {} : { at }
  if (label === undefined && at === undefined) {
    return { kind: "harness", summary: error?.stack ?? String(thrown) }
  }
  const name = label === undefined ? "your code" : label.startsWith("a ") ? label : `\`${label}\``
  if (error === undefined)
    return { kind: "threw", summary: `${name} threw ${show(thrown)}, which is not an Error` }
  if (error.message.startsWith("process.exit unexpectedly called")) {
    return { kind: "threw", summary: `${name} told the process to exit`, ...where }
  }
  if (isMutation(error)) {
    return { kind: "mutated", summary: `${name} changed a value it was given: ${error.message}`, ...where }
  }
  return { kind: "threw", summary: `${name} threw ${headline(error)}`, ...where }
}

function headline(error: Error): string {
  const text = error.message.split("\n")[0] ?? ""
  return text.startsWith(error.name) ? text : `${error.name}: ${text}`
}

/** What the engine says when frozen data is written to: see `deepFreeze`. */
function isMutation(error: Error): boolean {
  return (
    error instanceof TypeError &&
    /^Cannot (assign to read only|add|delete|define|redefine) property|not extensible/.test(error.message)
  )
}

/**
 * The topmost frame of `error` that lies in the subject's own files, as `projects/04-the-log/index.ts:12`: not one in the
 * reference that it may stand on.
 */
export function position(error: Error): string | undefined {
  const { tree, module } = inject("run")
  const [kind = ""] = relative(tree, module).split("/")
  for (const line of (error.stack ?? "").split("\n")) {
    const frame = /((?:file:\/\/)?\/[^()]+?):(\d+):\d+\)?$/.exec(line)
    if (!frame?.[1]) continue
    const file = relative(tree, frame[1].startsWith("file:") ? fileURLToPath(frame[1]) : frame[1])
    if (file.startsWith(`${kind}/`)) return `${file}:${frame[2] ?? ""}`
  }
  return undefined
}
