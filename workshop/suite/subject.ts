import { inject } from "vitest"
import type * as z from "zod"
import { running } from "./bounded.ts"
import type { Call } from "./calls.ts"
import { CheckFailure, fail, thrownBy } from "./failure.ts"
import { deepFreeze } from "./freeze.ts"
import { loadSubject } from "./load.ts"
import { latest, toSettle } from "./pending.ts"
import { show } from "./show.ts"

type Kind = "function" | "class" | "value"
type Callable = (...args: readonly unknown[]) => unknown
type Constructable = new (...args: readonly unknown[]) => object

/** What a project must export, by name. `returns` checks the shape of what a function answers. */
interface Shape<P> {
  readonly exports: { readonly [K in keyof P]-?: Kind }
  readonly returns?: { readonly [K in keyof P]?: z.ZodType }
}

const loaded = await loadSubject()

/**
 * The project under test, behind a thin wrapper: arguments are frozen, a thrown error names the function that threw,
 * an answer of the wrong shape says so. A file that does not load, or an export that is not there, fails the checks
 * that need it and no others.
 * @typeParam P  the contract's `Project`
 */
export function subject<P extends object>(shape: Shape<P>): P {
  const returns: Readonly<Record<string, z.ZodType | undefined>> = shape.returns ?? {}
  const kinds: Readonly<Record<string, Kind | undefined>> = shape.exports
  const wrapped = new Map<string, unknown>()
  return new Proxy({} as P, {
    get: (_, name) => {
      if (typeof name !== "string") return undefined
      const kind = kinds[name]
      if (kind === undefined) throw new Error(`the suite asked for ${name}, which is not in the contract`)
      const value = find(name, kind)
      if (!wrapped.has(name)) wrapped.set(name, wrap(name, kind, value, returns[name]))
      return wrapped.get(name)
    },
  })
}

function find(name: string, kind: Kind): unknown {
  if (loaded instanceof CheckFailure) throw loaded
  const value = loaded[name]
  const file = `projects/${inject("run").module.split("/").at(-2) ?? ""}/index.ts`
  if (value === undefined) return fail("missing", `${file} does not export \`${name}\``)
  const isFunction = typeof value === "function"
  if (kind === "value" ? isFunction : !isFunction) {
    return fail("missing", `${file} exports \`${name}\`, but not as a ${kind}: it is ${describeKind(value)}`)
  }
  return value
}

function describeKind(value: unknown): string {
  return value === null ? "null" : typeof value === "object" ? "an object" : `a ${typeof value}`
}

function wrap(name: string, kind: Kind, value: unknown, returns: z.ZodType | undefined): unknown {
  if (kind === "function")
    return (...args: readonly unknown[]) => call(name, value as Callable, args, returns)
  if (kind === "class") {
    return new Proxy(value as Constructable, {
      construct: (target, args: readonly unknown[]) =>
        wrapInstance(name, call(`new ${name}`, () => new target(...args), args, undefined) as object),
    })
  }
  return deepFreeze(value)
}

/** An instance whose methods are wrapped like functions. They run on the real object: private fields need it. */
export function wrapInstance<T extends object>(name: string, instance: T): T {
  // The proxy's own target is empty: a frozen instance would forbid it to hand out anything but the instance's own.
  return new Proxy({} as T, {
    get: (_, key) => {
      const value: unknown = Reflect.get(instance, key, instance)
      if (typeof value !== "function") return value
      const method = value as Callable
      return (...args: readonly unknown[]) =>
        call(`${name}.${String(key)}`, () => Reflect.apply(method, instance, args), args, undefined)
    },
  })
}

function call(name: string, fn: Callable, args: readonly unknown[], returns: z.ZodType | undefined): unknown {
  const outer = running.calls
  const made: Call = { name, args }
  running.calls = [...outer, name]
  if (outer.length === 0) latest.call = made
  for (const arg of args) deepFreeze(arg)
  let answer: unknown
  try {
    answer = fn(...args)
  } catch (thrown) {
    throw thrownBy(made, thrown)
  } finally {
    running.calls = outer // not reached when the call is cut off: then its name stays, for the message
  }
  if (answer instanceof Promise) {
    if (returns) {
      const summary = `\`${name}\` answered with a Promise: it must not be async`
      throw new CheckFailure({ kind: "shape", summary }, undefined, made)
    }
    return settle(made, answer)
  }
  if (returns) checkShape(made, answer, returns)
  return answer
}

async function settle(call: Call, promise: Promise<unknown>): Promise<unknown> {
  const outer = { text: running.awaited, call: latest.awaited }
  running.awaited = toSettle(call.name)
  latest.awaited = call
  try {
    return await promise
  } catch (thrown) {
    throw thrownBy(call, thrown)
  } finally {
    running.awaited = outer.text
    latest.awaited = outer.call
  }
}

function checkShape(call: Call, answer: unknown, returns: z.ZodType): void {
  const result = returns.safeParse(answer)
  if (result.success) return
  const issue = result.error.issues[0]
  const path = issue?.path.map(String).join(".") ?? ""
  const complaint = `${path === "" ? "" : `at \`${path}\`: `}${issue?.message ?? "wrong"}`
  const summary = `\`${call.name}\` answered in the wrong shape, ${complaint}`
  const failure = { expected: "the shape in contract.ts", got: show(answer) }
  throw new CheckFailure({ kind: "shape", summary, ...failure }, undefined, call)
}
