import { convincing, type CheckInfo, type Failure, type RunSettings } from "../suite/protocol.ts"
import type { CheckOutcome } from "../runner/outcome.ts"
import { collect, provide, type Test } from "./vitest.ts"

/** What the process of a hunt is told. */
export interface Order {
  readonly settings: RunSettings
  /** The suite's files, as bundled, in their order. */
  readonly files: readonly string[]
}

/** What it tells, in this order: each file's checks, then what came of each that ran; and at last that it is through. */
export type Report =
  | { readonly file: string; readonly checks: readonly CheckInfo[] }
  | { readonly decided: CheckOutcome }
  | { readonly over: true; readonly broken?: string }

const tell = (report: Report): void => void process.send?.(report)

// What the project does behind the checks' back ends no hunt: each check listens for itself while it runs.
process.on("uncaughtException", () => undefined)
process.on("unhandledRejection", () => undefined)
process.exit = (code) => {
  throw new Error(`process.exit unexpectedly called with "${String(code)}"`) // as Vitest has it
}

process.once("message", (order: Order) => {
  provide(order.settings)
  process.once("disconnect", () => {
    // Whoever asked is gone, and nobody else would end what was started here.
    process.kill(-process.pid, "SIGKILL") // it leads a group: see hunter.ts
  })
  runChecks(order).then(
    () => {
      tell({ over: true })
    },
    (error: unknown) => {
      tell({ over: true, broken: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    },
  )
})

/** Runs the checks of one file after the other. In a hunt, until one fails convincingly: the bug is killed then. */
async function runChecks({ files, settings }: Order): Promise<void> {
  for (const file of files) {
    await import(file)
    const tests = collect()
    tell({ file, checks: tests.map(({ info }) => info) })
    for (const test of tests) {
      if (test.skipped) continue
      const failure = await run(test)
      tell({ decided: { ...test.info, failure } })
      if (settings.hunt && failure && convincing.has(failure.kind)) return
    }
  }
}

async function run({ body }: Test): Promise<Failure | undefined> {
  const task: { readonly meta: { failure?: Failure } } = { meta: {} }
  try {
    await body({ task })
    return undefined
  } catch (error) {
    const summary = error instanceof Error ? error.message : String(error)
    return task.meta.failure ?? { kind: "harness", summary }
  }
}
