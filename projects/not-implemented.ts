/** Thrown by every skeleton: what is still to be written, and where the spec speaks of it. */
export class NotImplemented extends Error {
  override readonly name = "NotImplemented"
}

/**
 * Throws `NotImplemented`.
 * @param what   the function, e.g. `lastIndex`
 * @param where  the project's number and the rules of its README, e.g. `4, rule 1`
 */
export function notImplemented(what: string, where: string): never {
  throw new NotImplemented(`\`${what}\` is not written yet: see the README of project ${where}`)
}
