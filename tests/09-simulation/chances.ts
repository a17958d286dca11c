import { holds, refuses } from "#suite"

/**
 * How far from the mean a number may be, in standard deviations. A correct project with any decent generator comes that
 * far once in 10^11 times; and the seeds are fixed, so that whoever passes once always passes.
 */
const far = 7

/** Fails unless about so many of `n` happened as they do with this probability. */
export function likely(got: number, n: number, probability: number, scenario: string): void {
  const expected = n * probability
  const room = far * Math.sqrt(expected * (1 - probability)) + 1e-9
  near(got, expected, room, `${scenario}: how many of ${String(n)}`)
}

/** Fails unless about so many happened, each independently of the others. */
export function about(got: number, expected: number, scenario: string): void {
  near(got, expected, far * Math.sqrt(expected) + 1, scenario)
}

function near(got: number, expected: number, room: number, scenario: string): void {
  const [least, most] = [Math.max(0, Math.ceil(expected - room)), Math.floor(expected + room)]
  const range = least >= most ? String(least) : `${String(least)} to ${String(most)}`
  holds(
    Math.abs(got - expected) <= room,
    scenario,
    `about ${String(Math.round(expected * 10) / 10)} (${range})`,
    String(got),
  )
}

/** Fails unless these numbers are below `n`, and each as likely. `told` says what number `i` stands for. */
export function evenly(
  numbers: readonly number[],
  n: number,
  scenario: string,
  told: (i: number) => string = String,
): void {
  const counts = Array.from({ length: n }, () => 0)
  for (const number of numbers) {
    const count = counts[number]
    if (count === undefined) {
      holds(false, scenario, `natural numbers below ${String(n)}`, String(number))
      return
    }
    counts[number] = count + 1
  }
  counts.forEach((count, i) => {
    likely(count, numbers.length, 1 / n, `${scenario}: ${told(i)}`)
  })
}

/** So many answers, one after the other. */
export function many<T>(n: number, draw: (i: number) => T): readonly T[] {
  return Array.from({ length: n }, (_, i) => draw(i))
}

export function count<T>(all: readonly T[], is: (one: T) => boolean): number {
  return all.reduce((sum, one) => sum + (is(one) ? 1 : 0), 0)
}

/** Fails unless `call` throws a RangeError in whose message one of these words stands by itself. */
export function refusesNaming(call: () => unknown, words: readonly string[], scenario: string): void {
  const { message } = refuses(call, "RangeError", [], scenario)
  const named = words.some((word) => new RegExp(`(?<![a-z])${word}(?![a-z])`, "i").test(message))
  const expected = `a RangeError naming ${words.map((word) => `"${word}"`).join(" or ")}`
  holds(named, scenario, expected, `RangeError: ${message}`)
}
