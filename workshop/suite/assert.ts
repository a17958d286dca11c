import { isDeepStrictEqual } from "node:util"
import { awaiting } from "./bounded.ts"
import { CheckFailure, fail } from "./failure.ts"
import { show } from "./show.ts"

/** Fails unless `got` and `expected` are the same data. `scenario` says what was done, in plain words. */
export function same(got: unknown, expected: unknown, scenario: string): void {
  if (isDeepStrictEqual(got, expected)) return
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
  if ((name === undefined || original.name === name) && silent.length === 0) return original
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
