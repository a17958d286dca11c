import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import type { After } from "../cluster/tidily.ts"
import { reportShape, type Job, type Measured } from "./load-protocol.ts"

/** The load generator's process, seen from the bench. */
export class Loader {
  readonly #child: ChildProcess

  constructor(after: After) {
    this.#child = fork(join(import.meta.dirname, "load.ts"), { execArgv: ["--import", "tsx"] })
    after(async () => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
      const ended = once(this.#child, "exit")
      this.#child.kill("SIGKILL")
      await ended
    })
  }

  /** One job at a time. */
  async run(job: Job): Promise<Measured> {
    const over = new AbortController()
    const { signal } = over
    const report: Promise<readonly unknown[]> = once(this.#child, "message", { signal })
    const ended = once(this.#child, "exit", { signal }).then(() => {
      throw new Error("the load generator has ended")
    })
    try {
      this.#child.send(job)
      const [message] = await Promise.race([report, ended])
      const told = reportShape.parse(message)
      if ("failed" in told) throw new Error(`the load generator failed: ${told.failed}`)
      return told.measured
    } finally {
      over.abort()
      await Promise.allSettled([report, ended])
    }
  }
}
