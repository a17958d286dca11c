import type { Violation } from "../08-testing/contract.ts"

/** Given. Thrown when something is wrong: it ends the simulation. */
export class Broken extends Error {
  override readonly name = "Broken"
  readonly violation: Violation

  constructor(property: string, what: string) {
    super(`${property}: ${what}`)
    this.violation = { property, what }
  }
}

/** Given. What an error says, for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
