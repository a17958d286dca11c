import { basename, dirname } from "node:path"
import {
  fileSourceResolver,
  newIdGenerator,
  analyzeModules,
  parse,
  parseExpressionOrDeclaration,
  quintErrorToString,
  walkExpression,
  type QuintError,
  type QuintEx,
} from "@informalsystems/quint"
// Quint's command line is made of these; its main module does not list them. The version is pinned.
import { zerog } from "@informalsystems/quint/dist/src/idGenerator.js"
import { newRng, type Rng } from "@informalsystems/quint/dist/src/rng.js"
import { Evaluator } from "@informalsystems/quint/dist/src/runtime/impl/evaluator.js"
import { newTraceRecorder } from "@informalsystems/quint/dist/src/runtime/trace.js"
import type { Json } from "../../projects/01-kv-server/contract.ts"

/** A state of a specification: as Quint has it, and as plain data. */
export interface SpecState {
  readonly quint: QuintEx
  readonly data: Readonly<Record<string, Json>>
  /** States with the same key are one state. */
  readonly key: string
}

/** What random runs came to: `null` when the invariant held in all their states. */
export interface Violation {
  /** From the initial state to the one in which it does not hold. */
  readonly states: readonly SpecState["data"][]
}

/** A Quint specification, loaded and type-checked, ready to be asked. */
export interface Spec {
  /** The states that an action leads to; from nowhere, for `Init`. No state: it is not possible there. */
  after(state: SpecState | null, action: string): readonly SpecState[]
  /** The value of an expression in a state. */
  value(state: SpecState, expression: string): Json
  /** Whether a `run` of the specification can be carried out to its end. */
  passes(run: string): boolean
  /** Random runs from `init` by `step`, as `quint run` makes them. */
  simulate(invariant: string, runs: number, steps: number, seed: number): Violation | null
}

/**
 * @param path  where the text stands, from the root of the disk
 * @throws when it is no Quint, or its types are wrong
 */
export function loadSpec(path: string, text: string): Spec {
  const module = new Module(path, text)
  return { ...asker(module), ...runner(module) }
}

/** The text, parsed and checked, and the expressions that are asked about it. */
class Module {
  readonly #path: string
  readonly #ids = newIdGenerator()
  readonly #parsed: ReturnType<typeof parse>
  readonly #expressions = new Map<string, QuintEx>()

  constructor(path: string, text: string) {
    this.#path = path
    const mainPath = fileSourceResolver().lookupPath(dirname(path), basename(path))
    this.#parsed = parse(this.#ids, path, mainPath, text)
    this.refuse(this.#parsed.errors)
    const [errors] = analyzeModules(this.#parsed.table, this.#parsed.modules)
    this.refuse(errors)
    this.#parsed.resolver.switchToModule(this.#parsed.modules.at(-1)?.name ?? "")
  }

  refuse(errors: readonly QuintError[]): void {
    if (errors.length === 0) return
    throw new Error(`${this.#path}: ${errors.map(quintErrorToString).join("\n")}`)
  }

  expression(text: string): QuintEx {
    const known = this.#expressions.get(text)
    if (known) return known
    const { sourceMap, resolver } = this.#parsed
    const result = parseExpressionOrDeclaration(text, "<expression>", this.#ids, sourceMap)
    if (result.kind !== "expr") throw new Error(`${this.#path}: this is no expression: ${text}`)
    walkExpression(resolver, result.expr)
    this.refuse(resolver.errors)
    this.#expressions.set(text, result.expr)
    return result.expr
  }

  evaluator(rng: Rng): Evaluator {
    return new Evaluator(this.#parsed.table, newTraceRecorder(0, rng), rng)
  }
}

/** Answers questions about single states. */
function asker(module: Module): Pick<Spec, "after" | "value"> {
  const choices = new Choices()
  const evaluator = module.evaluator(choices)
  const valueOf = (text: string): QuintEx => {
    const result = evaluator.evaluate(module.expression(text))
    if (result.isRight()) return result.value
    throw new Error(`${text}: ${quintErrorToString(result.value)}`)
  }
  valueOf("Init") // so that the evaluator has met all variables before it is told their values
  return {
    after: (state, action) => {
      const found = new Map<string, SpecState>()
      choices.begin()
      do {
        if (state) evaluator.updateState(state.quint)
        else evaluator.reset()
        const possible = valueOf(action)
        if (possible.kind !== "bool" || !possible.value) continue
        const [, , , shifted] = evaluator.replShift()
        const next = toState(shifted.toQuintEx(zerog))
        found.set(next.key, next)
      } while (choices.goOn())
      return [...found.values()]
    },
    value: (state, text) => {
      evaluator.updateState(state.quint)
      return toData(valueOf(text))
    },
  }
}

/** Lets the specification run. */
function runner(module: Module): Pick<Spec, "passes" | "simulate"> {
  return {
    passes: (run) => {
      const result = module.evaluator(newRng(0n)).evaluate(module.expression(run))
      return result.isRight() && result.value.kind === "bool" && result.value.value
    },
    simulate: (invariant, runs, steps, seed) => {
      const [init, step, inv] = [
        module.expression("init"),
        module.expression("step"),
        module.expression(invariant),
      ]
      const outcome = module.evaluator(newRng(BigInt(seed))).simulate(init, step, inv, [], runs, steps, 1)
      module.refuse(outcome.errors)
      if (outcome.status !== "violation") return null
      return { states: (outcome.bestTraces[0]?.states ?? []).map((state) => toState(state).data) }
    },
  }
}

/**
 * Where Quint would throw dice, this goes through all that they can show: after `begin`, each `goOn` sets up the next
 * combination, until there is none. It is an odometer whose wheels come as they are asked for.
 */
class Choices implements Rng {
  private wheels: { readonly bound: bigint; value: bigint }[] = []
  private position = 0

  begin(): void {
    this.wheels = []
    this.position = 0
  }

  /** An arrow function: the evaluator takes it off the object. */
  readonly next = (bound: bigint): bigint => {
    const wheel = this.wheels[this.position] ?? { bound, value: 0n }
    this.wheels[this.position++] = wheel
    return wheel.value
  }

  goOn(): boolean {
    this.position = 0
    for (let last = this.wheels.at(-1); last; last = this.wheels.at(-1)) {
      if (++last.value < last.bound) return true
      this.wheels.pop()
    }
    return false
  }

  getState(): bigint {
    return 0n
  }

  setState(): void {
    throw new Error("these choices have no seed")
  }
}

function toState(quint: QuintEx): SpecState {
  const data = toData(quint)
  if (!isRecord(data)) throw new Error("a state is a record")
  return { quint, data, key: JSON.stringify(data) }
}

function isRecord(data: Json | undefined): data is Readonly<Record<string, Json>> {
  return typeof data === "object" && data !== null && !Array.isArray(data)
}

/**
 * Plain data, in one form only: the keys of records and maps and the elements of sets are sorted. A message of type T
 * becomes `{ type: T, … }`, as in project 3.
 */
function toData(quint: QuintEx): Json {
  switch (quint.kind) {
    case "bool":
    case "str":
      return quint.value
    case "int":
      return Number(quint.value)
    case "app":
      return compound(quint.opcode, quint.args)
    default:
      throw new Error(`no plain data: ${quint.kind}`)
  }
}

function compound(opcode: string, args: readonly QuintEx[]): Json {
  const parts = args.map(toData)
  switch (opcode) {
    case "List":
    case "Tup":
      return parts
    case "Set":
      return parts.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    case "Map":
      return record(parts.flatMap((pair) => (isPair(pair) ? [pair] : [])))
    case "Rec":
      return record(
        parts.flatMap((name, i) =>
          typeof name === "string" && i % 2 === 0 ? [[name, parts[i + 1] ?? null]] : [],
        ),
      )
    case "variant": {
      const [type = null, fields] = parts
      if (!isRecord(fields)) return [type, fields ?? null]
      return record([["type", type], ...Object.entries(fields)])
    }
    default:
      throw new Error(`no plain data: ${opcode}`)
  }
}

/** The maps here have strings for keys: servers and directions. */
function isPair(data: Json): data is readonly [string, Json] {
  return Array.isArray(data) && data.length === 2 && typeof data[0] === "string"
}

function record(entries: readonly (readonly [string, Json])[]): Json {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Plain data as text, whatever the order of its properties: the same text, the same data. */
export function canonical(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** Plain data as Quint writes it; a message `{ type: "T", … }` becomes `T({ … })`. */
export function literal(data: unknown): string {
  if (Array.isArray(data)) return `[${data.map(literal).join(", ")}]`
  if (typeof data !== "object" || data === null) return JSON.stringify(data)
  const { type, ...fields }: { readonly type?: unknown } = data
  const text = `{ ${Object.entries(fields)
    .map(([name, value]) => `${name}: ${literal(value)}`)
    .join(", ")} }`
  return typeof type === "string" ? `${type}(${text})` : text
}
