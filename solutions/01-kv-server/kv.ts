import type { Applied, Command, RespValue } from "../../projects/01-kv-server/contract.ts"

/** Some keys with their values. An object without surprises: see `write`. */
type Bucket = Readonly<Record<string, string>>

/** All keys, spread over buckets: a state never changes, and so a write copies one bucket instead of all there is. */
export type KvState = readonly Bucket[]

export const emptyState: KvState = Array.from({ length: 256 }, () => ({}))

type Handler = (state: KvState, args: readonly string[]) => Applied<KvState> | RespValue

interface CommandRow {
  /** Fewest and most arguments. */
  readonly arity: readonly [min: number, max: number]
  readonly run: Handler
}

const many = Number.POSITIVE_INFINITY

const commands: Readonly<Record<string, CommandRow>> = {
  PING: { arity: [0, 1], run: (_, [text]) => (text === undefined ? simple("PONG") : bulk(text)) },
  ECHO: { arity: [1, 1], run: (_, [text = ""]) => bulk(text) },
  GET: { arity: [1, 1], run: (state, [key = ""]) => bulkOrNull(read(state, key)) },
  SET: {
    arity: [2, 2],
    run: (state, [key = "", value = ""]) => ({ state: write(state, key, value), result: simple("OK") }),
  },
  DEL: { arity: [1, many], run: del },
  EXISTS: {
    arity: [1, many],
    run: (state, keys) => integer(keys.filter((key) => read(state, key) !== undefined).length),
  },
  INCR: { arity: [1, 1], run: (state, [key = ""]) => increment(state, key, "1") },
  INCRBY: { arity: [2, 2], run: (state, [key = "", by = ""]) => increment(state, key, by) },
  CAS: {
    arity: [3, 3],
    run: (state, [key = "", expected, value = ""]) =>
      read(state, key) === expected ? { state: write(state, key, value), result: integer(1) } : integer(0),
  },
  KEYS: { arity: [1, 1], run: (state, [pattern = ""]) => matchingKeys(state, pattern) },
}

export function apply(state: KvState, { name, args }: Command): Applied<KvState> {
  const upper = name.toUpperCase()
  const command = Object.hasOwn(commands, upper) ? commands[upper] : undefined
  if (!command) return { state, result: error(`ERR unknown command '${name}'`) }
  const [min, max] = command.arity
  if (args.length < min || args.length > max) {
    return { state, result: error(`ERR wrong number of arguments for '${name.toLowerCase()}' command`) }
  }
  const answer = command.run(state, args)
  return "result" in answer ? answer : { state, result: answer }
}

/** Own properties only: `constructor` is a key like any other. */
function read(state: KvState, key: string): string | undefined {
  const bucket = state[bucketOf(key)] ?? {}
  return Object.hasOwn(bucket, key) ? bucket[key] : undefined
}

/** A computed name makes an own property even of `__proto__`; assigning to it would not. */
function write(state: KvState, key: string, value: string): KvState {
  const at = bucketOf(key)
  return state.with(at, { ...state[at], [key]: value })
}

function remove(state: KvState, key: string): KvState {
  const at = bucketOf(key)
  const left = Object.entries(state[at] ?? {}).filter(([each]) => each !== key)
  return state.with(at, Object.fromEntries(left))
}

/** FNV-1a, of which one byte is enough: the same on every server. */
function bucketOf(key: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  return (hash ^ (hash >>> 16)) & 0xff
}

function del(state: KvState, keys: readonly string[]): Applied<KvState> {
  const gone = new Set(keys.filter((key) => read(state, key) !== undefined))
  return { state: [...gone].reduce(remove, state), result: integer(gone.size) }
}

function increment(state: KvState, key: string, by: string): Applied<KvState> | RespValue {
  const before = toInt64(read(state, key) ?? "0")
  const step = toInt64(by)
  if (before === null || step === null) return error("ERR value is not an integer or out of range")
  const after = before + step
  if (!isInt64(after)) return error("ERR increment or decrement would overflow")
  return { state: write(state, key, after.toString()), result: { type: "integer", value: after.toString() } }
}

/** Sorted, since two replicas that hold the same keys must answer the same, whatever order they came in. */
function matchingKeys(state: KvState, pattern: string): RespValue {
  const keys = state.flatMap((bucket) => Object.keys(bucket)).filter((key) => matches(pattern, key))
  return { type: "array", items: keys.toSorted().map(bulk) }
}

/** `*` takes as little as it can; on a mismatch, the last one takes one more. Never longer than length times length. */
function matches(pattern: string, key: string): boolean {
  let at = 0
  let star = -1
  let taken = 0
  for (let i = 0; i < key.length;) {
    if (pattern[at] === "*") {
      star = at++
      taken = i
    } else if (pattern[at] === "?" || pattern[at] === key[i]) {
      at++
      i++
    } else if (star >= 0) {
      at = star + 1
      i = ++taken
    } else return false
  }
  while (pattern[at] === "*") at++
  return at === pattern.length
}

/** A signed 64-bit integer, in the one way of writing it. */
function toInt64(text: string): bigint | null {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return null
  const value = BigInt(text)
  return isInt64(value) ? value : null
}

function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value
}

const simple = (value: string): RespValue => ({ type: "simple", value })
const error = (value: string): RespValue => ({ type: "error", value })
const bulk = (value: string): RespValue => ({ type: "bulk", value })
const integer = (value: number): RespValue => ({ type: "integer", value: String(value) })
const bulkOrNull = (value: string | undefined): RespValue =>
  value === undefined ? { type: "null" } : bulk(value)
