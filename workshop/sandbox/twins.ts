import { Script } from "node:vm"

/** A function that is the same on both sides: which code it comes from, and where in what that exports. */
export interface Twin {
  readonly code: number
  readonly path: string
}

interface Loaded {
  readonly text: string
  readonly byPath: ReadonlyMap<string, object>
}

const loaded = new Map<number, Loaded>()
const twins = new WeakMap<object, Twin>()

/**
 * Evaluates a CommonJS module of our own; other sides may evaluate it, too. Then its functions need not be asked for across
 * a process's border, which a search would do a million times.
 * @param require  how it finds what it requires
 * @param code  its number: given where it was evaluated first
 * @returns what it exports
 */
export function evaluate(text: string, require: NodeJS.Require, code = loaded.size): unknown {
  const module = { exports: {} }
  const wrapped = new Script(`(function (module, exports, require) {${text}\n})`, { filename: "linked.cjs" })
  const run = wrapped.runInThisContext() as (...args: readonly unknown[]) => void
  run(module, module.exports, require)
  const byPath = new Map(functionsIn(module.exports, ""))
  loaded.set(code, { text, byPath })
  for (const [path, value] of byPath) twins.set(value, { code, path })
  return module.exports
}

/** Which code of ours a function comes from, if it does. */
export function twinOf(value: object): Twin | undefined {
  return twins.get(value)
}

export function codeOf({ code }: Twin): string {
  return loaded.get(code)?.text ?? ""
}

export function isLoaded({ code }: Twin): boolean {
  return loaded.has(code)
}

export function findTwin({ code, path }: Twin): object | undefined {
  return loaded.get(code)?.byPath.get(path)
}

function* functionsIn(value: unknown, path: string): Generator<readonly [string, object]> {
  if (typeof value === "function") yield [path, value]
  else if (typeof value === "object" && value !== null && path.split(".").length < 5) {
    for (const [key, part] of Object.entries(value)) yield* functionsIn(part, path === "" ? key : `${path}.${key}`)
  }
}
