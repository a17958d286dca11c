import { UsageError } from "../stages.ts"

/** An option that is a natural number within limits. */
export function natural(option: string, text: string, least: number, most: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw new UsageError(`${option} ${text}: it takes a number from ${String(least)} to ${String(most)}`)
}
