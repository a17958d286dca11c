import type { Id, Parcel, Request, Wire } from "./messages.ts"
import { symbols } from "./objects.ts"

type Callable = (...args: readonly unknown[]) => unknown

/** How a stand-in reaches what it stands for. */
export interface Asking {
  readonly ask: (request: Request) => unknown
  readonly pack: (value: unknown) => Parcel
  readonly packAll: (args: readonly unknown[]) => Parcel<readonly Wire[]>
}

/** Stands for a function or a class of the other side's. */
export function standIn(id: Id, name: string, { ask, packAll }: Asking): object {
  const apply = (_: object, __: unknown, args: readonly unknown[]) =>
    ask({ do: "call", id, args: packAll(args) })
  const construct = (_: object, args: readonly unknown[]): object => {
    const made = ask({ do: "construct", id, args: packAll(args) })
    if ((typeof made === "object" && made !== null) || typeof made === "function") return made
    throw new TypeError(`new ${name} did not make an object`)
  }
  // Only what can be constructed can stand for a class.
  const target = Object.defineProperty(function () {}, "name", { value: name }) // eslint-disable-line @typescript-eslint/no-empty-function
  return new Proxy(target, { apply, construct })
}

/** Stands for an object that stays where it is. Its methods are known; anything else is asked for. */
export function thing(id: Id, methods: ReadonlySet<string>, { ask, pack, packAll }: Asking): object {
  const made = new Map<string, Callable>()
  const methodNamed = (name: string): Callable => {
    const known = made.get(name)
    if (known) return known
    const method = (...args: readonly unknown[]) => ask({ do: "method", id, name, args: packAll(args) })
    made.set(name, method)
    return method
  }
  return new Proxy(
    {},
    {
      get: (_, key) => {
        const name = symbols.get(key) ?? key
        if (typeof name === "symbol") return undefined
        return methods.has(name) ? methodNamed(name) : ask({ do: "get", id, name })
      },
      has: (_, key) => methods.has(symbols.get(key) ?? String(key)),
      set: (_, key, value) => {
        if (typeof key === "string") ask({ do: "set", id, name: key, value: pack(value) })
        return true
      },
    },
  )
}
