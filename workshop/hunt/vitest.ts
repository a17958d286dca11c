import type { CheckInfo, Failure, RunSettings } from "../suite/protocol.ts"

/**
 * What the suites use of Vitest. In a hunt's bundle this stands in its place, so that the checks are the same, to the
 * letter, and only what starts them is another.
 */

interface Task {
  readonly meta: { failure?: Failure }
}

interface Options {
  readonly meta: { readonly info: CheckInfo }
}

export interface Test {
  readonly info: CheckInfo
  readonly skipped: boolean
  readonly body: (context: { readonly task: Task }) => Promise<void>
}

let settings: RunSettings | undefined
let collected: Test[] = []

/** Says what `inject` gives. Before any file of a suite is loaded: they ask at once. */
export function provide(run: RunSettings): void {
  settings = run
}

/** The checks of the files that were loaded since it was last asked. */
export function collect(): readonly Test[] {
  const tests = collected
  collected = []
  return tests
}

export function inject(name: "run"): RunSettings {
  if (!settings) throw new Error(`nothing is provided as ${name}`)
  return settings
}

export function describe(_: string, body: () => void): void {
  body()
}

export const test = {
  skipIf:
    (skipped: boolean) =>
    (_: string, { meta }: Options, body: Test["body"]): void => {
      collected.push({ info: meta.info, skipped, body })
    },
}
