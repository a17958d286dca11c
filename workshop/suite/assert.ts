import { awaiting } from "./bounded.ts"
import { CheckFailure, fail } from "./failure.ts"
import { show } from "./show.ts"

/**
 * Whether `got` has all that `expected` has. Prototypes are nobody's business (the contracts' types are structural), and
 * more fields than the contract's do no harm. Lists must be equally long.
 */
function matches(got: unknown, expected: unknown): boolean {
  if (got === expected || Object.is(got, expected)) return true
  if (typeof got !== "object" || typeof expected !== "object" || got === null || expected === null)
    return false
  if (Array.isArray(got) !== Array.isArray(expected)) return false
  if (Array.isArray(got) && Array.isArray(expected) && got.length !== expected.length) return false
  return Object.keys(expected).every((key) => matches(Reflect.get(got, key), Reflect.get(expected, key)))
}

/** An error's own name, or that of a class it derives from. */
function isNamed(error: Error, name: string): boolean {
  if (error.name === name || name === "Error") return true
  for (let at: unknown = error; at instanceof Error; at = Object.getPrototypeOf(at)) {
    if (at.constructor.name === name) return true
  }
  return false
}

/** Fails unless `got` and `expected` are the same data, as far as `expected` goes. `scenario` says what was done, in plain words. */
export function same(got: unknown, expected: unknown, scenario: string): void {
  if (matches(got, expected)) return
  fail("broken", `expected ${oneLine(show(expected))}, got ${oneLine(show(got))}`, {
    scenario,
    expected: show(expected),
    got: show(got),
  })
}

/** Fails unless `condition` holds; `expected` and `got` are told in words. */
export function holds(condition: boolean, scenario: string, expected: string, got: string): void {
  if (condition) return
  fail("broken", `expected ${oneLine(expected)}, got ${oneLine(got)}`, { scenario, expected, got })
}

/**
 * Fails unless `call` throws an error of that name whose message contains every one of `mentions` (in any case).
 * @returns the error, for further questions
 */
export function refuses(
  call: () => unknown,
  error: string,
  mentions: readonly string[],
  scenario: string,
): Error {
  let answer: unknown
  try {
    answer = call()
  } catch (thrown) {
    return checkRefusal(thrown, error, mentions, scenario)
  }
  return fail("broken", `expected a ${error}, got an answer: ${oneLine(show(answer))}`, {
    scenario,
    expected: `a ${error}`,
    got: show(answer),
  })
}

/** `refuses` for a promise. */
export async function rejects(
  promise: Promise<unknown>,
  error: string | undefined,
  mentions: readonly string[],
  scenario: string,
): Promise<Error> {
  let answer: unknown
  try {
    answer = await awaiting(`${error ?? "an error"}: ${scenario}`, promise)
  } catch (thrown) {
    return checkRefusal(thrown, error, mentions, scenario)
  }
  const expected = `a rejection${error === undefined ? "" : ` with ${error}`}`
  return fail("broken", `expected ${expected}, got an answer: ${oneLine(show(answer))}`, {
    scenario,
    expected,
    got: show(answer),
  })
}

function checkRefusal(
  thrown: unknown,
  name: string | undefined,
  mentions: readonly string[],
  scenario: string,
): Error {
  const original = thrown instanceof CheckFailure && thrown.failure.kind === "threw" ? thrown.cause : thrown
  if (!(original instanceof Error) || original instanceof CheckFailure) throw thrown
  const said = original.message.toLowerCase()
  const silent = mentions.filter((mention) => !said.includes(mention.toLowerCase()))
  if ((name === undefined || isNamed(original, name)) && silent.length === 0) return original
  const expected = [
    name === undefined ? "an error" : `a ${name}`,
    ...mentions.map((mention) => `naming "${mention}"`),
  ]
  const got = `${original.name}: ${original.message}`
  return fail("broken", `expected ${expected.join(" ")}, got ${oneLine(got)}`, {
    scenario,
    expected: expected.join(" "),
    got,
  })
}

function oneLine(text: string): string {
  const line = text.replace(/\s*\n\s*/g, " ")
  return line.length > 100 ? line.slice(0, 99) + "…" : line
}
