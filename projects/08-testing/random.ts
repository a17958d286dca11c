/** Given. Random numbers from a seed (mulberry32): the same seed, the same numbers, on every machine. */
export type Random = () => number

/** @returns a function whose every call answers the next number, from 0 up to, but not including, 1 */
export function random(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** One of a list, each as likely as the others; the list must not be empty. */
export function pick<T>(list: readonly T[], next: Random): T {
  const picked = list[Math.floor(next() * list.length)]
  if (picked === undefined) throw new RangeError("there is nothing to pick from")
  return picked
}
