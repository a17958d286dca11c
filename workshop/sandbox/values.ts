import { createRequire } from "node:module"
import { deepFreeze } from "../suite/freeze.ts"
import type { Id, Parcel, Request, Special, Wire } from "./messages.ts"
import { isData, member, methodsOf, revive } from "./objects.ts"
import { Pieces } from "./pieces.ts"
import { standIn, thing, type Asking } from "./stand-ins.ts"
import { codeOf, evaluate, findTwin, isLoaded, twinOf, type Twin } from "./twins.ts"

type Callable = (...args: readonly unknown[]) => unknown

/** What values need of those who carry them. */
export interface Carrier {
  /** Has the other side do something with what is its own, and waits for the answer. */
  ask(request: Request): unknown
  settled(id: Id, rejected: boolean, value: unknown): void
}

/**
 * What is nested deeper than this is not copied: it may have no end. If that ended the answer with an error of ours, a check
 * that expects one would take it for the project's.
 */
const deepest = 200

interface Waiting {
  resolve(value: unknown): void
  reject(reason: unknown): void
}

/**
 * Values on their way to another process, and back. Data is copied; a function, a promise or an object with a class of
 * its own stays where it is, and the other side has something that looks the same and asks.
 */
export class Values {
  readonly #carrier: Carrier
  readonly #untrusted: boolean
  /** What is ours, and was named to the other side. */
  readonly #ours: (object | symbol)[] = []
  readonly #ids = new Map<object | symbol, Id>()
  /** On what a function that was an object's is called. */
  readonly #owners = new WeakMap<object, object>()
  /** What stands for what is theirs. */
  readonly #theirs = new Map<Id, object | symbol>()
  readonly #idOfTheirs = new Map<object | symbol, Id>()
  readonly #waiting = new Map<Id, Waiting>()
  /** The code of twins that the other side has, too. */
  readonly #told = new Set<number>()
  readonly #sent = new Pieces()
  readonly #received = new Pieces()
  readonly #asking: Asking
  /** How many pieces of data the one that is being packed is in. */
  #depth = 0
  /** The number of the next piece of data in what is being unpacked. */
  #number = 0

  /**
   * @param untrusted  whether the other side is: then it may call what it was given, and no more. On the other side,
   *   what arrives is frozen, so that whoever changes what it was given is told so.
   */
  constructor(carrier: Carrier, untrusted: boolean) {
    this.#carrier = carrier
    this.#untrusted = untrusted
    this.#asking = {
      ask: (request) => carrier.ask(request),
      pack: (value) => this.pack(value),
      packAll: (args) => this.#packAll(args),
    }
  }

  pack(value: unknown): Parcel {
    return { first: this.#sent.next, wire: this.#pack(value) }
  }

  #packAll(args: readonly unknown[]): Parcel<readonly Wire[]> {
    return { first: this.#sent.next, wire: args.map((arg) => this.#pack(arg)) }
  }

  #pack(value: unknown, owner?: object): Wire {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value
      case "number":
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : special({ is: "number", text: numeral(value) })
      case "undefined":
        return special({ is: "undefined" })
      case "bigint":
        return special({ is: "bigint", text: String(value) })
      case "symbol":
        return this.#name(value, (id) => ({ is: "symbol", id, name: value.description ?? "" }))
      case "function": {
        const twin = twinOf(value)
        if (twin) return this.#packTwin(twin)
        if (owner && !this.#owners.has(value)) this.#owners.set(value, owner)
        return this.#name(value, (id) => ({ is: "function", id, name: value.name }))
      }
      case "object":
        return value === null ? null : this.#packObject(value)
    }
  }

  unpack({ first, wire }: Parcel): unknown {
    this.#number = first
    return this.#arrived(this.#unpack(wire))
  }

  #unpackAll({ first, wire }: Parcel<readonly Wire[]>): readonly unknown[] {
    this.#number = first
    return wire.map((arg) => this.#arrived(this.#unpack(arg)))
  }

  #arrived(value: unknown): unknown {
    return this.#untrusted ? value : deepFreeze(value)
  }

  /** Does what the other side asks for, with what is ours. */
  serve(request: Request): unknown {
    const target = this.#ours[request.id]
    if (typeof target !== "object" && typeof target !== "function")
      throw new Error("there is nothing of that name")
    if (this.#untrusted && (request.do === "construct" || request.do === "set"))
      throw new Error("that is not yours")
    switch (request.do) {
      case "call":
        return Reflect.apply(target as Callable, this.#owners.get(target), this.#unpackAll(request.args))
      case "construct":
        return Reflect.construct(target as new () => object, this.#unpackAll(request.args))
      case "method":
        return Reflect.apply(member(target, request.name) as Callable, target, this.#unpackAll(request.args))
      case "get":
        return member(target, request.name)
      case "set":
        return Reflect.set(target, request.name, this.unpack(request.value))
    }
  }

  /** A promise of theirs has settled. */
  settle(id: Id, rejected: boolean, value: Parcel): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (rejected) waiting?.reject(this.unpack(value))
    else waiting?.resolve(this.unpack(value))
  }

  #name(value: object | symbol, told: (id: Id) => Special): Wire {
    const theirs = this.#idOfTheirs.get(value)
    if (theirs !== undefined) return special({ is: "yours", id: theirs })
    let id = this.#ids.get(value)
    if (id === undefined) {
      id = this.#ours.push(value) - 1
      this.#ids.set(value, id)
    }
    return special(told(id))
  }

  #packObject(value: object): Wire {
    const crossed = this.#numberOf(value)
    if (crossed !== undefined) return crossed
    if (this.#idOfTheirs.has(value)) return this.#name(value, (id) => ({ is: "yours", id }))
    if (Array.isArray(value) || isData(value)) return this.#packData(value)
    if (value instanceof Uint8Array) {
      const base64 = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")
      return special({ is: "bytes", base64, buffer: Buffer.isBuffer(value) })
    }
    if (value instanceof Promise) return this.#packPromise(value)
    if (value instanceof Error) return this.#packError(value)
    if (value instanceof Map) {
      const entries = [...value].map(
        ([key, item]: readonly [unknown, unknown]) => [this.#pack(key), this.#pack(item)] as const,
      )
      return this.#name(value, (id) => ({ is: "map", id, entries }))
    }
    if (value instanceof Set) {
      const items = [...value].map((item: unknown) => this.#pack(item))
      return this.#name(value, (id) => ({ is: "set", id, items }))
    }
    return this.#name(value, (id) => ({ is: "thing", id, methods: methodsOf(value) }))
  }

  #packData(value: object): Wire {
    if (this.#depth === deepest) return this.#name(value, (id) => ({ is: "thing", id, methods: [] }))
    this.#depth++
    try {
      this.#sent.add(value)
      return this.#packParts(value)
    } finally {
      this.#depth--
    }
  }

  #packParts(value: object): Wire {
    if (Array.isArray(value)) return value.map((item: unknown) => this.#pack(item))
    if (Object.hasOwn(value, "$") || Object.hasOwn(value, "__proto__")) {
      const entries = Object.entries(value).map(
        ([key, part]: [string, unknown]) => [key, this.#pack(part, value)] as const,
      )
      return special({ is: "object", entries })
    }
    const data: Record<string, Wire> = {}
    for (const [key, part] of Object.entries(value) as [string, unknown][])
      data[key] = this.#pack(part, value)
    return data
  }

  #numberOf(value: object): Wire | undefined {
    const theirs = this.#received.numberOf(value)
    if (theirs !== undefined) return { $: -1 - theirs }
    const ours = this.#sent.numberOf(value)
    return ours === undefined ? undefined : { $: ours }
  }

  #packPromise(promise: Promise<unknown>): Wire {
    const id = this.#ours.push(promise) - 1
    promise.then(
      (value) => {
        this.#carrier.settled(id, false, value)
      },
      (reason: unknown) => {
        this.#carrier.settled(id, true, reason)
      },
    )
    return special({ is: "promise", id })
  }

  #packError(error: Error): Wire {
    const { name, message, stack = "" } = error
    const more = Object.fromEntries(
      Object.entries(error).filter(
        ([key, part]) => key !== "name" && typeof part !== "object" && typeof part !== "function",
      ),
    )
    return this.#name(error, (id) => ({ is: "error", id, name, message, stack, more: this.#pack(more) }))
  }

  #packTwin(twin: Twin): Wire {
    const isNew = this.#untrusted && !this.#told.has(twin.code)
    this.#told.add(twin.code)
    return special({ is: "twin", ...twin, ...(isNew && { text: codeOf(twin) }) })
  }

  #unpack(wire: Wire): unknown {
    if (typeof wire !== "object" || wire === null) return wire
    if (isList(wire)) return this.#unpackList(wire)
    if (isSpecial(wire)) return typeof wire.$ === "number" ? this.#again(wire.$) : this.#unpackSpecial(wire.$)
    return this.#unpackEntries(Object.entries(wire))
  }

  #again(number: number): unknown {
    return number < 0 ? this.#sent.at(-1 - number) : this.#received.at(number)
  }

  #unpackList(wire: readonly Wire[]): unknown {
    const list: unknown[] = []
    this.#received.add(list, this.#number++)
    for (const item of wire) list.push(this.#unpack(item))
    return list
  }

  #unpackEntries(entries: readonly (readonly [string, Wire])[]): unknown {
    const data: Record<string, unknown> = {}
    this.#received.add(data, this.#number++)
    for (const [key, part] of entries) {
      const value = this.#unpack(part)
      if (key !== "__proto__") data[key] = value
      else Object.defineProperty(data, key, { value, writable: true, enumerable: true, configurable: true })
    }
    return data
  }

  #unpackSpecial(it: Special): unknown {
    switch (it.is) {
      case "undefined":
        return undefined
      case "number":
        return Number(it.text)
      case "bigint":
        return BigInt(it.text)
      case "symbol":
        return this.#stand(it.id, () => Symbol(it.name))
      case "bytes": {
        const buffer = Buffer.from(it.base64, "base64")
        return it.buffer ? buffer : new Uint8Array(buffer)
      }
      case "map":
        return this.#stands(
          it.id,
          new Map(it.entries.map(([key, item]) => [this.#unpack(key), this.#unpack(item)])),
        )
      case "set":
        return this.#stands(it.id, new Set(it.items.map((item) => this.#unpack(item))))
      case "object":
        return this.#unpackEntries(it.entries)
      case "error":
        return this.#stands(it.id, revive(it, this.#unpack(it.more)))
      case "function":
        return this.#stand(it.id, () => standIn(it.id, it.name, this.#asking))
      case "twin":
        if (it.text !== undefined && !this.#untrusted && !isLoaded(it)) {
          evaluate(it.text, createRequire(import.meta.url), it.code)
        }
        return findTwin(it)
      case "thing":
        return this.#stand(it.id, () => thing(it.id, new Set(it.methods), this.#asking))
      case "promise":
        return new Promise((resolve, reject) => this.#waiting.set(it.id, { resolve, reject }))
      case "yours":
        return this.#ours[it.id]
    }
  }

  #stand(id: Id, make: () => object | symbol): object | symbol {
    const known = this.#theirs.get(id)
    return known ?? this.#stands(id, make())
  }

  #stands<T extends object | symbol>(id: Id, made: T): T {
    this.#theirs.set(id, made)
    this.#idOfTheirs.set(made, id)
    return made
  }
}

const special = (it: Special): Wire => ({ $: it })
const numeral = (value: number): string => (Object.is(value, -0) ? "-0" : String(value))
const isList = (wire: Wire): wire is readonly Wire[] => Array.isArray(wire)
const isSpecial = (wire: object): wire is { readonly $: Special | number } => Object.hasOwn(wire, "$")
