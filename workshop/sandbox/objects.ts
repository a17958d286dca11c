import type { Special } from "./messages.ts"

/** Methods that iterate have no name of their own. */
export const symbols = new Map<string | symbol, string>([
  [Symbol.iterator, "@@iterator"],
  [Symbol.asyncIterator, "@@asyncIterator"],
])
const named = new Map([...symbols].map(([symbol, name]) => [name, symbol]))

/** Plain data, and no property that a function answers: that one may say something else the next time. */
export function isData(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null && !isNamespace(value)) return false
  return Object.values(Object.getOwnPropertyDescriptors(value)).every(
    (property) => property.get === undefined,
  )
}

/** What a module exports. */
function isNamespace(value: object): boolean {
  return Reflect.get(value, Symbol.toStringTag) === "Module"
}

/** All methods, inherited ones as well, but not those that every object has. */
export function methodsOf(value: object): readonly string[] {
  const names = new Set<string>()
  for (
    let at: object | null = value;
    at && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (key !== "constructor" && typeof property.value === "function") names.add(key)
    }
    for (const [symbol, name] of symbols) if (Object.hasOwn(at, symbol)) names.add(name)
  }
  return [...names]
}

/**
 * A member of ours that the other side asks for. What every object has is not for strangers: from an object's
 * constructor it is two steps to running anything.
 */
export function member(target: object, name: string): unknown {
  const key = named.get(name) ?? name
  for (let at: object | null = target; at && at !== Object.prototype && at !== Function.prototype;) {
    if (Object.hasOwn(at, key) && key !== "constructor" && key !== "__proto__")
      return Reflect.get(target, key, target)
    at = Object.getPrototypeOf(at) as object | null
  }
  return undefined
}

export function revive(it: Extract<Special, { is: "error" }>, more: unknown): Error {
  const Kind =
    [TypeError, RangeError, SyntaxError, ReferenceError].find(({ name }) => name === it.name) ?? Error
  const error = Object.assign(new Kind(it.message), more)
  Object.defineProperty(error, "name", { value: it.name, configurable: true, writable: true })
  Object.defineProperty(error, "stack", { value: it.stack, configurable: true, writable: true })
  return error
}
